"""What a sentence's laboratory statements are made of: its bounds, the quantities that may be values, and readings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from casemill.components.lab_names import Mention
from casemill.components.lab_references import Reference
from casemill.components.lab_words import LabWords
from casemill.notation.quantities import Quantity, find_quantities
from casemill.notation.units import dimension

__all__ = ["Bounds", "Piece", "Reading", "values_in"]

#: Characters of the text that a cell was read from.
Piece = tuple[int, int]

_WORD_BEFORE = re.compile(r"([a-z]+)\.? ?#?\Z")
# Letters or digits that show a bare number to be a part of something else: "2D", "1 st", "112 00".
_TORN = re.compile(r"[A-Za-z]|[ -]?(?:st|nd|rd|th|D)\b| \d|-[a-z]")
_WORD_AFTER = re.compile(r" (?:of (?:the |his |her )?)?([a-z]+)")
# A list of times of which the number is the first: "at 0, 3 and 6 months".
_TIMED = re.compile(
    r"(?:, \d{1,3}){0,6},? (?:and|or|to) \d{1,3} ?-?(?:days?|weeks?|months?|years?|h|hours?|min|minutes?)\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d\Z")


class Bounds(NamedTuple):
    """The sentence that links are read in: its texts (same offsets) and its half-open characters."""

    plain: str
    folded: str
    start: int
    end: int


@dataclass(slots=True)
class Reading:
    """An analyte with its value, or none; ``end`` is where its words end, reference range and bracket included."""

    mention: Mention
    end: int
    quantity: Quantity | None = None
    unit: str = ""
    unit_at: Piece | None = None
    reference: Reference | None = None
    start: int = 0
    rule: str = ""
    quality: list[str] = field(default_factory=list)
    flag: str = ""
    flag_at: Piece | None = None


def values_in(mentions: list[Mention], bounds: Bounds, words: LabWords) -> list[Quantity]:
    """Quantities that may be values: none inside a name, no dates, ages, times and numbers of days or figures."""
    plain, folded, start, end = bounds
    kept: list[Quantity] = []
    for quantity in _found(mentions, bounds):
        first = quantity.number_at[0]
        if any(m.start <= first < m.end or m.end < first < m.tail for m in mentions):
            continue
        hyphened = plain[first - 1 : first] == "-" and first > 1 and plain[first - 2].isalpha()
        if hyphened and not any(first - 1 in (m.end, m.tail) for m in mentions):
            # "PTH level-210 pg/mL" is a dash, "IL-6" a name
            word = _WORD_BEFORE.search(folded[max(start, first - 15) : first - 1])
            if word is None or word[1] not in words.of("head"):
                continue
        bare = not quantity.unit and _is_no_value(quantity, bounds, words)
        if bare or _is_year(quantity, bounds, words):
            continue
        following = _WORD_AFTER.match(folded, quantity.end, end) if quantity.unit == "%" else None
        if following is not None and following[1] in words.of("relative"):
            continue
        if dimension(quantity.unit) == "time" and not _clocked(quantity, mentions):
            continue
        kept.extend(_steps(quantity, bounds, words))
    return kept


def _is_no_value(quantity: Quantity, bounds: Bounds, words: LabWords) -> bool:
    """Whether a number without a unit counts or names something else: a day, a figure, patients, a citation."""
    plain, folded, start, end = bounds
    first = quantity.number_at[0]
    if _TORN.match(plain, quantity.end, end) or _TIMED.match(folded, quantity.end, end):
        return True
    following = _WORD_AFTER.match(folded, quantity.end, end)
    if following is not None and following[1] in words.of("counted"):
        return True
    if quantity.out_of:
        return folded[max(0, first - 3) : first] == "in "
    named = _WORD_BEFORE.search(folded[max(start, first - 12) : first])
    if (named and named[1] in words.of("numbered")) or _YEAR.match(quantity.value):
        return True
    return plain[first - 1 : first] == "[" and plain[quantity.end : quantity.end + 1] in ("]", ",", "-", "")


def _is_year(quantity: Quantity, bounds: Bounds, words: LabWords) -> bool:
    """Whether what looks like the first value of a change is a year: "5 g/day in May 2016 to 2 g/day"."""
    first = quantity.number_at[0]
    before = max(bounds.start, first - 14)
    changing = quantity.changing and _YEAR.match(quantity.value) is not None
    return changing and words.before_year.search(bounds.folded, before, first) is not None


def _found(mentions: list[Mention], bounds: Bounds) -> Iterator[Quantity]:
    """All quantities; behind a name that ends in a number, those that its number would swallow: "factor 1 of 476 ng/mL"."""
    plain, _, start, end = bounds
    for quantity in find_quantities(plain, start, end, attached=True):
        first = quantity.number_at[0]
        name = next((m for m in mentions if m.start <= first < m.end < quantity.end), None)
        yield from find_quantities(plain, name.end, min(end, quantity.end + 24))[:1] if name is not None else [quantity]


def _steps(quantity: Quantity, bounds: Bounds, words: LabWords) -> list[Quantity]:
    """``65 to 80 mmHg`` told as a change is two values; everything else stays."""
    if not quantity.value_high or quantity.high_at is None:
        return [quantity]
    joint = bounds.folded[quantity.number_at[1] : quantity.high_at[0]]
    before = bounds.folded[max(bounds.start, quantity.start - 200) : quantity.start]
    if " to " not in joint or words.any(before[-40:], "ranging") or not words.any(before, "moving"):
        return [quantity]
    first = quantity._replace(end=quantity.number_at[1], value_high="", high_at=None, changing=True)
    second = quantity._replace(
        start=quantity.high_at[0],
        value=quantity.value_high,
        number_at=quantity.high_at,
        value_high="",
        high_at=None,
        comparator="",
        comparator_at=None,
        changing=True,
    )
    return [first, second]


def _clocked(quantity: Quantity, mentions: list[Mention]) -> bool:
    """Whether a time may be the value of an analyte that is measured in time (``aPTT 69 s``)."""
    before = [m for m in mentions if m.end <= quantity.start]
    return any(quantity.unit in m.units for m in before[-4:])
