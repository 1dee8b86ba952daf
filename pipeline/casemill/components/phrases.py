"""Lists of words that rules look for around a mention, read from pattern files with a ``words`` column.

They are no lexicons of their own: a rule looks for them at one place ("was *admitted* ... in May 2019"), not in the
whole text.
"""

import re
from functools import cache

from casemill.errors import PatternError
from casemill.resources import load_patterns

__all__ = ["phrase", "words"]


def words(name: str, canonical: str) -> str:
    """Source of an expression for the words of the row ``canonical`` in the pattern file ``name``, longest first.

    :raises PatternError: there is no such row.
    """
    return f"(?:{'|'.join(_listed(name, canonical))})"


def _listed(name: str, canonical: str) -> list[str]:
    for row in load_patterns().rows(name).values():
        if row.canonical == canonical:
            listed = sorted(filter(None, row["words"].split("|")), key=len, reverse=True)
            return [re.escape(word).replace(r"\ ", r"\s") for word in listed]
    raise PatternError(f"no row {canonical!r} in the pattern file {name!r}")


@cache
def phrase(name: str, canonical: str) -> re.Pattern[str]:
    """An expression that finds those words whole, in text that is lower case and plain.

    They are grouped by their first letter, each group beginning with it: a search leaps to these letters.
    """
    rests: dict[str, list[str]] = {}
    for word in _listed(name, canonical):
        rests.setdefault(word[0], []).append(word[1:])
    return re.compile("|".join(rf"{initial}(?<!\w.)(?:{'|'.join(listed)})\b" for initial, listed in rests.items()))
