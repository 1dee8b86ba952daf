"""The course of each drug through a document: classes that mean a drug named before, doses without a name, changes of
dose told without the word, and retellings.
"""

import re
from dataclasses import dataclass, field

from casemill.components.drug_changes import change
from casemill.components.drug_elisions import PHRASES
from casemill.components.drug_names import DrugNames, Mention
from casemill.components.drug_passages import Passage
from casemill.components.drug_steps import Step
from casemill.components.frames import Frame, frame
from casemill.components.phrases import phrase

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
    last: Frame | None = None


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
                frame_reason = self._lasted(passage, step, name) or self._retold(passage, step, name)
                found.append(self._frame(passage, step, name, frame_reason))
                if not frame_reason:
                    self._remember(step, name)
                    self._courses[name].last = found[-1]
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
        clause = max(passage.sentence.start, first.start - 60)
        was = _WAS.match(passage.folded, mention.end) if _NO.search(passage.folded, clause, first.start) else None
        if was and phrase(PHRASES, "used").match(passage.folded, was.end()):
            return "not_given"
        if _DENIED.search(passage.folded, passage.sentence.start, first.start):
            return "not_given"
        isolated = _ISOLATE.search(passage.folded, passage.sentence.start, mention.start)
        if (isolated or _RESISTANT.match(passage.folded, mention.end)) and self._fights_infection(mention):
            return "susceptibility"
        if mention.guard and not _administered(passage, mention):
            return "measurement" if mention.guard == "analyte" else "abbreviation"
        group = passage.group(mention)
        if any(group[0].start <= d.start <= group[-1].end + 40 for d in passage.dosages):
            return ""  # one of "prednisone 2 mg/kg, IVIg and splenectomy"
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
            if len(running) > 1 and _COUNTED.search(passage.folded, step.end, step.end + 40):
                return [mention.name]
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
        """The drugs that an unnamed dose or action continues, by what the sentence and those before have told."""
        here = [m.name for m in _named_before(passage, step) if m.name in self._courses]
        if step.dosage is not None:
            return self._of_dose(passage, step, here)
        if _everything(passage, step):
            running = [c.name for c in self._courses.values() if c.given and not c.stopped]
            return [name for name in running if name in self._focus] or self._focus
        if here:
            return here[:1]
        if passage.sentence.number - self._focus_sentence > 2 or not self._focus:
            return []
        if said := _LATTER.search(passage.folded, max(passage.sentence.start, step.start - 40), step.start):
            return self._focus[-1:] if said[1] == "latter" else self._focus[:1]
        return self._focus if len(self._focus) == 1 else []

    def _of_dose(self, passage: Passage, step: Step, here: list[str]) -> list[str]:
        """The drug of a dose without a name: of a change, the nearest whose last dose it can change."""
        distance = passage.sentence.number - self._focus_sentence
        if not step.worded:
            if here:
                between = passage.folded[_named_before(passage, step)[0].end : step.start]
                at = _AT.search(between) and step.value("frequency") and self._has_unit(here[0], step)
                return here[:1] if at or (";" not in between and _THEN.search(between)) else []
            fitting = [name for name in self._focus if self._has_unit(name, step)]
            return fitting if len(fitting) == 1 and distance <= 1 and _taken(passage, step) else []
        near = [*here, *(reversed(self._focus) if distance <= 2 else ())]
        recent = [c.name for c in sorted(self._courses.values(), key=lambda c: -c.order) if not c.stopped and c.doses]
        told = [name for name in near if self._fits(name, step)] or [
            name for name in recent[:4] if self._has_unit(name, step) and self._fits(name, step)
        ]
        return told[:1]

    def _has_unit(self, name: str, step: Step) -> bool:
        return step.value("unit") in self._courses[name].doses

    def _fits(self, name: str, step: Step) -> bool:
        """Whether a drug's last dose can have been changed to this one in the way that the word says."""
        doses = self._courses[name].doses
        if not doses:
            return True
        old = doses.get(step.value("unit"))
        if old is None:
            return False
        changed = change({"cells": old.cells}, {"cells": step.cells})
        return changed == step.action or (changed == "given" and not step.value("frequency")) or step.action == "given"

    def _retold(self, passage: Passage, step: Step, name: str) -> str:
        """``retold`` for a bare name of a drug that is already in the course, unless the words start it anew."""
        course = self._courses.get(name)
        if course is not None and course.stopped and step.action == "stopped":
            return "retold"
        if course is None and step.action == "stopped" and (piece := step.cells["action"][1]):
            said = passage.folded[piece[0][0] : piece[0][1]]
            if phrase(PHRASES, "withheld").fullmatch(said):
                return "not_given"
        if course is None or not course.given or step.dosage or step.action != "given" or step.mention is None:
            return ""
        group = passage.group(step.mention)
        led = passage.words(max(passage.sentence.start, group[0].start - 30), group[0].start)
        if _COUNTED.match(passage.folded, group[-1].end) and not (led and led[-1] in _LEADING):
            return ""
        if any(c.form == "switch" and c.end <= step.mention.start <= c.end + 30 for c in passage.cues):
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

    def _lasted(self, passage: Passage, step: Step, name: str) -> str:
        """ "X was continued for 30 days": how long the step before it lasted, and no step of its own."""
        course = self._courses.get(name)
        if course is None or course.last is None or course.stopped or step.dosage or step.action != "given":
            return ""
        lasting = step.cells.get("duration")
        if lasting is None or step.value("route") or step.mention is None or "duration" in course.last["cells"]:
            return ""
        until = lasting[1][0][0]
        if not any(e.end <= until and e.start >= step.mention.end and _CONTINUED.match(passage.folded, e.start) for e in passage.exposures):
            return ""
        course.last["cells"]["duration"] = [lasting[0], lasting[1]]
        return "retold"

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
        cells["action"] = (step.action, pieces)
        cells |= step.cells
        return frame(step.start, step.end, step.rule, cells, passage.sentence, reason=reason)


