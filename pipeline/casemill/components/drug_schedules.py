"""Frequencies, routes and durations of the steps in a passage.

Scope follows the specification (section 9); routes have a module of their own. A predicate at the end of a
coordination ("A and B were given intrathecally") covers all of it.
"""

import re
from itertools import pairwise

from casemill.components.drug_names import Mention
from casemill.components.drug_passages import Passage
from casemill.components.drug_routes import find_route
from casemill.components.drug_steps import Step, own_start, stretch_after
from casemill.notation.dosages import Dosage
from casemill.notation.durations import Duration
from casemill.notation.frequencies import Frequency

__all__ = ["schedule"]

_FOR = re.compile(
    r"(?:\bfor|\bover|\bduring|\blasting|[x×(,]|\btotal\sof|\bfurther|\badditional|\banother|\bon|\bat\sleast)(?:\s(?:a|an|the|about|approximately|around|only|over|at|least|further|additional|total|of|up|to|period|course|first|next|other|another|more|than|almost|nearly|some|last|past|duration)){0,4}\s?$"
)
_FOR_SO_LONG = re.compile(r"\bfor(?:\s(?:an?|at|least|about|over|more|than|almost|nearly|some)){0,3}\s?$")
# an interval of a cycle, which a coordination told dose by dose shares: "A 3 mg/kg plus B 1 mg/kg every 3 weeks"
_CYCLE = re.compile(r"1/\(\d+\.(?:wk|d|mo)\)")
_BOTH = re.compile(r"[)\s,]{0,3}(?:both|each|all)\s")
_THEN_AS = re.compile(r"[\s,;]{1,3}(?:and\s)?(?:then|followed\sby|subsequently)\s")
_DOSES_OF = re.compile(r"\s(?:\w+\s)?(?:doses?|dosages?|injections?|infusions?)\s(?:of|at)\s(?:about\s)?")
_TREATED_FOR = re.compile(
    r"\b(?:treated|therapy|treatment|managed)\s(?:for|during)\s(?:the\s|about\s|a\s|at\sleast\s){0,2}$"
)
_WITH = re.compile(r"\s(?:with|by|using)\b")
_SINGLE = re.compile(r"\bsingle\s$")
_OVER = re.compile(
    r"\b(?:over|within|during|in|for)(?:\s(?:a|the|an|course|of|about|approximately|around|next|following|period|subsequent|to|over)){0,5}\s?$"
)
_AFTER = re.compile(
    r"\b(?:after|following)(?:\s(?:a|an|the|about|approximately|only|around|nearly|just|over)){0,3}\s?$"
)
_BROKEN = frozenset(",;:)(")
_UNTIL = ("within ", "before ", "prior to ", "by ")  # "within 48 hours of X" tells when something happened
_COURSE = re.compile(
    r"[\s-]{0,2}(?:(?:long|initial|short|full|single|additional)\s)?(?:course|courses|treatment|therapy|trial|regimen|period|cycle|infusion|pulse|of|history\sof|treatment\scourse|duration)\b"
)
_PREDICATE = re.compile(
    r"\b(?:was|were|given|administered|initiated|started|received|prescribed|been|continued|infused)\b"
)
_MEDICATION = re.compile(r"\bmedications?\b|\bdoses?\sof\b|\btreatment\b")
_UNDER_A_DAY = re.compile(r"PT")


def schedule(passage: Passage, steps: list[Step]) -> None:
    """Fill ``frequency``, ``route`` and ``duration`` of the steps in place; add those that only change the frequency."""
    if not (passage.dosages or passage.frequencies or passage.routes or passage.durations):
        return
    if len(passage.frequencies) > 1:
        _add_rhythms(passage, steps)
    for step in steps:
        _frequency(passage, step)
        if passage.routes:
            find_route(passage, step)
        if passage.durations:
            _duration(passage, step)
    if len(passage.mentions) > 1:
        _shared(passage, steps)
    _passed_back(passage, steps)


def _add_rhythms(passage: Passage, steps: list[Step]) -> None:
    """ "4 mg twice daily for 3 days, then once daily": a further step at the same dose."""
    for step in list(steps):
        if step.dosage is None:
            continue
        _, stop = stretch_after(passage, step)
        for one, other in zip(passage.frequencies, passage.frequencies[1:], strict=False):
            if not step.end <= one.start < other.end <= stop + 1:
                continue
            then = _THEN_AS.search(passage.folded, one.end, other.start)
            if then and then.end() == other.start:
                further = Step(step.mention, step.start, other.end, step.rule, step.dosage)
                further.cells = {k: v for k, v in step.cells.items() if k in ("dose", "dose_high", "unit")}
                further.put("frequency", other.code, (other.start, other.end))
                for lasting in passage.durations:
                    if other.end <= lasting.start < stop and not passage.words(other.end, lasting.start)[1:]:
                        further.put("duration", lasting.iso, (lasting.start, lasting.end))
                        break
                steps.insert(steps.index(step) + 1, further)


