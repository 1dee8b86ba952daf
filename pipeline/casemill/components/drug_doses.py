"""Reads the steps of drug regimens: which drug, how much, how often, by which route, and what became of it.

The parts: :mod:`~casemill.components.drug_names` (names and guards), :mod:`~casemill.components.drug_passages` (a sentence
as the rules see it), :mod:`~casemill.components.drug_steps` (doses to names), :mod:`~casemill.components.drug_schedules`
(frequency, duration), :mod:`~casemill.components.drug_routes`, :mod:`~casemill.components.drug_actions` and
:mod:`~casemill.components.drug_targets` (changes and stops, and of what) and :mod:`~casemill.components.drug_courses` (a drug's
course through the document).
"""

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.codes import Codes
from casemill.components.drug_actions import act
from casemill.components.drug_changes import settle_changes
from casemill.components.drug_classes import spelled_out
from casemill.components.drug_courses import Courses
from casemill.components.drug_names import CLASSES, DRUGS, ROUTES, DrugNames, Mention
from casemill.components.drug_passages import ACTIONS, EXPOSURES, MOST, read_passage
from casemill.components.drug_schedules import schedule
from casemill.components.drug_steps import read_steps
from casemill.components.frames import Frame, store
from casemill.components.narrative import Narrative, Sentence
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns

__all__ = ["make_drug_doses"]


# A dose in a sentence that names no drug.
_DOSE = re.compile(r"\d\s?(?:m?g|μg|mcg|iu|units?|u)(?![a-z])")
# Where a report turns to its next patient, each drug's course begins anew.
_ANOTHER_CASE = re.compile(
    r"(?:the\s|our\s|a\s|in\s)?(?:(?:case|patient)\s?(?:report\s)?(?:no\.?\s?|number\s|#\s?)?(?:[2-9]|two|three|four|five|ii|iii|iv|b)\b"
    r"|(?:second|third|fourth|fifth|next|other)\s(?:patient|case|child|sibling|twin)\b)"
)


@Language.factory("casemill_drug_doses", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_drug_doses(nlp: Language, name: str, patterns: str | None) -> "DrugDoses":
    """A reader of drug regimens; ``patterns`` is a folder laid over the packaged pattern files."""
    return DrugDoses(name, overlay(patterns))


class DrugDoses:
    """Writes the frames of ``drug_doses``."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns
        self.names = DrugNames(patterns)
        self.fillers = {
            row.canonical: frozenset(row["spellings"].split("|"))
            for row in patterns.rows("drug_doses/fillers").values()
        }
        self.forms = {row.id: row["form"] for row in patterns.rows(ACTIONS).values()}
        self._codes = Codes(patterns, DRUGS, "drug", "rxcui")

    def __call__(self, doc: Doc) -> Doc:
        """Read the regimens of ``doc``."""
        find_terms(doc, self.patterns, DRUGS, CLASSES, ROUTES, ACTIONS, EXPOSURES)
        narrative = Narrative.of(doc)
        mentions = self.names.find(narrative)
        found: list[Frame] = []
        if mentions:
            courses, course, last = Courses(self.names), 0, len(narrative.sentences)
            for sentence, own in _by_sentence(narrative, mentions):
                passed = narrative.sentences[last + 1 : sentence.number + 1]
                if any(_ANOTHER_CASE.match(narrative.folded, one.start) for one in passed):
                    settle_changes(narrative, found[course:])
                    courses, course = Courses(self.names), len(found)
                last = sentence.number
                named = own[:MOST]
                if silent := spelled_out(self.names, narrative.folded, named):
                    named = [m for m in named if m not in silent]
                passage = read_passage(narrative, sentence, named, silent, self.fillers, self.forms)
                steps = read_steps(passage)
                schedule(passage, steps)
                found += courses.frames(passage, act(passage, steps))
            settle_changes(narrative, found[course:])
        store(doc, "drug_doses", self._codes.put_on(found))
        return doc


def _by_sentence(narrative: Narrative, mentions: list[Mention]) -> Iterator[tuple[Sentence, list[Mention]]]:
    """Sentences with a name, and of the two after each those that tell an action without a name, with their names."""
    own: dict[int, list[Mention]] = {}
    for mention in mentions:
        own.setdefault(narrative.sentence_at(mention.start).number, []).append(mention)
    first = reached = next(iter(own))
    for sentence in narrative.sentences[first:]:
        named = own.get(sentence.number)
        if named:
            reached = sentence.number + 2
        if sentence.extract and (named or (sentence.number <= reached and _tells(narrative, sentence))):
            yield sentence, named or []


def _tells(narrative: Narrative, sentence: Sentence) -> bool:
    """Whether a sentence without a name tells an action or a dose."""
    if narrative.terms_in(ACTIONS, sentence.start, sentence.end):
        return True
    return _DOSE.search(narrative.folded, sentence.start, sentence.end) is not None
