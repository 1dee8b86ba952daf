"""Doses as prints write them: ``30 mg/day``, ``0.5-1 mg/kg``, ``5 to 10 μg/kg/min``, ``2 × 10^7 cells``, ``two tablets``.

A dose is a number (or a range) with a unit of ``patterns/units/doses.tsv``, perhaps per body weight or surface and per
time. Per minute or hour is a rate and belongs to the unit (``ug/kg/min``); per day, week, month or year is a frequency
(specification, section 5). Concentrations (``mg/dL``, ``U/L``) are no doses. All functions expect text with plain dashes
and spaces in lower case (:func:`casemill.components.narrative.fold` keeps its length).
"""

import re
from collections.abc import Iterable, Set
from functools import cache
from typing import NamedTuple

from casemill.errors import NotationError
from casemill.notation.frequencies import frequency_code
from casemill.notation.numbers import NUMBER, number_words, read_count, read_number
from casemill.notation.units import any_of
from casemill.resources import Entry, load_patterns

__all__ = ["Dosage", "find_dosages", "may_tell_dose"]

Piece = tuple[int, int]

_PER = r"(?:\s?/\s?|\s?\bper\s|\s?[·∙・]\s?)"
_AREA = r"m\s?(?:2|²|\^2|\(2\))(?![0-9])|sqm|square\sme(?:ter|tre)s?|bsa"
_SIZE = (
    rf"(?:kg|kilogram|kilo|{_AREA}|body)(?!(?!x\s?\d)[a-z])(?:\s?-1)?"
    r"(?:\s?(?:of\s)?(?:body\s?(?:weight|surface\sarea|surface)|bw|bsa))?"
)
_TIME = (
    r"(?:(?:[2-9]|[1-9]\d)\s?(?:weeks?|wks?|months?|days?|hours?|hrs?|h)|24\s?h(?:ours?)?|days?|d|die|hours?|hr|h|minutes?|min|mn"
    r"|weeks?|wk|w|months?|mo|years?|yr|doses?|time|infusion|injection|cycle)(?![a-z0-9])(?:\s?-1)?"
)
_CELLS = r"(?:[a-z0-9+/-]{1,20}\s){0,3}?cells?(?![a-z])"
# "2000 ug/0.5 mL" is a dose and the volume it was given in; "12 ng per milliliter" is a concentration
_VOLUME = r"\d[\d.]{0,4}\s?(?:ml|cc)\b"
_LITER = r"(?:milli|deci|micro)?(?:liter|litre|l)\b"
_FREQUENCIES = {
    "24": "1/d",
    "da": "1/d",
    "d": "1/d",
    "di": "1/d",
    "we": "1/wk",
    "wk": "1/wk",
    "w": "1/wk",
    "mo": "1/mo",
    "ye": "1/a",
    "yr": "1/a",
}
_RATES = {"ho": "h", "hr": "h", "h": "h", "mi": "min", "mn": "min"}


class Dosage(NamedTuple):
    """A dose at ``text[start:end]`` (half-open characters), each cell as rows print it with the pieces it was read from."""

    start: int
    end: int
    dose: str
    dose_high: str
    unit: str
    kind: str
    frequency: str
    dose_piece: Piece
    high_piece: Piece | None
    unit_piece: Piece
    frequency_piece: Piece | None


@cache
def _units() -> dict[str, Entry]:
    return {
        spelling: row
        for row in load_patterns().rows("units/doses").values()
        for spelling in row["spellings"].split("|")
    }


def may_tell_dose(said: Set[str]) -> bool:
    """Whether a sentence in lower case that has the words ``said`` may tell a dose: it names a unit of doses, or cells."""
    return not said.isdisjoint(_unit_words())


@cache
def _unit_words() -> frozenset[str]:
    """The last word of each unit; of "μg" the letter that is no Greek one."""
    return frozenset(("cell", "cells", *(re.findall(r"[a-z]+", spelling)[-1] for spelling in _units())))


@cache
def _counts() -> str:
    """Source of an expression for numbers in words."""
    return any_of(word for word, number in number_words().items() if word.isalpha() and 0 < int(number) < 100)


@cache
def _words() -> re.Pattern[str]:
    """Where a dose may begin that is told in words."""
    return re.compile(rf"(?:{_counts()})(?=\s)")


@cache
def _expression() -> re.Pattern[str]:
    units = any_of(_units()).replace(r"\ ", r"\s")
    counted = any_of(
        u
        for u, row in _units().items()
        if row["kind"] in ("count", "activity", "mass") and (len(u) > 3 or u in ("mg", "iu"))
    )
    return re.compile(
        rf"""(?<![\w.,/^+])(?:(?P<multiple>\d)\s?[x×]\s?(?=\d))?
            (?: (?P<low>{NUMBER})(?:\s?(?:{units})(?![a-z])(?=\s?(?:-|to\b)))?
                (?:\s?(?:-|to|~)\s?(?P<high>{NUMBER}))?
                (?:\s?-?\s?(?P<unit>{units})(?![a-z0-9²^])
                  (?P<size>{_PER}{_SIZE})?(?P<time>(?:{_PER}|\s?(?:a|every)\s){_TIME})?(?P<late>{_PER}{_SIZE})?
                 |\s?[x×]\s?10\s?\^?\s?(?P<power>\d{{1,2}})\s?(?:/\s?(?P<percell>kg)\s)?(?P<cells>{_CELLS})(?P<cellsize>{_PER}kg(?![a-z]))?)
              | (?P<word>{_counts()})\s(?:(?P<times>hundred|thousand)\s)?(?P<counted>{counted})(?![a-z])
            )(?!\s?/\s?(?!dose|infusion|injection|cycle|time|vial|{_VOLUME})[a-z0-9]|\sper\s{_LITER})""",
        re.VERBOSE,
    )


