"""What a sentence offers to the reading of outcomes: its words of change, targets, treatments and small words.

A target is a term of a body system (``diseases/body_systems``) or a laboratory analyte; it gives an outcome its domain.
All offsets are half-open characters of the report's text.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from casemill.components.narrative import Narrative, Sentence, Term
from casemill.resources import Entry, Patterns

__all__ = ["BREAKS", "CREDITS", "LEXICONS", "VAGUE", "Statement", "Target", "Treatment", "beside", "statements"]

_BODY, _ANALYTES, _LOW = "diseases/body_systems", "lab_values/analytes", "outcomes/directions"
_CHANGES, _CUES, _HARMS = "outcomes/changes", "outcomes/cues", "outcomes/harms"
_DRUGS, _PROCEDURES = "drug_doses/drugs", "outcomes/procedures"

#: Every lexicon that outcomes are read with.
LEXICONS = (_BODY, _ANALYTES, _LOW, _CHANGES, _CUES, _HARMS, _DRUGS, _PROCEDURES)

#: Roles of cues (column ``canonical`` of ``outcomes/cues``) that open a new clause.
BREAKS = ("break", "when", "because", "relative_break")
#: Roles of cues that lead to a treatment credited or blamed.
CREDITS = ("credit", "with", "because_of", "despite")
#: Kinds of target that any other word beside them outweighs.
VAGUE = ("weak", "person", "illness", "lesion", "whole")
# Characters that the name of an analyte may reach beyond the substance in it.
_NAME = 30
# How many sentences back a treatment may be meant by "this treatment".
_LOOK_BACK = 4

Roles = str | tuple[str, ...]


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


class Treatment(NamedTuple):
    """A drug or procedure, under the name that the ``treatment`` column prints."""

    start: int
    end: int
    name: str
    is_drug: bool = True


@dataclass(slots=True)
class Statement:
    """One sentence with the terms found in it, each list in text order.

    ``before``: targets of the sentence before; ``earlier``: treatments of the nearest sentence before that names any;
    ``history``: all treatments before this sentence; ``treated``: whether a treatment was told before the sentence ends.
    """

    sentence: Sentence
    text: str
    changes: list[Term] = field(default_factory=list)
    harms: list[Term] = field(default_factory=list)
    cues: list[Term] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    before: list[Target] = field(default_factory=list)
    earlier: list[Treatment] = field(default_factory=list)
    history: list[Treatment] = field(default_factory=list)
    treated: bool = False

    def cued(self, roles: Roles, start: int, end: int) -> list[Term]:
        """Cues of these roles that lie within ``[start, end)``."""
        wanted = (roles,) if isinstance(roles, str) else roles
        return [cue for cue in self.cues if cue.canonical in wanted and cue.start >= start and cue.end <= end]

    def following(self, roles: Roles, start: int) -> list[Term]:
        """Cues of these roles from ``start`` on."""
        return self.cued(roles, start, self.sentence.end)

    def targets_in(self, start: int, end: int) -> list[Target]:
        """Targets that lie within ``[start, end)``."""
        return [target for target in self.targets if target.start >= start and target.end <= end]

    def treatments_in(self, start: int, end: int) -> list[Treatment]:
        """Treatments that lie within ``[start, end)``."""
        return [treatment for treatment in self.treatments if treatment.start >= start and treatment.end <= end]


def beside(first: Term | Target | Treatment, second: Term | Target | Treatment, gap: int = 2) -> bool:
    """Whether the two stand side by side, in either order, at most ``gap`` characters apart."""
    return 0 <= first.start - second.end <= gap or 0 <= second.start - first.end <= gap


def statements(narrative: Narrative, patterns: Patterns) -> Iterator[Statement]:
    """The sentences that hold a word of change, of harm or of stopping, in text order."""
    changes = _grouped(narrative, narrative.terms(_CHANGES))
    harms = _grouped(narrative, narrative.terms(_HARMS))
    # the month is no "may"
    cues = _grouped(narrative, [cue for cue in narrative.terms(_CUES) if narrative.text[cue.start : cue.end] != "May"])
    stops = {number for number, found in cues.items() if any(cue.canonical in ("stopped", "lessened") for cue in found)}
    if not changes and not harms and not stops:
        return
    body, analytes, low = (_grouped(narrative, narrative.terms(name)) for name in (_BODY, _ANALYTES, _LOW))
    endogenous = frozenset(patterns.rows("outcomes/classes")["endogenous"]["members"].split("|"))
    treatments = _treatments(narrative, cues, endogenous)
    history = [treatment for found in treatments.values() for treatment in found]
    treated_from = _treated_from(narrative, cues, history)
    rows = patterns.rows(_BODY)
    for sentence in narrative.sentences:
        number = sentence.number
        if sentence.extract and (number in changes or number in harms or number in stops):
            given = treatments.get(number, [])
            yield Statement(
                sentence,
                narrative.plain,
                changes=changes.get(number, []),
                harms=harms.get(number, []),
                cues=cues.get(number, []),
                targets=_targets(
                    narrative,
                    body.get(number, []),
                    analytes.get(number, []),
                    low.get(number, []),
                    given,
                    rows,
                ),
                treatments=given,
                before=_targets(narrative, body.get(number - 1, []), [], [], [], rows),
                earlier=_earlier(treatments, number),
                history=[treatment for treatment in history if treatment.end <= sentence.start],
                treated=treated_from < sentence.end,
            )


def _grouped(narrative: Narrative, terms: Iterable[Term]) -> dict[int, list[Term]]:
    groups: dict[int, list[Term]] = {}
    for term in terms:
        groups.setdefault(narrative.sentence_at(term.start).number, []).append(term)
    return groups


def _treated_from(narrative: Narrative, cues: Mapping[int, list[Term]], history: list[Treatment]) -> int:
    """Where the text first tells of a treatment, by a name or by the bare word."""
    words = [cue.start for found in cues.values() for cue in found if cue.canonical in ("anaphor", "treated", "care")]
    return min([treatment.start for treatment in history] + words, default=len(narrative.text))


def _treatments(
    narrative: Narrative, cues: Mapping[int, list[Term]], endogenous: frozenset[str]
) -> dict[int, list[Treatment]]:
    """Drugs and procedures by sentence; a word that also names an analyte is a drug as the words beside it tell."""
    found = []
    for term in narrative.terms(_DRUGS):
        around = cues.get(narrative.sentence_at(term.start).number, ())
        if not _is_analyte(narrative, term) or _is_given(term, around, endogenous):
            found.append(Treatment(term.start, term.end, term.canonical))
    taken = [(treatment.start, treatment.end) for treatment in found]
    found += [
        Treatment(term.start, term.end, term.canonical, is_drug=False)
        for term in narrative.terms(_PROCEDURES)
        if not any(start < term.end and term.start < end for start, end in taken)
    ]
    groups: dict[int, list[Treatment]] = {}
    for treatment in sorted(found):
        groups.setdefault(narrative.sentence_at(treatment.start).number, []).append(treatment)
    return groups


def _is_analyte(narrative: Narrative, term: Term) -> bool:
    """Whether the name of an analyte holds ``term`` ("serum calcium")."""
    around = narrative.terms_in(_ANALYTES, max(0, term.start - _NAME), term.end + _NAME)
    return any(analyte.start <= term.start and term.end <= analyte.end for analyte in around)


def _is_given(term: Term, cues: Iterable[Term], endogenous: frozenset[str]) -> bool:
    """Whether ``term`` is given, not measured: the body's own substances beside a word of giving, others but for levels."""
    role = "giving" if term.canonical in endogenous else "level"
    roles = ("giving", "treated") if role == "giving" else (role,)
    return any(cue.canonical in roles and beside(cue, term) for cue in cues) == (role == "giving")


