"""Ages as case reports tell them: ``34-year-old``, ``aged 7 months``, ``at 48 years of age``, ``one and a half year old``.

Rulings of the specification (sections 2 and 9): the number with its unit as told (``a`` years, ``mo``, ``wk``, ``d``);
a decade (``in his mid-sixties``) or a range of ages is no number, and reported as such.
"""

import re
from functools import cache
from itertools import product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from casemill.notation.numbers import number_words, read_count

__all__ = ["Age", "find_ages"]

#: How far before a trigger ("old", "of age") its number may begin, in characters.
_REACH = 42
_UNITS = {"y": "a", "m": "mo", "w": "wk", "d": "d"}
# The form of nine ages in ten, "34-year-old", read without trying all number words before it.
_PLAIN = re.compile(r"(?<![\w.,/-])(?P<number>[1-9]\d{0,2})[ -](?P<unit>year|month|week|day)s?[ -]old\b", re.IGNORECASE)
_PLAIN_REACH = 12
_MONTHS_A_YEAR = 12
_YEARS_BEFORE = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"[ -](?:years?|yrs?)(?:,\s|[ -](?:and[ -](?:an?[ -])?)?)$"
)
# A unit of time is a trigger only before a noun, of which two letters will do here: "34-year woman".
_UNITS_AND_NOUNS = map("".join, product(("year", "yr", "month"), ("", "s"), " -", ("wo", "ma", "bo", "gi", "fe", "in")))
# Letters that every trigger holds: looking for them first costs little beside trying the expression at every character.
_SEEDS = ("old", "age", "y/o", "yo", "y.o", "y. o", "decade", "life", "ties", "teens", "0s", *_UNITS_AND_NOUNS)
# So many letters of a trigger stand before its seed at most: those of "seventies".
_BEFORE_SEED = len("seven")
# Seeds that begin a word in every trigger: in "dosage" and "threshold" they are none.
_HEADS = frozenset({"old", "age", "y/o", "y.o", "y. o", "decade", "life", "teens"})
# The words that make a number an age; only around them is a number looked for.
_TRIGGER = re.compile(
    r"(?:\bolds?|\bof\s(?:age|life)|\baged?|\bages|\by/o|(?<=[\d -])yo|\by\.\s?o)\b"
    r"|\d[ -]?(?:years?|yrs?|months?|weeks?|days?)[ -](?:wo)?(?:man|male|boy|girl|female|infant)\b"
    r"|\b(?:\d0s|(?:twen|thir|for|fif|six|seven|eigh|nine)ties|teens|decade)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\b(?:in|of)\s(?:his|her|their|the)\s(?:(?:early|mid|middle|late)[ -]?)?"
    r"(?:\d0s|(?:twen|thir|for|fif|six|seven|eigh|nine)ties|teens|\w{4,8}\sdecade)\b",
    re.IGNORECASE,
)


class Age(NamedTuple):
    """An age at ``text[start:end]``.

    ``value`` is a number as text, blank for a decade or a range; ``unit`` is ``a``, ``mo``, ``wk`` or ``d``;
    ``attributive`` tells the form that stands before a person's noun ("34-year-old").
    """

    start: int
    end: int
    value: str
    unit: str
    attributive: bool


@cache
def _expressions() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = {w: int(n) for w, n in number_words().items() if " " not in w and not w.endswith("ce") and int(n) < 100}
    tens = "|".join(w for w, n in words.items() if n >= 20)
    plain = "|".join(sorted(words, key=len, reverse=True))
    number = rf"(?:\d{{1,3}}(?:\.\d)?(?:\s?½|\s1/2)?|(?:{tens})[ -](?:{plain})|(?:{plain})|an?(?=[ -]))"
    half = r"(?P<half>[ -]and[ -](?:a[ -])?half)?"
    unit = r"(?P<unit>year|yr|y|month|mo|m|week|wk|w|day|d)"
    before = re.compile(
        rf"(?<![\w.,/-])(?P<low>{number}[ -]{{0,2}}(?:-|to)\s?(?=\d))?(?P<number>{number}){half}"
        rf"[ -]{{0,2}}{unit}(?:s|'s|s')?\.?[ -]{{0,2}}"
        rf"(?:(?P<old>old|(?:wo)?(?:man|male)|boy|girl|female|infant)s?|of\s(?:age|life)|/?o\b|\.\s?o)\b",
        re.IGNORECASE,
    )
    after = re.compile(
        rf"\bage[ds]?(?:\s(?:of|at|was|is)|:|\s=)?\s{{0,2}}(?:about\s|approximately\s|only\s)?"
        rf"(?P<between>between\s|ranging\sfrom\s|ranged\sfrom\s|from\s)?(?P<number>{number})(?![\w%]){half}(?P<low>\s?(?:-|to)\s?\d{{1,3}})?"
        rf"(?:[ -]?{unit}(?:ear|onth|eek|ay)?s?\b|(?=[\s,.;)]|$))",
        re.IGNORECASE,
    )
    second = re.compile(
        rf"\sand\s(?P<number>{number})[ -]?{unit}(?:ear|onth|eek|ay)?s?\b(?!\s(?:later|after|ago|before))",
        re.IGNORECASE,
    )
    return before, after, second