def _frequency(passage: Passage, step: Step) -> None:
    """The frequency that follows the dose closely, stands between name and dose, or leads ("a daily dose of 40 mg")."""
    if not (passage.frequencies or step.dosage) or step.value("frequency"):
        return
    anchor, stop = stretch_after(passage, step)
    floor = own_start(passage, step)
    told = [
        found
        for found in passage.frequencies
        if (
            (floor <= found.start and found.end <= step.end)
            or (anchor <= found.start < stop and _near(passage, anchor, found))
        )
        and _led_dose(passage, found) in (None, step.dosage)
    ]
    if told:
        # "a loading dose of 3 mg/kg weekly": the rhythm says more than that there was one dose
        found = next((f for f in told if f.code != "once"), told[0])
        step.put("frequency", found.code, (found.start, found.end))
        return
    first = step.dosage.start if step.dosage and (step.mention is None or floor > step.start) else step.start
    if step.dosage and (single := _SINGLE.search(passage.folded, max(0, step.dosage.start - 10), step.dosage.start)):
        step.put("frequency", "once", (single.start(), single.start() + 6))
        return
    for found in reversed(passage.frequencies):
        if found.end <= first and first - found.end <= 30 and _leads(passage, found, first):
            step.put("frequency", found.code, (found.start, found.end))
            return


def _led_dose(passage: Passage, found: Frequency) -> Dosage | None:
    """The dose that a frequency before it is of: "400 mg, followed by weekly doses of 250 mg"."""
    later = next((d for d in passage.dosages if d.start >= found.end), None)
    return later if later and _DOSES_OF.fullmatch(passage.folded, found.end, later.start) else None


def _near(passage: Passage, anchor: int, found: Frequency) -> bool:
    between = passage.folded[anchor : found.start]
    if ";" in between or len(between) > 60:
        return False
    words = passage.words(anchor, found.start)
    strange = [
        w for w in words if not any(w in passage.fillers[kind] for kind in ("predicate", "name_first", "rhythm"))
    ]
    return (
        len(words) <= 7
        and len(strange) <= 1
        and not any(c.start >= anchor and c.end <= found.start for c in passage.cues)
    )


def _leads(passage: Passage, found: Frequency, first: int) -> bool:
    """Whether a frequency before a name or dose is an attribute of it: "weekly methotrexate", "single dose of"."""
    between = passage.folded[found.end : first]
    if any(0 <= found.start - d.end <= 3 for d in passage.dosages):
        return False  # "atezolizumab 1200 mg every 3 weeks with carboplatin"
    return not any(mark in between for mark in ",;:)") and passage.bridged(found.end, first, "dose_first", most=5)


def _duration(passage: Passage, step: Step) -> None:
    """How long the step lasted: "for 3 days" after it, "a 4-week course of" or "4 months of" before it."""
    anchor, stop = stretch_after(passage, step)
    for found in passage.durations:
        if _UNDER_A_DAY.match(found.iso):
            continue
        if step.mention and (_course_before(passage, found, step) or _treated_for(passage, found, step)):
            step.put("duration", found.iso, (found.start, found.end))
            return
        if step.end <= found.start < stop and _lasts(passage, anchor, found):
            step.put("duration", found.iso, (found.start, found.end))
            return


def _lasts(passage: Passage, anchor: int, found: Duration) -> bool:
    between = passage.folded[anchor : found.start]
    offset = passage.sentence.start
    if ";" in between or len(between) > 70 or ". " in passage.quiet[anchor - offset : found.start - offset]:
        return False
    if any(c.start >= anchor and c.end <= found.start and c.form != "again" for c in passage.cues):
        return False
    following = passage.folded[found.end : found.end + 12].lstrip()
    if following.startswith(("later", "after", "ago", "earlier", "of age")):
        return False
    if following.startswith(("before", "prior")) and not _FOR_SO_LONG.search(between):
        return False
    clause = anchor + max(between.rfind(","), between.rfind(")")) + 1
    words = [w for w in passage.words(clause, found.start) if w not in passage.fillers["predicate"]]
    if not passage.fillers["name_first"].issuperset(words[:-2]):
        return False
    days = passage.folded[found.start : found.end].startswith("day")
    if not days and "-" in passage.folded[found.start : found.end] and not re.search(r"\bfor\s(?:an?\s)?$", between):
        return False  # "therapy, three-month follow-up"
    return days or bool(_FOR.search(between) or (not between.strip() and found.start > anchor))


def _treated_for(passage: Passage, found: Duration, step: Step) -> bool:
    """ "He was treated for 4 weeks with intravenous X": how long stands before the name."""
    if step.mention is None or not found.end <= step.start or passage.next_mention(found.end) is not step.mention:
        return False
    if not _TREATED_FOR.search(passage.folded, max(passage.sentence.start, found.start - 40), found.start):
        return False
    led = _WITH.match(passage.folded, found.end)
    return led is not None and passage.bridged(led.end(), step.start, "route", most=5)