def _earlier(treatments: Mapping[int, list[Treatment]], number: int) -> list[Treatment]:
    for before in range(number - 1, max(-1, number - 1 - _LOOK_BACK), -1):
        if before in treatments:
            return treatments[before]
    return []


def _targets(
    narrative: Narrative,
    body: list[Term],
    analytes: list[Term],
    low: list[Term],
    treatments: list[Treatment],
    rows: Mapping[str, Entry],
) -> list[Target]:
    """Terms of body systems, and the analytes that none of them and no drug covers; no antibody's ("anti-GBM")."""
    found = [
        Target(term.start, term.end, term.canonical, rows[term.id]["kind"], rows[term.id]["better"])
        for term in body
        if not narrative.folded.endswith("anti-", 0, term.start)
    ]
    for term in [*analytes, *low]:
        if any(treatment.start <= term.start and term.end <= treatment.end for treatment in treatments):
            continue
        if narrative.folded.endswith("anti-", 0, term.start):
            continue
        covering = [target for target in found if target.start < term.end and term.start < target.end]
        if any(target.end - target.start >= term.end - term.start for target in covering):
            continue
        found = [target for target in found if target not in covering]
        better = "up" if any(fall.start <= term.start and term.end <= fall.end for fall in low) else "down"
        found.append(Target(term.start, term.end, "laboratory", "lab", better))
    return sorted(found)