def find_ages(text: str) -> list[Age]:
    """Ages in ``text`` (with plain dashes and spaces), in text order, none overlapping another."""
    found: list[Age] = []
    for place in _seeds(text):
        if found and place < found[-1].end:
            continue
        age = _plain_age(text, place, place + 4)
        if age is None or age.end != place + 3:
            age = _told_age(text, place)
        if age is None:
            continue
        if age.unit == "mo":
            age = _in_years(text, age)
        if found and age.start < found[-1].end:
            # "aged six years and nine months old", read up to the years before
            found[-1] = found[-1]._replace(end=age.end)
            continue
        found.extend(_with_second(text, age))
    return found


@cache
def _automaton() -> AhoCorasick:
    return AhoCorasick(list(_SEEDS), matchkind=MatchKind.Standard, implementation=Implementation.DFA)


def _seeds(text: str) -> list[int]:
    """Where a trigger may stand, in text order: one scan for all seeds costs a quarter of looking for each."""
    folded = text.lower()
    if len(folded) != len(text):
        folded = text
    places = []
    for index, place, _ in _automaton().find_matches_as_indexes(folded, overlapping=True):
        if _SEEDS[index] in _HEADS and place and ((before := folded[place - 1]).isalnum() or before == "_"):
            continue
        places.append(place)
    places.sort()
    return places


def _in_years(text: str, age: Age) -> Age:
    """ "4 years and 10 months old" is told in years: the months are no age of their own."""
    if float(age.value) >= _MONTHS_A_YEAR:
        return age
    years = _YEARS_BEFORE.search(text, max(0, age.start - _REACH), age.start)
    if years is None:
        return age
    return age._replace(start=years.start(), value=read_count(years["number"]), unit="a")


def _with_second(text: str, age: Age) -> tuple[Age, ...]:
    """``aged 3 and 5 months`` tells two ages, the unit of the first standing with the second."""
    if age.attributive or not age.value:
        return (age,)
    _, _, second = _expressions()
    match = second.match(text, age.end)
    if match is None:
        return (age,)
    other = _age(match, attributive=False)._replace(start=match.start("number"))
    if not text[age.end - 1].isdigit() and other.unit != age.unit:
        # "aged 2 years and 3 months" is one age
        return (age,)
    return (age._replace(unit=other.unit), other)


def _plain_age(text: str, place: int, end: int) -> Age | None:
    """An age of the plain form before ``end``, around the trigger at ``place``."""
    plain = _PLAIN.search(text, max(0, place - _PLAIN_REACH), end)
    if plain is None or text[max(0, plain.start() - 4) : plain.start()].rstrip().endswith(("-", "to")):
        return None
    return Age(plain.start(), plain.end(), plain["number"], _UNITS[plain["unit"][0].lower()], True)


def _told_age(text: str, place: int) -> Age | None:
    """An age of any form, told by the trigger at ``place`` if one stands there."""
    trigger = _TRIGGER.search(text, max(0, place - _BEFORE_SEED), place + 20)
    if trigger is None or not trigger.start() <= place < trigger.end():
        return None
    if plain := _plain_age(text, trigger.start(), trigger.end()):
        return plain
    before, after, _ = _expressions()
    start = max(0, trigger.start() - _REACH)
    for led in before.finditer(text, start, min(len(text), trigger.end() + 8)):
        if led.end() >= trigger.end():
            return _age(led, attributive=bool(led["old"]))
    if followed := after.match(text, trigger.start()):
        return _age(followed, attributive=False)
    if decade := _RANGE.search(text, start, trigger.end()):
        return Age(decade.start(), decade.end(), "", "", False)
    return None


def _age(match: "re.Match[str]", *, attributive: bool) -> Age:
    groups = match.groupdict()
    value = _value(match["number"], bool(groups.get("half")))
    unit = _UNITS[(match["unit"] or "year")[0].lower()]
    if groups.get("low") or groups.get("between"):
        value, unit = "", ""
    return Age(match.start(), match.end(), value, unit, attributive)


def _value(number: str, half: bool) -> str:
    if number.lower() in ("a", "an"):
        value = "1"
    elif number.endswith(("½", "1/2")):
        value, half = number.removesuffix("½").removesuffix("1/2").strip(), True
    else:
        value = read_count(number)
    return f"{value}.5" if half else value
