"""Reference ranges printed after a value: ``(normal 15-41 U/L)``, ``N < 5``, ``[0.5-2.2]``, ``(ULN 40)``."""

import re
from functools import cache
from typing import NamedTuple

from casemill.components.lab_words import LabWords
from casemill.notation.quantities import Quantity, find_quantities
from casemill.notation.units import Unit, any_of, dimension, read_unit

__all__ = ["Reference", "read_reference", "reference_in"]


_TIGHT = re.compile(r" ?[)\]]")
_CLOSING = re.compile(r"[^()\[\]\d]{0,24}[)\]]")


class Reference(NamedTuple):
    """What follows a value up to ``end``: its reference range, with the characters of each bound, and a unit after it.

    ``low`` and ``high`` are blank where the bracket only repeats the value in another unit.
    """

    end: int
    low: str = ""
    low_at: tuple[int, int] | None = None
    high: str = ""
    high_at: tuple[int, int] | None = None
    unit: Unit | None = None


@cache
def _expression(words: LabWords) -> "re.Pattern[str]":
    cues = any_of({cue.lower() for cue in words.reference_cues})
    lead, short = r"(?i:the|with a|with|a|laboratory|lab|our|adult|local)\s", r"(?-i:N|NR|NV|n|ULN|LLN|RR|RI|RV|VN)"
    return re.compile(
        # the rest is dear, and behind most values neither a bracket nor a cue stands
        rf"(?=\s*[,;]?\s*(?:[(\[]|{lead}|{short}(?![\w-])|(?i:{cues})))"
        rf"\s*[,;]?\s*(?P<open>[(\[])?\s*(?P<cue>(?:{lead})?(?:{short}|(?i:{cues}))(?![\w-]))?"
        r"(?:\s?\([A-Za-z]{1,3}\))?(?:\s(?:for|in) [a-z]{3,10}(?: [a-z]{3,10})?)?"
        r"\s*[:=,]?\s*(?:(?:is|was|being|are|of|from|between|value|range|level|should be|for age)\s*){0,2}[:,]?\s*"
        r"(?=[\d.<>≤≥≦⩽=-]|up to|less|more|below|under|above|greater|at least)"
    )


def read_reference(text: str, position: int, limit: int, unit: str, words: LabWords) -> Reference | None:
    """The reference range or second unit printed at ``position``, right after a value with ``unit``."""
    match = _expression(words).match(text, position, limit)
    if match is None or not (match["cue"] or match["open"]):
        return None
    found = find_quantities(text, match.end(), min(limit, match.end() + 60))
    if not found or found[0].start > match.end() + 1:
        return None
    bound = _rejoined(text, found)
    close = _close(text, bound.end, limit) if match["open"] else bound.end
    if match["cue"] is None:
        tight = _TIGHT.match(text, bound.end, limit)
        return _without_cue(text, bound, tight.end() if tight else None, unit, limit)
    if unit and bound.unit and bound.unit != unit and not _same_scale(unit, bound.unit):
        return Reference(close or bound.end)
    low, high = _bounds(bound, match["cue"].lower())
    after = None if unit or bound.unit or not close else read_unit(text, close, limit)
    if not low and not high:
        return Reference(close or bound.end)
    return _reference(bound, low, high, close or bound.end, after or _own(bound, unit))


def _rejoined(text: str, found: list[Quantity]) -> Quantity:
    """The first bound; two numbers with a space between them are a range whose dash the print lost: ``range, 0 37 U/mL``."""
    first = found[0]
    if len(found) < 2 or first.unit or first.value_high or first.comparator or found[1].value_high:
        return first
    second = found[1]
    if text[first.end : second.start] != " " or not second.unit:
        return first
    return second._replace(
        start=first.start,
        value=first.value,
        number_at=first.number_at,
        value_high=second.value,
        high_at=second.number_at,
    )


def reference_in(text: str, start: int, end: int) -> Reference | None:
    """The only range or limit told in ``text[start:end]``, a table's cell; ``None`` where there is none, or one a sex."""
    found = [q for q in find_quantities(text, start, end) if q.value_high or q.comparator in ("<", "<=", ">", ">=")]
    if len(found) != 1 or found[0].changing:
        return None
    low, high = _bounds(found[0], "")
    return _reference(found[0], low, high, found[0].end, _own(found[0], "")) if low or high else None


def _without_cue(text: str, bound: Quantity, close: int | None, unit: str, limit: int) -> Reference | None:
    """A bracket without a word: a range is the reference range, a quantity in another unit the same value again."""
    if close is None:
        return None
    if bound.unit and unit and bound.unit != unit and not _same_scale(unit, bound.unit):
        first, second = dimension(unit), dimension(bound.unit)
        alternate = first == second or {first.split("/")[0], second.split("/")[0]} <= {
            "mass",
            "amount",
            "activity",
            "ratio",
        }
        return Reference(close) if alternate and "%" not in (unit, bound.unit) else None
    if (bound.value_high and not bound.changing) or (bound.comparator in ("<", "<=", ">", ">=") and unit):
        low, high = _bounds(bound, "")
        after = None if unit or bound.unit else read_unit(text, close, limit)
        return _reference(bound, low, high, after.end if after else close, after or _own(bound, unit))
    return None


def _own(bound: Quantity, unit: str) -> Unit | None:
    """The range's unit, where the value itself has none."""
    return Unit(*bound.unit_at, bound.unit) if bound.unit and bound.unit_at and not unit else None


def _same_scale(first: str, second: str) -> bool:
    return first.replace("[iU]", "U") == second.replace("[iU]", "U")


def _bounds(bound: Quantity, cue: str) -> tuple[str, str]:
    if bound.value_high:
        return bound.value, bound.value_high
    if bound.comparator in ("<", "<=") or "upper" in cue or cue == "uln" or "cut" in cue:
        return "", bound.value
    if bound.comparator in (">", ">=") or "lower" in cue or cue == "lln":
        return bound.value, ""
    return "", ""


def _reference(bound: Quantity, low: str, high: str, end: int, unit: Unit | None) -> Reference:
    high_at = bound.high_at or bound.number_at
    return Reference(end, low, bound.number_at if low else None, high, high_at if high else None, unit)


def _close(text: str, position: int, limit: int) -> int | None:
    """The character after the bracket that closes within a few words, or ``None``."""
    match = _CLOSING.match(text, position, limit)
    return match.end() if match else None
