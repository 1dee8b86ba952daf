"""The diagnoses of individuals, as the report names them: those made, and none that was suspected or excluded."""

import re
from collections.abc import Iterator

from casemill.components.narrative import Narrative
from casemill.components.phrases import phrase
from casemill.components.rosters import Individual, Roster

__all__ = ["find_diagnoses"]

_PHRASES = "subjects/phrases"
_DIAGNOSED = re.compile(
    r"\bdiagnos(?:ed\s(?:with|as(?:\shaving)?)|is\s(?:of|(?:was|is)(?!\s(?:\w+ed|made|not|never|no|as|in|at|by|of|on|to|then|given|reached|unclear|delayed|difficult|unknown|inconclusive|uncertain|challenging)\b)))\s(?:an?\s|the\s|(?:his|her|their|this|having)\s(?:an?\s)?)?(?P<named>[A-Za-z][^.;:()]{1,90}?)"
    r"(?=\s(?:was|were|had|and\s(?:\w{3,12}ly\s)?(?:was|treated|started|received|underwent|showed|developed|had|has|s?he)\b|at\s|on\s|by\s|based|before|until|after|when|while|who|which|that\s|for\s"
    r"|in\s(?:\d|early|late|childhood|infancy|adolescence|adulthood|(?:the|his|her|our|another|an?)\s|[A-Z][a-z]{2,8}\s\d)"
    r"|(?:due|secondary)\sto|(?:induced|caused)\sby|occurring|arising|harbou?ring|following|results|since|from|during|within|without|under|via|using|through|then|previously|earlier|several|many|some\s|a\s(?:few|year|month|week)"
    r"|\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)\s(?:days?|weeks?|months?|years?)\b)|\s?[.,;:()]|$)",
    re.IGNORECASE,
)
# So far around a diagnosis it is said that it was not sure.
_DOUBT = 40
_CONFIRMED = re.compile(r"(?<!not\s)\b(?:confirmed|proved|proven|verified)\b")
_CLAUSE = re.compile(r"[.;:,]|\b(?:and|but|then)\b")


def find_diagnoses(narrative: Narrative, roster: Roster, one: Individual) -> list[list[int]]:
    """Where diagnoses of ``one`` are named, each spelling once."""
    found: dict[str, list[int]] = {}
    for match in _diagnosed(narrative.plain):
        if phrase(_PHRASES, "unnamed").fullmatch(match["named"].lower()) or _is_doubted(narrative, match):
            continue
        if _is_told_of(narrative, roster, one, match.start()):
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


def _is_doubted(narrative: Narrative, match: "re.Match[str]") -> bool:
    """Whether a diagnosis was suspected, considered or excluded: "a suspected diagnosis of", "... was ruled out"."""
    sentence = narrative.sentence_at(match.start())
    lead = narrative.folded[max(sentence.start, match.start() - _DOUBT) : match.start()]
    before = _CLAUSE.split(lead)[-1]
    following = narrative.folded[match.end() : min(sentence.end, match.end() + _DOUBT)]
    doubted = (
        phrase(_PHRASES, "doubted_before").search(before)
        or phrase(_PHRASES, "doubted_after").match(following.lstrip())
        or phrase(_PHRASES, "doubted_name").match(match["named"].lower())
    )
    return doubted is not None and not (_CONFIRMED.search(before) or _CONFIRMED.search(following))


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
    if leading == {one.index}:
        return True
    last = [who for person, who in roster.mentions if person.start < start and leading & set(who)]
    return not last or one.index in last[-1]
