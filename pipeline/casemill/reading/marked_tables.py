"""Tables of XML as lines of text that can each be read alone: one line a row, cells joined by a bar.

Rows carry their own header: a cell that spans rows is printed in each of them. Header rows become one line above, in which
every column is named from top to bottom. Tables are those of XHTML (``table tr td th``) and of CALS (``tgroup row entry``).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from casemill.reading.inline import inline
from casemill.reading.markup import Element

__all__ = ["JOINT", "table_lines"]

#: What stands between two cells.
JOINT = " | "
# A wider table is a layout or an attack; the rest of its columns is not printed.
_MAX_COLUMNS = 150
_BLANKS = re.compile(r"\s+")


class _Cell(NamedTuple):
    text: str
    columns: int
    rows: int


def table_lines(table: Element) -> Iterator[str]:
    """The lines of ``table``, header first; rows without any text are left out."""
    header = list(_grid([row for part in table.iter("thead") for row in _rows(part)], spread=True))
    body = [row for row in _rows(table) if not _within(row, "thead")]
    if not header:
        leading = next((n for n, row in enumerate(body) if not _is_header(row)), 0)
        header, body = list(_grid(body[:leading], spread=True)), body[leading:]
    yield from _header_lines(header)
    for cells in _grid(body, spread=False):
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield _line(cells)


def _rows(part: Element) -> list[Element]:
    """Rows of this table; those of a table inside a cell are text of that cell."""
    return [row for row in part.iter("tr", "row") if not _within(row, "td", "th", "entry")]


def _within(row: Element, *names: str) -> bool:
    return next(row.iterancestors(*names), None) is not None


def _is_header(row: Element) -> bool:
    return len(row) > 0 and all(cell.tag == "th" for cell in row)


def _grid(rows: Sequence[Element], *, spread: bool) -> Iterator[list[str]]:
    """The cells of ``rows`` by column; a cell that spans columns is printed in each only if ``spread``."""
    hanging: dict[int, tuple[str, int]] = {}
    for row in rows:
        cells: list[str] = []
        for cell in _cells(row):
            _hang(cells, hanging)
            for number in range(min(cell.columns, _MAX_COLUMNS - len(cells))):
                if cell.rows > 1:
                    hanging[len(cells)] = (cell.text if spread or not number else "", cell.rows - 1)
                cells.append(cell.text if spread or not number else "")
        _hang(cells, hanging)
        yield cells


def _hang(cells: list[str], hanging: dict[int, tuple[str, int]]) -> None:
    """Print the cells that reach down from rows above where their columns come up."""
    while (found := hanging.pop(len(cells), None)) is not None:
        text, left = found
        if left > 1:
            hanging[len(cells)] = (text, left - 1)
        cells.append(text)


def _cells(row: Element) -> Iterator[_Cell]:
    for cell in row:
        if cell.tag not in {"td", "th", "entry"}:
            continue
        text = _BLANKS.sub(" ", inline(cell, cell=True)).strip()
        columns = _number(cell.get("colspan"))
        if cell.get("namest") and cell.get("nameend"):
            columns = _number(cell.get("nameend")) - _number(cell.get("namest")) + 1
        rows = _number(cell.get("rowspan")) if cell.get("morerows") is None else _number(cell.get("morerows"), 0) + 1
        yield _Cell(text, max(1, columns), rows)


def _number(text: str | None, default: int = 1) -> int:
    """The number at the end of an attribute: ``3``, ``col3``; ``default`` if there is none."""
    found = re.search(r"(\d{1,4})\s*$", (text or "")[-40:])
    return int(found[1]) if found else default


def _header_lines(header: Sequence[Sequence[str]]) -> Iterator[str]:
    """Header rows as one line: ``Before, mg/L | After, mg/L``; a row that is one cell across all is a line of its own."""
    columns: list[list[str]] = []
    for cells in header:
        if len(set(cells)) == 1 and len(cells) > 1 and len(header) > 1:
            if cells[0]:
                yield _line(cells[:1])
            continue
        columns.extend([] for _ in range(len(cells) - len(columns)))
        for column, text in zip(columns, cells, strict=False):
            if text and text not in column:
                column.append(text)
    if any(columns):
        yield _line([", ".join(column) for column in columns])


def _line(cells: Sequence[str]) -> str:
    """Cells in one line; a single one keeps its bar, so that the line is known for a row."""
    return JOINT.join(cells).rstrip() if len(cells) > 1 else f"{cells[0]}{JOINT.rstrip()}"
