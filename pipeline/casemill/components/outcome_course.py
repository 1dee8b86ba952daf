"""What a report tells around a sentence of outcomes: the targets, treatments and small words of each of its sentences.

A target is a term of a body system (``diseases/body_systems``) or a laboratory analyte; it gives an outcome its domain.
Most sentences tell no outcome, so all is read sentence by sentence, when it is asked for. All offsets are half-open
characters of the report's text.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from casemill.components.narrative import Narrative, Term
from casemill.components.outcome_words import once
from casemill.components.terms import scanner
from casemill.components.texts import Texts
from casemill.resources import Patterns

__all__ = ["LEXICONS", "OF_TARGETS", "Course", "Target", "Treatment", "meet"]

_BODY, _ANALYTES, _LOW = "diseases/body_systems", "lab_values/analytes", "outcomes/directions"
_CHANGES, _HARMS, _TREATING, _CUES = "outcomes/changes", "outcomes/harms", "outcomes/treating", "outcomes/cues"
_DRUGS, _PROCEDURES = "drug_doses/drugs", "outcomes/procedures"

#: Every lexicon that is looked for in the whole text; the small words of ``outcomes/cues`` only in a sentence that tells.
LEXICONS = (_BODY, _ANALYTES, _LOW, _CHANGES, _HARMS, _TREATING, _DRUGS, _PROCEDURES)
#: Kinds of target that any other word beside them outweighs.
VAGUE = frozenset({"weak", "person", "illness", "lesion", "whole"})
#: What words of change need of their targets (column ``needs`` of ``outcomes/changes``); see :func:`meet`.
OF_TARGETS = frozenset({"target", "quantity", "thing", "symptom", "measured", "growth"})
# Words of change that only keep others from being read.
_BLOCK = "block.phrase"
# What a hormone's name is no drug before: "a selective estrogen receptor downregulator".
_RECEPTOR = (" receptor", "-receptor")
# Characters that the name of an analyte may reach beyond the substance in it.
_NAME = 30

# Characters that may stand between a substance and the word that tells it given or measured.
_BESIDE = 2

_start = itemgetter(0)


class Target(NamedTuple):
    """What an outcome may be about; ``better`` is the direction (``up``, ``down``) that improves a measure, else blank."""

    start: int
    end: int
    domain: str
    kind: str
    better: str

    @property
    def is_vague(self) -> bool:
        """Whether any other word beside it outweighs it ("symptoms", "patient")."""
        return self.kind in VAGUE


def meet(targets: Iterable[Target], needs: frozenset[str]) -> bool:
    """Whether each of ``needs`` (of :data:`OF_TARGETS`) is met by one of ``targets``."""
    for target in targets:
        if not needs:
            break
        needs -= _met(target.kind, target.domain)
    return not needs


@cache
def _met(kind: str, domain: str) -> frozenset[str]:
    """The needs that a target meets."""
    told = {
        "target": kind not in VAGUE,
        "quantity": kind not in VAGUE,
        "thing": kind != "person",
        "symptom": kind in ("finding", "disease", "cancer") and domain != "laboratory",
        "measured": kind in ("lab", "measure"),
        "growth": kind in ("cancer", "lesion") or domain == "tumor",
    }
    return frozenset(need for need, met in told.items() if met)


class Treatment(NamedTuple):
    """A drug or procedure, under the name that the ``treatment`` column prints."""

    start: int
    end: int
    name: str
    is_drug: bool = True


@cache
def _kinds(patterns: Patterns) -> Mapping[str, tuple[str, str]]:
    """Kind of target and better direction of each row of the body systems, by id."""
    return {row.id: (row["kind"], row["better"]) for row in patterns.rows(_BODY).values()}


@cache
def _endogenous(patterns: Patterns) -> frozenset[str]:
    return frozenset(patterns.rows("outcomes/classes")["endogenous"]["members"].split("|"))


class Course:
    """The sentences of a narrative as outcomes are read from them."""

    def __init__(self, narrative: Narrative, patterns: Patterns) -> None:
        self.narrative = narrative
        self._patterns = patterns
        self._found: Mapping[str, list[list[Any]]] = narrative.data.get("terms", {})
        self._cues: dict[int, list[Term]] = {}
        self._treatments: dict[int, list[Treatment]] = {}

    @once
    def changes(self) -> dict[int, list[Term]]:
        """Words of change by the number of their sentence, of sentences that hold more than words that block others."""
        found = self._by_sentence(self._found.get(_CHANGES, ()))
        return {number: terms for number, terms in found.items() if any(term.id != _BLOCK for term in terms)}

    @once
    def harms(self) -> dict[int, list[Term]]:
        """Words of harm by the number of their sentence."""
        return self._by_sentence(self._found.get(_HARMS, ()))

    @once
    def stops(self) -> set[int]:
        """Sentences that tell of a treatment stopped or lessened."""
        told = (term for term in self._found.get(_TREATING, ()) if term[3] in ("stopped", "lessened"))
        return {self.narrative.sentence_at(term[0]).number for term in told}

    @once
    def treated_from(self) -> int:
        """Where the text first tells of a treatment, by a name or by the bare word."""
        words = (term[0] for term in self._found.get(_TREATING, ()) if term[3] in ("anaphor", "treated", "care"))
        first = next(words, len(self.narrative.text))
        names = sorted(term[0] for name in (_DRUGS, _PROCEDURES) for term in self._found.get(name, ()))
        for start in names:
            if start >= first:
                break
            if given := self.treatments(self.narrative.sentence_at(start).number):
                return min(first, given[0].start)
        return first

    def _by_sentence(self, found: Iterable[list[Any]]) -> dict[int, list[Term]]:
        groups: dict[int, list[Term]] = {}
        for term in found:
            groups.setdefault(self.narrative.sentence_at(term[0]).number, []).append(Term(*term))
        return groups

    def _of(self, lexicon: str, number: int) -> list[list[Any]]:
        """Terms of ``lexicon`` that begin in sentence ``number`` or in the gap behind it, as they were scanned."""
        found = self._found.get(lexicon)
        if not found:
            return []
        start, end = self._bounds[number], self._bounds[number + 1]
        first = last = bisect_left(found, start, key=_start)
        while last < len(found) and found[last][0] < end:
            last += 1
        return found[first:last]

    @once
    def _bounds(self) -> list[int]:
        """Where each sentence begins, and the end of the text; what stands before the first belongs to it."""
        return [0, *(sentence.start for sentence in self.narrative.sentences[1:]), len(self.narrative.text)]

    def cues(self, number: int) -> list[Term]:
        """Small words of a sentence, the longest of overlapping ones."""
        if number not in self._cues:
            start, end = self._bounds[number], self._bounds[number + 1]
            narrative = self.narrative
            part = Texts("", narrative.plain[start:end], narrative.folded[start:end])
            small: list[list[Any]] = scanner(self._patterns, (_CUES,)).scan(part).get(_CUES, [])
            found = [Term(s + start, e + start, i, c) for s, e, i, c in small]
            if "May" in part.plain:
                # the month is no "may"
                found = [cue for cue in found if narrative.plain[cue.start : cue.end] != "May"]
            treating = self._of(_TREATING, number)
            self._cues[number] = _longest([*found, *map(Term._make, treating)]) if treating else found
        return self._cues[number]

    def treatments(self, number: int) -> list[Treatment]:
        """Drugs and procedures of a sentence; a word that also names an analyte is a drug as the words beside it tell."""
        if number not in self._treatments:
            found = [
                Treatment(start, end, canonical)
                for start, end, _, canonical in self._of(_DRUGS, number)
                if (not self._is_analyte(start, end) or self._is_given(start, end, canonical, number))
                and not self.narrative.folded.startswith(_RECEPTOR, end)
            ]
            procedures = self._of(_PROCEDURES, number)
            if procedures:
                drugs = list(found)
                found += [
                    Treatment(start, end, canonical, is_drug=False)
                    for start, end, _, canonical in procedures
                    if not any(drug.start < end and start < drug.end for drug in drugs)
                ]
                found.sort()
            self._treatments[number] = found
        return self._treatments[number]

    @once
    def _treated(self) -> list[int]:
        """Sentences that name a drug or procedure."""
        terms = (term for name in (_DRUGS, _PROCEDURES) for term in self._found.get(name, ()))
        return sorted({self.narrative.sentence_at(term[0]).number for term in terms})

    def treatments_before(self, number: int) -> Iterator[Treatment]:
        """All treatments of the sentences before ``number``, the last first."""
        for place in range(bisect_left(self._treated, number) - 1, -1, -1):
            yield from reversed(self.treatments(self._treated[place]))

    def _is_analyte(self, start: int, end: int) -> bool:
        """Whether the name of an analyte holds the term at ``[start, end)`` ("serum calcium")."""
        found = self._found.get(_ANALYTES, ())
        for index in range(bisect_left(found, start - _NAME, key=_start), len(found)):
            if found[index][0] > start:
                return False
            if found[index][1] >= end:
                return True
        return False

    def _is_given(self, start: int, end: int, name: str, number: int) -> bool:
        """Whether it is given, not measured: the body's own substances beside a word of giving, others but for levels."""
        role = "giving" if name in _endogenous(self._patterns) else "level"
        roles = ("giving", "treated") if role == "giving" else (role,)
        near = (cue for cue in self.cues(number) if cue.canonical in roles)
        held = any(0 <= start - cue.end <= _BESIDE or 0 <= cue.start - end <= _BESIDE for cue in near)
        return held == (role == "giving")

    def targets(self, number: int, *, measured: bool = True) -> list[Target]:
        """Terms of body systems, and the analytes that none of them and no drug covers; no antibody's ("anti-GBM")."""
        if number < 0:
            return []
        folded, kinds = self.narrative.folded, _kinds(self._patterns)
        found = [
            Target(start, end, domain, *kinds[entry])
            for start, end, entry, domain in self._of(_BODY, number)
            if not folded.endswith("anti-", 0, start)
        ]
        low = self._of(_LOW, number) if measured else []
        analytes = self._of(_ANALYTES, number) if measured else []
        if not low and not analytes:
            return found
        given = self.treatments(number)
        for start, end, _, _ in [*analytes, *low]:
            if any(treatment.start <= start and end <= treatment.end for treatment in given):
                continue
            if folded.endswith("anti-", 0, start):
                continue
            covering = [target for target in found if target.start < end and start < target.end]
            if any(target.end - target.start >= end - start for target in covering):
                continue
            if covering:
                found = [target for target in found if target not in covering]
            better = "up" if any(fall[0] <= start and end <= fall[1] for fall in low) else "down"
            found.append(Target(start, end, "laboratory", "lab", better))
        return sorted(found)


def _longest(found: list[Term]) -> list[Term]:
    """``found`` in text order, the longest of overlapping ones kept."""
    kept: list[Term] = []
    for term in sorted(found, key=lambda t: (t.start, -t.end)):
        if not kept or term.start >= kept[-1].end:
            kept.append(term)
    return kept
