"""Tables that stand in running text: lines whose cells are parted by bars, tabs or wide gaps.

Readers print the tables of XML and HTML with bars; pasted tables keep tabs or columns of blanks. A grid is a run of at
least two such lines of one kind; rules of Markdown (``|---|---|``) are left out. Offsets are half-open characters.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Cell", "Grid", "find_grids"]

_LINE = re.compile(r"[^\n]+")
_RULE = re.compile(r"[\s|:+=-]+")
_PARTS = {"|": re.compile(r"[^|]+"), "\t": re.compile(r"[^\t]+"), "  ": re.compile(r"\S+(?: \S+)*")}
_SPACED = re.compile(r"\S {2,}\S[^\n]{0,80}\n *\S[^\n]{0,80}\S {2,}\S")
# A line without any bar between rows heads a part of the table if it is no longer than this.
_HEADING_LENGTH = 60


class Cell(NamedTuple):
    """The characters of a cell, white space around them left out; ``start == end`` for an empty one."""

    start: int
    end: int


class Grid(NamedTuple):
    """Rows of cells at ``text[start:end]``; a row of one cell heads the rows below it."""

    start: int
    end: int
    rows: list[list[Cell]]


class _Line(NamedTuple):
    start: int
    end: int
    kind: str
    cells: list[Cell]


def find_grids(text: str) -> list[Grid]:
    """The grids of ``text``, in text order."""
    if "\n" not in text:
        return []
    if "\t" not in text and "|" not in text and ("  " not in text or not _SPACED.search(text)):
        return []
    grids: list[Grid] = []
    run: list[_Line] = []
    for line in _lines(text):
        joins = bool(run) and text[run[-1].end : line.start].count("\n") == 1
        if run and not (joins and line.kind in (run[-1].kind, "rule", "heading")):
            grids += _closed(run)
            run = []
        if line.kind not in ("", "heading", "rule") or run:
            run.append(line if line.kind not in ("heading", "rule") else line._replace(kind=run[-1].kind))
    return [*grids, *_closed(run)]


def _lines(text: str) -> Iterator[_Line]:
    for match in _LINE.finditer(text):
        start, end = match.span()
        line = match.group()
        if "|" in line and _RULE.fullmatch(line):
            yield _Line(start, end, "rule", [])
            continue
        kind = next((mark for mark in _PARTS if mark in (line if mark == "|" else line.strip(" "))), "")
        if not kind:
            heading = 0 < len(line.strip()) <= _HEADING_LENGTH and not line.rstrip().endswith(".")
            yield _Line(start, end, "heading" if heading else "", [_trimmed(text, start, end)])
            continue
        cells = list(_cells(text, start, end, kind))
        yield _Line(start, end, kind if len(cells) > 1 else "", cells)


def _cells(text: str, start: int, end: int, kind: str) -> Iterator[Cell]:
    if kind == "  ":
        for match in _PARTS[kind].finditer(text, start, end):
            yield Cell(match.start(), match.end())
        return
    edges = [start - 1, *(i for i in range(start, end) if text[i] == kind), end]
    bordered = kind == "|" and text[start:end].lstrip().startswith("|")
    for left, right in zip(edges[1:-1] if bordered else edges[:-1], edges[2:] if bordered else edges[1:], strict=True):
        if not (bordered and right == end and not text[left + 1 : right].strip()):
            yield _trimmed(text, left + 1, right)


def _trimmed(text: str, start: int, end: int) -> Cell:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Cell(start, end)


def _closed(run: list[_Line]) -> Iterator[Grid]:
    """The grid of a run of lines, headings at its end left to the text."""
    while run and len(run[-1].cells) == 1:
        run.pop()
    rows = [line.cells for line in run if line.cells]
    if sum(len(row) > 1 for row in rows) >= 2:
        yield Grid(run[0].start, run[-1].end, rows)
