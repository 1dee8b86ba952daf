"""The walk along the course of one subject, which gives its facts their clocks (:mod:`casemill.components.clock`)."""

import re
from collections.abc import Sequence

from casemill.components.clock_course import BEFORE, Course, Told
from casemill.components.clock_facts import Grids, Scene, drug_names
from casemill.components.clock_steps import EVENTS, Step
from casemill.components.clock_zero import Line, Zero, admission_in
from casemill.components.date_bindings import value_of
from casemill.components.frames import Frame, put
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import phrase
from casemill.components.told_times import Time
from casemill.notation.clocks import Offset
from casemill.schema import CLOCK

__all__ = ["NOBODY", "Placed", "Walk", "put_clock", "subject_of"]

Placed = tuple[str, Frame]
#: Subjects that have no course of their own.
NOBODY = ("cohort", "background")
_DIAGNOSED = re.compile(
    r"\b(?:was|were)\s(?:\w+\s)?diagnosed\b|\bdiagnosis\sof\b[^.;]{3,80}\bwas\s(?:made|established|confirmed)\b"
)
# So near the head of its sentence a time leads it.
_AT_HEAD = 10


def subject_of(one: Frame) -> str:
    """The subject of a fact; one that names none is of the patient."""
    return value_of(one, "subject") or "patient"


def put_clock(one: Frame, told: Told) -> None:
    """Fill the clock of a fact of an individual; a contradiction is noted, not mended."""
    if subject_of(one) in NOBODY or not (text := told.clock.text):
        return
    put(one, CLOCK, text, sorted(dict.fromkeys(told.pieces)))
    if told.conflict:
        one["quality"].append(f"conflict:{CLOCK}")


class Walk:
    """The walk along the course of one subject."""

    def __init__(self, narrative: Narrative, grids: Grids, course: Course) -> None:
        self.narrative = narrative
        self.grids = grids
        self.course = course
        # whether the narrative dwells on what went before ("Two weeks before admission, ...")
        self.aside = False

    def _says(self, event: str, sentence: Sentence) -> "re.Match[str] | None":
        return phrase(EVENTS, event).search(self.narrative.folded, sentence.start, sentence.end)

    def precede(self, line: Line, own: Sequence[Placed]) -> None:
        """Time what is told before the zero."""
        for _, one in own:
            dated = self.course.on(value_of(one, "date"))
            if dated is not None:
                put_clock(one, dated)
            elif not value_of(one, "date") and not self._says("summary", line.sentence):
                put_clock(one, Told(BEFORE))

    def opened(self, line: Line, zero: Zero) -> list[Step]:
        """The steps of the zero's own sentence that lead on; the others say what lay before ("three months after surgery")."""
        kept, course = [], self.course
        if course.age == Offset():
            course.anchors["delivery"] = course.zero
        if not zero.admits and self._operated(line.sentence):
            course.anchors["operation"] = course.zero
        for step in line.steps:
            known = not zero.admits and step.event in course.anchors
            if step.kind in ("back", "past"):
                kept.append(step)
            elif step.start < zero.piece[1] or (step.kind in ("since", "counted", "after", "at") and not known):
                if step.kind in ("since", "counted") and step.event not in ("", "?", "admission") and not step.during:
                    course.anchors[step.event] = course.zero.plus(step, step.offset, sign=-1)
            elif step.kind not in ("returns", "age", "date"):
                kept.append(step)
        return kept

    def _operated(self, sentence: Sentence) -> int:
        """Where an operation is told that was done; 0 for none."""
        if self._says("done", sentence) is None:
            return 0
        folded = self.narrative.folded
        for match in phrase(EVENTS, "operation").finditer(folded, sentence.start, sentence.end):
            if not phrase(EVENTS, "looking_back").search(
                folded, max(sentence.start, match.start() - 40), match.start()
            ):
                return match.start()
        return 0

    def admit(self, line: Line) -> None:
        """Let the narrative go on at a new admission that is told without a time."""
        again = self._says("again", line.sentence)
        moving = any(not step.passing and step.kind not in ("returns", "stays") for step in line.steps)
        if again and not moving:
            self.course.advance(Step(*again.span(), "ends"), self.course.now.later(again.span()))

    def tell(self, sentence: Sentence, steps: Sequence[Step], own: Sequence[Placed], *, opening: bool = False) -> None:
        """Time the facts of a sentence, and let the narrative go on past it."""
        course, before = self.course, self.course.running
        operated = 0 if opening else self._operated(sentence)
        if opening or steps or self._says("now", sentence):
            self.aside = False
        if steps and 0 < operated < steps[0].start:
            course.anchors["operation"] = course.now
        reached = self._step(sentence, steps, opening)
        if not opening and admission_in(self.narrative, sentence):
            course.anchors["admission"] = course.now
        if self._says("discharge", sentence):
            course.anchors.setdefault("discharge", course.now if steps else course.now.later())
        if operated:
            course.anchors["operation"] = course.now
        if opening and _DIAGNOSED.search(self.narrative.folded, sentence.start, sentence.end):
            course.anchors["diagnosis"] = course.zero
        times = [_as_time(step) for step in steps]
        self._time(
            Scene(self.narrative, self.grids, course, sentence, steps, times, reached, before, opening, self.aside),
            own,
        )

    def _step(self, sentence: Sentence, steps: Sequence[Step], opening: bool) -> dict[tuple[int, int], Told | None]:
        """Go through the steps of a sentence: the clocks that they reach."""
        reached: dict[tuple[int, int], Told | None] = {}
        looking_back = False
        for step in steps:
            found = self.course.reached(step)
            if looking_back and step.kind not in ("date", "returns", "back"):
                # "two months before, she began X; four weeks later ...": told of that time, and nothing goes on from there
                found = None
            looking_back = looking_back or step.kind == "back"
            self.aside = self.aside or (step.kind == "back" and not opening and step.start - sentence.start < _AT_HEAD)
            reached[step.start, step.end] = found
            if not looking_back:
                self.course.advance(step, found)
        return reached

    def _time(self, scene: Scene, own: Sequence[Placed]) -> None:
        """Give the facts of a sentence their clocks."""
        course, drifts, past = self.course, False, False
        for table, one in own:
            told, bound = scene.clock_of(table, one)
            if past and table == "outcomes" and not bound:
                # what came of a treatment that was told as given before
                told, bound = Told(BEFORE), True
            if told is None:
                continue
            past = past or (table == "drug_doses" and told.clock == BEFORE)
            if not bound and scene.comes_later(table, one, told):
                drifts = drifts or told.clock == course.now.clock
                told = told.later()
            put_clock(one, told)
            if table == "drug_doses" and value_of(one, "action") == "given" and told.clock != BEFORE:
                course.begin(drug_names(self.narrative, one), told)
        if drifts:
            course.drifted = True


def _as_time(step: Step) -> Time:
    """A step as that which an event of its sentence is bound to."""
    kind, passing = step.kind, step.passing or step.kind in ("back", "stays")
    if step.date or kind in ("back", "stays"):
        kind = "date"
    elif kind == "upon":
        kind = "ends"
    elif kind not in ("ends", "returns", "past"):
        kind = "relative"
    return Time(
        step.start,
        step.end,
        kind,
        step.date,
        step.leading,
        passing,
        step.bracket,
        step.until,
        by_end=step.kind == "over",
    )
