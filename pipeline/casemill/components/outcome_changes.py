"""Reads one word of change in its sentence: what became of what, or why it is no outcome.

Where its target stands is the matter of :mod:`casemill.components.outcome_targets`. Negations and words of degree turn
the outcome (columns ``negated``, ``partly``, ``wholly``, ``kept`` of ``outcomes/changes``); column ``needs`` says what
else must be told for the word to be a candidate. Rulings: sections 7 and 9 of the specification.
"""

from collections.abc import Callable
from dataclasses import dataclass

from casemill.components.narrative import Term
from casemill.components.outcome_context import Disease
from casemill.components.outcome_meanings import Meaning
from casemill.components.outcome_needs import has_needs, is_leaving, may_be_met, reason_against
from casemill.components.outcome_phrases import clause_start, negation, picked
from casemill.components.outcome_quantities import by_direction, is_level
from casemill.components.outcome_statements import Statement, Target
from casemill.components.outcome_targets import FORMS, is_reached, is_state
from casemill.components.outcome_words import expression

__all__ = ["Reading", "read_change"]

# Characters within which a state is told to last ("in remission for two years").
_LASTS = 46
_NOT_AFTER = r"(?:\s+[\w-]+){0,5}?\s+(?:%(negated_be)s)\s+(?:%(not)s)\b"
_FOR = r"\bfor (?:(?:%(for_lead)s) )?[\w-]+ (?:%(period)s)s?\b"
_HALTED = r"(?:\s+[\w-]+){0,4}?\s+(?:%(negated_be)s)\s+(?:%(halted)s)\b"
_PASSIVE = r"\b(?:%(passive)s)\b(?: [a-z]+){0,2} $"
_CONJUNCTION = r"\b(?:%(coordinator)s)\b"
_JOINS = r",|\b(?:%(and)s)\b"
_ARTICLE = r"\b(?:an?|the)\s+$"
_ACHIEVING = r"\b(?:%(achieving)s)\b"
# "a resolution of 60 kb": how fine an image or an array is
_SHARPNESS = r"(?:\d ?(?:%(fineness)s)|\b(?:%(sharp)s))[ -]resolution$"
_ANY_CANCER = r"(?:%(any_cancer)s)"
_RESOLUTION = len("resolution")
_SUCH = r"\s*\(|,? (?:%(such)s)\b"


@dataclass(slots=True)
class Reading:
    """An outcome read from a statement: its class, what it is about, and the words that told it.

    ``direct``: the words take their treatment without a preposition of credit ("responded to X").
    ``reason``: why it makes no row, blank if it makes one.
    """

    outcome: str
    targets: list[Target]
    start: int
    end: int
    rule: str
    direct: bool = False
    reason: str = ""


def read_change(
    statement: Statement, change: Term, entry: Meaning, *, disease_at: Callable[[int], Disease | None]
) -> Reading | None:
    """The outcome that ``change`` tells.

    :param disease_at: the disease that the report is about at an offset, where it names one.
    :return: ``None`` where the words make no candidate (no target where one is needed).
    """
    form = FORMS.get(entry.form)
    if form is None or statement.text[change.start - 1 : change.start] == "-":
        return None
    if change.end - change.start == _RESOLUTION and expression(_SHARPNESS).search(
        statement.text, max(0, change.start - 24), change.end
    ):
        return None
    needs = entry.needs
    if not may_be_met(statement, change, needs):
        return None  # cheaper than the words around it, which most sentences of a mere rise or change don't need
    if not is_reached(statement, change, entry.form):
        return None
    lo = clause_start(statement, change)
    if "unpassive" in needs and _is_passive(statement, change, lo):
        return None
    if "wellbeing" in needs and expression(_ARTICLE).search(statement.text, max(lo, change.start - 5), change.start):
        return None
    if "base" in needs and not _is_finite(statement, change, lo):
        return None
    targets = form(statement, change, lo, entry)
    if targets is None:
        return None
    outcome = _outcome(statement, change, entry, lo)
    if "quantity" in needs:
        measured = [t for t in targets if not t.is_vague or t.kind == "lesion"]
        outcome = "" if is_level(statement, change, lo, entry) else by_direction(outcome, measured)
    if outcome in ("", "-"):
        return None
    disease = disease_at(change.start) if _needs_disease(statement, entry, needs, targets) else None
    if not has_needs(statement, change, needs, lo, outcome, targets, disease):
        return None
    found = [Target(change.start, change.end, entry.domain, "fixed", "")] if entry.domain else []
    found = found or _domains(statement, change, entry, targets, disease)
    reason = reason_against(statement, change, needs, lo, outcome)
    return Reading(outcome, found, change.start, change.end, entry.id, "treatment" in needs, reason)


def _needs_disease(statement: Statement, entry: Meaning, needs: frozenset[str], targets: list[Target]) -> bool:
    """Whether the report's disease can make a difference: most changes are of a target that needs none."""
    if entry.domain or "cancer" in needs:
        return "cancer" in needs
    return (
        "response" in needs
        or all(t.kind in ("illness", "lesion") for t in targets)
        or any(_is_any_cancer(statement, t) for t in targets)
    )


