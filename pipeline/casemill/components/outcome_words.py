"""Expressions of the outcome grammar, made of the small words in ``patterns/outcomes/grammar.tsv``.

An expression is written with ``%(name)s`` where the words of the row ``name`` go, as in ``r"\\b(?:%(and)s)\\b"``.
"""

import re
from functools import cache

from casemill.resources import load_patterns

__all__ = ["expression"]

# A group of a regular expression, with at most one group in it.
_GROUPED = re.compile(r"\((?:[^()]|\([^()]*\))*\)")


@cache
def _words() -> dict[str, str]:
    rows = load_patterns().rows("outcomes/grammar").values()
    return {row.id: "|".join(sorted(_alternatives(row["words"]), key=len, reverse=True)) for row in rows}


def _alternatives(words: str) -> list[str]:
    """``words`` parted at the bars that stand in no group of a regular expression."""
    return [word.replace("\n", "|") for word in _GROUPED.sub(_kept, words).split("|")]


def _kept(group: re.Match[str]) -> str:
    return group.group().replace("|", "\n")


@cache
def expression(template: str) -> re.Pattern[str]:
    """``template`` with its words put in, compiled once; case doesn't count."""
    return re.compile(template % _words(), re.IGNORECASE)
