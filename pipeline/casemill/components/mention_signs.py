"""What stands around a mention of a person: signs by which it introduces somebody, heads what follows, or means nobody."""

import re

from casemill.components.narrative import Narrative
from casemill.components.persons import Person
from casemill.components.phrases import phrase
from casemill.components.rosters import ABOUT_OTHERS

__all__ = [
    "is_compared",
    "is_described",
    "is_elder",
    "is_heading",
    "is_other",
    "is_own",
    "is_predicate",
    "is_singled_out",
]

# "Smith et al.", "described a girl (2003)": another report's. Literals lead, since the engine leaps to them.
_AUTHORS = re.compile(r"et\sal\b(?<!\wet\sal)")
_LITERATURE = re.compile(r"literature\b(?<!\wliterature)")
_PUBLISHED = re.compile(r"\b(?:reported|described|published)\s(?:an?|the|two|three|\d)\b.*\(?(?:19|20)\d\d")
# What stands around a label or heading: a mark of Markdown, a number, a note in brackets, a stop.
_ALONE = re.compile(r"\s?(?:\([^()]{1,40}\)|,\s[^.,]{1,20})?[\s*_]*[.:)-]?[\s*_]*")
_BEFORE_ALONE = re.compile(r"[\s*_#(-]*(?:\d{1,2}(?:\.\d)?[.)]?\s)?(?:(?:the|our|his|her)\s)?")
# Sections in which a mention by itself heads nothing.
_TOLD_ABOUT = frozenset({"literature_review", "references", "introduction", "discussion", "conclusion"})
_PREDICATE = re.compile(r"\b(?:were|are)\s(?:also\s|both\s)?$")
_WITH_AGE = re.compile(r",?\s\(?an?\s(?:[\w-]+\s){0,2}\d{1,3}[\s-]")
_OTHER = re.compile(r"\b(?:other|another|remaining|latter|former)\s(?:[\w-]+\s)?$")
_ELDER = re.compile(r"\b(?:elder|older|eldest|oldest|younger|youngest|first|second|third|other)\b")
_LIKE = re.compile(r"\b(?:as|like|unlike|than|with)\s(?:in\s)?(?:(?:his|her|the)\s(?:[\w-]+\s){0,2}[\w-]+,?\s\(?)?$")


def is_own(narrative: Narrative, person: Person) -> bool:
    """Whether the mention can be of this report's own persons, and not of another's."""
    sentence = narrative.sentence_at(person.start)
    words = narrative.folded[sentence.start : sentence.end]
    if sentence.section in ABOUT_OTHERS and not phrase("subjects/phrases", "own_report").search(words):
        return person.determiner in ("the", "our", "this", "his", "her") and sentence.section != "literature_review"
    return person.determiner in ("our", "this") or not _cites(words)


def _cites(words: str) -> bool:
    """Whether a sentence speaks of another's report."""
    return bool(
        _AUTHORS.search(words)
        or _LITERATURE.search(words)
        or (("19" in words or "20" in words) and _PUBLISHED.search(words))
    )


def is_heading(narrative: Narrative, person: Person) -> bool:
    """Whether a mention heads what follows: "Case 2.", "Twin A.", "The mother" on a line of its own."""
    folded = narrative.folded
    if not _BEFORE_ALONE.fullmatch(folded, person.sentence, person.start):
        return False
    sentence = narrative.sentence_at(person.start)
    return sentence.section not in _TOLD_ABOUT and bool(_ALONE.fullmatch(folded, person.end, sentence.end))


def is_elder(narrative: Narrative, person: Person) -> bool:
    """ "The elder brother", of two announced."""
    return bool(_ELDER.search(narrative.folded, max(0, person.start - 12), person.end))


def is_singled_out(narrative: Narrative, person: Person) -> bool:
    """ "One patient", "the other case": somebody of a group, of whom no more is told."""
    return not is_described(narrative, person) and (person.determiner == "one" or is_other(narrative, person))


def is_described(narrative: Narrative, person: Person) -> bool:
    """ "One patient, a 59-year-old man, ..."."""
    return bool(_WITH_AGE.match(narrative.folded, person.end))


def is_other(narrative: Narrative, person: Person) -> bool:
    """ "The other", "another", "the remaining"."""
    if person.determiner == "another":
        return True
    return bool(_OTHER.search(narrative.folded, max(0, person.start - 24), person.start))


def is_predicate(narrative: Narrative, person: Person) -> bool:
    """ "Two of them were siblings" tells of those known; it introduces nobody."""
    return bool(_PREDICATE.search(narrative.folded, person.sentence, person.start))


def is_compared(narrative: Narrative, person: Person) -> bool:
    """Whether a label only tells who somebody else is: "the same variant as her brother, patient 1"."""
    return bool(person.label and _LIKE.search(narrative.folded, person.sentence, person.start))
