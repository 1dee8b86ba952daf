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
#: Words remembered at most; a corpus of reports has some 50,000 different ones.
_REMEMBERED = 200_000


class Unlisted:
    """Finds such names with the stems and lists of one set of pattern files."""

    def __init__(self, patterns: Patterns) -> None:
        self._stem_groups: dict[str, str] = {}
        endings: list[str] = []
        starts: list[str] = []
        exceptions: set[str] = set()
        for row in patterns.rows("drug_doses/stems").values():
            exceptions |= {e for e in row["except"].split("|") if e}
            for stem in row.canonical.split("|"):
                (starts if stem.endswith("*") else endings).append(stem.rstrip("*"))
                self._stem_groups[stem.rstrip("*")] = row["class"]
        barred = "|".join(re.escape(e) for e in sorted(exceptions))
        self._stems = re.compile(
            rf"(?!(?:{barred})s?\b)(?:[a-z]{{2,24}}?({'|'.join(sorted(endings, key=len, reverse=True))})"
            rf"|({'|'.join(starts)})[a-z]{{4,14}})"
        )
        known = {term.lower() for name in patterns.lexicons for term in patterns.terms(name)}
        known |= {term.replace("-", "").replace(" ", "") for term in known}
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
        found = []
        for word in set(_LONG_WORD.findall(folded)) - self._plain:
            name = self._meant.get(word) or self._learned(word)
            if name:
                found += [(start, start + len(word), name) for start in _places(word, folded)]
        return sorted(found)

    def group_of(self, name: str) -> str:
        """The class of drugs that the stem of ``name`` tells, blank if none."""
        match = self._stems.fullmatch(name)
        return self._stem_groups.get(match[1] or match[2] or "", "") if match else ""

    def _learned(self, word: str) -> str:
        """The name that a word not seen before means; a word that means none is kept apart, to be left out at once."""
        if len(self._plain) >= _REMEMBERED:
            self._plain.clear()
        name = "" if word.removesuffix("s").endswith(_ENGLISH) else self._names.get(self._misspellings.meant(word), "")
        if not name and self._stems.fullmatch(word):
            name = word
        if name:
            self._meant[word] = name
        else:
            self._plain.add(word)
        return name


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