# "The isolate was resistant to oxacillin and susceptible to ... including erythromycin"
_ISOLATE = re.compile(
    r"\b(?:susceptible|sensitive|resistant|susceptibility|sensitivity|resistance)\s(?:only\s)?(?:to|against)\b[^;]{0,160}$"
)
_CONTINUED = re.compile(r"continu|remain|maintain|kept on")
_SAME_DOSE = re.compile(r"\bsame\sdos(?:e|age)\b(?P<schedule>\sand\s(?:schedule|frequency|interval|regimen))?")
# Reasons that hold for a whole coordination: "allergic to penicillin and ibuprofen", "traces of morphine and oxazepam"
_SPREADING = ("allergy", "not_given", "background", "measurement")
_THEN = re.compile(r"\b(?:then|followed\sby|subsequently|later|thereafter)\b[^.;]{0,40}$")
_AT = re.compile(r"[,;]\s(?:[^,;]{1,30},\s)?(?:at|on|still\son|under)\s(?:a\sdose\sof\s)?$")
# "canakinumab 150 mg in 3 of 9": a count of its own tells a drug again
_LEADING = frozenset(("with", "under", "on", "after", "from", "of", "to", "for", "by", "despite", "following", "during"))
_COUNTED = re.compile(
    r"\s(?:(?:was|were|had\sbeen)\s(?:[a-z]+\s){1,2})?(?:in|to|for|by)\s(?:only\s|all\s)?"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|both|all)\b"
    r"(?:\s(?:of|out\sof)\s|\s?/\s?\d|\s(?:[a-z]+\s){0,2}(?:patients|cases)|\s?[,.;)])"
)
# "No prophylaxis with heparin was used"
_NO = re.compile(r"\bno\s(?:[a-z-]+\s){0,4}$")
_WAS = re.compile(r"[^.;,]{0,40}\b(?:was|were|had\sbeen)\s")
# "She denied the use of laxatives"
_DENIED = re.compile(r"\bden(?:ied|ies|ying)\b(?:(?!\bbut\b|\bwas\b|\bhad\b)[^.;]){0,160}$")
_RESISTANT = re.compile(r"\s(?:resistant|sensitive|susceptible)\b(?!\sto\b)")
_LATTER = re.compile(r"\bthe\s(latter|former)\b")


def _named_before(passage: Passage, step: Step) -> list[Mention]:
    """The drugs named before a step in its sentence, nearest first; what another is merely taken with comes last."""
    before = [m for m in reversed(passage.mentions) if m.end <= step.start and m.kind == "drug" and _is_subject(m)]
    adjuncts = [
        m for m in before if _ends_with(passage.folded[max(passage.sentence.start, m.start - 24) : m.start], "adjunct")
    ]
    return [*(m for m in before if m not in adjuncts), *adjuncts]


def _is_subject(mention: Mention) -> bool:
    return mention.reason in ("", "part_of_word")


def _ends_with(before: str, kind: str) -> bool:
    """Whether a text ends with a phrase of ``kind``, perhaps with an article or an adjective of a dose behind it."""
    last = None
    for match in phrase(PHRASES, kind).finditer(before):
        last = match
    return last is not None and len(before[last.end() :].split()) <= 1


def _everything(passage: Passage, step: Step) -> bool:
    """Whether an action without a name is of all drugs: "stopped all treatments"."""
    said = phrase(PHRASES, "everything").search(passage.folded, max(passage.sentence.start, step.start - 40), step.end + 14)
    return said is not None and step.action == "stopped"


def _taken(passage: Passage, step: Step) -> bool:
    """Whether words close before a dose tell that it was taken: "a second dose of", "she received"."""
    before = passage.folded[max(passage.sentence.start, step.start - 40) : step.start]
    before = before[max(before.rfind(";"), before.rfind(","), before.rfind(")")) + 1 :]
    return _ends_with(before, "another") or bool(phrase(PHRASES, "taken").search(before))


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
