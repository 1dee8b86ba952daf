"""Values of an antibody told one after another: a course of titres, and values told respectively."""

import re

from casemill.components.antibody_measures import VALUE, Measure, read_measure, read_number_at, read_titre
from casemill.components.antibody_words import Words
from casemill.components.narrative import Narrative
from casemill.notation.titres import find_titres
from casemill.resources import Patterns

__all__ = ["falls", "read_courses", "read_respective"]

_CHANGED = re.compile(
    r"(?<![\w;])(?P<verb>fell|dropped|declined|decreased|went|came|rose|increased|climbed|peaked|reduced|diminished|falling"
    r"|dropping|declining|decreasing|rising|increasing)\s"
    r"(?:again\s|down\s|up\s|further\s|rapidly\s|gradually\s|slowly\s|steadily\s|progressively\s){0,2}(?:to|at)\s"
)
_UP = ("ros", "ris", "increas", "climb", "peak")
# How near a later value of a course stands behind its verb, and how far that verb from the value before.
_BESIDE, _REACH = 16, 110
_FROM = re.compile(r"\bfrom\s[<>~]?\s?$")
_THEN = re.compile(r"\s?(?:\([^()]{0,40}\)\s?)?(?:,\s)?to\s")
_SERIES = re.compile(r"\s(?:at|after|in|on|by|before)\s[^,;()<>]{2,30},\s(?:and\s)?(?=[<>~]?\s?\d)")
# Between values told one for each test where no "respectively" says so.
_NEXT_VALUE = re.compile(r"\s?(?:,\s?(?:and\s)?|and\s)")


def read_courses(narrative: Narrative, first: Measure, stop: int, words: Words, patterns: Patterns) -> list[Measure]:
    """The later values of a course, "rose from 1:80 to 1:640 and then fell to 1:20": other measurements of the antibody."""
    found: list[Measure] = []
    last = first
    while (second := _read_next(narrative, last, stop, words, patterns)) is not None:
        if not second.unit and first.unit != "titre":
            second.unit, second.unit_pieces, second.quality = first.unit, first.unit_pieces, []
        found.append(second)
        last = second
    return found


def _read_next(narrative: Narrative, last: Measure, stop: int, words: Words, patterns: Patterns) -> Measure | None:
    folded = narrative.folded
    match = _THEN.match(folded, last.end, stop)
    if match is None or not _FROM.search(folded, max(0, last.pieces[0][0] - 30), last.pieces[0][0]):
        match = _CHANGED.search(folded, last.end, min(stop, last.end + _REACH))
    if match is None:
        return _next_of_series(narrative, last, stop, words, patterns)
    second = read_measure(narrative, match.end(), stop, words, patterns)
    return second if second is not None and second.pieces[0][0] - match.end() <= _BESIDE else None


def _next_of_series(narrative: Narrative, last: Measure, stop: int, words: Words, patterns: Patterns) -> Measure | None:
    """The next value where each has its time: "300 EU at admission, 45 EU at one month, and <10 EU at six months"."""
    match = _SERIES.match(narrative.folded, last.end, stop)
    following = match and read_measure(narrative, match.end(), stop, words, patterns)
    if not match or not following or following.pieces[0][0] > match.end() or following.unit != last.unit:
        return None
    return following if last.unit else None


def falls(narrative: Narrative, first: Measure, second: Measure) -> bool:
    """Whether the second value of a course is told as lower, so that the first one's result need not hold for it."""
    change = _CHANGED.search(narrative.folded, first.end, second.pieces[0][0])
    return change is not None and not change["verb"].startswith(_UP)


def read_respective(narrative: Narrative, start: int, end: int, count: int, patterns: Patterns) -> list[Measure]:
    """The values behind a list of ``count`` tests, one for each of its last ones; none where they can't be shared out.

    They stand between ``start`` and the word "respectively" before ``end``; without that word there must be as many
    values as tests, with nothing but commas and "and" between.
    """
    stop = narrative.folded.find("respectively", start, end)
    found: list[Measure] = []
    while len(found) < count and (one := _next_value(narrative, start, stop if stop >= 0 else end, patterns)):
        if stop < 0 and found and not _NEXT_VALUE.fullmatch(narrative.folded, start, one.pieces[0][0]):
            return []
        found.append(one)
        start = one.end
    if len(found) < 2 or (stop < 0 and len(found) != count):
        return []
    for one in found:
        # "120 and 150 U/mL": the unit told last is everybody's
        if not one.unit and found[-1].unit:
            one.unit, one.unit_pieces, one.quality = found[-1].unit, found[-1].unit_pieces, []
    return found


def _next_value(narrative: Narrative, start: int, stop: int, patterns: Patterns) -> Measure | None:
    text = narrative.plain
    match = VALUE.search(text, start, stop)
    titre = next(iter(find_titres(text, start, stop)), None)
    if titre is not None and (match is None or titre.start <= match.start()):
        return read_titre(text, start, stop)
    return read_number_at(narrative, match, patterns) if match is not None else None
