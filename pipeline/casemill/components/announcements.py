"""Individuals announced together with an age for each: "two brothers aged 8 and 12 years", "two women, aged 27 and 35"."""

import re
from collections.abc import Sequence

from casemill.components.mention_signs import is_own
from casemill.components.narrative import Narrative
from casemill.components.persons import Person
from casemill.components.rosters import NO_AGE, Individual, Piece, Roster
from casemill.notation.ages import find_ages

__all__ = ["Announcement", "ages_in_a_row"]

# So many can be told one by one.
_FEW = ("2", "3", "4", "5", "6")
# "27- and 35-year-old"
_PAIR = re.compile(
    r"\b(?P<one>\d{1,2})(?:-year-old|-)?\s(?:and|,)\s(?:an?\s)?(?P<other>\d{1,2})[ -]years?[ -](?:old|of\sage)"
)


class Announcement:
    """The group that a report announces with an age for each of its members, if it does."""

    def __init__(self, narrative: Narrative) -> None:
        self.narrative = narrative
        self.group: Person | None = None
        self.ages: list[tuple[tuple[str, str], Piece]] = []

    def take(self, person: Person) -> None:
        """Take in a mention of a group: the first that tells as many ages as it counts is the one announced."""
        if self.group is not None and self.group.sentence == person.sentence and person.sex:
            # "two cases of gout in women aged 40 and 63 years": the same, with their sex
            self.group = person
        if not self.ages and person.role == "group" and person.counted in _FEW and is_own(self.narrative, person):
            ages = _ages_after(self.narrative, person)
            if len(ages) == int(person.counted):
                self.ages, self.group = ages, person

    def introduce(self, roster: Roster, made: Sequence[Individual]) -> None:
        """Make the individuals ``made`` those of the group, of whom no more is told than their ages."""
        for one, (age, place) in zip(made, self.ages, strict=True):
            one.announced, one.age, one.age_at, one.age_range = True, age, place, False
        who = tuple(one.index for one in made)
        roster.mentions = [(person, who if person is self.group else meant) for person, meant in roster.mentions]

    def fit(self, roster: Roster) -> None:
        """Give the ages to as many individuals who were told apart without one."""
        leading = roster.leading
        if len(leading) == len(self.ages) and all(one.age == NO_AGE for one in leading):
            for one, (age, place) in zip(leading, self.ages, strict=True):
                one.age, one.age_at = age, place


def ages_in_a_row(narrative: Narrative, person: Person, made: Sequence[Individual]) -> None:
    """ "Brothers aged 38 and 40 years": to each of ``made`` his age."""
    ages = _ages_after(narrative, person)
    if len(ages) != len(made):
        twins = "twin" in narrative.folded[person.start : person.end]
        ages = ages * len(made) if len(ages) == 1 and twins else []
    for one, (age, place) in zip(made, ages, strict=False):
        one.age, one.age_at = age, place


def _ages_after(narrative: Narrative, person: Person) -> list[tuple[tuple[str, str], Piece]]:
    """The ages told after ``person`` in the same sentence, each with its place."""
    sentence = narrative.sentence_at(person.start)
    start = person.start
    if pair := _PAIR.search(narrative.folded, start, sentence.end):
        return [((pair[name], "a"), [pair.start(name), pair.end(name)]) for name in ("one", "other")]
    ages = find_ages(narrative.plain[start : sentence.end])
    return [((a.value, a.unit), [start + a.start, start + a.end]) for a in ages if a.value]
