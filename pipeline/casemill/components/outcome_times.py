"""The time from a treatment or event to an outcome: "within one week", "six years later", "on the third day of treatment"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from casemill.components.narrative import Narrative, Sentence
from casemill.components.outcome_changes import Reading
from casemill.components.outcome_words import expression
from casemill.notation.durations import find_durations, names_period
from casemill.notation.numbers import read_count
from casemill.resources import load_patterns

__all__ = ["Time", "opening_before", "time_of", "times"]

# Characters: how far before a duration its lead is sought, how far an outcome may stand from its time, where a sentence opens.
_LEAD, _REACH, _BEHIND, _OPENING = 90, 90, 60, 20
_LOOK_BACK = 3
_BEFORE = r"\b(?:%(time_lead)s)(?:\s+(?:%(time_adverb)s)){0,3}\s*$"
_AFTER = r"[\s-]*(?:(?:%(time_tail)s)\b|(?:%(time_followup)s)|of\s+(?:%(time_tail_of)s))"
_LENGTH = r"\b(?:%(time_length)s)\b[^,.]{0,18}$"
_FOLLOWUP = r"[\s-]*(?:%(time_followup)s)"
_PAST = r"[\s-](?:%(time_before)s)"
_NEXT_PERIOD = r"\b(?:%(time_next)s)\W*$"
_AGE = r"\b(?:%(age)s)\s+(?:of\s+)?$"
# "after taking ruxolitinib for 2 months": the course led to the outcome
_COURSE = r"\b(?:%(course)s)\b[^.;,]{3,80}\bfor\s+(?:(?:%(nearly)s)\s+)?$"
_LASTS = r"\s*(?:%(lasting)s)\b"
_NEXT = r"\bthe (?:%(next)s) (?P<unit>day|week|month|year)\b"
_DAY = (
    r"\b(?:(?:%(day_lead)s)\s+)?(?:the\s+)?(?:(?:%(day_kind)s)\s+)?(?P<unit>day|week|month|pod)[\s-]+"
    r"(?:(?P<number>\d{1,3})|(?P<word>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))\b"
    r"|\b(?:%(ordinal_lead)s)\s+(?:the\s+)?(?:(?P<nth>\d{1,3})(?:st|nd|rd|th)|(?P<ordinal>[a-z]{5,7}))\s+"
    r"(?:(?:%(day_kind)s)\s+)?(?P<unit_>day|week|month|pod)\b"
)
# What keeps a time from reaching the outcome beside it: another clause between the two.
_JOINT = r"[;:]|\b(?:%(other_clause)s)\b"
_AUXILIARY = r"\b(?:%(negated_be)s)(?: (?:still|now|again|also|\w+ly))? $"
_HOLDS, _VISIT = r"%(holds)s", r"%(visit)s"
_BY = r"(?:%(by)s)\s"
_OVER = re.compile(r"\s*over\b")
# Lengths of time that are none to an outcome: how long a state held.
_STATES = {"no_relapse": ("next", "over", "for"), "unchanged": ("over",), "alive": ("over",)}
# Units by their first letter; "POD" is a postoperative day.
_POSTOPERATIVE = "pod"
_UNITS = {"d": "D", "w": "W", "m": "M", "p": "D"}
_SINGLE = re.compile(r"(?:day|week|month|year|pod)\b")
_CALENDAR = re.compile(r"(?:19|20)\d\d\b(?<!\w\d{4})")


class Time(NamedTuple):
    """A duration that leads to an outcome.

    ``leading``: it opens its sentence and so holds for what follows; ``lasts``: how it may be the length of a state.
    """

    start: int
    end: int
    iso: str
    leading: bool
    lasts: str = ""


def times(text: str, start: int, end: int) -> list[Time]:
    """Times to an outcome that a sentence at ``text[start:end]`` (lower case, plain) tells, in text order."""
    told = text[start:end]
    if not (names_period(told) or _POSTOPERATIVE in told):
        return []
    found = list(_durations(text, start, end))
    # most times tell of many, "three days"; the expressions for a single one try many words
    if _SINGLE.search(told):
        found += _days(text, start, end)
    return sorted(found)


def _durations(text: str, start: int, end: int) -> Iterator[Time]:
    for duration in find_durations(text, start, end):
        floor = max(start, duration.start - _LEAD)
        lead = expression(_BEFORE).search(text, floor, duration.start)
        after = expression(_AFTER).match(text, duration.end)
        if not (lead or after) or _is_length(text, floor, duration.start, duration.end):
            continue
        begin = lead.start() if lead else duration.start
        lasts = _lasts(text, begin, duration.start) if lead else ""
        yield Time(begin, duration.end, duration.iso, begin - start < _OPENING, lasts)


def _lasts(text: str, start: int, end: int) -> str:
    """Whether the words at ``text[start:end]`` tell a length ("over", "over the next"), not a point, in time."""
    if not expression(_LASTS).match(text, start):
        return ""
    return (
        "next" if expression(_NEXT_PERIOD).search(text, start, end) else "over" if _OVER.match(text, start) else "for"
    )


def _is_length(text: str, floor: int, start: int, end: int) -> bool:
    """Whether the duration at ``text[start:end]`` is how long something lasted or how long ago it was, or an age."""
    if expression(_PAST).match(text, end) or expression(_AGE).search(text, floor, start):
        return True
    if not expression(_LENGTH).search(text, floor, start):
        return False
    return not (
        expression(_COURSE).search(text, floor, start)
        or expression(_NEXT_PERIOD).search(text, floor, start)
        or expression(_FOLLOWUP).match(text, end)
    )


def _days(text: str, start: int, end: int) -> Iterator[Time]:
    """``on day 12``, ``on the third day``, ``the following day``."""
    ordinals = load_patterns().rows("outcomes/ordinals")
    for match in expression(_DAY).finditer(text, start, end):
        ordinal = ordinals.get(f"ordinal.{match['ordinal'] or ''}")
        number = match["number"] or match["nth"] or (ordinal.canonical if ordinal else "")
        if match["word"]:
            number = read_count(match["word"])
        if number:
            unit = _UNITS[(match["unit"] or match["unit_"])[0]]
            yield Time(match.start(), match.end(), f"P{int(number)}{unit}", match.start() - start < _OPENING)
    for match in expression(_NEXT).finditer(text, start, end):
        unit = match["unit"][0].upper()
        yield Time(match.start(), match.end(), f"P1{unit}", match.start() - start < _OPENING)


def time_of(narrative: Narrative, reading: Reading, told: list[Time], first: int) -> Time | None:
    """The time of the reading's own clause: behind it, else before it; else the one that opens the sentence.

    :param first: where the first reading of the sentence begins; only what stands before it opens the sentence.
    """
    if not told:
        return None
    text = narrative.folded
    if reading.outcome in _STATES:
        # "free of relapse for nine months" is a length (section 9, "Still well at a time")
        told = [t for t in told if t.lasts not in _STATES[reading.outcome]]
    behind = next((t for t in told if t.start >= reading.end), None)
    if behind and behind.start - reading.end < _BEHIND and not _is_apart(text, reading.end, behind.start):
        return behind
    before = next((t for t in reversed(told) if t.end <= reading.start), None)
    if (
        before
        and not before.leading
        and reading.start - before.end < _REACH
        and not _is_apart(text, before.end, _own_auxiliary(text, before.end, reading.start))
    ):
        return before
    return next((t for t in told if t.leading and t.end <= first), None)


def _own_auxiliary(text: str, start: int, end: int) -> int:
    """Where the auxiliary of the word at ``end`` begins, if it has one behind ``start``."""
    match = expression(_AUXILIARY).search(text, start, end)
    return match.start() if match else end


def _is_apart(text: str, start: int, end: int) -> bool:
    return expression(_JOINT).search(text, start, end) is not None


def opening_before(narrative: Narrative, sentence: Sentence, known: dict[int, Time | None]) -> Time | None:
    """The follow-up time that opens one of the three sentences before in the same paragraph ("At 3-month follow-up, ...").

    :param known: the times that open sentences of this narrative, by their number; filled as they are read.
    """
    text = narrative.folded
    for number in range(sentence.number - 1, max(-1, sentence.number - 1 - _LOOK_BACK), -1):
        earlier = narrative.sentences[number]
        stop = min(earlier.end, earlier.start + 70)
        apart = text[earlier.end : narrative.sentences[number + 1].start]
        if "\n\n" in apart or _CALENDAR.search(text, earlier.start, stop):
            return None
        if number not in known:
            told = times(text, earlier.start, stop)
            known[number] = told[0] if told and told[0].start - earlier.start < 3 else None
        opening = known[number]
        if opening:
            # a visit holds for what is told of it; "two months later" for the next sentence only
            lasting = sentence.number - number > 1
            holds = expression(_VISIT if lasting else _HOLDS).search(text, opening.end, opening.end + 24)
            return opening if holds or expression(_BY).match(text, earlier.start) else None
    return None
