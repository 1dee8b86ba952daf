"""Calendar dates to ISO 8601 at the precision that the words have: ``12 March 2019``, ``03/2019``, ``in 2019``.

Where day and month can't be told apart (``03/04/2019``) only the year is sure. A month or a day without a year keeps
ISO 8601's truncated form (``--04``, ``--04-12``): whoever knows the narrative completes it
(:func:`casemill.notation.reckoning.complete`).
Citations (``et al., 2019``; ``2003;362:971``), bare numbers and the verbs *may* and *march* are no dates.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from casemill.resources import load_patterns

__all__ = ["Date", "find_dates"]

_YEAR = r"(?:19[2-9]\d|20[0-4]\d)"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
# Words after which a bare year is a time, not a number.
_IN = (
    r"(?:in|since|during|until|till|by|before|after|from|between|early|late|mid|around|circa|throughout|year|through|"
    r"(?:spring|summer|autumn|fall|winter|beginning|start|middle|end|half|quarter|year)\sof|spring|summer|autumn|winter|(?:dna|samples?|serum|biopsy|specimen|scan|examination|visit|tests?)\sof)"
)


_LED = "|".join(rf"(?<=\b{word}\s)" for word in ("in", "by", "of", "from", "since", "until", "during", "early", "late"))


class Date(NamedTuple):
    """A date at ``text[start:end]`` (half-open characters) in ISO 8601; ``until`` tells the later end of a range."""

    start: int
    end: int
    iso: str
    until: bool = False


@cache
def _months() -> dict[str, str]:
    rows = load_patterns().rows("dates/months").values()
    return {spelling.lower(): row.canonical for row in rows for spelling in row["spellings"].split("|")}


@cache
def _expression() -> re.Pattern[str]:
    names = [name.capitalize() for name in _months()]
    to = r"\s?(?:-|to|until|through|and)\s?"
    nth = r"(?:\s?(?:st|nd|rd|th))?"
    # "JAN 2020": in capitals only with its year
    months = "|".join(sorted([*names, *(name.upper() for name in names)], key=len, reverse=True))
    month = "|".join(sorted(names, key=len, reverse=True))
    # "in may 2008", "may/2008": in lower case only between a preposition and a year, or with a slash
    lower = "|".join(sorted((name.lower() for name in names), key=len, reverse=True))
    lowered = rf"(?:{_LED})(?:{lower})(?=[\s-]{_YEAR})|(?:{lower})(?=/{_YEAR})"
    # what no date begins with is passed over by its first character, a word in lower case by what follows it
    first = "".join(sorted({name[0] for name in names}))
    return re.compile(
        rf"""\b(?=[\d{first}]|[{first.lower()}][a-z]+[\s/-]\d)(?<![./])(?<!\d-)(?:
          (?:(?P<from>{_DAY}){nth}{to}(?:the\s)?)?
            (?P<day>{_DAY}){nth}[\s/.-](?:of\s)?(?P<dmonth>{months})\b\.?'?,?(?:[\s/.-](?:of\s)?(?P<dyear>{_YEAR}))?
        | (?P<cday>{_DAY})(?P<cmonth>{months})(?P<cyear>{_YEAR})
        | (?P<rmonth>{month})\b\.?\s(?P<rfrom>{_DAY}){nth}{to}(?P<rday>{_DAY}){nth},?\s(?P<ryear>{_YEAR})
        | (?P<mmonth>{month})\b\.?(?:,?\s|-)(?P<mday>{_DAY}){nth}
            (?:,?\s(?:of\s)?(?P<mdyear>{_YEAR})|(?![\w%.,/-]))
        | (?P<month>{months}|{lowered})\b\.?(?:,?\s(?:of\s(?:the\syear\s)?)?|-|/|')(?P<myear>{_YEAR})
        | (?P<iyear>{_YEAR})-(?P<imonth>0[1-9]|1[0-2])(?:-(?P<iday>0[1-9]|[12]\d|3[01]))?
        | (?P<yyear>{_YEAR})(?P<ymark>[/.-])(?P<ymonth>0?[1-9]|1[0-2])(?P=ymark)(?P<yday>{_DAY})
        | (?P<fyear>{_YEAR})\s(?P<fmonth>{month})\b(?:\s(?P<fday>{_DAY}){nth})?(?!,?\s?{_YEAR})
        | (?P<tyear>{_YEAR})/(?P<tmonth>0[1-9]|1[0-2])
        | (?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark)(?P<nyear>{_YEAR})
        | (?P<smonth>0?[1-9]|1[0-2])/(?P<syear>{_YEAR})
        | (?P<dotted>0[1-9]|1[0-2])\.(?P<dottedyear>{_YEAR})
        | (?P<only>{month})(?=[\s,.;)])
        | (?P<year>{_YEAR})
        )(?!\w|[-/]\d|\.\d)""",
        re.VERBOSE,
    )


#: How far (characters) behind its beginning a date holds its year or month: "from the 3rd to the 10th of May".
_REACH = 40


@cache
def _signs() -> re.Pattern[str]:
    """A year, or the first letters of a month in capital: every date holds one, and a search leaps to them."""
    begun = sorted({name[:3] for name in _months()})
    names = [form for letters in begun for form in (letters.capitalize(), letters.upper())]
    return re.compile("|".join(("19[2-9]", "20[0-4]", *names)))


# The parts of a date told with the month's name, and of one told in figures.
_WORDED = (
    ("dyear", "dmonth", "day"),
    ("cyear", "cmonth", "cday"),
    ("ryear", "rmonth", "rday"),
    ("mdyear", "mmonth", "mday"),
    ("myear", "month", ""),
    ("fyear", "fmonth", "fday"),
)
_FIGURES = (
    ("iyear", "imonth", "iday"),
    ("yyear", "ymonth", "yday"),
    ("tyear", "tmonth", ""),
    ("syear", "smonth", ""),
    ("dottedyear", "dotted", ""),
)
_BEFORE_FIGURES = re.compile(r"\b(?i:in|since|until|from|by|during)\s$")
# "January to March 2020"
_TO_MONTH = re.compile(r"\s?(?:to|-|through|until|and)\s?[JFMASOND][a-z]{2,8}\b\.?,?\s(?:19|20)\d\d\b")
_ANY_YEAR = re.compile(_YEAR)
# "in October": what is looked for first is the capital, which an expression leaps to
_IN_MONTH = re.compile(
    r"[JFMASOND](?<=[\s-].)(?:"
    + "|".join(
        rf"(?<=\b{word}..)" for word in ("in", "by", "until", "since", "from", "on", "of", "late", "early", "mid")
    )
    + r")[a-z]{2,8}\b"
)
_BEFORE_YEAR = re.compile(
    rf"(?:\b(?i:{_IN})[\s-]|\b(?:\d{{4}}\s?(?:-|to|and|or)\s?)|\b(?:later|earlier|ago|birth|admission|onset)\s\()$"
)
_BEFORE_MONTH = re.compile(
    r"\b(?i:in|by|until|till|since|from|between|early|late|mid|during|following|through|to|and|of|end\sof|beginning\sof)[\s-]$"
)
# "et al., 2019", "(Smith 2008)", "Lancet. 2003 ; 362", "the 2008 criteria", "in 2003 patients"
_CITED = re.compile(r"(?:\bal\.?,?|\b[A-Z][\w'-]+(?:,|\sand\s[A-Z][\w'-]+)|[a-z]\.|[;:©]|\bcopyright)\s?\(?$")
_COUNTED = re.compile(
    r"\s?[;:]\s?\d|\s(?:patients|cases|cells|men|women|children|subjects|adults|criteria|guidelines?|consensus"
    r"|classification|revised?|(?:WHO|ACR|EULAR|ESC|ISN|ESH)\b|mg|ml|mL|U\b|g\b|pg|ng|mm)"
)


def find_dates(text: str, start: int = 0, end: int | None = None) -> list[Date]:
    """Dates that lie wholly in ``text[start:end]`` (plain dashes and spaces), in text order."""
    stop = len(text) if end is None else end
    if not _tells_date(text, start, stop):
        return []
    found: list[Date] = []
    matches = list(_matches(text, start, stop))
    order = _day_leads(text, matches)
    for match in matches:
        if (iso := _iso(text, match, order)) is not None:
            found.extend(_with_first(match, iso))
    return [_completed_by_range(text, found, place) for place in range(len(found))]


def _tells_date(text: str, start: int, stop: int) -> bool:
    """Whether a year, or a month behind a preposition, is told: most texts tell none."""
    sign = _signs().search(text, start, stop)
    if sign is None:
        return False
    return (_ANY_YEAR.search(text, sign.start(), stop) or _IN_MONTH.search(text, start, stop)) is not None


def _matches(text: str, start: int, stop: int) -> "Iterator[re.Match[str]]":
    """What may be dates: the long expression is tried from a little before each sign of one."""
    while sign := _signs().search(text, start, stop):
        match = _expression().search(text, max(start, sign.start() - _REACH), stop)
        if match is None:
            return
        yield match
        start = match.end()


def _with_first(match: "re.Match[str]", iso: str) -> list[Date]:
    """ "3-10 May 2019" tells two days: the first, at its number, and the whole."""
    for first, last in (("from", "day"), ("rfrom", "rday")):
        if match[first] and int(match[first]) < int(match[last]):
            begin = match.start(first) if first == "from" else match.start()
            start = match.start(last) if len(iso) > 7 else match.start()
            return [Date(begin, match.end(first), f"{iso[:-2]}{int(match[first]):02}"), Date(start, match.end(), iso)]
    return [Date(match.start(), match.end(), iso)]


def _day_leads(text: str, matches: "list[re.Match[str]]") -> bool | None:
    """Whether the day leads in numeric dates (``14/03/2019``), as those show that leave no doubt; none if none does."""
    told = _ORDER.search(text) if any(match["nyear"] for match in matches) else None
    if told:
        return told["day"] is not None
    leads = {int(m["first"]) > 12 for m in matches if m["nyear"] and (int(m["first"]) > 12) != (int(m["second"]) > 12)}
    return leads.pop() if len(leads) == 1 else None


def _iso(text: str, match: "re.Match[str]", day_leads: bool | None = None) -> str | None:
    groups = match.groupdict()
    before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 16]
    for year, month, day in _WORDED:
        if groups[month]:
            number = _months()[groups[month].lower()]
            if groups[year] and _cited_page(after):
                return None
            return _checked(groups[year] or "", number, (groups[day] or "") if day else "")
    if (groups["dotted"] or groups["tmonth"]) and not _BEFORE_FIGURES.search(before):
        # "a ratio of 12.2019"
        return None
    for year, month, day in _FIGURES:
        if groups[month]:
            return _checked(groups[year], groups[month], groups[day] or "" if day else "")
    if groups["nyear"]:
        return _numeric(groups["first"], groups["second"], groups["nyear"], groups["mark"], day_leads)
    if groups["only"]:
        return (
            f"--{_months()[groups['only'].lower()]}"
            if (_BEFORE_MONTH.search(before) or _TO_MONTH.match(text, match.end())) and len(groups["only"]) > 2
            else None
        )
    if _CITED.search(before) or _COUNTED.match(after) or not _BEFORE_YEAR.search(before):
        return None
    return groups["year"]


_ORDER = re.compile(r"\b(?:(?P<day>dd?/mm?/yy|day/month)|mm?/dd?/yy|month/day)", re.IGNORECASE)


def _cited_page(after: str) -> bool:
    """ "Mar 2021;40(3):1147" is a journal's issue."""
    return bool(re.match(r"\s?;\s?\d", after))


