"""Rises and falls: which of them betters, and which are levels or doses and no change at all."""

from casemill.components.narrative import Term
from casemill.components.outcome_meanings import Meaning
from casemill.components.outcome_phrases import own_verb
from casemill.components.outcome_statements import Statement, Target
from casemill.components.outcome_targets import OF
from casemill.components.outcome_words import expression

__all__ = ["by_direction", "is_level"]

_CHANGING = r"\s*(?:[,.;]|(?:%(changing)s)\b)"
_DETERMINED = r" (?:%(determiner)s) "
_BE_PAST = r"\b(?:%(be_past)s)\b"
_BOUNDED = r"\s*(?:%(bounded)s)\b"
_PACE = r"\b(?:%(pace)s)\W*$"


def by_direction(outcome: str, targets: list[Target]) -> str:
    """Better or worse, by what falls or rises: a fall betters all but functions and the measures that are low in disease."""
    if outcome not in ("improved", "worsened"):
        return outcome
    better = {t.better or ("down" if t.kind in ("finding", "cancer", "lesion") else "") for t in targets} - {""}
    if better not in ({"up"}, {"down"}) or any(t.kind == "measure" and not t.better for t in targets):
        return ""
    return "improved" if (better == {"down"}) == (outcome == "improved") else "worsened"


def is_level(statement: Statement, change: Term, lo: int, entry: Meaning) -> bool:
    """Whether a word of rise or fall tells a level ("were increased", "reduced IgG") or a dose, and no change.

    Section 9, "Level or change": a noun, a verb with from/to, "rapidly", "gradually" or "further" make it a change.
    """
    text, hi = statement.text, change.start
    near = max(lo, hi - 60)
    if entry.form != "verb":
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
