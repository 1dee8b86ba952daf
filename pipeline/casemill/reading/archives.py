"""Members of ZIP and TAR archives as sources, with guards against bombs, links and archives within archives."""

import stat
import tarfile
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from casemill.errors import ReadingError
from casemill.reading.sources import Reject, Source, hidden, printable, unpacked

__all__ = ["MAX_MEMBERS", "MAX_RATIO", "SMALL", "is_archive", "members"]

#: The most members read from one archive.
MAX_MEMBERS = 1_000_000
#: The most times larger than its packed size a member, and all together, may be; text packs to a tenth, seldom to a hundredth.
MAX_RATIO = 1000
#: Members up to this many bytes are no bombs, however well they pack.
SMALL = 1 << 20

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_NO_FILE = "a link or device, no file"
_NESTED = "an archive within an archive is not opened; unpack it first"
_TOO_LARGE = "the archive grows too large on unpacking, or has too many members; the rest is not read"


def is_archive(name: str) -> bool:
    """Whether a file of this name holds others."""
    return name.lower().endswith(_ARCHIVES)


def members(path: Path) -> Iterator[Source | Reject]:
    """The files in the archive at ``path``, those of a ZIP sorted by name, those of a TAR in its own order.

    :raises OSError: and what else :data:`casemill.reading.sources.BROKEN` lists, if it is no archive or ends too early.
    """
    if path.name.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as zipped:
            yield from _zip_members(path, zipped)
    else:
        with tarfile.open(path) as tarred:
            yield from _tar_members(path, tarred)


def _zip_members(path: Path, archive: zipfile.ZipFile) -> Iterator[Source | Reject]:
    packed = path.stat().st_size
    budget = max(SMALL, MAX_RATIO * packed)
    for number, member in enumerate(sorted(archive.infolist(), key=lambda m: m.filename)):
        label = printable(f"{path}!{member.filename}")
        if not member.filename:
            yield Reject(label, "", "a member without a name")
            continue
        if member.is_dir() or hidden(PurePosixPath(member.filename)):
            continue
        budget -= member.file_size
        if number >= MAX_MEMBERS or budget < 0:
            yield Reject(printable(str(path)), label, _TOO_LARGE)
            return
        if member.file_size > max(SMALL, MAX_RATIO * min(member.compress_size, packed)):
            yield Reject(label, "", f"grows more than {MAX_RATIO} times on unpacking; taken for a bomb")
        elif stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG}:
            yield Reject(label, "", _NO_FILE)
        elif is_archive(label):
            yield Reject(label, "", _NESTED)
        else:
            yield Source(label, partial(_from_zip, archive, member), path=member.filename)


def _from_zip(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    if member.flag_bits & 1:
        raise ReadingError("encrypted; unpack it with its password first")
    return unpacked(archive.open(member), member.filename)


def _tar_members(path: Path, archive: tarfile.TarFile) -> Iterator[Source | Reject]:
    budget = max(SMALL, MAX_RATIO * path.stat().st_size)
    for number, member in enumerate(archive):
        label = printable(f"{path}!{member.name}")
        if member.isdir() or hidden(PurePosixPath(member.name)):
            continue
        budget -= member.size
        if number >= MAX_MEMBERS or budget < 0:
            yield Reject(printable(str(path)), label, _TOO_LARGE)
            return
        if not member.isreg():
            yield Reject(label, "", _NO_FILE)
        elif is_archive(label):
            yield Reject(label, "", _NESTED)
        else:
            yield Source(label, partial(_from_tar, archive, member), path=member.name)


def _from_tar(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    return unpacked(cast(IO[bytes], archive.extractfile(member)), member.name)
