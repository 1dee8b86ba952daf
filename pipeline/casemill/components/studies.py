"""Reports of nobody: studies of groups, of populations, of molecules. What they state of "the patient" is no fact of one.

A report that describes no individual, neither by age nor by sex nor as *a* patient, and that speaks as studies do
(``subjects/studies``), has no patient: "if the patient could not receive the second treatment" is a rule of a protocol, and
"His to Ala" an amino acid. Where every sign is of a study, "a patient" alone is nobody either. Its counted groups keep
their facts.
"""

from spacy.tokens import Doc

from casemill.components.frames import drop, frames_of
from casemill.components.narrative import Narrative
from casemill.components.rosters import NO_AGE, Individual, Roster
from casemill.components.terms import find_terms
from casemill.resources import Patterns
from casemill.schema import FACT_TABLES

__all__ = ["STUDIES", "drop_facts_of_nobody"]

#: The lexicon of the words of studies.
STUDIES = "subjects/studies"
# Words that a report about a patient may hold too, while it speaks of the patient somewhere.
_WEAK = "molecule"
# "the patient" may be anybody; "a patient", "our patient", "the second patient", "her brother" are somebody.
_ANYBODY = ("", "the", "each", "every", "any", "per")
_SOMEBODY = ("a", "an", "one", "our", "this")
_NOMINATIVE = ("he", "she")
# One word of a study may be said of a patient: "the patient was enrolled in a clinical trial".
_ENOUGH = 2
# So many kinds of study words are no case report: "a patient" may be anybody there too.
_EVIDENT = 3
_COHORT = "cohort"


def drop_facts_of_nobody(doc: Doc, narrative: Narrative, roster: Roster, patterns: Patterns) -> None:
    """Drop the individuals and their facts in a study that describes none; frames have their subjects already."""
    if any(_is_described(roster, one) for one in roster.individuals):
        return
    find_terms(doc, patterns, STUDIES)
    told = narrative.terms(STUDIES)
    strong = [term for term in told if term.canonical != _WEAK]
    if roster.individuals:
        evident = len({term.canonical for term in strong}) >= _EVIDENT
        somebody = any(_is_somebody(narrative, roster, one) for one in roster.individuals)
        if not evident and (somebody or len(strong) < _ENOUGH):
            return
    elif not told:
        return
    for table in ("patients", *FACT_TABLES):
        for one in frames_of(doc, table):
            subject = one["cells"].get("subject")
            if subject is None or subject[0] != _COHORT:
                drop(one, "study")


def _is_described(roster: Roster, one: Individual) -> bool:
    """Whether an individual is told with an age, as "a woman", or by a number: nobody is by chance."""
    if one.label or one.announced:
        return True
    for person, meant in roster.mentions:
        if meant == (one.index,) and (
            (person.age is not None and not person.counted)
            or (person.sex and person.role != "adjective" and person.determiner in _SOMEBODY)
        ):
            return True
    return False


def _is_somebody(narrative: Narrative, roster: Roster, one: Individual) -> bool:
    """Whether an individual is spoken of as one person, not as anybody, and not by "his" alone."""
    if one.age != NO_AGE or (one.sex_at and narrative.folded[slice(*one.sex_at)] in _NOMINATIVE):
        return True
    return any(
        person.determiner not in _ANYBODY or person.counted or person.sex
        for person, meant in roster.mentions
        if one.index in meant
    )
