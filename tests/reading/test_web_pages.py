"""HTML pages in the shapes of those that people save, and pages that hold no article."""

import pytest

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source

PUBMED = """<!DOCTYPE html><html lang="en"><head><title>Oak moss rash - PubMed</title>
<meta name="citation_title" content="A rash from oak moss that imitated lupus">
<meta name="citation_authors" content="Fennimore A;Gravel B;"><meta name="citation_journal_title" content="J Moss Dermatol">
<meta name="citation_date" content="03/2021"><meta name="citation_pmid" content="90000201"><meta name="citation_doi" content="10.9999/jmd.7">
<script>var a = "prednisone 99 mg";</script></head><body>
<section class="usa-banner"><p>An official website of the United States government</p></section>
<header class="ncbi-header"><form><input type="search"><button>Search</button></form></header>
<main class="article-details" id="article-details"><header id="heading"><div class="full-view">
<div class="article-citation"><span class="publication-type">Case Reports</span><span class="cit">2021 Mar;4(1):5-6.</span></div>
<h1 class="heading-title">A rash from oak moss that imitated lupus</h1>
<div class="inline-authors"><div class="authors"><span>Ada Fennimore <sup>1</sup>, Basil Gravel <sup>2</sup></span></div></div>
<ul class="identifiers"><li>PMID: 90000201</li><li>DOI: 10.9999/jmd.7</li></ul></div>
<div class="short-view"><h1>A rash from oak moss that imitated lupus</h1><div class="short-article-details">Ada Fennimore et al. J Moss Dermatol. 2021.</div></div></header>
<aside class="page-sidebar"><div>Full text links</div></aside>
<div class="abstract" id="abstract"><h2 class="title">Abstract</h2><div class="abstract-content">
<p><strong class="sub-title">Background:</strong> Oak moss is a lichen used in perfumes.</p>
<p><strong class="sub-title">Case:</strong> A perfumer of 44 years had a malar rash. ANA was 1:160 and anti-dsDNA negative; platelets were 210&times;10<sup>9</sup>/L. Clobetasol was applied twice daily, and the rash cleared in 3 weeks.</p></div>
<p><strong class="sub-title">Keywords:</strong> lichen; lupus; perfume.</p></div>
<div id="conflict-of-interest"><h2>Conflict of interest statement</h2><p>AF sells perfume.</p></div>
<div id="figures"><h2>Figures</h2><figure><figcaption><strong>Fig. 1</strong><p>The rash on the fourth day.</p></figcaption></figure></div>
<div class="similar-articles" id="similar"><h2>Similar articles</h2><ul><li>Prednisone 60 mg for a hat rash. Brim H. PMID: 90000202</li></ul></div>
<div class="references" id="references"><h2>References</h2><ol class="references-list"><li>Lichen L. Rituximab in moss. 1999;1:2.</li></ol></div>
<div class="mesh-terms keywords-section" id="mesh-terms"><h2>MeSH terms</h2><ul><li>Humans</li><li>Clobetasol / therapeutic use</li></ul></div>
</main><footer><p>National Library of Medicine, 8600 Rockville Pike</p></footer></body></html>"""

JOURNAL = """<html><head><title>Copper and hiccups | Journal</title><meta property="og:title" content="Hiccups cured by copper"></head><body>
<div class="page-with-sidebar"><nav><a href="/">Home</a> <a href="/login">Log in</a></nav>
<article><h1>Hiccups cured by <em>copper</em></h1><p class="byline">Ludovic Hartsbane, Minnie Oxtoby</p>
<p>1 Department of Hiccups, Mendip General Hospital</p><p>Received: 3 May 2020 / Accepted: 4 June 2020</p>
<h2>Abstract</h2><h3>Background</h3><p>Hiccups are hardly ever due to low copper.</p><h3>Conclusions</h3><p>Measure the copper.</p>
<h2>1. Case Presentation</h2><div>A 51-year-old baker had hiccups for a year [<a href="#B1">1</a>].<div class="fig"><p>Figure 1. Copper over time.</p></div></div>
<h3>1.1. Treatment</h3><ul><li>Copper 2 mg daily, by mouth</li><li>Baclofen was stopped</li></ul>
<div class="table-wrapper"><p>Table 1. Values of the baker.</p><table><tr><th>Test</th><th>Day 0</th></tr><tr><td>Copper</td><td>4.1 &mu;mol/L</td></tr></table></div>
<p>He has been well since<sup><a href="#ref-CR2">2</a></sup>, and the hiccups did not return.</p>
<h2>Acknowledgements</h2><p>We thank the baker&rsquo;s wife.</p>
<h2>References</h2><p>Hic U. Copper 4 mg in sailors. J Hic 1980;2:3.</p>
<h2>Related articles</h2><ul><li>Baclofen 60 mg daily in clowns</li></ul></article>
<div class="cookie-notice"><p>We use cookies.</p></div></div></body></html>"""


