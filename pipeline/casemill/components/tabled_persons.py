"""Individuals told by a table: a row or a column for each, with an age and a sex ("1 | 44/F | ...").

A table tells individuals if one of its headings is an age and at least two rows, or columns, hold one. The mention of
each is the cell of the age; its label is the number or letter by which the text calls it ("case 1").
"""

import re
from collections.abc import Iterator, Sequence

from casemill.components.grids import Cell, Grid, find_grids
from casemill.components.narrative import Narrative
from casemill.components.persons import Person
from casemill.notation.ages import Age

__all__ = ["find_columns", "find_tabled_persons"]

_AGE_HEADING = re.compile(r"\bages?\b")
_SEX_HEADING = re.compile(r"\b(?:sex|gender)\b")
_UNIT = re.compile(r"\b(?P<unit>years?|yrs?|y|months?|mo|weeks?|wks?|days?|d)\b")
_AGE = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,3}(?:\.\d)?)(?![\d.,%]|-\d)"
    r"(?:[ -]?(?P<unit>years?|yrs?|y|months?|mo|weeks?|wks?|days?|d)(?![a-z]))?"
)
_SEX = re.compile(r"(?<![A-Za-z])(?P<sex>[MFmf]|[Ff]emale|[Mm]ale|[Ww]oman|[Mm]an|[Gg]irl|[Bb]oy)(?![A-Za-z])")
_LABEL = re.compile(
    r"(?:(?:case|patient|infant|child|subject|proband|twin|sibling|pt|no)\b\.?\s?)?(?:no\.?\s?|#\s?)?(?P<label>\d{1,2}|[a-h]|i{1,3}v?)",
    re.IGNORECASE,
)
_UNITS = {"y": "a", "m": "mo", "w": "wk", "d": "d"}


def find_tabled_persons(narrative: Narrative) -> list[Person]:
    """The individuals of the tables of ``narrative``, in text order."""
    grids = _grids(narrative)
    return sorted(person for grid in grids for person in _told(narrative, grid)) if grids else []


def find_columns(narrative: Narrative) -> list[tuple[int, int, str]]:
    """``start, end, label`` of each cell of a table whose columns are individuals."""
    return [
        (cell.start, cell.end, label)
        for grid in _grids(narrative)
        if len(labels := _column_labels(narrative, grid)) > 1
        for row in grid.rows[1:]
        for cell, label in zip(row[1:], labels, strict=False)
        if cell.end > cell.start
    ]


def _grids(narrative: Narrative) -> list[Grid]:
    if "age" not in narrative.folded and "sex" not in narrative.folded:
        return []
    return [grid for grid in find_grids(narrative.text) if len(grid.rows) > 1]


def _column_labels(narrative: Narrative, grid: Grid) -> list[str]:
    """The labels of the individuals that head the columns; empty if they head the rows."""
    heads = grid.rows[0][1:]
    named = [narrative.plain[cell.start : cell.end] for cell in heads]
    found = [match["label"].upper() for name in named if (match := _LABEL.fullmatch(name)) and len(name) > 2]
    return found if len(found) == len(named) else []


def _told(narrative: Narrative, grid: Grid) -> Iterator[Person]:
    if labels := _column_labels(narrative, grid):
        yield from _columns(narrative, grid, labels)
        return
    heads = [narrative.folded[cell.start : cell.end] for cell in grid.rows[0]]
    age_at = next((place for place, head in enumerate(heads) if _AGE_HEADING.search(head)), -1)
    sex_at = next((place for place, head in enumerate(heads) if _SEX_HEADING.search(head)), -1)
    if age_at < 0:
        return
    unit = _UNIT.search(heads[age_at])
    rows = [row for row in grid.rows[1:] if len(row) > max(age_at, sex_at)]
    found = [
        person
        for row in rows
        if (person := _person(narrative, row[0], row[age_at], row[sex_at] if sex_at >= 0 else None, unit)) is not None
    ]
    if len(found) > 1:
        yield from found


def _columns(narrative: Narrative, grid: Grid, labels: Sequence[str]) -> Iterator[Person]:
    by_head = {narrative.folded[row[0].start : row[0].end]: row for row in grid.rows[1:] if len(row) > len(labels)}
    ages = next((item for item in by_head.items() if _AGE_HEADING.search(item[0])), None)
    sexes = next((row for head, row in by_head.items() if _SEX_HEADING.search(head)), None)
    if ages is None:
        return
    unit = _UNIT.search(ages[0])
    for place, head in enumerate(grid.rows[0][1:], 1):
        person = _person(narrative, head, ages[1][place], sexes[place] if sexes else None, unit)
        if person is not None:
            yield person


def _person(
    narrative: Narrative, head: Cell, aged: Cell, sexed: Cell | None, unit: "re.Match[str] | None"
) -> Person | None:
    label = _LABEL.fullmatch(narrative.plain[head.start : head.end])
    told = _AGE.search(narrative.plain, aged.start, aged.end)
    if label is None or told is None:
        return None
    sex_cell = sexed or aged
    sex = _SEX.search(narrative.plain, sex_cell.start, sex_cell.end)
    short = (told["unit"] or (unit["unit"] if unit else "y"))[0].lower()
    age = Age(told.start("number"), told.end(), told["number"], _UNITS[short], False)
    female = sex is not None and sex["sex"].lower()[0] in "fwg"
    sentence = narrative.sentence_at(aged.start)
    return Person(
        aged.start,
        aged.end,
        "case",
        "case",
        "" if sex is None else "female" if female else "male",
        # this report's own, wherever the table stands
        "our",
        "",
        False,
        label["label"].upper(),
        "",
        age,
        sentence.start,
    )
