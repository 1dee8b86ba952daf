"""Finds the terms of all lexicons in one native scan each for cased and uncased spellings.

The terms found stand in ``doc.user_data["casemill"]["terms"]`` as ``{lexicon: [[start, end, id, canonical], ...]}``, in
text order, none overlapping another of the same lexicon (the longest is kept). A lexicon is any pattern file with a
``terms`` column; see :mod:`casemill.resources` for how a spelling's case counts.
"""

from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.layers import layer
from casemill.components.texts import Texts, fold, plain, texts_of
from casemill.resources import Patterns, load_patterns

__all__ = ["DEFERRED", "Scanner", "Terms", "find_terms", "make_terms", "overlay"]

#: Lexicons whose words say something only beside a candidate ("with", "was", "had"): half of all hits, so their components
#: scan for them, in the documents that hold a candidate.
DEFERRED = frozenset({"antibodies/results", "mutations/results", "outcomes/cues", "subjects/studies"})

_Claim = tuple[str, str, str]


def overlay(patterns: str | None) -> Patterns:
    """The pattern files of a component whose ``patterns`` setting names an overlay folder, or none."""
    return load_patterns(Path(patterns)) if patterns else load_patterns()


def is_cased(term: str) -> bool:
    """Whether a spelling counts in its own case only: short, with a capital after its first character, or one letter."""
    return len(term) <= 6 and (
        term[1:].lower() != term[1:] or len(term) == 1 or (len(term) <= 3 and term != term.lower())
    )


class Scanner:
    """One automaton over the spellings of some lexicons."""

    def __init__(self, patterns: Patterns, lexicons: Iterable[str]) -> None:
        cased: dict[str, list[_Claim]] = {}
        folded: dict[str, list[_Claim]] = {}
        for lexicon in lexicons:
            rows = patterns.rows(lexicon)
            for spelling, key in patterns.terms(lexicon).items():
                claim = (lexicon, key, rows[key].canonical)
                if is_cased(spelling):
                    cased.setdefault(plain(spelling), []).append(claim)
                else:
                    folded.setdefault(fold(spelling), []).append(claim)
        self._cased, self._folded = _Automaton(cased), _Automaton(folded)

    def scan(self, text: Texts | str) -> dict[str, list[list[Any]]]:
        """Terms in ``text`` by lexicon, in text order, the longest of overlapping ones kept."""
        flat, folded = (plain(text), fold(text)) if isinstance(text, str) else (text.plain, text.folded)
        hits = self._cased.hits(flat) + self._folded.hits(folded)
        hits.sort(key=_place)
        found: dict[str, list[list[Any]]] = {}
        for start, length, claims in hits:
            for lexicon, key, canonical in claims:
                known = found.setdefault(lexicon, [])
                if not known or start >= known[-1][1]:
                    known.append([start, start - length, key, canonical])
        return found


class _Automaton:
    """Spellings with what claims each, found where they begin and end with a word."""

    def __init__(self, spellings: dict[str, list[_Claim]]) -> None:
        self._claims = list(spellings.values())
        self._native = (
            AhoCorasick(spellings, matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA)
            if spellings
            else None
        )

    def hits(self, text: str) -> list[tuple[int, int, list[_Claim]]]:
        """Start, negative length and claims of each spelling in ``text``; a plural "s" belongs to it."""
        if self._native is None:
            return []
        size, found = len(text), []
        for index, start, end in self._native.find_matches_as_indexes(text, overlapping=True):
            if start and text[start - 1].isalnum() and text[start].isalnum():
                continue
            if end < size and text[end].isalnum() and text[end - 1].isalnum():
                if text[end] != "s" or (end + 1 < size and text[end + 1].isalnum()):
                    continue
                end += 1  # noqa: PLW2901
            found.append((start, start - end, self._claims[index]))
        return found


# The first is sorted before the shorter: by start and negative length; of equals the cased spelling stays first.
_place = itemgetter(0, 1)


@lru_cache(maxsize=32)
def scanner(patterns: Patterns, lexicons: tuple[str, ...]) -> Scanner:
    """The scanner of these lexicons; the same object for the same patterns. Those of patterns edited since are let go."""
    return Scanner(patterns, lexicons)


def find_terms(doc: Doc, patterns: Patterns, *lexicons: str) -> None:
    """Scan ``doc`` for those ``lexicons`` that no component before has scanned for.

    A component calls this first, so that it works alone; in the full pipeline :class:`Terms` has scanned for all.
    """
    terms = layer(doc).setdefault("terms", {})
    missing = tuple([name for name in lexicons if name not in terms])
    if missing:
        # a lexicon that was scanned for has its place, were nothing of it found
        terms.update({name: [] for name in missing})
        terms.update(scanner(patterns, missing).scan(texts_of(doc)))


@Language.factory("casemill_terms", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_terms(nlp: Language, name: str, patterns: str | None) -> "Terms":
    """A scan for all lexicons; ``patterns`` is a folder laid over the packaged pattern files."""
    return Terms(name, overlay(patterns))


class Terms:
    """Scans each document once for the terms of every lexicon but the deferred ones."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns
        self.lexicons = tuple(name for name in patterns.lexicons if name not in DEFERRED)
        scanner(patterns, self.lexicons)

    def __call__(self, doc: Doc) -> Doc:
        """Find all terms of ``doc``."""
        find_terms(doc, self.patterns, *self.lexicons)
        return doc
