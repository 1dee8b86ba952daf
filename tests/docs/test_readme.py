"""The README is executed, and its figures are those that `make demo` prints."""

import doctest
import importlib.util

import pytest


def test_the_readme_runs(root):
    failed, tried = doctest.testfile(
        str(root / "README.md"), module_relative=False, encoding="utf-8", optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert tried > 5
    assert not failed


@pytest.mark.slow
def test_the_figures_of_the_corpus_are_current(root):
    spec = importlib.util.spec_from_file_location("generate", root / "docs" / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert generate.corpus_scores(root) in readme
    assert generate.kept_out_scores(root) in readme


def test_every_link_leads_somewhere(root):
    import re

    for page in [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
