"""The individuals introduced so far while a report is read, and what is told of them."""

from casemill.components.announcements import Announcement
from casemill.components.narrative import Narrative
from casemill.components.persons import Person
from casemill.components.rosters import ABOUT_OTHERS, NO_AGE, PRONOUN, Individual, Roster

__all__ = ["Introductions"]


class Introductions:
    """The roster of one document as far as it is read; ``current`` is who was spoken of last, -1 for nobody.

    ``last`` is the mention before and whom it means; ``opened`` is whom the heading right before is about, or -1.
    """

    def __init__(self, narrative: Narrative) -> None:
        self.narrative = narrative
        self.roster = Roster()
        self.current = -1
        self.last: tuple[Person, tuple[int, ...]] | None = None
        self.announced = Announcement(narrative)
        self.coming: list[Person] = []
        self.opened = -1

    def _labels(self, person: Person) -> bool:
        """Whether somebody bears the label of ``person`` already."""
        return any(one.label == person.label for one in self.roster.individuals)

    def _add(self, person: Person, *, related: bool) -> Individual:
        one = Individual(len(self.roster.individuals), person.start, person.end, person.noun, related, person.sentence)
        one.announced = person.role == "siblings"
        one.first = person.start
        one.of = self.current
        self.roster.individuals.append(one)
        self._describe(one, person)
        return one

    def _describe(self, one: Individual, person: Person) -> None:
        if person.sex and not one.sex:
            one.sex, one.sex_at = person.sex, [person.start, person.end]
        if person.age is not None and one.age == NO_AGE and person.role != "siblings":
            if person.age.value:
                one.age, one.age_at = (person.age.value, person.age.unit), [person.age.start, person.age.end]
                one.start, one.end = person.start, person.end
            else:
                one.age_range = True

    def introduce_from_pronouns(self) -> None:
        """A text that only says "he" or "she" still speaks of someone."""
        for sentence in self.narrative.sentences:
            if sentence.extract and sentence.section not in ABOUT_OTHERS:
                match = PRONOUN.search(self.narrative.folded, sentence.start, sentence.end)
                if match:
                    one = Individual(0, match.start(), match.end(), "patient", False, sentence.start)
                    for known in self.roster.individuals:
                        known.index += 1
                    self.roster.individuals.insert(0, one)
                    self.roster.mentions = [(p, tuple(i + 1 for i in meant)) for p, meant in self.roster.mentions]
                    return
