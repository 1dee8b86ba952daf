"""What a sentence speaks of: the report's own subjects, the cases of a review, or the world at large.

What authors state about the world is ``background`` and makes no row (specification, section 1). Cues stand in
``patterns/subjects/stances.tsv``: ``own`` (this report's subjects), ``strong`` (other people's findings), ``general``
(statements about a disease, a drug, a gene) and ``review`` (the cases of a literature review).
"""

import re
from collections.abc import Sequence, Set

from casemill.components.counts import find_counts
from casemill.components.narrative import Narrative, Sentence, Term
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
# "a high titre of X, an antibody that is associated with ...": the relative clause explains a word of the main clause
_ASIDE = re.compile(r"(?:,\s(?:which|an?|the)|;|\b(?:that|which|although|though|because))\s[^,.;:]{0,80}$")
_CLAUSE_END = re.compile(r"[,;]\s")
_VARIANT = re.compile(r"\b(?:variants?|mutations?|deletions?|duplications?|insertions?|substitutions?|alleles?)\b")
_THRESHOLD = re.compile(r"\b(?:above|below|over|exceeding|(?:greater|less|higher|lower|more)\sthan)\s\d")
_NO_CUES: frozenset[str] = frozenset()
# So many sentences in the present tense, and nobody whom they could be about, make an essay of a text.
_ESSAY = 3


class Stances:
    """Tells the stance of each sentence of one document."""

    def __init__(self, narrative: Narrative, roster: Roster) -> None:
        self.narrative = narrative
        self._cues: dict[int, set[str]] = {}
        self._asides: list[tuple[int, int]] = []
        for term in narrative.terms(STANCES):
            sentence = narrative.sentence_at(term.start)
            if not self._is_aside(term, sentence):
                self._cues.setdefault(sentence.start, set()).add(term.canonical)
        self._opening = _opening(roster)
        self._essay = self._is_essay(roster)

    def of(self, sentence: Sentence, mentions: Sequence[tuple[Person, tuple[int, ...]]]) -> str:
        """The stance of ``sentence``, in which ``mentions`` are named."""
        cues = self._cues.get(sentence.start, _NO_CUES)
        words = self.narrative.folded[sentence.start : sentence.end]
        ours = phrase(_PHRASES, "ours").search
        if sentence.section == "literature_review":
            return OWN if ours(words) else REVIEW
        if "review" in cues and "own" not in cues and not ours(words):
            # "a case report and literature review" counts nobody
            return REVIEW if find_counts(self.narrative.folded, sentence.start, sentence.end) else BACKGROUND
        if ("strong" in cues or ("cited" in cues and self._cited(words))) and not ours(words):
            return self._despite_others(sentence, mentions, words)
        if self._essay and "own" not in cues and not ours(words):
            return BACKGROUND
        meant = [person for person, who in mentions if who and person.determiner not in ("a", "an", "any", "each")]
        if meant:
            return OWN
        if sentence.section in _ARGUED:
            told = ("own" in cues and "general" not in cues) or self._counts_results(sentence)
        else:
            # what speaks for a statement about the world is asked first: most sentences hold none of it
            told = "own" in cues or any(who for _, who in mentions) or not self._is_worldly(sentence, cues, words)
        return OWN if told or _PRONOUN.search(words) or ours(words) else BACKGROUND

    def _counts_results(self, sentence: Sentence) -> bool:
        """Whether methods tell of counted persons: an abstract of a series tells results among its methods."""
        return sentence.section == "methods" and any(
            one.of for one in find_counts(self.narrative.folded, sentence.start, sentence.end, bare=True)
        )

    def _is_worldly(self, sentence: Sentence, cues: Set[str], words: str) -> bool:
        """Whether a sentence that names nobody says what is so in general."""
        if _is_habitual(words):
            return True
        if "general" in cues and not (
            phrase(_PHRASES, "past").search(words) and not phrase(_PHRASES, "present").search(words)
        ):
            return True
        return sentence.start < self._opening and phrase(_PHRASES, "present").search(words) is not None

    def _is_aside(self, term: Term, sentence: Sentence) -> bool:
        """Whether a cue says nothing of its sentence.

        So it is in a relative clause after a main clause in the past ("showed X, an antibody that is linked to ..."),
        after words for taking part ("was enrolled in a clinical trial"), and where it denies that a variant was known.
        """
        if term.canonical not in ("general", "strong"):
            return False
        before = self.narrative.folded[sentence.start : term.start]
        words = self.narrative.folded[sentence.start : sentence.end]
        if phrase(_PHRASES, "took_part").search(before[-40:]) or (
            phrase(_PHRASES, "unknown_so_far").search(words) and _VARIANT.search(words)
        ):
            return True
        clause = _ASIDE.search(before)
        if clause is None:
            return False
        main = before[: clause.start()]
        if not phrase(_PHRASES, "past").search(main) or phrase(_PHRASES, "present").search(main):
            return False
        stop = _CLAUSE_END.search(self.narrative.folded, term.end, sentence.end)
        self._asides.append((sentence.start + clause.start(), stop.start() if stop else sentence.end))
        return True

    def is_in_aside(self, start: int) -> bool:
        """Whether ``start`` lies in a clause that explains, within a sentence of the report's own."""
        return bool(self._asides) and any(begin <= start < end for begin, end in self._asides)

    def _is_essay(self, roster: Roster) -> bool:
        """Whether the text is a letter or an editorial: it says what is, more than what was, and of no subject of its own."""
        if roster.leading or any("own" in cues for cues in self._cues.values()):
            return False
        is_told = was_told = 0
        for sentence in self.narrative.sentences:
            words = self.narrative.folded[sentence.start : sentence.end]
            past, present = (phrase(_PHRASES, tense).search(words) for tense in ("past", "present"))
            is_told += present is not None and past is None
            was_told += past is not None and present is None
        return is_told >= _ESSAY and is_told > was_told

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


def _is_habitual(words: str) -> bool:
    """Whether a sentence without a person says what is so at all times: "the drug lowers urate", "a count below 20 warrants"."""
    if phrase(_PHRASES, "happened").search(words):
        return False
    if phrase(_PHRASES, "habitual").search(words):
        return True
    threshold = _THRESHOLD.search(words)
    return threshold is not None and bool(phrase(_PHRASES, "implies").search(words, threshold.end()))


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
