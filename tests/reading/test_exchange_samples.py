"""Every reader of exchange formats on noise, on the corpus's own files, and on the local samples ($CASEMILL_DATA)."""

import pytest

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_reports, read_source
from casemill.reports import SECTION_KINDS, Report

SEEDS = {
    "pubmed_xml": b'<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>A'
    b'</ArticleTitle><Abstract><AbstractText Label="CASE">x<sup>2</sup>&#8211;&amp;</AbstractText></Abstract></Article>'
    b"</MedlineCitation></PubmedArticle></PubmedArticleSet>",
    "jats": b'<article xmlns:xlink="x"><front><article-meta><abstract><p>a</p></abstract></article-meta></front><body><sec>'
    b'<title>Case</title><p>b <xref ref-type="bibr"><sup>1</sup></xref><list><list-item><p>c</p></list-item></list></p>'
    b'<table-wrap><label>1</label><table><tr><th rowspan="2" colspan="2">d</th></tr><tr><td>e</td></tr></table></table-wrap>'
    b"</sec></body><sub-article><body><p>f</p></body></sub-article></article>",
    "bioc_xml": b"<collection><document><id>1</id><passage><infon key='type'>title</infon><text>a</text></passage></document>"
    b"</collection>",
    "bioc_json": b'{"documents": [{"id": "1", "passages": [{"infons": {"type": "table"}, "text": "a\\tb"}]}]}',
    "medline": b"PMID- 1\nTI  - a\n      b\nAB  - CASE: c. RESULTS: d\n\nPMID- 2\n",
    "pubtator": b"1|t|a\n1|a|CASE: b\n1\t0\t1\ta\tGene\t1\n",
}


def is_sound(found):
    """Whether an outcome keeps the contract: a reason, or sections in order that cover all but the gaps."""
    if isinstance(found, Reject):
        return bool(found.reason)
    assert isinstance(found, Report)
    position = 0
    for section in found.sections:
        assert section.kind in SECTION_KINDS
        assert position <= section.start < section.end <= len(found.text)
        assert not found.text[position : section.start].strip()
        position = section.end
    assert not found.text[position:].strip()
    return bool(found.report_id and found.text.strip() and "\r" not in found.text)


@pytest.mark.parametrize("name", SEEDS)
def test_seeds_are_read(name):
    found = list(read_source(Source("x", SEEDS[name]), ReadOptions()))
    assert isinstance(found[0], Report)
    assert found[0].metadata["format"] == name


@pytest.mark.parametrize("name", SEEDS)
def test_nothing_and_noise_are_rejected(name):
    for data in (b"", b" \n", b"noise", bytes(range(256)), b"<", b"{", b"<x/>"):
        found = list(read_source(Source("x", data), ReadOptions(format=name)))
        assert all(isinstance(one, Reject) for one in found)
        assert len(found) == 1


def test_files_of_the_corpus_are_read(root):
    paths = [p for p in sorted((root / "corpus" / "reports").glob("*")) if p.suffix in {".xml", ".nxml", ".nbib"}]
    found = list(read_reports(paths))
    assert all(map(is_sound, found))
    assert not [one for one in found if isinstance(one, Reject)]


@pytest.mark.data
@pytest.mark.parametrize(
    ("folder", "reports", "rejects"),
    [
        ("pubmed-xml", 9, 0),
        ("jats", 68, 0),
        ("medline", 6, 0),
        ("bioc", 4, 0),
        ("pubtator", 20, 0),
        ("malformed", 0, 2),
    ],
)
def test_samples_are_read_or_rejected_with_a_reason(data, folder, reports, rejects):
    found = list(read_reports([data / "formats" / folder]))
    assert all(map(is_sound, found))
    refused = [one for one in found if isinstance(one, Reject)]
    assert (len(found) - len(refused), len(refused)) == (reports, rejects)
