"""What became of a drug: increases, decreases, stops and replacements in a passage, and the names they are about.

"X was stopped" and "X (stopped in May)" are about the coordination before, "stopped X", "withdrawal of X" about the one
after, "X withdrawal" about the name it is joined to; "the dose was reduced" about a drug told before.
"""

import re
from dataclasses import dataclass

from casemill.components.drug_elisions import (
    PHRASES,
    appended,
    caused,
    coordinated,
    elided_object,
    elided_subject,
    gapped,
    led_to,
    of_it,
    patient_switched,
    replaced,
)
from casemill.components.drug_names import Mention
from casemill.components.drug_passages import Cue, Passage
from casemill.components.drug_schedules import duration_before, duration_over
from casemill.components.drug_steps import Step, without_adjuncts
from casemill.components.phrases import phrase

__all__ = ["act"]

_TAPER = re.compile(r"taper|wean|titrat|regressive|degressive|dose|dosage")
_RELATIVE = re.compile(r"\b(?:which|that)\s(?:was|is|had|has)\b")
_PURPOSE = re.compile(r"\bfor\s(?:[a-z-]+\s){1,4}(?=(?:was|were|had|has)\b)")
_COMBINED = re.compile(r"\b(?:with|addition|followed|plus|then|by)\b")
_LONE_NOUN = re.compile(r"\s?(?:[.,;)]|$|and\b|because|due\sto|was\b)")
_FROM_HERE = re.compile(r"\s(?:(?:the\spatient|him|her|treatment|therapy|medication|over|back)\s)?from\s")
_TO_ANOTHER = re.compile(r"\bto\b")
_WITH = re.compile(
    r"\b(?:with|and|then|by|a|subsequent|gradual|slow|gradually|slowly|progressive|rapid|followed|subsequently|on|dose)\s?$"
)
_TO = re.compile(r"\b(?:to|at|until|of|from|and|then|reaching|dose|by|with|down|twice|up)\b[^.;]{0,40}$")
_ENDED_ON = re.compile(
    r"\s(?:on|with|under)\s(?!(?:the|his|her|their|day|admission|discharge)\b)"
)  # "spasms stopped on X"
_BY = re.compile(r"\bby\s(?:about\s|approximately\s)?$")


@dataclass(slots=True)
class _Target:
    mentions: list[Mention]
    elided: bool = False


def act(passage: Passage, steps: list[Step]) -> list[Step]:
    """The steps with actions set, and a further step for each action that no dose tells; in text order."""
    last: tuple[Cue, _Target] | None = None
    for cue in passage.cues:
        if cue.form == "again":
            _restart(passage, cue, steps)
            continue
        target = None if _undirected(passage, cue) else _target(passage, cue)
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


def _target(passage: Passage, cue: Cue) -> _Target | None:
    """Whom an action is about; ``None`` if it is about no drug."""
    before, after = passage.last_mention(cue.start), passage.next_mention(cue.end)
    if cue.form == "switch":
        return _switched(passage, cue, before, after)
    if cue.form == "stead":
        former = replaced(passage, cue)
        return _Target([former]) if former is not None else _Target([], elided=True)
    reaching = before is not None and cue.start - before.end <= 160
    if (
        before is not None
        and reaching
        and (_predicated(passage, before, cue) or (cue.form == "participle" and appended(passage, before, cue)))
    ):
        if found := _subject_of(passage, cue, before, after):
            return found
    elif before is not None and reaching and coordinated(passage, before, cue):
        return _Target(without_adjuncts(passage, passage.group(before)))
    if (
        (cue.form != "participle" or cue.word.endswith(" off") or not _passive(passage, cue))
        and after is not None
        and not (cue.form == "participle" and _ENDED_ON.match(passage.folded, cue.end))
        and _object(passage, cue, after)
    ):
        return _Target(_objects(passage, cue, after))
    return _untold(passage, cue, before)


def _subject_of(passage: Passage, cue: Cue, before: Mention, after: Mention | None) -> _Target | None:
    """The names before an action that it is said of: "X was stopped", "X withdrawal", "X (stopped in May)"."""
    between = _PURPOSE.sub(" ", passage.folded[before.end : cue.start])
    joined = not passage.words(before.end, cue.start) and cue.form in ("noun", "verb") and len(between) <= 12
    joined = joined and not (cue.form == "verb" and cue.word.endswith("s"))  # "pyridoxine stops the seizures"
    if cue.form == "participle" and (
        phrase(PHRASES, "auxiliary").search(between)
        or "(" in between
        or gapped(passage, before, cue)
        or appended(passage, before, cue)
    ):
        return None if caused(passage, before) else _Target(_subjects(passage, before, between))
    if _object(passage, cue, after):
        return None
    if joined and "(" not in between and "," not in between:
        return _Target([before])
    if cue.form == "noun" and "," not in between and passage.bridged(before.end, cue.start, "object", most=3):
        return _Target([before])
    if "(" in between and not between.count(")") > between.count("(") - 1:
        return _Target([before])
    return None


