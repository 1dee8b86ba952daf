"""How often a drug is taken: ``twice daily``, ``q8h``, ``every 3 weeks`` to times per period (``2/d``, ``3/d``, ``1/(3.wk)``).

Codes and rulings are those of the specification (section 5): hours are turned into days, of a range of intervals the
shorter counts, ``once`` and ``prn`` are words of their own. Fixed phrases stand in ``patterns/units/frequencies.tsv``;
the notation that counts ("six times a day", "every 21 days", "days 1 and 8 of a 28-day cycle") is read here.
"""

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from casemill.errors import NotationError
from casemill.notation.numbers import number_words, read_count
from casemill.resources import load_patterns

__all__ = ["Frequency", "find_frequencies", "frequency_code", "frequency_words"]

_HOURS_A_DAY = Decimal(24)
#: UCUM codes of the periods that a frequency may be told in.
_PERIODS = {"h": "h", "d": "d", "w": "wk", "m": "mo", "y": "a", "f": "wk", "n": "d"}
_PERIOD = r"(?:hours?|hrs?|h|days?|d|weeks?|wks?|w|fortnights?|months?|mo|mths?|years?|yrs?|nights?)"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_FIXED_ENDS = r"(?![\w-]|\.\w|\s(?:later|earlier|ago|after|before|prior|old|of\sage)\b)"
_JOINED = r"\s?(?:,\s?(?:and\s)?|and\s|&\s?|/\s?)"


class Frequency(NamedTuple):
    """How often, at ``text[start:end]`` (half-open characters), as the specification codes it."""

    start: int
    end: int
    code: str


def frequency_code(times: str, every: str, period: str) -> str:
    """The code of ``times`` per ``every`` periods: ``("2", "1", "day")`` is ``2/d``, ``("1", "8", "hours")`` is ``3/d``.

    :raises NotationError: hours that don't divide into days, or a number that can't be read.
    """
    count, interval = Decimal(read_count(times)), Decimal(read_count(every))
    unit = _PERIODS[period.lower()[0]]
    if period.lower().startswith("fortnight"):
        interval *= 2
    if unit == "h":
        count, interval, unit = count * _HOURS_A_DAY / interval, Decimal(1), "d"
        if count < 1:
            count, interval = Decimal(1), 1 / count
    if not count or count != count.to_integral_value() or interval != interval.to_integral_value():
        raise NotationError(f"{times} per {every} {period} is no whole number of times per period")
    return f"{int(count)}/{unit}" if interval == 1 else f"{int(count)}/({int(interval)}.{unit})"


@cache
def _phrases() -> dict[str, str]:
    return {
        spelling: row.canonical
        for row in load_patterns().rows("units/frequencies").values()
        for spelling in row["spellings"].split("|")
    }


@cache
def _expression() -> re.Pattern[str]:
    words = "|".join(
        word
        for word, number in number_words().items()
        if word.isalpha() and word[-2:] != "ce" and 0 < int(number) < 100
    )
    count = rf"(?:\d{{1,2}}|{words})"
    fixed = "|".join(re.escape(s).replace(r"\ ", r"\s+") for s in sorted(_phrases(), key=len, reverse=True))
    return re.compile(
        # every way begins a word, or with a sign of multiplication: the scan looks nowhere else
        rf"""(?:\b|(?=[×/]))(?:(?P<cycle>\bdays?\s(?P<days>\d{{1,2}}(?:{_JOINED}\d{{1,2}}){{0,6}}),?\s
                (?:every|of\s(?:a|each|every)|in\s(?:a|each)|q)\s?(?P<length>\d{{1,2}})[\s-](?:days?|d)(?:[\s-]cycles?)?)
        | (?P<weekdays>\b{_WEEKDAY}(?:{_JOINED}{_WEEKDAY}){{1,6}}|\b(?:every|each)\s{_WEEKDAY}|\bon\s{_WEEKDAY}(?<=s)(?!\w))
        | (?<=\()(?P<scheme>\d-\d-\d(?:-\d)?)(?=\))
        | [x×]\s?(?P<multiplied>\d)\s?(?:/|per\s|a\s)\s?(?P<lap>{_PERIOD})\b
        | (?P<times>(?<![.,])\b{count})[\s-]?(?:times|x|×|doses|injections|infusions|tablets|sessions)\s?
            (?:(?P<adverb>daily|weekly|monthly|yearly)|(?:a|per|/|every|each|in\sa)\s?
                (?:(?P<lapse>{count})\s?)?(?P<per>{_PERIOD}))\b
        | \b(?:(?P<often>once|twice|one\sdose|two\sdoses)\s)?
            (?:every|each|q\.?|at\sintervals\sof(?:\sapproximately|\sabout)?)\s?-?
            (?P<every>{count})?(?:\s?(?:-|to|or)\s?(?P<upper>{count}))?[\s-]?(?P<period>{_PERIOD})\b(?:\sintervals)?
        | (?P<spaced>\b{count})(?:\s?(?:-|to|or)\s?{count})?[\s-](?P<spacing>hourly|hrly|weekly|monthly|daily)\b
        | (?P<interval>\b{count})(?:\s?(?:-|to|or)\s?{count})?[\s-](?P<unit>hours?|days?|weeks?|months?)
            [\s-](?:intervals?|apart)\b
        | (?P<lone>\bonce)(?=\s?[.,;)]|\s(?:and|before|only)\b|\son\s(?:the\s)?\d)
        | (?:(?<![\w.])|(?<=\d)(?=/))(?P<fixed>{fixed}){_FIXED_ENDS}
        )
        """,
        re.VERBOSE | re.IGNORECASE,
    )


