"""Mentions of persons and of groups of persons: who might be spoken of, before asking who it is.

A mention is a noun of ``patterns/subjects/persons.tsv`` with what stands around it: its determiner, an age ("a 34-year-old
Thai woman"), a number or letter ("case 2", "the second patient"), a count ("two brothers").
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from casemill.components.narrative import Narrative, Sentence, Term
from casemill.components.phrases import phrase
from casemill.errors import NotationError
from casemill.notation.ages import Age, find_ages
from casemill.notation.numbers import read_count
from casemill.resources import Patterns

__all__ = ["PERSONS", "Person", "ages_of", "find_persons"]

#: The lexicon of nouns for persons.
PERSONS = "subjects/persons"

# An age and its noun: "34-year-old Han Chinese non-smoking woman".
_AGE_TO_NOUN = 52
# A noun and the age after it: "a boy, aged 7 months".
_NOUN_TO_AGE = 16
_BREAK = re.compile(r"[.;:()]|\b(?:who|which|with|was|is|and|presented|had|has|that|from|born|of|to|by)\b")
_DETERMINER = re.compile(
    r".*\b(?P<word>an?|the|this|that|our|his|her|their|another|one|both|all|these|those|each|any|no|my|its)\s"
    r"(?:(?!and\b|or\b|of\b|with\b|in\b|to\b|for\b|by\b|on\b|from\b|as\b)[\w'-]+,?\s){0,4}$",
    re.DOTALL,
)
_COUNT = re.compile(
    r"(?<![\w.,/-])(?P<count>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|both)\s"
    r"(?:(?!and\b|or\b|of\b|with\b|in\b|were\b|are\b)[\w'-]+\s){0,4}$"
)
_PREPOSITION = re.compile(
    r"\b(?P<word>in|from|of|to|by|with|for|on|between|among|than|under|after|via)\s(?:both\s|all\s)?(?:(?:the|his|her|their|our|this|these|those|an?)\s)?"
    r"(?:(?!(?:an?|the|his|her|their)\s)[\w-]+\s){0,2}$"
)
_LABEL = re.compile(
    r"[ -]{1,2}(?:no\.?\s?|number\s|#\s?)?(?P<label>\d{1,2}|[A-H]|I{1,3}V?|VI{0,3})"
    r"(?![\w%/×]|[.,]\d|\s?(?:of|out|years?|months?|weeks?|days?|hours?|cases|patients|mg|g|with)\b)"
)
_ORDINAL = re.compile(
    r"\b(?:the|our|in)\s(?P<word>first|second|third|fourth|fifth|sixth)\s"
    r"(?:(?!reported|described|known|published|such|documented)\w+\s)?$"
)
_LISTED = re.compile(r"\(?(?P<label>\d{1,2})\s?[:)]\s(?:[Aa]n?\s)?$")
_BIRTH = re.compile(r",?\s(?:was\s)?(?:born|of|in|to|from|delivered)\b")
_SEXED = re.compile(r"\b(?P<female>fe)?male\s(?:[\w-]+\s){0,2}$")
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6"}


# Roles of one person: their plural, which the scan finds too, is a group.
_SINGULAR = ("individual", "child", "fetus", "case", "relative", "adjective")
_SIBLINGS = ("sister", "brother", "sibling")
# Nouns that a number or letter can follow: "case 2", but "gravida 2".
_NUMBERED = ("patient", "case", "sibling", "child", "brother", "sister")
# Emphasis of Markdown, which may stand between a determiner and its noun.
_EMPHASIS = str.maketrans("*_", "  ")
# Between a relative and whose relative it is.
_OF_THE_PATIENT = frozenset({" of the ", " of our ", " of this "})
# Counted without "his" or "her", they are the report's own: "two daughters of a family".
_OFFSPRING = re.compile(r"daughters|sons")
# An age without "old": "a girl, 6 weeks, with", "a man of 77", "boy (4 months)".
_BARE_AGE = re.compile(
    r"(?:,\s|\s?\(|\sof\s)(?P<number>\d{1,3})(?:[ -]?(?P<unit>years?|yrs?|y|months?|mo|weeks?|wks?|days?|d)\b)?"
    r"(?=[,;.)](?!\d)|\s(?:with|who|presented|was|had)\b)"
)
_BARE_UNITS = {"y": "a", "m": "mo", "w": "wk", "d": "d"}
# "Patient 2 was 69 years old"
_NUMBER_BEHIND = re.compile(r"^[ -](?:no\.?\s?)?(?:\d{1,2}|[a-h])(?=[\s,(])")
_TOLD_AFTER = re.compile(r"\s?[,(]\s?|,?\s(?:who\s)?(?:is|was|now|currently|(?:is|was)\s(?:now|then|currently))\s")


class Person(NamedTuple):
    """A mention of a person or group at ``text[start:end]`` (half-open characters, the noun with its age and label).

    ``role`` is that of the lexicon: ``individual adjective case child fetus occupation group relative parents siblings``.
    ``determiner``, ``preposition``, ``label`` and ``counted`` are blank where there is none; ``sentence`` is where the
    sentence begins.
    """

    start: int
    end: int
    noun: str
    role: str
    sex: str
    determiner: str
    preposition: str
    possessive: bool
    label: str
    counted: str
    age: Age | None
    sentence: int


def ages_of(narrative: Narrative) -> list[Age]:
    """The ages told in ``narrative``, in text order; read once, as mutations, patients and subjects ask for the same."""
    found: list[Age] | None = narrative.kept.get("ages")
    if found is None:
        found = narrative.kept["ages"] = find_ages(narrative.plain)
    return found


def find_persons(narrative: Narrative, patterns: Patterns) -> list[Person]:
    """Mentions in ``narrative``, in text order, read once; the lexicon :data:`PERSONS` must have been scanned for."""
    known: list[Person] | None = narrative.kept.get("persons")
    if known is None:
        known = narrative.kept["persons"] = _find(narrative, patterns)
    return list(known)


@cache
def _kinds(patterns: Patterns) -> dict[str, tuple[str, str]]:
    """Role and sex by the id of the noun's row."""
    return {key: (row["role"], row["sex"]) for key, row in patterns.rows(PERSONS).items()}


