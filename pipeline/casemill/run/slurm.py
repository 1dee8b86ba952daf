"""Dask workers as SLURM jobs: submitted, watched, and submitted anew when they are lost.

Dask itself makes nothing of a job that SLURM has ended (walltime, preemption, a node that fails, ``scancel``): it waits for
its workers for ever. So the queue is asked from time to time, and what it has no more is replaced.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from getpass import getuser
from typing import Any

from distributed.core import Status
from tornado.ioloop import PeriodicCallback

from casemill.errors import UsageError

__all__ = ["SlurmJobs"]

#: How often the queue is asked, in seconds; sites don't like it to be often.
ASK_SECONDS = 30.0


class SlurmJobs:
    """A Dask cluster of ``workers`` in SLURM jobs, as the ``jobqueue.slurm`` section of Dask's configuration describes them.

    :raises UsageError: the extra is not installed; :raises ValueError: the section lacks what SLURM needs to know;
        :raises OSError, RuntimeError: SLURM does not take the jobs.
    """

    def __init__(self, workers: int) -> None:
        try:
            from dask_jobqueue import SLURMCluster
        except ImportError as error:
            raise UsageError("--cluster slurm needs dask-jobqueue; install casemill[dask]") from error
        self.workers = workers
        #: What a Dask client connects to.
        self.cluster: Any = SLURMCluster()
        self._asking = PeriodicCallback(self._replace, 1000 * ASK_SECONDS)
        self._replacing = asyncio.Lock()
        try:
            self.cluster.sync(self._fill)
        except BaseException:
            self.close()
            raise

    def wait(self, client: Any) -> None:
        """Return when the first worker has come, however long the queue is; from then on lost jobs are replaced.

        :raises RuntimeError: all jobs have ended before one came.
        """
        while not client.scheduler_info()["workers"]:
            with suppress(TimeoutError):
                client.wait_for_workers(1, timeout=ASK_SECONDS)
                break
            numbers = sorted(str(job.job_id) for job in self.cluster.workers.values())
            if len(self.cluster.sync(self._gone)) == len(numbers):
                raise RuntimeError(
                    f"the jobs {', '.join(numbers)} have ended and no worker came; what they wrote "
                    "(slurm-NUMBER.out in this folder, if nothing else is set) tells why"
                )
        self.cluster.loop.add_callback(self._asking.start)

    def close(self) -> None:
        """Cancel the jobs."""
        self.cluster.sync(self._stop_asking)
        # Dask's own closing fails over jobs that SLURM never took, and over others that somebody still holds
        for refused in [job for job in self.cluster.workers.values() if not job.job_id]:
            refused.status = Status.closed
        self.cluster.close()

    async def _fill(self) -> None:
        """Submit as many jobs as are missing; each may hold several workers."""
        planned = self.cluster.worker_spec
        while sum(len(job.get("group", ("",))) for job in planned.values()) < self.workers:
            planned.update(self.cluster.new_worker_spec())
        await self.cluster

    async def _replace(self) -> None:
        async with self._replacing:
            for name in await self._gone():
                self.cluster.worker_spec.pop(name, None)
            with suppress(OSError, RuntimeError):  # SLURM may be away for a while; it is asked again
                await self._fill()

    async def _stop_asking(self) -> None:
        """What is under way comes to its end first: it would take the cancelled jobs for lost ones and submit others."""
        self._asking.stop()
        async with self._replacing:
            pass

    async def _gone(self) -> Sequence[str]:
        """Names of the jobs that are in the queue no more, neither waiting nor running; none if it can't be asked."""
        numbers = {name: str(job.job_id) for name, job in self.cluster.workers.items()}
        pipe = asyncio.subprocess.PIPE
        try:
            asked = await asyncio.create_subprocess_exec(
                "squeue", "--noheader", "--format=%i", f"--user={getuser()}", stdout=pipe, stderr=pipe
            )
            told, _ = await asked.communicate()
        except OSError:
            return []
        there = set(told.decode(errors="replace").split())
        return [name for name, number in numbers.items() if number not in there] if asked.returncode == 0 else []
