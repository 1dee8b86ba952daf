import doctest
from importlib.metadata import entry_points


def test_the_page_runs_and_names_every_component(root):
    page = root / "docs" / "components.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried
    assert not failed
    text = page.read_text(encoding="utf-8")
    for point in entry_points(group="spacy_factories"):
        if point.value.startswith("casemill."):
            assert f"\n## {point.name}\n" in text
