"""Extraction as users call it: reports to frames in memory, or inputs to a folder of tables."""

import hashlib
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casemill.errors import ReadingError, UsageError
from casemill.reading.sources import Reject
from casemill.reading.stream import ReadOptions, read_reports
from casemill.reports import Report
from casemill.run.engine import PipelineSettings, pipeline_of, process
from casemill.run.writers import CsvWriter, JsonlWriter, ParquetWriter, TextsWriter
from casemill.schema import TABLES
from casemill.tables import frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORMATS", "RunSummary", "extract", "extract_to"]

#: What ``--format`` writes for each fact table.
FORMATS: Mapping[str, tuple[type[CsvWriter] | type[ParquetWriter] | type[JsonlWriter], ...]] = {
    "both": (CsvWriter, ParquetWriter),
    "csv": (CsvWriter,),
    "parquet": (ParquetWriter,),
    "jsonl": (JsonlWriter,),
}

# The packages whose versions decide what comes out.
_PACKAGES = ("casemill", "spacy", "scispacy", "medspacy", "pandas", "numpy")

Given = str | Path | tuple[str, str] | Report


def extract(
    reports: Iterable[Given],
    *,
    patterns: Path | str | None = None,
    config: Path | str | None = None,
    include_background: bool = False,
) -> "dict[str, pd.DataFrame]":
    """Fact tables of some reports, by name: the six tables of :data:`casemill.schema.TABLES` and ``dropped``.

    :param reports: each a text (``str``), a file, folder or archive (``Path``), an ``(id, text)`` pair, or a
        :class:`casemill.Report`. Texts without id are ``report-1``, ``report-2``, ... by their place.
    :param include_background: what authors say about the world makes rows too, of the subject ``background``.
    :raises UsageError: something else was given.
    :raises ReadingError: a path holds what can't be read; the command line goes on instead and lists it.
    """
    settings = PipelineSettings.of(patterns=patterns, config=config, include_background=include_background)
    found: dict[str, list[dict[str, str]]] = {name: [] for name in (*TABLES, "dropped")}
    for _, tables in process(_given(reports), settings):
        if isinstance(tables, Reject):
            raise ReadingError(tables.reason, place=tables.place)
        for name, rows in tables.items():
            found[name].extend(rows)
    return {name: frame(name, rows) for name, rows in found.items()}


def _given(reports: Iterable[Given]) -> Iterator[Report]:
    if isinstance(reports, str | Path | Report):
        raise UsageError(f"expected a list of reports, got one {type(reports).__name__}; put it in a list")
    for number, given in enumerate(reports, 1):
        match given:
            case Report():
                yield given
            case str():
                yield Report(f"report-{number}", "", given)
            case (str() as report_id, str() as text):
                yield Report(report_id, "", text)
            case Path():
                for read in read_reports([given]):
                    if isinstance(read, Reject):
                        raise ReadingError(read.reason, place=" ".join((read.source, read.place)).strip())
                    yield read
            case _:
                raise UsageError(
                    f"report {number} is a {type(given).__name__}; expected text (str), a file (Path), (id, text) or Report"
                )


