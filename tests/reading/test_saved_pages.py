"""Copied pages line by line: each line of a ``.page`` file leads with the kind of section it must fall in."""

from pathlib import Path

import pytest

from casemill.reading.sources import Source
from casemill.reading.stream import ReadOptions, read_source

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
