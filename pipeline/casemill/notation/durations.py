"""Durations in words and figures to ISO 8601: ``two weeks`` is ``P2W``, ``72 hours`` is ``P3D``.

Rulings of the specification (sections 5 and 9): a duration keeps the unit it was told in (12 months ``P12M``, one year
``P1Y``); hours from 24 on become days; halves are decimals (``P2.5Y``); of a range the shorter counts; a comparator
before the duration is dropped. Ages (``5-year-old``) and ordinals (``the third day``) are no durations, nor are rates
(``twice a week``, ``every 2 weeks``, ``two weeks apart``).
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from casemill.notation.numbers import number_words, read_count
from casemill.resources import Entry, load_patterns

__all__ = ["Duration", "find_durations", "names_period"]

_HOURS_A_DAY = 24
_FRACTIONS = {"½": Decimal("0.5"), "1/2": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_OF_THE_DAY = ("period.minute", "period.hour")
_HALF = Decimal("0.5")


class Duration(NamedTuple):
    """A duration at ``text[start:end]`` (half-open characters) and its ISO 8601 form."""

    start: int
    end: int
    iso: str


@cache
def _periods() -> dict[str, Entry]:
    """Spellings and abbreviations of units of time with their row in the pattern file."""
    return {
        spelling: row
        for row in load_patterns().rows("units/periods").values()
        for spelling in (row["spellings"] + "|" + row["abbreviations"]).split("|")
        if spelling
    }


@cache
def _units() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Units of time as spelled, the commonest first, and an expression for their abbreviations behind a number."""
    rows = load_patterns().rows("units/periods").values()
    spelled = {spelling.removesuffix("s") for row in rows for spelling in row["spellings"].split("|") if spelling}
    # behind figures only, or "and a half"; a search leaps to the last character of these
    short = rf"[\d½¼¾f][\s-]{{0,3}}(?:{_alternatives('abbreviations')})(?![a-z])"
    return ("day", *sorted(spelled - {"day"})), re.compile(short)


def names_period(text: str) -> bool:
    """Whether ``text`` (lower case) holds a unit of time at all: most sentences hold none, and the expressions are long."""
    spelled, short = _units()
    for unit in spelled:
        if unit in text:
            return True
    return short.search(text) is not None


def _counts() -> str:
    """Source of an expression for what can stand before a unit of time: no multiples ("once"), no powers of ten."""
    units = {
        word: int(number) for word, number in number_words().items() if not word.endswith("ce") and " " not in word
    }
    tens = _by_initial(word for word, number in units.items() if number in range(20, 100, 10))
    ones = _by_initial(word for word, number in units.items() if number in range(1, 10))
    words = _by_initial(word for word, number in units.items() if 0 < number < 100)
    # "and" is no day, though "an" and "d" make it up
    return rf"{tens}[-\s]{ones}|{words}|an?(?!d\b)"


def _by_initial(words: Iterable[str]) -> str:
    """Source of an expression for any of ``words``, the longest first: what begins with none is passed over by a letter."""
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        rests.setdefault(word[0], []).append(word[1:])
    return "(?:" + "|".join(f"{initial}(?:{'|'.join(listed)})" for initial, listed in rests.items()) + ")"


def _alternatives(column: str) -> str:
    spellings = [s for row in load_patterns().rows("units/periods").values() for s in row[column].split("|") if s]
    return "|".join(sorted(spellings, key=len, reverse=True))


@cache
def _expression() -> re.Pattern[str]:
    words = _counts()
    # figures, and the letters of "half", "a" and the number words: at another character the long branches aren't tried
    first = "".join(sorted({"h", "a", *(word[0] for word in number_words())}))
    dash = "[-‐‑‒–—−]"
    gap = rf"(?:\s?{dash}\s?|\s{{0,2}})"
    return re.compile(
        rf"""(?<![\w.,/^×])(?=[\d½{first}])(?:
            (?P<figure>\d{{1,4}}(?:[.,·]\d{{1,2}})?)(?:\s?(?P<part>½|¼|¾|(?<=\s)1/2))?(?P<mixed>\s+and\s+(?:a|one)[\s-]half)?
              (?:\s?(?:{dash}|to|or|~)\s?\d{{1,4}}(?:[.,·]\d{{1,2}})?)?
            | (?P<bare>½)
            | (?P<half>half\s(?:a|an)(?=\s)|(?:one|a)[\s-]half(?:\s?(?:a|an|of\sa)(?=\s))?|half(?=-))
            | (?P<word>{words})(?P<worded>\s+and\s+(?:a|one)[\s-]half)?(?:(?:{dash}|\s(?:to|or)\s|\sto\s)(?:{words})(?=[\s-]))?
        ){gap}(?P<unit>(?:consecutive\s|whole\s|full\s|calendar\s|successive\s)?(?P<period>{_alternatives("spellings")})
            |(?P<abbreviated>{_alternatives("abbreviations")})\.?)
        (?P<trailing>\sand\sa\shalf)?(?![\w°])""",
        re.VERBOSE,
    )


