"""A worker process: shards in, shard tables out, one command and one answer a line.

Started by :mod:`casemill.run.supervision` as ``python -m casemill.run.worker FILE``. The first line on standard input is the
job, every other one a command; each is answered by one line of JSON on standard output. ``FILE`` is an open descriptor of
eight bytes in which the worker notes the place of the report it is at, for when it can't tell any more.
"""

import json
import mmap
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

from casemill.errors import CasemillError
from casemill.run.documents import Extractor
from casemill.run.jobs import Job
from casemill.run.places import PLACE
from casemill.run.shard_tables import shard_tables
from casemill.run.workplace import write_whole

__all__ = ["main"]

# A worker for which nobody has had work this long ends, so that none is left behind on a cluster.
_PATIENCE_SECONDS = 600
# A worker that holds more memory after a shard gives way to a new one; reports of usual length leave it at half of it.
_MEMORY_MB = 550


def main() -> None:
    """Answer commands until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started this
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    note = mmap.mmap(int(sys.argv[1]), PLACE.size)

    def at(place: int) -> None:
        PLACE.pack_into(note, 0, place)

    job = Job.from_json(sys.stdin.readline())
    commands = _commands()
    shards = _Shards(job, at)
    _answer(answers, shards.get_ready)
    with suppress(queue.Empty):
        while True:
            command = commands.get(timeout=_PATIENCE_SECONDS)
            _answer(answers, partial(getattr(shards, command.pop("do")), **command))


def _commands() -> "queue.Queue[dict[str, Any]]":
    """The commands as they come. When no more can come, the process ends at once: nobody waits for what it is at."""
    commands: queue.Queue[dict[str, Any]] = queue.Queue()

    def listen() -> None:
        for line in sys.stdin:
            commands.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    return commands


class _Shards:
    """What the worker does with shards; ``at`` notes the place of the report it is at."""

    def __init__(self, job: Job, at: Callable[[int], None]) -> None:
        self._job = job
        self._at = at

    def get_ready(self) -> dict[str, Any]:
        self._extractor = Extractor(self._job.settings, self._job.limits)
        return {"identity": self._job.identity}

    def finish(self, shard: str, tables: str, without: Mapping[str, str], singly: bool) -> dict[str, Any]:
        """Make the archive ``tables`` of the records in ``shard``, but for reports ``without`` which the worker lives.

        Each report is taken alone where ``singly`` asks for it: a worker has died over all of them together.
        """
        spared = {int(place): reason for place, reason in without.items()}
        lines = Path(shard).read_bytes()
        counts, archive = shard_tables(lines, self._job, self._extractor, without=spared, singly=singly, at=self._at)
        write_whole(Path(tables), archive)
        return {"counts": counts.to_json(), "spent": _memory_mb() > _MEMORY_MB}

    def try_one(self, shard: str, place: int) -> dict[str, Any]:
        """Extract one report alone, to see whether the worker survives it."""
        line = Path(shard).read_bytes().splitlines(keepends=True)[place]
        shard_tables(line, self._job, self._extractor, at=self._at)
        return {}


def _memory_mb() -> float:
    """The memory this process holds; 0 where the system doesn't tell it like Linux does."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * mmap.PAGESIZE / 1e6


def _answer(answers: IO[str], work: Callable[[], dict[str, Any]]) -> None:
    """What ``work`` gives, or why it could not; a full disk or a broken configuration is no fault of a report."""
    try:
        told = work()
    except OSError as error:
        told = {"error": ["OSError", error.errno, error.strerror or str(error), str(error.filename or "")]}
    except CasemillError as error:
        told = {"error": [type(error).__name__, str(error)]}
    answers.write(json.dumps(told) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
