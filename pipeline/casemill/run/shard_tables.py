"""A shard to its tables: every file's part in one archive, with what was counted."""

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from casemill.reading.sources import Reject
from casemill.reports import Report
from casemill.run.counts import Counts
from casemill.run.jobs import Job
from casemill.run.parts import Texts
from casemill.run.results import Tables, rejected
from casemill.run.shards import Record, unpacked

if TYPE_CHECKING:
    from casemill.run.documents import Extractor

__all__ = ["counts_in", "shard_tables"]

_COUNTS = "counts.json"

# A record of the shard, its line in the shard file, and what it made.
_Made = tuple[Record, bytes, Tables | Reject]


def shard_tables(
    lines: bytes,
    job: Job,
    extractor: "Extractor",
    *,
    without: Mapping[int, str] | None = None,
    singly: bool = False,
    at: Callable[[int], None] = lambda place: None,
) -> tuple[Counts, bytes]:
    """What a shard makes: what was counted, and the archive of its tables.

    :param lines: the records, as :func:`casemill.run.shards.packed` writes them.
    :param extractor: of the same job, used for one shard after the other.
    :param without: reports not to be touched, by their place in the shard, and why.
    :param singly: take each report alone, so that ``at`` tells which of them ends the process.
    :param at: called with the place of each report before it is extracted alone, with that of the first before all are
        extracted together, and with -1 after the last.
    """
    records = unpacked(lines)
    told: dict[int, Tables | Reject] = {}
    taken: dict[int, Report] = {}
    for place, (record, _) in enumerate(records):
        if isinstance(record, Reject):
            told[place] = record
        elif without and place in without:
            told[place] = rejected(record, without[place])
        else:
            taken[place] = record
    places = list(taken)
    extract = extractor.tables_of_each if singly else extractor.tables_of_all
    told |= zip(places, extract([*taken.values()], at=lambda index: at(places[index])), strict=True)
    made = [(record, line, told[place]) for place, (record, line) in enumerate(records)]
    extractor.forget()
    at(-1)
    try:
        parts = _parts(made, job)
    except Exception:
        made = [_sound(one, job) for one in made]
        parts = _parts(made, job)
    counts = _counted(made, job)
    return counts, _archive({**parts, _COUNTS: counts.to_json().encode()})


def _parts(made: list[_Made], job: Job) -> dict[str, bytes]:
    """The shard's part of each file, by the file's name."""
    rows: dict[str, list[dict[str, str]]] = {name: [] for name, _ in job.files()}
    texts: list[bytes] = []
    for record, line, tables in made:
        if isinstance(tables, Reject):
            rows["rejects"].append({"source": tables.source, "place": tables.place, "reason": tables.reason})
            continue
        assert isinstance(record, Report)
        texts.append(line)
        rows["reports"].append(_listed(record))
        rows["dropped"] += [row for row in tables["dropped"] if row["table"] in job.tables]
        for name in job.tables:
            rows[name] += tables[name]
    clock = job.settings.clock
    parts = {f"{name}{kind.suffix}": kind.part(name, rows[name], clock=clock) for name, kind in job.files()}
    return {**parts, Texts.FILE: Texts.part(texts)}


def _sound(one: _Made, job: Job) -> _Made:
    """``one``, or why its rows can't be written: a row that breaks its table costs its own report only."""
    record, line, _ = one
    try:
        _parts([one], job)
    except Exception as error:
        assert isinstance(record, Report)
        return record, line, rejected(record, f"extraction failed: {type(error).__name__}: {error}")
    return one


def _counted(made: list[_Made], job: Job) -> Counts:
    counts = Counts(rows=Counter(dict.fromkeys(job.tables, 0)))
    for record, _, tables in made:
        if isinstance(tables, Reject):
            counts.add_reject(tables)
        elif isinstance(record, Report):
            counts.add_report(record, tables, job.tables)
    return counts


def _listed(report: Report) -> dict[str, str]:
    own = {"report_id": report.report_id, "title": report.title, "characters": str(len(report.text))}
    return {**report.metadata, **own}


def _archive(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return packed.getvalue()


def counts_in(path: Path) -> Counts | None:
    """What was counted in the archive at ``path``; ``None`` if it isn't there or isn't whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            return Counts.from_json(archive.read(_COUNTS))
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile):
        return None
