"""Inputs to reports: sources, format detection, the right reader, and ids that are never the same twice."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from casemill.errors import ReadingError, UsageError
from casemill.reading.detect import FORMATS, detect
from casemill.reading.inputs import sources
from casemill.reading.sources import Reject, Source
from casemill.reports import Report

__all__ = ["ReadOptions", "Reader", "read_reports", "read_source"]

# Formats whose readers find the end of every record, so that one cut short can't be taken for a whole one.
_CUT_AT_RECORDS = frozenset({"pubmed_xml", "jats", "bioc_xml"})


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read: ``format`` forces one of :data:`FORMATS`; the columns are for JSONL, CSV, TSV and Parquet.

    A blank column name is guessed from the usual ones.
    """

    format: str = ""
    id_column: str = ""
    text_column: str = ""
    title_column: str = ""


class Reader(Protocol):
    """What each module of :mod:`casemill.reading` that reads a format offers."""

    def __call__(self, source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
        """The reports of one source, in order; a record that can't be read comes as a :class:`Reject`.

        :raises ReadingError: nothing of the source (or of what is left of it) can be read.
        """


def read_source(source: Source, options: ReadOptions) -> Iterator[Report | Reject]:
    """Reports and rejects of one source; nothing a source holds raises.

    Of a packed file that is cut short, the complete records are read; then a reject tells why there are no more.
    """
    try:
        chosen = options.format or detect(source.head, source.name)
        if chosen in _CUT_AT_RECORDS:
            source.salvage()
        reader = cast(Reader, import_module(f"casemill.reading.{FORMATS[chosen]}").read)
        for found in reader(source, format=chosen, options=options):
            if isinstance(found, Report):
                yield _labelled(found, source.label, chosen)
            else:
                yield found
        if source.broken:
            yield Reject(source.label, f"byte {len(source.data)}", source.broken)
    except ReadingError as error:
        yield Reject(source.label, error.place, source.broken or error.reason)
    except Exception as error:
        # One file must never cost a run: what its reader didn't foresee is told like any other reason.
        yield Reject(source.label, "", f"reader failed: {type(error).__name__}: {error}")
    finally:
        source.close()


def _labelled(report: Report, label: str, chosen: str) -> Report:
    metadata: Mapping[str, str] = {**report.metadata, "source": label, "format": chosen}
    return replace(report, metadata=metadata)


def read_reports(inputs: Iterable[str | Path], options: ReadOptions | None = None) -> Iterator[Report | Reject]:
    """Reports of all ``inputs``, in order, each with an id of its own.

    An id that was there before becomes ``id#2``, ``id#3``, ..., and the report's ``duplicate_of`` names the first.

    :raises UsageError: ``options.format`` is none of the formats.
    """
    options = options or ReadOptions()
    if options.format and options.format not in FORMATS:
        raise UsageError(f"no format {options.format!r}; there are {', '.join(sorted(FORMATS))}")
    seen: dict[str, int] = {}
    for source in sources(inputs):
        if isinstance(source, Reject):
            yield source
            continue
        for found in read_source(source, options):
            yield _numbered(found, seen) if isinstance(found, Report) else found


def _numbered(report: Report, seen: dict[str, int]) -> Report:
    first = report.report_id
    seen[first] = seen.get(first, 0) + 1
    if seen[first] == 1:
        return report
    name = f"{first}#{seen[first]}"
    seen[name] = 1
    return replace(report, report_id=name, metadata={**report.metadata, "duplicate_of": first})
