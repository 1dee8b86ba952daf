"""A time as a narrative tells it, where a narrative stands, and what the words around a time make of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from casemill.components.narrative import Sentence
from casemill.components.phrases import phrase
from casemill.notation.dates import Date
from casemill.notation.relative_times import RelativeTime

__all__ = ["State", "Time", "bracket_around", "is_ago", "is_followed_until", "is_gloss", "is_of_symptoms"]

_PHRASES = "dates/phrases"
# "followed until May 2019, without relapse two years after surgery": the end of a stretch, which needs no reckoning
_UNTIL = re.compile(r"\b(?:until|till|up\sto|through)\s(?:the\s)?(?:\w+\sof\s)?$")


class Time(NamedTuple):
    """A time at ``text[start:end]``.

    ``kind`` is ``date``, ``relative``, ``ends`` or ``returns``; ``iso`` its calendar date, blank if not known. ``leading``
    tells that it stands at the head of its sentence, ``bracket`` is the bracket it stands in (``0, 0``: none), ``passing``
    that it doesn't move the narrative (a glance back). ``base_at`` are the words that gave the date it is told from, if that
    is not the running date.
    """

    start: int
    end: int
    kind: str
    iso: str
    leading: bool
    passing: bool
    bracket: tuple[int, int]
    until: bool = False
    by_end: bool = False
    base_at: tuple[tuple[int, int], ...] = ()


@dataclass
class State:
    """Where a narrative stands: its running date, the date last stated, those of the admission and of birth."""

    running: str = ""
    pieces: tuple[tuple[int, int], ...] = ()
    stated: str = ""
    stated_at: tuple[tuple[int, int], ...] = ()
    admitted: str = ""
    admitted_at: tuple[tuple[int, int], ...] = ()
    born: str = ""
    born_at: tuple[tuple[int, int], ...] = ()
    # when drugs were begun, by their names as printed and as known
    begun: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = field(default_factory=dict)


def is_followed_until(folded: str, sentence: Sentence, item: RelativeTime, dates: Iterable[Date]) -> bool:
    """Whether a date before ``item`` in its clause tells until when somebody was followed: the item only says how long."""
    return any(
        _UNTIL.search(folded, sentence.start, date.start) and ";" not in folded[date.end : item.start]
        for date in dates
        if date.end <= item.start
    )


def is_of_symptoms(folded: str, sentence: Sentence, item: RelativeTime) -> bool:
    """ "Admitted after three days of vomiting": how long something had lasted, and no later time."""
    before = folded[sentence.start : item.start]
    told = (
        item.sign > 0 and folded.startswith(("after", "following"), item.start) and folded.startswith(" of ", item.end)
    )
    return told and bool(phrase(_PHRASES, "admitted").search(before))


def is_gloss(folded: str, item: RelativeTime, dates: Iterable[Date]) -> bool:
    """ "In October 2010, 18 months after stopping": the words beside a date only explain it."""
    return any(
        (0 <= item.start - date.end <= 3 and not folded[date.end : item.start].strip(" ,("))
        or (
            0 <= date.start - item.end <= 40
            and re.fullmatch(r"[\w\s]*,\s(?:in|on|by)\s", folded[item.end : date.start])
        )
        for date in dates
        if item.sign > 0
    )


def is_ago(folded: str, date: Date, relatives: Iterable[RelativeTime]) -> bool:
    """ "Four years ago, in 2015": the date is that of the time before, and no step of the narrative."""
    return any(r.sign < 0 and r.end <= date.start and len(folded[r.end : date.start]) <= 5 for r in relatives)


def bracket_around(folded: str, sentence: Sentence, position: int) -> tuple[int, int]:
    """The bracket around ``position`` within its sentence, ``(0, 0)`` if there is none."""
    opened = folded.rfind("(", sentence.start, position)
    if opened < 0 or folded.find(")", opened, position) >= 0:
        return (0, 0)
    closed = folded.find(")", position, sentence.end)
    return (opened, closed + 1) if closed >= 0 else (0, 0)
