"""HTML pages to reports: the article alone, without what the page carries around it.

Where the article stands, and what of it is left out, is told by the selectors of ``patterns/sections/page_selectors.tsv``;
where these find too little, trafilatura looks for the running text.
"""

import re
from functools import cache
from typing import Any

from casemill.errors import ReadingError
from casemill.reading.composing import Composer
from casemill.reading.markup import Element
from casemill.reading.page_lines import page_words
from casemill.reading.page_sections import page_sections
from casemill.reading.text import checked, clean
from casemill.reading.web_blocks import Blocks
from casemill.reports import Report
from casemill.resources import load_patterns

__all__ = ["read_web_page"]

#: The pattern file of selectors.
SELECTORS = "sections/page_selectors"
#: The most characters of markup in one page.
MAX_MARKUP = 1 << 26
# Text to be read in a page that holds an article: less than this is tried with trafilatura, far less is no article.
_ENOUGH, _LEAST = 400, 80
# What a selector finds is left out if it is this small, or not most of the page.
_SMALL, _MOST = 2000, 0.4

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
#: Names of ``<meta>`` elements by what they tell, the best first.
_META = {
    "title": ("citation_title", "dc.title", "og:title"),
    "pmid": ("citation_pmid", "ncbi_uid"),
    "pmcid": ("citation_pmcid",),
    "doi": ("citation_doi", "dc.identifier", "prism.doi"),
    "journal": ("citation_journal_title", "prism.publicationname", "citation_publisher", "dc.source"),
    "year": ("citation_publication_date", "citation_date", "citation_year", "dc.date", "citation_online_date"),
    "authors": ("citation_author", "citation_authors", "dc.creator"),
}


def read_web_page(markup: str, name: str) -> Report:
    """The report of one page; ``name`` is its id.

    :raises ReadingError: too long, or without an article: an error, login or search page, a page of data.
    """
    from selectolax.lexbor import LexborHTMLParser

    if len(markup) > MAX_MARKUP:
        raise ReadingError(f"{len(markup):,} characters of markup in one page; the most is {MAX_MARKUP:,}")
    tree = LexborHTMLParser(markup)
    metadata = _metadata(tree)
    heading = clean(_node_text(tree.css_first("title")))
    if metadata.get("title") is None and (found := _first(tree, "title")) is not None:
        metadata["title"] = clean(_node_text(found))
    title = metadata.get("title", "")
    _refuse_errors(tree, heading)
    report = _composed(tree, name, title, metadata)
    words = page_words()
    if _readable(report) < _ENOUGH and not _headed(report) and (text := _running_text(markup)):
        sections, _ = page_sections(text, words)
        running = Report(name, title, text, tuple(sections), metadata)
        report = max(running, report, key=_readable)
    if _readable(report) < _LEAST or not any(words.sentence(line) for line in report.text.splitlines()):
        raise ReadingError(f"an HTML page without an article in it (it is titled {heading[:80]!r})")
    return report


def _composed(tree: Any, name: str, title: str, metadata: dict[str, str]) -> Report:
    """The report of what the selectors leave of the page."""
    composer = Composer()
    body = tree.body
    if body is None:
        return Report(name, title, "", (), metadata)
    _drop(tree, body)
    article = _article(tree) or body
    blocks = Blocks(composer, title)
    blocks.title()
    if (element := _element(article.html or "")) is not None:
        blocks.write(element)
    text, sections = composer.finished()
    return Report(name, title, text, sections, metadata)


def _drop(tree: Any, body: Any) -> None:
    """Take out what is no article, but never most of the page."""
    whole = len(body.text())
    for selectors in _selectors()["drop"]:
        for node in tree.css(selectors):
            size = len(node.text())
            if node.tag in {"body", "html", "main", "article"} or (size > _SMALL and size > _MOST * whole):
                continue
            if node.tag != "script" and node.css_first("h1") is not None and size > _LEAST:
                continue
            node.decompose()


def _article(tree: Any) -> Any:
    """The element that holds the article: of the first selectors that find any with text, the longest one."""
    whole = len(tree.body.text())
    for selectors in _selectors()["article"]:
        longest = max(tree.css(selectors), key=lambda node: len(node.text()), default=None)
        if longest is not None and len(longest.text()) > 0.5 * whole:
            return longest
    return None


def _first(tree: Any, role: str) -> Any:
    """The first node of a role that holds text."""
    nodes = (tree.css_first(part) for selectors in _selectors()[role] for part in selectors.split(", "))
    return next((node for node in nodes if node is not None and node.text().strip()), None)


def _element(markup: str) -> Element | None:
    """A node as an lxml element, which the writers of inline text and of tables read."""
    from lxml import etree, html

    try:
        parser = html.HTMLParser(
            no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8"
        )
        found: Element | None = html.document_fromstring(markup.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, RecursionError):
        return None
    return found


def _refuse_errors(tree: Any, heading: str) -> None:
    """Raise for pages of servers that answer with something else than the article."""
    words = page_words()
    text = tree.body.text(separator=" ") if tree.body is not None else ""
    short = len(" ".join(text.split())) < 3000
    if short and (error := words.error(heading) or words.error(text)) and not words.clinical(text):
        raise ReadingError(f"an error or login page, no article ({error!r})")
    shown = tree.css("pre, xmp, textarea")
    if shown and tree.css_first("p, h1, h2, h3, article, div") is None:
        raise ReadingError(
            f"an HTML page that shows a record as data, no article (titled {heading[:80]!r}); save it as XML"
        )


def _readable(report: Report) -> int:
    """Characters that may be read."""
    return len(report.text) - sum(section.end - section.start for section in report.sections if not section.extract)


def _headed(report: Report) -> bool:
    """Whether headings of an article were found."""
    return any(
        section.kind not in {"title", "other", "caption", "table"} and section.extract for section in report.sections
    )


def _running_text(markup: str) -> str:
    """The main text as trafilatura sees it; blank if it sees none."""
    import trafilatura

    found: str | None = trafilatura.extract(markup, include_comments=False, include_tables=True, favor_recall=True)
    text = re.sub(r"\n+", "\n\n", found or "").strip()
    return checked(clean(text)) if text else ""


def _metadata(tree: Any) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    for node in tree.css("meta"):
        name = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        content = clean(" ".join((node.attributes.get("content") or "").split()))
        if name and content:
            told.setdefault(name, []).append(content)
    found = {}
    for key, names in _META.items():
        for name in names:
            if name in told and (value := _value(key, told[name])):
                found[key] = value
                break
    return found


def _value(key: str, contents: list[str]) -> str:
    """What the contents of one kind of ``<meta>`` tell, blank if they aren't of the form they should be."""
    first = contents[0]
    match key:
        case "doi":
            return match[0] if (match := _DOI.search(first)) else ""
        case "year":
            return match[0] if (match := _YEAR.search(first)) else ""
        case "pmid":
            return first if first.isdigit() else ""
        case "authors":
            names = (name.strip(" ;") for content in contents for name in content.split(";"))
            return "; ".join(name for name in names if name)
        case _:
            return first


def _node_text(node: Any) -> str:
    return " ".join(node.text().split()) if node is not None else ""


@cache
def _selectors() -> dict[str, list[str]]:
    """CSS selectors by role, in file order."""
    found: dict[str, list[str]] = {}
    for entry in load_patterns().rows(SELECTORS).values():
        found.setdefault(entry.canonical, []).append(entry["selectors"])
    return found
