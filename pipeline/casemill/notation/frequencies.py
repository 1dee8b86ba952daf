"""How often a drug is taken: ``twice daily``, ``q8h``, ``every 3 weeks`` to times per period (``2/d``, ``3/d``, ``1/(3.wk)``).

Codes and rulings are those of the specification (section 5): hours are turned into days, of a range of intervals the
shorter counts, ``once`` and ``prn`` are words of their own. Fixed phrases stand in ``patterns/units/frequencies.tsv``;
the notation that counts ("six times a day", "every 21 days", "days 1 and 8 of a 28-day cycle") is read here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from casemill.errors import NotationError
from casemill.notation.numbers import number_words, read_count
from casemill.notation.units import any_of
from casemill.resources import load_patterns

__all__ = ["Frequency", "find_frequencies", "frequency_code", "may_tell_frequency"]

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
def _ways() -> tuple[tuple[frozenset[str], str], ...]:
    """The ways to tell a frequency but by a fixed phrase: the words, signs and digits that one begins with, and its source.

    What comes first here is tried first.
    """
    figures = {f"{number:0{digits}}" for digits in (1, 2) for number in range(100)}
    numbers = [word for word in number_words() if word.isalpha()]
    words = any_of(word for word in numbers if word[-2:] != "ce" and 0 < int(number_words()[word]) < 100)
    count = rf"(?:\d{{1,2}}|{words})"
    cycle = rf"""(?P<cycle>\bdays?\s(?P<days>\d{{1,2}}(?:{_JOINED}\d{{1,2}}){{0,6}}),?\s
        (?:every|of\s(?:a|each|every)|in\s(?:a|each)|q)\s?(?P<length>\d{{1,2}})[\s-](?:days?|d)(?:[\s-]cycles?)?)"""
    weekdays = rf"""(?P<weekdays>\b{_WEEKDAY}(?:{_JOINED}{_WEEKDAY}){{1,6}}
        |\b(?:every|each)\s{_WEEKDAY}|\bon\s{_WEEKDAY}(?<=s)(?!\w))"""
    scheme = r"(?<=\()(?P<scheme>\d-\d-\d(?:-\d)?)(?=\))"
    multiplied = rf"[x×]\s?(?P<multiplied>\d)\s?(?:/|per\s|a\s)\s?(?P<lap>{_PERIOD})\b"
    times = rf"""(?P<times>(?<![.,])\b{count})[\s-]?(?:times|x|×|doses|injections|infusions|tablets|sessions)\s?
        (?:(?P<adverb>daily|weekly|monthly|yearly)|(?:a|per|/|every|each|in\sa)\s?
            (?:(?P<lapse>{count})\s?)?(?P<per>{_PERIOD}))\b"""
    every = rf"""\b(?:(?P<often>once|twice|one\sdose|two\sdoses)\s)?
        (?:every|each|q\.?|at\sintervals\sof(?:\sapproximately|\sabout)?)\s?-?
        (?P<every>{count})?(?:\s?(?:-|to|or)\s?(?P<upper>{count}))?[\s-]?(?P<period>{_PERIOD})\b(?:\sintervals)?"""
    spaced = rf"""(?P<spaced>\b{count})(?:\s?(?:-|to|or)\s?{count})?[\s-]
        (?P<spacing>hourly|hrly|weekly|monthly|daily)\b"""
    interval = rf"""(?P<interval>\b{count})(?:\s?(?:-|to|or)\s?{count})?[\s-](?P<unit>hours?|days?|weeks?|months?)
        [\s-](?:intervals?|apart)\b"""
    lone = r"(?P<lone>\bonce)(?=\s?[.,;)]|\s(?:and|before|only)\b|\son\s(?:the\s)?\d)"
    counts = figures.union(numbers)
    beginnings: tuple[tuple[Iterable[str], str], ...] = (
        (("day", "days"), cycle),
        (("every", "each", "on", *_WEEKDAYS), weekdays),
        (figures, scheme),
        (("x", "×"), multiplied),
        (counts, times),
        (("once", "twice", "one", "two", "every", "each", "q", "at"), every),
        (counts, spaced),
        (counts, interval),
        (("once",), lone),
    )
    return tuple((frozenset(words), source) for words, source in beginnings)


_PIECE = re.compile(r"[A-Za-z]+|\d+|[×/]")
_WEEKDAYS = tuple(
    f"{day}day{s}" for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun") for s in ("", "s")
)


# words that lead to a unit of time, in all but fixed phrases: "two doses every week", "at intervals of"
_LEADS = frozenset(
    (
        "every",
        "each",
        "q",
        "x",
        "times",
        "doses",
        "injections",
        "infusions",
        "tablets",
        "sessions",
        "interval",
        "intervals",
    )
)


def may_tell_frequency(said: set[str], sentence: str) -> bool:
    """Whether a sentence in lower case that has the words ``said`` may tell a frequency, a scheme ("1-0-1") apart.

    A unit of time alone ("for three months") is none: a word or sign must lead to it.
    """
    telling = _telling_words()
    lasts = said.intersection(telling.lasts)
    if not lasts:
        return False
    if not lasts.isdisjoint(telling.alone):
        return True
    if any(any(map(said.issuperset, telling.phrases.get(last, ()))) for last in lasts):
        return True
    if lasts.isdisjoint(telling.units):
        return False
    if not said.isdisjoint(_LEADS) or "×" in sentence:
        return True
    if "/" in sentence and any(map(sentence.__contains__, telling.stroked)):
        return True
    # "days 1 and 8 of a 28-day cycle"
    return "a" in said and ("day" in said or "days" in said)


class _TellingWords(NamedTuple):
    """What a frequency is told by: words that do so ``alone``, the words of fixed ``phrases`` by the last of each, phrases
    that begin with a stroke ("/day"), and ``units`` of time; each ends with one of ``lasts``.
    """

    alone: frozenset[str]
    phrases: dict[str, list[frozenset[str]]]
    stroked: tuple[str, ...]
    units: frozenset[str]
    lasts: frozenset[str]


@cache
def _telling_words() -> _TellingWords:
    alone = {*_WEEKDAYS, "hourly", "hrly", "once", "apart"}
    phrases: dict[str, list[frozenset[str]]] = {}
    stroked: list[str] = []
    units = set(re.findall(r"[a-z]+", re.sub(r"([a-z]+)s\?", r"\1|\1s", _PERIOD)))
    for spelling in _phrases():
        said = re.findall(r"[a-z]+", spelling)
        if spelling.startswith("/"):
            stroked.append(spelling)
            units.update(said)
        elif len(said) == 1:
            alone.update(said)
        else:
            phrases.setdefault(said[-1], []).append(frozenset(said))
    return _TellingWords(
        frozenset(alone), phrases, tuple(stroked), frozenset(units), frozenset(alone.union(phrases, units))
    )


@cache
def _beginnings() -> frozenset[str]:
    """First words, signs and digits of frequencies: an expression is tried where one stands and nowhere else."""
    return frozenset(_phrases_by_first()).union(*(beginnings for beginnings, _ in _ways()))


@cache
def _phrases_by_first() -> dict[str, list[str]]:
    """Fixed phrases by their first word, the longest first."""
    by_first: dict[str, list[str]] = {}
    for spelling in sorted(_phrases(), key=len, reverse=True):
        by_first.setdefault(_PIECE.findall(spelling)[0], []).append(re.escape(spelling).replace(r"\ ", r"\s+"))
    return by_first


@cache
def _expression_from(beginning: str) -> re.Pattern[str]:
    """The expression for the frequencies that begin so."""
    ways = [source for beginnings, source in _ways() if beginning in beginnings]
    if fixed := _phrases_by_first().get(beginning):
        ways.append(rf"(?:(?<![\w.])|(?<=\d)(?=/))(?P<fixed>{'|'.join(fixed)}){_FIXED_ENDS}")
    return _compiled("|".join(ways))


@cache
def _compiled(ways: str) -> re.Pattern[str]:
    """The expression for any of ``ways``, the same for all beginnings that share them."""
    # every way begins a word, or with a sign of multiplication or division
    return re.compile(rf"(?:\b|(?=[×/]))(?:{ways})", re.VERBOSE | re.IGNORECASE)


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
    told = defaultdict(str, match.groupdict(""))
    if told["fixed"]:
        return _phrases().get(" ".join(told["fixed"].lower().split()))
    if told["cycle"]:
        days = len(re.findall(r"\d+", told["days"]))
        return frequency_code(str(days), told["length"], "days")
    if told["scheme"]:
        # in the morning, at noon, in the evening (and at night): "1-0-1"
        times = sum(dose != "0" for dose in told["scheme"].split("-"))
        return f"{times}/d" if times else None
    if told["lone"]:
        return "once"
    if told["weekdays"]:
        return f"{len(re.findall('day', told['weekdays'].lower()))}/wk"
    if told["multiplied"]:
        return frequency_code(told["multiplied"], "1", told["lap"])
    if told["times"]:
        period = (
            {"dai": "day", "wee": "week", "mon": "month", "yea": "year"}[told["adverb"][:3].lower()]
            if told["adverb"]
            else told["per"]
        )
        return frequency_code(told["times"], told["lapse"] or "1", period)
    if told["spaced"]:
        # "2 daily" and "three weekly": hours, weeks and months between doses, but "daily" counts the doses
        if told["spacing"].lower() == "daily":
            return frequency_code(told["spaced"], "1", "day")
        return frequency_code("1", told["spaced"], told["spacing"])
    if told["interval"]:
        return frequency_code("1", told["interval"], told["unit"])
    often = {"t": "2", "o": "1"}[(told["often"] or "o")[0].lower()]
    return frequency_code(often, told["every"] or "1", told["period"])
