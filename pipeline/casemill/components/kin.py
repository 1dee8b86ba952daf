"""Whom a word of kinship means: "two brothers", "his mother", "a woman and her daughter"."""

import re

from casemill.components.announcements import ages_in_a_row
from casemill.components.introductions import Introductions
from casemill.components.mention_signs import is_other, is_own, is_predicate
from casemill.components.persons import Person
from casemill.components.phrases import phrase
from casemill.components.rosters import NO_AGE

__all__ = ["Kin"]

_BESIDE = re.compile(r",?\s(?:and|with)\s(?:(?:his|her)\s)?")
_MULTIPLE = {"triplets": "3", "quadruplets": "4"}
# From this age on, in years, "the mother" can be the patient.
_GROWN = 14
_KIN = ("mother", "father", "sister", "brother", "daughter", "son", "sibling")


class Kin(Introductions):
    """Reads siblings and relatives: introduced, or known already."""

    def _siblings(self, person: Person) -> tuple[int, ...]:
        """ "Two brothers": that many individuals, or those known where they are known already."""
        count = int(person.counted or _MULTIPLE.get(self.narrative.folded[person.start : person.end], "2"))
        fitting = [one.index for one in self.roster.individuals if not person.sex or one.sex in ("", person.sex)]
        if person.determiner in ("the", "both", "these", "all") and len(fitting) >= count:
            return tuple(fitting[:count])
        if (
            self.roster.individuals
            or person.determiner in ("his", "her", "their")
            or person.preposition in ("from", "than")
        ):
            return ()
        if person.preposition == "of" and person.determiner not in ("", "two", "our", "these"):
            return ()
        if count > 6 or not is_own(self.narrative, person) or is_predicate(self.narrative, person):
            return ()
        made = [self._add(person, related=False) for _ in range(count)]
        ages_in_a_row(self.narrative, person, made)
        return tuple(one.index for one in made)

    def _relative(self, person: Person) -> tuple[int, ...]:
        known = [one for one in self.roster.individuals if one.noun == person.noun]
        if not self._one_family():
            known = [one for one in known if one.of == self.current or not one.related]
        if len(known) == 1 and known[0].related and is_other(self.narrative, person):
            return (self._add(person, related=True).index,)
        if known:
            if person.determiner == "each":
                return tuple(one.index for one in known)
            if len(known) > 1:
                known = [one for one in known if one.of == self.current] or known
            self._describe(known[-1], person)
            return (known[-1].index,)
        if not known and self._gave_birth(person):
            return (self.roster.leading[0].index,)
        unaged = [one for one in self.roster.leading if one.age == NO_AGE and not one.label]
        led = person.age is not None and person.preposition not in ("to", "of", "from", "by", "with")
        unaged = [one for one in unaged if one.sex in ("", person.sex)]
        if self.last and self.last[0].role == "group" and self.last[0].sentence == person.sentence:
            # "the elder children (a 9-year-old son ...)"
            led = False
        if led and self._leads(person) and len(self.roster.leading) == len(unaged) == 1:
            # "a patient ... the 26-year-old mother": a word for the patient
            self._describe(unaged[0], person)
            return (unaged[0].index,)
        if person.age is not None and self._introduced_beside(person):
            return (self._add(person, related=False).index,)
        if person.role == "relative" and not self.roster.leading and self._leads(person):
            return (self._add(person, related=False).index,)
        if len(self.roster.leading) == 1 and self.last and self.last[1] and self.roster.leading[0].noun in _KIN:
            # "A daughter and her mother": both are the report's
            return (self._add(person, related=False).index,)
        return (self._add(person, related=True).index,)

    def _introduced_beside(self, person: Person) -> bool:
        """ "A woman of 50 and her 27-year-old daughter had": introduced in one breath, both are the report's."""
        if self.last is None or not self.last[1] or self.last[0].sentence != person.sentence:
            return False
        before = self.roster.individuals[self.last[1][-1]]
        gap = self.narrative.folded[self.last[0].end : person.start]
        return not before.related and before.start == self.last[0].start and bool(_BESIDE.fullmatch(gap))

    def _one_family(self) -> bool:
        """Whether the leading individuals are kin, so that "the mother" is the mother of all."""
        leading = self.roster.leading
        return len(leading) < 2 or any(one.announced or one.noun in _KIN for one in leading)

    def _gave_birth(self, person: Person) -> bool:
        """Whether "the mother" is the patient herself: one grown woman, and a text about her pregnancy."""
        if person.noun != "mother" or person.determiner != "the" or len(self.roster.leading) != 1:
            return False
        one = self.roster.leading[0]
        grown = one.age[1] == "a" and float(one.age[0] or 0) >= _GROWN
        return (
            one.sex == "female"
            and grown
            and bool(phrase("subjects/phrases", "childbirth").search(self.narrative.folded))
        )

    def _leads(self, person: Person) -> bool:
        return person.determiner in ("a", "an", "this") or person.age is not None