def _domains(
    statement: Statement, change: Term, entry: Meaning, targets: list[Target], disease: Disease | None
) -> list[Target]:
    """The targets that make rows: the strong ones with "symptoms" beside them, the report's disease, or the patient."""
    response = "response" in entry.needs
    if disease is not None and disease.has_responses:
        personal = response and (disease.is_cancer or "wellbeing" not in entry.needs)
        own = {"illness"} | ({"lesion"} if disease.is_cancer else set()) | ({"person"} if personal else set())
        if disease.is_cancer and entry.outcome == "relapsed" and response:
            own.add("organ")  # "an abdominal recurrence": where the tumor came back
        if (targets or personal) and all(t.kind in own or (response and _is_bare(t)) for t in targets):
            where = next((t for t in targets if t.kind == "illness"), change)
            return [Target(where.start, where.end, disease.domain, "context", "")]
    strong = [t for t in targets if not t.is_vague]
    whole = [t for t in targets if t.kind == "whole" and not expression(_SUCH).match(statement.text, t.end)]
    found = picked(statement, sorted([*strong, *whole])) or picked(statement, targets)[:1]
    if disease is not None and disease.is_cancer:
        # "his cancer progressed" of a leukemia
        found = [t._replace(domain=disease.domain) if _is_any_cancer(statement, t) else t for t in found]
    return found or [Target(change.start, change.end, "general", "weak", "")]


def _is_bare(target: Target) -> bool:
    """Whether ``target`` is a word like "clinical" beside a response, which names nothing."""
    return target.domain == "general" and target.kind in ("organ", "weak")


def _is_any_cancer(statement: Statement, target: Target) -> bool:
    return expression(_ANY_CANCER).fullmatch(statement.text, target.start, target.end) is not None


def _is_passive(statement: Statement, change: Term, lo: int) -> bool:
    """Whether "stopped" is said of a treatment, or in the passive voice."""
    if expression(_PASSIVE).search(statement.text, max(lo, change.start - 24), change.start):
        return True
    target = max((t.end for t in statement.targets_in(lo, change.start)), default=lo)
    return bool(statement.treatments_in(target, change.start))


# --- the outcome ---------------------------------------------------------------------------------------------------------


def _is_finite(statement: Statement, change: Term, lo: int) -> bool:
    """Whether an infinitive stands behind "began to", "may" (which is told as a reason) or a negation."""
    aspect = statement.cued(("aspect", "possible"), max(lo, change.start - 30), change.start)
    return bool(aspect or negation(statement, lo, change.start))


def _degrees(statement: Statement, change: Term, lo: int) -> set[str]:
    """Roles of the words of degree around ``change``: ``partly``, ``wholly``, ``kept``."""
    hi = change.start
    found = set()
    for cue in statement.cued(("partly", "wholly", "kept"), max(lo, hi - 40), change.end + 40):
        if any(c.start <= cue.start and cue.end < c.end for c in statement.changes if c is not change):
            continue  # "a partial response with stable disease": the word tells a change of its own
        if cue.canonical == "kept" and expression(_ACHIEVING).search(
            statement.text, max(lo, cue.start - 30), cue.start
        ):
            continue  # "achieved a sustained remission" tells that it was reached
        if cue.end <= hi:
            crossed = any(c.start >= cue.end and c.end <= hi for c in statement.changes)
            # "healed completely and improved": the word belongs to the change that it follows
            crossed = crossed or any(0 < cue.start - c.end <= 2 for c in statement.changes)
            reaches = not crossed and "," not in statement.text[cue.end : hi]
        else:
            reaches = 0 < cue.start - change.end <= (22 if cue.canonical == "kept" else 2)
            reaches = reaches and not expression(_JOINS).search(statement.text, change.end, cue.start)
        if reaches:
            found.add(cue.canonical)
    return found


def _outcome(statement: Statement, change: Term, entry: Meaning, lo: int) -> str:
    if negation(statement, lo, change.start) or _is_negated_behind(statement, change):
        lessens = entry.outcome in ("improved", "resolved") and "wholly" in _degrees(statement, change, lo)
        return "improved" if lessens else entry.negated or entry.outcome
    if "condition" in entry.needs and is_leaving(statement, change):
        return "" if entry.outcome == "unchanged" else "improved"  # "discharged in stable condition" tells of no change
    if entry.outcome in ("worsened", "relapsed") and expression(_HALTED).match(statement.text, change.end):
        return entry.negated
    if "negation" in entry.needs:
        return ""
    if not entry.degrees:
        return entry.outcome
    degrees = _degrees(statement, change, lo)
    if entry.degrees.get("kept") == "no_relapse" and is_state(statement, change):
        lasts = expression(_FOR).search(statement.text, change.end, min(change.end + _LASTS, statement.sentence.end))
        if "kept" in degrees or lasts:
            return "no_relapse"
    return next((outcome for degree, outcome in entry.degrees.items() if degree in degrees), entry.outcome)


def _is_negated_behind(statement: Statement, change: Term) -> bool:
    """Whether a negation of its own verb follows the word ("improvement of the rash was not seen")."""
    after = expression(_NOT_AFTER).match(statement.text, change.end)
    return after is not None and not expression(_CONJUNCTION).search(statement.text, change.end, after.end())
