"""Titles: they announce the individuals of a report, and the text after them describes those."""

from casemill.components.narrative import Narrative
from casemill.components.persons import Person
from casemill.components.rosters import NO_AGE, Roster

__all__ = ["announce", "title_end"]

_SIBLINGS = ("sister", "brother", "sibling")
# A line shorter than this over a title is a heading ("CASE REPORT"); a first line longer than that is prose.
_SHORTEST_TITLE = 30
_TITLE_LENGTH = 300


def announce(roster: Roster, announced: list[Person]) -> Roster:
    """A title announces, and describes only what the text leaves open: of "two brothers", each is male."""
    for person in announced:
        leading = roster.leading
        who: tuple[int, ...] = ()
        count = int(person.counted or "2") if person.role == "siblings" else 1
        if person.role == "siblings" and len(leading) < count:
            # "a boy ... his brother" of "two brothers": both are the report's
            kin = [one for one in roster.individuals if one.related and one.noun in _SIBLINGS and one.age != NO_AGE]
            for one in kin[: count - len(leading)]:
                roster.admit(one)
        if person.role in ("individual", "adjective", "child", "case", "siblings") and count == len(leading):
            who = tuple(one.index for one in leading)
            for one in leading:
                if person.sex and not one.sex:
                    one.sex, one.sex_at = person.sex, [person.start, person.end]
            if len(leading) == 1 and person.age is not None and person.age.value and leading[0].age == NO_AGE:
                leading[0].age = (person.age.value, person.age.unit)
                leading[0].age_at = [person.age.start, person.age.end]
        elif person.role in ("group", "siblings", "parents"):
            roster.groups.append(person)
        roster.mentions.append((person, who))
    roster.mentions.sort(key=lambda mention: mention[0].start)
    return roster


def title_end(narrative: Narrative) -> int:
    """Where the report's title ends; 0 if it has none: a section told so, or a first line without a full stop."""
    end = 0
    for sentence in narrative.sentences[: min(3, len(narrative.sentences) - 1)]:
        line = narrative.text.find("\n", sentence.start, sentence.end + 2)
        alone = (
            line >= sentence.end
            and line - sentence.start < _TITLE_LENGTH
            and narrative.text[sentence.end - 1] not in ".:;?"
        )
        if sentence.section != "title" and not alone:
            break
        # "CASE REPORT" over the title, "Summary" or "Case 1" below it
        short = sentence.end - sentence.start < _SHORTEST_TITLE
        if short and end:
            break
        end = 0 if short else sentence.end
    return end
