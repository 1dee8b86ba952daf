"""How much of an antibody: values with their units and printed ranges, courses of values, values told respectively."""

import re
from dataclasses import dataclass, field
from functools import cache

from casemill.components.antibody_ranges import read_range
from casemill.components.antibody_samples import ASSAYS
from casemill.components.antibody_words import Words
from casemill.components.grids import Cell
from casemill.components.narrative import Narrative
from casemill.components.texts import fold
from casemill.errors import NotationError
from casemill.notation.numbers import NUMBER, read_number
from casemill.notation.titres import COMPARATOR, find_titres, read_comparator
from casemill.resources import Patterns

__all__ = ["VALUE", "Measure", "read_cell", "read_measure", "read_number_at", "read_titre"]

_UNITS = "antibodies/units"

#: A number with its comparator.
VALUE = re.compile(
    rf"(?<![\w.:/-])(?P<sign>{COMPARATOR})?\s?(?P<number>{NUMBER})(?![\d:])(?:\s?(?:-|to)\s?(?:{NUMBER})(?=\s?[A-Za-z]))?"
)
_INTENSITY = re.compile(
    rf"\b(?P<unit>MFI|[Mm]ean fluorescen(?:ce|t) intensity)\b(?: \(MFI\))?[\s:=]{{0,2}}(?:of |was |at |were )?"
    rf"(?P<value>(?P<sign>{COMPARATOR})?\s?(?P<number>{NUMBER}))"
)
_INTENSITY_OF = re.compile(
    rf"(?P<unit>MFI) of (?:the |these |her |his |its )?(?:[A-Za-z-]+ ){{0,2}}[A-Za-z-]+ [a-z ]{{0,25}}"
    rf"(?P<value>(?P<sign>{COMPARATOR})?\s?(?P<number>{NUMBER}))"
)
_GRADE = re.compile(r"(?<![\w.+])(?P<digit>[1-4])\s?\+(?![\w/])|(?<![\w+])(?P<plus>\+{2,4})(?![\w+])")
_MISFITS = re.compile(
    r"\s?(?:-\s?)?(?:%|years?|yrs?|months?|weeks?|days?|hours?|h\b|patients?|cases?|of \d|times|fold"
    r"|(?:and|or) [\d.]+ (?:times|fold)|kg|mm\b|cm\b|st\b|th\b|nd\b|rd\b|°|-?kDa)"
)
# A unit told before its number: "an optical density of 2.4", "index 5.6".
_LED = re.compile(
    r"\b(?:(?P<od>od|optical density)|(?P<index>index|s/co|coi))(?:\s(?:values?|of|was|at)){0,2}[\s:=(]{1,3}$"
)
_COUNTED = re.compile(r"\s(?:patients|cases|(?:out )?of (?:the )?\d+)")
_REACH = 110


@dataclass(slots=True)
class Measure:
    """A value as rows print it, with the pieces of text it was read from; ``result`` is what its printed range says.

    ``boxed``: it stands in brackets of its own.
    """

    value: str
    unit: str
    pieces: list[list[int]]
    unit_pieces: list[list[int]]
    result: str = ""
    result_pieces: list[list[int]] = field(default_factory=list)
    quality: list[str] = field(default_factory=list)
    boxed: bool = False
    end: int = 0


def read_measure(narrative: Narrative, start: int, stop: int, words: Words, patterns: Patterns) -> Measure | None:
    """The value that stands behind an antibody between ``start`` and ``stop``, nothing but filling words before it."""
    text, folded = narrative.plain, narrative.folded
    stop = min(stop, start + _REACH)
    if intensity := _intensity(text, start, stop):
        return intensity
    found = read_titre(text, start, stop) or _grade(text, start, stop)
    other = _number(text, folded, start, stop, patterns)
    if found is None or (other is not None and other.pieces[0][0] < found.pieces[0][0]):
        found = other
    if found is None:
        return None
    _read_worded(folded, found, words)
    between = words.words(_without_assays(narrative, start, found.pieces[0][0]), 0, _REACH)
    if ";" in text[start : found.pieces[0][0]] or not words.only(between, "filler"):
        return None
    found.boxed = text[: found.pieces[0][0]].endswith("(")
    said = read_range(text, folded, found.value, found.end, stop + 60)
    if said is not None and said[0]:
        found.result, found.result_pieces = said[0], [*found.pieces, said[1]]
    return found


def read_cell(narrative: Narrative, cell: Cell, unit: Cell | None, patterns: Patterns) -> Measure | None:
    """The value that is all of a table's cell; ``unit`` is where its unit is told elsewhere in the table."""
    text = narrative.plain
    found = read_titre(text, cell.start, cell.end) or _grade(text, cell.start, cell.end)
    if found is None and (match := VALUE.search(text, cell.start, cell.end)):
        found = read_number_at(narrative, match, patterns)
        if (
            found is not None
            and not found.unit
            and unit is not None
            and (read := _unit(narrative.folded, unit.start, patterns))
        ):
            found.unit, found.unit_pieces, found.quality = read[1], [list(unit)], []
    if found is None:
        return None
    around = text[cell.start : found.pieces[0][0]] + text[max(found.end, found.pieces[0][1]) : cell.end]
    return found if not any(c.isalnum() for c in around) else None


