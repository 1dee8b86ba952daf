"""Noun phrases around a word of change: its subject, its object, its modifiers, and which of their targets counts."""

from casemill.components.narrative import Term
from casemill.components.outcome_statements import BREAKS, CREDITS, Statement, Target, beside
from casemill.components.outcome_words import expression

__all__ = [
    "NEAR",
    "VERBS",
    "after_adverbial",
    "clause_start",
    "last_told",
    "modifiers",
    "negation",
    "object_of",
    "own_verb",
    "picked",
    "stop",
    "subject",
    "untested",
]

#: Characters that a target may lie away from the word that governs it.
NEAR = 40
# Characters that a negation reaches to the word that it turns.
_REACH, _LIST_REACH = 46, 120
_HARD = r"[;:]|\. "
_OWN_VERB = r"\b(?:%(be)s)\b[\w\s]{0,30}$"
# "was stopped and proteinuria fell": the auxiliary is the first verb's
_OTHER_SUBJECT = r" (?:%(plain_and)s) (?!\w+ly\b)[\w-]+ "
_LIST = r",|/|\b(?:%(and)s)\b"
_NEW_SUBJECT = r",\s+(?:(?:%(but)s)\s+)?(?=(?:%(possessor)s)\b)"
# "the fever abated and the wound was closed": a noun phrase that names no target is a subject all the same
_OWN_SUBJECT = r"\b(?:%(plain_and)s) (?:%(determiner)s) [a-z]"
_SHARED = r"\b(?:%(shared)s)\b (?:\w+ly )?(?:(?:%(be)s) )?(?:\w+ly )?$"
_POSSESSED = r"\b(?:%(whose)s) (?:(?:%(whose_determiner)s) )?$"
_ENDS_LIST = r"(?:,|,? (?:%(plain_and)s)) ?$"
_PRONOUN = r"\b(?:%(pronoun)s)\s+(?:[\w']+\s+){0,3}$"
_NO_LIST = r"\b(?:%(no_word)s)\b[^.;,]{0,110}\b(?:or|nor)\s+(?:\w+ ){0,2}$"
_OR = r"\b(?:%(or)s)\b"
_NEW_CLAUSE = r"\b(?:%(plain_and)s) (?:%(subject)s)\b"
# "with no symptoms and improvement of her rash": the negation has a noun of its own
_AND_THIS = r" (?:%(plain_and)s) (?:[\w-]+ )?$"
_VERBAL, _AND_OTHER = r"\b(?:%(auxiliary)s) $", r" [\w-]+ (?:%(plain_and)s) [\w-]+ "
#: Roles of cues that are verbs of their own.
VERBS = frozenset({"verb", "treated", "show", "cause"})
# Roles of cues that open an adverbial, that end a noun phrase, and that part a modifier from its noun.
_ADVERBIAL = CREDITS | {"uncredited", "withdrawal", "anaphor"}
_STOPS = BREAKS | CREDITS | VERBS | {"stopped", "next", "anaphor", "withdrawal"}
_CROSSING = CREDITS | BREAKS | VERBS | {"credit_to", "negation"}
# Domains whose word outweighs the organ beside it ("muscle pain", "lung metastasis").
_DOMINANT = ("tumor", "pain", "infection")


def clause_start(statement: Statement, change: Term) -> int:
    """Where the clause of ``change`` begins: behind a conjunction or a semicolon."""
    text, start, end = statement.text, statement.sentence.start, change.start
    hard = max(
        start, text.rfind(";", start, end) + 1, text.rfind(":", start, end) + 1, text.rfind(". ", start, end) + 2
    )
    for cue in reversed(statement.cued(BREAKS, start, end)):
        if not _is_aside(statement, cue):
            return max(hard, cue.end)
    return hard


def _is_aside(statement: Statement, cue: Term) -> bool:
    """Whether ``cue`` stands between commas within its clause ("the rash, however, did not improve")."""
    if not (statement.text.endswith(", ", 0, cue.start) and statement.text.startswith(",", cue.end)):
        return False
    return not any(change.end <= cue.start for change in statement.changes)


