"""What a sentence offers to the reading of outcomes: its words of change, targets, treatments and small words.

All offsets are half-open characters of the report's text.
"""

from collections.abc import Iterator

from casemill.components.narrative import Sentence, Term
from casemill.components.outcome_course import OF_TARGETS, Course, Target, Treatment, meet
from casemill.components.outcome_words import once

__all__ = ["BREAKS", "CREDITS", "OF_TARGETS", "Statement", "Target", "Treatment", "beside", "meet", "statements"]

#: Roles of cues (column ``canonical`` of ``outcomes/cues``) that open a new clause.
BREAKS = frozenset({"break", "when", "because", "relative_break"})
#: Roles of cues that lead to a treatment credited or blamed.
CREDITS = frozenset({"credit", "with", "because_of", "despite"})
# How many sentences back a treatment may be meant by "this treatment".
_LOOK_BACK = 4

Roles = str | tuple[str, ...] | frozenset[str]


class Statement:
    """One sentence with what it tells, each list in text order, read when it is first asked for: most sentences need little.

    ``text``: the whole report's, in lower case; ``changes``, ``harms``: the sentence's words of change and of harm.
    """

    def __init__(self, course: Course, sentence: Sentence, changes: list[Term], harms: list[Term]) -> None:
        self._course, self.sentence, self.text = course, sentence, course.narrative.folded
        self.changes, self.harms = changes, harms

    @once
    def cues(self) -> list[Term]:
        """Small words that say something of a change or a harm."""
        return self._course.cues(self.sentence.number)

    @once
    def _told(self) -> dict[Roles, list[Term]]:
        """The cues by role: most roles are asked for where none is."""
        told: dict[Roles, list[Term]] = {}
        for cue in self.cues:
            told.setdefault(cue.canonical, []).append(cue)
        return told

    @once
    def targets(self) -> list[Target]:
        """What an outcome may be about."""
        return self._course.targets(self.sentence.number)

    def offers(self, needs: frozenset[str]) -> bool:
        """Whether its targets, or those of the sentence before, can meet ``needs``."""
        return not needs or meet(self.targets, needs) or meet([*self.targets, *self.before], needs)

    @once
    def treatments(self) -> list[Treatment]:
        """Drugs and procedures."""
        return self._course.treatments(self.sentence.number)

    @once
    def before(self) -> list[Target]:
        """Targets of the sentence before, analytes left out."""
        return self._course.targets(self.sentence.number - 1, measured=False)

    @once
    def earlier(self) -> list[Treatment]:
        """Treatments of the nearest of the last sentences that names any."""
        number = self.sentence.number
        near = (self._course.treatments(before) for before in range(number - 1, max(-1, number - 1 - _LOOK_BACK), -1))
        return next((found for found in near if found), [])

    @property
    def stops(self) -> bool:
        """Whether it tells of a treatment stopped or lessened."""
        return self.sentence.number in self._course.stops

    @property
    def history(self) -> list[Treatment]:
        """All treatments before this sentence."""
        return self._course.treatments_before(self.sentence.number)

    @property
    def treated(self) -> bool:
        """Whether a treatment was told before the sentence ends."""
        return self._course.treated_from < self.sentence.end

    def cued(self, roles: Roles, start: int, end: int) -> list[Term]:
        """Cues of these roles that lie within ``[start, end)``."""
        found = self._told.get(roles)
        if found is None:
            # kept under the roles together once they were asked for
            told = [] if isinstance(roles, str) else [cue for cue in self.cues if cue.canonical in roles]
            found = self._told[roles] = told
        if not found or found[-1].start < start or found[0].start >= end:
            return []
        return [cue for cue in found if cue.start >= start and cue.end <= end]

    def tells(self, roles: frozenset[str]) -> bool:
        """Whether it holds a cue of one of these roles at all."""
        return not roles.isdisjoint(self._told)

    def told_as(self, role: str) -> list[Term]:
        """All its cues of this role."""
        return self._told.get(role, [])

    def following(self, roles: Roles, start: int) -> list[Term]:
        """Cues of these roles from ``start`` on."""
        return self.cued(roles, start, self.sentence.end)

    def targets_in(self, start: int, end: int) -> list[Target]:
        """Targets that lie within ``[start, end)``."""
        found = self.targets
        if not found or found[-1].start < start or found[0].start >= end:
            return []
        return [target for target in found if target.start >= start and target.end <= end]

    def treatments_in(self, start: int, end: int) -> list[Treatment]:
        """Treatments that lie within ``[start, end)``."""
        found = self.treatments
        if not found or found[-1].start < start or found[0].start >= end:
            return []
        return [treatment for treatment in found if treatment.start >= start and treatment.end <= end]


def beside(first: Term | Target | Treatment, second: Term | Target | Treatment, gap: int = 2) -> bool:
    """Whether the two stand side by side, in either order, at most ``gap`` characters apart."""
    return 0 <= first.start - second.end <= gap or 0 <= second.start - first.end <= gap


def statements(course: Course) -> Iterator[Statement]:
    """The sentences that hold a word of change, of harm or of stopping, in text order."""
    changes, harms = course.changes, course.harms
    for number in sorted({*changes, *harms, *course.stops}):
        sentence = course.narrative.sentences[number]
        if sentence.extract:
            yield Statement(course, sentence, changes.get(number, []), harms.get(number, []))
