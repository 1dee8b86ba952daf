"""A worker process under supervision: it may die or stall, the shard gets done.

A worker takes the reports of a shard together. When it dies over them, or stays at them beyond the time limit and is killed,
a new one takes them singly and notes the place of the report it is at; when that one dies too, the next tries the report
that it was at alone. A report that kills again, or under which workers have died three times, is left out
and rejected; one that doesn't (the worker was killed from outside) goes on like the others.
"""

import json
import mmap
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from casemill import errors
from casemill.errors import RunError
from casemill.run.counts import Counts
from casemill.run.jobs import Job
from casemill.run.places import IDLE, PLACE
from casemill.run.results import NONDETERMINISTIC, overdue

__all__ = ["StoppedError", "Supervised"]

_POLL_SECONDS = 1.0
# How long a worker may be at none of the reports: loading, or writing to a slow disk.
_SLACK_SECONDS = 300.0
# So often may workers die over one report that does no harm alone, and over none at all.
_DEATHS = 3
_FALSE_STARTS = 5


class StoppedError(Exception):
    """The worker was told to stop."""


class _DeathError(Exception):
    """A worker ended before its time; ``place`` is the report it was at, ``IDLE`` for none."""

    def __init__(self, place: int, reason: str) -> None:
        super().__init__(reason)
        self.place = place
        self.reason = reason


class Supervised:
    """A worker for ``job``, started when first needed, and anew whenever it is gone.

    :param identity: of the run (:attr:`Job.identity`); a worker must find the same, or it would make other rows.
    """

    def __init__(self, job: Job, identity: str) -> None:
        self.job = job
        self._identity = identity
        #: How many workers ended before their time.
        self.deaths = 0
        self._worker: subprocess.Popen[bytes] | None = None
        self._note: mmap.mmap | None = None
        self._stopped = False
        self._changing = threading.Lock()

    def start(self) -> None:
        """Have a worker with its pipeline loaded.

        :raises CasemillError: what loading raised, or that no worker lives.
        """
        for _ in range(_FALSE_STARTS):
            try:
                self._running()
            except _DeathError as death:
                reason = death.reason
            else:
                return
        raise RunError(f"no worker gets to work: the last one {reason}")

    def stop(self) -> None:
        """End the worker, whatever it is at; who waits for it in another thread gets :class:`StoppedError`."""
        with self._changing:
            self._stopped = True
            if self._worker is not None:
                self._worker.kill()

    def close(self) -> None:
        """Stop, and give back what is left; for when nobody waits any more."""
        self.stop()
        self._end()

    def finish(self, shard: Path, tables: Path) -> Counts:
        """Have the records in the file ``shard`` made into the archive ``tables``.

        :raises RunError: workers keep dying, and it is no report's fault; :raises OSError: a file can't be read or
            written; :raises StoppedError: by :meth:`stop`.
        """
        without: dict[int, str] = {}
        singly = False
        deaths: Counter[int] = Counter()
        while True:
            try:
                command = {"do": "finish", "shard": str(shard), "tables": str(tables)}
                told = self._ask({**command, "without": without, "singly": singly})
            except _DeathError as death:
                deaths[death.place] += 1
                if death.place == IDLE:
                    if deaths[IDLE] == _FALSE_STARTS:
                        raise RunError(f"{_FALSE_STARTS} workers died over {shard.name}: {death.reason}") from None
                elif not singly:
                    singly, deaths[death.place] = True, 0
                elif reason := self._harm(shard, death.place):
                    without[death.place] = reason
                elif deaths[death.place] == _DEATHS:
                    without[death.place] = death.reason
            else:
                return Counts.from_json(told["counts"])

    def _harm(self, shard: Path, place: int) -> str:
        """What one report of the shard does alone to a new worker; blank if nothing."""
        try:
            self._ask({"do": "try_one", "shard": str(shard), "place": place})
        except _DeathError as death:
            return death.reason
        return ""

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        worker = self._running()
        _tell(worker, json.dumps(command))
        told = self._answer(worker)
        if told.get("spent"):
            with self._changing:
                self._end()
        return told

    def _running(self) -> "subprocess.Popen[bytes]":
        with self._changing:
            if self._stopped:
                raise StoppedError
            if self._worker is not None and self._worker.poll() is None:
                return self._worker
            self._end()
            worker = self._worker = self._started()
        _tell(worker, self.job.to_json())
        if self._answer(worker).get("identity") != self._identity:
            raise RunError(
                "casemill, its patterns or its packages are not those that the run began with; start it again"
            )
        return worker

    def _started(self) -> "subprocess.Popen[bytes]":
        # A file without a name: it lives as long as someone has it open, and holds what the worker wrote last, whatever
        # became of the worker. Written first, so that a full disk is told here and not by a signal.
        with tempfile.TemporaryFile() as file:
            file.write(PLACE.pack(IDLE))
            file.flush()
            self._note = mmap.mmap(file.fileno(), PLACE.size)
            return subprocess.Popen(
                [sys.executable, "-m", "casemill.run.worker", str(file.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[file.fileno()],
            )

    def _answer(self, worker: "subprocess.Popen[bytes]") -> dict[str, Any]:
        """What the worker answers; it is killed where it is too long at one report."""
        assert worker.stdout is not None
        seconds = self.job.limits.seconds
        place, since = IDLE, time.monotonic()
        while not select.select([worker.stdout], [], [], _POLL_SECONDS)[0]:
            if (now_at := self._place()) != place:
                place, since = now_at, time.monotonic()
            # the worker's own alarm comes first, if anything can interrupt what it is at
            patience = _SLACK_SECONDS if place == IDLE else seconds * 1.2 + 2
            if seconds and time.monotonic() - since > patience:
                worker.kill()
                worker.wait()
                raise self._death(overdue(self.job.limits) if place != IDLE else "was at nothing")
        line = worker.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._death(_told(worker.wait()))
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise _raised(*answer["error"])
        return answer

    def _death(self, reason: str) -> Exception:
        if self._stopped:
            return StoppedError()
        self.deaths += 1
        return _DeathError(self._place(), reason)

    def _place(self) -> int:
        assert self._note is not None
        return int(PLACE.unpack_from(self._note)[0])

    def _end(self) -> None:
        if self._worker is None:
            return
        self._worker.kill()
        self._worker.wait()
        for pipe in (self._worker.stdin, self._worker.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        self._worker = None


def _tell(worker: "subprocess.Popen[bytes]", line: str) -> None:
    assert worker.stdin is not None
    with suppress(BrokenPipeError):  # that it is gone, it answers by silence
        worker.stdin.write(line.encode() + b"\n")
        worker.stdin.flush()


def _told(code: int) -> str:
    """How a worker ended, as the reason of a reject."""
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"{NONDETERMINISTIC}ended its worker ({how})"


def _raised(kind: str, *told: Any) -> Exception:
    """The exception that a worker told of."""
    if kind == "OSError":
        return OSError(*told)
    known = getattr(errors, kind, RunError)
    return known(*told) if issubclass(known, errors.CasemillError) else RunError(*told)
