"""How many of a group a statement is about: ``7 of 9 patients``, ``5 cases``, ``all patients`` (columns ``n``, ``of``)."""

import re
from functools import cache
from typing import NamedTuple

from casemill.components.phrases import words
from casemill.errors import NotationError
from casemill.notation.numbers import read_count

__all__ = ["Count", "find_counts", "find_total"]

_NUMBER = r"(?:\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty)"
_BETWEEN = r"(?:(?!and\b|or\b|of\b|to\b|with\b|in\b)[\w'-]+\s){0,3}"


@cache
def _counting() -> re.Pattern[str]:
    noun = words("subjects/phrases", "persons")
    return re.compile(
        rf"""(?<![\w.,/-])(?:
      (?P<part>{_NUMBER}|none)(?:\s\(\d[\d.]*\s?%\))?\s(?:out\s)?of\s
        (?:(?:the|these|our|all|those)\s)?(?P<whole>{_NUMBER})\s{_BETWEEN}{noun}\b
    | (?P<num>\d{{1,4}})\s?/\s?(?P<den>\d{{1,4}})(?:\s\(\d[\d.]*\s?%\))?\s{_BETWEEN}{noun}\b
    | (?P<some>{_NUMBER})\sof\s(?:the\s|these\s|our\s|those\s)?(?:them\b|{_BETWEEN}{noun}\b)
    | (?P<every>all)\s(?:of\s)?(?:the\s|these\s|our\s)?(?P<all>{_NUMBER}\s)?{_BETWEEN}{noun}\b
    | (?P<both>both)\s(?:of\s)?(?:the\s|these\s|our\s|his\s|her\s|their\s)?{_BETWEEN}{noun}\b
    | (?P<rest>the\s(?:remaining|other|others|rest))\s{_BETWEEN}{noun}?\b
    | (?P<plain>{_NUMBER})\s(?!(?:year|month|week|day|hour|mg|%))(?:\(\d[\d.]*\s?%\)\s)?{_BETWEEN}{noun}\b
    | (?P<single>(?:an?|another|the\s(?:first|second|third|fourth|fifth|sixth))\s
        (?:(?!and\b|or\b|of\b|to\b|with\b|in\b)[\w'-]+\s){{0,3}}(?:patient|case|man|woman|boy|girl|child|infant))\b
    | (?P<numbered>(?:patient|case)\s(?:no\.?\s?)?\d{{1,3}}\b)
    )""",
        re.VERBOSE,
    )


@cache
def _totalling() -> re.Pattern[str]:
    noun = words("subjects/phrases", "persons")
    found = words("subjects/phrases", "found_so_many")
    total, sum_, were = (rf"(?P<{name}>{_NUMBER})\s{_BETWEEN}{noun}\b" for name in ("total", "sum", "were"))
    return re.compile(
        rf"\b{found}\s(?:a\stotal\sof\s|only\s)?{total}"
        rf"|\b(?:a\stotal\sof|overall,?|only)\s(?:only\s)?{sum_}"
        rf"|^(?:\w+\s){{0,3}}{were}(?:\s\w+){{0,6}}\swere\s{found}\b"
    )


class Count(NamedTuple):
    """A count at ``text[start:end]``; ``n`` and ``of`` are blank where not told.

    ``partitive`` tells that it is of a whole, ``single`` that it is a lone case by itself ("a case of").
    """

    start: int
    end: int
    n: str
    of: str
    partitive: bool
    single: bool = False


def find_counts(folded: str, start: int, end: int) -> list[Count]:
    """Counts of persons in ``folded[start:end]`` (lower case, plain), in text order."""
    return [
        _count(match)
        for match in _counting().finditer(folded, start, end)
        if not folded.endswith("except for ", start, match.start())
    ]


def find_total(folded: str, start: int, end: int) -> str:
    """The size of the group that a sentence says was found or studied, blank if none."""
    match = _totalling().search(folded[start:end])
    if match is None:
        return ""
    return _read(match["total"] or match["sum"] or match["were"])


def _count(match: "re.Match[str]") -> Count:
    span = (match.start(), match.end())
    if match["part"]:
        return Count(*span, _read(match["part"]), _read(match["whole"]), True)
    if match["num"]:
        return Count(*span, match["num"], match["den"], True)
    if match["some"]:
        return Count(*span, _read(match["some"]), "", True)
    if match["every"]:
        every = _read((match["all"] or "").strip())
        return Count(*span, every or "all", every, True)
    if match["both"]:
        return Count(*span, "2", "", False)
    if match["rest"]:
        return Count(*span, "", "", True)
    if match["plain"]:
        return Count(*span, _read(match["plain"]), "", False)
    partitive = bool(match["numbered"]) or match["single"].startswith("the ")
    return Count(*span, "1", "", partitive, single=not partitive)


def _read(text: str | None) -> str:
    if not text:
        return ""
    if text == "none":
        return "0"
    try:
        return read_count(text)
    except NotationError:
        return ""
