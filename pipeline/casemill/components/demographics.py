"""Age and sex of individuals from what is told beside their introduction: an onset's age, pronouns.

The specification's ruling (section 9): the age at presentation or diagnosis, as the report leads with; the onset's if no
other is told; a decade or a range leaves it blank.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from casemill.components.narrative import Narrative
from casemill.components.persons import ages_of
from casemill.components.rosters import ABOUT_OTHERS, NO_AGE, PRONOUN, Individual, Roster
from casemill.notation.ages import Age

__all__ = ["fill_age", "fill_sex"]

_NOT_AT = re.compile(
    r"\b(?:since|until|before|by|over|under|after|(?:died|deceased|death|dead)\b[\w\s]{0,30})\s(?:the\s)?$"
)
# The age at presentation is told within so many characters of an introduction without one.
_SOON = 400
_IS_AT = re.compile(r"^[\w,\s-]{0,12}\b(?:(?:is|was)\s(?:[\w-]+\s){0,2}(?:at|aged)?|who,?\s(?:at\sthe\s)?)\s?$")


def fill_age(narrative: Narrative, roster: Roster) -> None:
    """The onset's age if no other is told (section 9): "at the age of three months"."""
    leading = roster.leading
    ages = ages_of(narrative)
    for one in roster.individuals:
        if one.related and one.age == NO_AGE:
            _fill_relative(narrative, one, ages)
    if len(leading) > 1:
        _fill_several(narrative, roster, ages)
    if len(leading) != 1 or leading[0].age != NO_AGE or not ages:
        return
    owned = {person.age for person, _ in roster.mentions}
    of_others = {
        person.sentence
        for person, who in roster.mentions
        if person.role in ("relative", "group", "parents") and who != (leading[0].index,)
    }
    for age in ages:
        sentence = narrative.sentence_at(age.start)
        if not sentence.extract or sentence.section in ABOUT_OTHERS:
            continue
        if sentence.start in of_others or age in owned:
            continue
        if not age.value:
            leading[0].age_range = True
        elif (
            not _NOT_AT.search(narrative.folded[max(sentence.start, age.start - 40) : age.start])
            and not leading[0].age_range
        ):
            leading[0].age, leading[0].age_at = (age.value, age.unit), [age.start, age.end]
            return


def _fill_several(narrative: Narrative, roster: Roster, ages: list[Age]) -> None:
    """Of several individuals each the age told soon after the introduction, where it is the one spoken of."""
    owned = {person.age for person, _ in roster.mentions}
    spoken = [
        (person.start, who)
        for person, who in roster.mentions
        if len(who) == 1 and person.preposition not in ("of", "by")
    ]
    starts = [start for start, _ in spoken]
    for age in ages:
        sentence = narrative.sentence_at(age.start)
        place = bisect_right(starts, age.start)
        if not age.value or age in owned or not place or not sentence.extract or sentence.section in ABOUT_OTHERS:
            continue
        one = roster.individuals[spoken[place - 1][1][0]]
        lead = narrative.folded[max(sentence.start, age.start - 40) : age.start]
        if (
            one.age != NO_AGE
            or one.related
            or one.age_range
            or _NOT_AT.search(lead)
            or age.start - spoken[place - 1][0] > _SOON
        ):
            continue
        if "respectively" in narrative.folded[age.end : sentence.end]:
            continue
        if one.noun == "child" and age.unit not in ("d", "wk"):
            # an unnumbered newborn's later age is not its age at presentation
            continue
        one.age, one.age_at = (age.value, age.unit), [age.start, age.end]


def _fill_relative(narrative: Narrative, one: Individual, ages: list[Age]) -> None:
    """ "Her mother is well at 60 years of age"."""
    for age in ages:
        if one.end <= age.start < one.end + 40 and age.value and _IS_AT.match(narrative.folded[one.end : age.start]):
            one.age, one.age_at = (age.value, age.unit), [age.start, age.end]
            return


def fill_sex(narrative: Narrative, roster: Roster) -> None:
    """Sex from pronouns where no noun tells it: those in the sentences that speak of the individual."""
    unknown = [one for one in roster.leading if not one.sex]
    if not unknown:
        return
    counts: dict[int, dict[str, list[list[int]]]] = {}
    for index, sex, piece in _pronouns(narrative, roster):
        counts.setdefault(index, {}).setdefault(sex, []).append(piece)
    for one in unknown:
        told = counts.get(one.index, {})
        female, male = told.get("female", []), told.get("male", [])
        if len(female) >= 2 * len(male) and female:
            one.sex, one.sex_at = "female", female[0]
        elif len(male) >= 2 * len(female) and male:
            one.sex, one.sex_at = "male", male[0]


def _pronouns(narrative: Narrative, roster: Roster) -> Iterator[tuple[int, str, list[int]]]:
    """``individual, sex, piece`` of each pronoun, by who was last spoken of."""
    spoken = [(p.start, who[-1]) for p, who in roster.mentions if who]
    shifts = sorted((start, index) for start, index in spoken if not roster.individuals[index].related)
    current = roster.leading[0].index
    position = 0
    kin: dict[int, list[tuple[int, str]]] = {}
    for person, who in roster.mentions:
        if who and person.sex and roster.individuals[who[-1]].related:
            kin.setdefault(person.sentence, []).append((person.start, person.sex))
    for sentence in narrative.sentences:
        if not sentence.extract or sentence.section in ABOUT_OTHERS:
            continue
        related = kin.get(sentence.start, ())
        for match in PRONOUN.finditer(narrative.folded, sentence.start, sentence.end):
            if any(start < match.start() and sex == match.lastgroup for start, sex in related):
                # "the mother was well, with X in her leukocytes"
                continue
            while position < len(shifts) and shifts[position][0] < match.start():
                current = shifts[position][1]
                position += 1
            yield current, match.lastgroup or "", [match.start(), match.end()]
