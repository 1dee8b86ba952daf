"""Who the individuals of a report are: mentions of persons joined into persons with an age and a sex.

An individual is *introduced* ("a 34-year-old woman", "case 2", "two brothers") and then *referred to* ("the patient",
"the boy", "her brother"). Relatives are kept apart: whether they count is known only when their facts are (section 1 of
the specification), so they are given a number last.
"""

import re

from casemill.components.kin import Kin
from casemill.components.mention_signs import is_compared, is_described, is_elder, is_heading, is_own, is_singled_out
from casemill.components.narrative import Narrative
from casemill.components.persons import Person
from casemill.components.rosters import NO_AGE, Roster, label_position
from casemill.components.titles import announce, title_end

__all__ = ["read_roster"]

_RELATED = ("relative", "fetus")
_IS_A = re.compile(r"\s(?:was|is)\san?\s(?:[\w-]+\s){0,2}")
_ASIDE = re.compile(r",\s(?:an?|the)\s")
_APPOSED = re.compile(r"^(?:,?\s(?:is|was|are)?\s?,?|\s?[,(:.-]\s?|\s)(?:an?\s|the\s|of\s|in\san?\s)?(?:\w+[ -]){0,3}$")


def read_roster(narrative: Narrative, persons: list[Person]) -> Roster:
    """The individuals of ``narrative`` from the mentions ``persons``."""
    headed = title_end(narrative)
    announced = [person for person in persons if person.start < headed]
    roster = _read(narrative, persons[len(announced) :])
    if not announced:
        return roster
    return announce(roster, announced) if roster.leading else _read(narrative, persons)


def _read(narrative: Narrative, persons: list[Person]) -> Roster:
    reader = _Reader(narrative)
    announcing = {
        p.sentence: p.start for p in persons if p.role in ("siblings", "group") and p.counted not in ("", "1")
    }
    reader.coming = persons
    for person in persons:
        if person.role == "case" and not person.label and person.start < announcing.get(person.sentence, 0):
            # "the case of two sisters": the sisters are the individuals
            continue
        reader.read(person)
    reader.settle()
    roster = reader.roster
    if not roster.leading and not any(
        g.noun in ("patients", "patient", "case") and g.determiner == "both" for g in roster.groups
    ):
        # "both patients ... her": of two told as a group, a pronoun means one and introduces none
        reader.introduce_from_pronouns()
    return roster


