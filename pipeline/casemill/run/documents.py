"""Reports through the pipeline, within limits: whatever one contains costs only itself."""

import gc
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from casemill.components.layers import layer
from casemill.loading import collector_at_rest, load, make_doc, needs_tokens
from casemill.reading.sources import Reject
from casemill.reports import Report
from casemill.run.results import NONDETERMINISTIC, Tables, overdue, rejected
from casemill.run.settings import Limits, PipelineSettings
from casemill.run.shards import shards_of
from casemill.tabulate import rows

__all__ = ["Extractor", "pipeline_of", "process"]

#: How many strings may gather in spaCy's store before it is made to forget: some 100 MB, with what the tokenizer remembers.
MOST_STRINGS = 150_000


@cache
def pipeline_of(settings: PipelineSettings) -> Any:
    """The pipeline of ``settings``, built once in each process.

    :raises UsageError: the configuration can't be read; :raises PatternError: a pattern file is broken.
    """
    return load(patterns=settings.patterns, config=settings.config, overrides=dict(settings.overrides))


def process(
    reports: Iterable[Report], settings: PipelineSettings, *, limits: Limits | None = None
) -> Iterator[tuple[Report, Tables | Reject]]:
    """Each report with its rows by table (``dropped`` among them), in order; or with why it made none."""
    extractor = Extractor(settings, limits or Limits())
    for shard in shards_of(reports):
        together = [record for record in shard.records if isinstance(record, Report)]
        yield from zip(together, extractor.tables_of_all(together), strict=True)


class Extractor:
    """A pipeline that takes one shard of reports after the other, millions of them in the same memory.

    :raises UsageError: the configuration can't be read; :raises PatternError: a pattern file is broken.
    """

    def __init__(self, settings: PipelineSettings, limits: Limits) -> None:
        self._settings = settings
        self._limits = limits
        self._nlp = pipeline_of(settings)
        self._zone = ExitStack()
        self._lasting = self.strings

    def tables_of_all(
        self, reports: Sequence[Report], *, at: Callable[[int], None] = lambda place: None
    ) -> list[Tables | Reject]:
        """What :meth:`tables_of` gives for each of ``reports``, in less time: all go through one component after another.

        Where that fails for all, over whichever report, each is taken alone.

        :param at: called with 0 before all are taken together, and with the place of each that is taken alone.
        """
        if not reports:
            return []
        try:
            at(0)
            with _within(self._limits.seconds), collector_at_rest():
                return [*_tables(reports, self._nlp, self._settings, self._limits)]
        except (Exception, _OverdueError):
            return self.tables_of_each(reports, at=at)

    def tables_of_each(
        self, reports: Sequence[Report], *, at: Callable[[int], None] = lambda place: None
    ) -> list[Tables | Reject]:
        """What :meth:`tables_of` gives for each of ``reports``; ``at`` is called with the place of each before."""
        made = []
        for place, report in enumerate(reports):
            at(place)
            made.append(self.tables_of(report))
        return made

    def tables_of(self, report: Report) -> Tables | Reject:
        """The rows of ``report`` by table, or why it makes none; only what ends the process itself gets out of here."""
        try:
            with _within(self._limits.seconds):
                return _tables([report], self._nlp, self._settings, self._limits)[0]
        except _LimitError as excess:
            reason = str(excess)
        except _OverdueError:
            reason = overdue(self._limits)
        except MemoryError:
            reason = f"{NONDETERMINISTIC}memory did not suffice"
        except Exception as error:
            # One report must never cost a run: what it broke is told in rejects.csv, with the error's own words.
            reason = f"extraction failed: {type(error).__name__}: {error}"
        return rejected(report, reason)

    def close(self) -> None:
        """Leave the pipeline as others may use it."""
        self._zone.close()

    @property
    def strings(self) -> int:
        """How many strings spaCy's store holds."""
        return len(self._nlp.vocab.strings)

    def forget(self, *, most: int = MOST_STRINGS) -> None:
        """Let go of the strings of past reports, if ``most`` have gathered; for when no document is in use.

        spaCy 3.8 has memory zones for it. What a component learns in a zone is lost with it, so the first one begins only
        now, and only for components that are known to bear it: a pipeline of the user's own is built anew.
        """
        if self.strings - self._lasting <= most:
            return
        self._zone.close()
        if self._settings.config is None and hasattr(self._nlp, "memory_zone"):
            for _, component in self._nlp.pipeline:
                getattr(component, "prepare", tuple)()  # what it would learn at first need
            self._zone.enter_context(self._nlp.memory_zone())
        else:
            pipeline_of.cache_clear()
            del self._nlp
            gc.collect()  # pipelines hold themselves in circles, and most of their memory is none that Python counts
            self._nlp = pipeline_of(self._settings)
        self._lasting = self.strings


class _LimitError(Exception):
    """A report beyond a limit that is the same everywhere."""


class _OverdueError(BaseException):
    """The time is up; no ``Exception``, so that no component takes it for an error of its own."""


def _tables(reports: Sequence[Report], nlp: Any, settings: PipelineSettings, limits: Limits) -> list[Tables]:
    """The rows of each report by table.

    One component takes all documents before the next takes any: its code and tables stay in the processor's caches.
    """
    for report in reports:
        if len(report.text) > limits.characters:
            raise _LimitError(f"{len(report.text):,} characters; the most is {limits.characters:,}: split the report")
    tokens = needs_tokens(nlp)
    docs = [make_doc(nlp, report, tokens=tokens) for report in reports]
    scanned = False
    for _, component in nlp.pipeline:
        docs = [component(doc) for doc in docs]
        if not scanned:
            for terms in filter(None, (layer(doc).get("terms") for doc in docs)):
                scanned = True
                if (candidates := sum(map(len, terms.values()))) > limits.candidates:
                    raise _LimitError(f"{candidates:,} candidates; the most is {limits.candidates:,}: split the report")
    return [rows(doc, include_background=settings.include_background, clock=settings.clock) for doc in docs]


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise :class:`_OverdueError` after ``seconds``, where an alarm can be set: in a main thread that uses none itself."""
    free = (
        seconds > 0
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    )
    if not free:
        yield
        return

    def expire(*_: object) -> None:
        raise _OverdueError

    signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
