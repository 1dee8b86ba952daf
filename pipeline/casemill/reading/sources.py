"""Inputs to byte sources: files, folders, globs, archives and standard input, each opened safely and only when read.

A source is one file, however it came. Archive members are read one by one and never written to disk; their names are
only labels. Limits hold against bombs: see :data:`MAX_BYTES`, :data:`MAX_MEMBERS` and :data:`MAX_RATIO`.
"""

import glob
import gzip
import io
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, cast

from casemill.errors import ReadingError

__all__ = ["MAX_BYTES", "Reject", "Source", "sources"]

#: The most bytes one source may hold after decompression.
MAX_BYTES = 1 << 30
#: The most members read from one archive.
MAX_MEMBERS = 1_000_000
#: The most times larger than its packed size an archive member may be; text packs to a tenth, rarely to a hundredth.
MAX_RATIO = 1000
#: How much of a source is shown to format detection.
HEAD_BYTES = 1 << 16

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_PACKED = (".gz",)


@dataclass(frozen=True, slots=True)
class Reject:
    """What made no report: the source, the place in it (may be blank) and why."""

    source: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """One file's bytes under a label; ``data`` is decompressed and within :data:`MAX_BYTES`."""

    label: str
    data: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The file's own name, without packing suffix: ``report.xml`` of ``runs/report.xml.gz``."""
        name = PurePosixPath(self.label.replace("\\", "/")).name
        return name[:-3] if name.endswith(_PACKED) else name

    @property
    def stem(self) -> str:
        """The file's name without suffix, the id of a source that holds one report."""
        return PurePosixPath(self.name).stem or "report"

    @property
    def suffix(self) -> str:
        """The file's suffix in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def head(self) -> bytes:
        """The first bytes, for format detection."""
        return self.data[:HEAD_BYTES]


def sources(inputs: Iterable[str | Path]) -> Iterator[Source | Reject]:
    """The sources behind ``inputs`` (paths, folders, globs, archives, ``-`` for standard input), folders in sorted order.

    What can't be opened comes as a :class:`Reject`; the rest goes on.
    """
    for given in inputs:
        if str(given) == "-":
            yield from _opened("stdin", lambda: io.BytesIO(sys.stdin.buffer.read(MAX_BYTES + 1)))
            continue
        paths = list(_expanded(str(given)))
        if not paths:
            yield Reject(str(given), "", "no such file, folder or glob match")
        for path in paths:
            yield from _of_file(path)


def _expanded(given: str) -> Iterator[Path]:
    path = Path(given)
    if path.is_dir():
        yield from (p for p in sorted(path.rglob("*")) if p.is_file() and not _hidden(p.relative_to(path)))
    elif path.exists():
        yield path
    else:
        yield from (Path(p) for p in sorted(glob.glob(given, recursive=True)) if Path(p).is_file())


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _of_file(path: Path) -> Iterator[Source | Reject]:
    name = path.name.lower()
    try:
        if name.endswith(_ARCHIVES):
            with _archive(path) as members:
                yield from members
        else:
            yield from _opened(str(path), lambda: _open(path))
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        tarfile.TarError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        yield Reject(str(path), "", f"can't be read: {error}")


def _open(source: Path | IO[bytes], name: str = "") -> IO[bytes]:
    """A binary stream over ``source``, unpacked if its name says gzip."""
    if str(name or source).lower().endswith(_PACKED):
        return cast(IO[bytes], gzip.open(source, "rb"))
    return source.open("rb") if isinstance(source, Path) else source


def _opened(label: str, open_stream: Callable[[], IO[bytes]]) -> Iterator[Source | Reject]:
    try:
        with open_stream() as stream:
            yield Source(label, _limited(stream, MAX_BYTES))
    except ReadingError as error:
        yield Reject(label, error.place, error.reason)
    except (OSError, EOFError, zlib.error) as error:
        yield Reject(label, "", f"can't be read: {error}")


def _limited(stream: IO[bytes], limit: int) -> bytes:
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise ReadingError(f"more than {limit:,} bytes; split the file")
    return data


@contextmanager
def _archive(path: Path) -> Iterator[Iterator[Source | Reject]]:
    if path.name.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            yield _zip_members(path, archive)
    else:
        with tarfile.open(path) as archive:
            yield _tar_members(path, archive)


def _zip_members(path: Path, archive: zipfile.ZipFile) -> Iterator[Source | Reject]:
    packed = max(1, path.stat().st_size)
    for number, member in enumerate(sorted(archive.infolist(), key=lambda m: m.filename)):
        label = f"{path}!{member.filename}"
        if member.is_dir() or _hidden(Path(member.filename)):
            continue
        if number >= MAX_MEMBERS:
            yield Reject(str(path), label, f"more than {MAX_MEMBERS:,} members; the rest is not read")
            return
        if member.file_size > MAX_RATIO * max(1, min(member.compress_size, packed)):
            yield Reject(label, "", f"grows more than {MAX_RATIO} times on unpacking; taken for a bomb")
            continue
        try:
            with archive.open(member) as stream:
                yield from _member(label, stream)
        except (OSError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            yield Reject(label, "", f"can't be unpacked: {error}")


def _tar_members(path: Path, archive: tarfile.TarFile) -> Iterator[Source | Reject]:
    budget = MAX_RATIO * max(1, path.stat().st_size)
    for number, member in enumerate(archive):
        label = f"{path}!{member.name}"
        if not member.isfile() or _hidden(Path(member.name)):
            continue
        budget -= member.size
        if number >= MAX_MEMBERS or budget < 0:
            yield Reject(str(path), label, "the archive grows too large on unpacking; the rest is not read")
            return
        stream = archive.extractfile(member)
        if stream is not None:
            with stream:
                yield from _member(label, stream)


def _member(label: str, stream: IO[bytes]) -> Iterator[Source | Reject]:
    if label.lower().endswith(_ARCHIVES):
        yield Reject(label, "", "an archive within an archive is not opened; unpack it first")
    else:
        yield from _opened(label, lambda: _open(stream, label))
