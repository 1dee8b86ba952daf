"""Reads one word of change in its sentence: what became of what, or why it is no outcome.

Where its target stands is the matter of :mod:`casemill.components.outcome_targets`. Negations and words of degree turn
the outcome (columns ``negated``, ``partly``, ``wholly``, ``kept`` of ``outcomes/changes``); column ``needs`` says what
else must be told for the word to be a candidate. Rulings: sections 7 and 9 of the specification.
"""

from dataclasses import dataclass

from casemill.components.narrative import Term
from casemill.components.outcome_statements import Statement, Target, beside
from casemill.components.outcome_targets import FORMS, OF, clause_start, modifiers, own_verb, picked
from casemill.components.outcome_words import expression
from casemill.resources import Entry

__all__ = ["Reading", "read_change"]

# How far (characters) a negation, a word of degree or of possibility reaches to the word that it turns.
_REACH, _POSSIBLE, _GENERAL = 46, 60, 90
_NOT_AFTER = r"(?:\s+[\w-]+){0,5}?\s+(?:%(negated_be)s)\s+(?:%(not)s)\b"
_FOR = r"\bfor (?:(?:%(for_lead)s) )?[\w-]+ (?:%(period)s)s?\b"
_COUNTED = r"\b(?:%(counted)s)(?: (?:out )?of)?(?: the| these| our)?(?: \d+)?\s+$"
_ACHIEVING = r"\b(?:%(achieving)s)\b"
_SUCH = r"\s*\(|,? (?:%(such)s)\b"
_CHANGING = r"\s*(?:[,.;]|(?:%(changing)s)\b)"
_DETERMINED = r" (?:%(determiner)s) "
_BE_PAST = r"\b(?:%(be_past)s)\b"
_BOUNDED = r"\s*(?:%(bounded)s)\b"
_PACE = r"\b(?:%(pace)s)\W*$"


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


def read_change(statement: Statement, change: Term, entry: Entry, *, cancer: str = "") -> Reading | None:
    """The outcome that ``change`` tells.

    :param cancer: domain of the report's cancer (``blood``, ``tumor``), where it has one.
    :return: ``None`` where the words make no candidate (no target where one is needed).
    """
    form = FORMS.get(entry["form"])
    if form is None or statement.text[change.start - 1 : change.start] == "-":
        return None
    needs = frozenset(entry["needs"].split())
    lo = clause_start(statement, change)
    if "base" in needs and not _is_finite(statement, change, lo):
        return None
    targets = form(statement, change, lo, entry)
    if targets is None:
        return None
    strong = [t for t in targets if not t.is_vague]
    outcome = _outcome(statement, change, entry, lo)
    if "quantity" in needs:
        outcome = "" if _is_level(statement, change, lo, entry) else _by_direction(outcome, strong)
    if outcome in ("", "-") or not _has_needs(statement, change, needs, lo, outcome, targets, cancer):
        return None
    found = [Target(change.start, change.end, entry["domain"], "fixed", "")] if entry["domain"] else []
    found = found or _domains(statement, change, needs, targets, cancer)
    reason = _reason(statement, change, needs, lo, outcome)
    return Reading(outcome, found, change.start, change.end, entry.id, "treatment" in needs, reason)


def _domains(
    statement: Statement, change: Term, needs: frozenset[str], targets: list[Target], cancer: str
) -> list[Target]:
    """The targets that make rows: the strong ones with "symptoms" beside them, the report's cancer, or the patient."""
    response = "response" in needs
    if (
        cancer
        and (targets or response)
        and all(t.kind == "lesion" or (response and t.kind == "person") for t in targets)
    ):
        return [Target(change.start, change.end, cancer, "context", "")]
    strong = [t for t in targets if not t.is_vague]
    whole = [t for t in targets if t.kind == "whole" and not expression(_SUCH).match(statement.text, t.end)]
    found = picked(statement, sorted([*strong, *whole])) or picked(statement, targets)[:1]
    return found or [Target(change.start, change.end, "general", "weak", "")]


# --- the outcome ---------------------------------------------------------------------------------------------------------


def _is_finite(statement: Statement, change: Term, lo: int) -> bool:
    """Whether an infinitive stands behind "began to", "may" (which is told as a reason) or a negation."""
    aspect = statement.cued(("aspect", "possible"), max(lo, change.start - 30), change.start)
    return bool(aspect or _negation(statement, lo, change.start))


def _negation(statement: Statement, lo: int, hi: int) -> Term | None:
    """The negation that reaches from within ``[lo, hi)`` to a word at ``hi``, over no comma and no other change."""
    for cue in reversed(statement.cued("negation", max(lo, hi - _REACH), hi)):
        crossed = any(c.start >= cue.end and c.end <= hi for c in statement.changes)
        return None if crossed or "," in statement.text[cue.end : hi] else cue
    return None


def _degrees(statement: Statement, change: Term, lo: int) -> set[str]:
    """Roles of the words of degree around ``change``: ``partly``, ``wholly``, ``kept``."""
    hi = change.start
    found = set()
    for cue in statement.cued(("partly", "wholly", "kept"), max(lo, hi - 40), change.end + 40):
        if cue.canonical == "kept" and expression(_ACHIEVING).search(
            statement.text, max(lo, cue.start - 30), cue.start
        ):
            continue  # "achieved a sustained remission" tells that it was reached
        if cue.end <= hi:
            crossed = any(c.start >= cue.end and c.end <= hi for c in statement.changes)
            reaches = not crossed and "," not in statement.text[cue.end : hi]
        else:
            reaches = 0 < cue.start - change.end <= (22 if cue.canonical == "kept" else 2)
        if reaches:
            found.add(cue.canonical)
    return found


