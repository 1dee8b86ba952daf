"""Units of measurement as prints write them, read to UCUM codes.

The unit table is ``patterns/units/ucum.tsv``: each row spells an atom (``mg``, ``L``, ``24 h``) or a whole unit
(``mm in the first hour``) and says its kind. What prints build from atoms (``mg/kg/day``, ``mmol L-1``,
``× 10^9/L``, ``K/uL``, ``cells per cubic millimeter``) is put together here, after UCUM's grammar
(https://ucum.org/ucum).

Offsets are half-open characters; texts are expected with plain dashes and spaces
(:func:`casemill.components.narrative.plain` keeps their length).
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from casemill.resources import Entry, load_patterns

__all__ = ["Unit", "any_of", "dimension", "read_unit"]

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
#: Spellings by shared beginnings; the key "" marks where one ends.
_Tree: TypeAlias = "dict[str, _Tree]"
_TIMES = r"[x×X*·∙✕⋅]"
_WORD = re.compile(r"[A-Za-zμα-ω]+")
#: Words that a unit may begin with besides those of the table: signs of multiplication, powers, "per liter".
_OPENINGS = frozenset({"x", "e", "xe", "per"})


class Unit(NamedTuple):
    """A unit at ``text[start:end]`` and its UCUM ``code``; ``repaired`` where a lost superscript was read."""

    start: int
    end: int
    code: str
    repaired: bool = False


class _UnitTable(NamedTuple):
    exact: dict[str, Entry]
    folded: dict[str, Entry]
    expression: "re.Pattern[str]"
    words: frozenset[str]
    kinds: dict[str, str]


def any_of(terms: Iterable[str]) -> str:
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
    atom = rf"(?:(?i:{any_of(folded)})|{any_of(exact)})(?![A-Za-zμα-ω])"
    power = rf"{_TIMES}? ?10 ?(?:\^|\*\*|\*|[eE]\+?)? ?\(? ?(?P<exponent>1[0-2]|0?[3-9]|¹[⁰¹²]|[³⁴⁵⁶⁷⁸⁹])\)?"
    short = r"[x× ]*[eE]\+?0?(?P<short>1[0-2]|[3-9])"
    separator = r" ?(?:/|\b[Pp]er\b(?: the)?) ?"
    expression = re.compile(
        rf"(?P<power> ?(?:{power}|{short})(?= ?/| ?[Pp]er\b| ?(?i:cells?)\b|(?=[\s,;)]|$)))?"
        rf"(?: ?(?P<first>{atom}))?"
        rf"(?P<rest>(?:{separator}{atom}){{0,3}})"
        rf"(?P<inverse>(?:[ ·.∙⋅]{{0,2}}(?:{atom}) ?(?:-1|\^-1|⁻¹)){{0,2}})"
    )
    spelled = (_WORD.search(spelling) for spelling in (*exact, *folded))
    words = {word[0].lower() for word in spelled if word is not None}
    return _UnitTable(exact, folded, expression, _OPENINGS.union(words), kinds)


def _atom(table: _UnitTable, spelling: str) -> Entry | None:
    trimmed = spelling.strip()
    return table.exact.get(trimmed) or table.folded.get(trimmed.lower())


_WORD_BEHIND = re.compile(rf"[ ·.∙⋅]{{0,2}}({_WORD.pattern})")
_NO_UNIT = re.compile(r" ?[,;)\]]")
_REST = re.compile(r" ?(?:/|\b[Pp]er\b(?: the)?) ?")
_INVERSE = re.compile(r"[ ·.∙⋅]{0,2}(.+?) ?(?:-1|\^-1|⁻¹)")


def read_unit(text: str, position: int, end: int | None = None) -> Unit | None:
    """The longest unit that begins at ``position``, at most one space further; ``None`` where there is none."""
    if _NO_UNIT.match(text, position):
        # what follows most bare numbers; the table's expression is dear
        return None
    table, behind = _units(), _WORD_BEHIND.match(text, position)
    if behind is not None and behind[1].lower() not in table.words:
        return None
    match = table.expression.match(text, position, len(text) if end is None else end)
    if match is None or match.end() == position:
        return None
    code, repaired = _code(*match.group("power", "exponent", "short", "first", "rest", "inverse"))
    start = position + (len(match.group()) - len(match.group().lstrip()))
    return Unit(start, match.end(), code, repaired) if code else None


@lru_cache(maxsize=4096)
def _code(
    power: str | None, exponent: str | None, short: str | None, first: str | None, rest: str, inverse: str
) -> tuple[str, bool]:
    """The code that the parts of a printed unit make, and whether it was repaired; reports print few units, again and again."""
    table = _units()
    denominators = [found for part in _REST.split(rest)[1:] if (found := _atom(table, part)) is not None]
    denominators += [found for part in _INVERSE.findall(inverse) if (found := _atom(table, part)) is not None]
    head = _atom(table, first) if first else None
    below = "/".join(entry.canonical for entry in denominators)
    if power and (digits := exponent or short):
        marked = short is not None or not digits.isascii() or re.search(r"[\^*eE(]", power.lstrip(" *")) is not None
        return _powered(f"10*{digits.translate(_SUPERSCRIPTS).lstrip('0')}", head, below), not marked
    if head is None or head["kind"] == "multiplier":
        alone = head.canonical if head is not None else ""
        return f"{alone}/{below}" if below else "", False
    if head["kind"] == "particles":
        return f"/{below}" if below else head.canonical, False
    return f"{head.canonical}/{below}" if below else head.canonical, False


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
