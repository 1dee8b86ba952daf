"""What a sentence speaks of: the report's own subjects, the cases of a review, or the world at large.

What authors state about the world is ``background`` and makes no row (specification, section 1). Cues stand in
``patterns/subjects/stances.tsv``: ``own`` (this report's subjects), ``strong`` (other people's findings), ``general``
(statements about a disease, a drug, a gene) and ``review`` (the cases of a literature review).
"""

import re
from collections.abc import Sequence

from casemill.components.counts import find_counts
from casemill.components.narrative import Narrative, Sentence
from casemill.components.persons import Person
from casemill.components.phrases import phrase
from casemill.components.rosters import Roster

__all__ = ["BACKGROUND", "OWN", "REVIEW", "STANCES", "Stances"]

#: The lexicon of cues.
STANCES = "subjects/stances"
OWN, BACKGROUND, REVIEW = "own", "background", "review"

_PRONOUN = re.compile(r"\b(?:she|he|his|her|him|hers)\b")
_PHRASES = "subjects/phrases"
_CITED = re.compile(r"\bet\sal\.?,?\s*(?:[\[(][^\])]{1,20}[\])]\s)?(?:\w+ly\s|also\s)?")
_ARGUED = frozenset({"introduction", "discussion", "conclusion", "methods"})


class Stances:
    """Tells the stance of each sentence of one document."""

    def __init__(self, narrative: Narrative, roster: Roster) -> None:
        self.narrative = narrative
        self._cues: dict[int, set[str]] = {}
        for term in narrative.terms(STANCES):
            self._cues.setdefault(narrative.sentence_at(term.start).start, set()).add(term.canonical)
        self._opening = _opening(roster)

    def of(self, sentence: Sentence, mentions: Sequence[tuple[Person, tuple[int, ...]]]) -> str:
        """The stance of ``sentence``, in which ``mentions`` are named."""
        cues = self._cues.get(sentence.start, set())
        words = self.narrative.folded[sentence.start : sentence.end]
        ours = bool(phrase(_PHRASES, "ours").search(words))
        if sentence.section == "literature_review":
            return OWN if ours else REVIEW
        if "review" in cues and not ours and "own" not in cues:
            # "a case report and literature review" counts nobody
            return REVIEW if find_counts(self.narrative.folded, sentence.start, sentence.end) else BACKGROUND
        if ("strong" in cues or ("cited" in cues and self._cited(words))) and not ours:
            return self._despite_others(sentence, mentions, words)
        meant = [person for person, who in mentions if who and person.determiner not in ("a", "an", "any", "each")]
        if ours or meant or _PRONOUN.search(words):
            return OWN
        if sentence.section == "methods" and any(
            one.of for one in find_counts(self.narrative.folded, sentence.start, sentence.end, bare=True)
        ):
            # an abstract of a series tells results among its methods
            return OWN
        if sentence.section in _ARGUED:
            return OWN if "own" in cues and "general" not in cues else BACKGROUND
        if "own" in cues or any(who for _, who in mentions):
            return OWN
        if "general" in cues and not (
            phrase(_PHRASES, "past").search(words) and not phrase(_PHRASES, "present").search(words)
        ):
            return BACKGROUND
        if sentence.start < self._opening and phrase(_PHRASES, "present").search(words):
            return BACKGROUND
        return OWN

    def _cited(self, words: str) -> bool:
        """Whether the authors cited are said to have found something ("Smith et al. reported"), not merely followed."""
        match = _CITED.search(words)
        return match is not None and bool(phrase(_PHRASES, "cited_said").match(words, match.end()))

    def _despite_others(
        self, sentence: Sentence, mentions: Sequence[tuple[Person, tuple[int, ...]]], words: str
    ) -> str:
        """The literature named beside the own patient: "the daughter carried X, described before in patients with Y"."""
        if sentence.section in _ARGUED:
            return BACKGROUND
        first = next((p for p, who in mentions if who and p.determiner not in ("a", "an")), None)
        if first is not None and first.start - sentence.start < 40:
            return OWN
        return OWN if _PRONOUN.match(words) else BACKGROUND


def _opening(roster: Roster) -> int:
    """Where the report's first individual is introduced as new ("a 34-year-old woman"); 0 where none is."""
    leading = roster.leading
    if not leading:
        return 0
    first = min(leading, key=lambda one: one.first)
    for person, meant in roster.mentions:
        if meant and meant[0] == first.index:
            return person.sentence if person.determiner in ("a", "an") or person.age is not None else 0
    return 0
