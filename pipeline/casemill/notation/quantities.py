"""Quantities: numbers with comparators, ranges and units, and units as UCUM codes.

The unit table is ``patterns/units/ucum.tsv``: each row spells an atom (``mg``, ``L``, ``24 h``) or a whole unit
(``mm in the first hour``) and says its kind. What prints build from atoms (``mg/kg/day``, ``mmol L-1``,
``× 10^9/L``, ``K/uL``, ``cells per cubic millimeter``) is put together here, after UCUM's grammar.

Offsets are half-open characters; texts are expected with plain dashes and spaces
(:func:`casemill.components.narrative.plain` keeps their length).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple, TypeAlias

from casemill.notation.numbers import NUMBER, number_words, read_count, read_number
from casemill.resources import Entry, load_patterns

__all__ = ["Quantity", "Unit", "dimension", "find_quantities", "read_unit"]

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
#: Spellings by shared beginnings; the key "" marks where one ends.
_Tree: TypeAlias = "dict[str, _Tree]"
_TIMES = r"[x×X*·∙✕⋅]"


class Unit(NamedTuple):
    """A unit at ``text[start:end]`` and its UCUM ``code``; ``repaired`` where a lost superscript was read."""

    start: int
    end: int
    code: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity at ``text[start:end]``, all cells as rows print them, with the characters of each piece.

    ``unit`` is blank where none is printed and where it is none of the table's; then ``unknown_unit`` holds the
    characters of what looks like one. ``out_of`` is the maximum of a printed score (``70/88``).
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


class _UnitTable(NamedTuple):
    exact: dict[str, Entry]
    folded: dict[str, Entry]
    expression: "re.Pattern[str]"
    kinds: dict[str, str]


def _alternatives(terms: Iterable[str]) -> str:
    """Source of an expression for any of ``terms``, longest first, as a tree of shared beginnings."""
    tree: _Tree = {}
    for term in terms:
        branch = tree
        for character in term:
            branch = branch.setdefault(character, {})
        branch[""] = {}
    return _branches(tree)


def _branches(tree: _Tree) -> str:
    tails = [re.escape(c) + _branches(branch) for c, branch in sorted(tree.items()) if c]
    if not tails:
        return ""
    joined = tails[0] if len(tails) == 1 and "" not in tree else f"(?:{'|'.join(tails)})"
    return f"{joined}?" if "" in tree else joined


@cache
def _units() -> _UnitTable:
    exact: dict[str, Entry] = {}
    folded: dict[str, Entry] = {}
    kinds: dict[str, str] = {}
    for entry in load_patterns().rows("units/ucum").values():
        kinds.setdefault(entry.canonical, entry["kind"])
        for term in entry.terms:
            if entry["cased"]:
                exact.setdefault(term, entry)
            else:
                folded.setdefault(term.lower(), entry)
    atom = rf"(?:(?i:{_alternatives(folded)})|{_alternatives(exact)})(?![A-Za-zμα-ω])"
    power = rf"{_TIMES}? ?10 ?(?:\^|\*\*|\*|[eE]\+?)? ?\(? ?(?P<exponent>1[0-2]|0?[3-9]|¹[⁰¹²]|[³⁴⁵⁶⁷⁸⁹])\)?"
    short = r"[x× ]*[eE]\+?0?(?P<short>1[0-2]|[3-9])"
    separator = r" ?(?:/|\b[Pp]er\b(?: the)?) ?"
    expression = re.compile(
        rf"(?P<power> ?(?:{power}|{short})(?= ?/| ?[Pp]er\b| ?(?i:cells?)\b|(?=[\s,;)]|$)))?"
        rf"(?: ?(?P<first>{atom}))?"
        rf"(?P<rest>(?:{separator}{atom}){{0,3}})"
        rf"(?P<inverse>(?:[ ·.∙⋅]{{0,2}}(?:{atom}) ?(?:-1|\^-1|⁻¹)){{0,2}})"
    )
    return _UnitTable(exact, folded, expression, kinds)


def _atom(table: _UnitTable, spelling: str) -> Entry | None:
    trimmed = spelling.strip()
    return table.exact.get(trimmed) or table.folded.get(trimmed.lower())


_REST = re.compile(r" ?(?:/|\b[Pp]er\b(?: the)?) ?")
_INVERSE = re.compile(r"[ ·.∙⋅]{0,2}(.+?) ?(?:-1|\^-1|⁻¹)")


def read_unit(text: str, position: int, end: int | None = None) -> Unit | None:
    """The longest unit that begins at ``position``, at most one space further; ``None`` where there is none."""
    table = _units()
    match = table.expression.match(text, position, len(text) if end is None else end)
    if match is None or match.end() == position:
        return None
    first = match["first"]
    denominators = [found for part in _REST.split(match["rest"])[1:] if (found := _atom(table, part)) is not None]
    denominators += [found for part in _INVERSE.findall(match["inverse"]) if (found := _atom(table, part)) is not None]
    head = _atom(table, first) if first else None
    below = "/".join(entry.canonical for entry in denominators)
    exponent = match["exponent"] or match["short"]
    start = position + (len(match.group()) - len(match.group().lstrip()))
    repaired = False
    if exponent:
        digits = exponent.translate(_SUPERSCRIPTS).lstrip("0")
        repaired = exponent.isascii() and match["short"] is None and not re.search(r"[\^*eE(]", match["power"].lstrip(" *"))
        code = _powered(f"10*{digits}", head, below)
    elif head is None:
        code = f"/{below}" if below else ""
    elif head["kind"] == "multiplier":
        code = f"{head.canonical}/{below}" if below else ""
    elif head["kind"] == "particles":
        code = f"/{below}" if below else head.canonical
    else:
        code = f"{head.canonical}/{below}" if below else head.canonical
    return Unit(start, match.end(), code, repaired) if code else None


def _powered(power: str, head: Entry | None, below: str) -> str:
    if head is None or (head["kind"] == "particles" and below and not below.startswith("kg")):
        return f"{power}/{below}" if below else power
    if head["kind"] in ("particles", "copies"):
        return f"{power}{head.canonical}/{below}" if below else f"{power}{head.canonical}"
    # the power belongs to a number of other things: "2 x 10^6 IU"
    return f"{power}.{head.canonical}/{below}" if below else f"{power}.{head.canonical}"


@cache
def dimension(code: str) -> str:
    """What a UCUM code measures, by the kinds of its atoms: ``mass/volume``, ``count/volume``, ``time``; blank if unknown."""
    kinds = _units().kinds
    if not code:
        return ""
    if code in kinds:
        return kinds[code]
    head, *below = code.split("/")
    first = "count" if not head or head.startswith("10*") else kinds.get(head, "")
    if first == "particles":
        first = "count"
    parts = [first, *(kinds.get(atom, "") for atom in below)]
    return "/".join(parts) if all(parts) else ""


@cache
def _comparators() -> tuple["re.Pattern[str]", dict[str, str]]:
    spelled = {term: e.canonical for e in load_patterns().rows("units/comparators").values() for term in e.terms}
    words = _alternatives(spelled)
    return re.compile(rf"(?:(?<![\w<>=])|(?<=\d))(?i:({words})) ?(?:a |an |the )?\Z"), spelled


@cache
def _word_numbers() -> "re.Pattern[str]":
    words = "|".join(sorted(map(re.escape, number_words()), key=len, reverse=True))
    return re.compile(rf"\b(?i:((?:{words})(?:[- ](?:{words}))?))(?=[- ](?:times|fold|points?)\b)")


# A number that may stand alone: no letter, digit or decimal sign right before it. Thousands whose comma was followed by
# a space in print ("23, 488 U/L") count as one number only with a unit, see _number.
_NUMBER = re.compile(rf"(?<![\w.])(?<!\d,)({NUMBER})")
_NUMBER_HERE = re.compile(NUMBER)
_SPLIT = re.compile(r"([1-9]\d{0,2}), (\d{3})(?![\d,.])")
_RANGE = re.compile(rf" ?(?:-|\bto\b|~) ?({NUMBER})(?![\w]*-\d)")
_AND_RANGE = re.compile(rf" ?(?:-|\bto\b|\band\b) ?({NUMBER})")
_OUT_OF = re.compile(rf" ?(?:/|\bout of\b|\bof(?: a)?(?: possible| maximum| total)? ?\b) ?({NUMBER})(?![\w/]|\.\d)")
_GRADE = re.compile(r"(?<![\w+])(?:([1-4]) ?\+(?![\w+])|(\+(?: ?\+){0,3})(?![\w+]))")
_UNKNOWN = re.compile(r" ?[A-Za-zμ%][A-Za-zμ.]{0,9} ?/ ?(?:[A-Za-zμ]{1,8}[23³²]?|10)(?![\w])")
_FROM = re.compile(r"\bfrom (?:a |an |the )?(?:[a-z]+ (?:of )?)?\Z")
_BETWEEN = re.compile(r"\bbetween \Z")
_DATE_LIKE = re.compile(r"/\d{1,4}/\d")
_IN_DATE = re.compile(r"\d/(?:\d{1,4}/)?\Z")


def find_quantities(text: str, start: int = 0, end: int | None = None, *, attached: bool = False) -> list[Quantity]:
    """The quantities in ``text[start:end]``, in text order, with and without a unit, none overlapping another.

    Ranges (``20 to 30 mg``, ``20-30 mg``) are one quantity with ``value_high``; ``from 20 to 30 mg`` are two that share
    the unit, each ``changing``. Grades (``3+``, ``(++)``) have the unit ``{+}``; ``six times the upper limit of normal``
    the unit ``{ULN}``. ``attached`` keeps numbers that follow a letter and a hyphen (``Hb-9.2``; but also ``IL-6``).
    """
    limit = len(text) if end is None else end
    found: list[Quantity] = []
    position = start
    grades = {m.start(): m for m in _GRADE.finditer(text, start, limit)} if "+" in text else {}
    starts = sorted({*(m.start() for m in _NUMBER.finditer(text, start, limit)), *grades, *_words_in(text, start, limit)})
    for place in starts:
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


def _words_in(text: str, start: int, limit: int) -> Iterator[int]:
    """Where numbers in words stand that can only be quantities: ``six times normal``, ``ten points``."""
    if "times" in text or "fold" in text or "point" in text:
        for match in _word_numbers().finditer(text, start, limit):
            yield match.start()


def _quantities_at(text: str, place: int, limit: int, *, attached: bool) -> Iterator[Quantity]:
    read = _number(text, place, limit)
    if read is None or _dated(text, place, read.end):
        return
    if not attached and place > 1 and text[place - 1] == "-" and text[place - 2].isalpha():
        return
    read = _with_sign(text, _with_comparator(text, read))
    low = _with_unit(text, read, limit)
    separator = _AND_RANGE if _BETWEEN.search(text, max(0, read.start - 8), read.start) else _RANGE
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
    if _DATE_LIKE.match(text, end):
        return True
    before = _IN_DATE.search(text, max(0, place - 8), place)
    return before is not None and (text[end : end + 1] == "/" or before.group().count("/") == 2)


def _pair(text: str, low: Quantity, high: Quantity) -> Iterator[Quantity]:
    """Two numbers joined by a dash, ``to`` or ``and``: a range, or a change told with ``from``."""
    unit, unit_at = (high.unit, high.unit_at) if high.unit else (low.unit, low.unit_at)
    if _FROM.search(text, max(0, low.start - 24), low.start) and " to " in text[low.end - 1 : high.start + 1]:
        yield replace(low, unit=low.unit or unit, unit_at=low.unit_at or unit_at, changing=True)
        yield replace(high, unit=unit, unit_at=unit_at, changing=True)
    elif low.unit and high.unit and low.unit != high.unit:
        yield low
        yield high
    elif _decreasing(low.value, high.value):
        # "fell 65 to 53": no range runs downwards
        yield replace(low, unit=low.unit or unit, unit_at=low.unit_at or unit_at, changing=True)
        yield replace(high, unit=unit, unit_at=unit_at, changing=True)
    else:
        yield replace(
            low,
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
    if (split := _SPLIT.match(text, place, limit)) and (unit := read_unit(text, split.end(), limit)):
        if "/" in unit.code:
            return Quantity(place, split.end(), split[1] + split[2], (place, split.end()), repaired=True)
    if words := _word_numbers().match(text, place, limit):
        return Quantity(place, words.end(), read_count(words[1].replace("-", " ")), (place, words.end()))
    match = _NUMBER_HERE.match(text, place, limit)
    if match is None:
        return None
    return Quantity(place, match.end(), read_number(match.group()), (place, match.end()))


def _with_comparator(text: str, read: Quantity) -> Quantity:
    expression, spelled = _comparators()
    window = max(0, read.start - 32)
    found = expression.search(text[window : read.start])
    if found is None:
        return read
    at = (window + found.start(1), window + found.end(1))
    return replace(read, start=at[0], comparator=spelled[found[1].lower()], comparator_at=at)


def _with_sign(text: str, read: Quantity) -> Quantity:
    """A minus right before the number and after a space or bracket belongs to it."""
    first = read.number_at[0]
    if first and text[first - 1] == "-" and (first == 1 or text[first - 2] in " (:=[,"):
        at = (first - 1, read.number_at[1])
        return replace(read, start=min(read.start, first - 1), value=f"-{read.value}", number_at=at)
    return read


def _with_unit(text: str, read: Quantity, limit: int) -> Quantity:
    unit = read_unit(text, read.end, limit)
    if unit is not None:
        return replace(
            read, end=unit.end, unit=unit.code, unit_at=(unit.start, unit.end), repaired=read.repaired or unit.repaired
        )
    if (of := _OUT_OF.match(text, read.end, limit)) and not _DATE_LIKE.match(text, read.end):
        out_of = read_number(of[1])
        if "/" in of.group() and "/" in getattr(read_unit(text, of.end(), limit), "code", ""):
            # two values with one unit: "201/232 U/L"
            return read
        if not _decreasing(read.value, out_of) or "/" in of.group():
            return replace(read, end=of.end(), out_of=out_of)
    if unknown := _UNKNOWN.match(text, read.end, limit):
        at = (unknown.end() - len(unknown.group().lstrip()), unknown.end())
        return replace(read, unknown_unit=at)
    return read
