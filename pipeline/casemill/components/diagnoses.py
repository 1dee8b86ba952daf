"""The diagnoses of individuals, as the report names them: those made, and none that was suspected or excluded."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import itemgetter

from casemill.components.narrative import Narrative
from casemill.components.phrases import phrase
from casemill.components.rosters import Roster

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


def find_diagnoses(narrative: Narrative, roster: Roster) -> dict[int, list[list[int]]]:
    """By the index of each leading individual that has any, where its diagnoses are named, each spelling once."""
    made = [match for match in _diagnosed(narrative.plain) if _is_made(narrative, match)]
    if not made:
        return {}
    speech = _Speech(narrative, roster)
    found: dict[int, dict[str, list[int]]] = {}
    for match in made:
        for index in speech.of(match.start()):
            found.setdefault(index, {}).setdefault(match["named"].lower(), [match.start("named"), match.end("named")])
    return {index: list(named.values()) for index, named in found.items()}


def _diagnosed(text: str) -> Iterator["re.Match[str]"]:
    """Matches of the expression for a diagnosis, tried only where its first word stands."""
    place = text.find("iagnos")
    while place >= 0:
        match = _DIAGNOSED.match(text, max(0, place - 1))
        if match is not None:
            yield match
        place = text.find("iagnos", match.end() if match else place + 1)


def _is_made(narrative: Narrative, match: "re.Match[str]") -> bool:
    """Whether a diagnosis is named, and was made."""
    return not (phrase(_PHRASES, "unnamed").fullmatch(match["named"].lower()) or _is_doubted(narrative, match))


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


class _Speech:
    """Tells whom the words at a place speak of: whoever was named last, but nobody of a review or a group."""

    def __init__(self, narrative: Narrative, roster: Roster) -> None:
        self.narrative = narrative
        self.roster = roster
        self.leading = [one.index for one in roster.leading]
        self._mentions = roster.by_sentence()
        leading = set(self.leading)
        self._spoken = [(person.start, who) for person, who in roster.mentions if not leading.isdisjoint(who)]

    def of(self, start: int) -> Iterable[int]:
        """The individuals whom the words at ``start`` speak of, by index: all leading ones before any is named."""
        sentence = self.narrative.sentence_at(start)
        if not sentence.extract or sentence.section in ("literature_review", "introduction"):
            return ()
        here = self._mentions.get(sentence.start, ())
        if sentence.section == "discussion" and not any(who for _, who in here):
            return ()
        named = [mention for mention in here if mention[0].start < start]
        if named:
            person, who = named[-1]
            if not who and person.role != "case":
                return ()
            if who and all(self.roster.individuals[index].related for index in who):
                return ()
        if len(self.leading) == 1:
            return self.leading
        place = bisect_left(self._spoken, start, key=itemgetter(0))
        return self._spoken[place - 1][1] if place else self.leading
