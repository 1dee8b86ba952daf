"""Names of drugs that no list has: new substances by their INN stem ("zongertinib"), and known ones with a letter wrong.

What a word means is kept for as long as the reader lives: reports use few long words, and most of them again and again.
"""

import re
from collections.abc import Iterator

from casemill.components.drug_misspellings import Misspellings
from casemill.resources import Patterns

__all__ = ["Unlisted"]

_LONG_WORD = re.compile(r"[a-z]{6,40}")
# words of English that one letter parts from a drug ("erythropoietic") end like adjectives and participles
_ENGLISH = ("ic", "ing", "ous", "al", "ed")
_LISTS = ("drug_doses/drugs", "drug_doses/classes")
# A spelling that counts in its own case only is at most so long.
_LONGEST_CASED = 6
#: Words remembered at most; a corpus of reports has some 50,000 different ones.
_REMEMBERED = 200_000


class Unlisted:
    """Finds such names with the stems and lists of one set of pattern files."""

    def __init__(self, patterns: Patterns) -> None:
        self._endings: dict[str, str] = {}
        self._beginnings: dict[str, str] = {}
        self._excepted: set[str] = set()
        for row in patterns.rows("drug_doses/stems").values():
            self._excepted |= {e for e in row["except"].split("|") if e}
            for stem in row.canonical.split("|"):
                (self._beginnings if stem.endswith("*") else self._endings)[stem.rstrip("*")] = row["class"]
        self._lengths = sorted({len(ending) for ending in self._endings}, reverse=True)
        self._tails = frozenset(ending[-3:] for ending in self._endings)  # most words end in none of these
        self._heads = tuple(self._beginnings)
        known = {term.lower() for name in patterns.lexicons for term in patterns.terms(name)}
        known |= {term.replace("-", "").replace(" ", "") for term in known}
        # longer spellings are scanned for in any case, and the scan has found them
        self._listed = {term.lower() for name in _LISTS for term in patterns.terms(name) if len(term) > _LONGEST_CASED}
        rows = patterns.rows("drug_doses/drugs").values()
        names = {row.canonical: row.canonical for row in rows if row.canonical.islower()}
        names |= {
            term: row.canonical for row in rows if row["source"] != "dner" for term in row.terms if term.islower()
        }
        self._names = {spelling: name for spelling, name in names.items() if " " not in spelling}
        self._misspellings = Misspellings(self._names, known)
        self._meant: dict[str, str] = {}
        self._plain: set[str] = set()

    def find(self, folded: str) -> list[tuple[int, int, str]]:
        """Start, end and name of each such word in a text in lower case, in text order."""
        words = _LONG_WORD.findall(folded)
        if self._plain.issuperset(words):
            return []
        found = []
        for word in set(words) - self._plain:
            name = self._meant.get(word) or self._learned(word)
            if name:
                found += [(start, start + len(word), name) for start in _places(word, folded)]
        return sorted(found)

    def group_of(self, name: str) -> str:
        """The class of drugs that the stem of ``name`` tells, blank if none."""
        stem = self._stem_of(name)
        return self._endings.get(stem, "") or self._beginnings.get(stem, "")

    def _stem_of(self, word: str) -> str:
        """The longest INN stem that ``word`` ends with (or begins with), with letters of its own besides; blank if none."""
        if word[-3:] not in self._tails and not word.startswith(self._heads):
            return ""
        if not word.isalpha() or word in self._excepted or word.removesuffix("s") in self._excepted:
            return ""
        for length in self._lengths:
            if len(word) >= length + 2 and word[-length:] in self._endings:
                return word[-length:]
        return next((stem for stem in self._beginnings if word.startswith(stem) and len(word) >= len(stem) + 4), "")

    def _learned(self, word: str) -> str:
        """The name that a word not seen before means; a word that means none is kept apart, to be left out at once."""
        if len(self._plain) >= _REMEMBERED:
            self._plain.clear()
        name = "" if word in self._listed else self._named(word)
        if name:
            self._meant[word] = name
        else:
            self._plain.add(word)
        return name

    def _named(self, word: str) -> str:
        """The name that a word of no list misspells, or is by its stem; blank if neither."""
        name = "" if word.removesuffix("s").endswith(_ENGLISH) else self._names.get(self._misspellings.meant(word), "")
        return name or (word if self._stem_of(word) else "")


def _places(word: str, folded: str) -> Iterator[int]:
    """Where ``word`` begins, standing alone."""
    start = folded.find(word)
    while start >= 0:
        end = start + len(word)
        if _alone(folded, start, end):
            yield start
        start = folded.find(word, end)


def _alone(folded: str, start: int, end: int) -> bool:
    """Whether a word is no part of another: no digit, and no hyphen but that of a locant ("5-"), stands at it."""
    before, after = folded[max(0, start - 2) : start], folded[end : end + 1]
    if before.endswith("-") and before[0].isdigit():
        before = ""  # "5-fluorourasil"
    before = before[-1:]
    return not (before.isalnum() or before in tuple("-_") or after.isalnum() or after == "_")
