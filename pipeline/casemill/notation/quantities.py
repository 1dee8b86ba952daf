"""Quantities: numbers with comparators, ranges, grades and units (see :mod:`casemill.notation.units`).

Offsets are half-open characters; texts are expected with plain dashes and spaces
(:func:`casemill.components.narrative.plain` keeps their length).
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from casemill.notation.numbers import NUMBER, number_words, read_count, read_number
from casemill.notation.units import Unit, any_of, dimension, read_unit
from casemill.resources import load_patterns

__all__ = ["Quantity", "Unit", "dimension", "find_quantities", "read_unit"]


class Quantity(NamedTuple):
    """A quantity at ``text[start:end]``, all cells as rows print them, with the characters of each piece.

    ``unit`` is blank where none is printed and where it is none of the table's; then ``unknown_unit`` holds the
    characters of what looks like one. ``out_of`` is the maximum of a printed score (``70/88``). ``spread`` is true for a
    mean with a deviation (``9.1 ± 2.0``), of which ``value`` is the mean.
    """

    start: int
    end: int
    value: str
    number_at: tuple[int, int]
    comparator: str = ""
    comparator_at: tuple[int, int] | None = None
    value_high: str = ""
    high_at: tuple[int, int] | None = None
    unit: str = ""
    unit_at: tuple[int, int] | None = None
    unknown_unit: tuple[int, int] | None = None
    out_of: str = ""
    repaired: bool = False
    changing: bool = False
    spread: bool = False


@cache
def _comparators() -> tuple["re.Pattern[str]", dict[str, str], tuple[str, ...]]:
    """The expression for a comparator at the end of a text, what each spelling means, and all spellings."""
    spelled = {term: e.canonical for e in load_patterns().rows("units/comparators").values() for term in e.terms}
    words = any_of(spelled)
    return re.compile(rf"(?:(?<![\w<>=])|(?<=\d))(?i:({words})) ?(?:a |an |the )?\Z"), spelled, tuple(spelled)


@cache
def _word_numbers() -> "re.Pattern[str]":
    words = "|".join(sorted(map(re.escape, number_words()), key=len, reverse=True))
    return re.compile(rf"\b(?i:((?:{words})(?:[- ](?:{words}))?))(?=[- ](?:times|fold|points?)\b)")


@cache
def _ranging() -> "re.Pattern[str]":
    """Verbs before "from" that make two numbers the ends of a range, not of a change."""
    words = "|".join(word for e in load_patterns().rows("units/range_words").values() for word in e["words"].split("|"))
    return re.compile(rf"\b(?:{words}) from (?:a |an |the )?\Z")


# A number that may stand alone: no letter, digit or decimal sign right before it. Thousands whose comma was followed by
# a space in print ("23, 488 U/L") count as one number only with a unit, see _number.
_NUMBER = re.compile(rf"(?<![\w.])(?<!\d,)({NUMBER})")
_FIGURE = re.compile(r"[\d.]\d*")
_DIGITS = re.compile(r"\d+")
_NUMBER_HERE = re.compile(NUMBER)
_SPLIT = re.compile(r"([1-9]\d{0,2}), (\d{3})(?![\d,.])")
# A decimal whose point is followed by a space or line break in print ("9. 7 g/dL"), with a unit only, see _number.
_TORN = re.compile(r"(\d{1,3})(?:\.\s|\s\.|,\s(?=\d(?!\d)))(\d{1,2})(?![\d.,])")
_LOST_POWER = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?(?=(?: |-)10(?:[3469]|12) ?(?:/|cells?\b))")
# A power whose sign of multiplication is a full stop: "33.10^9/L".
_STOPPED_POWER = re.compile(r"\d{1,4}(?=\.10 ?(?:\^|\*\*) ?(?:3|6|9|12) ?/)")
_SPREAD = re.compile(rf" ?± ?{NUMBER}")
_RANGE = re.compile(rf" ?(?:-|\bto\b|~) ?({NUMBER})(?![\w]*-\d)")
_AND_RANGE = re.compile(rf" ?(?:-|\bto\b|\band\b) ?({NUMBER})")
_OUT_OF = re.compile(rf" ?(?:/|\bout of\b|\bof(?: a)?(?: possible| maximum| total)? ?\b) ?({NUMBER})(?![\w/]|\.\d)")
_GRADE = re.compile(r"(?<![\w+])(?:([1-4]) ?\+(?![\w+])|(\+(?: ?\+){0,3})(?![\w+]))")
_UNKNOWN = re.compile(r" ?[A-Za-zμ%][A-Za-zμ.]{0,9} ?/ ?(?:[A-Za-zμ]{1,8}[23³²]?|10)(?![\w])")
_FROM = re.compile(r"\bfrom (?:a |an |the )?(?:[a-z]+ (?:of )?)?\Z")
_BETWEEN = re.compile(r"\bbetween \Z")
_DATE_LIKE = re.compile(r"/\d{1,4}/\d")
_IN_DATE = re.compile(r"\d/(?:\d{1,4}/)?\Z")
# A proportion or a time of the day: "1:2", "10:30"; both its numbers mean something together only.
_PROPORTION, _IN_PROPORTION = re.compile(r":\d"), re.compile(r"(?<![\w.,-])\d{1,4}(?:\.\d{1,2})?:\Z")


def find_quantities(text: str, start: int = 0, end: int | None = None, *, attached: bool = False) -> list[Quantity]:
    """The quantities in ``text[start:end]``, in text order, with and without a unit, none overlapping another.

    Ranges (``20 to 30 mg``, ``20-30 mg``) are one quantity with ``value_high``; ``from 20 to 30 mg`` are two that share
    the unit, each ``changing``. Grades (``3+``, ``(++)``) have the unit ``{+}``; ``six times the upper limit of normal``
    the unit ``{ULN}``. ``attached`` keeps numbers that follow a letter and a hyphen (``Hb-9.2``; but also ``IL-6``).
    """
    limit = len(text) if end is None else end
    found: list[Quantity] = []
    position = start
    graded = text.find("+", start, limit) >= 0
    grades = {m.start(): m for m in _GRADE.finditer(text, start, limit)} if graded else {}
    for place in sorted({*_numbers_in(text, start, limit), *grades, *_words_in(text, start, limit)}):
        if place < position:
            continue
        if place in grades:
            match = grades[place]
            value = match[1] or str(match[2].count("+"))
            spot = (place, match.end(1)) if match[1] else (place, match.end())
            found.append(Quantity(place, match.end(), value, spot, unit="{+}", unit_at=(match.end() - 1, match.end())))
        else:
            found.extend(_quantities_at(text, place, limit, attached=attached))
        position = max(position, found[-1].end if found else position)
    return found


def _numbers_in(text: str, start: int, limit: int) -> list[int]:
    """Where numbers in digits stand; the expression is tried only where digits or a point do."""
    starts: list[int] = []
    reached = start
    for figure in _FIGURE.finditer(text, start, limit):
        place = figure.start()
        if place >= reached and (match := _NUMBER.match(text, place, limit)) is not None:
            starts.append(place)
            reached = match.end()
    return starts


def _words_in(text: str, start: int, limit: int) -> list[int]:
    """Where numbers in words stand that can only be quantities: ``six times normal``, ``ten points``."""
    for word in ("times", "fold", "point"):
        if text.find(word, start, limit) >= 0:
            return [match.start() for match in _word_numbers().finditer(text, start, limit)]
    return []


def _quantities_at(text: str, place: int, limit: int, *, attached: bool) -> Iterator[Quantity]:
    read = _number(text, place, limit)
    if read is None or _dated(text, place, read.end) or _proportional(text, place, read.end):
        return
    if not attached and place > 1 and text[place - 1] == "-" and text[place - 2].isalpha():
        return
    read = _with_sign(text, _with_comparator(text, read))
    low = _with_unit(text, read, limit)
    if "±" in text[low.end : low.end + 2] and (spread := _SPREAD.match(text, low.end, limit)):
        # a mean with its deviation: the unit stands behind both
        wide = _with_unit(text, low._replace(end=spread.end()), limit)
        yield wide._replace(spread=True)
        return
    between = text.endswith("between ", 0, read.start) and _BETWEEN.search(text, read.start - 8, read.start)
    separator = _AND_RANGE if between else _RANGE
    follows = separator.match(text, low.end, limit)
    if follows and not low.out_of and low.unit != "{ULN}":
        high = _number(text, follows.start(1), limit)
        if high is not None:
            high = _with_unit(text, high, limit)
            yield from _pair(text, low, high)
            return
    yield low


def _dated(text: str, place: int, end: int) -> bool:
    """Whether the number is a part of a date with slashes."""
    if text[end : end + 1] != "/" and "/" not in text[max(0, place - 8) : place]:
        return False
    if _DATE_LIKE.match(text, end):
        return True
    before = _IN_DATE.search(text, max(0, place - 8), place)
    return before is not None and (text[end : end + 1] == "/" or before.group().count("/") == 2)


def _proportional(text: str, place: int, end: int) -> bool:
    """Whether the number is a part of a proportion."""
    if text[place - 1 : place] == ":" and _IN_PROPORTION.search(text, max(0, place - 9), place):
        return True
    return _PROPORTION.match(text, end) is not None


def _pair(text: str, low: Quantity, high: Quantity) -> Iterator[Quantity]:
    """Two numbers joined by a dash, ``to`` or ``and``: a range, or a change told with ``from``."""
    unit, unit_at = (high.unit, high.unit_at) if high.unit else (low.unit, low.unit_at)
    changes = _FROM.search(text, max(0, low.start - 24), low.start) and not _ranging().search(
        text, max(0, low.start - 32), low.start
    )
    if changes and " to " in text[low.end - 1 : high.start + 1]:
        yield low._replace(unit=low.unit or unit, unit_at=low.unit_at or unit_at, changing=True)
        yield high._replace(unit=unit, unit_at=unit_at, changing=True)
    elif low.unit and high.unit and low.unit != high.unit:
        yield low
        yield high
    elif _decreasing(low.value, high.value):
        # "fell 65 to 53": no range runs downwards
        yield low._replace(unit=low.unit or unit, unit_at=low.unit_at or unit_at, changing=True)
        yield high._replace(unit=unit, unit_at=unit_at, changing=True)
    else:
        yield low._replace(
            end=high.end,
            value_high=high.value,
            high_at=high.number_at,
            unit=unit,
            unit_at=unit_at,
            unknown_unit=high.unknown_unit,
            repaired=low.repaired or high.repaired,
        )


def _decreasing(low: str, high: str) -> bool:
    try:
        return float(low) > float(high)
    except ValueError:
        return False


def _number(text: str, place: int, limit: int) -> Quantity | None:
    if not text[place].isdigit():
        if words := _word_numbers().match(text, place, limit):
            return Quantity(place, words.end(), read_count(words[1].replace("-", " ")), (place, words.end()))
    elif (damaged := _damaged(text, place, limit)) is not None:
        return damaged
    match = _NUMBER_HERE.match(text, place, limit)
    if match is None:
        return None
    return Quantity(place, match.end(), read_number(match.group()), (place, match.end()))


def _damaged(text: str, place: int, limit: int) -> Quantity | None:
    """A number whose print is damaged: split thousands, a power without its sign, a torn decimal."""
    digits = _DIGITS.match(text, place, limit)
    behind = text[digits.end() : digits.end() + 2] if digits else ""
    if not behind or not (behind[0] in ".,-" or (behind[0].isspace() and behind[1:] in ("1", "."))):
        # most numbers: nothing that damage leaves stands behind them
        return None
    if split := _SPLIT.match(text, place, limit):
        unit = read_unit(text, split.end(), limit)
        if unit is not None and "/" in unit.code:
            return Quantity(place, split.end(), split[1] + split[2], (place, split.end()), repaired=True)
    if lost := _LOST_POWER.match(text, place, limit):
        # "212 103 cells/mL": the second number is a power that lost its superscript
        if text[lost.end()] == "-":
            # "419-104/mm3", no range: a dash stands for the sign of multiplication
            counted = _powered(text, place, lost, limit) if float(lost.group().replace(",", ".")) > 112 else None
            return counted if counted and dimension(counted.unit) == "count/volume" else None
        unit = read_unit(text, lost.end(), limit)
        if unit is not None and unit.code.startswith("10*"):
            return Quantity(place, lost.end(), read_number(lost.group()), (place, lost.end()))
    if stopped := _STOPPED_POWER.match(text, place, limit):
        return _powered(text, place, stopped, limit)
    if torn := _TORN.match(text, place, limit):
        unit = read_unit(text, torn.end(), limit)
        ranged = torn[1] == "0" and _RANGE.match(text, torn.end(), limit)
        if ranged or (unit is not None and "/" in unit.code):
            return Quantity(place, torn.end(), f"{torn[1]}.{torn[2]}", (place, torn.end()), repaired=True)
    return None


def _powered(text: str, place: int, number: "re.Match[str]", limit: int) -> Quantity | None:
    """A number and the power that one other sign parts from it."""
    unit = read_unit(text, number.end() + 1, limit)
    if unit is None or not unit.code.startswith("10*"):
        return None
    at, unit_at = (place, number.end()), (unit.start, unit.end)
    return Quantity(place, unit.end, read_number(number.group()), at, unit=unit.code, unit_at=unit_at, repaired=True)


def _with_comparator(text: str, read: Quantity) -> Quantity:
    expression, spelled, endings = _comparators()
    window = max(0, read.start - 32)
    before = text[window : read.start]
    if not _bare(before.lower()).endswith(endings):
        # a test of endings costs a tenth of the search
        return read
    found = expression.search(before)
    if found is None:
        return read
    at = (window + found.start(1), window + found.end(1))
    return read._replace(start=at[0], comparator=spelled[found[1].lower()], comparator_at=at)


def _bare(before: str) -> str:
    """``before`` without an article and a space at its end."""
    for article in ("a ", "an ", "the "):
        if before.endswith(article) and before[-len(article) - 1 : -len(article)] in ("", " "):
            before = before.removesuffix(article)
            break
    return before.removesuffix(" ")


def _with_sign(text: str, read: Quantity) -> Quantity:
    """A minus right before the number and after a space or bracket belongs to it."""
    first = read.number_at[0]
    if first and text[first - 1] == "-" and (first == 1 or text[first - 2] in " (:=[,"):
        at = (first - 1, read.number_at[1])
        return read._replace(start=min(read.start, first - 1), value=f"-{read.value}", number_at=at)
    return read


def _with_unit(text: str, read: Quantity, limit: int) -> Quantity:
    if read.unit:
        return read
    unit = read_unit(text, read.end, limit)
    if unit is not None:
        return read._replace(
            end=unit.end, unit=unit.code, unit_at=(unit.start, unit.end), repaired=read.repaired or unit.repaired
        )
    if (of := _OUT_OF.match(text, read.end, limit)) and not _DATE_LIKE.match(text, read.end):
        out_of = read_number(of[1])
        if "/" in of.group() and "/" in getattr(read_unit(text, of.end(), limit), "code", ""):
            # two values with one unit: "201/232 U/L"
            shared = read_unit(text, of.end(), limit)
            return read._replace(unit=shared.code, unit_at=(shared.start, shared.end)) if shared else read
        if not _decreasing(read.value, out_of) or "/" in of.group():
            return read._replace(end=of.end(), out_of=out_of)
    if unknown := _UNKNOWN.match(text, read.end, limit):
        at = (unknown.end() - len(unknown.group().lstrip()), unknown.end())
        return read._replace(unknown_unit=at)
    return read
