"""How many of a group a statement is about: ``7 of 9 patients``, ``5 cases``, ``all patients`` (columns ``n``, ``of``)."""

import re
from typing import NamedTuple

from casemill.errors import NotationError
from casemill.notation.numbers import read_count

__all__ = ["Count", "find_counts", "find_total"]

_NUMBER = r"(?:\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|eighteen|twenty)"
_NOUN = r"(?:patients?|cases?|individuals?|subjects?|children|child|infants?|women|woman|men|man|girls?|boys?|members?|relatives|carriers?|participants|probands?|siblings|sisters|brothers|twins|parents|females|males|eyes)"
_BETWEEN = r"(?:(?!and\b|or\b|of\b|to\b|with\b|in\b)[\w'-]+\s){0,3}"
_COUNT = re.compile(
    rf"""(?<![\w.,/-])(?:
      (?P<part>{_NUMBER}|none)(?:\s\(\d[\d.]*\s?%\))?\s(?:out\s)?of\s(?:(?:the|these|our|all|those)\s)?(?P<whole>{_NUMBER})\s{_BETWEEN}{_NOUN}\b
    | (?P<num>\d{{1,4}})\s?/\s?(?P<den>\d{{1,4}})(?:\s\(\d[\d.]*\s?%\))?\s{_BETWEEN}{_NOUN}\b
    | (?P<some>{_NUMBER})\sof\s(?:the\s|these\s|our\s|those\s)?(?:them\b|{_BETWEEN}{_NOUN}\b)
    | (?P<every>all)\s(?:of\s)?(?:the\s|these\s|our\s)?(?P<all>{_NUMBER}\s)?{_BETWEEN}{_NOUN}\b
    | (?P<both>both)\s(?:of\s)?(?:the\s|these\s|our\s|his\s|her\s|their\s)?{_BETWEEN}{_NOUN}\b
    | (?P<rest>the\s(?:remaining|other|others|rest))\s{_BETWEEN}{_NOUN}?\b
    | (?P<plain>{_NUMBER})\s(?!(?:year|month|week|day|hour|mg|%))(?:\(\d[\d.]*\s?%\)\s)?{_BETWEEN}{_NOUN}\b
    | (?P<single>(?:an?|another|the\s(?:first|second|third|fourth|fifth|sixth))\s(?:(?!and\b|or\b|of\b|to\b|with\b|in\b)[\w'-]+\s){{0,3}}(?:patient|case|man|woman|boy|girl|child|infant))\b
    | (?P<numbered>(?:patient|case)\s(?:no\.?\s?)?\d{{1,3}}\b)
    )""",
    re.VERBOSE,
)
_TOTAL = re.compile(
    rf"\b(?:identified|included|found|retrieved|reviewed|collected|analysed|analyzed|enrolled|reported|yielded|studied)\s(?:a\stotal\sof\s|only\s)?(?P<total>{_NUMBER})\s{_BETWEEN}{_NOUN}\b"
    rf"|\b(?:a\stotal\sof|overall,?|only)\s(?:only\s)?(?P<sum>{_NUMBER})\s{_BETWEEN}{_NOUN}\b"
    rf"|^(?:\w+\s){{0,3}}(?P<were>{_NUMBER})\s{_BETWEEN}{_NOUN}(?:\s\w+){{0,6}}\swere\s(?:identified|included|found|reported|reviewed|enrolled|studied)\b"
)


class Count(NamedTuple):
    """A count at ``text[start:end]``; ``n`` and ``of`` are blank where not told, ``partitive`` tells that it is of a whole, ``single`` that it
    is a lone case by itself ("a case of")."""

    start: int
    end: int
    n: str
    of: str
    partitive: bool
    single: bool = False


def find_counts(folded: str, start: int, end: int) -> list[Count]:
    """Counts of persons in ``folded[start:end]`` (lower case, plain), in text order."""
    return [_count(match) for match in _COUNT.finditer(folded, start, end) if not folded.endswith("except for ", start, match.start())]


def find_total(folded: str, start: int, end: int) -> str:
    """The size of the group that a sentence says was found or studied, blank if none."""
    match = _TOTAL.search(folded[start:end])
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