def own_verb(statement: Statement, lo: int, hi: int) -> int | None:
    """Where the auxiliary of the word at ``hi`` begins ("had completely"), if it has one."""
    match = expression(_OWN_VERB).search(statement.text, lo, hi)
    if match is None or expression(_OTHER_SUBJECT).search(match.group()):
        return None
    return match.start()


def picked(statement: Statement, targets: list[Target]) -> list[Target]:
    """One target a conjunct ("rash and muscle strength"), the weightiest of its words, and one of each domain."""
    groups: list[list[Target]] = []
    for target in targets:
        if groups and not expression(_LIST).search(statement.text, groups[-1][-1].end, target.start):
            groups[-1].append(target)
        else:
            groups.append([target])
    if groups and groups[-1][-1].domain == "pain" and all(t.kind == "organ" for group in groups[:-1] for t in group):
        groups = groups[-1:]
    found: dict[str, Target] = {}
    for group in groups:
        head = _head(group)
        found.setdefault(head.domain, head)
    return list(found.values())


def _head(group: list[Target]) -> Target:
    named = [t for t in group if not t.is_vague]
    dominant = [t for t in named if t.domain in _DOMINANT]
    head = (dominant or [t for t in named if t.kind != "organ"] or named or group)[-1]
    if head.domain == "general":
        return next((t for t in group if t.domain != "general" and t.kind == "organ"), head)
    return head


def subject(statement: Statement, change: Term, lo: int) -> list[Target]:
    """Targets of the noun phrase before a predicate; those of the change before where it shares their subject."""
    hi = change.start
    before = [c for c in statement.changes if lo <= c.start and c.end <= hi]
    floor = after_adverbial(statement, before[-1].end if before else lo, hi)
    limit = own_verb(statement, max(floor, hi - 60), hi) or hi
    if statement.text.find(",", floor, limit) >= 0:
        commas = [m.end() for m in expression(_NEW_SUBJECT).finditer(statement.text, floor, limit)]
        if len(commas) == 1:
            floor = commas[0]
    verb = max((cue.end for cue in statement.cued(VERBS, floor, limit)), default=floor)
    found = untested(statement, statement.targets_in(verb, hi)) or untested(statement, statement.targets_in(floor, hi))
    found = _acting(statement, found)
    if before and expression(_SHARED).search(statement.text, floor, hi):
        # "levels remained high during X for Y and declined": what stands between is said of the first verb
        return subject(statement, before[-1], lo) or found
    near = not found and before and hi - floor < NEAR
    if near and not expression(_OWN_SUBJECT).search(statement.text, floor, limit):
        found = subject(statement, before[-1], lo)
    if not found and expression(_PRONOUN).search(statement.text, max(lo, hi - NEAR), hi):
        found = last_told([t for t in statement.targets if t.end <= lo]) or last_told(statement.before)
    if not found and statement.cued("relative_break", lo - 6, lo):
        found = statement.targets_in(max(statement.sentence.start, lo - 70), lo)[-1:]
    return found


def last_told(targets: list[Target]) -> list[Target]:
    """The last finding or disease of ``targets``, with the organ that it is named by ("retina edema")."""
    told = [index for index, t in enumerate(targets) if t.kind in ("finding", "disease")]
    if not told:
        return []
    last = told[-1]
    organ = last > 0 and targets[last - 1].kind == "organ" and beside(targets[last - 1], targets[last])
    return targets[last - 1 : last + 1] if organ else [targets[last]]


def _acting(statement: Statement, found: list[Target]) -> list[Target]:
    """``found``, or the person alone whose name stands last in it ("after lung surgery the patient recovered")."""
    if not found or found[-1].kind != "person":
        return found
    person = found[-1]
    possessed = expression(_POSSESSED).search(statement.text, max(0, person.start - 14), person.start)
    return found if possessed else [person]


