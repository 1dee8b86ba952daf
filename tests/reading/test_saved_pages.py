"""Copied pages line by line: each line of a ``.page`` file leads with the kind of section it must fall in."""

from pathlib import Path

import pytest

from casemill.reading.page_lines import page_words
from casemill.reading.sources import Source
from casemill.reading.stream import ReadOptions, read_source
from casemill.resources import load_patterns

PAGES = sorted((Path(__file__).parent / "pages").glob("*.page"))
SHUT = {"furniture", "title", "affiliations", "references"}


def page(path):
    """The text of a page and, for each line with a mark, ``(mark, start, line)``."""
    text, marked = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, words = line.split("¦", 1)
        if mark.strip():
            marked.append((mark.strip(), len(text) + len(words) - len(words.lstrip()), words.strip()))
        text += words + "\n"
    return text, marked


def read(text, name="page.txt"):
    (report,) = read_source(Source(name, text.encode()), ReadOptions())
    return report


def kind_at(report, offset):
    found = [s for s in report.sections if s.start <= offset < s.end]
    assert len(found) <= 1
    return found[0].kind if found else "body"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_line_is_what_it_is(path):
    text, marked = page(path)
    report = read(text)
    assert report.metadata["format"] == "saved_page"
    assert report.text == text
    wrong = [
        f"{mark} expected, {kind}: {words[:70]}"
        for mark, start, words in marked
        if (kind := kind_at(report, start)) != mark and not (mark == "-" and kind in {"body", "furniture", "abstract"})
    ]
    assert not wrong, "\n".join(wrong)
    assert all(section.extract == (section.kind not in SHUT) for section in report.sections)


@pytest.mark.parametrize("entry", load_patterns().rows("sections/page_furniture").values(), ids=lambda entry: entry.id)
def test_every_row_finds_its_example_and_not_its_counterexample(entry):
    words = page_words()
    for column, expected in (("example", True), ("counterexample", False)):
        if not entry[column]:
            continue
        if entry["shape"] == "words":
            found = {"words.verbs": words.sentence, "words.clinical": words.clinical}.get(entry.id, words.affiliation)
            assert found(entry[column] + ".") == expected
        elif entry["shape"] == "error":
            assert bool(words.error(entry[column])) == expected
        else:
            rule = words.rule(entry[column])
            assert (rule is not None and rule.canonical == entry.canonical) == expected


def test_an_error_page_is_refused():
    (found,) = read_source(Source("x.txt", b"Skip to main content\nAccess denied\nPlease sign in"), ReadOptions())
    assert found.reason == "an error or login page, no article ('access denied')"


def test_a_page_without_abstract_is_read_by_its_title():
    text = "Skip to main page content\n. 2021 Mar;4(1):5-6.\ndoi: 10.9999/x.\nGout in a baker\nPubMed Disclaimer\nSimilar articles\n"
    report = read(text)
    assert [(s.kind, s.extract) for s in report.sections if s.extract] == [("title", True)]


def test_a_page_without_line_breaks_loses_no_text_and_no_furniture():
    text, _ = page(PAGES[0].parent / "pubmed_full.page")
    report = read(" ".join(text.split()))
    shut = " ".join(" ".join(report.text[s.start : s.end].split()) for s in report.sections if not s.extract)
    assert "He was given prednisone 40 mg daily" not in shut
    assert "Prednisone 60 mg daily was effective" in shut
    assert "Prednisone 20 mg was enough" in shut
