"""Whether a person named before a fact is the one it is told of, and not merely named ("according to his mother")."""

import re

from casemill.components.frames import Frame
from casemill.components.narrative import Narrative, Sentence
from casemill.components.persons import Person
from casemill.components.phrases import phrase

__all__ = ["NOT_AGENT", "RESULTS", "is_agent", "parent_of", "speaks"]

#: Prepositions before a person of whom the sentence is not told.
NOT_AGENT = frozenset({"from", "to", "by", "than", "with", "after", "between", "among", "on", "for", "via", "under"})
#: Tables whose results a relative may have; a relative's drugs and outcomes are family history (section 9).
RESULTS = frozenset({"mutations", "antibodies", "lab_values"})
# Prepositions behind a test: "electrophoresis done for her mother showed".
_TESTED = frozenset({"for", "on", "from"})
# Tables of what is measured: "maternal platelets were 90,000/uL", but "a maternal mutation" is the child's.
_MEASURED = frozenset({"antibodies", "lab_values"})
_PARENTAL = re.compile(r"\b(?P<parent>maternal|paternal)\s$")
_PARENTS = {"maternal": "mother", "paternal": "father"}
_ELSEWHERE = re.compile(r"\bthe\spatient\b|\bstated\sthat\b|\breported\sthat\b|;")
# Between a relative and a result of theirs: "'s serum ferritin", ", whose creatinine", "a mother with anti-Ro".
_OWNED = re.compile(r"'s?\s(?:(?!of\b|and\b)[\w-]+\s){0,2}")
_WHOSE = re.compile(r",?\s(?:whose\s(?:[\w-]+\s){0,3}|who\s(?:had|has|was|is|carried|tested)\s[^,;]{0,60})")
_HAVING = re.compile(r"\swith\s(?:[\w-]+\s){0,3}")
_SHOWED = re.compile(
    r"\s(?:[\w-]+\s){0,2}?(?:showed|revealed|found|demonstrated|concluded|confirmed|disclosed|identified|detected)\b"
)


def speaks(person: Person, frame: Frame) -> bool:
    """Whether a group named before a frame is the one spoken of: a subject, not "born to ... parents"."""
    overlaps = person.end > frame["start"]
    if person.role == "siblings" and person.preposition in ("of", "to"):
        # "a boy, son of first cousins"
        return False
    if person.role == "group" and not overlaps and person.preposition and not (person.counted or person.determiner):
        return False
    return overlaps or (person.preposition not in NOT_AGENT and not (person.role == "parents" and person.possessive))


def is_agent(narrative: Narrative, table: str, person: Person, sentence: Sentence, frame: Frame) -> bool:
    """Whether a frame is told of a relative named before it."""
    if person.start >= frame["start"]:
        # "antibodies against the donor" are not the donor's
        return person.noun != "donor"
    folded = narrative.folded
    between = folded[person.end : frame["start"]]
    if table in RESULTS and _has_result(narrative, person, between):
        return True
    if person.possessive or person.preposition in NOT_AGENT:
        return False
    if person.preposition in ("of", "in") and table not in RESULTS:
        return False
    if _ELSEWHERE.search(between):
        return False
    history = phrase("subjects/phrases", "family_history").search(folded[sentence.start : person.start])
    return table in RESULTS or not history or len(between) < 120


def parent_of(narrative: Narrative, table: str, frame: Frame) -> tuple[str, tuple[int, int]] | None:
    """The parent whose measurement the adjective before a frame says it is, and where: "maternal platelets were 90,000/uL"."""
    start = frame["start"]
    match = _PARENTAL.search(narrative.folded, max(0, start - 12), start) if table in _MEASURED else None
    return (_PARENTS[match["parent"]], match.span("parent")) if match else None


def _has_result(narrative: Narrative, person: Person, between: str) -> bool:
    """Whether the words ``between`` a relative and a result give it to the relative, whatever the sentence is about."""
    if person.possessive:
        samples = phrase("subjects/phrases", "samples").match(narrative.folded, person.end + 3)
        return bool(samples or _OWNED.fullmatch(between))
    if person.preposition in _TESTED and _SHOWED.match(between):
        return True
    return bool(_WHOSE.fullmatch(between) or (person.determiner in ("a", "an") and _HAVING.fullmatch(between)))