def _find(narrative: Narrative, patterns: Patterns) -> list[Person]:
    kinds = _kinds(patterns)
    ages: dict[int, list[Age]] = {}
    for age in ages_of(narrative):
        ages.setdefault(narrative.sentence_at(age.start).start, []).append(age)
    found: list[Person] = []
    for term in narrative.terms(PERSONS):
        role, sex = kinds[term.id]
        if role == "none":
            continue
        sentence = narrative.sentence_at(term.start)
        if not sentence.extract:
            continue
        told = _age_of(narrative, term, sentence, ages.get(sentence.start, ()))
        if told is not None and found and found[-1].age == told and "," in narrative.folded[found[-1].end : term.start]:
            told = None
        person = _person(narrative, term, role, sex, sentence, told)
        if person is not None:
            _join(found, person, narrative)
    return found


def _age_of(narrative: Narrative, term: Term, sentence: Sentence, ages: Sequence[Age]) -> Age | None:
    """The one of the sentence's ``ages`` that stands with the noun: before it in its noun phrase, or right after it."""
    for age in ages:
        if age.start <= term.start < age.end:
            return age
        if age.end <= term.start:
            gap = narrative.folded[age.end : term.start]
            if age.attributive and len(gap) <= _AGE_TO_NOUN and not _BREAK.search(gap):
                return age
        else:
            gap = _NUMBER_BEHIND.sub("", narrative.folded[term.end : age.start], count=1)
            told = narrative.folded[age.start : age.end]
            if len(gap) > _NOUN_TO_AGE or "-old" in told:
                continue
            if (not age.attributive and not _BREAK.search(gap.strip(" (,"))) or _TOLD_AFTER.fullmatch(gap):
                return age
    return _bare_age(narrative, term, sentence)


def _bare_age(narrative: Narrative, term: Term, sentence: Sentence) -> Age | None:
    """An age after the noun that no word "old" tells."""
    match = _BARE_AGE.match(narrative.folded, term.end, sentence.end)
    if match is None or not (match["unit"] or narrative.folded.startswith(" of ", term.end)):
        return None
    return Age(match.start("number"), match.end(), match["number"], _BARE_UNITS[(match["unit"] or "y")[0]], False)


