"""PubTator: ``PMID|t|title`` and ``PMID|a|abstract``; the annotations on tabbed lines below are not read."""

import re
from collections.abc import Iterator

from casemill.reading.citations import Citation, read_citations
from casemill.reading.detect import decoded
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions
from casemill.reports import Report

__all__ = ["read"]

_LINE = re.compile(r"\r\n?|\n")
_TEXT = re.compile(r"([^|\t]{1,60})\|([ta])\|(.*)")
# What stands for a text that PubMed doesn't have.
_NO_TEXT = frozenset({"- No text -", "-No text-"})


def read(source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
    """The documents of a file, each under its PMID; one without title and abstract is rejected.

    :raises ReadingError: not text, or no ``|t|`` or ``|a|`` line in it.
    """
    return read_citations(source, _citations(decoded(source.data)), expected="line like 'PMID|t|title'")


def _citations(text: str) -> Iterator[Citation]:
    began, name = 1, ""
    texts: dict[str, str] = {}
    for number, line in enumerate(_LINE.split(text.removeprefix("\ufeff")), 1):
        if (found := _TEXT.match(line)) is None:
            continue
        if texts and (found[1] != name or found[2] in texts):
            yield _citation(began, name, texts)
            texts = {}
        if not texts:
            began, name = number, found[1]
        texts[found[2]] = found[3].strip()
    if texts:
        yield _citation(began, name, texts)


def _citation(line: int, name: str, texts: dict[str, str]) -> Citation:
    title, abstract = (text if (text := texts.get(part, "")) not in _NO_TEXT else "" for part in "ta")
    name = name.strip()
    return Citation(line, name, title, abstract, {"pmid": name if name.isdigit() else ""})
