"""What must be told besides a word of change for it to be an outcome (column ``needs`` of ``outcomes/changes``).

And why an outcome that its words do tell is no fact of the report: planned, possible, said of the world or of a relative,
or before any treatment.
"""

from casemill.components.narrative import Term
from casemill.components.outcome_context import Disease
from casemill.components.outcome_phrases import modifiers, negation
from casemill.components.outcome_statements import OF_TARGETS, Statement, Target, beside, meet
from casemill.components.outcome_words import expression

__all__ = ["has_needs", "is_leaving", "may_be_met", "reason_against"]

# Roles of cues that can make an outcome none of the report.
_TURNING = frozenset({"aim", "possible", "general", "relative"})
# How far (characters) a word of possibility or a general claim reaches to the word that it turns.
_POSSIBLE, _GENERAL = 60, 90
_FOR = r"\bfor (?:(?:%(for_lead)s) )?[\w-]+ (?:%(period)s)s?\b"
_COUNTED = (
    r"\b(?:%(counted)s)(?: \([\d.]+ ?%%\))?(?: (?:out )?of)?(?: (?:all|the|these|those|our|his|her))?"
    r"(?: (?:%(counted)s))?(?: [a-z-]+)?\s+$"
)
_TIMED = (
    r"\b(?:within|after) (?:[\w-]+ ){1,3}?(?:hour|day|week|month|year)s?\b"
    r"|\b(?:hour|day|week|month|year)s? (?:later|after|of treatment)\b|\bagain\b"
)
_REACHED = r"\s+(?:\([^)]{0,40}\) )?(?:%(seen_be)s) (?:%(seen)s)\b"
_SINCE = r"\b(?:%(since)s)\b"
_ACHIEVING = r"\b(?:%(achieving)s)\b"
_PERFECT = r"\b(?:%(perfect)s)\b(?: [\w-]+){0,2} $"
_BEING = r"\b(?:%(being)s)\b(?: [\w-]+){0,3} $"
_LEAVING = r"\b(?:%(leaving)s)\b[^.;]{0,40}$"
_COURSE_WAS = r"\b(?:%(course_of)s)\b[^.;,]{0,40}\b(?:%(course_be)s)\b(?: [\w-]+){0,2} $"
# "has been well controlled", "is well known": the word is said of a participle
_MODIFYING = r"(?<=\bwell)[ -](?:\w+ed|known|seen|understood|within|beyond|below|above|before|as|until|enough)\b"


def may_be_met(statement: Statement, change: Term, needs: frozenset[str]) -> bool:
    """Whether ``statement`` tells at all what the word needs, wherever its clause begins: spares looking for that."""
    return (
        statement.offers(needs & OF_TARGETS)
        and ("timed" not in needs or _is_timed(statement))
        and ("course" not in needs or _has_course_before(statement, change, statement.sentence.start))
    )


def has_needs(
    statement: Statement,
    change: Term,
    needs: frozenset[str],
    lo: int,
    outcome: str,
    targets: list[Target],
    disease: Disease | None,
) -> bool:
    """Whether all is told that the word needs to be a candidate."""
    return (
        _has_targets(needs, targets, disease)
        and _has_course(statement, change, needs, lo, outcome)
        and _has_treatment(statement, change, needs, lo)
    )


def _has_targets(needs: frozenset[str], targets: list[Target], disease: Disease | None) -> bool:
    if not meet(targets, needs & OF_TARGETS):
        return False
    if "cancer" not in needs:
        return True
    return (
        disease is not None
        and disease.is_cancer
        and all(t.kind == "cancer" or t.domain == disease.domain for t in targets if not t.is_vague)
    )


def _has_course(statement: Statement, change: Term, needs: frozenset[str], lo: int, outcome: str) -> bool:
    """Whether the sentence tells of a course in time, and of whom or what, as far as the word needs it."""
    text, hi = statement.text, change.start
    state = "wellbeing" in needs and outcome == "no_relapse"
    if state and (expression(_MODIFYING).match(text, change.end) or not _is_lasting(statement, lo, hi)):
        return False
    if (
        "being" in needs
        and not is_leaving(statement, change)
        and not expression(_BEING).search(text, max(lo, hi - 40), hi)
    ):
        return False
    if "leaving" in needs and not is_leaving(statement, change):
        return False
    if "course" in needs and not _has_course_before(statement, change, lo):
        return False
    return not ("not_of_change" in needs and any(0 < hi - c.end < 30 for c in statement.changes))


