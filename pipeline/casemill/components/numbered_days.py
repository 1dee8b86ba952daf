"""Days that a report counts: "hospital day 3", "postoperative day 2", "on day 12", "on the sixth day after admission".

A counted day is kept as told: hospital day 3 is three days. Days of a dose schedule ("on days 1 and 8", "day 1 of each
cycle") are none of these.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from casemill.components.phrases import words
from casemill.notation.numbers import number_words, read_count
from casemill.resources import load_patterns

__all__ = ["NumberedDay", "find_numbered_days"]

_EVENTS = "dates/events"
_COUNTED = ("admission", "operation", "treatment")
_SCHEDULE = re.compile(
    r"\s?(?:[,/&-]|to|and|or|through)\s?(?:day\s)?\d|\s(?:of|in)\s(?:each|every|an?|the|a\s\d+-day)\s(?:[\w-]+\s)?cycles?|\s?of\scycle"
)
_DOSE_BEFORE = re.compile(r"(?:\d\s?(?:mg|g|mcg|µg|ug|iu|units?|ml)|/m\s?2|/kg)\b[^.;]{0,30}$")
_EVERY = re.compile(r"\b(?:every|each|per|alternate|other)\s(?:the\s)?$")
_UNITS = {"day": "D", "week": "W", "month": "M", "year": "Y"}
_BY = ("by", "until", "till", "through", "within", "up to", "before")


class NumberedDay(NamedTuple):
    """A counted day, week or month at ``text[start:end]``: ``iso`` as told, counted from ``event`` (blank: not named).

    ``by`` tells that something was so by then; ``during`` that it was in the stretch which begins so long after the event
    ("in the second month" begins with ``P1M``).
    """

    start: int
    end: int
    iso: str
    event: str
    by: bool
    during: bool


@cache
def _ordinals() -> dict[str, str]:
    return {row.id.partition(".")[2]: row.canonical for row in load_patterns().rows("outcomes/ordinals").values()}


@cache
def _expression() -> re.Pattern[str]:
    kinds = "|".join(rf"(?P<{event}>{words(_EVENTS, f'counts_{event}')})" for event in _COUNTED)
    counts = "|".join(sorted((w for w in number_words() if w.isalpha()), key=len, reverse=True))
    number = rf"(?P<number>\d{{1,3}}|(?:{counts})\b)"
    nth = rf"(?P<nth>\d{{1,3}}\s?(?:st|nd|rd|th)|(?:{'|'.join(_ordinals())})\b)"
    return re.compile(
        rf"""(?<![\w-])(?:(?P<lead>on|by|at|in|during|until|till|through|from|since|before|within|up\sto)\s(?:the\s|his\s|her\s)?)?
        (?:(?:{kinds})(?:[\s-]the)?[\s-]?
          (?:(?P<unit>day|week|month)\s?\#?\s?{number})
          |(?P<bare>day|week|month)\s{number.replace("number", "bare_number")}
          |(?P<pod>pod|hd)\s?\#?\s?{number.replace("number", "pod_number")}
          |{nth}\s(?:(?:{kinds.replace("(?P<", "(?P<nth_")})\s)?(?P<nth_unit>day|week|month|year)
        )(?![\w.]\d|\w)""",
        re.VERBOSE,
    )


def find_numbered_days(folded: str, start: int, end: int) -> Iterator[NumberedDay]:
    """Counted days in ``folded[start:end]`` (lower case, plain), in text order."""
    if not any(unit in folded[start:end] for unit in ("day", "week", "month", "year", "pod", "hd")):
        return
    for match in _expression().finditer(folded, start, end):
        if _EVERY.search(folded, max(start, match.start() - 12), match.start()) or _SCHEDULE.match(
            folded, match.end(), end
        ):
            continue
        if (one := _read(folded, start, match)) is not None:
            yield one


def _read(folded: str, start: int, match: "re.Match[str]") -> NumberedDay | None:
    told = next(m for m in (match["number"], match["bare_number"], match["pod_number"], match["nth"]) if m)
    event = next((e for e in _COUNTED if match[e] or match[f"nth_{e}"]), "")
    lead = match["lead"] or ""
    if match["pod"]:
        unit, event = "day", "operation" if match["pod"] == "pod" else "admission"
    else:
        unit = match["unit"] or match["bare"] or match["nth_unit"]
    if match["bare"] and (
        (not lead and match.start() > start)
        or (not event and _DOSE_BEFORE.search(folded, max(start, match.start() - 60), match.start()))
    ):
        return None
    if match["nth"] and not lead and not event:
        # "the first month" of anything is no time of its own
        return None
    number = _ordinals().get(told) or (
        "".join(filter(str.isdigit, told)) if told[0].isdigit() else str(read_count(told))
    )
    during = bool(match["nth"]) and unit != "day"
    by = lead in _BY
    return NumberedDay(match.start(), match.end(), f"P{int(number) - during}{_UNITS[unit]}", event, by, during)
