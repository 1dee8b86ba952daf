"""Rows of JSON Lines, JSON, CSV, TSV and Parquet, one by one; a row that can't be read costs only itself."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import IO, Any, Literal

from casemill.errors import ReadingError
from casemill.reading.detect import decoded, wide_encoding
from casemill.reading.sources import HEAD_BYTES, MAX_BYTES, Reject, Source

__all__ = ["MAX_LINE", "Row", "json_rows", "parquet_rows", "separated_rows"]

#: The most bytes one line, and one quoted cell, may hold.
MAX_LINE = 1 << 26
#: Rows of Parquet read at once.
_BATCH = 256
_UTF8_MARK = b"\xef\xbb\xbf"
_NEXT = re.compile(r"[\s,]*")
_DELIMITERS = ",\t;|"

#: A row's place in its source, and its cells by column.
Row = tuple[str, dict[str, Any]]


def json_rows(source: Source) -> Iterator[Row | Reject]:
    """The objects of JSON Lines, of a JSON array, or of an array that is a value of the one object there is.

    :raises ReadingError: no JSON, or it breaks off.
    """
    head = decoded(source.data).encode("utf-8", "replace") if _wide(source) else source.head.removeprefix(_UTF8_MARK)
    first, _, rest = head.lstrip().partition(b"\n")
    if first.startswith(b"["):
        yield from _array(decoded(source.data))
    elif (
        rest.strip()
        and first.startswith(b"{")
        and first.count(b"}") < first.count(b"{")
        and isinstance(document := _parsed(decoded(source.data)), dict)
    ):
        yield from _listed(document)
    else:
        yield from _json_lines(source)


def _json_lines(source: Source) -> Iterator[Row | Reject]:
    for number, line in _lines(source):
        place = f"line {number}"
        try:
            text = _line_text(line).strip()
        except ReadingError as error:
            yield Reject(source.label, place, error.reason)
            continue
        if not text:
            continue
        found = _parsed(text)
        if isinstance(found, dict):
            yield place, found
        else:
            yield Reject(
                source.label, place, "not JSON; it may be cut short" if found is None else "JSON, but no object"
            )


def _parsed(text: str) -> Any:
    """What JSON ``text`` spells; None if it is none, or nested too deep."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _listed(document: dict[str, Any]) -> Iterator[Row]:
    """The objects of the longest array among the values of ``document``, or the document itself."""
    longest: list[Any] = [document]
    for value in document.values():
        if isinstance(value, list) and value and isinstance(value[0], dict) and len(value) >= len(longest):
            longest = value
    yield from ((f"record {number}", found) for number, found in enumerate(longest, 1) if isinstance(found, dict))


def _array(text: str) -> Iterator[Row | Reject]:
    """The objects of an array, one by one up to the place where it breaks."""
    decoder = json.JSONDecoder()
    at, number = text.index("[") + 1, 0
    while (at := _NEXT.match(text, at).end()) < len(text) and text[at] != "]":  # type: ignore[union-attr]
        number += 1
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise ReadingError("not JSON from here on; the file may be cut short", place=f"record {number}") from error
        if not isinstance(found, dict):
            raise ReadingError("JSON, but no object", place=f"record {number}")
        yield f"record {number}", found
    if at >= len(text):
        raise ReadingError("the array is never closed; the file may be cut short", place=f"after record {number}")


def separated_rows(source: Source, format: str) -> Iterator[Row | Reject]:
    """The rows of a CSV or TSV with a header line; the delimiter and quoting are what its first lines show.

    :raises ReadingError: no header line.
    """
    # The module's own limit is 131,072 characters, less than a long article; it can only be set for the whole process.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
    delimiter, quoted = _dialect(source, format)
    rejects: list[Reject] = []
    lines = _texts(source, rejects)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=quoted)
    header: list[str] = []
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield Reject(source.label, f"line {line}", f"not {format.upper()}: {error}")
            line = reader.line_num + 1
            continue
        place, line = f"line {line}", reader.line_num + 1
        yield from rejects
        rejects.clear()
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells]
        elif len(cells) > len(header) and any(cells[len(header) :]):
            yield Reject(source.label, place, f"{len(cells)} cells under {len(header)} columns")
        else:
            yield place, dict(zip(header, cells, strict=False))
    yield from rejects
    if not header:
        raise ReadingError("no header line; expected the names of columns in the first line")


def _dialect(source: Source, format: str) -> tuple[str, bool]:
    """The delimiter and whether cells may be quoted, by the header line and the first lines."""
    lines = _line_text(source.head if not _wide(source) else decoded(source.data).encode()[:HEAD_BYTES]).splitlines()[
        :50
    ]
    header = next((line for line in lines if line.strip()), "")
    counts = {delimiter: header.count(delimiter) for delimiter in _DELIMITERS}
    usual = "\t" if format == "tsv" else ","
    delimiter = usual if counts[usual] or not any(counts.values()) else max(counts, key=lambda d: counts[d])
    if delimiter != "\t":
        return delimiter, True
    # In most TSV files a quotation mark is a character like others.
    cells = [cell for line in lines for cell in line.split("\t")]
    return delimiter, any(len(cell) > 1 and cell.startswith('"') and cell.endswith('"') for cell in cells)


def _texts(source: Source, rejects: list[Reject]) -> Iterator[str]:
    """The lines of a source as text; one that can't be read is blank here and told in ``rejects``."""
    for number, line in _lines(source):
        try:
            yield _line_text(line)
        except ReadingError as error:
            rejects.append(Reject(source.label, f"line {number}", error.reason))
            yield "\n"


def parquet_rows(source: Source) -> Iterator[Row | Reject]:
    """The rows of a Parquet file.

    :raises ReadingError: not Parquet, damaged, or larger than :data:`casemill.reading.sources.MAX_BYTES` when unpacked.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pa.BufferReader(source.data))
        groups = (file.metadata.row_group(number).total_byte_size for number in range(file.metadata.num_row_groups))
        if sum(groups) > MAX_BYTES:
            raise ReadingError(f"more than {MAX_BYTES:,} bytes when unpacked; split the file")
        number = 0
        for batch in file.iter_batches(batch_size=_BATCH):
            for row in batch.to_pylist():
                number += 1
                yield f"row {number}", row
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ReadingError(f"not Parquet that can be read: {error}") from error


def _lines(source: Source) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers from 1; None for one of more than :data:`MAX_LINE` bytes, which is never held whole."""
    stream: IO[bytes] = (
        io.BytesIO(decoded(source.data).encode("utf-8", "replace")) if _wide(source) else source.stream()
    )
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) < MAX_LINE or line.endswith(b"\n"):
            yield number, line
            continue
        yield number, None
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE)


def _line_text(line: bytes | None) -> str:
    if line is None:
        raise ReadingError(f"a line of more than {MAX_LINE:,} bytes")
    return decoded(line)


def _wide(source: Source) -> bool:
    """Whether characters are of 16 or 32 bits, so that lines can't be cut at bytes."""
    return bool(wide_encoding(source.head))
