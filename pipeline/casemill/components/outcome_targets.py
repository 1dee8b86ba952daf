"""Where the target of a word of change stands, by the *form* of the word (column ``form`` of ``outcomes/changes``).

======================= =========================================================================
``verb``                its subject, or its object in the active voice ("X improved", "improved X")
``noun``                "of", "in" its target, the words before it, or the subject of "showed"
``predicate``           the subject ("X returned to normal")
``object``              what follows ("no further X")
``attributive``         the noun behind, after words that tell a course ("despite persistent X")
``patient``             the patient as a whole, unless an organ or finding is the subject
``remain``              the subject or the complement ("remained febrile")
======================= =========================================================================

Each reader gives the targets, an empty list where the words need none, or ``None`` where they are no candidate.
"""

from collections.abc import Callable

from casemill.components.narrative import Term
from casemill.components.outcome_statements import BREAKS, CREDITS, Statement, Target, beside
from casemill.components.outcome_words import expression
from casemill.resources import Entry

__all__ = ["FORMS", "OF", "clause_start", "modifiers", "own_verb", "picked"]

# Characters that a target may lie away from the word that governs it.
_NEAR, _CLOSE = 40, 25
_HARD = r"[;:]|\. "
#: What leads from a noun of change to its target ("improvement was seen in").
OF = r"\s*\([^)]{0,20}\)|\s+(?:(?:(?:%(seen_be)s)\s+)?(?:%(seen)s)\s+)?(?:%(of_noun)s)\s+"
_ACTIVE = r"\s+(?:(?:%(determiner)s)\s+|(?=[a-z]))"
_WORD = r"\s*([\w'-]+)"
_OWN_VERB = r"\b(?:%(be)s)\b[\w\s]{0,30}$"
_LIST = r",|/|\b(?:%(and)s)\b"
_NEW_SUBJECT = r",\s+(?:(?:%(but)s)\s+)?(?=(?:%(possessor)s)\b)"
_POSSESSED = r"\b(?:%(whose)s) (?:(?:%(whose_determiner)s) )?$"
_ENDS_LIST = r"(?:,|,? (?:%(plain_and)s)) ?$"
_VERBS = ("verb", "treated", "show", "cause")
_CLOSING = (*CREDITS, *BREAKS, "credit_to", "negation", "show", "cause", "closing", "lasting")
# Domains whose word outweighs the organ beside it ("muscle pain", "lung metastasis").
_DOMINANT = ("tumor", "pain", "infection")

Reader = Callable[[Statement, Term, int, Entry], list[Target] | None]


def clause_start(statement: Statement, change: Term) -> int:
    """Where the clause of ``change`` begins: behind a conjunction or a semicolon."""
    hard = [m.end() for m in expression(_HARD).finditer(statement.text, statement.sentence.start, change.start)]
    soft = [cue.end for cue in statement.cued(BREAKS, statement.sentence.start, change.start)]
    return max([statement.sentence.start, *hard, *soft])


def own_verb(statement: Statement, lo: int, hi: int) -> int | None:
    """Where the auxiliary of the word at ``hi`` begins ("had completely"), if it has one."""
    match = expression(_OWN_VERB).search(statement.text, lo, hi)
    return match.start() if match else None


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


# --- noun phrases around a word ------------------------------------------------------------------------------------------


def _subject(statement: Statement, change: Term, lo: int) -> list[Target]:
    """Targets of the noun phrase before a predicate; those of the change before where it shares their subject."""
    hi = change.start
    before = [c for c in statement.changes if lo <= c.start and c.end <= hi]
    floor = _after_adverbial(statement, before[-1].end if before else lo, hi)
    limit = own_verb(statement, max(floor, hi - 60), hi) or hi
    commas = [m.end() for m in expression(_NEW_SUBJECT).finditer(statement.text, floor, limit)]
    if len(commas) == 1:
        floor = commas[0]
    verb = max((cue.end for cue in statement.cued(_VERBS, floor, limit)), default=floor)
    found = _untested(statement, statement.targets_in(verb, hi)) or _untested(
        statement, statement.targets_in(floor, hi)
    )
    found = _acting(statement, found)
    if not found and before and hi - floor < _NEAR:
        found = _subject(statement, before[-1], lo)
    if not found and statement.cued("relative_break", lo - 6, lo):
        found = statement.targets_in(max(statement.sentence.start, lo - 70), lo)[-1:]
    return found