def _course_before(passage: Passage, found: Duration, step: Step) -> bool:
    """ "four-week course of rituximab", "4 months of maintenance tretinoin", "3-day methylprednisolone pulse"."""
    mention = step.mention
    if mention is None or not found.end <= step.start or step.start - found.end > 60:
        return False
    if _AFTER.search(passage.folded, max(0, found.start - 30), found.start) or passage.folded.endswith(
        _UNTIL, passage.sentence.start, found.start
    ):
        return False
    between = passage.folded[found.end : step.start]
    if not _BROKEN.isdisjoint(between):
        return False
    hyphenated = "-" in passage.folded[found.start : found.end]
    if not _COURSE.match(between) and not (hyphenated and passage.bridged(found.end, step.start, "route", most=5)):
        return False
    return passage.next_mention(found.end) is mention


def _shared(passage: Passage, steps: list[Step]) -> None:
    """Spread what stands after (or before) a whole coordination to its members."""
    for mention in passage.mentions:
        group = passage.group(mention)
        if len(group) < 2 or mention is not group[-1]:
            continue
        members = [s for s in steps if s.mention in group]
        last = max(members, key=lambda s: s.end)
        predicate = any(
            _PREDICATE.search(passage.folded, last.end, last.cells[c][1][0][0])
            for c in ("duration", "route", "frequency")
            if c in last.cells and last.cells[c][1][0][0] > last.end
        )
        bare = all(s.dosage is None for s in members) and "duration" in last.cells
        if bare and last.cells["duration"][1][0][0] > last.end:
            for step in members:
                step.cells.setdefault("duration", last.cells["duration"])
        if predicate:
            for column in ("duration", "route", "frequency"):
                if column in last.cells and last.cells[column][1][0][0] > last.end:
                    for step in members:
                        step.cells.setdefault(column, last.cells[column])
        _shared_cycle(group, members)
        _led_by_frequency(passage, group, members)
        if both := _BOTH.match(passage.folded, last.end):
            for found in passage.frequencies:
                if found.start == both.end():
                    for step in members:
                        step.cells["frequency"] = (found.code, [[found.start, found.end]])
        _led_by_duration(group, members)


def _shared_cycle(group: list[Mention], members: list[Step]) -> None:
    """ "A 500 mg/m2 and B 15 mg/kg every 3 weeks": the interval of a cycle is every dosed member's."""
    last = next((s for s in members if s.mention is group[-1] and s.dosage), None)
    if last is None or not _CYCLE.fullmatch(last.value("frequency")) or last.dosage is None:
        return
    if last.cells["frequency"][1][0][0] < last.dosage.unit_piece[1]:
        return
    others = [s for s in members if s.mention is not group[-1]]
    if all(s.dosage and not s.value("frequency") for s in others):
        for step in others:
            step.cells["frequency"] = last.cells["frequency"]


def _passed_back(passage: Passage, steps: list[Step]) -> None:
    """ "45 ug and later 90 ug subcutaneously once a week": how often and by which route hold for the dose before too."""
    for one, other in pairwise(steps):
        if one.mention is None or one.mention is not other.mention or one.dosage is None or other.dosage is None:
            continue
        between = passage.folded[one.dosage.end : other.dosage.start]
        if "," in between or not passage.bridged(one.dosage.end, other.dosage.start, "chain", most=4):
            continue
        if one.value("frequency"):
            continue
        for column in ("frequency", "route"):
            if column in other.cells and other.cells[column][1][0][0] >= other.dosage.end:
                one.cells.setdefault(column, other.cells[column])


def _led_by_frequency(passage: Passage, group: list[Mention], members: list[Step]) -> None:
    """ "Her daily medication was A 5 mg, B 10 mg and C 2 mg": the frequency before the list is every member's."""
    for found in passage.frequencies:
        if found.end <= members[0].start <= found.end + 60 and _MEDICATION.search(
            passage.folded, found.end, members[0].start
        ):
            for step in members:
                step.put("frequency", found.code, (found.start, found.end))


def _led_by_duration(group: list[Mention], members: list[Step]) -> None:
    """ "Six months of A and B": the duration before the list is every member's."""
    first = next(s for s in members if s.mention is group[0])
    if "duration" in first.cells and first.cells["duration"][1][0][1] <= group[0].start:
        for step in members:
            step.cells.setdefault("duration", first.cells["duration"])


def duration_before(passage: Passage, offset: int) -> Duration | None:
    """ "after nine months" that stands within a few words after ``offset``: how long the step before it lasted."""
    for found in passage.durations:
        if offset <= found.start <= offset + 40 and _AFTER.search(passage.folded, offset, found.start):
            return found
    return None


def duration_over(passage: Passage, start: int, end: int) -> Duration | None:
    """ "over the next four months" between two offsets."""
    for found in passage.durations:
        if (
            start <= found.start < end
            and not _UNDER_A_DAY.match(found.iso)
            and _OVER.search(passage.folded, start, found.start)
        ):
            return found
    return None
