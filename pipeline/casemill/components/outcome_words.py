"""Expressions of the outcome grammar, made of the small words in ``patterns/outcomes/grammar.tsv``.

An expression is written with ``%(name)s`` where the words of the row ``name`` go, as in ``r"\\b(?:%(and)s)\\b"``.
"""

import re
from functools import cache

from casemill.resources import load_patterns

__all__ = ["expression"]


@cache
def _words() -> dict[str, str]:
    rows = load_patterns().rows("outcomes/grammar").values()
    return {row.id: "|".join(sorted(row["words"].split("|"), key=len, reverse=True)) for row in rows}


@cache
def expression(template: str) -> re.Pattern[str]:
    """``template`` with its words put in, compiled once; case doesn't count."""
    return re.compile(template % _words(), re.IGNORECASE)
