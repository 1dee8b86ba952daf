"""Names of antibodies: every spelling to the canonical name of rows, and antigens to the antibody against them.

Spellings are compared as the specification folds names (section 8): case, hyphens, spaces and apostrophes don't count,
and Greek letters equal their names.
"""

import re
from bisect import bisect_left
from functools import cache

from casemill.resources import Patterns

__all__ = ["AGENTS", "CLASS", "CLASS_WORD", "LEXICON", "Names", "names_of", "squash"]

#: Infectious agents; the antibody is "anti-" and the agent.
AGENTS = "antibodies/agents"
#: The lexicon of antibodies.
LEXICON = "antibodies/antibodies"
#: Source of an immunoglobulin class: ``IgG``, ``immunoglobulin M``, ``IgG1``.
CLASS = r"(?:Ig[- ]?([GMAE])[1-4]?|[Ii]mmunoglobulins?[- ]([GMAE])\d?)"
#: The same as a word; it begins with its letter, so that the engine leaps to it.
CLASS_WORD = re.compile(r"[Ii](?<![^\W_].)(?:(?<=I)g[- ]?([GMAE])[1-4]?|mmunoglobulins?[- ]([GMAE])\d?)(?![^\W_])")

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "ɣ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda",
    "μ": "mu", "ζ": "zeta", "σ": "sigma",
}  # fmt: skip
_FOLD = str.maketrans({**_GREEK, **dict.fromkeys("-‐‑‒–—−' ’ʼ\u00a0\u2009\u202f\t\n", "")})
_TOKEN = re.compile(r"[^\W_]+\+?")
_CLASS_END = re.compile(r"[- ](Ig[GMAE])$")
_HEADS = re.compile(r"\s*\b(?:auto|allo)?antibod(?:y|ies)$")
# Longest name in characters, "small ubiquitin-like modifier 1 activating enzyme" and the like included.
_WINDOW = 110


def squash(name: str) -> str:
    """``name`` as names are compared."""
    return name.lower().translate(_FOLD)