@dataclass
class RunSummary:
    """What a run read and wrote, as ``run.json`` keeps it."""

    reports: int = 0
    rejects: list[Reject] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def extract_to(
    folder: Path,
    inputs: Iterable[str | Path],
    *,
    settings: PipelineSettings | None = None,
    reading: ReadOptions | None = None,
    format: str = "both",
    tables: Iterable[str] = tuple(TABLES),
    workers: int = 1,
    progress: Callable[[RunSummary], None] = lambda summary: None,
) -> RunSummary:
    """Extract ``inputs`` into ``folder``; ``progress`` is called after each report.

    :raises UsageError: ``folder`` holds something that is not a run, or ``format`` or ``tables`` name what does not exist.
    """
    chosen = _chosen(tables, format)
    settings = settings or PipelineSettings()
    pipeline_of(settings)  # before an earlier run's files give way
    _make_room(folder)
    summary = RunSummary()
    fingerprint = hashlib.sha256()
    began = time.monotonic()
    with ExitStack() as stack:
        facts = {
            name: [stack.enter_context(closing(kind(folder, name))) for kind in FORMATS[format]] for name in chosen
        }
        dropped, listed, rejected = (
            stack.enter_context(closing(CsvWriter(folder, name))) for name in ("dropped", "reports", "rejects")
        )
        texts = stack.enter_context(closing(TextsWriter(folder)))

        def reject(found: Reject) -> None:
            summary.rejects.append(found)
            rejected.add([{"source": found.source, "place": found.place, "reason": found.reason}])

        for report, found in process(_accepted(inputs, reading, reject), settings, workers=workers):
            if isinstance(found, Reject):
                reject(found)
                continue
            summary.reports += 1
            if original := report.metadata.get("duplicate_of"):
                summary.duplicates.append(f"{report.report_id} (there was a {original} before)")
            fingerprint.update(f"{report.report_id}\0{report.text}\0".encode())
            listed.add([_listed(report)])
            texts.add(report)
            dropped.add(row for row in found["dropped"] if row["table"] in facts)
            for name, writers in facts.items():
                summary.rows[name] += len(found[name])
                for writer in writers:
                    writer.add(found[name])
            progress(summary)
    summary.seconds = time.monotonic() - began
    _write_record(folder, summary, settings, fingerprint.hexdigest(), workers=workers, format=format)
    return summary


def _chosen(tables: Iterable[str], format: str) -> list[str]:
    wanted = set(tables)
    if unknown := wanted - set(TABLES):
        raise UsageError(f"no table {sorted(unknown)[0]!r}; there are {', '.join(TABLES)}")
    if format not in FORMATS:
        raise UsageError(f"no output format {format!r}; there are {', '.join(FORMATS)}")
    return [name for name in TABLES if name in wanted]


def _make_room(folder: Path) -> None:
    """An empty folder to write to: a new one, or that of an earlier run, whose files give way."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is a file; give a folder for the run's tables")
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in folder.iterdir()}
    if there and "reports.csv" not in there:
        raise UsageError(f"{str(folder)!r} holds files that are no run of casemill; give a new or empty folder")
    ours = {
        f"{name}{suffix}"
        for name in (*TABLES, "dropped", "reports", "rejects")
        for suffix in (".csv", ".parquet", ".jsonl")
    }
    for name in there & {*ours, "texts.jsonl.gz", "run.json"}:
        (folder / name).unlink()


def _accepted(
    inputs: Iterable[str | Path], reading: ReadOptions | None, reject: Callable[[Reject], None]
) -> Iterator[Report]:
    for found in read_reports(inputs, reading):
        if isinstance(found, Reject):
            reject(found)
        else:
            yield found


def _listed(report: Report) -> dict[str, str]:
    return {
        **report.metadata,
        "report_id": report.report_id,
        "title": report.title,
        "characters": str(len(report.text)),
    }


def _write_record(
    folder: Path, summary: RunSummary, settings: PipelineSettings, fingerprint: str, *, workers: int, format: str
) -> None:
    record: dict[str, Any] = {
        "versions": {name: version(name) for name in _PACKAGES} | {"python": platform.python_version()},
        "configuration": {
            "config": settings.config,
            "patterns": settings.patterns,
            "overrides": dict(settings.overrides),
            "format": format,
            "include_background": settings.include_background,
        },
        "input": {"reports": summary.reports, "sha256": fingerprint},
        "counts": {
            "rows": dict(summary.rows),
            "rejects": len(summary.rejects),
            "duplicates": len(summary.duplicates),
        },
        "this_run": {
            "seconds": round(summary.seconds, 3),
            "workers": workers,
            "host": platform.node(),
            "cores": os.cpu_count(),
        },
    }
    (folder / "run.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
