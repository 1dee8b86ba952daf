"""The files of a run in parts: what a shard gives to each, and how parts in order become the file; same rows, same bytes.

Parts are made by whoever extracts, so that putting them together costs little more than copying.
"""

import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from casemill.errors import TableError
from casemill.schema import TABLES
from casemill.tables import columns_of, csv_line, kind_of, printed, typed

__all__ = ["CSV", "JSONL", "KINDS", "PARQUET", "Joined", "Kind", "Texts"]

Row = Mapping[str, str]


class Joined(Protocol):
    """A file in the making."""

    def add(self, part: bytes) -> None:
        """Append the next part."""

    def close(self) -> None:
        """Finish the file."""


class Kind(Protocol):
    """A kind of table file."""

    suffix: str

    def part(self, name: str, rows: Sequence[Row], *, clock: bool = False) -> bytes:
        """What ``rows`` give to the file of the table ``name``; with the column ``clock`` if asked for."""

    def joined(self, path: Path, name: str, *, clock: bool = False) -> Joined:
        """The file of the table ``name`` at ``path``, to which parts are added."""


class _Appended:
    """A file whose parts follow each other as they are."""

    def __init__(self, path: Path, head: bytes = b"") -> None:
        self._file = path.open("wb")
        self._file.write(head)

    def add(self, part: bytes) -> None:
        self._file.write(part)

    def close(self) -> None:
        self._file.close()


class _Csv:
    """UTF-8, the literal header, one line a row."""

    suffix = ".csv"

    def part(self, name: str, rows: Iterable[Row], *, clock: bool = False) -> bytes:
        return _lines([printed(name, row, clock=clock) for row in rows])

    def joined(self, path: Path, name: str, *, clock: bool = False) -> Joined:
        return _Appended(path, _lines([columns_of(name, clock=clock)]))


def _lines(cells: Iterable[Sequence[str]]) -> bytes:
    return "".join(map(csv_line, cells)).encode()


class _Jsonl:
    """One object a row, filled cells only, ``cells`` as an object."""

    suffix = ".jsonl"

    def part(self, name: str, rows: Iterable[Row], *, clock: bool = False) -> bytes:
        columns = columns_of(name, clock=clock)
        lines = []
        for row in rows:
            filled: dict[str, Any] = {column: row[column] for column in columns if row.get(column)}
            if "cells" in filled:
                filled["cells"] = json.loads(filled["cells"])
            lines.append(json.dumps(filled, ensure_ascii=False) + "\n")
        return "".join(lines).encode()

    def joined(self, path: Path, name: str, *, clock: bool = False) -> Joined:
        return _Appended(path)


class _Parquet:
    """Typed columns, a row group for every :data:`_JoinedParquet.GROUP` rows; a part is an Arrow stream."""

    suffix = ".parquet"

    def part(self, name: str, rows: Sequence[Row], *, clock: bool = False) -> bytes:
        import pyarrow as pa

        schema = _arrow_schema(name, clock=clock)
        enums = TABLES[name].enums
        columns = []
        for field in schema:
            cells = [row.get(field.name) for row in rows]
            if field.name in enums and (odd := {cell for cell in cells if cell}.difference(enums[field.name])):
                raise TableError(f"{name}.{field.name}: {min(odd)!r} is none of its closed list of values")
            columns.append(pa.array(typed(kind_of(name, field.name), cells), field.type))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
            stream.write_table(pa.table(columns, schema=schema))
        return bytes(sink.getvalue())

    def joined(self, path: Path, name: str, *, clock: bool = False) -> Joined:
        return _JoinedParquet(path, name, clock=clock)


@cache
def _arrow_schema(name: str, *, clock: bool) -> Any:
    import pyarrow as pa

    types = {"Int64": pa.int64(), "Float64": pa.float64(), "string": pa.string()}
    return pa.schema([(column, types[kind_of(name, column)]) for column in columns_of(name, clock=clock)])


class _JoinedParquet:
    GROUP = 20_000

    def __init__(self, path: Path, name: str, *, clock: bool) -> None:
        from pyarrow import parquet

        schema = _arrow_schema(name, clock=clock)
        self._waiting = schema.empty_table()
        self._writer = parquet.ParquetWriter(path, schema, compression="zstd")
        self._written = False

    def add(self, part: bytes) -> None:
        import pyarrow as pa

        with pa.ipc.open_stream(part) as stream:
            self._waiting = pa.concat_tables([self._waiting, stream.read_all()])
        while self._waiting.num_rows >= self.GROUP:
            self._write(self._waiting.slice(0, self.GROUP))
            self._waiting = self._waiting.slice(self.GROUP)

    def close(self) -> None:
        """Finish the file; a table without rows has one group without rows, which holds its columns."""
        if self._waiting.num_rows or not self._written:
            self._write(self._waiting)
        self._writer.close()

    def _write(self, rows: Any) -> None:
        # in one chunk, so that the pages don't depend on where parts begin
        self._writer.write_table(rows.combine_chunks())
        self._written = True


class Texts:
    """``texts.jsonl.gz``: the text of each report, to which all offsets refer, with its sections and metadata.

    Each part is a gzip member of its own, which readers of gzip take as one file.
    """

    FILE = "texts.jsonl.gz"

    @staticmethod
    def part(lines: Iterable[bytes]) -> bytes:
        """What some reports, one line of JSON each, give to the file."""
        packed = io.BytesIO()
        # no file name and no time in the gzip header: same reports, same bytes
        with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=6, mtime=0) as member:
            member.writelines(lines)
        return packed.getvalue()

    @staticmethod
    def joined(path: Path) -> Joined:
        """The file at ``path``, to which parts are added."""
        return _Appended(path)


CSV: Kind = _Csv()
JSONL: Kind = _Jsonl()
PARQUET: Kind = _Parquet()
#: What ``--format`` writes for each fact table.
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "both": (CSV, PARQUET),
    "csv": (CSV,),
    "parquet": (PARQUET,),
    "jsonl": (JSONL,),
}
