"""A source: one file's bytes, however it came, opened only when read and unpacked as they are read."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from casemill.errors import ReadingError

__all__ = ["BROKEN", "HEAD_BYTES", "MAX_BYTES", "Reject", "Source", "hidden", "printable", "told", "unpacked"]

#: The most bytes one source may hold after decompression where a reader needs it whole.
MAX_BYTES = 1 << 30
#: How much of a source is shown to format detection.
HEAD_BYTES = 1 << 16

_CHUNK = 1 << 20
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
#: What the standard library raises for files that are missing, shut, cut short, damaged, encrypted or packed in odd ways.
BROKEN = (
    *(OSError, EOFError, RuntimeError, NotImplementedError, ValueError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError),
)


@dataclass(frozen=True, slots=True)
class Reject:
    """What made no report: the source, the place in it (may be blank) and why."""

    source: str
    place: str
    reason: str


class Source:
    """One file's bytes under a label, opened when first asked for.

    ``content`` is the bytes, or what opens them unpacked; ``path`` is given where the label ends in more than the file's
    own path. A member of an archive can be read until the next one is asked
    for. All that reads raises :class:`casemill.errors.ReadingError` where the bytes can't be had.
    """

    def __init__(self, label: str, content: bytes | Callable[[], IO[bytes]], *, path: str = "") -> None:
        self.label = printable(label)
        self._path = PurePosixPath(printable(path or label).replace("\\", "/"))
        #: Why the source ends before its end, if :meth:`salvage` met that; else blank.
        self.broken = ""
        self._content = content
        self._data = content if isinstance(content, bytes) else None
        self._head: bytes | None = None
        self._stream: IO[bytes] | None = None

    def __repr__(self) -> str:
        return f"Source({self.label!r})"

    @property
    def name(self) -> str:
        """The file's own name, without packing suffix: ``report.xml`` of ``runs/report.xml.gz``."""
        return self._path.stem if self._path.suffix.lower() in _OPENERS else self._path.name

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
        if self._data is not None:
            return self._data[:HEAD_BYTES]
        if self._head is None:
            self._head = _lead(self._opened())
        return self._head

    @property
    def data(self) -> bytes:
        """All bytes, kept until :meth:`close`; for readers that need them whole."""
        if self._data is None:
            chunks, error = self._chunks()
            if error:
                raise ReadingError(error)
            self._data = b"".join(chunks)
        return self._data

    def salvage(self) -> None:
        """Make :attr:`data` what can be read of a source that is cut short, and :attr:`broken` the reason."""
        if self._data is None:
            chunks, self.broken = self._chunks()
            self._data = b"".join(chunks)

    def stream(self) -> IO[bytes]:
        """The bytes as a stream, for readers that take line by line; of any length, and to be read once."""
        if self._data is not None:
            return io.BytesIO(self._data)
        return io.BufferedReader(_Rejoined(self.head, self._opened()), _CHUNK)

    def close(self) -> None:
        """Give back the memory and the open file."""
        self._shut()
        if not isinstance(self._content, bytes):
            self._head = self._data = None

    def _shut(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _opened(self) -> IO[bytes]:
        if self._stream is None:
            try:
                self._stream = cast(Callable[[], IO[bytes]], self._content)()
            except BROKEN as error:
                raise ReadingError(told(error)) from error
        return self._stream

    def _chunks(self) -> tuple[list[bytes], str]:
        """All there is, and why it isn't all (blank if it is).

        :raises ReadingError: more than :data:`MAX_BYTES`.
        """
        chunks, size = [self.head], len(self.head)
        try:
            while chunk := _read(self._opened(), _CHUNK):
                chunks.append(chunk)
                if (size := size + len(chunk)) > MAX_BYTES:
                    break
        except ReadingError as error:
            return chunks, error.reason
        finally:
            self._shut()
        if size > MAX_BYTES:
            raise ReadingError(f"more than {MAX_BYTES:,} bytes; split the file")
        return chunks, ""


class _Rejoined(io.RawIOBase):
    """A stream with the bytes that were read ahead of it put back in front."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = io.BytesIO(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._head.read(len(buffer)) or _read(self._rest, len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _lead(stream: IO[bytes]) -> bytes:
    """The first :data:`HEAD_BYTES`, or what there is of them before the stream ends or breaks."""
    lead = b""
    while len(lead) < HEAD_BYTES:
        try:
            chunk = _read(stream, HEAD_BYTES - len(lead))
        except ReadingError:
            if not lead:
                raise
            break
        if not chunk:
            break
        lead += chunk
    return lead


def _read(stream: IO[bytes], size: int) -> bytes:
    """Up to ``size`` bytes, none at the end; what was unpacked before a break is given before the break is told."""
    try:
        read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        return read(size)
    except BROKEN as error:
        raise ReadingError(told(error)) from error


def told(error: BaseException) -> str:
    """Why something can't be read, in the words of the one who tried."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"can't be read: {reason or type(error).__name__}"


def printable(label: str) -> str:
    """``label`` as every file can hold it: names of files need not be text, and may hold line breaks."""
    text = label.encode("utf-8", errors="replace").decode("utf-8")
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def hidden(path: PurePosixPath | Path) -> bool:
    """Whether a path within a folder or archive is one of an editor, a version control or macOS, not of the user."""
    return any(part.startswith((".", "__MACOSX")) and part not in {".", ".."} for part in path.parts)


def unpacked(stream: Path | IO[bytes], name: str) -> IO[bytes]:
    """A binary stream over a file or an open stream, unpacked if its ``name`` says so."""
    opener = _OPENERS.get(PurePosixPath(name).suffix.lower())
    if opener is not None:
        return cast(IO[bytes], opener(stream, "rb"))
    return stream.open("rb") if isinstance(stream, Path) else stream