def _outcome(statement: Statement, change: Term, entry: Entry, lo: int) -> str:
    degrees = _degrees(statement, change, lo)
    if _negation(statement, lo, change.start) or expression(_NOT_AFTER).match(statement.text, change.end):
        if "wholly" in degrees and entry.canonical in ("improved", "resolved"):
            return "improved"
        return entry["negated"] or entry.canonical
    if "negation" in entry["needs"].split():
        return ""
    return next((entry[d] for d in ("partly", "kept", "wholly") if d in degrees and entry[d]), entry.canonical)


def _by_direction(outcome: str, targets: list[Target]) -> str:
    """Better or worse, by what falls or rises: a fall betters all but functions and the measures that are low in disease."""
    if outcome not in ("improved", "worsened"):
        return outcome
    better = {t.better or ("down" if t.kind in ("finding", "cancer") else "") for t in targets} - {""}
    if better not in ({"up"}, {"down"}) or any(t.kind == "measure" and not t.better for t in targets):
        return ""
    return "improved" if (better == {"down"}) == (outcome == "improved") else "worsened"


def _is_level(statement: Statement, change: Term, lo: int, entry: Entry) -> bool:
    """Whether a word of rise or fall tells a level ("were increased", "reduced IgG") or a dose, and no change.

    Section 9, "Level or change": a noun, a verb with from/to, "rapidly", "gradually" or "further" make it a change.
    """
    text, hi = statement.text, change.start
    near = max(lo, hi - 60)
    if entry["form"] != "verb":
        match = expression(OF).match(text, change.end)
        end = match.end() + 25 if match else 0
        return match is not None and bool(
            statement.cued("dose", match.end(), end) or statement.treatments_in(match.end(), end)
        )
    if statement.cued(("because_of", "despite"), hi - 14, hi):
        return False
    doses = [c.end for c in statement.cued("dose", near, hi)] + [t.end for t in statement.treatments_in(near, hi)]
    measured = [t.end for t in statement.targets_in(near, hi) if not t.is_vague]
    if doses and max(doses) > max(measured, default=0) and not expression(_DETERMINED).match(text, change.end):
        return True
    if not expression(_CHANGING).match(text, change.end):
        return not statement.cued("anaphor", near, hi)
    verb = own_verb(statement, near, hi)
    if verb is None or not expression(_BE_PAST).match(text, verb) or expression(_BOUNDED).match(text, change.end):
        return False
    return not statement.cued("quality", near, hi) and not expression(_PACE).search(text, near, hi)


# --- what makes it a fact ------------------------------------------------------------------------------------------------


def _has_needs(
    statement: Statement,
    change: Term,
    needs: frozenset[str],
    lo: int,
    outcome: str,
    targets: list[Target],
    cancer: str,
) -> bool:
    """Whether all is told that the word needs to be a candidate."""
    strong = [t for t in targets if not t.is_vague]
    if needs & {"target", "quantity"} and not strong:
        return False
    if "wellbeing" in needs and outcome == "no_relapse" and not _is_lasting(statement, lo, change.start):
        return False
    if "modified" in needs and not _is_modified(statement, change, lo):
        return False
    if "not_of_change" in needs and any(0 < change.start - c.end < 30 for c in statement.changes):
        return False
    if "of_treatment" in needs and not _names_treatment(statement, change):
        return False
    if "beside_treatment" in needs and not any(beside(t, change, 6) for t in statement.treatments):
        return False
    return "cancer" not in needs or bool(cancer and all(t.kind == "cancer" or t.domain == cancer for t in strong))


def _is_modified(statement: Statement, change: Term, lo: int) -> bool:
    """Whether a bare "response" is one to a treatment: by an adjective of quality, a negation or an organ before it."""
    if _negation(statement, lo, change.start) or modifiers(statement, change, lo):
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
    return bool(lasting or expression(_FOR).search(statement.text, start, sentence.end))


def _reason(statement: Statement, change: Term, needs: frozenset[str], lo: int, outcome: str) -> str:
    """Why an outcome's own grammar shows it to be no fact of the report; blank if it is one."""
    text, sentence, hi = statement.text, statement.sentence, change.start
    if statement.cued("aim", max(lo, hi - 50), hi):
        return "planned"
    possible = statement.cued("possible", max(lo, hi - _POSSIBLE), min(change.end + 12, sentence.end))
    if any("," not in text[cue.end : hi] for cue in possible):
        return "hypothetical"
    general = statement.cued("general", max(lo, hi - _GENERAL), min(change.end + _POSSIBLE, sentence.end))
    if any(not expression(_COUNTED).search(text, max(sentence.start, cue.start - 24), cue.start) for cue in general):
        return "background"
    if outcome in ("died", "alive") and statement.cued("relative", sentence.start, hi):
        return "background"
    if not statement.treated and "anytime" not in needs and ("treated" in needs or outcome in ("worsened", "relapsed")):
        return "before_treatment"
    return ""
