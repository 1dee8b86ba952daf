"""Inputs to sources: files, folders, globs, archives and standard input, each opened safely and only when read.

Archive members are read one by one and never written to disk; their names are only labels. Limits hold against bombs: see
:data:`casemill.reading.sources.MAX_BYTES` and :mod:`casemill.reading.archives`.
"""

import glob
import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from casemill.reading.archives import is_archive, members
from casemill.reading.sources import BROKEN, Reject, Source, hidden, printable, told, unpacked

__all__ = ["sources"]


def sources(inputs: Iterable[str | Path]) -> Iterator[Source | Reject]:
    """The sources behind ``inputs`` (paths, folders, globs, archives, ``-`` for standard input), folders in sorted order.

    What can't be opened comes as a :class:`Reject`; the rest goes on.
    """
    for given in inputs:
        if str(given) == "-":
            yield Source("stdin", lambda: cast(IO[bytes], _Lent(sys.stdin.buffer)))
            continue
        there = False
        for path in _expanded(str(given)):
            there = True
            if isinstance(path, Reject):
                yield path
            else:
                yield from _of_file(path)
        if not there:
            yield Reject(printable(str(given)), "", "no such file, folder or glob match, or an empty folder")


class _Lent(io.BufferedReader):
    """Standard input, which is not ours to close."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)

    def close(self) -> None:
        if not self.closed:
            self.detach()


def _expanded(given: str) -> Iterator[Path | Reject]:
    try:
        path = Path(given)
        if path.is_dir():
            yield from _of_folder(path)
        elif path.exists():
            yield path
        else:
            for match in sorted(glob.glob(given, recursive=True)):
                if Path(match).is_dir():
                    yield from (_of_folder(Path(match)) if "**" not in given else ())
                else:
                    yield Path(match)
    except (OSError, ValueError) as error:
        yield Reject(printable(given[:200]), "", f"no path: {told(error)}")


def _of_folder(folder: Path) -> Iterator[Path | Reject]:
    """The files below ``folder``, sorted; links to folders are not followed, so that no loop can be."""
    shut: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=shut.append):
        folders[:] = sorted(name for name in folders if not hidden(PurePosixPath(name)))
        yield from (Reject(printable(str(error.filename)), "", told(error)) for error in shut)
        shut.clear()
        for name in sorted(names):
            path = Path(parent, name)
            if not hidden(PurePosixPath(name)) and (path.is_file() or path.is_symlink()):
                yield path
    yield from (Reject(printable(str(error.filename)), "", told(error)) for error in shut)


def _of_file(path: Path) -> Iterator[Source | Reject]:
    if not is_archive(path.name):
        yield Source(str(path), lambda: unpacked(path, path.name))
        return
    try:
        yield from members(path)
    except BROKEN as error:
        yield Reject(printable(str(path)), "", told(error))
    except Exception as error:
        # as in read_source: what the standard library didn't foresee of a damaged archive must not cost a run
        yield Reject(printable(str(path)), "", f"reader failed: {type(error).__name__}: {error}")
