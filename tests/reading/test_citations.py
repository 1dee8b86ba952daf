"""MEDLINE and PubTator: a title and an abstract in one piece."""

import pytest

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source

MEDLINE = """
PMID- 31
OWN - NLM
DP  - 2011 Jan-Feb
TI  - Two sisters with a
      very long title.
LID - 10.9999/two [doi]
AB  - CASES: Both had a creatinine of 3
      mg/dL. OUTCOME: One recovered.
CI  - (c) nobody
FAU - Doe, Jane
AU  - Doe J
FAU - Roe, Richard
PMC - PMC5
JT  - Journal of sisters
AID - 10.9999/other [doi]

PMID- 32
TI  - Title alone.
FAU - Doe, Jane

PMID- 33
DP  - 2012
"""


def read(text, name):
    return list(read_source(Source(name, text.encode()), ReadOptions()))


def shown(report):
    return [(s.kind, s.extract, report.text[s.start : s.end]) for s in report.sections]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_medline_records(ends):
    first, second, third = read(MEDLINE.replace("\n", ends), "x.nbib")
    assert shown(first) == [
        ("title", False, "Two sisters with a very long title."),
        ("case", True, "CASES\n\nBoth had a creatinine of 3 mg/dL."),
        ("case", True, "OUTCOME\n\nOne recovered."),
    ]
    wanted = {"pmid": "31", "pmcid": "PMC5", "doi": "10.9999/two", "year": "2011", "journal": "Journal of sisters"}
    assert wanted.items() <= first.metadata.items()
    assert first.metadata["authors"] == "Doe, Jane; Roe, Richard"
    assert shown(second) == [("title", True, "Title alone.")]
    assert third == Reject("x.nbib", "record 3, line 22", "neither title nor abstract")


def test_records_without_pmid_are_parted_by_blank_lines():
    found = read("TI  - One.\nAB  - A.\n\nTI  - Two.\nAB  - B.\n", "set.nbib")
    assert [(r.report_id, r.text) for r in found] == [("set-1", "One.\n\nA."), ("set-2", "Two.\n\nB.")]


def test_a_blank_line_within_a_record_parts_nothing():
    found = read("PMID- 1\nTI  - One.\n\nAB  - A.\n", "set.nbib")
    assert [r.text for r in found] == ["One.\n\nA."]


def test_nothing_medline_is_told():
    (reject,) = read_source(Source("x.nbib", b"hello"), ReadOptions(format="medline"))
    assert "no MEDLINE field" in reject.reason


def test_the_same_article_has_the_same_text_from_pubmed_xml():
    xml = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>31</PMID><Article><ArticleTitle>Two sisters with a very"
        ' long title.</ArticleTitle><Abstract><AbstractText Label="CASES">Both had a creatinine of 3 mg/dL.</AbstractText>'
        '<AbstractText Label="OUTCOME">One recovered.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>'
        "</PubmedArticleSet>"
    )
    assert read(xml, "x.xml")[0].text == read(MEDLINE, "x.nbib")[0].text


@pytest.mark.parametrize(
    ("abstract", "kinds"),
    [
        ("A man had fever. Treatment: rest. He recovered.", ["abstract"]),
        ("Background: Fever is common. Case presentation: A man had it.", ["introduction", "case"]),
        ("METHODS: We looked. HLA-B27: found. RESULTS: Much.", ["methods", "results"]),
        ("METHODS: We looked. LOOKING AGAIN: Nothing. RESULTS: Much.", ["methods", "abstract", "results"]),
        ("METHODS/PRINCIPAL FINDINGS: We looked. CONCLUSIONS: No.", ["methods", "conclusion"]),
        ("He took KEYWORD: nothing", ["abstract"]),
        ("One sentence. KEYWORDS: fever", ["abstract", "furniture"]),
    ],
)
def test_labels_of_abstracts(abstract, kinds):
    (report,) = read(f"1|t|T\n1|a|{abstract}\n", "x.txt")
    assert [s.kind for s in report.sections][1:] == kinds


def test_pubtator_documents():
    found = read(
        "10|t|First.\n10|a|She had fever.\n10\t4\t9\tfever\tDisease\tD005334\n\n11|t|Second | one.\n11|a|- No text -\n12|a|Third.\n",
        "x.txt",
    )
    assert [(r.report_id, r.text, r.sections[0].extract) for r in found] == [
        ("10", "First.\n\nShe had fever.", False),
        ("11", "Second | one.", True),
        ("12", "Third.", True),
    ]


def test_pubtator_without_text_is_rejected():
    read_all = read_source(Source("x.txt", b"1|t|\n1|a|\n2|t|T\n"), ReadOptions(format="pubtator"))
    reject, report = read_all
    assert reject.reason == "neither title nor abstract"
    assert report.report_id == "2"
