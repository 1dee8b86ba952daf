"""Steps of a regimen within one sentence: which dose, frequency, route and duration belong to which name.

A dose belongs to the name before it if the words between allow ("prednisone at a dose of 40 mg", "prednisone (40 mg)"),
else to the name that follows ("40 mg of oral prednisone"); lists in order are paired ("A and B, 15 and 5 mg"). A dose
without a name in reach is a step of a drug told before, which the course resolves.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from casemill.components.drug_elisions import PHRASES
from casemill.components.drug_names import Mention
from casemill.components.drug_passages import Passage
from casemill.components.phrases import phrase
from casemill.notation.dosages import Dosage

__all__ = ["Step", "own_start", "read_steps", "stretch_after", "without_adjuncts"]

_WITH = re.compile(r"\bwith\s(?:[a-z]+\s)?$")
_LISTED = re.compile(r",?\s(?:and\s|or\s)?")
_OF = re.compile(r"\)?\s?of\s")
# how far before a name words may tell its dose: "high-dose intravenous pulse X"
_WORDED_REACH = 50
_DOSE_NOUNS = frozenset(("dose", "doses", "megadose"))
_VAGUE_KINDS = ("volume", "count", "activity", "amount")


@dataclass(slots=True)
class Step:
    """One step: whose (``mention`` is ``None`` where no name stands with it), how much, and the cells read so far.

    ``cells`` are ``{column: (value, [[start, end], ...])}`` as frames hold them. ``dose_words`` is where words tell a dose
    that no number does ("high-dose").
    """

    mention: Mention | None
    start: int
    end: int
    rule: str
    dosage: Dosage | None = None
    action: str = "given"
    worded: bool = False
    dose_words: tuple[int, int] | None = None
    cells: dict[str, tuple[str, list[list[int]]]] = field(default_factory=dict)
    reason: str = ""

    def put(self, column: str, value: str, *pieces: tuple[int, int]) -> None:
        """Fill a cell that is still blank."""
        self.cells.setdefault(column, (value, [list(piece) for piece in pieces]))

    def value(self, column: str) -> str:
        """What a cell holds, blank if nothing."""
        return self.cells[column][0] if column in self.cells else ""


def read_steps(passage: Passage) -> list[Step]:
    """All steps of a passage in text order, names without a dose included."""
    owners = _owners(passage) if passage.dosages else {}
    steps = []
    for mention in passage.mentions:
        # "tapered to 0 mg" tells a stop by its cue, not a dose
        doses = [d for d in passage.dosages if owners.get(d.start) is mention and float(d.dose)]
        if not doses:
            plain = Step(mention, mention.start, mention.end, "drug_doses.name")
            plain.dose_words = _dose_words(passage, mention)
            steps.append(plain)
        for dosage in doses:
            start, end = min(mention.start, dosage.start), max(mention.end, dosage.end)
            steps.append(_dosed(Step(mention, start, end, "drug_doses.dose", dosage)))
    steps += [
        _dosed(Step(None, d.start, d.end, "drug_doses.elided", d))
        for d in passage.dosages
        if d.start not in owners and d.kind not in ("volume", "count")
    ]
    steps.sort(key=lambda step: (step.dosage.start if step.dosage else step.start, step.start))
    return steps


def _dose_words(passage: Passage, mention: Mention) -> tuple[int, int] | None:
    """Words before a name that tell how much without a number: "high-dose intravenous X", "a low dose of X"."""
    if _DOSE_NOUNS.isdisjoint(passage.said):
        return None
    floor = max(passage.sentence.start, mention.start - _WORDED_REACH)
    for match in phrase(PHRASES, "worded-dose").finditer(passage.folded, floor, mention.start):
        if passage.next_mention(match.end()) is mention and passage.bridged(
            match.end(), mention.start, "route", most=4
        ):
            return match.span()
    return None


def _dosed(step: Step) -> Step:
    dosage = step.dosage
    if dosage is not None:
        step.put("dose", dosage.dose, dosage.dose_piece)
        step.put("unit", dosage.unit, dosage.unit_piece)
        if dosage.high_piece:
            step.put("dose_high", dosage.dose_high, dosage.high_piece)
        if dosage.frequency_piece:
            step.put("frequency", dosage.frequency, dosage.frequency_piece)
    return step


def _owners(passage: Passage) -> dict[int, Mention]:
    """The name that each dose belongs to, by the dose's start; doses without one are left out."""
    owners = _paired_lists(passage)
    led: set[Mention] = set()  # names whose dose stands before them
    for dosage in passage.dosages:
        if dosage.start in owners:
            continue
        before, after = _bearer(passage, dosage), passage.next_mention(dosage.end)
        follows = after is not None and after.start - dosage.end <= 60 and _dose_first(passage, dosage, after)
        if before is not None and _name_first(passage, before, dosage) and not (follows and before in led):
            named = after is not None and (
                _OF.match(passage.folded, dosage.end) is not None
                or (before.kind == "class" and after.start - dosage.end == 1)  # "chemotherapy (75 mg/m2 docetaxel"
            )
            if follows and after is not None and (named or not _tight(passage, before, dosage)):
                owners[dosage.start] = after
                led.add(after)
            else:
                owners[dosage.start] = before
        elif follows and after is not None:
            owners[dosage.start] = after
            led.add(after)
    for one, other in reversed(list(pairwise(passage.dosages))):
        # "10 mg, 20 mg and 30 mg of X"
        owner = owners.get(other.start)
        if one.start not in owners and owner in led and _LISTED.fullmatch(passage.folded, one.end, other.start):
            owners[one.start] = owner
    return owners