def _is_timed(statement: Statement) -> bool:
    return expression(_TIMED).search(statement.text, statement.sentence.start, statement.sentence.end) is not None


def _has_course_before(statement: Statement, change: Term, lo: int) -> bool:
    """Whether the word is said of a course ("the further course was uneventful")."""
    return expression(_COURSE_WAS).search(statement.text, max(lo, change.start - 90), change.start) is not None


def _has_treatment(statement: Statement, change: Term, needs: frozenset[str], lo: int) -> bool:
    if "modified" in needs and not _is_modified(statement, change, lo):
        return False
    if "of_treatment" in needs and not _names_treatment(statement, change):
        return False
    return "beside_treatment" not in needs or any(beside(t, change, 6) for t in statement.treatments)


def is_leaving(statement: Statement, change: Term) -> bool:
    """Whether the state told by ``change`` is one in which the patient left hospital."""
    words = statement.text[change.start : change.end]
    lo = max(statement.sentence.start, change.start - 70)
    return expression(_LEAVING).search(statement.text, lo, change.start) is not None or words.startswith("discharged")


def _is_modified(statement: Statement, change: Term, lo: int) -> bool:
    """Whether a bare "response" is one to a treatment: by an adjective of quality, a negation or an organ before it."""
    if negation(statement, lo, change.start) or modifiers(statement, change, lo):
        return True
    lo = max(lo, change.start - 30)
    if expression(_REACHED).match(statement.text, change.end) or expression(_ACHIEVING).search(
        statement.text, lo, change.start
    ):
        return True
    qualities = statement.cued(("quality", "partly", "wholly", "kept"), max(lo, change.start - 40), change.start)
    return any(change.start - cue.end <= 12 for cue in qualities)


def _names_treatment(statement: Statement, change: Term) -> bool:
    """Whether "failed" is said of a treatment."""
    words = statement.cued(("anaphor", "giving"), change.start - 60, change.end + 60)
    return any(beside(t, change, 40) for t in statement.treatments) or any(beside(w, change, 40) for w in words)


def _is_lasting(statement: Statement, lo: int, start: int) -> bool:
    """Whether a state of being well is told as lasting ("remained", "months later", "for a year"), not as a finding."""
    sentence = statement.sentence
    lasting = statement.cued("lasting", sentence.start, sentence.end) or statement.cued(
        "kept", max(lo, start - 30), start
    )
    if lasting or expression(_PERFECT).search(statement.text, max(lo, start - 34), start):
        return True
    if expression(_FOR).search(statement.text, start, sentence.end):
        return True
    return expression(_SINCE).search(statement.text, sentence.start, sentence.end) is not None


def reason_against(statement: Statement, change: Term, needs: frozenset[str], lo: int, outcome: str) -> str:
    """Why an outcome's own grammar shows it to be no fact of the report; blank if it is one."""
    timed = "anytime" not in needs and ("treated" in needs or outcome in ("worsened", "relapsed"))
    reason = _turned(statement, change, lo, outcome) if statement.tells(_TURNING) else ""
    return reason or ("before_treatment" if timed and not statement.treated else "")


def _turned(statement: Statement, change: Term, lo: int, outcome: str) -> str:
    """What the small words of the sentence make of an outcome: a plan, a possibility, a general claim; blank for nothing."""
    text, sentence, hi = statement.text, statement.sentence, change.start
    # a cue may hold the word itself ("for pain relief")
    if any(cue.start < hi for cue in statement.cued("aim", max(lo, hi - 50), max(hi, change.end))):
        return "planned"
    possible = statement.cued("possible", max(lo, hi - _POSSIBLE), min(change.end + 16, sentence.end))
    if any("," not in text[cue.end : hi] and not hi <= cue.start < change.end for cue in possible):
        return "hypothetical"
    general = statement.cued("general", max(lo, hi - _GENERAL), min(change.end + _POSSIBLE, sentence.end))
    if any(not expression(_COUNTED).search(text, max(sentence.start, cue.start - 24), cue.start) for cue in general):
        return "background"
    told_of_relative = outcome in ("died", "alive") and statement.cued("relative", lo, hi)
    return "background" if told_of_relative else ""
