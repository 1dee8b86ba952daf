"""JATS, NLM and PMC full text: the article's front, body, floats and back as one report.

Printed are title, abstract, body, tables, captions, boxes, appendices and notes; author lists, affiliations and references
are not, and from acknowledgements, notes and the like nothing is read. Letters in reply, reviews and translations that
come inside an article are reports of somebody else's and are rejected by name; other articles inside it (abstracts of
a supplement, cases of a collection) are reports of their own. Element names are those of JATS 1.0 to 1.3 and NLM 2.x, 3.0.
"""

from collections.abc import Iterator
from functools import partial

from casemill.reading.composing import Composer, add_abstract, add_label
from casemill.reading.headings import read_heading
from casemill.reading.inline import inline
from casemill.reading.jats_body import Body, Place
from casemill.reading.jats_front import abstracts, identify
from casemill.reading.markup import Element, Record, each_record, root_name
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions
from casemill.reports import Report

__all__ = ["read"]

# Articles inside an article that tell nothing of their own cases.
_ABOUT_THE_ARTICLE = {
    "translation": "a translation of the article",
    "reply": "a reply to the article",
    "response": "a response to the article",
    "commentary": "a commentary on the article",
    "correction": "a correction of the article",
    "decision-letter": "a decision letter on the article",
    "reviewer-report": "a review of the article",
    "referee-report": "a review of the article",
    "peer-review": "a review of the article",
    "editor-report": "an editor's note on the article",
    "editorial-report": "an editor's note on the article",
    "author-comment": "a comment of the authors on the reviews",
    "author-reply": "a reply of the authors to the reviews",
    "aggregated-review-documents": "the reviews of the article",
}


def read(source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
    """The article of a file under the file's stem, those of a set each under its PMCID, PMID or DOI.

    :raises ReadingError: no article in it, or the file is cut short (after all complete articles).
    """
    single = root_name(source.data) == "article"
    return each_record(source, ("article",), partial(_reports, single=single))


def _reports(record: Record, *, single: bool) -> Iterator[Report | Reject]:
    article = record.element
    metadata = identify(article)
    known = next((metadata[key] for key in ("pmcid", "pmid", "doi") if key in metadata), "")
    name = record.source.stem if single and record.number == 1 else known or f"{record.source.stem}-{record.number}"
    parts = [part for part in article if part.tag in {"sub-article", "response"}]
    if (report := _report(article, name, metadata)) is not None:
        yield report
    elif not parts:
        yield record.reject("an article without title, abstract and text")
    for number, part in enumerate(parts, 1):
        kind = "response" if part.tag == "response" else part.get("article-type", "")
        if kind in _ABOUT_THE_ARTICLE:
            yield record.reject(f"{_ABOUT_THE_ARTICLE[kind]} {name!r}, not read as part of it")
            continue
        inherited = {key: metadata[key] for key in ("journal", "year") if key in metadata}
        if (report := _report(part, f"{name}-{number}", inherited | identify(part))) is not None:
            yield report


def _report(article: Element, name: str, metadata: dict[str, str]) -> Report | None:
    """The report of an article, or None if it has no text at all."""
    composer = Composer()
    title = metadata.get("title", "")
    body = article.find("body")
    told = [a for a in abstracts(article) if inline(a).strip()]
    composer.section("title", extract=not told and body is None)
    composer.paragraph(title)
    for abstract in told:
        _add_abstract(composer, abstract)
    writer = Body(composer)
    if body is not None:
        # A case report too short for headings is all case.
        whole_case = article.get("article-type") == "case-report" and body.find("sec") is None
        writer.blocks(body, Place("case" if whole_case else "other"))
    for name_of_part in ("floats-group", "floats-wrap", "back"):
        if (part := article.find(name_of_part)) is not None:
            writer.blocks(part, Place("other"))
    text, sections = composer.finished()
    return Report(name, title, text, sections, metadata) if text else None


def _add_abstract(composer: Composer, abstract: Element) -> None:
    title = _heading(abstract) or "Abstract"
    composer.section("abstract", title)
    composer.paragraph(title)
    for part in abstract:
        if part.tag == "sec":
            label = _heading(part)
            add_label(composer, label, read_heading(label) or read_heading(part.get("sec-type", "")))
            for paragraph in part:
                if paragraph.tag not in {"title", "label", "object-id"}:
                    composer.paragraph(inline(paragraph))
        elif part.tag not in {"title", "label", "object-id"}:
            add_abstract(composer, inline(part), title)


def _heading(element: Element) -> str:
    title = element.find("title")
    return "" if title is None else " ".join(inline(title).split())
