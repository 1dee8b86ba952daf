"""Titres as serology prints them: ``1:320``, ``1/320``, ``1 : 1,280``, ``titre of 320``, ``640-fold dilution``.

All functions expect text with plain dashes, colons and slashes (:func:`casemill.components.narrative.plain` keeps its
length).
"""

import re
from typing import NamedTuple

from casemill.errors import NotationError

__all__ = ["COMPARATOR", "Titre", "find_titres", "read_comparator"]

#: Source of a comparator before a number, printed as a sign.
COMPARATOR = r"(?:[<>≤≥⩽⩾~≈]=?|=[<>])"

_SIGNS = {"≤": "<=", "⩽": "<=", "=<": "<=", "≥": ">=", "⩾": ">=", "=>": ">=", "≈": "~", "<": "<", ">": ">", "~": "~"}
_DENOMINATOR = r"(?P<{0}>\d{{1,3}}(?:[, ]\d{{3}}){{1,2}}(?!\d)|\d{{1,7}})"
# What leads from the word titre to its number, and what makes that number a concentration.
_TOLD = r"(?:of|at|was|were|is|=|:|(?:rose|fell|increased|decreased|dropped|declined) to)?"
_NO_UNIT = (
    r"(?![\w%:/]|[.,]\d|\s?%|\s?[A-Za-zμ.]{1,6}\s?/"
    r"|\s?(?:[A-Z]{1,2}U|U|[GM]PL|units?|fold|Bethesda|international|arbitrary|relative|ELISA)\b|-fold)"
)
_TITRE = re.compile(
    rf"(?<![\w.:/,])(?P<sign>{COMPARATOR})?\s?1\s?(?:[:/]|in)\s?(?P<inner>[<>])?\s?{_DENOMINATOR.format('dilution')}(?![\w:/]|\.\d)"
    rf"|\btit(?:er|re)s?\s?{_TOLD}\s?(?P<sign2>{COMPARATOR})?\s?{_DENOMINATOR.format('told')}{_NO_UNIT}"
    rf"|(?P<sign3>{COMPARATOR})?\s?{_DENOMINATOR.format('fold')}[- ]?fold dilutions?"
)
# What one of them holds at least: most stretches hold none.
_TITRE_CUE = re.compile(r"1\s?(?:[:/]|in)|tit(?:er|re)|fold")
# "1:1" is a mixture, and beyond ten millions nothing is diluted.
_SMALLEST, _LARGEST = 2, 9_999_999


class Titre(NamedTuple):
    """A titre at ``text[start:end]``: ``value`` as rows print it (``1:320``, ``>1:80``)."""

    start: int
    end: int
    value: str

    @property
    def dilution(self) -> int:
        """The denominator."""
        return int(self.value.rpartition(":")[2])


def read_comparator(text: str) -> str:
    """A printed comparator as one of ``< > <= >= ~``, blank for a blank.

    :raises NotationError: ``text`` is no comparator.
    """
    sign = text.strip()
    if not sign:
        return ""
    if sign in {"<=", ">="}:
        return sign
    if sign not in _SIGNS:
        raise NotationError(f"{text!r} is no comparator; expected one of {' '.join(_SIGNS)}")
    return _SIGNS[sign]


def find_titres(text: str, start: int = 0, end: int | None = None) -> list[Titre]:
    """The titres in ``text[start:end]``, in text order.

    A bare number counts only after the word titre and without a unit behind it ("titre of 28.4 U/mL" is none). Small
    dilutions as in "1/2" are titres here; whether the words around speak of serology is the caller's to see.
    """
    stop = len(text) if end is None else end
    if not _TITRE_CUE.search(text, start, stop):
        return []
    found = []
    for match in _TITRE.finditer(text, start, stop):
        kind = next(name for name in ("dilution", "told", "fold") if match[name])
        dilution = int(match[kind].replace(" ", "").replace(",", ""))
        if not _SMALLEST <= dilution <= _LARGEST:
            continue
        sign = match["sign"] or match["inner"] or match["sign2"] or match["sign3"] or ""
        begin = match.start(kind) if kind != "dilution" else match.start()
        if kind != "dilution" and sign:
            begin = match.start("sign2" if kind == "told" else "sign3")
        last = match.end() if kind == "fold" else match.end(kind)
        found.append(Titre(begin, last, f"{read_comparator(sign)}1:{dilution}"))
    return found