def _numeric(first: str, second: str, year: str, mark: str, day_leads: bool | None) -> str | None:
    """``13/04/2019`` and ``04/13/2019`` tell day and month; with full stops the day leads; else the year alone is sure."""
    one, two = int(first), int(second)
    if mark == "." or (one > 12 >= two) or one == two:
        return _checked(year, second, first)
    if one <= 12 and two <= 12 and day_leads is not None:
        return _checked(year, second, first) if day_leads else _checked(year, first, second)
    if two > 12 >= one:
        return _checked(year, first, second)
    return year if 1 <= one <= 12 and 1 <= two <= 12 else None


def _checked(year: str, month: str, day: str) -> str | None:
    if not 1 <= int(month) <= 12:
        return None
    if day and not 1 <= int(day) <= monthrange(int(year or 2000), int(month))[1]:
        return None
    return f"{year or '-'}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def _completed_by_range(text: str, found: list[Date], place: int) -> Date:
    """ "From January to April 1996": the first takes the year of the last, the last ends the range."""
    one = found[place]
    if place + 1 < len(found):
        following = found[place + 1]
        gap = text[one.end : following.start]
        if (
            one.iso.startswith("--")
            and re.fullmatch(r"\s?(?:to|and|until|through|-|or|,)\s?", gap)
            and following.iso[0] != "-"
        ):
            one = one._replace(iso=f"{following.iso[:4]}{one.iso[1:]}")
    if place and re.fullmatch(r"\s?(?:to|until|through|-)\s?|\sand\s", text[found[place - 1].end : one.start]):
        ranged = " and " not in text[found[place - 1].end : one.start] or re.search(
            r"\bbetween\s$", text[max(0, found[place - 1].start - 9) : found[place - 1].start]
        )
        one = one._replace(until=bool(ranged))
    return one