def _acting(statement: Statement, found: list[Target]) -> list[Target]:
    """``found``, or the person alone whose name stands last in it ("after lung surgery the patient recovered")."""
    if not found or found[-1].kind != "person":
        return found
    person = found[-1]
    possessed = expression(_POSSESSED).search(statement.text, max(0, person.start - 14), person.start)
    return found if possessed else [person]


def _after_adverbial(statement: Statement, floor: int, hi: int) -> int:
    """``floor`` moved behind a leading adverbial ("After prednisone, ..."): its comma is the first after its treatments."""
    first = next((cue for cue in statement.cues if cue.start >= floor), None)
    leads = (*CREDITS, "uncredited", "withdrawal", "anaphor")
    if first is None or first.canonical not in leads or first.start - floor > 12:
        return floor
    last = max((t.end for t in statement.treatments_in(floor, hi)), default=floor)
    comma = statement.text.find(",", last, hi)
    return comma + 1 if comma >= 0 else floor


def _untested(statement: Statement, targets: list[Target]) -> list[Target]:
    """``targets`` without those that a word of testing follows ("liver ultrasound")."""
    tests = [cue for cue in statement.cues if cue.canonical == "test"]
    return [t for t in targets if not any(0 <= cue.start - t.end <= 2 for cue in tests)]


def _stop(statement: Statement, start: int) -> int:
    """Where the noun phrase that begins at ``start`` ends: at a verb, a preposition of credit, or a break."""
    match = expression(_HARD).search(statement.text, start, statement.sentence.end)
    end = match.start() if match else statement.sentence.end
    roles = (*BREAKS, *CREDITS, *_VERBS, "stopped", "next", "anaphor", "withdrawal")
    stops = [cue.start for cue in statement.following(roles, start)]
    stops += [
        cue.start
        for cue in statement.cued(("negation", "kept"), start, end)
        if expression(_ENDS_LIST).search(statement.text, start, cue.start)
    ]
    return min([*stops, end])


def _object(statement: Statement, start: int) -> list[Target]:
    """Targets of the noun phrase that begins at ``start``, up to the next word of change."""
    following = [c.start for c in statement.changes if c.start > start]
    return statement.targets_in(start, min([_stop(statement, start), *following]))


def modifiers(statement: Statement, change: Term, lo: int) -> list[Target]:
    """Targets in the words before a noun: "complete hematological and molecular remission"."""
    found: list[Target] = []
    edge = change.start
    for target in reversed(statement.targets_in(max(lo, edge - 60), edge)):
        between = statement.text[target.end : edge]
        crossed = statement.cued((*CREDITS, *BREAKS, *_VERBS, "credit_to", "negation"), target.end, edge)
        apart = len(between.split()) > 2 or "," in between or (" and " in between and target.kind != "organ")
        if crossed or apart or (target.is_vague and target.end < change.start - 1):
            break
        found.insert(0, target)
        edge = target.start
    return found


# --- forms ---------------------------------------------------------------------------------------------------------------


