"""Reports that are a title and an abstract in one piece: what MEDLINE and PubTator have in common."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from casemill.errors import ReadingError
from casemill.reading.composing import Composer, add_abstract
from casemill.reading.sources import Reject, Source
from casemill.reports import Report

__all__ = ["Citation", "read_citations"]


class Citation(NamedTuple):
    """One record: the line it begins on, its own id (may be blank), its texts and its metadata."""

    line: int
    name: str
    title: str
    abstract: str
    metadata: Mapping[str, str]


def read_citations(source: Source, citations: Iterable[Citation], *, expected: str) -> Iterator[Report | Reject]:
    """The report of each citation; one without title and abstract is rejected.

    :raises ReadingError: there is none; the message tells what was ``expected``.
    """
    number = 0
    for number, citation in enumerate(citations, 1):
        try:
            yield _report(citation, f"{source.stem}-{number}")
        except ReadingError as error:
            yield Reject(source.label, f"record {number}, line {citation.line}", error.reason)
    if not number:
        raise ReadingError(f"no {expected} in it")


def _report(citation: Citation, name: str) -> Report:
    composer = Composer()
    composer.section("title", extract=not citation.abstract)
    composer.paragraph(citation.title)
    add_abstract(composer, citation.abstract)
    text, sections = composer.finished()
    if not text:
        raise ReadingError("neither title nor abstract")
    metadata = {key: value for key, value in citation.metadata.items() if value}
    return Report(citation.name or name, citation.title, text, sections, metadata | {"title": citation.title})
