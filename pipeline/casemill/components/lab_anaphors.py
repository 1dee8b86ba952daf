"""Analytes named by what was said before: "the count", "it rose to", "(levels 6 to 8 ng/mL)", and names that a scope makes clear.

``patterns/lab_values/anaphors.tsv`` holds nouns that stand for the last analyte whose name ends in them, or, of kind
``drug``, for the drug measured; ``patterns/lab_values/contextual.tsv`` names that count only in their scope: "blood 3+" of
a dipstick, "direct 3.2" beside a bilirubin.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter

from casemill.components.lab_names import Mention
from casemill.components.lab_words import LabWords
from casemill.components.narrative import Narrative, Term
from casemill.notation.units import any_of
from casemill.resources import Entry, Patterns

__all__ = ["ANAPHORS", "CONTEXTUAL", "Anaphors"]

ANAPHORS = "lab_values/anaphors"
CONTEXTUAL = "lab_values/contextual"
_SPECIMENS = "lab_values/specimens"
_FLUIDS = frozenset(f"specimen.{name}" for name in ("csf", "pleural", "ascites", "synovial", "pericardial", "bal"))
_ARTICLE_ENDS = "eansrh"
_ARTICLE = re.compile(r"\b(?:the|an?|his|her|its|with|whose) \Z")
_PER = re.compile(r" ?(?:/|per\b)| (?:was|were) \d")
_URINE = ("specimen.urinalysis", "specimen.urine")
_start = attrgetter("start")
# How far back an analyte is remembered, in characters.
_MEMORY = 160
# How far above its rows the heading "Urinalysis" of a table may stand.
_HEADING_REACH = 500


class Anaphors:
    """Finds analytes that are named by reference to others."""

    def __init__(self, patterns: Patterns, words: LabWords, by_name: dict[str, Entry]) -> None:
        self.words = words
        self.by_name = by_name
        self._contextual = patterns.rows(CONTEXTUAL)
        self._nouns = {noun: entry for entry in patterns.rows(ANAPHORS).values() for noun in entry.terms}
        self._noun = re.compile(rf"({any_of(self._nouns)})(?![\w-]| of )")
        verbs = any_of(sorted(words.of("copula", "change")))
        self._pronoun = re.compile(rf"\bit (?:(?:had |has |then |later )?(?:{verbs})\b|to \d)")

    def find(self, narrative: Narrative, found: Sequence[Mention]) -> list[Mention]:
        """The mentions that refer to others of ``found``, which are in text order; all need a value or level to count."""
        named = [m for m in found if m.rule != "diagnosis"]
        return [*self._scoped(narrative, named), *self._nominal(narrative, named), *self._pronominal(narrative, named)]

    def specify(self, found: Sequence[Mention]) -> None:
        """Let a general name mean the one kind that the document names: "the troponin" after troponin T."""
        general = [m for m in found if m.rule == "lexicon" and m.name in ("troponin",)]
        names = {m.name for m in found} if general else set[str]()
        for mention in general:
            kinds = [n for n in names if n[:-2] == mention.name and n[-2] == " "]
            if len(kinds) == 1:
                mention.name, mention.entry = kinds[0], self.by_name.get(kinds[0], mention.entry)

    # -- names that count in their scope only -------------------------------------------------------------------------

    def _scoped(self, narrative: Narrative, named: Sequence[Mention]) -> Iterator[Mention]:
        terms = narrative.terms(CONTEXTUAL)
        if not terms:
            return
        taken = [(m.start, m.end) for m in named]
        for term in terms:
            entry = self._contextual[term.id]
            if any(
                s <= term.start and term.end <= e and e - s > term.end - term.start
                for s, e in _around(taken, term.start)
            ):
                continue
            if self._in_scope(narrative, term, named, entry):
                known = self.by_name.get(entry.canonical)
                yield Mention(term.start, term.end, term.end, entry.canonical, known, "scoped", rule="scoped")

    def _in_scope(self, narrative: Narrative, term: Term, named: Sequence[Mention], entry: Entry) -> bool:
        if entry["scope"] == "urine":
            return self._in_urine(narrative, term)
        if entry["scope"] == "fluid":
            return self._in_fluid(narrative, term)
        return self._beside(narrative, term, named, entry)

    def _in_fluid(self, narrative: Narrative, term: Term) -> bool:
        """Cells counted in the fluid that the sentence named last: ``CSF: 36 cells/mm3``, ``cell count 90/uL``."""
        if "count" not in narrative.text[term.start : term.end] and not _PER.match(narrative.folded, term.end):
            return False
        sentence = narrative.sentence_at(term.start)
        before = narrative.terms_in(_SPECIMENS, sentence.start, term.start)
        return bool(before) and before[-1].id in _FLUIDS

    def _in_urine(self, narrative: Narrative, term: Term) -> bool:
        sentence = narrative.sentence_at(term.start)
        told = narrative.text[sentence.start : sentence.end]
        start = max(0, term.start - _HEADING_REACH) if "|" in told or "\t" in told else sentence.start
        specimens = narrative.terms_in(_SPECIMENS, start, term.start)
        if not specimens:
            return False
        names = {other.start for other in narrative.terms_in(CONTEXTUAL, start, term.start)}
        before = [t for t in specimens if t.start not in names]
        return bool(before) and before[-1].id in _URINE and "\n\n" not in narrative.text[before[-1].end : term.start]

    def _beside(self, narrative: Narrative, term: Term, named: Sequence[Mention], entry: Entry) -> bool:
        sentence = narrative.sentence_at(term.start)
        whole = set(entry["scope"].split("|"))
        return any(m.name in whole and sentence.start <= m.start < term.start < m.end + 90 for m in named)

    # -- nouns and pronouns ---------------------------------------------------------------------------------------------

    def _nouns_in(self, narrative: Narrative) -> Iterator["re.Match[str]"]:
        """The nouns behind an article or an opening bracket, in text order."""
        for term in narrative.terms(ANAPHORS):
            noun = self._noun.match(narrative.folded, term.start)
            if noun is not None and _is_determined(narrative.folded, term.start):
                yield noun

    def _nominal(self, narrative: Narrative, named: Sequence[Mention]) -> Iterator[Mention]:
        for match in self._nouns_in(narrative):
            start, end = match.span(1)
            entry = self._nouns[match[1]]
            index = bisect_left(named, end, key=_start)
            article = _ARTICLE.search(narrative.folded, max(0, start - 7), start)
            if narrative.folded.endswith("of ", 0, article.start() if article else start - 1):
                continue
            if index and named[index - 1].tail > start:
                continue
            before = named[max(0, index - 12) : index]
            if entry["kind"] == "drug":
                name = self._measured_drug(narrative, start, before)
            else:
                fitting = (m.name for m in reversed(before) if m.name.endswith(f" {entry.canonical}"))
                name = next(fitting, "")
            if name:
                guard = "value" if entry["kind"] == "drug" else ""
                yield Mention(start, end, end, name, self.by_name.get(name), guard, rule="anaphor")

    def _measured_drug(self, narrative: Narrative, position: int, named: Sequence[Mention]) -> str:
        """The last drug named in the sentence before ``position`` that is an analyte too."""
        sentence = narrative.sentence_at(position)
        drugs = narrative.terms_in("drug_doses/drugs", sentence.start, position)
        if not drugs:
            return ""
        same = (m.name for m in named if m.start == drugs[-1].start)
        return next(same, drugs[-1].canonical if drugs[-1].canonical in self.by_name else "")

    def _pronominal(self, narrative: Narrative, named: Sequence[Mention]) -> Iterator[Mention]:
        folded = narrative.folded
        if not named or (" it " not in folded and "(it " not in folded):
            return
        place = folded.find("it ", named[0].start + 1)
        while place >= 0:
            last = named[bisect_left(named, place, key=_start) - 1]
            if place - last.tail <= _MEMORY and self._pronoun.match(folded, place):
                sentence = narrative.sentence_at(place)
                # "it" inside a sentence means something of that sentence
                if last.start >= sentence.start or place <= sentence.start + 2:
                    yield Mention(place, place + 2, place + 2, last.name, last.entry, "unit", rule="pronoun")
            place = folded.find("it ", place + 1)


def _is_determined(folded: str, place: int) -> bool:
    """Whether an article or an opening bracket stands before a noun."""
    before = folded[max(0, place - 2) : place]
    if before[-1:] != " " or before[0] not in _ARTICLE_ENDS:
        return before.endswith("(")
    return _ARTICLE.search(folded, max(0, place - 7), place) is not None


def _around(spans: Sequence[tuple[int, int]], position: int) -> Sequence[tuple[int, int]]:
    index = bisect_left(spans, (position, 0))
    return spans[max(0, index - 2) : index + 2]
