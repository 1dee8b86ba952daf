"""Reads antibodies in tables: tests as rows with results in columns, or tests as columns with one row a case or time.

A column headed "antibody" holds the names of what was found. A cell must be read whole: a result word or sign, a titre, a
value with or without its unit; anything else is left. Offsets are half-open characters of the text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from casemill.components.antibody_measures import Measure, read_cell
from casemill.components.antibody_mentions import Mention
from casemill.components.antibody_names import Names
from casemill.components.antibody_ranges import judge
from casemill.components.antibody_samples import ASSAYS
from casemill.components.antibody_words import Words
from casemill.components.frames import Frame, frame, put
from casemill.components.grids import Cell, Grid
from casemill.components.narrative import Narrative
from casemill.notation.dates import find_dates
from casemill.resources import Patterns

__all__ = ["Tables"]

_SIGN = re.compile(r"\(?(?P<sign>\+/-|±|\+{1,4}|-)\)?(?:ve)?")
_UNIT = re.compile(r"[,(\[]\s?(?P<unit>[^()\[\],\d]{1,12})[)\]]?\s*$")
_BARE = re.compile(r"\s?[,(\[].*$")
_MARKS = re.compile(r"[\s*†‡§¶#]+$")


class _Result(NamedTuple):
    result: str
    pieces: list[list[int]]
    measure: Measure | None


class Tables:
    """Reads the grids of one document."""

    def __init__(
        self, narrative: Narrative, mentions: list[Mention], names: Names, words: Words, patterns: Patterns
    ) -> None:
        self.narrative = narrative
        self.mentions = mentions
        self.names = names
        self.words = words
        self.patterns = patterns

    def read(self, grid: Grid) -> list[Frame]:
        """The frames of ``grid``; none where it tells of no antibody."""
        inside = [m for m in self.mentions if grid.start <= m.start < grid.end]
        if not inside:
            return []
        rows = [row for row in grid.rows if len(row) > 1]
        header, *body = rows
        if any(self._name(cell) for cell in header[1:]) or any(self._role(cell) == "names" for cell in header):
            return list(self._by_columns(header, body))
        if any(self._name(row[0]) for row in rows):
            return list(self._by_rows(rows))
        return []

    # -- tests as columns -------------------------------------------------------------------------------------------

    def _by_columns(self, header: list[Cell], body: list[list[Cell]]) -> Iterator[Frame]:
        named = {number: name for number, cell in enumerate(header) if (name := self._name(cell))}
        held = [number for number, cell in enumerate(header) if self._role(cell) == "names"]
        for row in body:
            for number in held:
                if number < len(row) and (name := self._name(row[number])):
                    yield self._frame(name, row[number], row[number], _Result("positive", [list(header[number])], None))
            for number, name in named.items():
                if number >= len(row) or number in held:
                    continue
                unit = self._unit(header[number])
                if (result := self._result(row[number], unit, None)) is not None:
                    yield self._frame(name, header[number], row[number], result)

    # -- tests as rows ----------------------------------------------------------------------------------------------

    def _by_rows(self, rows: list[list[Cell]]) -> Iterator[Frame]:
        headed = not self._name(rows[0][0])
        roles = {number: self._role(cell) for number, cell in enumerate(rows[0])} if headed else {}
        dates = {number: self._date(cell) for number, cell in enumerate(rows[0])} if headed else {}
        for row in rows[1:] if headed else rows:
            name = self._name(row[0])
            if not name:
                continue
            unit, reference, last = self._unit(row[0]), None, 0
            for number, cell in enumerate(row[1:], 1):
                role = roles.get(number)
                if role == "unit":
                    unit = cell
                elif role == "reference" or (role is None and number == 2 and len(row) == 3 and self._is_limit(cell)):
                    reference, last = cell, number
            for number, cell in enumerate(row[1:], 1):
                if number == last or roles.get(number) in {"unit", "reference"}:
                    continue
                if (result := self._result(cell, unit, reference)) is not None:
                    yield self._frame(name, row[0], cell, result, dates.get(number) or dates.get(0))

    def _is_limit(self, cell: Cell) -> bool:
        told = self.narrative.folded[cell.start : cell.end]
        return bool(re.match(r"[<>≤≥]|\d[\d.]*\s?-\s?\d|neg|normal|\(", told))

    # -- cells ------------------------------------------------------------------------------------------------------

    def _text(self, cell: Cell) -> str:
        return self.narrative.plain[cell.start : cell.end]

    def _role(self, cell: Cell) -> str:
        """What a column holds by its heading: ``names``, ``unit``, ``reference``, or a blank for results."""
        spelled = self._text(cell).lower().strip(" :*")
        for role in ("names", "unit", "reference"):
            if spelled in self.words.phrases(f"column_{role}"):
                return role
        return ""

    def _name(self, cell: Cell) -> str:
        """The antibody that a cell names, a bare antigen included; a blank if it names none."""
        inside = [m for m in self.mentions if cell.start <= m.start < cell.end]
        if inside:
            return inside[0].name if not inside[0].reason else ""
        spelled = _MARKS.sub("", _BARE.sub("", self._text(cell)))
        if self.words.needs.get(spelled) == "antibody" or not any(c.isupper() for c in spelled):
            return ""
        return self.names.against(spelled) or ""

    def _unit(self, cell: Cell) -> Cell | None:
        match = _UNIT.search(self._text(cell))
        return Cell(cell.start + match.start("unit"), cell.start + match.end("unit")) if match else None

    def _date(self, cell: Cell) -> tuple[str, list[list[int]]] | None:
        found = find_dates(self._text(cell))
        if not found:
            return None
        return found[0].iso, [[cell.start + found[0].start, cell.start + found[0].end]]

    def _result(self, cell: Cell, unit: Cell | None, reference: Cell | None) -> _Result | None:
        """What a cell says, read whole; ``None`` where it holds anything else."""
        text = _MARKS.sub("", self._text(cell))
        if not text:
            return None
        end = cell.start + len(text)
        if match := _SIGN.fullmatch(text):
            sign = match["sign"]
            result = "borderline" if sign in {"+/-", "±"} else "negative" if sign == "-" else "positive"
            measure = read_cell(self.narrative, Cell(cell.start, end), None, self.patterns) if len(sign) > 1 else None
            return _Result(result, [[cell.start, end]], measure)
        worded = self._worded(text, cell.start)
        if worded is not None and worded.pieces[0][1] >= end - 1:
            return worded
        start = worded.pieces[0][1] if worded else cell.start
        measure = read_cell(self.narrative, Cell(start, end), unit, self.patterns)
        if measure is None:
            return None
        if worded is None and reference is not None:
            said = judge(self.narrative.plain, self.narrative.folded, measure.value, reference.start, reference.end)
            if said is not None and said[0]:
                return _Result(said[0], [*measure.pieces, said[1]], measure)
        return _Result(worded.result, worded.pieces, measure) if worded else _Result("", [], measure)

    def _worded(self, text: str, start: int) -> _Result | None:
        lowered = text.lower()
        for result in ("positive", "negative", "borderline"):
            for phrase in sorted(self.words.phrases(f"cell_{result}"), key=len, reverse=True):
                if lowered.startswith(phrase) and not lowered[len(phrase) : len(phrase) + 1].isalpha():
                    return _Result(result, [[start, start + len(phrase)]], None)
        return None

    def _frame(
        self,
        name: str,
        head: Cell,
        cell: Cell,
        told: _Result,
        date: tuple[str, list[list[int]]] | None = None,
    ) -> Frame:
        key = [list(head)] if head == cell else [list(head), list(cell)]
        terms = self.narrative.terms_in(ASSAYS, head.start, head.end)
        cells = {
            "antibody": (name, key[:1]),
            "result": (told.result, told.pieces),
            "assay": (terms[0].canonical, [[terms[0].start, terms[0].end]]) if terms else ("", []),
        }
        quality: list[str] = []
        if measure := told.measure:
            cells |= {"value": (measure.value, measure.pieces), "unit": (measure.unit, measure.unit_pieces)}
            quality = measure.quality
        sentence = self.narrative.sentence_at(cell.start)
        found = frame(cell.start, cell.end, "antibody.table", cells, sentence, quality=quality)
        if date is not None:
            put(found, "date", *date)
        return found
