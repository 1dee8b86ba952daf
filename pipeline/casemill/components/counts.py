"""How many of a group a statement is about: ``7 of 9 patients``, ``in 5 of 8``, ``all patients`` (columns ``n``, ``of``).

A count either *opens* what it counts ("7 of 9 patients had fever") or *closes* it ("fever was seen in 7 of 9, cough in
three"). One without a noun for persons is *bare*: only where a report speaks of a group are persons meant by it.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from casemill.components.phrases import words
from casemill.errors import NotationError
from casemill.notation.numbers import number_words, read_count

__all__ = ["Count", "choose_count", "find_counts", "find_total"]

_PHRASES = "subjects/phrases"
_BETWEEN = r"(?:(?!and\b|or\b|of\b|to\b|with\b|in\b)[\w'-]+\s){0,3}"
_SHARE = r"(?:\s\(\d[\d.]*\s?%\))?"
_THESE = r"(?:(?:the|these|our|those)\s)"
# A count that closes what it counts has its preposition before it, and does not begin a clause.
_CLOSES = re.compile(r"[^\s;:](?P<comma>(?<=,))?\s(?:in|to|for|by|with|from|at)\s(?:only\s|about\s|the\s|another\s)?$")
# ... and after a comma a stop behind it: "anakinra, 100 mg daily, in 6 of 38."
_STOPPED = re.compile(r"\s?(?:[.;,)]|$|and\b)")
_WHOLE = re.compile(r"(?:^|[.;:,(]\s?)(?:of|among|amongst)\s(?:the\s|these\s|our\s|those\s|all\s)?$")
_HEADS = re.compile(r"(?:^|[.;:,(\n]\s?|\b(?:and|but|while|whereas|that)\s)$")


class Count(NamedTuple):
    """A count at ``text[start:end]``; ``n`` and ``of`` are blank where not told.

    ``n`` is ``all`` for everybody, ``none`` for nobody. ``partitive`` tells that it is of a whole, ``single`` that it is a
    lone case by itself ("a case of"), ``closes`` that it stands after what it counts, ``bare`` that no noun for persons
    stands with it, ``whole`` that it only names the group of those that follow ("of 19 patients, 5 had").
    """

    start: int
    end: int
    n: str
    of: str
    partitive: bool
    single: bool = False
    closes: bool = False
    bare: bool = False
    whole: bool = False


@cache
def _number() -> str:
    values = {word: value for word, value in number_words().items() if " " not in word and not word.endswith("ce")}
    plain = [word for word, value in values.items() if 0 < int(value) < 100]
    tens = "|".join(
        word for word in plain if len(values[word]) == 2 and values[word][1] == "0" and values[word] != "10"
    )
    ones = "|".join(word for word in plain if len(values[word]) == 1)
    return rf"(?:\d{{1,5}}|(?:{tens})-(?:{ones})|(?:{'|'.join(sorted(plain, key=len, reverse=True))})\b)"


@cache
def _counting() -> re.Pattern[str]:
    number, noun = _number(), words(_PHRASES, "persons")
    stop = rf"(?=\s?[.,;:)]|\s\(|\s(?:{words(_PHRASES, 'after_count')}|\w{{3,}}ed)\b|\s?$)"
    other = rf"\s(?!{words(_PHRASES, 'not_persons')}\b)[a-z]{{4,}}s\b"
    verb = words(_PHRASES, "did")
    single = r"(?:patient|case|man|woman|boy|girl|child|infant)"
    return re.compile(
        rf"""(?<![\w.,/-])(?:
      (?P<part>{number}|none|any){_SHARE}\s(?:out\s)?of\s(?:all\s)?{_THESE}?(?P<whole>{number})
        (?:(?P<part_noun>\s{_BETWEEN}{noun}\b)|{stop}|{other}|(?=\s[a-z]))
    | (?P<num>\d{{1,4}})\s?/\s?(?P<den>\d{{1,4}})
        (?:{_SHARE}(?P<num_noun>\s{_BETWEEN}{noun}\b)|(?P<share>\s\(\d[\d.]*\s?%\))|{stop})
    | (?P<some>{number}|none){_SHARE}\sof\s(?:(?:them|whom|which)\b|{_THESE}?{_BETWEEN}{noun}\b)
    | (?P<every>all)\s(?:of\s)?{_THESE}?
        (?:(?P<all>{number})(?:(?P<all_noun>\s{_BETWEEN}{noun}\b)|{stop})|(?P<every_noun>{_BETWEEN}{noun}\b))
    | (?<=[a-z]\sin\s)(?P<entire>all)(?=\s?[.;,)])
    | (?P<both>both)\s(?:of\s)?(?:the\s|these\s|our\s|his\s|her\s|their\s)?{_BETWEEN}{noun}\b
    | (?P<rest>the\s(?:remaining|other|others|rest))\s{_BETWEEN}{noun}?\b
    | n\s?=\s?(?P<equals>\d{{1,4}})(?:\s?(?:/|of)\s?(?P<equals_of>\d{{1,4}}))?\b
    | (?P<plain>{number})\s(?!(?:year|month|week|day|hour|mg|%))(?:\(\d[\d.]*\s?%\)\s)?{_BETWEEN}{noun}\b
    | (?P<bare>{number}){_SHARE}(?:(?P<acts>(?=\s(?:{verb})\b))|{stop})
    | (?P<single>(?:an?|another|the\s(?:first|second|third|fourth|fifth|sixth))\s
        (?:(?!and\b|or\b|of\b|to\b|with\b|in\b)[\w'-]+\s){{0,3}}{single})\b
    | (?P<numbered>(?:patient|case)\s(?:no\.?\s?)?\d{{1,3}}\b)
    )""",
        re.VERBOSE,
    )


@cache
def _totalling() -> re.Pattern[str]:
    noun, found, number = words(_PHRASES, "persons"), words(_PHRASES, "found_so_many"), _number()
    total, sum_, were, series, led = (
        rf"(?P<{name}>{number})[\s-]{_BETWEEN}{noun}\b" for name in ("total", "sum", "were", "series", "led")
    )
    return re.compile(
        rf"\b{found}\s(?:a\stotal\sof\s|only\s)?{total}"
        rf"|\b(?:a\stotal\sof|overall,?|only)\s(?:only\s)?{sum_}"
        rf"|\bseries\sof\s{series}|\b(?:an?|our|this)\s{led}\sseries\b"
        rf"|^(?:\w+[.:]?\s){{0,3}}{were}(?:\s\([^()]{{1,60}}\))?(?:\s[\w-]+){{0,10}}\swere\s(?:\w+ly\s)?{found}\b"
    )


@cache
def _total_hints() -> tuple[str, ...]:
    """Words without one of which no total is told: looked for first, they cost a tenth of the expression."""
    return (
        "total",
        "overall",
        "only",
        "series",
        *words(_PHRASES, "found_so_many")[3:-1].replace(r"\s", " ").split("|"),
    )


def find_counts(folded: str, start: int, end: int, *, bare: bool = False) -> list[Count]:
    """Counts of persons in ``folded[start:end]`` (lower case, plain), in text order; ``bare`` ones if asked for."""
    found: list[Count] = []
    for match in _counting().finditer(folded, start, end):
        before = folded[max(start, match.start() - 24) : match.start()]
        if before.endswith("except for "):
            continue
        one = _count(match, before, folded[match.end() : min(end, match.end() + 5)])
        elliptic = (
            one is not None
            and one.n.isdigit()
            and one.bare
            and match["bare"] == one.n
            and not (one.closes or one.whole)
        )
        if elliptic and match["acts"] is None and not any(each.of for each in found):
            # "20 of 24 were on tacrolimus and 4 on ciclosporin", but not "and 4 with fever"
            continue
        if one is not None and (bare or not one.bare):
            found.append(one)
    return found


def find_total(folded: str, start: int, end: int) -> str:
    """The size of the group that a sentence says was found or studied, blank if none."""
    told = folded[start:end]
    for hint in _total_hints():
        if hint in told:
            match = _totalling().search(told)
            return _read(next(filter(None, match.groups()))) if match else ""
    return ""


def choose_count(counts: Sequence[Count], folded: str, start: int, end: int) -> Count | None:
    """The count among ``counts`` of one sentence that the fact at ``folded[start:end]`` stands with.

    The one that closes it ("ANA was positive in 4 of 33"), else the last that opened before it ("7 of 9 had fever"), else
    the first after it.
    """
    telling = [one for one in counts if not one.whole] or list(counts)
    before = [one for one in telling if one.start <= start]
    opened = [one for one in before if not one.closes]
    following = next((one for one in telling if one.start >= end), None)
    if following is not None and following.closes:
        gap = folded[end : following.start]
        # "all three responded, and the rash cleared in two": what came before the comma is of the first count
        if ";" not in gap and not (opened and re.search(r",\s(?:and|but|while|whereas)\b|\b(?:which|but)\b", gap)):
            return following
    chosen = (opened or before)[-1] if before else telling[0] if telling else None
    if chosen is not None and not chosen.of and chosen.bare:
        wholes = [one for one in counts if one.whole and one.end <= chosen.start]
        chosen = chosen._replace(of=wholes[-1].n) if wholes else chosen
    return chosen


def _count(match: "re.Match[str]", before: str, after: str) -> Count | None:
    told = match.groupdict()
    led = _CLOSES.search(before)
    closes = led is not None and (led["comma"] is None or bool(_STOPPED.match(after)))
    one = Count(match.start(), match.end(), "", "", False, closes=closes)
    if told["part"]:
        return _part(one, told)
    if told["num"]:
        bare = not told["num_noun"]
        if int(told["num"]) > int(told["den"]) or (bare and not (told["share"] or one.closes)) or int(told["den"]) < 2:
            return None
        return one._replace(n=told["num"], of=told["den"], partitive=True, bare=bare)
    if told["some"]:
        return one._replace(n=_read(told["some"]), partitive=True)
    if told["every"] or told["entire"]:
        every = _read(told["all"])
        bare = not (told["all_noun"] or told["every_noun"])
        return one._replace(n=every or "all", of=every, partitive=True, bare=bare)
    if told["both"]:
        return one._replace(n="2")
    if told["rest"]:
        return one._replace(partitive=True)
    if told["equals"]:
        whole = told["equals_of"] or ""
        return one._replace(n=told["equals"], of=whole, partitive=bool(whole), closes=True, bare=True)
    if told["plain"]:
        return one._replace(n=_read(told["plain"]), whole=bool(_WHOLE.search(before)))
    if told["bare"]:
        return _bare(one, told["bare"], before)
    partitive = bool(told["numbered"]) or match["single"].startswith("the ")
    return one._replace(n="1", partitive=partitive, single=not partitive)


def _part(one: Count, told: "dict[str, str | None]") -> Count | None:
    """ "7 of 9 patients", "none of the 8", "not in any of the 7"."""
    n, of = _read(told["part"]), _read(told["whole"])
    if told["part"] == "any":
        n = of
    if not of or not n or int(n) > int(of):
        return None
    return one._replace(n=n, of=of, partitive=True, bare=not told["part_noun"])


def _bare(one: Count, number: str, before: str) -> Count | None:
    """ "in five, ..." and "... and three had": a number by itself that counts persons."""
    n = _read(number)
    if not n or len(n) > 3:
        return None
    if _WHOLE.search(before):
        return one._replace(n=n, bare=True, whole=True)
    if one.closes or _HEADS.search(before):
        return one._replace(n=n, bare=True)
    return None


def _read(text: str | None) -> str:
    if not text:
        return ""
    if text == "none":
        return "0"
    try:
        return read_count(text)
    except NotationError:
        return ""