def read_number_at(narrative: Narrative, match: "re.Match[str]", patterns: Patterns) -> Measure | None:
    """The value of a number that ``VALUE`` found, with the unit behind it; ``None`` if it counts something else."""
    try:
        value = read_comparator(match["sign"] or "") + read_number(match["number"])
    except NotationError:
        return None
    pieces = [[match.start("sign") if match["sign"] else match.start("number"), match.end("number")]]
    unit = _unit(narrative.folded, match.end(), patterns)
    if unit is None and _MISFITS.match(narrative.folded, match.end("number")):
        return None
    if unit is None:
        return Measure(value, "", pieces, [], quality=["unit_missing:unit"], end=match.end("number"))
    return Measure(value, unit[1], pieces, [[match.end(), unit[0]]], end=unit[0])


def _without_assays(narrative: Narrative, start: int, end: int) -> str:
    text = narrative.folded[start:end]
    for term in reversed(narrative.terms_in(ASSAYS, start, end)):
        text = text[: term.start - start] + text[term.end - start :]
    return text


def _read_worded(folded: str, found: Measure, words: Words) -> None:
    """ "less than 20": the comparator in words joins the value."""
    begin = found.pieces[0][0]
    before = folded[max(0, begin - 16) : begin].rstrip()
    if found.value[:1].isdigit():
        for sign, kind in (("<", "less"), (">", "more")):
            for phrase in words.phrases(kind):
                if before.endswith(f" {phrase}"):
                    found.value = f"{sign}{found.value}"
                    found.pieces[0][0] = folded.rindex(phrase, 0, begin)
                    return


def _intensity(text: str, start: int, stop: int) -> Measure | None:
    """ "MFI 14,500", "the MFI of the antibody fell to 6,200": a fluorescence that stands before its number."""
    before = max(0, text.rfind("MFI", max(0, start - _REACH), start))
    match = _INTENSITY.search(text, start, stop) or _INTENSITY_OF.match(text, before, stop)
    if match is None or ";" in text[start : match.start("number")] or match.end() <= start:
        return None
    value = read_comparator(match["sign"] or "") + read_number(match["number"])
    unit = [match.start("unit"), match.end("unit")]
    return Measure(value, "{MFI}", [[match.start("value"), match.end("number")]], [unit], end=match.end())


def read_titre(text: str, start: int, stop: int) -> Measure | None:
    """The first titre in ``text[start:stop]``."""
    for titre in find_titres(text, start, stop):
        return Measure(titre.value, "titre", [[titre.start, titre.end]], [[titre.start, titre.end]], end=titre.end)
    return None


def _grade(text: str, start: int, stop: int) -> Measure | None:
    match = _GRADE.search(text, start, stop)
    if match is None:
        return None
    value = match["digit"] or str(len(match["plus"]))
    return Measure(value, "{+}", [list(match.span())], [list(match.span())], result="positive", end=match.end())


def _number(text: str, folded: str, start: int, stop: int, patterns: Patterns) -> Measure | None:
    match = VALUE.search(text, start, stop)
    counted = False
    while match is not None and (count := _COUNTED.match(folded, match.end("number"))):
        match, counted = VALUE.search(text, count.end(), stop), True
    if match is None or _GRADE.match(text, match.start("number")):
        return None
    try:
        value = read_comparator(match["sign"] or "") + read_number(match["number"])
    except NotationError:
        return None
    begin = match.start("sign") if match["sign"] else match.start("number")
    pieces = [[begin, match.end("number")]]
    if led := _LED.search(folded, max(start, begin - 26), begin):
        unit_code = "{OD}" if led["od"] else "{index}"
        return Measure(
            value, unit_code, pieces, [list(led.span("od" if led["od"] else "index"))], end=match.end("number")
        )
    if unit := _unit(folded, match.end(), patterns):
        end, code = unit
        unit_start = match.end() + len(text[match.end() : end]) - len(text[match.end() : end].lstrip())
        return Measure(value, code, pieces, [[unit_start, end]], end=end)
    before = folded[max(start, begin - 12) : begin]
    if (
        counted
        or _MISFITS.match(folded, match.end("number"))
        or not (
            (match["sign"] and not folded[start:begin].strip())
            or re.search(r"[(:=]\s?$|tit(?:er|re)s?\b|levels?\b|\bof\s?$|index|value|\b(?:was|is)\s$", before)
        )
    ):
        return None
    if re.match(r"\s?[^\W\d_]", text[match.end("number") :]) and not re.match(
        r"\s(?:and|or|in|by|on|at|with|but|which)\b|\s?\)", text[match.end("number") :]
    ):
        return None
    if re.fullmatch(r"(?:19|20)\d\d", match["number"]):
        return None
    return Measure(value, "", pieces, [], quality=["unit_missing:unit"], end=match.end("number"))


@cache
def _unit_table(patterns: Patterns) -> dict[str, str]:
    return {
        fold(word).replace(" ", ""): row.canonical
        for row in patterns.rows(_UNITS).values()
        for word in row["words"].split("|")
    }


_UNIT = re.compile(r"\s?[a-zμ%{\[.·'-]{1,16}(?:\s?[a-z.]{1,16}){0,2}(?:\s?/\s?[a-z]{1,11})?")


def _unit(folded: str, offset: int, patterns: Patterns) -> tuple[int, str] | None:
    """End and UCUM code of the longest unit at ``offset``."""
    match = _UNIT.match(folded, offset, offset + 40)
    if match is None:
        return None
    table = _unit_table(patterns)
    for end in range(match.end(), offset, -1):
        if end < len(folded) and folded[end].isalnum() and folded[end - 1].isalnum():
            continue
        spelled = folded[offset:end].replace(" ", "")
        code = table.get(spelled) or table.get(spelled.rstrip("."))
        if code:
            return offset + len(folded[offset:end].rstrip()), code
    return None
