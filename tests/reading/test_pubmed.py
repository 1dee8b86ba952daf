import pytest

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source

ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>
<Article><Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue><Title>Journal of invented cases</Title></Journal>
<ArticleTitle>{title}</ArticleTitle><ELocationID EIdType="doi" ValidYN="Y">10.9999/a.{pmid}</ELocationID>
{abstract}<AuthorList><Author><LastName>Weaver</LastName><ForeName>Ida B</ForeName><Initials>IB</Initials></Author>
<Author><CollectiveName>Loom Group</CollectiveName></Author></AuthorList></Article>
<OtherAbstract Type="plain-language-summary"><AbstractText>For the public.</AbstractText></OtherAbstract></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId><ArticleId IdType="pmc">PMC77</ArticleId>
</ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>"""


def article(abstract="", *, pmid="4711", title="Fever in a weaver.", date="<Year>2020</Year><Month>12</Month>"):
    return ARTICLE.format(pmid=pmid, title=title, abstract=abstract and f"<Abstract>{abstract}</Abstract>", date=date)


def read(*articles, name="export.xml"):
    data = f"<?xml version='1.0'?><PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>".encode()
    return list(read_source(Source(name, data), ReadOptions()))


def shown(report):
    return [(s.kind, s.extract, report.text[s.start : s.end]) for s in report.sections]


def test_a_structured_abstract_keeps_its_labels_as_headings():
    parts = (
        '<AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Fever is common.</AbstractText>'
        '<AbstractText Label="PATIENT CONCERNS">A weaver had fever.</AbstractText>'
        '<AbstractText Label="WHAT WE SAW" NlmCategory="RESULTS">CRP was 90 mg/L.</AbstractText>'
        '<AbstractText Label="UNLABELLED">She recovered.</AbstractText>'
        '<AbstractText Label="FUNDING">None.</AbstractText><CopyrightInformation>© 2020</CopyrightInformation>'
    )
    (report,) = read(article(parts))
    assert shown(report) == [
        ("title", False, "Fever in a weaver."),
        ("introduction", True, "BACKGROUND\n\nFever is common."),
        ("case", True, "PATIENT CONCERNS\n\nA weaver had fever."),
        ("results", True, "WHAT WE SAW\n\nCRP was 90 mg/L."),
        ("abstract", True, "She recovered."),
        ("furniture", False, "FUNDING\n\nNone."),
    ]
    assert "©" not in report.text
    assert "public" not in report.text


def test_labels_within_one_paragraph_are_found():
    (report,) = read(
        article("<AbstractText>INTRODUCTION: Rare. CASE: A man had fever. SIDE NOTE: None.</AbstractText>")
    )
    assert [kind for kind, _, _ in shown(report)] == ["title", "introduction", "case", "abstract"]


def test_metadata():
    (report,) = read(article("<AbstractText>x</AbstractText>", title="On <i>KIT</i>."))
    assert report.report_id == "4711"
    assert report.title == "On KIT."
    assert {**report.metadata, "source": ""} == {
        "pmid": "4711",
        "pmcid": "PMC77",
        "doi": "10.9999/a.4711",
        "title": "On KIT.",
        "journal": "Journal of invented cases",
        "year": "2020",
        "authors": "Weaver, Ida B; Loom Group",
        "format": "pubmed_xml",
        "source": "",
    }


@pytest.mark.parametrize(
    ("date", "year"),
    [("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998"), ("<Year>2001</Year><Day>12</Day>", "2001"), ("", None)],
)
def test_year(date, year):
    (report,) = read(article(date=date))
    assert report.metadata.get("year") == year


def test_without_abstract_the_title_is_read():
    (report,) = read(article("<AbstractText></AbstractText>"))
    assert shown(report) == [("title", True, "Fever in a weaver.")]


def test_neither_title_nor_abstract_is_rejected_alone():
    first, second = read(article(title="[Not Available]."), article(pmid="2"))
    assert first == Reject("export.xml", "record 1, line 1", "neither title nor abstract")
    assert second.report_id == "2"


def test_a_vernacular_title_stands_in():
    (report,) = read(
        article(title="[Not Available].").replace(
            "<AuthorList>", "<VernacularTitle>Fieber.</VernacularTitle><AuthorList>"
        )
    )
    assert report.title == "Fieber."


def test_book_articles():
    book = """<PubmedBookArticle><BookDocument><PMID>20301</PMID><Book><BookTitle>The book</BookTitle>
    <PubDate><Year>1993</Year></PubDate><AuthorList Type="editors"><Author><LastName>No</LastName></Author></AuthorList></Book>
    <ArticleTitle>A syndrome</ArticleTitle><AuthorList Type="authors"><Author><LastName>Yes</LastName></Author></AuthorList>
    <Abstract><AbstractText Label="MANAGEMENT">Rest.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"""
    (report,) = read(book)
    assert (report.report_id, report.title) == ("20301", "A syndrome")
    assert (report.metadata["journal"], report.metadata["year"], report.metadata["authors"]) == (
        "The book",
        "1993",
        "Yes",
    )


def test_citations_without_wrapper_and_without_id():
    citation = "<MedlineCitationSet><MedlineCitation><Article><ArticleTitle>T</ArticleTitle></Article></MedlineCitation></MedlineCitationSet>"
    (report,) = read_source(Source("old.xml", citation.encode()), ReadOptions())
    assert (report.report_id, report.text) == ("old-1", "T")


def test_a_truncated_export_gives_its_complete_articles_and_one_reject():
    data = f"<PubmedArticleSet>{article()}{article(pmid='5')}".encode()
    found = list(read_source(Source("cut.xml", data[:-200]), ReadOptions()))
    assert [getattr(f, "report_id", "") for f in found] == ["4711", ""]
    assert found[1].place.startswith("record 2")
