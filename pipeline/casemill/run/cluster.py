"""Extraction on a Dask cluster: shard files in, shard tables out, over a file system that all machines share.

Each task asks a supervised worker process beside the Dask worker, so that a report that kills or stalls costs that process
only. What Dask itself loses (machines) it does again; what is there already is not made twice.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from distributed import Client, WorkerPlugin, as_completed, get_worker
from distributed.comm import CommClosedError

from casemill.errors import RunError, UsageError
from casemill.run.counts import Counts
from casemill.run.engines import Named
from casemill.run.jobs import Job
from casemill.run.shard_tables import counts_in
from casemill.run.slurm import SlurmJobs
from casemill.run.supervision import Supervised
from casemill.run.workplace import Workplace, write_whole

__all__ = ["SLURM", "Cluster"]

#: The name that stands for a cluster of SLURM jobs, as Dask's own configuration describes them.
SLURM = "slurm"

# Shards on their way for each thread of the cluster, so that none waits for the reader.
_AHEAD = 2
# How often a shard is handed out again when the machines it was on are lost, or can't read or write.
_RETRIES = 3
_WAIT_SECONDS = 600


class Cluster:
    """The Dask cluster whose scheduler is at ``address``, or ``workers`` of its own as SLURM jobs."""

    def __init__(self, job: Job, address: str, workers: int) -> None:
        self.job = job
        self.address = address
        self._workers = workers
        self._client: Any = None
        self._own: SlurmJobs | None = None
        self._registered = False
        self._lost = 0

    def __str__(self) -> str:
        return f"Dask cluster {self.address}"

    def start(self) -> None:
        """As every engine does."""
        try:
            if self.address == SLURM:
                self._own = SlurmJobs(self._workers)
                self._client = Client(self._own.cluster, set_as_default=False)
                self._own.wait(self._client)
            else:
                self._client = Client(self.address, set_as_default=False)
                self._client.wait_for_workers(1, timeout=_WAIT_SECONDS)
        except (OSError, RuntimeError, ValueError, TimeoutError) as error:
            told = " ".join(str(error).split())
            raise UsageError(f"no Dask cluster to be had at {self.address!r}: {told}") from error
        here = self.job.identity
        identities = self._client.run(_identity, self.job.to_json())
        if other := sorted(worker for worker, identity in identities.items() if identity != here):
            raise UsageError(
                f"the worker {other[0]} has another casemill, other packages or other pattern files than this machine; "
                "install the same on all"
            )
        self._client.register_plugin(_Extractors(self.job.to_json(), self.job.identity))
        self._registered = True

    def finish(self, shards: Iterable[Named], workplace: Workplace) -> Iterator[Counts]:
        """As every engine does."""
        seen = self._client.run(_sees, str(workplace.folder.resolve()))
        if blind := sorted(worker for worker, sees in seen.items() if not sees):
            raise UsageError(
                f"the worker {blind[0]} doesn't see {str(workplace.folder)!r}; the output folder must lie on a file system "
                "that all workers share"
            )
        running = as_completed(loop=self._client.loop)
        try:
            for name, shard in shards:
                write_whole(workplace.shard(name), shard.lines)
                running.add(self._handed_out(name, workplace))
                while running.count() >= self._width():
                    yield self._taken_in(next(running), workplace)
            while running.count():
                yield self._taken_in(next(running), workplace)
        except CommClosedError as error:
            raise RunError(f"the Dask scheduler at {self.address!r} is lost; the same command goes on") from error

    def _width(self) -> int:
        threads: int = sum(self._client.nthreads().values())
        return max(1, threads) * (1 + _AHEAD)

    def _handed_out(self, name: str, workplace: Workplace) -> Any:
        shard, tables = workplace.shard(name).resolve(), workplace.tables(name).resolve()
        return self._client.submit(_finish, str(shard), str(tables), key=name, retries=_RETRIES)

    def _taken_in(self, future: Any, workplace: Workplace) -> Counts:
        counts, lost = future.result()
        self._lost += lost
        workplace.shard(future.key).unlink()
        return Counts.from_json(counts)

    def stop(self) -> int:
        """As every engine does."""
        if self._client is not None:
            if self._registered:
                self._client.unregister_worker_plugin(_Extractors.name)
            self._client.close()
            self._client = None
        if self._own is not None:
            self._own.close()
            self._own = None
        return self._lost


def _identity(job: str) -> str:
    return Job.from_json(job).identity


def _sees(folder: str) -> bool:
    return Path(folder).is_dir()


class _Extractors(WorkerPlugin):  # type: ignore[misc]
    """The supervised processes of one Dask worker, one for each of its threads."""

    name = "casemill"

    def __init__(self, job: str, identity: str) -> None:
        self.job = job
        self.identity = identity
        self._free: list[Supervised] = []
        self._all: list[Supervised] = []

    def teardown(self, worker: Any) -> None:
        """End the processes."""
        for one in self._all:
            one.stop()

    def finish(self, shard: Path, tables: Path) -> tuple[Counts, int]:
        """What was counted, and how many processes were lost over it."""
        try:
            one = self._free.pop()
        except IndexError:
            one = Supervised(Job.from_json(self.job), self.identity)
            self._all.append(one)
        deaths = one.deaths
        try:
            return one.finish(shard, tables), one.deaths - deaths
        finally:
            self._free.append(one)


def _finish(shard: str, tables: str) -> tuple[str, int]:
    """Runs on a Dask worker; see :meth:`_Extractors.finish`."""
    counts, lost = counts_in(Path(tables)), 0  # there, if it was made by a worker that was lost before it could tell
    if counts is None:
        counts, lost = get_worker().plugins[_Extractors.name].finish(Path(shard), Path(tables))
    return counts.to_json(), lost
