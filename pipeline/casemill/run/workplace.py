"""Where a run is in the making: the folder ``unfinished`` in its output, from which the same command goes on.

A shard's archive is written beside its place and moved there, so that it is whole or not there at all; its name tells what
made it. That is the checkpoint: what is there is done.
"""

import errno
import fcntl
import os
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from casemill.errors import UsageError
from casemill.run.counts import Counts
from casemill.run.shard_tables import counts_in

__all__ = ["UNFINISHED", "Workplace", "write_whole"]

#: The name of the folder; it is gone when the run is complete.
UNFINISHED = "unfinished"


class Workplace:
    """The folder of shards that wait, and of tables that are done; one run at a time works in it.

    :raises UsageError: another run is at work there.
    """

    def __init__(self, output: Path) -> None:
        self.folder = output / UNFINISHED
        self.joined = self.folder / "joined"
        self.joined.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.folder / "lock", output)

    def shard(self, name: str) -> Path:
        """Where the records of a shard wait for a worker."""
        return self.folder / f"{name}.jsonl"

    def tables(self, name: str) -> Path:
        """Where the archive of a shard's tables belongs."""
        return self.folder / f"{name}.zip"

    def begun(self, name: str) -> Path:
        """A mark that this process itself is at the shard; it stays if the process dies of it."""
        return self.folder / f"{name}.begun"

    def done(self, name: str) -> Counts | None:
        """What was counted in a shard whose tables are there and whole, else ``None``."""
        return counts_in(self.tables(name))

    def publish(self, names: Iterable[str]) -> None:
        """Move the joined files to their places, the last one last, and take the workplace away."""
        for name in names:
            with (self.joined / name).open("rb") as file:
                os.fsync(file.fileno())
        for name in names:
            os.replace(self.joined / name, self.folder.parent / name)
        shutil.rmtree(self.folder)

    def close(self) -> None:
        """Let another run work here."""
        self._lock.close()


def _locked(path: Path, output: Path) -> IO[bytes]:
    """An open file that locks the workplace; the lock goes with the process, whatever ends it."""
    file = path.open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            file.close()
            raise UsageError(f"another run is writing to {str(output)!r}; wait for it or give another folder") from None
        # some file systems of clusters have no locks: there, two runs at once are the user's to avoid
    return file


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Nothing is forced to the disk: an archive that a power cut tears is found torn, and made again.
    """
    beside = path.with_name(f"{path.name}.{os.uname().nodename}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
