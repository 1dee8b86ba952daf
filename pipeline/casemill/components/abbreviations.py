"""The document's own abbreviations, and what they say of the terms found.

"hydroxychloroquine (HCQ)" makes every later HCQ that drug, and "confidence interval (CI)" makes CI no cardiac index.
Definitions are read by scispaCy's implementation of Schwartz & Hearst (2003), only where a bracketed short form stands.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from operator import itemgetter
from typing import Any

import regex
from scispacy.abbreviation import filter_matches, find_abbreviation
from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.layers import layer
from casemill.components.terms import overlay
from casemill.components.texts import fold, texts_of
from casemill.components.tokens import tokens_around
from casemill.resources import Patterns

__all__ = ["Abbreviations", "find_abbreviations", "make_abbreviations"]

# A bracketed short form: two to ten characters beginning with a letter, half of them capitals or digits at least.
_SHORT = regex.compile(r"\(([\p{L}][\p{L}\p{N}β-ω/+-]{1,9})(?:[,;][^()]{0,60})?\)")
_WORD = regex.compile(r"[\p{L}\p{N}]{4,}")

# Characters before a bracket, more than the fifteen words have in which a long form is sought.
_LONGEST = 600
# How many leading letters two words share to count as kin: "sedimentation" and "sediment".
_KIN = 5

#: Start, end, id and name of a term; those of a lexicon stand in text order, and none overlaps another.
Hit = list[Any]
_start, _end = itemgetter(0), itemgetter(1)


def find_abbreviations(nlp: Language, text: str, hits: Collection[Hit]) -> Iterator[tuple[int, int, int, int]]:
    """Definitions in ``text``: half-open characters of the long form and of the short form that follows it in brackets.

    Only those are looked for that may change something: the short form is written as one of the terms in ``hits`` is, or
    one of them ends where the bracket opens.
    """
    matches = list(_SHORT.finditer(text))
    if not matches:
        return
    spellings, ends = {text[hit[0] : hit[1]] for hit in hits}, {hit[1] for hit in hits}
    for match in matches:
        short = match.group(1)
        before = match.start()
        while before and text[before - 1].isspace():
            before -= 1
        if short not in spellings and before not in ends:
            continue
        if sum(c.isupper() or c.isdigit() for c in short) * 2 < len(short):
            continue
        around, begin = tokens_around(nlp, text, max(0, before - _LONGEST), match.end())
        span = around.char_span(match.start(1) - begin, match.end(1) - begin)
        if span is None:
            continue
        for long_candidate, short_candidate in filter_matches([(0, span.start, span.end)], around):
            _, long = find_abbreviation(long_candidate, short_candidate)
            if long is not None and len(long):
                yield begin + long.start_char, begin + long.end_char, match.start(1), match.end(1)


@Language.factory("casemill_abbreviations", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_abbreviations(nlp: Language, name: str, patterns: str | None) -> "Abbreviations":
    """Terms corrected by the document's own abbreviations; put it right behind ``casemill_terms``."""
    return Abbreviations(nlp, name, overlay(patterns))


class Abbreviations:
    """Adds and takes away terms by what the document defines its short forms to be."""

    def __init__(self, nlp: Language, name: str, patterns: Patterns) -> None:
        self.nlp = nlp
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """Correct the terms of ``doc``."""
        text = texts_of(doc).text
        if "(" not in text:
            return doc
        terms: dict[str, list[Hit]] = layer(doc).get("terms", {})
        hits = [hit for lexicon in self.patterns.named_lexicons() for hit in terms.get(lexicon, ())]
        if not hits:
            return doc
        defined: set[tuple[str, str]] = set()
        for long_start, long_end, short_start, short_end in find_abbreviations(self.nlp, text, hits):
            definition = text[long_start:long_end], text[short_start:short_end]
            if definition in defined:
                continue  # what it says holds in all of the text already
            defined.add(definition)
            places = _places(text, definition[1])
            for lexicon in self.patterns.named_lexicons():
                known = terms.get(lexicon, [])
                meaning = _meaning(known, long_start, long_end)
                if meaning is not None:
                    terms[lexicon] = _with(known, places, meaning)
                elif known:
                    terms[lexicon] = self._without(known, places, lexicon, text[long_start:long_end])
        return doc

    def _without(self, hits: list[Hit], places: list[tuple[int, int]], lexicon: str, long: str) -> list[Hit]:
        """``hits`` without those at ``places`` whose entry has no word in common with what the document says they mean."""
        words = {word[:_KIN] for word in _WORD.findall(fold(long))}
        rows = self.patterns.rows(lexicon)

        def kin(hit: Hit) -> bool:
            entry = rows.get(hit[2])
            return entry is None or any(
                word[:_KIN] in words for term in (entry.canonical, *entry.terms) for word in _WORD.findall(fold(term))
            )

        found = list(hits)
        for start, end in places:
            at = bisect_left(found, start, key=_start)
            if at < len(found) and found[at][0] == start and found[at][1] == end and not kin(found[at]):
                del found[at]
        return found


def _places(text: str, short: str) -> list[tuple[int, int]]:
    """Where ``short`` stands in ``text`` as a word."""
    found: list[tuple[int, int]] = []
    start = text.find(short)
    while start >= 0:
        end = start + len(short)
        alone = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        if alone:
            found.append((start, end))
        start = text.find(short, end if alone else start + 1)
    return found


def _meaning(hits: list[Hit], start: int, end: int) -> Hit | None:
    """The term that ends where the long form ends and covers most of it."""
    at = bisect_left(hits, end, key=_end)
    if at == len(hits) or hits[at][1] != end or (end - max(hits[at][0], start)) * 2 <= end - start:
        return None
    return hits[at]


def _with(hits: list[Hit], places: list[tuple[int, int]], meaning: Hit) -> list[Hit]:
    """``hits`` with ``meaning`` at all ``places``, in place of shorter or equal hits there."""
    found = list(hits)
    for start, end in places:
        first, last = bisect_right(found, start, key=_end), bisect_left(found, end, key=_start)
        longer = [hit for hit in found[first:last] if hit[0] < start or hit[1] > end]
        found[first:last] = longer or [[start, end, meaning[2], meaning[3]]]
    return found
