"""Who extracts: this process, or supervised workers on this machine (:mod:`casemill.run.cluster` has those on others).

An engine takes shards as fast as it can use them and gives what was counted in each, in any order; when it has, the tables
of the shard stand in the workplace.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Protocol

from casemill.run.counts import Counts
from casemill.run.jobs import Job
from casemill.run.shard_tables import shard_tables
from casemill.run.shards import Shard
from casemill.run.supervision import Supervised
from casemill.run.workplace import Workplace, write_whole

if TYPE_CHECKING:
    from casemill.run.documents import Extractor

__all__ = ["Engine", "LocalWorkers", "ThisProcess"]

# Shards that wait for each worker, so that none waits for the reader.
_AHEAD = 2

#: A shard under its name in the workplace.
Named = tuple[str, Shard]


class Engine(Protocol):
    """What a run needs of those who extract; ``str`` tells who they are."""

    def start(self) -> None:
        """Get ready.

        :raises CasemillError: the pipeline can't be loaded, or there are no workers to be had.
        """

    def finish(self, shards: Iterable[Named], workplace: Workplace) -> Iterator[Counts]:
        """Put the tables of each shard into ``workplace``, and tell what was counted.

        :raises RunError: it can't go on; :raises OSError: a file can't be written.
        """

    def stop(self) -> int:
        """End all work at once; how many workers have been lost so far."""


class ThisProcess:
    """Extraction here. A shard over which an earlier run died is given to a supervised worker."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._careful = Supervised(job, job.identity)
        self._extractor: Extractor | None = None

    def start(self) -> None:
        """As every engine does."""
        from casemill.run.documents import Extractor  # and spaCy, which only this engine needs here

        self._extractor = Extractor(self.job.settings, self.job.limits)

    def finish(self, shards: Iterable[Named], workplace: Workplace) -> Iterator[Counts]:
        """As every engine does."""
        assert self._extractor is not None
        for name, shard in shards:
            begun = workplace.begun(name)
            if begun.exists():
                yield _supervised(self._careful, name, shard, workplace)
            else:
                begun.touch()
                try:
                    counts, archive = shard_tables(shard.lines, self.job, self._extractor)
                    write_whole(workplace.tables(name), archive)
                finally:
                    begun.unlink()
                yield counts

    def __str__(self) -> str:
        return "this process"

    def stop(self) -> int:
        """As every engine does."""
        if self._extractor is not None:
            self._extractor.close()
        self._careful.close()
        return self._careful.deaths


class LocalWorkers:
    """``number`` supervised processes on this machine, each with a thread here that waits for it."""

    def __init__(self, job: Job, number: int) -> None:
        self._workers = [Supervised(job, job.identity) for _ in range(number)]
        self._free = list(self._workers)
        self._threads = ThreadPoolExecutor(number)

    def start(self) -> None:
        """As every engine does."""
        list(self._threads.map(Supervised.start, self._workers))

    def finish(self, shards: Iterable[Named], workplace: Workplace) -> Iterator[Counts]:
        """As every engine does."""
        pending: set[Future[Counts]] = set()
        for name, shard in shards:
            pending.add(self._threads.submit(self._finish, name, shard, workplace))
            while len(pending) >= len(self._workers) * (1 + _AHEAD):
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)

    def _finish(self, name: str, shard: Shard, workplace: Workplace) -> Counts:
        worker = self._free.pop()
        try:
            return _supervised(worker, name, shard, workplace)
        finally:
            self._free.append(worker)

    def __str__(self) -> str:
        return f"{len(self._workers)} processes"

    def stop(self) -> int:
        """As every engine does."""
        for worker in self._workers:
            worker.stop()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.close()
        return sum(worker.deaths for worker in self._workers)


def _supervised(worker: Supervised, name: str, shard: Shard, workplace: Workplace) -> Counts:
    waiting = workplace.shard(name)
    write_whole(waiting, shard.lines)
    counts = worker.finish(waiting, workplace.tables(name))
    waiting.unlink()
    return counts