class _Reader(Kin):
    """Reads the mentions of one document, in text order."""

    def read(self, person: Person) -> None:
        """Take in one mention: whom it introduces or means."""
        meant = self._meant(person)
        if meant and not self.roster.individuals[meant[0]].related and not is_compared(self.narrative, person):
            self.current = meant[-1]
        self.opened = meant[0] if len(meant) == 1 and is_heading(self.narrative, person) else -1
        if person.role in ("group", "parents", "siblings"):
            self.roster.groups.append(person)
            self.announced.take(person)
        self.last = (person, meant)
        self.roster.mentions.append(self.last)

    def _meant(self, person: Person) -> tuple[int, ...]:
        if person.role == "siblings":
            return self._siblings(person)
        if person.role in ("group", "parents"):
            return ()
        if self.opened >= 0 and self._describes_opened(person):
            one = self.roster.individuals[self.opened]
            if one.noun in ("patient", "case", "child"):
                one.noun = person.noun
            self._describe(one, person)
            return (one.index,)
        if not is_own(self.narrative, person) and not (person.label and is_heading(self.narrative, person)):
            return ()
        if (apposed := self._apposed(person)) is not None:
            self._describe(self.roster.individuals[apposed], person)
            return (apposed,)
        if person.label:
            return self._labelled(person)
        if person.role in _RELATED:
            return self._relative(person)
        if person.age is not None:
            return self._aged(person)
        return self._referred(person)

    def _describes_opened(self, person: Person) -> bool:
        """Whether a mention is the first word about the one whose label or heading stands before it."""
        one = self.roster.individuals[self.opened]
        if self.last is None or (one.sex and person.sex not in ("", one.sex)) or person.possessive:
            return False
        if person.age is not None and one.age not in (NO_AGE, (person.age.value, person.age.unit)):
            return False
        if person.role in ("individual", "adjective", "child", "occupation"):
            return person.age is not None or person.determiner in ("a", "an", "this")
        if person.role != "relative" or person.preposition or self.last[0].role == "relative":
            return False
        others = [each for each in self.roster.leading if each.index != one.index]
        if (
            person.age is not None
            or (others and person.determiner in ("his", "her"))
            or is_elder(self.narrative, person)
        ):
            return True
        # "Case 3. The father had ...", unless the child comes after: "Case 3. The mother was healthy. The infant ..."
        following = [each for each in self.coming if each.start > person.start]
        child = next((each for each in following if each.label or each.role in ("child", "individual", "fetus")), None)
        return bool(others) and person.determiner == "the" and (child is None or bool(child.label))

    def settle(self) -> None:
        """Introduce those who were announced and not told apart; else give the announced ages to those who were."""
        if self.announced.group is None:
            return
        if not self.roster.leading:
            made = [self._add(self.announced.group, related=False) for _ in self.announced.ages]
            self.announced.introduce(self.roster, made)
        self.announced.fit(self.roster)

    def _apposed(self, person: Person) -> int | None:
        """The individual that the mention before it names in the same breath: "case 1, a boy", "the proband was a girl"."""
        if self.last is None or not self.last[1] or self.last[0].sentence != person.sentence:
            return None
        before, meant = self.last
        gap = self.narrative.folded[before.end : person.start].replace("*", "")
        known = self.roster.individuals[meant[-1]]
        closed = gap.strip() == "(" and self.narrative.folded.startswith(")", person.end)
        beside = before.age is not None and gap.strip() in ("(", ",", "-", ":", "[")
        if person.label and not known.label and (beside or closed) and not self._labels(person):
            # "A 71-year-old woman (Case 2)", "a male sibling (case 2)"
            known.label, known.related = person.label, False
            return known.index
        if person.role == "relative" and person.preposition in ("to", "by", "from"):
            return None
        if person.role == "relative" and person.determiner not in ("his", "her", "the") and gap.strip() in (",", "("):
            # "a boy, son of first cousins", "a girl, sister of the first patient"
            following = self.narrative.folded[person.end : person.end + 4]
            return known.index if following == " of " and known.sex in ("", person.sex) else None
        aside = gap == ", " or _ASIDE.fullmatch(gap)
        if aside and person.role == "adjective" and self.narrative.folded.startswith(",", person.end):
            # "the affected individual, a male, was"
            return known.index if known.sex in ("", person.sex) else None
        if person.age is None and not (before.role == "case" or before.label):
            return None
        if len(gap) > 60 or before.possessive or not _APPOSED.match(gap) or " and " in gap:
            return None
        if person.determiner in ("his", "her"):
            return None
        if known.age[0] and person.age is not None and person.age.value != known.age[0]:
            return None
        if known.sex and person.sex and known.sex != person.sex:
            return None
        return known.index

    def _labelled(self, person: Person) -> tuple[int, ...]:
        """ "Case 2": the individual so labelled; a number counts the leading ones where they were announced together."""
        for one in self.roster.leading:
            if one.label == person.label:
                self._describe(one, person)
                return (one.index,)
        unlabelled = [one for one in self.roster.leading if not one.label]
        position = label_position(person.label)
        if position and len(self.roster.leading) >= position and self.roster.leading[position - 1] in unlabelled:
            one = self.roster.leading[position - 1]
            if one.announced or position == 1:
                one.label = person.label
                self._describe(one, person)
                return (one.index,)
        if position is not None and position > 12:
            return ()
        one = self._add(person, related=False)
        one.label = person.label
        return (one.index,)

    def _aged(self, person: Person) -> tuple[int, ...]:
        """ "A 34-year-old woman": a known individual told again, or a new one."""
        assert person.age is not None
        age = (person.age.value, person.age.unit)
        leading = self.roster.leading
        for one in leading:
            same_sex = not one.sex or not person.sex or one.sex == person.sex
            # "Case 1" as a heading or at the head of the sentence, and then "a boy of 4 years"
            near = self.last is not None and (self.last[0].sentence == person.sentence or bool(self.last[0].label))
            spoken_of = near and one.index == self.current
            if same_sex and (one.age == age or (one.age == NO_AGE and (not one.label or spoken_of))):
                self._describe(one, person)
                return (one.index,)
        if person.determiner in ("the", "this", "our"):
            fitting = [one for one in leading if not person.sex or one.sex in ("", person.sex)]
            if len(fitting) == 1:
                return (fitting[0].index,)
        if person.preposition in ("than", "among"):
            return ()
        if self.narrative.sentence_at(person.start).section in ("discussion", "conclusion"):
            return ()
        if person.preposition == "from" and leading:
            # "a kidney from a 40-year-old man", but "a sample from a 40-year-old man" opens a report
            return ()
        return (self._add(person, related=False).index,)

    def _referred(self, person: Person) -> tuple[int, ...]:
        """ "The patient", "the boy": the one spoken of, or the one of that noun; the first mention introduces it."""
        leading = self.roster.leading
        if (
            len(leading) > 1
            and person.determiner == "one"
            and not person.label
            and not is_described(self.narrative, person)
        ):
            # "one patient died": which of them is not told
            return ()
        if not leading and self._is_said_of_one(person):
            return ()
        if not leading:
            unsaid = person.role == "case" and person.determiner == ""
            # "in one case ... in the other case", of two told as a group
            unsaid = unsaid or (bool(self.roster.groups) and is_singled_out(self.narrative, person))
            if unsaid or person.possessive or person.determiner in ("no", "each", "any"):
                return ()
            return (self._add(person, related=False).index,)
        fitting = [one for one in leading if not person.sex or one.sex in ("", person.sex)]
        if person.role == "child":
            fitting = [one for one in fitting if one.noun in ("son", "daughter", "child", "fetus")] or fitting
        meant = [one.index for one in fitting]
        return (self.current,) if self.current in meant else tuple(meant[:1])

    def _is_said_of_one(self, person: Person) -> bool:
        """ "One patient was an adult male", of several told as a group: he is no more described than that."""
        if self.last is None or self.last[1] or not is_singled_out(self.narrative, self.last[0]):
            return False
        gap = self.narrative.folded[self.last[0].end : person.start]
        return bool(self.roster.groups) and bool(_IS_A.fullmatch(gap))
