"""Reads harms that begin with a drug: "a rash two days after starting X", "following the first dose of X, he developed Y".

The words of exposure (``exposed`` in ``outcomes/harms``) name the start, a giving or the taking of a drug. A drug that one
merely is on ("pneumonia while on prednisone") is blamed for nothing.
"""

from casemill.components.narrative import Term
from casemill.components.outcome_credits import Credit, coordinated
from casemill.components.outcome_effects import (
    STOPS,
    drugs_among,
    effects_in,
    first_effects,
    joined_effects,
    last_listed,
    outside_brackets,
)
from casemill.components.outcome_statements import Statement, Target
from casemill.components.outcome_words import expression

__all__ = ["after_exposure"]

# The row whose words may mean a drug that was named before: "after the first dose, a rash appeared".
_MEANT = "exposure.meant"
# Characters that a drug, an effect and its verb may stand away from the words of exposure.
_DRUG, _EFFECT, _CLAUSE = 60, 160, 60
# Characters behind an effect in which its organ may stand.
_OWN = 22
_KINDS = ("finding", "disease")
# A tumor that grows under a treatment is the failure of that, and no harm.
_NO_HARM = "tumor"
# Between an effect that began and the words of exposure: "on the trunk, two days after starting".
_GAP = r"(?: \([^)]{0,40}\))?[^,;.()]{0,60}(?:, (?:%(exposure_time)s)\b[^,;.()]{0,30})?,? ?"
_BESIDE = r"(?: \([^)]{0,40}\))?,? ?"
_CAME_UP = r"(?: \([^)]{0,40}\))? (?:%(came_up)s)\b[^,;.()]{0,40}"
_ONSET = r"\b(?:%(onset)s) (?:[\w-]+ ){0,5}$"
_NOT_HARM = r"\b(?:%(treated_for)s) (?:[\w-]+ ){0,3}$"
_AGAIN = r"\b(?:%(failing)s) (?:[\w-]+ ){0,2}$"
_HE_DEVELOPED = r",\s(?:[\w'-]+ ){0,5}?(?:%(onset)s) "
_CAME_UP_THEN = r" (?:%(came_up)s)\b"


def after_exposure(statement: Statement, word: Term) -> tuple[list[Target], Credit] | None:
    """The effects that came with the exposure told by ``word``, and the drugs; none where nothing is told to begin."""
    sentence = statement.sentence
    drugs = drugs_among(coordinated(statement, word.end, min(sentence.end, word.end + _DRUG)))
    edge = drugs[-1].end if drugs else word.end
    if word.id == _MEANT and not drugs:
        drugs = last_listed(drugs_among(statement.treatments_in(sentence.start, word.start) or statement.earlier))
    if not drugs:
        return None
    found = _before(statement, word) or _behind(statement, word, edge)
    effects = [effect for effect in found if effect.domain != _NO_HARM]
    return (effects, drugs) if effects else None


def _before(statement: Statement, word: Term) -> list[Target]:
    """``he developed a rash two days after starting X``; ``acute renal failure following administration of X``."""
    text, floor = statement.text, max(statement.sentence.start, word.start - _EFFECT)
    effects = joined_effects(
        statement, outside_brackets(statement, effects_in(statement, floor, word.start, _KINDS), word)
    )
    if not effects:
        return []
    first, last = effects[0], effects[-1]
    # the organ behind an effect belongs to it ("a rash of the scalp")
    edge = max(t.end for t in statement.targets_in(last.start, word.start) if t.end <= last.end + _OWN)
    if any(floor <= change.start for change in statement.changes if change.end <= word.start):
        return []
    if expression(_AGAIN).search(text, floor, first.start) or expression(_NOT_HARM).search(text, floor, first.start):
        return []
    if expression(_CAME_UP).fullmatch(text, edge, word.start):
        return effects
    if statement.cued(STOPS, edge, word.start):
        return []
    began = expression(_ONSET).search(text, floor, first.start)
    return effects if expression(_GAP if began else _BESIDE).fullmatch(text, edge, word.start) else []


def _behind(statement: Statement, word: Term, edge: int) -> list[Target]:
    """``Two days after starting X, he developed a rash``; ``..., a rash appeared``."""
    text, sentence = statement.text, statement.sentence
    if word.start - sentence.start > _CLAUSE or statement.cued(STOPS - {"credit"}, sentence.start, word.start):
        return []
    comma = text.find(",", edge, min(sentence.end, edge + _CLAUSE))
    if comma < 0:
        return []
    if onset := expression(_HE_DEVELOPED).match(text, comma, sentence.end):
        found = first_effects(statement, onset.end(), sentence.end)
        effects = [t for t in found if t.kind in _KINDS]
        near = effects and effects[0].start - onset.end() < _CLAUSE
        return [] if not near or expression(_AGAIN).search(text, onset.end(), effects[0].start) else effects
    verb = expression(_CAME_UP_THEN).search(text, comma, min(sentence.end, comma + _CLAUSE))
    return joined_effects(statement, effects_in(statement, comma, verb.start(), _KINDS)) if verb else []
