"""Extraction as users call it: reports to frames in memory, or inputs to a folder of tables."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from casemill.errors import ReadingError, RunError, UsageError
from casemill.reading.sources import Reject
from casemill.reading.stream import ReadOptions, read_reports
from casemill.reports import Report
from casemill.run.conduct import RECORD, RunSummary, conduct
from casemill.run.engines import Engine, LocalWorkers, ThisProcess
from casemill.run.jobs import Job
from casemill.run.parts import KINDS, Texts
from casemill.run.settings import Limits, PipelineSettings
from casemill.run.workplace import UNFINISHED, Workplace
from casemill.schema import TABLES
from casemill.tables import frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunSummary", "extract", "extract_to"]

Given = str | Path | tuple[str, str] | Report


def extract(
    reports: Iterable[Given],
    *,
    patterns: Path | str | None = None,
    config: Path | str | None = None,
    include_background: bool = False,
    clock: bool = False,
) -> "dict[str, pd.DataFrame]":
    """Fact tables of some reports, by name: the six tables of :data:`casemill.schema.TABLES` and ``dropped``.

    :param reports: each a text (``str``), a file, folder or archive (``Path``), an ``(id, text)`` pair, or a
        :class:`casemill.Report`. Texts without id are ``report-1``, ``report-2``, ... by their place.
    :param include_background: what authors say about the world makes rows too, of the subject ``background``.
    :param clock: the tables of facts get the column ``clock``, the fact's offset from its subject's zero.
    :raises UsageError: something else was given.
    :raises ReadingError: a path holds what can't be read; the command line goes on instead and lists it.
    """
    from casemill.run.documents import process

    settings = PipelineSettings.of(patterns=patterns, config=config, include_background=include_background, clock=clock)
    found: dict[str, list[dict[str, str]]] = {name: [] for name in (*TABLES, "dropped")}
    for _, tables in process(_given(reports), settings):
        if isinstance(tables, Reject):
            raise ReadingError(tables.reason, place=tables.place)
        for name, rows in tables.items():
            found[name].extend(rows)
    return {name: frame(name, rows, clock=clock) for name, rows in found.items()}


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


def extract_to(
    folder: Path,
    inputs: Iterable[str | Path],
    *,
    settings: PipelineSettings | None = None,
    limits: Limits | None = None,
    reading: ReadOptions | None = None,
    format: str = "both",
    tables: Iterable[str] = tuple(TABLES),
    workers: int = 1,
    cluster: str = "",
    progress: Callable[[RunSummary], None] = lambda summary: None,
) -> RunSummary:
    """Extract ``inputs`` into ``folder``; ``progress`` is called whenever a shard of reports is done.

    What an interrupted run of the same inputs and settings has done is kept, whatever interrupted it.

    :param workers: 1 extracts in this process, more in as many others.
    :param cluster: the address of a Dask scheduler, or ``slurm``, to extract there.
    :raises UsageError: ``folder`` holds something that is not a run, another run is at work there, or ``format`` or
        ``tables`` name what does not exist.
    :raises RunError: a file can't be written (the disk is full), or workers keep dying over no report.
    """
    job = Job(settings or PipelineSettings(), limits or Limits(), format, tuple(tables))
    engine = _engine(job, workers, cluster)
    try:
        engine.start()  # before an earlier run's files give way
        _check_room(folder)
        with closing(Workplace(folder)) as workplace:
            _make_room(folder)
            return conduct(job, engine, workplace, read_reports(inputs, reading), progress)
    except OSError as error:
        place = f": {str(error.filename)!r}" if error.filename else ""
        raise RunError(
            f"can't go on: {error.strerror or error}{place}; what is done is kept in {str(folder / UNFINISHED)!r}, and the "
            "same command goes on from there when the cause is removed"
        ) from error
    finally:
        engine.stop()


def _engine(job: Job, workers: int, cluster: str) -> Engine:
    if cluster:
        try:
            from casemill.run.cluster import Cluster
        except ImportError as error:
            raise UsageError(f"--cluster needs Dask ({error}); install casemill[dask]") from error
        return Cluster(job, cluster, workers)
    return LocalWorkers(job, workers) if workers > 1 else ThisProcess(job)


def _check_room(folder: Path) -> None:
    """Whether ``folder`` can be written to: it is new, empty, or that of an earlier run."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is a file; give a folder for the run's tables")
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if there and not there & {"reports.csv", UNFINISHED}:
        raise UsageError(f"{str(folder)!r} holds files that are no run of casemill; give a new or empty folder")


def _make_room(folder: Path) -> None:
    """Take an earlier run's files away, so that none is taken for one of this run before it is complete."""
    suffixes = {kind.suffix for kinds in KINDS.values() for kind in kinds}
    tables = {f"{name}{suffix}" for name in (*TABLES, "dropped", "reports", "rejects") for suffix in suffixes}
    for name in (*tables, Texts.FILE, RECORD):
        (folder / name).unlink(missing_ok=True)
