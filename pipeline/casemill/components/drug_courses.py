"""The course of each drug through a document: classes that mean a drug named before, doses without a name, changes of
dose told without the word, and retellings.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from casemill.components.drug_names import DrugNames, Mention
from casemill.components.drug_passages import Passage
from casemill.components.drug_steps import Step
from casemill.components.frames import Frame, frame

__all__ = ["Courses"]

_ADMINISTERED = ("exposure.start", "exposure.receive")


@dataclass(slots=True)
class _Course:
    """What a document has told of one drug so far."""

    name: str
    order: int
    given: bool = False
    stopped: bool = False
    doses: dict[str, Step] = field(default_factory=dict)
    routes: set[str] = field(default_factory=set)


class Courses:
    """Steps of a document to frames, sentence by sentence, in text order."""

    def __init__(self, names: DrugNames) -> None:
        self._names = names
        self._courses: dict[str, _Course] = {}
        self._order = 0
        self._focus: list[str] = []
        self._focus_sentence = -9

    def frames(self, passage: Passage, steps: list[Step]) -> list[Frame]:
        """Frames of the steps of one passage; steps that make no row carry the reason."""
        found: list[Frame] = []
        told: list[str] = []
        for step in steps:
            reason = step.reason or self._reason(passage, step)
            names = [] if reason else self._meant(passage, step)
            if not reason and not names:
                reason = "unresolved" if step.mention is None else "named_elsewhere"
            if reason:
                name = step.mention.name if step.mention else ""
                found.append(self._frame(passage, step, name, reason))
                continue
            for name in names:
                self._same_dose(passage, step, name)
                frame_reason = self._retold(passage, step, name)
                found.append(self._frame(passage, step, name, frame_reason))
                if not frame_reason:
                    self._remember(step, name)
                told.append(name)
        if told:
            self._focus, self._focus_sentence = list(dict.fromkeys(told)), passage.sentence.number
        return found

    def _reason(self, passage: Passage, step: Step) -> str:
        """Why the names's surroundings show no drug given; blank if they don't."""
        mention = step.mention
        if mention is None:
            return ""
        if mention.reason:
            return mention.reason
        if step.dosage or step.worded:
            return ""
        first = passage.group(mention)[0]
        if first is not mention and first.reason in _SPREADING:
            return first.reason
        if _ISOLATE.search(passage.folded, passage.sentence.start, mention.start) and self._fights_infection(mention):
            return "susceptibility"
        if mention.guard and not _administered(passage, mention):
            return "measurement" if mention.guard == "analyte" else "abbreviation"
        if not passage.exposures and mention.name not in self._courses and not _prepositional(passage, mention):
            return "not_given"
        return ""

    def _fights_infection(self, mention: Mention) -> bool:
        parts = (mention.name, *mention.name.split(" + "))
        groups = {group for part in parts for group in (part, *self._names.group_of(part))}
        return not groups.isdisjoint(
            ("antibiotic", "antifungal", "antituberculosis drug", "cephalosporin", "penicillin")
        )

    def _meant(self, passage: Passage, step: Step) -> list[str]:
        """The drugs that a step is about: its name, the members of a class told before, or the drugs in focus."""
        mention = step.mention
        if mention is None:
            return self._in_focus(passage, step)
        if mention.kind != "class":
            return [mention.name]
        members = self._members(mention.name)
        if not members:
            return [mention.name]
        if step.dosage or step.action in ("increased", "decreased"):
            return [max(members, key=lambda c: c.order).name]
        if step.action == "stopped":
            running = [c for c in members if not c.stopped] or members
            if mention.name == "corticosteroid":
                return [max(running, key=lambda c: c.order).name]
            return [c.name for c in sorted(running, key=lambda c: c.order)]
        return []

    def _members(self, group: str) -> list[_Course]:
        listed = self._names.groups.get(group, frozenset())
        return [
            c
            for c in self._courses.values()
            if c.name != group and (c.name in listed or group in self._names.group_of(c.name))
        ]

    def _in_focus(self, passage: Passage, step: Step) -> list[str]:
        """The drug that an unnamed dose or action continues: told in this sentence before, or in the one or two before it."""
        before = [m for m in passage.mentions if m.end <= step.start and not m.reason and m.kind == "drug"]
        if before:
            between = passage.folded[before[-1].end : step.start]
            return [before[-1].name] if ";" not in between and (step.worded or _THEN.search(between)) else []
        if passage.sentence.number - self._focus_sentence > 2 or not self._focus:
            return []
        if step.dosage is None:
            return self._focus if len(self._focus) == 1 else []
        if not step.worded:
            return []
        unit = step.value("unit")
        fitting = [name for name in self._focus if unit in self._courses[name].doses] if self._focus else []
        return fitting[-1:] if fitting else self._focus if len(self._focus) == 1 else []

    def _retold(self, passage: Passage, step: Step, name: str) -> str:
        """``retold`` for a bare name of a drug that is already in the course, unless the words start it anew."""
        course = self._courses.get(name)
        if course is not None and course.stopped and step.action == "stopped":
            return "retold"
        if course is None or not course.given or step.dosage or step.action != "given" or step.mention is None:
            return ""
        if step.value("route") and step.value("route") not in course.routes:
            return ""
        if any(
            e.end <= step.mention.start <= e.end + 60 and _CONTINUED.match(passage.folded, e.start)
            for e in passage.exposures
        ):
            return ""  # tabulating keeps a continued drug where its date is another
        anew = any(c.form == "again" for c in passage.cues)
        started = any(e.id in _ADMINISTERED and e.end <= step.mention.start <= e.end + 60 for e in passage.exposures)
        return "" if anew or (started and course.stopped) else "retold"

    def _same_dose(self, passage: Passage, step: Step, name: str) -> None:
        """ "Another course of X at the same dose (and schedule)": the cells of the step before."""
        course = self._courses.get(name)
        if step.dosage or course is None or not course.doses or step.mention is None:
            return
        same = _SAME_DOSE.search(passage.folded, step.end, min(passage.sentence.end, step.end + 60))
        if same is None:
            return
        last = list(course.doses.values())[-1]
        columns = ("dose", "dose_high", "unit", "frequency") if same["schedule"] else ("dose", "dose_high", "unit")
        step.cells |= {c: last.cells[c] for c in columns if c in last.cells and c not in step.cells}
        step.dosage = last.dosage

    def _remember(self, step: Step, name: str) -> None:
        self._order += 1
        course = self._courses.setdefault(name, _Course(name, self._order))
        course.order = self._order
        course.stopped = step.action == "stopped"
        course.given = course.given or step.action == "given"
        if step.dosage:
            unit = step.value("unit")
            course.doses[unit] = step
        course.routes.add(step.value("route"))
        if course.stopped:
            course.doses = {}

    def _frame(self, passage: Passage, step: Step, name: str, reason: str) -> Frame:
        pieces = [[step.mention.start, step.mention.end]] if step.mention else [[step.start, step.end]]
        cells: dict[str, tuple[str, list[list[int]]]] = {"drug": (name, pieces)}
        action, trigger = step.action, pieces
        if not step.worded and step.dosage and not reason:
            action = self._changed(passage, step, name)
            step.action = action
            if action != "given":
                trigger = [list(step.dosage.dose_piece)]
        cells["action"] = (action, trigger)
        cells |= step.cells
        return frame(step.start, step.end, step.rule, cells, passage.sentence, reason=reason)

    def _changed(self, passage: Passage, step: Step, name: str) -> str:
        """A later dose of the same course is a change even without the word (specification, section 5)."""
        course = self._courses.get(name)
        unit = step.value("unit")
        if (
            course is None
            or unit not in course.doses
            or passage.sentence.section in _GENERAL
            or _NOT_ONE_COURSE.search(passage.folded, passage.sentence.start, passage.sentence.end)
        ):
            return "given"
        old, new = course.doses[unit], step
        if not (_times_a_day(old) and _times_a_day(new)):
            before, now = Decimal(old.value("dose")), Decimal(new.value("dose"))
        else:
            before, now = Decimal(old.value("dose")) * _times_a_day(old), Decimal(new.value("dose")) * _times_a_day(new)
        return "increased" if now > before else "decreased" if now < before else "given"


def _times_a_day(step: Step) -> Decimal:
    """How often a day the frequency says, 0 if it doesn't."""
    times, _, period = step.value("frequency").partition("/")
    if not times.isdigit() or not period:
        return Decimal(0)
    number, _, unit = period.strip("()").rpartition(".")
    return Decimal(times) / (Decimal(number or 1) * {"d": 1, "wk": 7, "mo": 30, "a": 365}.get(unit, 1))


