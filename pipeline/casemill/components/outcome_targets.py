"""Where the target of a word of change stands, by the *form* of the word (column ``form`` of ``outcomes/changes``).

======================= =========================================================================
``verb``                its subject, or its object in the active voice ("X improved", "improved X")
``noun``                "of", "in" its target, the words before it, or the subject of "showed"
``predicate``           the subject ("X returned to normal")
``object``              what follows ("no further X")
``attributive``         the noun behind, after words that tell a course ("despite persistent X")
``patient``             the patient as a whole, unless an organ or finding is the subject
``remain``              the subject or the complement ("remained febrile")
``effect``              the object of a treatment that helps or doesn't, else the patient
``compound``            the word right before ("leukemia-free")
``resists``             the word right behind ("steroid-resistant nephritis")
======================= =========================================================================

Each reader gives the targets, an empty list where the words need none, or ``None`` where they are no candidate.
"""

from collections.abc import Callable

from casemill.components.narrative import Term
from casemill.components.outcome_meanings import Meaning
from casemill.components.outcome_phrases import (
    NEAR,
    VERBS,
    after_adverbial,
    clause_start,
    modifiers,
    object_of,
    own_verb,
    stop,
    subject,
    untested,
)
from casemill.components.outcome_statements import BREAKS, CREDITS, Statement, Target, beside
from casemill.components.outcome_words import expression

__all__ = ["FORMS", "OF", "is_reached", "is_state"]

# Characters that a complement or an object may lie behind its word.
_CLOSE = 25
# Characters that the noun may lie behind an attribute.
_BEHIND = 16
#: What leads from a noun of change to its target ("improvement was seen in").
OF = r"\s*\([^)]{0,20}\)|\s+(?:(?:(?:%(seen_be)s)\s+)?(?:%(seen)s)\s+)?(?:%(of_noun)s)\s+"
_ACTIVE = r"\s+(?:(?:%(determiner)s)\s+|(?=[a-z]))"
_WORD = r"\s*([\w'-]+)"
_AND_CLAUSE = r", (?:%(plain_and)s) "
_APART = r",|\b(?:%(plain_and)s)\b"
_WITHOUT_IT = r"[\s-](?:%(free)s)\b"
_AT_VALUE = r" (?:(?:at|around|about) )?\d"
_ENDED = r"\s*(?:[.;,]|(?:%(left_over)s)\b)"
_PERFECT = r"(?:has|have|had) (?:\w+ly )?"
_OF_PERSON = r"\b(?:%(whose)s) (?:(?:%(whose_determiner)s) )?$"
_AND = r"\b(?:%(coordinator)s) $"
_NEXT_PHRASE = r",\s+(?:%(determiner)s)\b"
_STATE = r"\bin(?: (?:%(a)s))?(?: [\w-]+){0,3} $"
_OBJECT = r"\s+(?:(?:on|for|in|against|of)\s+)?"
_CLOSING = CREDITS | BREAKS | {"credit_to", "negation", "show", "cause", "lasting"}
_COURSE_LEADS = CREDITS | {"cause", "goes_on", "show"}
_CLOSING_WORD = r"(?:%(closing)s)\b"

Reader = Callable[[Statement, Term, int, Meaning], list[Target] | None]


