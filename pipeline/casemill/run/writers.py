"""The files of a run, written as rows arrive; same rows, same bytes."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from casemill.reports import Report
from casemill.tables import columns_of, frame, printed

__all__ = ["CsvWriter", "JsonlWriter", "ParquetWriter", "TextsWriter"]

Row = Mapping[str, str]


class CsvWriter:
    """``<name>.csv``: UTF-8, the literal header, one line a row."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._columns = columns_of(name)
        self._file = (folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(self._columns)

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._csv.writerows([printed(self.name, row) for row in rows])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class JsonlWriter:
    """``<name>.jsonl``: one object a row, filled cells only, ``cells`` as an object."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = (folder / f"{name}.jsonl").open("w", encoding="utf-8")
        self._columns = columns_of(name)

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        for row in rows:
            filled: dict[str, Any] = {column: row[column] for column in self._columns if row.get(column)}
            if "cells" in filled:
                filled["cells"] = json.loads(filled["cells"])
            self._file.write(json.dumps(filled, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ParquetWriter:
    """``<name>.parquet``: typed columns, a row group for every :data:`GROUP` rows."""

    GROUP = 20_000

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._path = folder / f"{name}.parquet"
        self._rows: list[Row] = []
        self._writer: Any = None

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._rows.extend(rows)
        while len(self._rows) >= self.GROUP:
            self._write(self._rows[: self.GROUP])
            del self._rows[: self.GROUP]

    def close(self) -> None:
        """Finish the file; a table without rows still has its columns."""
        if self._rows or self._writer is None:
            self._write(self._rows)
        self._writer.close()

    def _write(self, rows: list[Row]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.Table.from_pandas(frame(self.name, rows), preserve_index=False).replace_schema_metadata(None)
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)


class TextsWriter:
    """``texts.jsonl.gz``: the text of each report, to which all offsets refer, with its sections and metadata."""

    def __init__(self, folder: Path) -> None:
        self._raw: IO[bytes] = (folder / "texts.jsonl.gz").open("wb")
        # no file name and no time in the gzip header: same reports, same bytes
        self._gzip = gzip.GzipFile(filename="", fileobj=self._raw, mode="wb", mtime=0)
        self._text = io.TextIOWrapper(self._gzip, encoding="utf-8", newline="\n")

    def add(self, report: Report) -> None:
        """Append a report."""
        record = {
            "report_id": report.report_id,
            "title": report.title,
            "text": report.text,
            "sections": [[s.kind, s.title, s.start, s.end, s.extract] for s in report.sections],
            "metadata": dict(report.metadata),
        }
        self._text.write(json.dumps(record, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Finish the file."""
        self._text.close()
        self._raw.close()
