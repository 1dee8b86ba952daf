"""MEDLINE and ``.nbib`` exports: tagged lines, records one behind another.

A field is a tag of up to four characters, padded to four, then ``- `` and its text, which goes on over lines that begin
with blanks. Tags are those of NLM's "MEDLINE/PubMed Data Element (Field) Descriptions".
"""

import re
from collections.abc import Iterator, Mapping

from casemill.reading.citations import Citation, read_citations
from casemill.reading.detect import decoded
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions
from casemill.reports import Report

__all__ = ["read"]

_LINE = re.compile(r"\r\n?|\n")
_FIELD = re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{1,3}) {0,2}-(?: (.*))?$")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_DOI = re.compile(r"\b(10\.\d{3,9}/\S+)\s*\[doi\]|\bdoi: (10\.\d{3,9}/\S*[^\s.])")
# Fields that a record has once: behind a blank line, another one begins the next record.
_ONCE = frozenset({"OWN", "STAT", "TI", "BTI", "AB"})

_Fields = Mapping[str, list[str]]


def read(source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
    """The records of an export, each under its PMID; one without title and abstract is rejected.

    :raises ReadingError: not text, or no field in it.
    """
    citations = (_citation(line, fields) for line, fields in _records(decoded(source.data)))
    return read_citations(source, citations, expected="MEDLINE field (PMID- , TI  - , AB  - )")


def _records(text: str) -> Iterator[tuple[int, _Fields]]:
    """The line each record begins on and its fields, whose lines are joined by a blank."""
    fields: dict[str, list[list[str]]] = {}
    began, apart = 1, False
    current: list[str] = []
    for number, line in enumerate(_LINE.split(text.removeprefix("\ufeff")), 1):
        if not line.strip():
            apart = True
            continue
        if (found := _FIELD.match(line)) is not None:
            tag = found[1]
            if tag == "PMID" or (apart and tag in _ONCE and tag in fields):
                if fields:
                    yield began, _joined(fields)
                fields = {}
            if not fields:
                began = number
            current = [found[2] or ""]
            fields.setdefault(tag, []).append(current)
        else:
            current.append(line)
        apart = False
    if fields:
        yield began, _joined(fields)


def _joined(fields: Mapping[str, list[list[str]]]) -> _Fields:
    return {tag: [" ".join(" ".join(lines).split()) for lines in values] for tag, values in fields.items()}


def _citation(line: int, fields: _Fields) -> Citation:
    dois = (_DOI.search(text) for tag in ("LID", "AID", "SO") for text in fields.get(tag, ()))
    year = _YEAR.search(_first(fields, "DP", "DEP", "EDAT"))
    metadata = {
        "pmid": _first(fields, "PMID"),
        "pmcid": _first(fields, "PMC"),
        "doi": next((doi[1] or doi[2] for doi in dois if doi is not None), ""),
        "journal": _first(fields, "JT", "TA"),
        "year": year[0] if year else "",
        "authors": "; ".join(fields.get("FAU") or fields.get("AU") or fields.get("CN") or ()),
    }
    return Citation(line, metadata["pmid"], _first(fields, "TI", "BTI", "TT"), _first(fields, "AB"), metadata)


def _first(fields: _Fields, *tags: str) -> str:
    return next((text for tag in tags for text in fields.get(tag, ()) if text), "")
