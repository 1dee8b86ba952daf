"""Times told from another time: ``two months later``, ``after 3 weeks of treatment``, ``10 days before admission``."""

import re
from typing import NamedTuple

from casemill.errors import NotationError
from casemill.notation.durations import find_durations, names_period
from casemill.notation.reckoning import shift

__all__ = ["RelativeTime", "find_relative_times", "reckon"]

_AFTER_WORDS = re.compile(
    r"\s(?:(?P<later>later\b|afterwards?\b|thereafter\b|after\s(?:that|this)\b)"
    r"|(?P<event>(?:after(?!\swhich)|following|post|from)\b)"
    r"|(?P<before>before\b|prior\b|earlier\b|ago\b|previously\b|preceding\b)"
    r"|(?P<follow>(?:of\s)?follow[- ]?up\b|post[- ]?\w+))"
    r"|-?(?:month|year|week|day)?\s?(?P<hyphen>follow[- ]?up\b)"
)
_BEFORE_WORDS = re.compile(
    r"\b(?:(?P<after>after(?:\s(?:about|approximately|only|another|a\sfurther|an\sadditional|nearly|almost|more\sthan))?|following)"
    r"|(?P<taking>after\s(?:[\w-]+\s){1,4}for(?:\sabout)?)"
    r"|(?P<next>(?:over|in|during|within|for)\sthe\s(?:next|following|subsequent|ensuing))"
    r"|(?P<at>at(?:\sthe|\sa|\sher|\shis)?)"
    r"|(?P<held>within|for|over|during|in|past|last|every|since|than|least|of))\s(?:the\s)?$"
)
_NEXT = re.compile(r"\b(?:the|on\sthe)\s(?:following|next)\s(?P<unit>day|week|month|year)\b")
_ROUGH = re.compile(
    r"(?:\b(?:about|approximately|approx\.|around|nearly|almost|roughly|some|over|more\sthan|less\sthan)|~)\s?$"
)
_OF_AGE = re.compile(r"[\s-](?:of\s(?:age|life)|old)\b")
_INTERVAL = re.compile(r"[\s-]intervals?\b")
_AT_AGE = re.compile(r"\bat\s(?:the|an)\sage\sof\s$")
_ISO = re.compile(r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?")


class RelativeTime(NamedTuple):
    """A time at ``text[start:end]``, ``iso`` (a duration) away from another.

    ``sign`` is 1 after, -1 before. ``base`` tells from what: ``running`` (the time last told), ``event`` (something dated
    earlier: an admission, an operation), ``birth`` ("at 3 months of age"), ``next`` ("over the next four months": by the
    end of it). ``rough`` tells "about", "nearly".
    """

    start: int
    end: int
    iso: str
    sign: int
    base: str
    rough: bool


def find_relative_times(text: str, start: int, end: int) -> list[RelativeTime]:
    """Relative times in ``text[start:end]`` (lower case, plain), in text order."""
    if not names_period(text[start:end]):
        return []
    found: list[RelativeTime] = []
    for duration in find_durations(text, start, end):
        if (one := _read(text, start, end, duration.start, duration.end, duration.iso)) is not None:
            found.append(one)
    for match in _NEXT.finditer(text, start, end):
        found.append(RelativeTime(match.start(), match.end(), f"P1{match['unit'][0].upper()}", 1, "running", False))
    return sorted(found)


def _read(text: str, start: int, end: int, first: int, last: int, iso: str) -> RelativeTime | None:
    lead = text[max(start, first - 60) : first]
    rough = _ROUGH.search(lead)
    before = _BEFORE_WORDS.search(lead[: rough.start()] if rough else lead)
    after = _AFTER_WORDS.match(text, last, min(end, last + 24))
    begin = first - len(lead) + before.start() if before else first
    if after and not (before and before["held"] and before["held"] in ("within", "every", "for", "of")):
        sign = -1 if after["before"] else 1
        base = "event" if after["event"] else "running"
        return RelativeTime(min(begin, first), after.end(), iso, sign, base, bool(rough))
    if before and (before["after"] or before["taking"]):
        return RelativeTime(begin, last, iso, 1, "running", bool(rough))
    if before and before["at"] and _OF_AGE.match(text, last):
        return RelativeTime(begin, last, iso, 1, "birth", bool(rough))
    if aged := _AT_AGE.search(lead):
        return RelativeTime(first - len(lead) + aged.start(), last, iso, 1, "birth", bool(rough))
    if before and before["at"] and not _INTERVAL.match(text, last):
        return RelativeTime(begin, last, iso, 1, "event", bool(rough))
    if before and before["next"]:
        return RelativeTime(begin, last, iso, 1, "next", bool(rough))
    return None


def reckon(date: str, time: RelativeTime) -> str:
    """The date that ``time`` means, told from ``date``; blank if that can't be reckoned by whole days, months or years.

    >>> reckon("2021-02", RelativeTime(0, 0, "P2M", 1, "running", False))
    '2021-04'
    """
    match = _ISO.fullmatch(time.iso)
    if match is None or not date or date.startswith("-"):
        return ""
    years, months, weeks, days = (int(match[name] or 0) * time.sign for name in ("years", "months", "weeks", "days"))
    try:
        moved = shift(date, days=days + 7 * weeks) if days or weeks else date
        moved = shift(moved, years=years, months=months) if years or months else moved
    except NotationError:
        return ""
    return moved[:7] if time.rough and (days or weeks) else moved
