"""Reports through the pipeline, in this process or in several; a report that fails costs only itself."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from multiprocessing import get_context
from typing import Any

from casemill.loading import load, make_doc
from casemill.reading.sources import Reject
from casemill.reports import Report
from casemill.tabulate import rows

__all__ = ["PipelineSettings", "pipeline_of", "process"]

# Reports handed to a worker at once: large enough that handing over costs little, small enough to keep all busy.
_SHARE = 64
# Shares under way for each worker, so that none waits for the reader.
_AHEAD = 3

Tables = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class PipelineSettings:
    """What :func:`casemill.loading.load` is called with; hashable, so that a worker builds its pipeline once.

    ``include_background`` is for :func:`casemill.tabulate.rows`.
    """

    patterns: str | None = None
    config: str | None = None
    overrides: tuple[tuple[str, Any], ...] = field(default=())
    include_background: bool = False

    @classmethod
    def of(
        cls,
        *,
        patterns: Any = None,
        config: Any = None,
        overrides: Mapping[str, Any] | None = None,
        include_background: bool = False,
    ) -> "PipelineSettings":
        """Settings from what a caller gave."""
        return cls(
            str(patterns) if patterns else None,
            str(config) if config else None,
            tuple(sorted((overrides or {}).items())),
            include_background,
        )


@cache
def pipeline_of(settings: PipelineSettings) -> Any:
    """The pipeline of ``settings``, built once in each process.

    :raises UsageError: the configuration can't be read; :raises PatternError: a pattern file is broken.
    """
    return load(patterns=settings.patterns, config=settings.config, overrides=dict(settings.overrides))


def process(
    reports: Iterable[Report], settings: PipelineSettings, *, workers: int = 1
) -> Iterator[tuple[Report, Tables | Reject]]:
    """Each report with its rows by table (``dropped`` among them), in order; or with why it made none."""
    pipeline_of(settings)  # what can't be loaded fails here, not in a worker
    if workers <= 1:
        for report in reports:
            yield report, _tables(report, settings)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    pending: deque[tuple[list[Report], Future[list[Tables | Reject]]]] = deque()
    stream = iter(reports)
    try:
        while True:
            while len(pending) < workers * _AHEAD and (share := list(islice(stream, _SHARE))):
                pending.append((share, pool.submit(_share, share, settings)))
            if not pending:
                return
            share, future = pending.popleft()
            yield from zip(share, future.result(), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def _share(reports: list[Report], settings: PipelineSettings) -> list[Tables | Reject]:
    return [_tables(report, settings) for report in reports]


def _tables(report: Report, settings: PipelineSettings) -> Tables | Reject:
    nlp = pipeline_of(settings)
    try:
        return rows(nlp(make_doc(nlp, report)), include_background=settings.include_background)
    except Exception as error:
        # One report must never cost a run: what it broke is told in rejects.csv, with the error's own words.
        label = report.metadata.get("source", "") or report.report_id
        return Reject(label, report.report_id, f"extraction failed: {type(error).__name__}: {error}")
