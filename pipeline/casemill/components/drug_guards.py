"""Rules about the words beside a drug's name, which make it a measurement, an allergy and the like.

They are rows of ``drug_doses/heads.tsv`` (behind the name) and ``drug_doses/befores.tsv``; each is asked only where one of
its words stands next to the name.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple, TypeAlias

from casemill.resources import Entry

__all__ = ["Guard", "Guards", "expression", "guards_after", "guards_before", "last_word", "next_word", "single_spaced"]

_WORD = re.compile(r"\w+")
#: Characters of the longest word that begins a rule of befores, and of what parts it from the name.
_LONGEST_BEFORE = 24
_NEXT_WORD = re.compile(r"[\s-]{1,2}(?:alone\s)?(\w+)")


class Guard(NamedTuple):
    """A rule about the words beside a name: its id, the reason it gives, the words and the source of their expression."""

    key: str
    reason: str
    spellings: tuple[str, ...]
    source: str


#: Rules by the word next to the name.
Guards: TypeAlias = "dict[str, list[Guard]]"


def guards_after(rows: Iterable[Entry]) -> Guards:
    """Rules about the words behind a name."""
    return _guards(rows, r"[\s-]{1,2}(?:alone\s)?(?:%s)\b", lambda said: next_word(f" {said}"))


def guards_before(rows: Iterable[Entry]) -> Guards:
    """Rules about the words before a name."""
    return _guards(rows, r"\b(?:%s)[\s-]$", lambda said: last_word(f"{said} "))


def _guards(rows: Iterable[Entry], source: str, word: Callable[[str], str]) -> Guards:
    """Rules by the ``word`` that each of their spellings has next to the name: most names stand beside none of them."""
    found: Guards = {}
    for row in rows:
        said: dict[str, list[str]] = {}
        for spelling in row["spellings"].split("|"):
            said.setdefault(word(spelling.lower()), []).append(spelling)
        for beside, spellings in said.items():
            guard = Guard(row.id, row.canonical, tuple(map(str.lower, spellings)), source % _choice(spellings))
            found.setdefault(beside, []).append(guard)
    return found


@cache
def expression(source: str) -> re.Pattern[str]:
    """The expression of a guard, made when its word is first met: reports meet few of them."""
    return re.compile(source, re.IGNORECASE)


def next_word(after: str) -> str:
    """The word right behind a name, "alone" left out: a rule of heads is tried only if it begins one."""
    match = _NEXT_WORD.match(after)
    return match[1] if match else ""


def single_spaced(before: str) -> str:
    """What stands before a name, without the space or hyphen that parts the two."""
    return " ".join(before.split()).removesuffix("-")


def last_word(before: str) -> str:
    """The word right before a name, or the end of a long one."""
    words = _WORD.findall(before[-_LONGEST_BEFORE:])
    return words[-1] if words else ""


def _choice(spellings: Iterable[str]) -> str:
    return "|".join(re.escape(s).replace(r"\ ", r"\s+") for s in sorted(spellings, key=len, reverse=True))
