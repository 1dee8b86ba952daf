"""Reads tables in a text: analytes as rows with results in columns, or analytes as columns with one row a case or time.

A name's own cell may tell its unit and reference range (``Creatinine, umol/L (60-110)``), and so may columns for them. What
a cell holds must be read whole: a mean with a deviation, a count with a share or a remark is no value of a subject.
Offsets are half-open characters of the text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from casemill.components.grids import Cell, Grid
from casemill.components.lab_names import Mention, fits
from casemill.components.lab_readings import Reading
from casemill.components.lab_references import Reference, read_reference, reference_in
from casemill.components.lab_words import LabWords
from casemill.components.narrative import Narrative
from casemill.notation.dates import Date, find_dates
from casemill.notation.quantities import Quantity, find_quantities
from casemill.notation.units import Unit, dimension, read_unit
from casemill.resources import Entry

__all__ = ["TableReading", "Tables"]

_OPENING = re.compile(r"[\s,;:(\[]+")
# What may stand behind a value: marks of its level, footnotes, and nothing else.
_BEHIND = re.compile(r"\s*(?P<mark>\(?[HL]\)?|\(?[↑↓]{1,3}\)?)?\s*[*†‡§¶#]{0,3}\s*\Z")
_BEFORE = re.compile(r"\s*(?P<mark>[↑↓]{1,3})?\s*\Z")
_MARKS = {"H": "high", "↑": "high", "L": "low", "↓": "low"}
_LETTERS = re.compile(r"[^\W\d_]")
_FOOTNOTE = re.compile(r"[*†‡§¶#]{1,3}\Z|(?<=[a-z)])[a-f]\Z")


class TableReading(NamedTuple):
    """A reading of a table; ``date`` is of its column or row, and ``heading`` the row that heads its part of the table."""

    reading: Reading
    date: Date | None
    heading: Cell | None


class _Head(NamedTuple):
    """A name's cell: the analyte, and the unit and reference range told with it."""

    mention: Mention
    unit: Unit | None
    reference: Reference | None


