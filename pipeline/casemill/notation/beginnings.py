"""Trying an expression only where it can begin, not at every character: a search of a long expression costs most of its time
between the words.
"""

import re
from collections.abc import Iterator, Set

__all__ = ["matches_at"]


def matches_at(
    expression: re.Pattern[str], piece: re.Pattern[str], beginnings: Set[str], text: str, start: int, end: int
) -> Iterator[re.Match[str]]:
    """What ``expression.finditer(text, start, end)`` finds, tried at those pieces that can begin a match.

    ``piece`` finds words, figures and signs; of the words only those in ``beginnings`` (lower case) begin a match, of what
    begins with no letter everything does.
    """
    reached, tried = start, expression.match
    for found in piece.finditer(text, start, end):
        word = found[0]
        if word.lower() not in beginnings and word[0].isalpha():
            continue
        place = found.start()
        if place >= reached and (match := tried(text, place, end)):
            reached = match.end()
            yield match