def _person(
    narrative: Narrative, term: Term, role: str, sex: str, sentence: Sentence, age: Age | None
) -> Person | None:
    folded, plain = narrative.folded, narrative.plain
    start = age.start if age is not None and age.start < term.start else term.start
    before = folded[max(sentence.start, start - 60) : start]
    if "*" in before or "_" in before:
        before = " ".join(before.translate(_EMPHASIS).split()) + " "
    role, sex = _role_of(folded[term.start : term.end], term.canonical, role, sex, before, age)
    if role == "occupation" and age is None:
        return None
    label, end = "", term.end
    if age is not None and (numbered := _LISTED.match(plain, sentence.start, start)):
        # "1: 16-year-old female ...": a list of patients
        label = numbered["label"]
    elif term.canonical in _NUMBERED and (match := _LABEL.match(plain, term.end, term.end + 24)):
        label, end = match["label"], match.end()
    elif ordinal := _ORDINAL.search(before):
        # "the first patient reported with": no number of this report's own
        superlative = phrase("subjects/phrases", "no_first").match(folded, term.end + 1)
        # "the fourth child born to", "the second child of": the order of birth
        of_birth = term.canonical == "child" and _BIRTH.match(folded, term.end)
        label = "" if superlative or of_birth else _ORDINALS[ordinal["word"]]
    determiner = _word(_DETERMINER.match(before))
    if role == "group" and not sex and (told := _SEXED.search(before)):
        sex = "female" if told["female"] else "male"
    count = _count(_COUNT.search(before)) if role in ("group", "parents", "siblings", "relative") else ""
    if count and not determiner and _OFFSPRING.fullmatch(folded, term.start, term.end):
        role = "siblings"
    if role == "adjective" and age is None and determiner not in ("a", "an", "one", "another", "our", "this"):
        return None
    end = max(end, age.end) if age is not None else end
    return Person(
        start,
        end,
        term.canonical,
        role,
        sex,
        determiner,
        _word(_PREPOSITION.search(before)),
        plain.startswith("'", term.end),
        label,
        count,
        age,
        sentence.start,
    )


def _role_of(noun: str, canonical: str, role: str, sex: str, before: str, age: Age | None) -> tuple[str, str]:
    """Role and sex of ``noun`` as it is printed: the plural of a role of one person is a group."""
    if noun.endswith("s"):
        if role == "occupation" and noun == "adults":
            return "group", sex
        if role in _SINGULAR and not canonical.endswith("s"):
            role = "siblings" if role == "relative" and canonical in _SIBLINGS else "group"
    if role == "group" and canonical == "patients" and sex and age is not None and age.attributive:
        # "a 52 years old men" is one man
        told = before.rstrip()
        return ("individual" if told.endswith((" a", " an", " case of")) or told in ("a", "an") else role), sex
    return role, sex


def _join(found: list[Person], person: Person, narrative: Narrative) -> None:
    """Add ``person`` to those found; nouns of one noun phrase are one mention: "a 58-year-old female Caucasian patient"."""
    if found:
        last = found[-1]
        gap = narrative.folded[last.end : person.start]
        shared = last.age is not None and person.age == last.age
        beside = (
            last.role in ("adjective", "child", "individual", "case") and not gap.strip(" -") and not last.possessive
        )
        if last.role == "adjective" and person.role == "relative" and not gap.strip():
            # "an affected male sibling"
            found[-1] = person._replace(sex=person.sex or last.sex, age=person.age or last.age)
            return
        if last.role == "relative" and gap in _OF_THE_PATIENT and person.age is None and not person.label:
            # "the mother of the patient" is one mention, of her
            found[-1] = last._replace(end=person.end)
            return
        one = person.role not in ("group", "relative", "parents", "siblings")
        if one and person.sentence == last.sentence and (shared or beside):
            found[-1] = last._replace(
                end=max(person.end, last.end),
                role=last.role if last.role != "adjective" else person.role,
                sex=last.sex or person.sex,
                possessive=person.possessive,
                label=last.label or person.label,
                age=last.age or person.age,
            )
            return
    found.append(person)


def _word(match: "re.Match[str] | None") -> str:
    return match["word"] if match else ""


def _count(match: "re.Match[str] | None") -> str:
    if match is None:
        return ""
    if match["count"] == "both":
        return "2"
    try:
        return read_count(match["count"])
    except NotationError:
        return ""
