"""Which clock a fact gets: from a time of its own sentence, or from where the course of its subject stands."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casemill.components.clock_course import BEFORE, ZERO, Course, Told
from casemill.components.clock_steps import EVENTS, MEASURED, Step
from casemill.components.date_bindings import PERFECT, PLUPERFECT, bound_time, event_of, value_of
from casemill.components.dated_grids import Elapsed, find_elapsed
from casemill.components.frames import Frame
from casemill.components.grids import Grid, find_grids
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import phrase
from casemill.components.told_times import Time
from casemill.notation.clocks import Offset, contradict, offset_of

__all__ = ["Grids", "Scene", "drug_names", "is_past"]

# Outcomes that take time after what they are outcomes of.
_COMING = frozenset({"resolved", "improved", "worsened", "relapsed", "no_relapse", "died", "alive", "adverse_event"})
_STEPS = frozenset({"increased", "decreased", "stopped"})
_HAD_CHANGED = re.compile(
    r"\bhad\s(?:(?:already|previously|recently|just)\s)?(?:been\s)?(?:stopped|discontinued|withdrawn|reduced|increased)\b"
)
_WITHIN = re.compile(
    r"[^.;:]{0,60}?\b(?:within|over|in|during|by)\s(?:the\s(?:next|following|first)\s)?"
    r"(?:(?:a\sfew|several|about|approximately)\s)?(?:\w+\s)?(?:hours?|days?|weeks?|months?|years?)\b"
)
_BEFOREHAND = re.compile(r"\b(?:before|prior\sto)\s(?!and\b)")
_REACH = 40
# Tables of what is found at one time, when the history is taken.
_MEASURED = frozenset({"antibodies", "lab_values"})
# "Presented with a 3-week history of fever and a CRP of 80 mg/L", "a history of 3 weeks of fever": how long it has lasted.
_LASTING = re.compile(r"\b(?:day|week|month|year)s?'?[\s-](?:\w+\s)?$")
_LASTED = re.compile(r"\s(?:[\w-]+\s){0,3}(?:days?|weeks?|months?|years?)\b")
_UNTIL = re.compile(r"\b(?:until|till|when)\b")
_HEAD = re.compile(r"(?:after|following|upon|once)\s(?!(?:\d|an?\s|two|three|four|five|six))")
# "Because of neutropenia, it was stopped after 16 weeks": the neutropenia came before.
_BECAUSE = re.compile(r"\b(?:because\sof|due\sto|owing\sto|given)\b")
_PARTED = re.compile(r"[,;:]|\b(?:was|were|had|received|started|given|began)\b")
_TIMED_CELL = re.compile(
    r"\b(?:day|week|month|year|hour|admission|discharge|baseline|before|after|visit|follow|pre|post|d\d|h\d)"
)


def drug_names(narrative: Narrative, one: Frame) -> set[str]:
    """The names of a drug, as known and as printed."""
    cell = one["cells"].get("drug")
    printed = (narrative.folded[start:end] for start, end in cell[1]) if cell else ()
    return {value_of(one, "drug").lower(), *printed} - {""}


def is_past(narrative: Narrative, table: str, one: Frame, sentence: Sentence) -> bool:
    """Whether a drug's step is told as taken before: in the pluperfect, or as a standing medication."""
    if table != "drug_doses":
        return False
    folded, start, end = narrative.folded, one["start"], one["end"]
    if value_of(one, "action") not in ("given", ""):
        return bool(_HAD_CHANGED.search(folded, max(sentence.start, start - 30), end))
    clause = re.split(r"[;:]", folded[max(sentence.start, start - 160) : end])[-1]
    standing = phrase(EVENTS, "long_standing")
    return bool(
        PLUPERFECT.search(clause)
        or phrase("dates/phrases", "standing").search(clause)
        or standing.search(clause)
        or standing.search(folded, end, min(sentence.end, end + 60))
    )