def _verb(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    text, hi = statement.text, change.start
    intransitive = "intransitive" in entry["needs"].split()
    following = expression(_WORD).match(text, change.end)
    if intransitive and any(t.start == change.end + 1 and not t.is_vague for t in statement.targets):
        # a participle before its noun ("a relapsed carcinoma") tells no course
        return None
    active = expression(_ACTIVE).match(text, change.end)
    if active and not intransitive and own_verb(statement, max(lo, hi - _NEAR), hi) is None:
        object_ = [t for t in _object(statement, active.end()) if not t.is_vague or t.start == active.end()]
        closes = any(cue.start == active.end() for cue in statement.cued(_CLOSING, active.start(), active.end() + 30))
        if object_ and object_[0].start - change.end < _NEAR and not closes:
            caused = active.group().strip() or statement.cued("anaphor", lo, hi) or statement.treatments_in(lo, hi)
            return object_ if caused or "participle" not in entry["needs"].split() else None
    if (
        following
        and expression(r"%(from)s").fullmatch(following[1])
        and (origin := _object(statement, following.end()))
    ):
        return origin
    elided = lo > statement.sentence.start and hi - lo < 16
    return _subject(statement, change, lo) or ([] if elided else None)


def _noun(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    if match := expression(OF).match(statement.text, change.end):
        found = _object(statement, match.end())
        if any(not t.is_vague for t in found) or (found and found[0].start - match.end() < 20):
            return found
        if "quantity" in entry["needs"].split():
            return None
    if found := modifiers(statement, change, lo):
        return found
    shows = statement.cued(("show", "cause"), max(lo, change.start - _NEAR - 20), change.start)
    within = statement.targets_in(change.start, change.end)
    if within or not shows or change.start - shows[-1].end >= _NEAR:
        return within
    floor = _after_adverbial(statement, lo, shows[-1].start)
    verb = max((cue.end for cue in statement.cued(_VERBS, floor, shows[-1].start)), default=floor)
    subject = _untested(statement, statement.targets_in(verb, shows[-1].start))
    return [t for t in subject if not t.is_vague and t.kind != "lab"]


def _predicate(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    if not statement.text[lo : change.start].strip():
        lo = statement.sentence.start
    after = _of(statement, change)
    if after and all(t.is_vague for t in statement.targets_in(lo, change.start)):
        return after
    return _subject(statement, change, lo)


def _of(statement: Statement, change: Term) -> list[Target]:
    """Targets behind "of", "for", "regarding" that are neither vague nor analytes."""
    match = expression(OF).match(statement.text, change.end)
    return [t for t in _object(statement, match.end()) if not t.is_vague and t.kind != "lab"] if match else []


def _attributive(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    lead = statement.cued((*CREDITS, "cause", "goes_on", "show"), max(lo, change.start - 40), change.start)
    if not lead or change.start - lead[-1].end > 14:
        return None
    if lead[-1].canonical == "with":
        if entry.canonical != "unchanged" or not statement.treatments_in(statement.sentence.start, change.start):
            return None
    elif lead[-1].canonical in ("credit", "show"):
        return None
    found = _object(statement, change.end)
    return found if found and found[0].start - change.end < 16 else None


def _phrase(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    start = change.end
    for following in statement.changes:
        if beside(following, change) and following.start >= start:
            if not following.id.endswith(".attributive"):
                # "no further deterioration": the noun tells it, this phrase negates it
                return None
            start = following.end
    # "developed end-stage | renal disease": the phrase may end within its target
    found = [t for t in statement.targets if change.start < t.start < start < t.end] or _object(statement, start)
    if "finding" in entry["needs"].split():
        found = [t for t in found if t.kind in ("finding", "disease")]
    return found if found and found[0].start - start < _NEAR else None


def _patient(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    subject = _subject(statement, change, lo)
    return [t for t in subject if not t.is_vague and t.kind not in ("lab", "organ")] or _of(statement, change)


def _remain(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    if any(0 <= following.start - change.end <= 2 for following in statement.changes):
        return None
    stop = min(_stop(statement, change.end), change.end + 50)
    complement = [t for t in statement.targets_in(change.end, stop) if t.kind in ("finding", "disease")][:1]
    subject = _subject(statement, change, lo)
    if complement and complement[0].start - change.end < _CLOSE:
        return [t for t in subject if not t.is_vague] or complement
    states = statement.cued("state", change.end, change.end + _NEAR)
    return subject if states and states[0].start - change.end < 20 else None


FORMS: dict[str, Reader] = {
    "verb": _verb,
    "noun": _noun,
    "predicate": _predicate,
    "attributive": _attributive,
    "object": _phrase,
    "patient": _patient,
    "remain": _remain,
}
