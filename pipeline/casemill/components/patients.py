"""The individuals of a report: age, sex and diagnoses (``patients``; specification, sections 1 and 2).

The report's leading individuals get their rows here. Relatives and controls count only if a fact of theirs stands in
another table: :mod:`casemill.components.subjects` adds them, and gives everyone a number.
"""

from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.demographics import fill_age, fill_sex
from casemill.components.diagnoses import find_diagnoses
from casemill.components.frames import Frame, frame, store
from casemill.components.individuals import read_roster
from casemill.components.narrative import Narrative
from casemill.components.persons import PERSONS, find_persons
from casemill.components.rosters import Individual, Roster, label_position
from casemill.components.tabled_persons import find_tabled_persons
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns

__all__ = ["make_patients", "patient_frame", "roster_of", "subject_names"]


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
        leading = roster.leading
        names = subject_names(leading)
        store(doc, "patients", [patient_frame(narrative, roster, one, names[one.index]) for one in leading])
        return doc


# Read once a document, and gone with it: the components that ask for it follow each other.
_ROSTERS: WeakKeyDictionary[Doc, Roster] = WeakKeyDictionary()


def roster_of(doc: Doc, narrative: Narrative, patterns: Patterns) -> Roster:
    """The individuals of ``doc``, in which :data:`PERSONS` has been scanned for; ``narrative`` is of the same document."""
    found = _ROSTERS.get(doc)
    if found is None:
        persons = find_persons(narrative, patterns)
        if tabled := find_tabled_persons(narrative):
            persons = sorted([*persons, *tabled], key=lambda one: one.start)
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
        named = find_diagnoses(narrative, roster, one)
        cells["diagnoses"] = ("; ".join(narrative.text[start:end] for start, end in named), named)
    quality = ["age_range:age"] if one.age_range and not one.age[0] else []
    rule = "patients.relative" if one.related else "patients.individual"
    return frame(one.start, one.end, rule, cells, narrative.sentence_at(one.start), quality=quality)
