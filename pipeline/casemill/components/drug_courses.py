"""The course of each drug through a document: classes that mean a drug named before, doses without a name, changes of
dose told without the word, and retellings.
"""

import re
from dataclasses import dataclass, field

from casemill.components.drug_changes import change
from casemill.components.drug_elisions import PHRASES
from casemill.components.drug_names import DrugNames, Mention
from casemill.components.drug_passages import Passage
from casemill.components.drug_reasons import ADMINISTERED, not_given
from casemill.components.drug_steps import Step
from casemill.components.frames import Frame, frame
from casemill.components.phrases import phrase

__all__ = ["Courses"]


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
            reason = step.reason or not_given(self._names, self._courses, passage, step)
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
        successors = {m.name for m in passage.mentions if m.start >= step.end}
        if step.action == "stopped" and self._focus and successors.issuperset(self._focus):
            return []  # "she was changed to oral X" from another route of X
        if _everything(passage, step):
            running = [c.name for c in self._courses.values() if not c.stopped and not self._members(c.name)]
            return [name for name in running if name in (*here, *self._focus)] or self._focus
        if here:
            return here[:1]
        if passage.sentence.number - self._focus_sentence > 2 or not self._focus:
            return []
        if said := _LATTER.search(passage.folded, max(passage.sentence.start, step.start - 40), step.start):
            return self._focus[-1:] if said[1] == "latter" else self._focus[:1]
        return self._focus if len(self._focus) == 1 or _together(passage, step) else []

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
        started = any(e.id in ADMINISTERED and e.end <= step.mention.start <= e.end + 60 for e in passage.exposures)
        return "" if anew or (started and course.stopped) else "retold"

    def _lasted(self, passage: Passage, step: Step, name: str) -> str:
        """ "X was continued for 30 days", "he had X for 30 days": how long the step before it lasted, no step of its own."""
        course = self._courses.get(name)
        if course is None or course.last is None or course.stopped or step.dosage or step.action != "given":
            return ""
        lasting = step.cells.get("duration")
        if lasting is None or step.value("route") or step.mention is None or "duration" in course.last["cells"]:
            return ""
        until = lasting[1][0][0]
        went_on = any(
            e.end <= until and e.start >= step.mention.end and _CONTINUED.match(passage.folded, e.start)
            for e in passage.exposures
        )
        if not went_on and (until < step.mention.end or not course.doses or not _received(passage, step.mention)):
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
        found = frame(step.start, step.end, step.rule, cells, passage.sentence, reason=reason)
        if step.dose_words:
            found["dose_words"] = list(step.dose_words)  # no cell: rows hold numbers
        return found


_RECEIVED_REACH = 12
_CONTINUED = re.compile(r"continu|remain|maintain|kept on")
_SAME_DOSE = re.compile(r"\bsame\sdos(?:e|age)\b(?P<schedule>\sand\s(?:schedule|frequency|interval|regimen))?")
_THEN = re.compile(r"\b(?:then|followed\sby|subsequently|later|thereafter)\b[^.;]{0,40}$")
_AT = re.compile(r"[,;]\s(?:[^,;]{1,30},\s)?(?:at|on|still\son|under)\s(?:a\sdose\sof\s)?$")
# "canakinumab 150 mg in 3 of 9": a count of its own tells a drug again
_LEADING = frozenset(
    ("with", "under", "on", "after", "from", "of", "to", "for", "by", "despite", "following", "during")
)
_COUNTED = re.compile(
    r"\s(?:(?:was|were|had\sbeen)\s(?:[a-z]+\s){1,2})?(?:in|to|for|by)\s(?:only\s|all\s)?"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|both|all)\b"
    r"(?:\s(?:of|out\sof)\s|\s?/\s?\d|\s(?:[a-z]+\s){0,2}(?:patients|cases)|\s?[,.;)])"
)
_COLLECTIVE = re.compile(
    r"\b(?:treatments?|therap(?:y|ies)|regimen|combination|both|(?:drugs|medications|medicines|agents)\b(?!\sof))\b"
)
_LATTER = re.compile(r"\bthe\s(latter|former)\b")


def _received(passage: Passage, mention: Mention) -> bool:
    """ "He was treated with X for 14 days" of an X whose dose was told before."""
    return any(e.id == "exposure.receive" and 0 <= mention.start - e.end <= _RECEIVED_REACH for e in passage.exposures)


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
    said = phrase(PHRASES, "everything").search(
        passage.folded, max(passage.sentence.start, step.start - 40), step.end + 14
    )
    return said is not None and step.action == "stopped"


def _together(passage: Passage, step: Step) -> bool:
    """Whether all drugs told last are stopped by a word for them together: "treatment was stopped", "both were withdrawn"."""
    return step.action == "stopped" and bool(
        _COLLECTIVE.search(passage.folded, max(passage.sentence.start, step.start - 40), step.end + 20)
    )


def _taken(passage: Passage, step: Step) -> bool:
    """Whether words close before a dose tell that it was taken: "a second dose of", "she received"."""
    before = passage.folded[max(passage.sentence.start, step.start - 40) : step.start]
    before = before[max(before.rfind(";"), before.rfind(","), before.rfind(")")) + 1 :]
    return _ends_with(before, "another") or bool(phrase(PHRASES, "taken").search(before))