class Tables:
    """Reads the grids of one document."""

    def __init__(
        self, narrative: Narrative, mentions: Sequence[Mention], levels: Mapping[str, Entry], words: LabWords
    ) -> None:
        self.narrative = narrative
        self.mentions = mentions
        self.levels = levels
        self.words = words

    def read(self, grid: Grid) -> list[TableReading]:
        """The readings of ``grid``; none where it is no table of laboratory values."""
        header, *body = grid.rows
        named = sum(self._head(row[0]) is not None for row in grid.rows if len(row) > 1)
        titled = sum(self._head(cell) is not None for cell in header[1:])
        if titled >= 2 or (titled and not named):
            return list(self._by_columns(header, body))
        if named >= 2 or (named and self._roles(header)[0]):
            return list(self._by_rows(grid.rows))
        return []

    # -- analytes as rows -------------------------------------------------------------------------------------------

    def _by_rows(self, rows: list[list[Cell]]) -> Iterator[TableReading]:
        first = rows[0]
        has_header = not (self._head(first[0]) and any(self._value(cell, None) for cell in first[1:]))
        roles, dates = self._roles(first)[1] if has_header else {}, {}
        if has_header:
            dates = {n: date for n, cell in enumerate(first) if (date := self._date(cell)) is not None}
        elif (guessed := self._guessed(rows)) is not None:
            roles = {guessed: "reference"}
        heading: Cell | None = None
        for row in rows[1 if has_header else 0 :]:
            filled = [cell for cell in row if cell.end > cell.start]
            if len(filled) == 1:
                heading = filled[0]
                continue
            head = self._head(row[0], unlisted=True)
            if head is None:
                continue
            unit, reference = self._told(row, roles, head)
            for number, cell in enumerate(row[1:], 1):
                if roles.get(number, "result") != "result":
                    continue
                reading = self._reading(head, cell, unit, reference)
                if reading is not None:
                    yield TableReading(reading, dates.get(number, dates.get(0)), heading)

    def _guessed(self, rows: list[list[Cell]]) -> int | None:
        """The column of reference ranges in a table without a header: ranges or limits, behind single values."""
        last = max(len(row) for row in rows) - 1
        if last < 2:
            return None
        cells = [row[last] for row in rows if len(row) > last]
        ranges = [cell for cell in cells if reference_in(self.narrative.plain, *cell) is not None]
        return last if len(ranges) * 2 > len(cells) else None

    def _told(self, row: list[Cell], roles: dict[int, str], head: _Head) -> tuple[Unit | None, Reference | None]:
        """The unit and the reference range that a row's own columns tell, else those of its name's cell."""
        unit, reference = head.unit, head.reference
        for number, cell in enumerate(row):
            if roles.get(number) == "unit" and (read := self._unit(cell.start, cell.end, head.mention)) is not None:
                unit = read
            elif roles.get(number) == "reference":
                reference = reference_in(self.narrative.plain, *cell) or reference
                if unit is None and reference is not None and reference.unit is not None:
                    unit = reference.unit
        return unit, reference

    # -- analytes as columns ----------------------------------------------------------------------------------------

    def _by_columns(self, header: list[Cell], body: list[list[Cell]]) -> Iterator[TableReading]:
        heads = {n: head for n, cell in enumerate(header) if (head := self._head(cell, unlisted=True)) is not None}
        for row in body:
            if len(row) < 2:
                continue
            first = self._plain_words(row[0])
            role = self.words.columns.get(first, "")
            if role in ("unit", "reference"):
                heads = {n: self._completed(head, row[n], role) if n < len(row) else head for n, head in heads.items()}
                continue
            if role == "statistic":
                continue
            date = next((date for cell in row if (date := self._date(cell)) is not None), None)
            for number, head in heads.items():
                if number < len(row):
                    reading = self._reading(head, row[number], head.unit, head.reference)
                    if reading is not None:
                        yield TableReading(reading, date, None)

    def _completed(self, head: _Head, cell: Cell, role: str) -> _Head:
        if role == "unit":
            return head._replace(unit=self._unit(*cell, head.mention) or head.unit)
        return head._replace(reference=reference_in(self.narrative.plain, *cell) or head.reference)

    # -- cells ------------------------------------------------------------------------------------------------------

    def _roles(self, header: Sequence[Cell]) -> tuple[bool, dict[int, str]]:
        """Whether a row is a header that tells the columns of results, and the other columns' roles by number."""
        roles: dict[int, str] = {}
        told = False
        for number, cell in enumerate(header):
            words = self._plain_words(cell)
            role = self.words.columns.get(words) or self.words.columns.get(words.partition(" (")[0])
            told = told or role in ("unit", "reference")
            if role in ("unit", "reference", "statistic") and number:
                roles[number] = role
        return told, roles

    def _plain_words(self, cell: Cell) -> str:
        words = self.narrative.folded[cell.start : cell.end].strip("*_: ")
        return " ".join(words.split())

    def _date(self, cell: Cell) -> Date | None:
        if cell.end - cell.start < 4:
            return None
        found = find_dates(self.narrative.plain, cell.start, cell.end)
        return found[0] if found and not found[0].iso.startswith("--") else None

    def _head(self, cell: Cell, *, unlisted: bool = False) -> _Head | None:
        """The analyte that a cell names: what isn't its name must be its unit, its range or a word such as "level"."""
        plain = self.narrative.plain
        mention = next((m for m in self.mentions if cell.start <= m.start < cell.end and m.rule != "diagnosis"), None)
        if mention is not None and mention.tail <= cell.end:
            before = self.narrative.folded[cell.start : mention.start]
            if not self.words.only(before.strip("*_ "), "modifier", "specimen", most=3):
                return None
            # from the name's end, not its tail: what looks like its short form in brackets may be its unit
            unit = self._unit(mention.end, cell.end, mention)
            rest = self.narrative.folded[mention.end if unit else mention.tail : cell.end]
            reference = reference_in(plain, unit.end if unit else mention.tail, cell.end)
            left = len(_LETTERS.findall(rest)) - (unit.end - unit.start if unit else 0) - (30 if reference else 0)
            words = self.words.only(_FOOTNOTE.sub("", rest.strip()), "head", "modifier", marks="()[],%:*", most=5)
            return _Head(mention, unit, reference) if left <= 3 or words else None
        return self._unlisted(cell) if unlisted and mention is None else None

    def _unlisted(self, cell: Cell) -> _Head | None:
        """A name that no list has, with a unit in which only concentrations and activities are told."""
        plain = self.narrative.plain
        match = re.compile(r"([^\W\d_][\w+/ -]{1,38}?)(?:,| ?[(\[]) ?").match(plain, cell.start, cell.end)
        if match is None:
            return None
        unit = read_unit(plain, match.end(), cell.end)
        if unit is None or not dimension(unit.code).endswith("/volume") or "{" in unit.code:
            return None
        blocked = self.narrative.terms_in("antibodies/antibodies", cell.start, cell.end)
        if blocked or match[1].lower() in self.words.columns:
            return None
        name = match[1].strip()
        name = name if any(c.isupper() for c in name[1:]) else name.lower()
        end = match.start(1) + len(match[1].rstrip())
        mention = Mention(match.start(1), end, end, name, None, rule="column")
        return _Head(mention, unit, reference_in(plain, unit.end, cell.end))

    def _unit(self, start: int, end: int, mention: Mention) -> Unit | None:
        plain = self.narrative.plain
        starts = [start, *(m.end() for m in _OPENING.finditer(plain, start, end))]
        for position in dict.fromkeys(starts):
            unit = read_unit(plain, position, end)
            if unit is not None and fits(mention, unit.code) and (unit.end >= end or not plain[unit.end].isalnum()):
                return unit
        return None

    def _value(
        self, cell: Cell, mention: Mention | None
    ) -> tuple[Quantity, str, tuple[int, int] | None, Reference | None] | None:
        """The value that fills a cell, with the level and range printed beside it; ``None`` if anything else stands there."""
        plain = self.narrative.plain
        found = find_quantities(plain, cell.start, cell.end, attached=True)
        if not found or found[0].changing or found[0].spread:
            return None
        quantity = found[0]
        before = _BEFORE.match(plain, cell.start, quantity.start)
        if before is None or before.end() != quantity.start:
            return None
        reference = read_reference(plain, quantity.end, cell.end, quantity.unit, self.words) if len(found) > 1 else None
        behind = _BEHIND.match(plain[: cell.end], reference.end if reference else quantity.end)
        if behind is None:
            return None
        for match in (before, behind):
            if mark := match["mark"]:
                return quantity, _MARKS[mark.strip("()")[0]], match.span("mark"), reference
        return quantity, "", None, reference

    def _reading(self, head: _Head, cell: Cell, unit: Unit | None, reference: Reference | None) -> Reading | None:
        if cell.start == cell.end:
            return None
        mention = head.mention
        read = self._value(cell, mention)
        if read is None:
            return self._level(mention, cell)
        quantity, flag, flag_at, own = read
        code, at = (
            (quantity.unit, quantity.unit_at)
            if quantity.unit
            else (unit.code, (unit.start, unit.end))
            if unit
            else ("", None)
        )
        if not fits(mention, code) or (not code and not mention.units):
            return None
        reading = Reading(mention, quantity.end, quantity, code, at, own or reference, quantity.start, "table")
        reading.flag, reading.flag_at = flag, flag_at
        return reading

    def _level(self, mention: Mention, cell: Cell) -> Reading | None:
        """A level in words that fill the cell: ``normal``, ``elevated``, ``negative``."""
        term = next(iter(self.narrative.terms_in("lab_values/levels", cell.start, cell.end)), None)
        if term is None or (term.start, term.end) != (cell.start, cell.end):
            return None
        flag = mention.level(self.levels[term.id].canonical)
        if not flag:
            return None
        reading = Reading(mention, cell.end, start=cell.start, rule="table")
        reading.flag, reading.flag_at = flag, (cell.start, cell.end)
        return reading
