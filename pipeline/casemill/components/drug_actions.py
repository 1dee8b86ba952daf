"""What became of a drug: increases, decreases, stops and replacements in a passage, as steps of the drugs they are about."""

import re

from casemill.components.drug_names import Mention
from casemill.components.drug_passages import Cue, Passage
from casemill.components.drug_schedules import duration_before, duration_over
from casemill.components.drug_steps import Step
from casemill.components.drug_targets import TAPER, Target, target_of

__all__ = ["act"]

_TO = re.compile(r"\b(?:to|at|until|of|from|and|then|reaching|dose|by|with|down|twice|up)\b[^.;]{0,40}$")
_BY = re.compile(r"\bby\s(?:about\s|approximately\s)?$")


def act(passage: Passage, steps: list[Step]) -> list[Step]:
    """The steps with actions set, and a further step for each action that no dose tells; in text order."""
    last: tuple[Cue, Target] | None = None
    for cue in passage.cues:
        if cue.form == "again":
            _restart(passage, cue, steps)
            continue
        target = None if _undirected(passage, cue) else target_of(passage, cue)
        if target is None and last and cue.form == "noun" and _coordinates(passage, last[0], cue):
            target = last[1]
        if target is None:
            continue
        if target.elided:
            _act_elided(passage, cue, steps)
        for mention in target.mentions:
            _act_on(passage, cue, mention, steps)
        last = (cue, target)
    return sorted(steps, key=lambda s: (s.dosage.start if s.dosage else s.end, s.start))


def _coordinates(passage: Passage, one: Cue, other: Cue) -> bool:
    """Whether two nouns share the name before them: "corticosteroid weaning and withdrawal"."""
    return passage.folded[one.end : other.start] in (" and ", " or ", "/", " and subsequent ", " and then ")


def _undirected(passage: Passage, cue: Cue) -> bool:
    """Whether a dose was "titrated", neither up nor to a dose that is told."""
    if not cue.word.startswith("titrat") or cue.word.endswith(("up", "upwards", "down")):
        return False
    return not any(cue.end <= d.start and _reaches(passage, cue, d.start) for d in passage.dosages)


def _restart(passage: Passage, cue: Cue, steps: list[Step]) -> None:
    """ "X was resumed at 600 mg": a new course, whatever its dose was before."""
    for step in steps:
        near = step.mention is not None and abs(step.mention.start - cue.start) <= 80
        if step.dosage and near and not step.worded:
            _tell(step, cue)
            return


def _act_elided(passage: Passage, cue: Cue, steps: list[Step]) -> None:
    """ "The dose was reduced to 10 mg": the dose that follows, or a step without one."""
    for step in steps:
        if (
            (step.mention is None or (step.mention.end <= cue.start and not step.worded))
            and step.dosage
            and cue.end <= step.dosage.start
            and _reaches(passage, cue, step.dosage.start)
        ):
            if step.mention and _leads_from(passage, step):
                continue
            _tell(step, cue)
            return
    step = Step(None, cue.start, cue.end, "drug_doses.elided_action")
    _tell(step, cue)
    if found := duration_over(passage, cue.end, min(passage.sentence.end, cue.end + 60)):
        step.put("duration", found.iso, (found.start, found.end))
    steps.append(step)


def _reaches(passage: Passage, cue: Cue, offset: int) -> bool:
    """Whether a dose at ``offset`` is where the action led to: "reduced to 10 mg"."""
    between = passage.folded[cue.end : offset]
    later = [c for c in passage.cues if cue.end <= c.start and c.end <= offset and c.form != "noun"]
    if ";" in between or later or _BY.search(between):
        return False
    return not between.strip(" (,") or bool(_TO.search(between))


def _tell(step: Step, cue: Cue) -> None:
    step.action, step.worded = cue.action, True
    step.cells["action"] = (cue.action, [[cue.start, cue.end]])


def _act_on(passage: Passage, cue: Cue, mention: Mention, steps: list[Step]) -> None:
    own = [s for s in steps if s.mention is mention]
    dosed = [s for s in own if s.dosage]
    stops = cue.action == "stopped"
    if not stops:
        for step in dosed:
            if (
                step.dosage
                and cue.end <= step.dosage.start
                and not step.worded
                and _reaches(passage, cue, step.dosage.start)
            ):
                if _leads_from(passage, step):
                    step.worded = True
                    step.put("action", "given", (step.dosage.start, step.dosage.end))
                    continue
                _tell(step, cue)
                _over(passage, cue, step)
                if len(own) == 1 and _given_too(passage, mention, cue):
                    steps.append(Step(mention, mention.start, mention.end, "drug_doses.name"))
                return
    if stops and (found := duration_before(passage, cue.end)):
        for step in own:
            if step.action == "given":
                step.put("duration", found.iso, (found.start, found.end))
    plain = [s for s in own if not s.dosage and not s.worded]
    if plain and not _given_too(passage, mention, cue):
        step = plain[0]
    else:
        step = Step(mention, min(mention.start, cue.start), max(mention.end, cue.end), "drug_doses.action")
        steps.append(step)
    step.rule = "drug_doses.action"
    step.start, step.end = min(mention.start, cue.start), max(mention.end, cue.end)
    _tell(step, cue)
    _over(passage, cue, step)


def _leads_from(passage: Passage, step: Step) -> bool:
    """Whether a dose is where a change began: "from 60 mg"."""
    return step.dosage is not None and bool(
        re.search(r"\bfrom(?:\s[a-z]+){0,3}\s$", passage.folded[max(0, step.dosage.start - 30) : step.dosage.start])
    )


def _given_too(passage: Passage, mention: Mention, cue: Cue) -> bool:
    """Whether the sentence tells that the drug was given, besides the action: "received A (stopped in May)"."""
    if cue.end <= mention.start:
        tapering = cue.form == "noun" and TAPER.search(cue.word) and "titrat" not in cue.word
        return bool(tapering) and any(e.end <= cue.start and e.id != "exposure.treatment" for e in passage.exposures)
    if any(e.start >= mention.end and e.end <= cue.start and e.id != "exposure.treatment" for e in passage.exposures):
        return True
    between = passage.folded[mention.end : cue.start]
    if "(" not in between and "which" not in between and ", " not in between and " but " not in between:
        return False
    return any(e.end <= mention.start and e.id != "exposure.treatment" for e in passage.exposures)


def _over(passage: Passage, cue: Cue, step: Step) -> None:
    if cue.action in ("decreased", "increased") and (
        found := duration_over(passage, cue.end, min(passage.sentence.end, cue.end + 80))
    ):
        step.cells["duration"] = (found.iso, [[found.start, found.end]])
