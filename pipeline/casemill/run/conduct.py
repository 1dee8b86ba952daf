"""A run from its records to its files: shards planned, handed out unless they are done, and joined in order."""

import hashlib
import json
import os
import platform
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from typing import Any

from casemill.errors import RunError
from casemill.reports import Report
from casemill.run.counts import Counts
from casemill.run.engines import Engine, Named
from casemill.run.jobs import Job, versions
from casemill.run.parts import Texts
from casemill.run.shard_tables import counts_in
from casemill.run.shards import Record, shards_of
from casemill.run.workplace import Workplace

__all__ = ["RECORD", "RunSummary", "conduct"]

#: The file that tells what a run did and with what; alone it differs from run to run.
RECORD = "run.json"


@dataclass
class RunSummary(Counts):
    """What a run read and wrote.

    ``kept`` counts the reports that an interrupted run had done before, ``workers_lost`` workers that ended before their time.
    """

    seconds: float = 0.0
    kept: int = 0
    workers_lost: int = 0


@dataclass
class _Plan:
    """The shards of a run as they are met: their names in order, and a fingerprint of all reports."""

    identity: str
    names: list[str] = field(default_factory=list)
    fingerprint: Any = field(default_factory=hashlib.sha256)

    def name(self, records: Iterable[Record]) -> Iterator[Named]:
        for shard in shards_of(records):
            for record in shard.records:
                if isinstance(record, Report):
                    self.fingerprint.update(f"{record.report_id}\0{record.text}\0".encode())
            self.names.append(shard.name(self.identity))
            yield self.names[-1], shard


def conduct(
    job: Job,
    engine: Engine,
    workplace: Workplace,
    records: Iterable[Record],
    progress: Callable[[RunSummary], None],
) -> RunSummary:
    """Make ``records`` into the files of a run, beside the workplace.

    :raises RunError: the engine can't go on; :raises OSError: a file can't be written.
    """
    began = time.monotonic()
    plan = _Plan(job.identity)
    so_far = RunSummary()

    def count(counts: Counts, *, kept: bool = False) -> None:
        so_far.add(counts)
        so_far.kept += counts.reports if kept else 0
        progress(so_far)

    def undone() -> Iterator[Named]:
        for name, shard in plan.name(records):
            if (counts := workplace.done(name)) is not None:
                count(counts, kept=True)
            else:
                yield name, shard

    for counts in engine.finish(undone(), workplace):
        count(counts)
    summary = RunSummary(kept=so_far.kept, workers_lost=engine.stop())
    files = _join(job, workplace, plan.names, summary)
    summary.seconds = time.monotonic() - began
    told = _record(job, summary, plan.fingerprint.hexdigest(), str(engine))
    (workplace.joined / RECORD).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    workplace.publish([*files, RECORD])
    return summary


def _join(job: Job, workplace: Workplace, names: Iterable[str], summary: RunSummary) -> list[str]:
    """Put the tables of all shards together, in order, and add up what was counted (so that what is told has an order)."""
    kinds = [(f"{name}{kind.suffix}", name, kind) for name, kind in job.files()]
    with ExitStack() as stack:
        files = {
            file: stack.enter_context(closing(kind.joined(workplace.joined / file, name, clock=job.settings.clock)))
            for file, name, kind in kinds
        }
        files[Texts.FILE] = stack.enter_context(closing(Texts.joined(workplace.joined / Texts.FILE)))
        for name in names:
            archive = workplace.tables(name)
            try:
                counts = counts_in(archive)
                assert counts is not None
                with zipfile.ZipFile(archive) as parts:
                    for file, joined in files.items():
                        joined.add(parts.read(file))
            except (AssertionError, KeyError, zipfile.BadZipFile) as error:
                archive.unlink(missing_ok=True)
                raise RunError(
                    f"{str(archive)!r} is damaged and was removed; the same command makes it again"
                ) from error
            summary.add(counts)
    return list(files)


def _record(job: Job, summary: RunSummary, fingerprint: str, engine: str) -> dict[str, Any]:
    return {
        "versions": versions(),
        "configuration": {
            "config": job.settings.config,
            "patterns": job.settings.patterns,
            "overrides": dict(job.settings.overrides),
            "limits": asdict(job.limits),
            "format": job.format,
            "include_background": job.settings.include_background,
            "clock": job.settings.clock,
        },
        "input": {"reports": summary.reports, "sha256": fingerprint},
        "counts": {
            "rows": dict(summary.rows),
            "rejects": summary.rejects,
            "nondeterministic": summary.nondeterministic,
            "duplicates": summary.duplicates,
        },
        "this_run": {
            "seconds": round(summary.seconds, 3),
            "engine": engine,
            "kept_reports": summary.kept,
            "workers_lost": summary.workers_lost,
            "host": platform.node(),
            "cores": os.cpu_count(),
        },
    }
