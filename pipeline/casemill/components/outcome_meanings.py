"""What a word of change means: a row of ``outcomes/changes``, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from casemill.resources import Entry, Patterns

__all__ = ["Meaning", "meanings"]

# Words of degree in the order in which they turn an outcome.
_DEGREES = ("partly", "kept", "wholly")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The ``outcome`` that a word tells, and what turns it.

    ``form``: where its target stands; ``domain``: the body system, where the word itself names it; ``negated``: the outcome
    under a negation; ``degrees``: the outcomes under words of degree; ``needs``: what else must be told.
    """

    id: str
    outcome: str
    form: str
    domain: str
    negated: str
    degrees: Mapping[str, str]
    needs: frozenset[str]


@cache
def meanings(patterns: Patterns) -> Mapping[str, Meaning]:
    """What the words of change mean, by the id of their row."""
    return {row.id: _meaning(row) for row in patterns.rows("outcomes/changes").values()}


def _meaning(row: Entry) -> Meaning:
    degrees = {degree: row[degree] for degree in _DEGREES if row[degree]}
    needs = frozenset(row["needs"].split())
    return Meaning(row.id, row.canonical, row["form"], row["domain"], row["negated"], degrees, needs)