def after_adverbial(statement: Statement, floor: int, hi: int) -> int:
    """``floor`` moved behind a leading adverbial ("After prednisone, ..."): its comma is the first after its treatments."""
    first = next((cue for cue in statement.cues if cue.start >= floor), None)
    if first is None or first.canonical not in _ADVERBIAL or first.start - floor > 12:
        return floor
    last = max((t.end for t in statement.treatments_in(floor, hi)), default=floor)
    comma = statement.text.find(",", last, hi)
    return comma + 1 if comma >= 0 else floor


def untested(statement: Statement, targets: list[Target]) -> list[Target]:
    """``targets`` without those that a word of testing follows ("liver ultrasound")."""
    tests = statement.told_as("test")
    if not tests:
        return targets
    return [t for t in targets if not any(0 <= cue.start - t.end <= 2 for cue in tests)]


def stop(statement: Statement, start: int) -> int:
    """Where the noun phrase that begins at ``start`` ends: at a verb, a preposition of credit, or a break."""
    match = expression(_HARD).search(statement.text, start, statement.sentence.end)
    end = match.start() if match else statement.sentence.end
    for cue in statement.following(_STOPS, start):
        end = min(end, cue.start)
        break  # they stand in text order
    for cue in statement.cued(("negation", "kept"), start, end):
        if expression(_ENDS_LIST).search(statement.text, start, cue.start):
            return cue.start
    return end


def object_of(statement: Statement, start: int) -> list[Target]:
    """Targets of the noun phrase that begins at ``start``, up to the next word of change."""
    end = stop(statement, start)
    first = next((t.end for t in statement.targets_in(start, end)), start)
    # a participle before the first target belongs to its noun phrase ("of the metastasized carcinoma")
    following = [c.start for c in statement.changes if c.start > first or (c.end + NEAR < first and c.start > start)]
    found = statement.targets_in(start, min([end, *following]))
    # what stands in brackets behind a target is its value ("renal function (creatinine 1.1 mg/dL)")
    bracket = statement.text.find(" (", start, found[-1].end) if found else -1
    return [t for t in found if bracket < 0 or t.end <= bracket or t.start > statement.text.find(")", bracket) >= 0]


def negation(statement: Statement, lo: int, hi: int) -> Term | None:
    """The negation that reaches from within ``[lo, hi)`` to a word at ``hi``, over no comma and no other change."""
    for cue in reversed(statement.cued("negation", max(lo, hi - _REACH), hi)):
        between = [c.end for c in statement.changes if c.start >= cue.end and c.end <= hi]
        # "no recurrence or progression": the negation holds for both
        crossed = bool(between) and not expression(_OR).search(statement.text, between[-1], hi)
        joint = expression(_AND_THIS).search(statement.text, cue.end, hi)
        elsewhere = (
            expression(_NEW_CLAUSE).search(statement.text, cue.end, hi)
            # "was not needed and the oedema subsided": the negation is the first verb's alone
            or (
                expression(_VERBAL).search(statement.text, max(0, cue.start - 8), cue.start)
                and expression(_AND_OTHER).search(statement.text, cue.end, hi)
            )
            or (joint and statement.targets_in(cue.end, joint.start()))
        )
        return None if crossed or elsewhere or "," in statement.text[cue.end : hi] else cue
    # "no signs of renal impairment or recurrence": a list of what there is not may be long
    lo = max(lo, hi - _LIST_REACH)
    if statement.text.find("or", lo, hi) < 0:
        return None
    far = expression(_NO_LIST).search(statement.text, lo, hi)
    return Term(far.start(), far.end(), "negation.list", "negation") if far else None


def modifiers(statement: Statement, change: Term, lo: int) -> list[Target]:
    """Targets in the words before a noun: "complete hematological and molecular remission"."""
    found: list[Target] = []
    edge = change.start
    for target in reversed(statement.targets_in(max(lo, edge - 60), edge)):
        between = statement.text[target.end : edge]
        crossed = statement.cued(_CROSSING, target.end, edge)
        apart = (
            len(between.split()) > 2
            or "," in between
            or " or " in between
            or (" and " in between and target.kind != "organ")
        )
        if crossed or apart or (target.is_vague and target.end < change.start - 1):
            break
        found.insert(0, target)
        edge = target.start
    return found
