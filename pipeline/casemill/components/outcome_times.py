"""The time from a treatment or event to an outcome: "within one week", "six years later", "on the third day of treatment"."""

import re
from functools import cache
from typing import NamedTuple

from casemill.components.narrative import Narrative, Sentence
from casemill.components.outcome_changes import Reading
from casemill.notation.durations import find_durations
from casemill.notation.numbers import read_count

__all__ = ["Time", "opening_before", "time_of", "times"]


class Time(NamedTuple):
    """A duration that leads to an outcome; ``leading`` if it opens its sentence and so holds for what follows."""

    start: int
    end: int
    iso: str
    leading: bool
    opens: bool = False
    lasts: bool = False


_BEFORE = re.compile(
    r"\b(?:after|within|in|by|at|over the next|over the following|during the next|during the following|over|during|following"
    r"|in the first|at the end of|of|for|on|upon)(?:\s+(?:the|a|an|about|approximately|around|only|nearly|almost|just|only about"
    r"|at least|more than|less than|first|next|following|total of|subsequent|>|<|~)){0,3}\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s-]*(?:later\b|thereafter\b|afterwards?\b|after\b|following\b|post\b|post-|follow[\s-]?up|of\s+(?:follow|treatment|therapy|the\s+treatment|combination)|from\b|into\b|since\b)",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\b(?:for|over|lasting|lasted|past|last|every|previous|than)\b[^,.]{0,18}$", re.IGNORECASE)
_AGE = re.compile(r"\bage\s+(?:of\s+)?$", re.IGNORECASE)
# "after taking ruxolitinib for 2 months": the course led to the outcome.
_COURSE = re.compile(r"\b(?:after|following|upon)\b[^.;,]{3,80}\bfor\s+(?:about |approximately |nearly )?$", re.IGNORECASE)
_NEXT = re.compile(r"\b(?:the|on the) (?:following|next) (?P<unit>day|morning|week|month|year)\b", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:(?:by|on|at|until|from)\s+)?(?:the\s+)?(?:hospital\s+|hospitali[sz]ation\s+|post-?operative\s+|treatment\s+|admission\s+)?(?P<unit>day|week|month)\s+\+?(?P<n>\d{1,3})\b"
    r"|\b(?:on|in|by|within)\s+(?:the\s+)?(?P<ordinal>\d{1,3}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\s+(?:(?:post-?operative|hospital|treatment)\s+)?(?P<unit2>day|week|month)\b",
    re.IGNORECASE,
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()


def _lasts(lead: "re.Match[str] | None") -> bool:
    """Whether the words before a duration make it the length of a state ("during three years")."""
    return lead is not None and lead.group().lower().startswith(("during", "over", "for", "of", "in the first", "in "))


@cache
def _designator(unit: str) -> str:
    return unit[0].upper()


def times(narrative: Narrative, sentence: Sentence) -> list[Time]:
    """Times to an outcome that ``sentence`` tells, in text order."""
    text = narrative.plain
    found: list[Time] = []
    for duration in find_durations(text, sentence.start, sentence.end):
        before = text[max(sentence.start, duration.start - 90) : duration.start]
        after = _AFTER.match(text, duration.end)
        lead = _BEFORE.search(before)
        if text[duration.end : duration.end + 5].lower().startswith((" ago", " hist", "-hist", " earl", " prio", " befo")):
            continue
        if _AGE.search(before):
            continue
        if _LENGTH.search(before) and not _COURSE.search(before) and not (after and "follow" in after.group().lower()) and not re.search(r"over the (?:next|following)\W*$", before, re.I):
            continue
        if lead or after:
            start = duration.start - (len(before) - lead.start()) if lead else duration.start
            found.append(Time(start, duration.end, duration.iso, start - sentence.start < 20, start - sentence.start < 3, lasts=_lasts(lead)))
    for match in _DAY.finditer(text, sentence.start, sentence.end):
        if match["n"]:
            number = match["n"]
        else:
            word = match["ordinal"].lower()
            number = str(_ORDINALS.index(word) + 1) if word in _ORDINALS else word[:-2]
        iso = f"P{int(number)}{_designator(match['unit'] or match['unit2'])}"
        found.append(Time(match.start(), match.end(), iso, match.start() - sentence.start < 20, match.start() - sentence.start < 3))
    for match in _NEXT.finditer(text, sentence.start, sentence.end):
        unit = "day" if match["unit"].lower() == "morning" else match["unit"]
        found.append(Time(match.start(), match.end(), f"P1{_designator(unit)}", match.start() - sentence.start < 20))
    return sorted(found)


# What keeps a time from reaching the outcome beside it: another clause between the two.
_JOINT = re.compile(r"\band\b|[;:]|\bwas\b|\bwere\b|\bbecause\b|\bwhich\b")


def time_of(narrative: Narrative, reading: Reading, told: list[Time]) -> Time | None:
    """The time of the reading's own clause: behind it, else before it; else the one that opens the sentence."""
    text = narrative.plain
    if reading.outcome == "no_relapse":
        told = [t for t in told if not t.lasts]
    behind = next((t for t in told if t.start >= reading.end), None)
    if behind and behind.start - reading.end < 60 and not _JOINT.search(text, reading.end, behind.start):
        return behind
    before = next((t for t in reversed(told) if t.end <= reading.start), None)
    if before and not before.leading and reading.start - before.end < 90 and not _JOINT.search(text, before.end, reading.start):
        return before
    return next((t for t in told if t.leading and t.end <= reading.start), None)


_HOLDS = re.compile(r"follow|visit|later|after|admission|discharge", re.IGNORECASE)
_CALENDAR = re.compile(r"\b(?:19|20)\d\d\b")
_LOOK_BACK = 3


def opening_before(narrative: Narrative, sentence: Sentence) -> Time | None:
    """The follow-up time that opens one of the three sentences before in the same paragraph ("At 3-month follow-up, ...")."""
    for number in range(sentence.number - 1, max(-1, sentence.number - 1 - _LOOK_BACK), -1):
        earlier = narrative.sentences[number]
        apart = narrative.plain[earlier.end : narrative.sentences[number + 1].start]
        opening = narrative.plain[earlier.start : earlier.start + 70]
        if "\n\n" in apart or _CALENDAR.search(opening):
            return None
        found = [t for t in times(narrative, earlier._replace(end=min(earlier.end, earlier.start + 70))) if t.opens]
        if found:
            tail = narrative.plain[found[0].end : found[0].end + 24]
            return found[0] if opening.lower().startswith("by ") or _HOLDS.search(tail) else None
    return None
