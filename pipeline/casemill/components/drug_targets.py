"""Whom an action is about: the drugs that a change, stop or replacement in a passage is said of.

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
from casemill.components.drug_steps import without_adjuncts
from casemill.components.phrases import phrase

__all__ = ["TAPER", "Target", "target_of"]

#: Words of a gradual decrease, and of the dose that is decreased.
TAPER = re.compile(r"taper|wean|titrat|regressive|degressive|dose|dosage")
_RELATIVE = re.compile(r"\b(?:which|that)\s(?:was|is|had|has)\b")
_PURPOSE = re.compile(r"\bfor\s(?:[a-z-]+\s){1,4}(?=(?:was|were|had|has)\b)")
_COMBINED = re.compile(r"\b(?:with|addition|followed|plus|then|by)\b")
_LONE_NOUN = re.compile(r"\s?(?:[.,;)]|$|and\b|because|due\sto|was\b)")
_FROM_HERE = re.compile(r"\s(?:(?:the\spatient|him|her|treatment|therapy|medication|over|back)\s)?from\s")
_TO_ANOTHER = re.compile(r"\bto\b")
_WITH = re.compile(
    r"\b(?:with|and|then|by|a|subsequent|gradual|slow|gradually|slowly|progressive|rapid|weekly|daily|monthly|stepwise|steady|followed|subsequently|on|dose)\s?$"
)
_ENDED_ON = re.compile(
    r"\s(?:on|with|under)\s(?!(?:the|his|her|their|day|admission|discharge)\b)"
)  # "spasms stopped on X"


@dataclass(slots=True)
class Target:
    """The names an action is about; ``elided`` if it is about a drug told before."""

    mentions: list[Mention]
    elided: bool = False


def target_of(passage: Passage, cue: Cue) -> Target | None:
    """Whom an action is about; ``None`` if it is about no drug."""
    before, after = passage.last_mention(cue.start), passage.next_mention(cue.end)
    if cue.form == "switch":
        return _switched(passage, cue, before, after)
    if cue.form == "stead":
        former = replaced(passage, cue)
        return Target([former]) if former is not None else Target([], elided=True)
    reaching = before is not None and cue.start - before.end <= 160
    if (
        before is not None
        and reaching
        and (_predicated(passage, before, cue) or (cue.form == "participle" and appended(passage, before, cue)))
    ):
        if found := _subject_of(passage, cue, before, after):
            return found
    elif before is not None and reaching and coordinated(passage, before, cue):
        return Target(without_adjuncts(passage, passage.group(before)))
    if (
        (cue.form != "participle" or cue.word.endswith(" off") or not _passive(passage, cue))
        and after is not None
        and not (cue.form == "participle" and _ENDED_ON.match(passage.folded, cue.end))
        and _object(passage, cue, after)
    ):
        return Target(_objects(passage, cue, after))
    return _untold(passage, cue, before)


def _subject_of(passage: Passage, cue: Cue, before: Mention, after: Mention | None) -> Target | None:
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
        return None if caused(passage, before) else Target(_subjects(passage, before, between))
    if _object(passage, cue, after):
        return None
    if joined and "(" not in between and "," not in between:
        return Target([before])
    if cue.form == "noun" and "," not in between and passage.bridged(before.end, cue.start, "object", most=3):
        return Target([before])
    if "(" in between and not between.count(")") > between.count("(") - 1:
        return Target([before])
    return None


def _untold(passage: Passage, cue: Cue, before: Mention | None) -> Target | None:
    """The target of an action whose clause has no name as subject or object."""
    if (
        cue.form == "noun"
        and cue.action == "stopped"
        and _LONE_NOUN.match(passage.folded[cue.end : passage.sentence.end])
    ):
        return Target([], elided=True) if before is None or of_it(passage, cue) else None
    active = before is not None and passage.bridged(before.end, cue.start, "chain", most=4)
    if cue.form != "noun" and not active and elided_object(passage, cue) and not _passive(passage, cue):
        return Target([], elided=True)
    if elided_subject(passage, cue) or led_to(passage, cue) or of_it(passage, cue):
        return Target([], elided=True)
    if (
        TAPER.search(cue.word)
        and before is not None
        and _WITH.search(passage.folded, max(0, cue.start - 16), cue.start)
    ):
        return Target([before])
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


def _switched(passage: Passage, cue: Cue, before: Mention | None, after: Mention | None) -> Target | None:
    """ "switched from X to Y" and "X was switched to Y" stop X; "switched to Y" alone says nothing of Y."""
    from_here = cue.word.endswith("from") or _FROM_HERE.match(passage.folded, cue.end)
    if from_here and after is not None and _TO_ANOTHER.search(passage.folded, cue.end, after.start):
        return None  # "from intravenous to oral X"
    successor = passage.next_mention(after.end) if from_here and after is not None else None
    if successor is not None and after is not None and successor.name == after.name:
        return None  # "from X 40 mg to sustained-release X 240 mg"
    if from_here:
        return Target(passage.group(after)[:1]) if after is not None and _object(passage, cue, after) else None
    if before is not None and after is not None and before.name == after.name and after.start - cue.end <= 40:
        return None  # "parenteral X was converted to oral X"
    if (
        before is not None
        and _predicated(passage, before, cue)
        and phrase(PHRASES, "auxiliary").search(passage.folded, before.end, cue.start)
    ):
        return Target(passage.group(before))
    return Target([], elided=True) if patient_switched(passage, cue) else None


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
