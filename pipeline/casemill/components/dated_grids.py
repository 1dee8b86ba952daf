"""Tables whose rows are times: "Day after admission | Hb", with 0, 7 and 28 below.

The first cell of a row says how long after an event its values were measured; whether the event's date is known is for
the timeline to say.
"""

import re
from typing import NamedTuple

from casemill.components.grids import find_grids
from casemill.components.narrative import Narrative

__all__ = ["Elapsed", "find_elapsed"]

_HEADING = re.compile(
    r"(?:hospital\s|time,?\s\(?)?(?P<unit>day|week|month)s?\b\)?"
    r"(?:\s?(?:after|since|from|of|post)\s?-?\s?(?:the\s)?(?P<event>[a-z ]{3,30}))?"
)
_NUMBER = re.compile(r"(?:day|week|month|d)?\s?\+?(?P<number>\d{1,3})")
_ADMISSION = re.compile(r"admission|presentation|hospitali[sz]ation|arrival")
_BIRTH = re.compile(r"birth|life|age")


class Elapsed(NamedTuple):
    """A row of a table at ``text[start:end]`` and the duration (ISO 8601) at its head; ``base`` is what it runs from.

    ``base`` is ``admission``, ``birth`` or blank (another event, or none named); ``piece`` is the cell.
    """

    start: int
    end: int
    iso: str
    base: str
    piece: tuple[int, int]


def find_elapsed(narrative: Narrative) -> list[Elapsed]:
    """The rows of the tables of ``narrative`` that begin with a time from an event."""
    found: list[Elapsed] = []
    for grid in find_grids(narrative.text):
        head = grid.rows[0][0]
        heading = _HEADING.fullmatch(narrative.folded[head.start : head.end].strip())
        if heading is None:
            continue
        event = heading["event"] or ""
        base = "admission" if _ADMISSION.search(event) else "birth" if _BIRTH.search(event) else ""
        for row in grid.rows[1:]:
            number = _NUMBER.fullmatch(narrative.folded[row[0].start : row[0].end])
            if number is not None and len(row) > 1:
                iso = f"P{number['number']}{heading['unit'][0].upper()}"
                found.append(Elapsed(row[0].start, row[-1].end, iso, base, (row[0].start, row[0].end)))
    return found