def read(markup, name="page.html", **options):
    (found,) = read_source(Source(name, markup.encode()), ReadOptions(**options))
    return found


def told(report):
    return [(s.kind, s.extract, report.text[s.start : s.end]) for s in report.sections]


def test_a_pubmed_page():
    report = read(PUBMED)
    assert report.report_id == "page"
    assert report.metadata == {
        "title": "A rash from oak moss that imitated lupus",
        "pmid": "90000201",
        "doi": "10.9999/jmd.7",
        "journal": "J Moss Dermatol",
        "year": "2021",
        "authors": "Fennimore A; Gravel B",
        "source": "page.html",
        "format": "html",
    }
    assert told(report) == [
        ("title", False, "A rash from oak moss that imitated lupus"),
        ("abstract", True, "Abstract"),
        ("introduction", True, "Background\n\nOak moss is a lichen used in perfumes."),
        (
            "case",
            True,
            "Case\n\nA perfumer of 44 years had a malar rash. ANA was 1:160 and anti-dsDNA negative; platelets were "
            "210×10⁹/L. Clobetasol was applied twice daily, and the rash cleared in 3 weeks.",
        ),
        ("furniture", False, "Keywords: lichen; lupus; perfume."),
        ("furniture", False, "Conflict of interest statement\n\nAF sells perfume."),
        ("caption", True, "Fig. 1 The rash on the fourth day."),
    ]


def test_a_journal_page():
    report = read(JOURNAL)
    assert report.title == "Hiccups cured by copper"
    assert told(report) == [
        ("title", False, "Hiccups cured by copper"),
        ("affiliations", False, "Ludovic Hartsbane, Minnie Oxtoby\n\n1 Department of Hiccups, Mendip General Hospital"),
        ("abstract", True, "Abstract"),
        ("introduction", True, "Background\n\nHiccups are hardly ever due to low copper."),
        ("conclusion", True, "Conclusions\n\nMeasure the copper."),
        ("case", True, "1. Case Presentation\n\nA 51-year-old baker had hiccups for a year [1]."),
        ("caption", True, "Figure 1. Copper over time."),
        ("case", True, "1.1. Treatment\n- Copper 2 mg daily, by mouth\n- Baclofen was stopped"),
        ("caption", True, "Table 1. Values of the baker."),
        ("table", True, "Test | Day 0\nCopper | 4.1 μmol/L"),
        ("case", True, "He has been well since [2], and the hiccups did not return."),
        ("furniture", False, "Acknowledgements\n\nWe thank the baker’s wife."),
    ]


def test_an_article_told_only_by_trafilatura():
    prose = "She had a fever of unknown origin, and no test that we made was positive until the third week. "
    widget = f"<html><body><div class='share-box'>{'<p>' + prose * 3 + '</p>'}</div></body></html>"
    assert prose.strip() in read(widget).text


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (
            "<html><head><title>Just a moment...</title></head><body><p>Checking your browser</p></body></html>",
            "error or login",
        ),
        ("<html><body><h1>404 Not Found</h1><p>nginx</p></body></html>", "error or login page"),
        ("<html><body><p>Please sign in to read. Access is restricted.</p></body></html>", "error or login page"),
        (
            "<html><head><title>Fetch</title></head><body><pre>Entry ::= { pmid 9 }</pre></body></html>",
            "shows a record as data",
        ),
        (
            "<html><head><title>Journal home</title></head><body><ul><li>Issues</li></ul></body></html>",
            "titled 'Journal home'",
        ),
        ("<html><head></head></html>", "without an article"),
        ("<!doctype html>", "without an article"),
    ],
)
@pytest.mark.parametrize("name", ["page.html", "export.xml", "page"])
def test_pages_without_an_article(markup, reason, name):
    found = read(markup, name)
    assert isinstance(found, Reject)
    assert reason in found.reason


@pytest.mark.parametrize("tag", ["div", "p", "b", "table", "sup", "ul"])
def test_deep_nesting_ends(tag):
    prose = "The patient had been well and was seen again. " * 20
    found = read(f"<html><body><p>{prose}</p>{f'<{tag}>' * 20000}deep was the well.</body></html>")
    assert isinstance(found, Reject) or "well" in found.text


def test_the_local_sample_is_refused(data):
    from casemill.reading.stream import read_reports

    (found,) = read_reports([data / "formats" / "malformed" / "pubmed3.html"])
    assert isinstance(found, Reject)
    assert "no article" in found.reason