def _bearer(passage: Passage, dosage: Dosage) -> Mention | None:
    """The last name before a dose that can have one; a name told for another sake ("X-induced") only by standing at it."""
    last = passage.last_mention(dosage.start)
    if last is None or _tight(passage, last, dosage):
        return last
    if last.reason:
        return None
    told = [c for c in passage.cues if last.end <= c.start and c.end <= dosage.start]
    if told and told[-1].form == "noun" and not passage.bridged(last.end, told[-1].start, "predicate", most=16):
        return None  # "... for which X was added, and visions, which went after a reduction to 75 mg"
    if told and told[-1].form == "participle":
        return _head(passage, last)
    return last


def _head(passage: Passage, mention: Mention) -> Mention:
    """The name that a predicate is about, of a name and what is taken with it: "methotrexate with folic acid"."""
    kept = without_adjuncts(passage, passage.group(mention))
    return mention if mention in kept else kept[0]


def without_adjuncts(passage: Passage, group: list[Mention]) -> list[Mention]:
    """The names of a coordination up to one that the others are merely taken with."""
    for index, (one, other) in enumerate(pairwise(group)):
        if _WITH.search(passage.folded, one.end, other.start):
            return group[: index + 1]
    return group


def _tight(passage: Passage, mention: Mention, dosage: Dosage) -> bool:
    """Whether the dose stands right after the name, or in a bracket that opens after it."""
    between = passage.folded[mention.end : dosage.start]
    return (len(between.strip(" ,:(-")) == 0 and ", " not in between) or ("(" in between and ")" not in between)


def _dose_first(passage: Passage, dosage: Dosage, mention: Mention) -> bool:
    between = passage.folded[dosage.end : mention.start]
    between = between.removeprefix(")")
    if any(mark in between for mark in ",;:()[]"):
        return False
    return passage.bridged(dosage.end, mention.start, "dose_first", most=6)


def _name_first(passage: Passage, mention: Mention, dosage: Dosage) -> bool:
    """Whether the words between a name and a later dose allow the dose to be the name's."""
    if dosage.start - mention.end > 140:
        return False
    between = passage.folded[mention.end : dosage.start]
    if ";" in between and not _opened(passage, mention, between):
        return False
    words = passage.words(mention.end, dosage.start)
    opened = between.rstrip().endswith("(") and between.count("(") > between.count(")")
    if opened and dosage.kind in ("mass", "cells") and len(words) <= 10:
        return True
    if dosage.kind in _VAGUE_KINDS and "/" not in dosage.unit:
        return len(words) <= 7 and passage.fillers["name_first"].issuperset(words)
    if not words:
        return between.count(",") <= 2
    if len(words) <= 16 and words[-1] in passage.fillers["name_first"]:
        return True
    return _chained(passage, mention, dosage)


def _opened(passage: Passage, mention: Mention, between: str) -> bool:
    """Whether a name stands in a bracket that goes on to its dose: "liposomal amphotericin (AmBisome; 5 mg/kg)"."""
    start = passage.sentence.start
    return between.strip() == ";" and passage.folded.rfind("(", start, mention.end) > passage.folded.rfind(
        ")", start, mention.end
    )


def _chained(passage: Passage, mention: Mention, dosage: Dosage) -> bool:
    """Whether the dose goes on from one before it: "20 mg daily for a week, 15 mg daily for two"."""
    earlier = [d for d in passage.dosages if mention.end <= d.start and d.end <= dosage.start]
    return bool(earlier) and passage.bridged(earlier[-1].end, dosage.start, "chain", most=5)


def _paired_lists(passage: Passage) -> dict[int, Mention]:
    """Names in a row with as many doses in a row after them: "A and B, 15 and 5 mg", "A and B (15 mg and 5 mg)"."""
    doses = passage.dosages
    if len(doses) < 2 or len(passage.mentions) < 2:
        return {}
    owners: dict[int, Mention] = {}
    for mention in passage.mentions:
        group = passage.group(mention)
        if mention is not group[-1] or len(group) < 2:
            continue
        row = [d for d in doses if d.start > group[-1].end][: len(group)]
        if any(group[0].end < d.start < group[-1].start for d in doses) or len(row) != len(group):
            continue
        gaps = [passage.folded[a.end : b.start].strip(" ,()") for a, b in pairwise(row)]
        nearest = passage.next_mention(row[-1].end)
        if row[0].start - group[-1].end > 30 or any(gap not in ("and", "", "or") for gap in gaps):
            continue
        if nearest is not None and nearest.start - row[-1].end < 4:
            continue
        owners |= {d.start: m for d, m in zip(row, group, strict=True)}
    return owners


def stretch_after(passage: Passage, step: Step) -> tuple[int, int]:
    """The stretch after a step that can belong to it: to the next dose or name that is not its own."""
    anchor = max(step.end, step.dosage.end if step.dosage else 0)
    later = [d.start for d in passage.dosages if d.start >= anchor]
    later += [m.start for m in passage.mentions if m.start >= anchor]
    return anchor, min([*later, passage.sentence.end])


def own_start(passage: Passage, step: Step) -> int:
    """Where a step's own words begin: after an earlier dose of the same name, if there is one."""
    if step.dosage and any(step.start <= d.start < step.dosage.start for d in passage.dosages):
        return step.dosage.start
    return step.start
