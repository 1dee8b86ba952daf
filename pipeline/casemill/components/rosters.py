"""Who is who in a report: its individuals, and which of them each mention means."""

import re
from dataclasses import dataclass, field

from casemill.components.persons import Person

__all__ = ["ABOUT_OTHERS", "NO_AGE", "PRONOUN", "Individual", "Piece", "Roster", "label_position"]

Piece = list[int]
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
    """The individuals of a report and which of them each mention means (an index, or -1 for none or a group)."""

    individuals: list[Individual] = field(default_factory=list)
    mentions: list[tuple[Person, tuple[int, ...]]] = field(default_factory=list)
    groups: list[Person] = field(default_factory=list)

    @property
    def leading(self) -> list[Individual]:
        """Those whom the report is about, in the order in which they are numbered."""
        return [one for one in self.individuals if not one.related]


def label_position(label: str) -> int | None:
    """The number that a label means: ``2``, ``II`` and ``B`` are 2; none if it means no number."""
    if label.isdigit():
        return int(label)
    roman = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
    if label in roman:
        return roman[label]
    return ord(label) - ord("A") + 1 if len(label) == 1 else None
