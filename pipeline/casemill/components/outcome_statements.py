"""What a sentence offers to the reading of outcomes: its words of change, targets, treatments and small words.

A target is a term of a body system (``diseases/body_systems``) or a laboratory analyte; it gives an outcome its domain.
All offsets are half-open characters of the report's text.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from casemill.components.narrative import Narrative, Sentence, Term
from casemill.resources import Entry, Patterns

__all__ = ["LEXICONS", "Statement", "Target", "Treatment", "statements"]

_BODY, _ANALYTES, _LOW = "diseases/body_systems", "lab_values/analytes", "outcomes/directions"
_CHANGES, _CUES, _HARMS = "outcomes/changes", "outcomes/cues", "outcomes/harms"
_DRUGS, _PROCEDURES = "drug_doses/drugs", "outcomes/procedures"

#: Every lexicon that outcomes are read with.
LEXICONS = (_BODY, _ANALYTES, _LOW, _CHANGES, _CUES, _HARMS, _DRUGS, _PROCEDURES)


class Target(NamedTuple):
    """What an outcome may be about; ``better`` is the direction (``up``, ``down``) that improves a measure, else blank."""

    start: int
    end: int
    domain: str
    kind: str
    better: str


class Treatment(NamedTuple):
    """A drug or procedure, under the name that the ``treatment`` column prints."""

    start: int
    end: int
    name: str


@dataclass(slots=True)
class Statement:
    """One sentence with the terms found in it, each list in text order.

    ``before``: targets of the sentence before; ``earlier``: treatments of the nearest sentence before that names any; ``history``: all before this sentence;
    ``treated``: whether a treatment was told before.
    """

    sentence: Sentence
    text: str
    changes: list[Term] = field(default_factory=list)
    harms: list[Term] = field(default_factory=list)
    cues: list[Term] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    earlier: list[Treatment] = field(default_factory=list)
    history: list[Treatment] = field(default_factory=list)
    before: list[Target] = field(default_factory=list)
    treated: bool = False

    def cued(self, role: str, start: int, end: int) -> list[Term]:
        """Cues of ``role`` that lie within ``[start, end)``."""
        return [cue for cue in self.cues if cue.canonical == role and cue.start >= start and cue.end <= end]

    def targets_in(self, start: int, end: int) -> list[Target]:
        """Targets that lie within ``[start, end)``."""
        return [target for target in self.targets if target.start >= start and target.end <= end]


def _grouped(narrative: Narrative, terms: Iterable[Term]) -> dict[int, list[Term]]:
    groups: dict[int, list[Term]] = {}
    for term in terms:
        groups.setdefault(narrative.sentence_at(term.start).number, []).append(term)
    return groups


def statements(narrative: Narrative, patterns: Patterns) -> Iterator[Statement]:
    """The sentences that hold a word of change or of harm, in text order."""
    changes = _grouped(narrative, narrative.terms(_CHANGES))
    harms = _grouped(narrative, narrative.terms(_HARMS))
    stops = {narrative.sentence_at(t.start).number for t in narrative.terms(_CUES) if t.canonical == "stopped"}
    if not changes and not harms and not stops:
        return
    cues = _grouped(narrative, narrative.terms(_CUES))
    body = _grouped(narrative, narrative.terms(_BODY))
    analytes = _grouped(narrative, narrative.terms(_ANALYTES))
    low = _grouped(narrative, narrative.terms(_LOW))
    treatments = _treatments(narrative, cues, frozenset(patterns.rows("outcomes/classes")["endogenous"]["members"].split("|")))
    treated_from = min((t.start for found in treatments.values() for t in found), default=len(narrative.text))
    words = [cue.start for found in cues.values() for cue in found if cue.canonical == "anaphor" or cue.id == "verb.treated"]
    treated_from = min(treated_from, min(words, default=treated_from))
    rows = patterns.rows(_BODY)
    told = [t for found in treatments.values() for t in found]
    for sentence in narrative.sentences:
        index = sentence.number
        if (index in changes or index in harms or index in stops) and sentence.extract:
            yield Statement(
                sentence,
                narrative.plain,
                changes=changes.get(index, []),
                harms=harms.get(index, []),
                cues=cues.get(index, []),
                targets=_targets(body.get(index, []), analytes.get(index, []), low.get(index, []), treatments.get(index, []), rows),
                treatments=treatments.get(index, []),
                earlier=_earlier(treatments, index),
                history=[t for t in told if t.end <= sentence.start],
                before=_targets(body.get(index - 1, []), [], [], [], rows),
                treated=treated_from < sentence.end,
            )


def _treatments(
    narrative: Narrative, cues: Mapping[int, list[Term]], endogenous: frozenset[str]
) -> dict[int, list[Treatment]]:
    """Drugs and procedures by sentence; a word that also names an analyte is a drug as the words beside it tell."""
    analytes = {(term.start, term.end) for term in narrative.terms(_ANALYTES)}
    found = []
    for term in narrative.terms(_DRUGS):
        beside = cues.get(narrative.sentence_at(term.start).number, ())
        if (term.start, term.end) not in analytes or _is_given(term, beside, endogenous):
            found.append(Treatment(term.start, term.end, term.canonical))
    taken = [(t.start, t.end) for t in found]
    found += [
        Treatment(term.start, term.end, term.canonical)
        for term in narrative.terms(_PROCEDURES)
        if not any(start < term.end and term.start < end for start, end in taken)
    ]
    groups: dict[int, list[Treatment]] = {}
    for treatment in sorted(found):
        groups.setdefault(narrative.sentence_at(treatment.start).number, []).append(treatment)
    return groups


def _is_given(term: Term, cues: Iterable[Term], endogenous: frozenset[str]) -> bool:
    """Whether ``term`` is given, not measured: the body's own substances beside a word of giving, others but for levels."""
    role = "giving" if term.canonical in endogenous else "level"
    beside = any(cue.canonical == role and (0 <= cue.start - term.end <= 2 or 0 <= term.start - cue.end <= 2) for cue in cues)
    return beside == (role == "giving")


def _earlier(treatments: Mapping[int, list[Treatment]], index: int) -> list[Treatment]:
    """Treatments of the nearest of the four sentences before that names any."""
    for before in range(index - 1, max(-1, index - 5), -1):
        if before in treatments:
            return treatments[before]
    return []


def _targets(
    body: list[Term], analytes: list[Term], low: list[Term], treatments: list[Treatment], rows: Mapping[str, Entry]
) -> list[Target]:
    found = [
        Target(term.start, term.end, term.canonical, rows[term.id]["kind"], rows[term.id]["better"])
        for term in body
    ]
    falls = [(term.start, term.end) for term in low]
    for term in [*analytes, *low]:
        if any(t.start <= term.start and term.end <= t.end for t in treatments):
            continue
        covering = [t for t in found if t.start < term.end and term.start < t.end]
        if any(t.end - t.start >= term.end - term.start for t in covering):
            continue
        found = [t for t in found if t not in covering]
        better = "up" if any(s < term.end and term.start < e for s, e in falls) else "down"
        found.append(Target(term.start, term.end, "laboratory", "lab", better))
    return sorted(found)
