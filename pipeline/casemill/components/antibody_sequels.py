"""What later sentences say of an antibody without its name.

"Anti-X was tested. The result was positive." tells in a sentence of its own the result of tests that have none yet. "The
inhibitor was no longer detectable", "the antibody titre fell to 1:40" speak of the one antibody told before.
"""

import re
from typing import NamedTuple

from casemill.components.antibody_cues import CUES, Statement
from casemill.components.antibody_mentions import Mention
from casemill.components.narrative import Narrative
from casemill.resources import Patterns

__all__ = ["Sequel", "find_anaphors", "find_sequel"]

_OPENING = re.compile(
    r"(?:(?:but|however|and),?\s)?(?P<who>it|this|they|these|both|all|all of (?:them|these|which)|none|neither"
    r"|(?:the|these|this|all|both|her|his|its|their|and the)\s(?:latter\s)?(?:blood\s|serum\s|antibody\s)?"
    r"(?:results?|tests?|assays?|antibod(?:y|ies)|autoantibod(?:y|ies)|screens?|serolog(?:y|ies)|titers?|titres?|findings?)"
    r"|results?|(?:on )?testing|tests?)\b(?P<gap>[^.;,()]{0,40}?)$"
)
_NEGATED = re.compile(r"\b(?:not|never|no|none|neither)\b")
_ANAPHOR = re.compile(
    r"\b(?:the|this|these|those|her|his|its|their|such)\s(?:same\s|anti-?factor\s|circulating\s|specific\s|serum\s|factor\s)?"
    r"(?P<head>(?:auto|allo)?antibod(?:y|ies)(?:\s(?:titers?|titres?|levels?|tests?|concentrations?))?"
    r"|inhibitors?(?:\s(?:titers?|titres?|levels?))?|mfi|titers?|titres?)"
    r"(?!\s(?:against|to\s|for|of|directed|panel|screen|therapy|treatment|production|drug|is\s|are\s|can|may))(?![\w-])"
)
_INHIBITED = re.compile(r"anti-(?:factor|ADAMTS|VWF)")
_STATED = frozenset(("adjective", "left", "level"))
# How many sentences back the one antibody may stand that "the antibody" means.
_BACK = 4


class Sequel(NamedTuple):
    """The result that a sentence without a name tells: its words, and where that sentence goes on and ends."""

    result: str
    start: int
    end: int
    stop: int
    rule: str
    plural: bool

    def fits(self, count: int) -> bool:
        """Whether ``count`` tests without a result can be meant."""
        return count == 1 or (count > 1 and self.plural)

    def of(self, mention: Mention) -> Statement:
        """The statement on one of the tests."""
        pieces = [[self.start, self.end]]
        return Statement(mention, self.result, 2, self.rule, pieces, mention.tail, sequel=(self.end, self.stop))


def find_sequel(narrative: Narrative, index: int, patterns: Patterns) -> Sequel | None:
    """What sentence ``index``, in which no antibody is named, says of the tests of the sentence before it."""
    if index >= len(narrative.sentences):
        return None
    sentence = narrative.sentences[index]
    sides = patterns.rows(CUES)
    cue = next(
        (t for t in narrative.terms_in(CUES, sentence.start, sentence.end) if sides[t.id]["side"] in _STATED), None
    )
    if cue is None:
        return None
    if narrative.folded.startswith("no ", cue.start) and cue.start == sentence.start:
        # "No significant changes were found."
        return Sequel(cue.canonical, cue.start, cue.end, sentence.end, f"{cue.id}.sequel", plural=True)
    opening = _OPENING.match(narrative.folded, sentence.start, cue.start)
    if opening is None:
        return None
    result = cue.canonical
    if _NEGATED.search(opening[0]):
        result = {"positive": "negative"}.get(result, "")
    who = opening["who"]
    plural = who.startswith(("they", "these", "both", "all", "none", "neither")) or who.endswith("s")
    return Sequel(result, cue.start, cue.end, sentence.end, f"{cue.id}.sequel", plural) if result else None


def find_anaphors(narrative: Narrative, mentions: list[Mention]) -> list[Mention]:
    """Mentions of "the antibody", "the inhibitor" where just one named antibody can be meant."""
    found: list[Mention] = []
    if not mentions:
        return found
    taken = [(m.start, m.tail) for m in mentions]
    for match in _ANAPHOR.finditer(narrative.folded, mentions[0].tail):
        start, end = match.span("head")
        if any(s < end and e > start for s, e in taken):
            continue
        name = _antecedent(narrative, mentions, start, match["head"])
        if name:
            found.append(Mention(start, end, end, name, "antibody.anaphor"))
    return found


def _antecedent(narrative: Narrative, mentions: list[Mention], start: int, head: str) -> str:
    """The one name that stands last before an anaphor; a blank where several may be meant."""
    before = [m for m in mentions if m.tail <= start and not m.reason]
    if head.startswith("inhibitor"):
        names = {m.name for m in before if _INHIBITED.match(m.name)}
        return names.pop() if len(names) == 1 else ""
    number = narrative.sentence_at(start).number
    near = [m for m in before if number - narrative.sentence_at(m.start).number <= _BACK]
    if not near or narrative.sentence_at(near[-1].start).number == number:
        return ""
    last = narrative.sentence_at(near[-1].start).number
    if not head.startswith(("antibod", "autoantibod", "alloantibod")) and number - last > 1:
        return ""
    names = {m.name for m in near}
    return names.pop() if len(names) == 1 else ""