_PIECE = re.compile(r"[^\W\d_]+|\d+|[×/]")
_WEEKDAYS = tuple(
    f"{day}day{s}" for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun") for s in ("", "s")
)


@cache
def frequency_words() -> frozenset[str]:
    """Last words of frequencies, units of time among them, in lower case: a sentence without one tells no frequency."""
    lasts = {re.findall(r"[^\W\d_]+", spelling)[-1] for spelling in _phrases()}
    periods = re.findall(r"[a-z]+", re.sub(r"([a-z]+)s\?", r"\1|\1s", _PERIOD))
    return frozenset((*lasts, *periods, *_WEEKDAYS, "hourly", "hrly", "once", "apart"))


@cache
def _beginnings() -> frozenset[str]:
    """First words, signs and digits of frequencies: the expression is tried where one stands and nowhere else."""
    figures = (f"{number:0{digits}}" for digits in (1, 2) for number in range(100))
    return frozenset((*_phrases_by_first(), *_counted_beginnings(), *figures))


@cache
def _counted_beginnings() -> frozenset[str]:
    """Words and signs that begin other frequencies than fixed phrases."""
    led = ("day", "days", "every", "each", "on", "once", "twice", "one", "two", "q", "at", "x", "×", "/")
    return frozenset((*(word for word in number_words() if word.isalpha()), *_WEEKDAYS, *led))


@cache
def _phrases_by_first() -> dict[str, list[str]]:
    """Fixed phrases by their first word, the longest first."""
    by_first: dict[str, list[str]] = {}
    for spelling in sorted(_phrases(), key=len, reverse=True):
        by_first.setdefault(_PIECE.findall(spelling)[0], []).append(re.escape(spelling).replace(r"\ ", r"\s+"))
    return by_first


@cache
def _expression_from(beginning: str) -> re.Pattern[str]:
    """The expression for frequencies that begin so: a short one where only fixed phrases do ("a single dose", "as needed")."""
    if beginning in _counted_beginnings() or beginning.isdigit():
        return _expression()
    fixed = "|".join(_phrases_by_first()[beginning])
    return re.compile(rf"(?<![\w.])(?P<fixed>{fixed}){_FIXED_ENDS}", re.IGNORECASE)


def find_frequencies(text: str, start: int = 0, end: int | None = None) -> list[Frequency]:
    """Frequencies that lie wholly in ``text[start:end]``, in text order; offsets are into ``text``."""
    found: list[Frequency] = []
    stop = len(text) if end is None else end
    beginnings = _beginnings()
    reached = start
    for piece in _PIECE.finditer(text, start, stop):
        beginning = piece[0].lower()
        if beginning not in beginnings or (place := piece.start()) < reached:
            continue
        match = _expression_from(beginning).match(text, place, stop)
        if match is None:
            continue
        reached = max(match.end(), place + 1)
        try:
            code = _code(match)
        except NotationError:
            continue
        if code:
            found.append(Frequency(match.start(), match.end(), code))
    return found


def _code(match: "re.Match[str]") -> str | None:
    if match["fixed"]:
        return _phrases().get(" ".join(match["fixed"].lower().split()))
    if match["cycle"]:
        days = len(re.findall(r"\d+", match["days"]))
        return frequency_code(str(days), match["length"], "days")
    if match["scheme"]:
        # in the morning, at noon, in the evening (and at night): "1-0-1"
        times = sum(dose != "0" for dose in match["scheme"].split("-"))
        return f"{times}/d" if times else None
    if match["lone"]:
        return "once"
    if match["weekdays"]:
        return f"{len(re.findall('day', match['weekdays'].lower()))}/wk"
    if match["multiplied"]:
        return frequency_code(match["multiplied"], "1", match["lap"])
    if match["times"]:
        period = (
            {"dai": "day", "wee": "week", "mon": "month", "yea": "year"}[match["adverb"][:3].lower()]
            if match["adverb"]
            else match["per"]
        )
        return frequency_code(match["times"], match["lapse"] or "1", period)
    if match["spaced"]:
        # "2 daily" and "three weekly": hours, weeks and months between doses, but "daily" counts the doses
        if match["spacing"].lower() == "daily":
            return frequency_code(match["spaced"], "1", "day")
        return frequency_code("1", match["spaced"], match["spacing"])
    if match["interval"]:
        return frequency_code("1", match["interval"], match["unit"])
    often = {"t": "2", "o": "1"}[(match["often"] or "o")[0].lower()]
    return frequency_code(often, match["every"] or "1", match["period"])