def _untold(passage: Passage, cue: Cue, before: Mention | None) -> _Target | None:
    """The target of an action whose clause has no name as subject or object."""
    if (
        cue.form == "noun"
        and cue.action == "stopped"
        and _LONE_NOUN.match(passage.folded[cue.end : passage.sentence.end])
    ):
        return _Target([], elided=True) if before is None or of_it(passage, cue) else None
    active = before is not None and passage.bridged(before.end, cue.start, "chain", most=4)
    if cue.form != "noun" and not active and elided_object(passage, cue) and not _passive(passage, cue):
        return _Target([], elided=True)
    if elided_subject(passage, cue) or led_to(passage, cue) or of_it(passage, cue):
        return _Target([], elided=True)
    if (
        _TAPER.search(cue.word)
        and before is not None
        and _WITH.search(passage.folded, max(0, cue.start - 16), cue.start)
    ):
        return _Target([before])
    return None


def _predicated(passage: Passage, mention: Mention, cue: Cue) -> bool:
    """Whether the words from a name to an action are those of its predicate; "for" and a purpose may come between."""
    between = passage.folded[mention.end : cue.start]
    purpose = _PURPOSE.search(between)
    if purpose is None:
        return passage.bridged(mention.end, cue.start, "predicate", most=16)
    first, last = mention.end + purpose.start(), mention.end + purpose.end()
    return passage.bridged(mention.end, first, "predicate") and passage.bridged(last, cue.start, "predicate")


def _subjects(passage: Passage, mention: Mention, between: str) -> list[Mention]:
    """The names a predicate is about: of "A (30 mg) and B (stopped)" and "A and B, which was stopped" only the last."""
    group = passage.group(mention)
    if _RELATIVE.search(between):
        return [mention]
    if "(" in between and not phrase(PHRASES, "auxiliary").search(between):
        kept = [mention]
        for one in reversed(group[: group.index(mention)]):
            if "(" in passage.folded[one.end : kept[0].start]:
                break
            kept.insert(0, one)
        return kept
    return group


def _objects(passage: Passage, cue: Cue, mention: Mention) -> list[Mention]:
    """The names an action before them is about; what they are merely combined with is not meant."""
    kept: list[Mention] = []
    for one in passage.group(mention):
        if one.start < mention.start:
            continue
        if kept and _COMBINED.search(passage.folded, kept[-1].end, one.start):
            break
        kept.append(one)
    return kept


def _switched(passage: Passage, cue: Cue, before: Mention | None, after: Mention | None) -> _Target | None:
    """ "switched from X to Y" and "X was switched to Y" stop X; "switched to Y" alone says nothing of Y."""
    from_here = cue.word.endswith("from") or _FROM_HERE.match(passage.folded, cue.end)
    if from_here and after is not None and _TO_ANOTHER.search(passage.folded, cue.end, after.start):
        return None  # "from intravenous to oral X"
    if from_here:
        return _Target(passage.group(after)[:1]) if after is not None and _object(passage, cue, after) else None
    if before is not None and after is not None and before.name == after.name and after.start - cue.end <= 40:
        return None  # "parenteral X was converted to oral X"
    if (
        before is not None
        and _predicated(passage, before, cue)
        and phrase(PHRASES, "auxiliary").search(passage.folded, before.end, cue.start)
    ):
        return _Target(passage.group(before))
    return _Target([], elided=True) if patient_switched(passage, cue) else None


def _restart(passage: Passage, cue: Cue, steps: list[Step]) -> None:
    """ "X was resumed at 600 mg": a new course, whatever its dose was before."""
    for step in steps:
        near = step.mention is not None and abs(step.mention.start - cue.start) <= 80
        if step.dosage and near and not step.worded:
            _tell(step, cue)
            return


def _passive(passage: Passage, cue: Cue) -> bool:
    return bool(
        re.search(
            r"\b(?:was|were|been|being|be)\s(?:[a-z]+\s){0,2}$", passage.folded[max(0, cue.start - 40) : cue.start]
        )
    )


def _object(passage: Passage, cue: Cue, after: Mention | None) -> bool:
    if after is not None and cue.form == "switch":
        return after.start - cue.end <= 60 and passage.folded[cue.end : after.start].count(",") == 0
    return (
        after is not None
        and after.start - cue.end <= 110
        and passage.bridged(cue.end, after.start, "object", most=9)
        and "," not in passage.folded[cue.end : after.start]
    )


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
        tapering = cue.form == "noun" and _TAPER.search(cue.word)
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
