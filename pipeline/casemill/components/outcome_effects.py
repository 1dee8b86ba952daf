"""The effects and the drugs that a harm is made of: which targets and treatments stand where."""

from collections.abc import Iterable, Sequence

from casemill.components.narrative import Term
from casemill.components.outcome_statements import BREAKS, CREDITS, Statement, Target, Treatment
from casemill.components.outcome_words import expression

__all__ = [
    "EFFECTS",
    "STOPS",
    "drugs_among",
    "effects_in",
    "first_effects",
    "joined_effects",
    "last_listed",
    "outside_brackets",
]

#: Kinds of targets that can be harms.
EFFECTS = ("finding", "disease", "measure", "cancer")
#: Roles of cues that end the effects of a harm.
STOPS = BREAKS | CREDITS | {"verb", "treated", "show", "cause", "next", "stopped", "withdrawal"}
# Characters between two drugs of a list.
_APART = 14
_JOINED = r"(?: \([^)]{0,40}\))?(?:,|,? (?:%(and)s))(?: [\w-]+){0,2} "


def drugs_among(found: Iterable[Treatment]) -> list[Treatment]:
    """``found`` without procedures: only harm by a drug is a row."""
    return [treatment for treatment in found if treatment.is_drug]


def last_listed(found: Sequence[Treatment]) -> list[Treatment]:
    """The last of ``found`` with those that a list joins to it ("cisplatin and etoposide")."""
    kept: list[Treatment] = []
    for treatment in reversed(found):
        if kept and kept[0].start - treatment.end > _APART:
            break
        kept.insert(0, treatment)
    return kept


def effects_in(statement: Statement, start: int, end: int, kinds: tuple[str, ...] = EFFECTS) -> list[Target]:
    """The targets of ``kinds`` within ``[start, end)`` of a sentence."""
    return [t for t in statement.targets_in(start, min(end, statement.sentence.end)) if t.kind in kinds]


def outside_brackets(statement: Statement, effects: list[Target], word: Term) -> list[Target]:
    """``effects`` without those in a bracket that closes before ``word`` ("neutropenia (0.6 x 10^9/L) due to")."""
    close = statement.text.rfind(")", statement.sentence.start, word.start)
    start = statement.text.rfind("(", statement.sentence.start, close) if close >= 0 else -1
    return [t for t in effects if start < 0 or t.end <= start or t.start > close]


def joined_effects(statement: Statement, effects: list[Target]) -> list[Target]:
    """The last of ``effects`` with those that a list joins to it ("nausea, rash and fever")."""
    kept = effects[-1:]
    for effect in reversed(effects[:-1]):
        if not expression(_JOINED).fullmatch(statement.text, effect.end, kept[0].start):
            break
        kept.insert(0, effect)
    return kept


def first_effects(statement: Statement, start: int, end: int) -> list[Target]:
    """The effects named from ``start`` on, up to the next verb, preposition or word of change."""
    stops = statement.following(STOPS, start)
    changes = [change.start for change in statement.changes if change.start >= start]
    return effects_in(statement, start, min([end, *changes, *(cue.start for cue in stops)]))
