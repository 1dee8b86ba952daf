"""Bytes that mean no good: whatever comes, there are reports that hold together, rejects with reasons, and an end."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import FORMATS, ReadOptions, read_source
from casemill.reports import SECTION_KINDS

SUFFIXES = ["txt", "md", "html", "xml", "nxml", "nbib", "json", "jsonl", "csv", "tsv", "parquet", ""]
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><{root}>&i;</{root}>"
)


def sound(data, name, **options):
    """Read, and hold what comes to the rules for reports; how many there are."""
    began = time.monotonic()
    reports = 0
    for found in read_source(Source(name, data), ReadOptions(**options)):
        if isinstance(found, Reject):
            assert found.reason
            assert "reader failed" not in found.reason, found
            continue
        reports += 1
        assert found.report_id
        assert found.text.strip()
        found.text.encode()
        end = 0
        for section in found.sections:
            assert section.kind in SECTION_KINDS
            assert end <= section.start < section.end <= len(found.text)
            end = section.end
    assert time.monotonic() - began < 20
    return reports


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from(SUFFIXES))
def test_any_bytes(data, suffix):
    sound(data, f"x.{suffix}")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=120), st.sampled_from(sorted(FORMATS)))
def test_any_bytes_as_any_format(data, name):
    sound(data, "x", format=name)


WORDS = st.sampled_from(
    [
        *(
            "Abstract",
            "References",
            "Similar articles",
            "LinkOut - more resources",
            "PubMed Disclaimer",
            "Keywords: ",
            "Figure 1",
            "doi: 10.9999/x",
        ),
        *(
            "Full size image",
            "Case report",
            "1. Doe J. Gout. J Toe. 1999;1:2.",
            "A man was treated with 5 mg of it and he improved.",
            "Affiliations",
        ),
        *(
            "\n",
            "\n\n",
            "\t",
            " ",
            ". ",
            ": ",
            "J Toe. 2001;3:4.",
            "Ann Auk, Bo Tern",
            "Conflict of interest statement",
            "© 2020",
            "PMID: 9",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=40), st.sampled_from(["\n", " ", ""]))
def test_any_page(words, joint):
    assert sound(joint.join(words).encode(), "x.txt", format="saved_page") <= 1


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<p>",
                    "</p>",
                    "<h2>Abstract</h2>",
                    "<h1>Gout</h1>",
                    "<table>",
                    "<tr><td>",
                    "</table>",
                    "<div class=share>",
                    "</div>",
                    "<li>",
                ),
                *(
                    "A man was treated with 5 mg of it. ",
                    "<figure>",
                    "<figcaption>Figure 1. A toe.",
                    "<sup><a href='#r1'>1</a></sup>",
                    "<pre>",
                ),
                *(
                    "<script>",
                    "</script>",
                    "<!--",
                    "-->",
                    "<body>",
                    "</body>",
                    "<td colspan=99999>",
                    "<td rowspan=99999>",
                    "<h2>References</h2>",
                    "\x0c",
                ),
            ]
        ),
        max_size=40,
    )
)
def test_any_markup(tags):
    sound(("<html>" + "".join(tags)).encode(), "x.html")


@pytest.mark.parametrize("root", ["article", "PubmedArticleSet", "collection", "html"])
def test_entity_bombs(root):
    found = list(read_source(Source("x.xml", BOMB.replace("{root}", root).encode()), ReadOptions()))
    assert all(isinstance(f, Reject) for f in found)
    assert found


@pytest.mark.parametrize("root", ["article", "PubmedArticleSet", "collection"])
def test_nothing_is_fetched(root):
    data = f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}>&x;</{root}>'
    for found in read_source(Source("x.xml", data.encode()), ReadOptions()):
        assert isinstance(found, Reject) or "root:" not in found.text


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "a",
            " ",
            "\n",
            "\t",
            "\n\n",
            ".",
            "a ",
            "A ",
            "1 ",
            "1. ",
            "(",
            "[",
            "Abstract ",
            "References 1. Doe J ",
            "Keywords: a. ",
            "doi: ",
        ),
        *(
            "Similar articles ",
            "Fig. 1\n",
            "a\tb\n",
            "é",
            "| ",
            "- ",
            "Ann Auk, ",
            "- PubMed LinkOut - more resources ",
            "2001;",
            "A. B. ",
            "(c) ",
        ),
        *(
            "<p>",
            "<div>",
            "<b>",
            "<td>",
            "<h2>Abstract</h2>",
            "&amp;",
            "&",
            "<a href='#r1'>1</a>",
            "<sup>1</sup>",
            "<table><tr><td>1<td>2",
        ),
    ],
)
@pytest.mark.parametrize("name", ["saved_page", "html", "text", "csv", "jsonl"])
def test_repetition_ends(unit, name):
    """Nothing here may take time by the square of its length."""
    sound((unit * (200_000 // len(unit))).encode(), "x", format=name)


def test_text_in_the_wrong_format_is_refused_by_name():
    page = b"<html><head><title>Sorry</title></head><body><p>Gone.</p></body></html>"
    for name in ("jats", "pubmed_xml", "bioc_xml", "bioc_json", "medline", "pubtator", "parquet"):
        (found,) = read_source(Source("x.xml", page), ReadOptions(format=name))
        assert isinstance(found, Reject)
        assert found.reason


def test_local_samples_hold_together(data):
    for path in sorted((data / "formats").rglob("*")):
        if path.is_file() and path.stat().st_size < 200_000:
            sound(path.read_bytes(), path.name)
