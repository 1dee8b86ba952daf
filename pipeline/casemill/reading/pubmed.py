"""PubMed XML: exports (``PubmedArticleSet``), baseline and update files, book articles; one report an article.

A report is the title and the abstract with its labels as headings. What PubMed adds (indexing terms, grants, references,
author lists, copyright lines, abstracts in other languages or for the public) makes no text; what identifies the article
goes into the metadata. Elements are those of NLM's ``pubmed_250101.dtd`` and earlier.
"""

import re
from collections.abc import Iterator

from casemill.reading.composing import Composer, add_abstract, add_label
from casemill.reading.headings import read_heading
from casemill.reading.inline import inline
from casemill.reading.markup import Element, Record, bare_text, each_record
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions
from casemill.reports import Report

__all__ = ["read"]

_RECORDS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
# What stands for a title that PubMed doesn't have.
_NO_TITLE = frozenset({"", "[Not Available].", "[Not Available]", "Not Available"})
# Labels that print nothing.
_NO_LABEL = frozenset({"", "UNLABELLED", "UNASSIGNED", "UNLABELED"})
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")


def read(source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
    """The articles of a PubMed export, each under its PMID; one without title and abstract is rejected.

    :raises ReadingError: no article in it, or the file is cut short (after all complete articles).
    """
    return each_record(source, _RECORDS, _report)


def _report(record: Record) -> Iterator[Report | Reject]:
    element = record.element
    citation = element if element.tag == "MedlineCitation" else element.find("MedlineCitation")
    if citation is None:
        citation = element.find("BookDocument")
    article = citation if citation is None or citation.tag == "BookDocument" else citation.find("Article")
    if citation is None or article is None:
        yield record.reject("an article without MedlineCitation/Article or BookDocument")
        return
    title = _title(article)
    composer = Composer()
    parts = [part for part in article.findall("Abstract/AbstractText") if bare_text(part).strip()]
    composer.section("title", extract=not parts)
    composer.paragraph(title)
    for part in parts:
        _add_part(composer, part)
    text, sections = composer.finished()
    if not text:
        yield record.reject("neither title nor abstract")
        return
    metadata = _metadata(element, citation, article) | {"title": title}
    yield Report(metadata.get("pmid") or f"{record.source.stem}-{record.number}", title, text, sections, metadata)


def _title(article: Element) -> str:
    candidates = (article.find(name) for name in ("ArticleTitle", "VernacularTitle", "Book/BookTitle"))
    titles = (" ".join(inline(found).split()) for found in candidates if found is not None)
    return next((title for title in titles if title not in _NO_TITLE), "")


def _add_part(composer: Composer, part: Element) -> None:
    """One ``AbstractText``: labelled ones are sections, in others the labels stand in the text."""
    label = part.get("Label", "").strip()
    if label.upper() in _NO_LABEL:
        add_abstract(composer, inline(part))
        return
    add_label(composer, label, read_heading(label) or read_heading(part.get("NlmCategory", "")))
    composer.paragraph(inline(part))


def _metadata(element: Element, citation: Element, article: Element) -> dict[str, str]:
    ids = {
        found.get("IdType", ""): (found.text or "").strip()
        for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId")
        for found in element.findall(path)
    }
    places = article.findall("ELocationID")
    dois = [e.text or "" for e in places if e.get("EIdType") == "doi" and e.get("ValidYN") != "N"]
    pmcid = ids.get("pmc", "")
    found = {
        "pmid": citation.findtext("PMID", "").strip() or ids.get("pubmed", ""),
        "pmcid": pmcid if not pmcid.isdigit() else f"PMC{pmcid}",
        "doi": (dois[0] if dois else ids.get("doi", "")).strip(),
        "journal": _journal(article),
        "year": _year(article),
        "authors": "; ".join(filter(None, map(_author, _authors(article)))),
    }
    return {key: value for key, value in found.items() if value}


def _journal(article: Element) -> str:
    for path in ("Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle"):
        if (found := article.find(path)) is not None and (name := " ".join(inline(found).split())):
            return name
    return ""


def _year(article: Element) -> str:
    for path in ("Journal/JournalIssue/PubDate", "ArticleDate", "ContributionDate", "Book/PubDate", "DateRevised"):
        date = article.findtext(f"{path}/Year") or article.findtext(f"{path}/MedlineDate") or ""
        if (year := _YEAR.search(date)) is not None:
            return year[0]
    return ""


def _authors(article: Element) -> list[Element]:
    lists = article.findall("AuthorList") or article.findall("Book/AuthorList")
    return [author for found in lists if found.get("Type") != "editors" for author in found.findall("Author")]


def _author(author: Element) -> str:
    names = [author.findtext("LastName") or "", author.findtext("ForeName") or author.findtext("Initials") or ""]
    return ", ".join(name.strip() for name in names if name.strip()) or author.findtext("CollectiveName", "").strip()