# An age, or "of age" and "ago" words that follow: the first is none of ours.
_AGE = re.compile(r"[\s‐‑–-]{0,2}(?:old\b|of\s+age\b)")
# A rate: "twice a week", "10 mg an hour", "every 2 weeks" tell how often, not how long.
_OFTEN = re.compile(r"\b(?:every|each|per|q\.?)\s{0,2}$")
_TIMES = re.compile(r"(?:times?|once|twice|thrice|\d|\bm?c?[glμ]|units?|doses?|tablets?|puffs?|drops?)\s+$")
# A distance between doses, or a part of a cycle: "two weeks apart", "four weeks on, two off", "3 weeks of every 4".
_SCHEDULE = re.compile(
    r"[\s-](?:apart\b|on(?=[\s/,]+(?:and\s)?\w+\s(?:\w+\s)?off\b)|off\b|of\s(?:every|each)\s(?:\d|two|three|four|five|six)\b(?!-)|out\sof\s)"
)
_AND = re.compile(r",?\s+(?:and\s+)?$")
# The groups of the expression that a length is told by.
_PARTS = (
    *("figure", "part", "mixed", "bare", "half", "word", "worded"),
    *("period", "abbreviated", "trailing"),
)
_SMALLER = {"Y": 4, "M": 3, "W": 2, "D": 1}


def find_durations(text: str, start: int = 0, end: int | None = None) -> list[Duration]:
    """Durations that lie wholly in ``text[start:end]`` (lower case), in text order; offsets are into ``text``.

    ``two years and three months`` is one duration, ``P2Y3M``. Ages are left out.
    """
    found: list[Duration] = []
    for match in _expression().finditer(text, start, len(text) if end is None else end):
        iso = _iso(match.group(*_PARTS))
        if iso is None or _AGE.match(text, match.end()) or _SCHEDULE.match(text, match.end()) or _is_rate(text, match):
            continue
        if found and (joined := _joined(text, found[-1], match.start(), iso)):
            found[-1] = Duration(found[-1].start, match.end(), joined)
        else:
            found.append(Duration(match.start(), match.end(), iso))
    return found


# A report tells few lengths of time, and the same ones again: what their words mean is kept.
@lru_cache(maxsize=1024)
def _iso(parts: tuple[str | None, ...]) -> str | None:
    match = dict(zip(_PARTS, parts, strict=True))
    spelling = match["period"] or match["abbreviated"] or ""
    if match["abbreviated"] and not match["figure"]:
        return None
    amount = _amount(match)
    if amount is None:
        return None
    period = _periods()[spelling]
    amount *= int(period["factor"])
    designator, time = period.canonical, "T" if period.id in _OF_THE_DAY else ""
    if time and designator == "H" and amount >= _HOURS_A_DAY:
        designator, time, amount = "D", "", amount / _HOURS_A_DAY
    return f"P{time}{_plain(amount)}{designator}"


def _is_rate(text: str, match: "re.Match[str]") -> bool:
    before = text[max(0, match.start() - 10) : match.start()]
    return bool(_OFTEN.search(before) or (match["word"] in ("a", "an") and _TIMES.search(before)))


def _amount(match: Mapping[str, str | None]) -> Decimal | None:
    if match["half"] or match["bare"]:
        return _HALF
    if match["figure"]:
        amount = Decimal(match["figure"].replace(",", ".").replace("·", "."))
        amount += _FRACTIONS.get(match["part"] or "", 0)
        if match["mixed"]:
            amount += _HALF
    else:
        word = match["word"] or ""
        amount = Decimal(1) if word in ("a", "an") else Decimal(read_count(word.replace(" ", "-")))
        if match["worded"]:
            amount += _HALF
    if match["trailing"]:
        amount += _HALF
    return amount if amount else None


def _joined(text: str, first: Duration, start: int, iso: str) -> str | None:
    """``P2Y`` and ``P3M`` as ``P2Y3M`` if only "and", a comma or a space stands between them."""
    between = text[first.end : start]
    if not _AND.fullmatch(between) or "T" in first.iso or "T" in iso:
        return None
    if not (len(between) == 1 or "and" in between):
        return None
    return first.iso + iso[1:] if _SMALLER[first.iso[-1]] > _SMALLER[iso[-1]] else None


def _plain(number: Decimal) -> str:
    shown = f"{number.quantize(Decimal('0.01')):f}" if number != number.to_integral_value() else f"{int(number)}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