_PREPOSED = re.compile(r"^\s?(?:/|per\b|[·∙・]|a\s|every\s)\s?")
# "from 60 to 10 mg", "between doses of 60 to 10 mg": two steps
_FROM = re.compile(r"\bfrom(?:\s[a-z]+){0,3}\s$")
_EVERY = re.compile(r"([2-9]|[1-9]\d)\s?([a-z]+)")
_DIGIT = re.compile(r"\d")
_MILLIGRAMS = re.compile(r"mg\b")
# a figure, with the point before it
_FIGURE = re.compile(r"[\d.]\d*")
# what a dose is told in where no digit stands
_WORDED = ("gram", "million", "tablet", "pill", "capsule", "puff", "drop", "vial", "ampoule", "ampule", "unit")


def find_dosages(text: str, start: int = 0, end: int | None = None) -> list[Dosage]:
    """Doses that lie wholly in ``text[start:end]``, in text order; offsets are into ``text``."""
    stop = len(text) if end is None else end
    figures: Iterable[re.Match[str]] = ()
    if _DIGIT.search(text, start, stop):
        figures = _FIGURE.finditer(text, start, stop)
    elif not _tells_any(text[start:stop]):
        return []
    places = sorted([m.start() for numbers in (figures, _words().finditer(text, start, stop)) for m in numbers])
    found: list[Dosage] = []
    reached = start
    for place in places:
        match = _expression().match(text, place, stop) if place >= reached else None
        if match is None:
            continue
        reached = match.end()
        try:
            found.extend(_dosages(match))
        except NotationError:
            continue
    return found


def _tells_any(sentence: str) -> bool:
    """Whether a sentence without a digit may tell a dose."""
    return any(word in sentence for word in _WORDED) or ("mg" in sentence and _MILLIGRAMS.search(sentence) is not None)


def _dosages(match: "re.Match[str]") -> list[Dosage]:
    """The dose that ``match`` writes; two of them for a step "from 60 to 10 mg", which is no range."""
    if match["word"]:
        row = _units()[match["counted"]]
        pieces = (
            (match.start("word"), match.end("times") if match["times"] else match.end("word")),
            match.span("counted"),
        )
        return [
            Dosage(
                *match.span(),
                str(int(read_count(match["word"])) * int(read_count(match["times"] or "one"))),
                "",
                row.canonical,
                row["kind"],
                "",
                pieces[0],
                None,
                pieces[1],
                None,
            )
        ]
    low, high = read_number(match["low"]), read_number(match["high"]) if match["high"] else ""
    unit, kind, unit_piece = _unit(match)
    frequency, frequency_piece = _frequency(match)
    first = match.span("low")
    if high:
        second = match.span("high")
        if float(high) <= float(low) or _FROM.search(match.string, max(0, match.start() - 30), match.start()):
            return [
                Dosage(
                    match.start(), first[1], low, "", unit, kind, frequency, first, None, unit_piece, frequency_piece
                ),
                Dosage(
                    second[0], match.end(), high, "", unit, kind, frequency, second, None, unit_piece, frequency_piece
                ),
            ]
        return [Dosage(*match.span(), low, high, unit, kind, frequency, first, second, unit_piece, frequency_piece)]
    return [Dosage(*match.span(), low, "", unit, kind, frequency, first, None, unit_piece, frequency_piece)]


def _unit(match: "re.Match[str]") -> tuple[str, str, Piece]:
    """UCUM code of the unit, what kind it is, and where it stands (the exponent of a cell dose belongs to it)."""
    if match["power"]:
        unit = f"10*{match['power']}{{cells}}" + ("/kg" if match["percell"] or match["cellsize"] else "")
        return (
            unit,
            "cells",
            _trim(match.string, (match.end("high") if match["high"] else match.end("low"), match.end())),
        )
    row = _units()[" ".join(match["unit"].split())]
    unit, start, end = row.canonical, *match.span("unit")
    if size := _size(match["size"] or match["late"] or ""):
        unit += f"/{size}"
        end = match.end("size") if match["size"] else match.end("late")
    if match["time"] and (rate := _RATES.get(_lapse(match))):
        unit += f"/{rate}"
        end = match.end("time")
    return unit, row["kind"], (start, end)


def _frequency(match: "re.Match[str]") -> tuple[str, Piece | None]:
    frequency = _FREQUENCIES.get(_lapse(match), "") if match["time"] else ""
    if match["time"] and (every := _EVERY.match(_PREPOSED.sub("", match["time"]))):
        frequency = frequency_code("1", every[1], every[2])
    if match["multiple"] and frequency == "1/d":
        return f"{match['multiple']}/d", match.span("multiple")
    return frequency, _trim(match.string, match.span("time")) if frequency else None


def _lapse(match: "re.Match[str]") -> str:
    """The first two letters of the time that a dose is told per."""
    return _PREPOSED.sub("", match["time"]).removesuffix("-1")[:2].strip()


def _trim(text: str, piece: Piece) -> Piece:
    start, end = piece
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _size(text: str) -> str:
    """``kg``, ``m2``, or blank for "per body" and nothing."""
    bare = _PREPOSED.sub("", text)
    if not bare or bare.startswith("body"):
        return ""
    return "kg" if bare.startswith(("kg", "kilo")) else "m2"
