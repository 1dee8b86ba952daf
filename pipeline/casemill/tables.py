"""Rows to frames and files, and back.

A row is a dictionary of text, each cell as it will be printed, blank for missing; files are written from rows, so that a
number stands in a file as the report printed it. A frame (``pandas.DataFrame``) has typed columns: nullable floats for
numbers, nullable integers for counts and offsets, strings for the rest; missing is ``<NA>``.

Cells that a spreadsheet would run as a formula are guarded with a leading apostrophe in CSV, which :func:`read_csv` takes
off again; numeric columns are checked to hold plain numbers instead, so that ``-35.9`` stays one.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casemill.errors import TableError
from casemill.schema import CLOCK, CLOCK_PATTERN, DROPPED_COLUMNS, FACT_TABLES, TABLES

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "REJECT_COLUMNS",
    "REPORT_COLUMNS",
    "columns_of",
    "csv_line",
    "frame",
    "kind_of",
    "printed",
    "read_csv",
    "typed",
    "validate",
    "write_csv",
]

Row = Mapping[str, str]

REPORT_COLUMNS = (
    "report_id", "title", "pmid", "pmcid", "doi", "journal", "year", "authors", "source", "format", "duplicate_of", "characters",
)  # fmt: skip
REJECT_COLUMNS = ("source", "place", "reason")

_OTHER = {"dropped": DROPPED_COLUMNS, "reports": REPORT_COLUMNS, "rejects": REJECT_COLUMNS}
_INTEGERS = frozenset({"start", "end", "n", "of", "characters"})
# What begins a formula in one spreadsheet or another, full-width signs among it: OWASP, "CSV Injection".
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GUARD = "'"
_QUOTE = '"'
_TO_QUOTE = re.compile(r'[,"\n\r]')
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_CLOCK = re.compile(CLOCK_PATTERN)
# No cell is longer than a report may be.
_LONGEST_CELL = 1 << 27


def columns_of(name: str, *, clock: bool = False) -> tuple[str, ...]:
    """The literal header of the table ``name``: a table of facts, ``dropped``, ``reports`` or ``rejects``.

    :param clock: whether tables of facts have their optional column ``clock`` too.
    """
    if name in TABLES:
        return (*TABLES[name].columns, CLOCK) if clock and name in FACT_TABLES else TABLES[name].columns
    try:
        return _OTHER[name]
    except KeyError:
        raise TableError(f"no table {name!r}; there are {', '.join((*TABLES, *_OTHER))}") from None


def _numbers(name: str) -> frozenset[str]:
    own = TABLES[name].numbers if name in TABLES else ()
    return frozenset(own) | {"confidence"}


def kind_of(name: str, column: str) -> str:
    """How the cells of a column are typed in a frame: ``Int64``, ``Float64`` or ``string``."""
    return "Int64" if column in _INTEGERS else "Float64" if column in _numbers(name) else "string"


def printed(name: str, row: Row, *, clock: bool = False) -> list[str]:
    """The cells of a row as a CSV file holds them, in the order of the header.

    :raises TableError: a numeric column holds something else.
    """
    numeric = _numeric(name)
    return [
        _checked(name, column, row.get(column, "")) if column in numeric else _guarded(row.get(column, ""))
        for column in columns_of(name, clock=clock)
    ]


def write_csv(path: Path, name: str, rows: Iterable[Row], *, clock: bool = False) -> None:
    """Write rows as UTF-8 CSV under the table's literal header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(
            map(csv_line, (columns_of(name, clock=clock), *(printed(name, row, clock=clock) for row in rows)))
        )


def csv_line(cells: Iterable[str]) -> str:
    """A line of CSV; a cell that holds a comma, a quotation mark or an end of line is quoted.

    Python's own writer, told to end lines with ``\\n``, leaves a lone ``\\r`` bare, which every reader takes for an end.
    """
    return (
        ",".join(f'"{cell.replace(_QUOTE, 2 * _QUOTE)}"' if _TO_QUOTE.search(cell) else cell for cell in cells) + "\n"
    )


@cache
def _numeric(name: str) -> frozenset[str]:
    return (_numbers(name) | _INTEGERS | {CLOCK}).intersection(columns_of(name, clock=True))


def _checked(name: str, column: str, cell: str) -> str:
    form = _CLOCK if column == CLOCK else _NUMBER
    if cell and form.fullmatch(cell) is None:
        raise TableError(f"{name}.{column}: {cell!r} is no {'clock' if form is _CLOCK else 'plain number'}")
    return cell


def _guarded(cell: str) -> str:
    return f"{_GUARD}{cell}" if cell.startswith((*_FORMULA, _GUARD)) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(_GUARD) and cell.startswith((*_FORMULA, _GUARD), 1) else cell


def read_csv(source: Path | str, name: str = "") -> list[dict[str, str]]:
    """Rows of a CSV written by :func:`write_csv` or by hand; ``source`` is a path, or the text itself.

    :raises TableError: a line has more cells than the header (the line is named).
    """
    # line ends within cells are the cells' own
    text = source.read_bytes().decode("utf-8-sig") if isinstance(source, Path) else source
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows = []
    for row in reader:
        if None in row:
            raise TableError(
                f"{source if isinstance(source, Path) else name}: line {reader.line_num} has too many cells"
            )
        rows.append({column: _unguarded(cell or "") for column, cell in row.items()})
    return rows


def frame(name: str, rows: Sequence[Row], *, clock: bool = False) -> "pd.DataFrame":
    """A typed frame of the table ``name``, validated by its schema; with the column ``clock`` if asked for."""
    import pandas as pd

    data: dict[str, Any] = {}
    for column in columns_of(name, clock=clock):
        kind = kind_of(name, column)
        data[column] = pd.Series(typed(kind, (row.get(column) for row in rows)), dtype=kind)
    return validate(name, pd.DataFrame(data), clock=clock)


def typed(kind: str, cells: Iterable[str | None]) -> list[Any]:
    """Printed cells as values of ``kind`` (see :func:`kind_of`), ``None`` for missing."""
    read: Callable[[str], Any] | None = {"Int64": int, "Float64": float}.get(kind)
    return [read(cell) if cell else None for cell in cells] if read else [cell or None for cell in cells]


def validate(name: str, table: "pd.DataFrame", *, clock: bool = False) -> "pd.DataFrame":
    """``table`` itself if it holds what the schema of ``name`` says.

    :raises TableError: a column is missing or superfluous, has another type, or holds a value outside its closed list.
    """
    from pandera.errors import SchemaError, SchemaErrors

    try:
        checked: pd.DataFrame = _schema(name, clock=clock).validate(table, lazy=True)
    except (SchemaError, SchemaErrors) as error:
        raise TableError(f"table {name!r} breaks its schema:\n{error}") from error
    return checked


@cache
def _schema(name: str, *, clock: bool = False) -> Any:
    import pandera.pandas as pa

    enums = TABLES[name].enums if name in TABLES else {}
    columns = {}
    for column in columns_of(name, clock=clock):
        kind = kind_of(name, column)
        checks = [pa.Check.isin(list(enums[column]))] if column in enums else []
        if column in {"start", "n", "of"}:
            checks.append(pa.Check.ge(0))
        if column == CLOCK:
            checks.append(pa.Check.str_matches(rf"^{CLOCK_PATTERN}$"))
        columns[column] = pa.Column(kind, checks=checks, nullable=column not in {"report_id", "subject"})
    return pa.DataFrameSchema(columns, strict=True, ordered=True, name=name)
