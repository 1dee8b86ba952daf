"""Formats by content, and text in the encodings that files come in."""

import re
from contextlib import suppress

import pytest

from casemill.errors import ReadingError
from casemill.reading.detect import decoded, detect


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        ("A case of gout.", "x.txt", "text"),
        ("A case of gout.", "x", "text"),
        ("# Gout\n\nA case.", "x.md", "markdown"),
        ("<!DOCTYPE html><p>x", "x.txt", "html"),
        ("<!-- saved -->\n<html lang='en'>", "x.xml", "html"),
        ("<div>A case</div>", "x", "html"),
        ("<?xml version='1.0'?>\n<!DOCTYPE PubmedArticleSet PUBLIC 'x' 'y'>\n<PubmedArticleSet>", "x", "pubmed_xml"),
        ("\ufeff<?xml version='1.0'?><!-- a > b --><article xmlns:x='y'>", "x.txt", "jats"),
        ("<collection><source>", "x.xml", "bioc_xml"),
        ("<5 mg of it was given.", "x.txt", "text"),
        ('{"source": "x", "documents": []}', "x.json", "bioc_json"),
        ('{"id": 1}\n', "stdin", "jsonl"),
        ('[{"id": 1}]', "x.json", "jsonl"),
        ("[Article in French] A case.", "x.txt", "text"),
        ("{sic} was written.", "x.txt", "text"),
        ("no json\n", "x.jsonl", "jsonl"),
        ("a,b\n", "x.CSV", "csv"),
        ("a\tb\n", "x.tab", "tsv"),
        ("PMID- 1\nTI  - Gout\n", "x.nbib", "medline"),
        ("1|t|Gout\n1|a|A case.\n", "x.txt", "pubtator"),
        ("Gout\n\nPubMed Disclaimer\n", "x.txt", "saved_page"),
        ("Gout\nDownload figure\nOpen in new tab\nA case.", "x.txt", "saved_page"),
        ("Figure 1\nA toe.\nFull size image\n", "x.txt", "text"),
        ("Keywords: gout.\nConflict of interest\nNone.\nReferences\n1. Doe J. Gout. 1999;1:2.", "x.txt", "text"),
    ],
)
def test_formats(head, name, expected):
    assert detect(head.encode(), name) == expected
    assert detect(head.encode("utf-16"), name) == expected or name.lower().endswith((".csv", ".jsonl", ".tab"))


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"", "empty file"),
        (b" \n\t\r\n", "empty file"),
        (b"\xef\xbb\xbf\n", "empty file"),
        (b"\x00" * 50, "empty file"),
        (b"%PDF-1.7 ...", "a PDF; save the article's text or HTML page, or its XML from PubMed Central"),
        (b"PK\x03\x04....", "an Office document or archive under another name"),
        (b"\x1f\x8b\x08", "packed twice, or gzip under another name"),
        (b"\x7fELF", "a program"),
        (b"abc\x00def, some words", "binary data, not text"),
        (b"<recipe><egg/></recipe>", "XML with the root <recipe>"),
        (b"<!-- nothing", "markup without a root element"),
    ],
)
def test_what_no_reader_takes(head, told):
    with pytest.raises(ReadingError, match=re.escape(told)):
        detect(head, "x.xml")


@pytest.mark.parametrize("opening", ["<!--", "<?", "<!", "<!DOCTYPE x [", "<", "<a <a", "[{", '{"', "\n<"])
def test_detection_is_linear(opening):
    with suppress(ReadingError):
        detect((opening * 70_000)[: 1 << 16].encode(), "x.xml")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Sjögren’s β".encode(), "Sjögren’s β"),
        ("Sjögren’s".encode("utf-8-sig"), "Sjögren’s"),
        ("Sjögren’s".encode("cp1252"), "Sjögren’s"),
        ("Sjögren was ill".encode("utf-16"), "Sjögren was ill"),
        ("Sjogren was ill".encode("utf-16-le"), "Sjogren was ill"),
        ("Sjogren was ill".encode("utf-16-be"), "Sjogren was ill"),
        ("Sjögren 𝛃".encode("utf-32"), "Sjögren 𝛃"),
        ("β and ".encode() + "ö".encode("latin-1") + " and γ".encode(), "β and ö and γ"),
        (b"cut \xce", "cut Î"),
    ],
)
def test_encodings(data, expected):
    assert decoded(data) == expected


@pytest.mark.parametrize("data", [b"\xff\xfea", b"a\x00b", b"\x81\x8d\x8f"])
def test_what_is_no_text(data):
    with pytest.raises(ReadingError):
        decoded(data)


@pytest.mark.parametrize("character", ["é", "β", "𝛃"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_head_may_end_within_a_character(character, encoding):
    for shift in range(4):
        data = ("x" * shift + character * 40_000).encode(encoding)
        assert detect(data[: 1 << 16], "x.txt") == "text"


def test_brat_annotations_are_told_from_their_text():
    with pytest.raises(ReadingError, match=r"give the \.txt"):
        detect(b"T1\tDrug 0 7\taspirin\n", "case.ann")
