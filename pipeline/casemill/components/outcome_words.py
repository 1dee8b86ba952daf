"""Expressions of the outcome grammar, made of the small words in ``patterns/outcomes/grammar.tsv``.

An expression is written with ``%(name)s`` where the words of the row ``name`` go, as in ``r"\\b(?:%(and)s)\\b"``.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

from casemill.resources import load_patterns

__all__ = ["expression", "once"]

_T = TypeVar("_T")

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
    """``template`` with its words put in, compiled once; they are in lower case, as the text is to be."""
    return re.compile(template % _words())


class once(Generic[_T]):  # noqa: N801 - a decorator
    """A property read when it is first asked for: ``cached_property`` of Python 3.11 takes a lock each time."""

    def __init__(self, read: Callable[[Any], _T]) -> None:
        self._read, self._name = read, read.__name__
        self.__doc__ = read.__doc__

    def __get__(self, owner: Any, kind: type | None = None) -> _T:
        """What is read of ``owner``, which then holds it under the property's name."""
        value: _T = self._read(owner)
        owner.__dict__[self._name] = value
        return value