def _verb(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    text, hi = statement.text, change.start
    intransitive = "intransitive" in entry.needs
    following = expression(_WORD).match(text, change.end)
    if intransitive and any(t.start == change.end + 1 and not t.is_vague for t in statement.targets):
        # a participle before its noun ("a relapsed carcinoma") tells no course
        return None
    active = expression(_ACTIVE).match(text, change.end)
    if (
        active
        and not intransitive
        and _is_active(statement, max(lo, hi - NEAR), hi, determined=bool(active.group().strip()))
    ):
        object_ = [t for t in object_of(statement, active.end()) if not t.is_vague or t.start == active.end()]
        closes = expression(_CLOSING_WORD).match(text, active.end()) or any(
            cue.start == active.end() for cue in statement.cued(_CLOSING, active.start(), active.end() + 30)
        )
        if object_ and expression(_APART).search(text, active.end(), object_[0].start):
            object_ = []
        if object_ and object_[0].start - change.end < NEAR and not closes:
            caused = active.group().strip() or statement.cued("anaphor", lo, hi) or statement.treatments_in(lo, hi)
            return object_ if caused or "participle" not in entry.needs else None
    if (
        following
        and expression(r"%(from)s").fullmatch(following[1])
        and (origin := object_of(statement, following.end()))
    ):
        return origin
    elided = lo > statement.sentence.start and hi - lo < 16
    if found := subject(statement, change, lo):
        return found
    if not elided:
        return None
    # "the fever resolved but recurred": the clause has the subject of the one before
    before = [c for c in statement.changes if c.end <= lo]
    if before:
        return subject(statement, before[-1], clause_start(statement, before[-1]))
    # "a macular hole was seen but regressed"
    return [
        t for t in statement.targets_in(statement.sentence.start, lo) if t.kind in ("finding", "disease", "cancer")
    ][-1:]


def _is_active(statement: Statement, lo: int, hi: int, *, determined: bool) -> bool:
    """Whether the verb at ``hi`` has no auxiliary, or only that of the perfect ("had relieved his pain")."""
    verb = own_verb(statement, lo, hi)
    if verb is None:
        return True
    return determined and expression(_PERFECT).fullmatch(statement.text, verb, hi) is not None


def _noun(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    if match := expression(OF).match(statement.text, change.end):
        found = object_of(statement, match.end())
        if found and expression(_NEXT_PHRASE).search(statement.text, match.end(), found[0].start):
            found = []  # "after cessation of it, the findings": the next clause's own
        given = statement.treatments_in(match.end(), found[0].start) if found else []
        if given and not expression(OF).match(statement.text, given[-1].end):
            found = []  # "a good response to X confirmed the diagnosis": another verb's own
        if any(not t.is_vague for t in found) or (found and found[0].start - match.end() < 20):
            return found
        if "quantity" in entry.needs:
            return None
    if found := modifiers(statement, change, lo):
        return found
    if is_state(statement, change):
        return [t for t in subject(statement, change, lo) if t.kind != "lab"]
    shows = statement.cued(("show", "cause"), max(lo, change.start - NEAR - 20), change.start)
    within = statement.targets_in(change.start, change.end)
    if within or not shows or change.start - shows[-1].end >= NEAR:
        return within
    floor = after_adverbial(statement, lo, shows[-1].start)
    verbs = statement.cued(VERBS, floor, shows[-1].start)
    verb, end = max((cue.end for cue in verbs), default=floor), shows[-1].start
    if verbs and expression(_AND).search(statement.text, verb, end):
        # "the patient felt pain and had an uneventful recovery": the subject is that of the first verb
        verb, end = floor, verbs[0].start
    shown = untested(statement, statement.targets_in(verb, end))
    if shown and shown[-1].kind == "person" and not expression(_OF_PERSON).search(statement.text, lo, shown[-1].start):
        return []
    return [t for t in shown if not t.is_vague and t.kind != "lab"]


def is_state(statement: Statement, change: Term) -> bool:
    """Whether the noun names a state that the subject is in ("is still in complete remission")."""
    return expression(_STATE).search(statement.text, max(0, change.start - NEAR), change.start) is not None


def _effect(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    """What a treatment helped or not: the object ("never helped her joints"), else the patient."""
    if match := expression(_OBJECT).match(statement.text, change.end):
        found = [t for t in object_of(statement, match.end()) if t.start - match.end() < _CLOSE]
        if any(not t.is_vague for t in found):
            return found
    return [t for t in subject(statement, change, lo) if t.kind in ("finding", "disease", "cancer")]


def _compound(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    """``leukemia-free``: the target stands right before the word."""
    return [t for t in statement.targets if t.end == change.start and not t.is_vague] or None


def _resists(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    """``steroid-resistant nephritis``: a treatment stands right before the word, the target right behind."""
    if not any(t.end == change.start for t in statement.treatments):
        return None
    return [t for t in object_of(statement, change.end) if t.start - change.end < _CLOSE] or None


def _predicate(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    if not statement.text[lo : change.start].strip():
        lo = statement.sentence.start
    after = _of(statement, change)
    if after and all(t.is_vague for t in statement.targets_in(lo, change.start)):
        return after
    return subject(statement, change, lo)


def _of(statement: Statement, change: Term) -> list[Target]:
    """Targets behind "of", "for", "regarding" that are neither vague nor analytes."""
    match = expression(OF).match(statement.text, change.end)
    return [t for t in object_of(statement, match.end()) if not t.is_vague and t.kind != "lab"] if match else []


def _attributive(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    lead = statement.cued(_COURSE_LEADS, max(lo, change.start - 40), change.start)
    if not lead or change.start - lead[-1].end > 14:
        return None
    if lead[-1].canonical == "with":
        if entry.outcome != "unchanged" or not statement.treatments_in(statement.sentence.start, change.start):
            return None
    elif lead[-1].canonical in ("credit", "show"):
        return None
    found = object_of(statement, change.end)
    return found if found and found[0].start - change.end < _BEHIND else None


def _phrase(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    start = change.end
    for following in statement.changes:
        if beside(following, change) and following.start >= start:
            if not following.id.endswith(".attributive"):
                # "no further deterioration": the noun tells it, this phrase negates it
                return None
            start = following.end
    # "developed end-stage | renal disease": the phrase may end within its target
    found = [t for t in statement.targets if change.start < t.start < start < t.end] or object_of(statement, start)
    clause = expression(_AND_CLAUSE).search(statement.text, start, statement.sentence.end)
    if clause and statement.cued(VERBS, clause.end(), clause.end() + 90):
        found = [t for t in found if t.end <= clause.start()]
    if "first" in entry.needs:
        # "increasing dyspnea, hypotension and jaundice": only the first is told to increase
        found = found[:1]
    if "finding" in entry.needs:
        found = [t for t in found if t.kind in ("finding", "disease", "illness")]
    return found if found and found[0].start - start < NEAR else None


def _patient(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    told = subject(statement, change, lo)
    if entry.outcome == "no_relapse":
        # "improved her gait, allowing a year of relapse-free survival": the gait has its own verb
        told = [
            t for t in told if not any(t.start > c.end and c.end > lo for c in statement.changes if c.end <= t.start)
        ]
    return [t for t in told if not t.is_vague and t.kind not in ("lab", "organ")] or (
        [] if entry.outcome == "no_relapse" else _of(statement, change)
    )


def _remain(statement: Statement, change: Term, lo: int, entry: Meaning) -> list[Target] | None:
    if any(0 <= following.start - change.end <= 2 for following in statement.changes):
        return None
    end = min(stop(statement, change.end), change.end + 50)
    complement = [t for t in statement.targets_in(change.end, end) if t.kind in ("finding", "disease")][:1]
    told = subject(statement, change, lo)
    if complement and expression(_WITHOUT_IT).match(statement.text, complement[0].end):
        return None
    if complement and complement[0].start - change.end < _CLOSE:
        return [t for t in told if not t.is_vague] or complement
    if told and expression(_ENDED).match(statement.text, change.end):
        # "a mild paresis remained.": what is left over
        return [t for t in told if t.kind in ("finding", "disease", "cancer")] or None
    if told and expression(_AT_VALUE).match(statement.text, change.end):
        # "his vision remained 0.1"
        return told
    states = statement.cued("state", change.end, change.end + NEAR)
    return told if states and states[0].start - change.end < 20 else None


def is_reached(statement: Statement, change: Term, form: str) -> bool:
    """Whether a target stands where ``form`` needs one, whatever the small words tell: spares looking for them."""
    if form == "attributive":
        return any(0 <= t.start - change.end < _BEHIND for t in statement.targets)
    if form == "object":
        end = statement.changes[-1].end + NEAR
        return any(change.start < t.start < end for t in statement.targets)
    return True


FORMS: dict[str, Reader] = {
    "verb": _verb,
    "noun": _noun,
    "predicate": _predicate,
    "attributive": _attributive,
    "object": _phrase,
    "patient": _patient,
    "remain": _remain,
    "effect": _effect,
    "compound": _compound,
    "resists": _resists,
}