# "The isolate was resistant to oxacillin and susceptible to ... including erythromycin"
_ISOLATE = re.compile(
    r"\b(?:susceptible|sensitive|resistant|susceptibility|sensitivity|resistance)\s(?:only\s)?(?:to|against)\b[^;]{0,160}$"
)
_CONTINUED = re.compile(r"continu|remain|maintain|kept on")
_SAME_DOSE = re.compile(r"\bsame\sdos(?:e|age)\b(?P<schedule>\sand\s(?:schedule|frequency|interval|regimen))?")
# Reasons that hold for a whole coordination: "allergic to penicillin and ibuprofen", "traces of morphine and oxazepam"
_SPREADING = ("allergy", "not_given", "background", "measurement")
_THEN = re.compile(r"\b(?:then|followed\sby|subsequently|later|thereafter)\b[^.;]{0,40}$")
_GENERAL = ("introduction", "literature_review", "discussion")
_NOT_ONE_COURSE = re.compile(r"\b(?:again|patients|cases|subjects|children|participants|individuals|adults|infants)\b")


def _administered(passage: Passage, mention: Mention) -> bool:
    """Whether words of administration stand close to a name that needs them."""
    floor, ceiling = mention.start - 50, mention.end + 30
    for term in passage.exposures:
        if floor <= term.start and term.end <= mention.start and _clear(passage.folded[term.end : mention.start]):
            return True
        if (
            term.id == "exposure.treatment"
            and mention.end <= term.start <= ceiling
            and _clear(passage.folded[mention.end : term.start])
        ):
            return True
        if (
            term.id in _ADMINISTERED
            and mention.end <= term.start <= mention.end + 40
            and _clear(passage.folded[mention.end : term.start])
        ):
            return True
    return any(r.end <= mention.start <= r.end + 3 for r in passage.routes) or any(
        m is not mention and not m.guard and not m.reason for m in passage.group(mention)
    )


def _clear(between: str) -> bool:
    return not any(mark in between for mark in (";", ". ", "level", "%", " mmol", "/l", "/dl"))


def _prepositional(passage: Passage, mention: Mention) -> bool:
    """Whether the coordination of a name follows "with", "on", "after" and the like, or opens the sentence."""
    first = passage.group(mention)[0]
    words = passage.words(max(passage.sentence.start, first.start - 40), first.start)
    return first.start == passage.sentence.start or (bool(words) and words[-1] in passage.fillers["preposition"])
