"""Plain text: what is mended before offsets are fixed, titles, and lists of references."""

import pytest

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source
from casemill.reading.text import clean


def read(text, name="case.txt"):
    (found,) = read_source(
        Source(name, text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")), ReadOptions()
    )
    return found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("plain", "plain"),
        ("a\r\nb\rc\x0bd\x0ce\u2028f\u2029g", "a\nb\nc\nd\ne\nf\ng"),
        ("and so on\x85", "and so on…"),
        ("a\x00b\x07c\ufeffd", "a b c d"),
        ("tab\tkept", "tab\tkept"),
        ("10âˆ’6 was", "10−6 was"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("“quotes”, ﬁ, ﾊ, µ, x²", "“quotes”, ﬁ, ﾊ, µ, x²"),
        ("&lt;5 &amp; more", "&lt;5 &amp; more"),
    ],
)
def test_clean(given, expected):
    assert clean(given) == expected
    assert clean(clean(given)) == clean(given)


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("Gout in a baker\n\nA 40-year-old man was ill.", "x.txt", "Gout in a baker"),
        ("Title: Gout in a baker\n\nA 40-year-old man was ill.", "x.txt", "Gout in a baker"),
        ("CASE REPORT\n\nGout in a baker\n\nA man was ill.", "x.txt", "Gout in a baker"),
        ("A 40-year-old man was ill.", "x.txt", ""),
        ("A 40-year-old man was ill.\nHe died.", "x.txt", ""),
        ("# Gout in a baker #\n\nA man.", "x.md", "Gout in a baker"),
        ("Abstract\nA man was ill.", "x.txt", ""),
    ],
)
def test_titles(text, name, title):
    assert read(text, name).title == title


def test_a_list_of_references_ends_where_its_entries_end():
    entries = "1. Doe J, Roe K. Gout with colchicine 2 mg. J Toe. 1999;1:2-3.\n\nAuk L (2003) Bakers. Toe Res 4:5\n"
    text = f"Case\nA man was ill.\n\nReferences\n\n{entries}\nFigure 1. The toe of the man, which had been red and was swollen when he was seen by us.\n"
    report = read(text)
    assert report.text == text
    (section,) = report.sections
    assert (section.kind, section.extract, section.title) == ("references", False, "References")
    assert text[section.start : section.end] == f"References\n\n{entries}".strip()


def test_a_word_is_no_list_of_references():
    assert (
        read(
            "Case\nReferences\nThe man had references from two bakers, and he was glad to have been given them.\n"
        ).sections
        == ()
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [("x" * 200_000_001, "200,000,001 bytes in one report"), ("", "empty file"), (" \n", "empty file")],
)
def test_what_is_no_report(data, told):
    found = read(data)
    assert isinstance(found, Reject)
    assert told in found.reason
