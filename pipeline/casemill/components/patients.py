"""The individuals of a report: age, sex and diagnoses (``patients``; specification, sections 1 and 2).

The report's leading individuals get their rows here. Relatives and controls count only if a fact of theirs stands in
another table: :mod:`casemill.components.subjects` adds them, and gives everyone a number.
"""

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.demographics import fill_age, fill_sex
from casemill.components.frames import Frame, frame, store
from casemill.components.individuals import read_roster
from casemill.components.narrative import Narrative
from casemill.components.persons import PERSONS, find_persons
from casemill.components.phrases import phrase
from casemill.components.rosters import Individual, Roster, label_position
from casemill.components.tabled_persons import find_tabled_persons
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns

__all__ = ["make_patients", "patient_frame", "roster_of", "subject_names"]

_DIAGNOSED = re.compile(
    r"\bdiagnos(?:ed\s(?:with|as(?:\shaving)?)|is\sof)\s(?:an?\s|the\s|(?:his|her|their|this|having)\s(?:an?\s)?)?(?P<named>[A-Za-z][^.;:()]{1,90}?)"
    r"(?=\s(?:was|were|had|and\s(?:\w{3,12}ly\s)?(?:was|treated|started|received|underwent|showed|developed|had|has|s?he)\b|at\s|on\s|by\s|based|before|after|when|while|who|which|that\s|for\s"
    r"|in\s(?:\d|early|late|childhood|infancy|adolescence|adulthood|(?:the|his|her|our|another|an?)\s|[A-Z][a-z]{2,8}\s\d)"
    r"|induced\sby|harbou?ring|following|results|since|from|during|within|without|under|via|using|through|then|previously|earlier|several|many|some\s|a\s(?:few|year|month|week)"
    r"|\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)\s(?:days?|weeks?|months?|years?)\b)|\s?[.,;:()]|$)",
    re.IGNORECASE,
)


@Language.factory("casemill_patients", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_patients(nlp: Language, name: str, patterns: str | None) -> "Patients":
    """A reader of individuals; ``patterns`` is a folder laid over the packaged pattern files."""
    return Patients(name, overlay(patterns))


class Patients:
    """Writes a frame for each of the individuals whom the report is about."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """Find the individuals of ``doc``."""
        find_terms(doc, self.patterns, PERSONS)
        narrative = Narrative.of(doc)
        roster = roster_of(doc, narrative, self.patterns)
        names = subject_names(roster.leading)
        store(doc, "patients", (patient_frame(narrative, roster, one, names[one.index]) for one in roster.leading))
        return doc


# Read once a document, and gone with it: the components that ask for it follow each other.
_ROSTERS: WeakKeyDictionary[Doc, Roster] = WeakKeyDictionary()


def roster_of(doc: Doc, narrative: Narrative, patterns: Patterns) -> Roster:
    """The individuals of ``doc``, in which :data:`PERSONS` has been scanned for; ``narrative`` is of the same document."""
    found = _ROSTERS.get(doc)
    if found is None:
        persons = sorted(
            [*find_persons(narrative, patterns), *find_tabled_persons(narrative)], key=lambda one: one.start
        )
        found = _ROSTERS[doc] = read_roster(narrative, persons)
        fill_age(narrative, found)
        fill_sex(narrative, found)
    return found


def subject_names(individuals: list[Individual]) -> dict[int, str]:
    """``patient`` for a single individual, else ``patient-1``, ...: those announced together first, then by first mention."""
    if len(individuals) == 1:
        return {individuals[0].index: "patient"}
    together = any(one.announced or one.label for one in individuals)
    leading = [one for one in individuals if not one.related]
    labelled = all(label_position(one.label) for one in leading)

    def place(one: Individual) -> tuple[bool, int, int, int]:
        return together and one.related, (label_position(one.label) or 0) if labelled else 0, one.first, one.index

    ordered = sorted(individuals, key=place)
    return {one.index: f"patient-{number}" for number, one in enumerate(ordered, 1)}


def patient_frame(narrative: Narrative, roster: Roster, one: Individual, subject: str) -> Frame:
    """The frame of ``one`` in table ``patients``."""
    cells: dict[str, tuple[str, list[list[int]]]] = {
        "subject": (subject, [[one.start, one.end]]),
        "age": (one.age[0], [one.age_at]),
        "age_unit": (one.age[1], [one.age_at]),
        "sex": (one.sex, [one.sex_at]),
    }
    if not one.related:
        named = _diagnoses(narrative, roster, one)
        cells["diagnoses"] = ("; ".join(narrative.text[start:end] for start, end in named), named)
    quality = ["age_range:age"] if one.age_range and not one.age[0] else []
    rule = "patients.relative" if one.related else "patients.individual"
    return frame(one.start, one.end, rule, cells, narrative.sentence_at(one.start), quality=quality)


def _diagnoses(narrative: Narrative, roster: Roster, one: Individual) -> list[list[int]]:
    """Where diagnoses of ``one`` are named, each spelling once."""
    found: dict[str, list[int]] = {}
    for match in _diagnosed(narrative.plain):
        if not phrase("subjects/phrases", "unnamed").fullmatch(match["named"].lower()) and _is_told_of(
            narrative, roster, one, match.start()
        ):
            found.setdefault(match["named"].lower(), [match.start("named"), match.end("named")])
    return list(found.values())


def _diagnosed(text: str) -> Iterator["re.Match[str]"]:
    """Matches of the expression for a diagnosis, tried only where its first word stands."""
    place = text.find("iagnos")
    while place >= 0:
        match = _DIAGNOSED.match(text, max(0, place - 1))
        if match is not None:
            yield match
        place = text.find("iagnos", match.end() if match else place + 1)


def _is_told_of(narrative: Narrative, roster: Roster, one: Individual, start: int) -> bool:
    """Whether the words at ``start`` speak of ``one``: whoever was named last, but nobody of a review or a group."""
    sentence = narrative.sentence_at(start)
    if not sentence.extract or sentence.section in ("literature_review", "introduction"):
        return False
    here = [(person, who) for person, who in roster.mentions if person.sentence == sentence.start]
    named = [(person, who) for person, who in here if person.start < start]
    if named and not named[-1][1] and named[-1][0].role != "case":
        return False
    if sentence.section == "discussion" and not any(who for _, who in here):
        return False
    if named and named[-1][1] and all(roster.individuals[index].related for index in named[-1][1]):
        return False
    leading = {each.index for each in roster.leading}
    last = [who for person, who in roster.mentions if person.start < start and leading & set(who)]
    return not last or one.index in last[-1]