class Names:
    """The index of names; one an application of patterns, from :func:`names_of`."""

    def __init__(self, patterns: Patterns) -> None:
        self.entries = {entry.canonical: entry for entry in patterns.rows(LEXICON).values()}
        self._names: dict[str, str] = {}
        self._antigens: dict[str, str] = {}
        self.letters: dict[str, str] = {}
        for entry in patterns.rows(LEXICON).values():
            for spelling in (entry.canonical, *entry.terms):
                self._names.setdefault(squash(_HEADS.sub("", spelling)), entry.canonical)
                self._names.setdefault(squash(spelling), entry.canonical)
        for entry in patterns.rows(LEXICON).values():
            for spelling in (entry.canonical, *entry.terms):
                self._add_antigen(spelling, entry.canonical)

        for agent in patterns.rows(AGENTS).values():
            name = self._names.setdefault(squash(f"anti-{agent.canonical}"), f"anti-{agent.canonical}")
            for word in agent["words"].split("|"):
                self._names.setdefault(squash(f"anti-{word}"), name)
                self._antigens.setdefault(squash(word), self._names[squash(f"anti-{word}")])

        spelled = {*self._antigens, *(name[4:] for name in self._names if name.startswith("anti"))}
        self._openings = sorted(spelled)
        self._closings = sorted(antigen[::-1] for antigen in self._antigens)

    def _add_antigen(self, spelling: str, canonical: str) -> None:
        bare = _HEADS.sub("", spelling)
        tail = _CLASS_END.search(canonical)
        lowered = bare.lower()
        if tail:
            # "rubella IgG" tells how the antibody of any class against rubella is called
            if (own := _CLASS_END.search(bare)) is None or canonical.startswith(("anti-Coxiella",)):
                return
            bare, canonical, lowered = bare[: own.start()], canonical[: tail.start()], lowered[: own.start()]
            canonical = self._names.get(squash(canonical), canonical)
            if not lowered.startswith("anti"):
                self._antigens.setdefault(squash(bare), canonical)
                return
        if not lowered.startswith("anti"):
            return
        antigen = bare[4:].lstrip("- ")
        if antigen.startswith("little "):
            self.letters[antigen[-1]] = canonical
        elif len(antigen) == 1:
            self.letters[antigen] = canonical
        elif antigen:
            self._antigens.setdefault(squash(antigen), canonical)

    def name(self, spelling: str) -> str | None:
        """The canonical name of a spelling, if it is known."""
        return self._names.get(squash(spelling))

    def against(self, antigen: str) -> str | None:
        """The canonical name of the antibody against ``antigen``, if it is known."""
        return self._antigens.get(squash(antigen))

    def of_class(self, name: str, letter: str) -> str:
        """``name`` with the immunoglobulin class ``letter`` (``G``), as rows print it; unchanged if it has one."""
        if _CLASS_END.search(name) or name in {"VDRL", "RPR"}:
            return name
        spelled = f"{name} Ig{letter}"
        return self._names.get(squash(spelled), spelled)

    def without_class(self, name: str) -> tuple[str, str]:
        """``name`` without its class, and the class' letter or a blank."""
        found = _CLASS_END.search(name)
        if found is None:
            return name, ""
        return self._names.get(squash(name[: found.start()]), name[: found.start()]), found[1][-1]

    def _ends(self, text: str, start: int, stop: int) -> list[int]:
        """Ends of the words after ``start`` up to which a known antigen may go on, so that few spellings are looked up."""
        found: list[int] = []
        spelled, last = "", start
        for token in _TOKEN.finditer(text, start, stop):
            spelled += squash(text[last : token.end()])
            last = token.end()
            index = bisect_left(self._openings, spelled)
            if index == len(self._openings) or not self._openings[index].startswith(spelled):
                break
            found.append(last)
        return found

    def _begins(self, text: str, start: int, end: int) -> list[int]:
        """Starts of the words before ``end`` from which a known antigen may come, the farthest first."""
        found: list[int] = []
        spelled, last = "", end
        for token in reversed(list(_TOKEN.finditer(text, start, end))):
            spelled += squash(text[token.start() : last])[::-1]
            last = token.start()
            index = bisect_left(self._closings, spelled)
            if index == len(self._closings) or not self._closings[index].startswith(spelled):
                break
            found.append(last)
        return found[::-1]

    def longest_after(self, text: str, start: int, stop: int, *, anti: bool) -> tuple[int, str] | None:
        """End and canonical name of the longest antigen that begins at ``start``; ``anti``: an "anti" stands before it.

        The word after a number's unit is no part of a name: "anti-Ro 60 U/mL" is a value.
        """
        for end in reversed(self._ends(text, start, min(stop, start + _WINDOW))):
            for close in (end + 1, end) if text[end : end + 1] in {")", "+"} else (end,):
                spelled = text[start:close]
                if spelled.count("(") != spelled.count(")"):
                    continue
                known = self._names.get("anti" + squash(spelled)) if anti and len(spelled) > 1 else None
                known = known or self._antigens.get(squash(spelled))
                if known and (anti or _is_written(spelled)) and not _takes_a_value(text, start, close):
                    return close, known
        return None

    def longest_before(self, text: str, start: int, end: int) -> tuple[int, str] | None:
        """Start and canonical name of the longest antigen that ends at ``end`` and begins at ``start`` or later."""
        for begin in self._begins(text, max(start, end - _WINDOW), end):
            if begin and text[begin - 1].isalnum():
                continue
            spelled = text[begin:end]
            if spelled.count("(") == spelled.count(")") and (known := self._antigens.get(squash(spelled))):
                return (begin, known) if _is_written(spelled) else None
        return None


def _is_written(antigen: str) -> bool:
    """Whether a short antigen has its capitals: "to", "la" and "ha" are words, To, La and Ha antigens."""
    return len(antigen) > 3 or not antigen.islower()


_UNIT_NEXT = re.compile(r"\s?(?:[a-zA-Z]{1,4}/[a-zA-Z]|%|[GM]PL|titer)|[.,]\d")
_SPACED_NUMBER = re.compile(r"\s\d+$")


def _takes_a_value(text: str, start: int, end: int) -> bool:
    spaced = _SPACED_NUMBER.search(text, start, end)
    return spaced is not None and _UNIT_NEXT.match(text, end) is not None


@cache
def names_of(patterns: Patterns) -> Names:
    """The index of names of these patterns; the same object for the same patterns."""
    return Names(patterns)
