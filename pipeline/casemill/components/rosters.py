"""Who is who in a report: its individuals, and which of them each mention means."""

import re
from bisect import insort
from dataclasses import dataclass, field
from operator import attrgetter

from casemill.components.persons import Person

__all__ = ["ABOUT_OTHERS", "NO_AGE", "PRONOUN", "Individual", "Mention", "Piece", "Roster", "label_position"]

Piece = list[int]
#: A mention of a person and the individuals it means, by index: none for a group or for nobody of this report.
Mention = tuple[Person, tuple[int, ...]]
#: Sections in which a new individual is another report's, unless the sentence says that it is this one's.
ABOUT_OTHERS = frozenset({"introduction", "discussion", "conclusion", "literature_review", "references", "methods"})
#: Pronouns that tell a sex; it begins with their letters, so that the engine leaps to them.
PRONOUN = re.compile(r"[hs](?<!\w.)(?:(?P<female>(?<=s)he|(?<=h)er(?:s|self)?)|(?P<male>(?<=h)(?:e|is|im(?:self)?)))\b")
#: An age not told.
NO_AGE = ("", "")


@dataclass(slots=True)
class Individual:
    """One person of the report; ``start`` and ``end`` are of the mention that introduces it."""

    index: int
    start: int
    end: int
    noun: str
    related: bool
    sentence: int
    sex: str = ""
    sex_at: Piece = field(default_factory=list)
    age: tuple[str, str] = NO_AGE
    age_at: Piece = field(default_factory=list)
    age_range: bool = False
    label: str = ""
    announced: bool = False
    of: int = -1
    first: int = 0


@dataclass(slots=True)
class Roster:
    """The individuals of a report and its mentions of persons, in text order.

    ``leading`` are those whom the report is about, in the order of their index: :meth:`add` and :meth:`admit` keep it.
    """

    individuals: list[Individual] = field(default_factory=list)
    leading: list[Individual] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    groups: list[Person] = field(default_factory=list)

    def add(self, one: Individual) -> None:
        """Take in an individual; its index is the number of those known."""
        self.individuals.append(one)
        if not one.related:
            self.leading.append(one)

    def admit(self, relative: Individual) -> None:
        """Count a relative among those whom the report is about."""
        relative.related = False
        insort(self.leading, relative, key=attrgetter("index"))

    def by_sentence(self) -> dict[int, list[Mention]]:
        """The mentions by where their sentence begins."""
        found: dict[int, list[Mention]] = {}
        for mention in self.mentions:
            found.setdefault(mention[0].sentence, []).append(mention)
        return found


def label_position(label: str) -> int | None:
    """The number that a label means: ``2``, ``II`` and ``B`` are 2; none if it means no number."""
    if label.isdigit():
        return int(label)
    roman = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
    if label in roman:
        return roman[label]
    return ord(label) - ord("A") + 1 if len(label) == 1 else None