class Grids:
    """The tables of a document that have times at their heads."""

    def __init__(self, narrative: Narrative) -> None:
        self._folded = narrative.folded
        self._elapsed = find_elapsed(narrative)
        self._timed = [grid for grid in find_grids(narrative.text) if self._is_timed(grid)]

    def _is_timed(self, grid: Grid) -> bool:
        return any(_TIMED_CELL.search(self._folded, start, end) for start, end in _heads(grid))

    def row(self, one: Frame) -> Elapsed | None:
        """The row that holds a fact and tells its time, if one does."""
        return next((row for row in self._elapsed if row.start <= one["start"] < row.end), None)

    def hides(self, one: Frame) -> bool:
        """Whether a fact stands in a table whose columns or rows are times that nobody read."""
        return any(grid.start <= one["start"] < grid.end for grid in self._timed)


def _heads(grid: Grid) -> Iterator[tuple[int, int]]:
    yield from grid.rows[0][1:]
    for row in grid.rows[1:]:
        yield row[0]


@dataclass
class Scene:
    """One sentence of a course, with its steps and the clocks that they ``reached``, by their place.

    ``before`` is where the course stood at its beginning; ``opening`` tells that it is that of the zero, ``aside`` that the
    narrative dwells on what went before.
    """

    narrative: Narrative
    grids: Grids
    course: Course
    sentence: Sentence
    steps: Sequence[Step]
    times: list[Time]
    reached: Mapping[tuple[int, int], Told | None]
    before: Told
    opening: bool
    aside: bool

    def clock_of(self, table: str, one: Frame) -> tuple[Told | None, bool]:
        """The clock of a fact, none if it can't be known, and whether more than the mere course gives it."""
        dated = self.course.on(value_of(one, "date"))
        if dated is not None:
            dated = dated._replace(pieces=(*dated.pieces, *map(tuple, one["cells"]["date"][1])))
        row = self.grids.row(one)
        if row is not None:
            return dated or self._in_row(row), True
        if self.grids.hides(one):
            return dated, True
        event = event_of(table, one, self.sentence)
        time = bound_time(self.narrative, table, one, event, self.sentence, self.times)
        if time is not None:
            return self._bound(table, one, event, time, dated)
        return self._unbound(table, one, event, dated)

    def _bound(
        self, table: str, one: Frame, event: tuple[int, int], time: Time, dated: Told | None
    ) -> tuple[Told | None, bool]:
        folded, (start, end) = self.narrative.folded, event
        because = table == "outcomes" and _BECAUSE.search(folded, self.sentence.start, start)
        if time.start >= end and (
            (because and "," in folded[end : time.start]) or _UNTIL.search(folded, end, time.start)
        ):
            return dated or self.before.later(), True
        if self._is_what_went_before(table, one):
            return dated or self.before, False
        step = next((step for step in self.steps if (step.start, step.end) == (time.start, time.end)), None)
        if table == "drug_doses" and step is not None and _is_counted_from(one, step):
            return dated or (self.before if step.kind == "after" else None), True
        reached = self.reached.get((time.start, time.end))
        if time.kind == "date":
            conflict = reached is not None and reached.conflict
            return (dated._replace(conflict=conflict) if dated else reached), True
        return _chosen(reached, dated), True

    def _unbound(self, table: str, one: Frame, event: tuple[int, int], dated: Told | None) -> tuple[Told | None, bool]:
        start, end = event
        if dated is not None and not dated.clock.exact:
            return dated, True
        beside = next((step for step in self.steps if step.kind == "ends" and end <= step.start <= end + 2), None)
        if beside is not None and table != "drug_doses":
            # "sodium was 136 at discharge"
            return dated or self.reached.get((beside.start, beside.end)), True
        before = self.before
        past = any(
            step.kind == "past" and step.start < start and not (table in _MEASURED and self._is_present(step))
            for step in self.steps
        )
        if past or is_past(self.narrative, table, one, self.sentence):
            return dated or (Told(BEFORE) if before.clock.exact and before.clock.offset == Offset() else None), True
        if table == "outcomes" and PERFECT.search(self.narrative.folded, max(self.sentence.start, start - 40), start):
            return dated or before.later(), True
        if dated is not None:
            return self._dated(one, dated)
        if self._is_before_operation(start, end):
            return (Told(BEFORE) if before.clock == ZERO else None), True
        looks_back = any(step.kind == "back" and step.start < start for step in self.steps)
        if looks_back or self.aside:
            return None, True
        if (date := value_of(one, "date")) and self.opening:
            return None, True
        if date:
            # the first calendar date of the course: that of where it stands
            self.course.date_now(date, before)
            return before, True
        return before, False

    def _is_present(self, past: Step) -> bool:
        """Whether words of the past only tell how long what the patient presents with has lasted."""
        folded, sentence = self.narrative.folded, self.sentence
        return bool(
            _LASTING.search(folded, max(sentence.start, past.start - _REACH), past.start)
            or _LASTED.match(folded, past.end, sentence.end)
        )

    def _is_before_operation(self, start: int, end: int) -> bool:
        """ "Before the bypass, calcium was low"; "iron was prescribed before surgery": of an operation that was told."""
        if "operation" not in self.course.anchors:
            return False
        folded, sentence = self.narrative.folded, self.sentence
        head = _BEFOREHAND.match(folded, sentence.start, start)
        tail = _BEFOREHAND.search(folded, end, min(sentence.end, end + _REACH))
        for place in (head.end() if head else -1, tail.end() if tail else -1):
            if place >= 0 and phrase(EVENTS, "operation").search(folded, place, min(sentence.end, place + _REACH)):
                return True
        return False

    def _dated(self, one: Frame, dated: Told) -> tuple[Told, bool]:
        """The clock of a fact that has the calendar's running date."""
        before = self.before.clock
        if len(value_of(one, "date")) >= len("2020-01-01"):
            return dated, True
        if not before.exact:
            # a month that is no later than what it is later than tells nothing more
            return (dated if dated.clock.offset.days > before.offset.days else self.before), True
        if contradict(before.offset, dated.clock.offset):
            return dated, True
        return _chosen(self.before, dated) or dated, False

    def _in_row(self, row: Elapsed) -> Told | None:
        known, offset = self.course.anchors.get(row.base), offset_of(row.iso)
        if known is None or offset is None:
            return None
        return Told(known.clock.plus(offset), (*known.pieces, row.piece))

    def _is_what_went_before(self, table: str, one: Frame) -> bool:
        """ "After intravenous dexamethasone, he recovered": the drug was given before."""
        folded = self.narrative.folded
        head = _HEAD.match(folded, self.sentence.start, self.sentence.end)
        return table == "drug_doses" and head is not None and not _PARTED.search(folded, head.end(), one["start"])

    def comes_later(self, table: str, one: Frame, told: Told) -> bool:
        """Whether a fact told without a time takes time: an outcome of what was begun, another step of a drug."""
        if self.opening or not told.clock.exact:
            return False
        course, folded = self.course, self.narrative.folded
        if table == "drug_doses":
            return value_of(one, "action") in _STEPS and any(
                known.clock == told.clock
                for name in drug_names(self.narrative, one)
                if (known := course.begun.get(name)) is not None
            )
        _, end = event_of(table, one, self.sentence)
        if table in ("outcomes", "lab_values") and _WITHIN.match(folded, end, self.sentence.end):
            return True
        if table != "outcomes":
            return False
        if any(step.start >= end and not step.passing and step.kind in MEASURED for step in self.steps):
            # a time that another clause keeps from it: "normal when checked at ten days"
            return True
        credited = [name for name in value_of(one, "treatment").split(" + ") if name]
        if value_of(one, "outcome") in _COMING:
            return course.begins_now() or any(name not in course.begun for name in credited)
        return any(name in course.begun for name in credited)


def _is_counted_from(one: Frame, step: Step) -> bool:
    """ "Two months after restarting letrozole": the drug lies before that time."""
    return step.kind in ("since", "after") and step.end <= one["start"] < step.end + len(step.told)


def _chosen(told: Told | None, dated: Told | None) -> Told | None:
    """The calendar's offset, unless what is told says the same more precisely; a contradiction is noted."""
    if dated is None or told is None:
        return dated or told
    if not told.clock.exact or not dated.clock.exact:
        return dated if dated.clock.exact and dated.clock.offset.days > told.clock.offset.days else told
    if contradict(told.clock.offset, dated.clock.offset):
        return dated._replace(conflict=True)
    finer = told.clock.offset == Offset() or (told.clock.offset.minutes and not told.clock.offset.months)
    return told if finer else dated._replace(conflict=told.conflict)
