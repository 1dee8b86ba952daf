"""The route of a step: told in the name itself ("IVIG"), after it, or by an adjective before it.

A route adjective covers a bare coordination ("oral warfarin, aspirin and clopidogrel") and stops where a dose comes
between (specification, section 9).
"""

import re

from casemill.components.drug_passages import Passage
from casemill.components.drug_steps import Step, own_start, stretch_after
from casemill.components.narrative import Term

__all__ = ["find_route"]

# a concentration is no dose: "tacrolimus 0.1% ointment"
_CONCENTRATION = re.compile(r"\d[\d.,]{0,6}\s?%")
_BY = re.compile(r"\b(?:by|via|through)\s(?:the\s)?$")
# an adverb that tells how what comes next was given
_ADJECTIVAL = re.compile(
    r"\s(?:administered|given|delivered|applied|infused|injected)\s"
    r"(?!(?:for|over|every|each|at|in|on|with|to|twice|once|daily|weekly|monthly|as|by|and|until|from|per|after|before|within|during|via|through|again|then)\b)[a-zα-ω#]"
)
_SEQUENCE = re.compile(r"\b(?:followed|then|subsequently|later|replaced|(?<!addition )(?<!prior )to)\b")
# routes to one place of the body: a drug of the same list that has a dose of its own is not given there
_LOCAL = ("topical", "inhaled", "nasal", "ophthalmic", "intravitreal", "intralesional", "intra-articular")
_TREATED = re.compile(r"\s(?:treated|given|administered|received|infused|injected)\b")
_NOUN_ROUTES = re.compile(r"(?:infusions?|drip|creams?|ointments?|lotion|gels?|drops|patch|inhaler|spray)$")
_ADVERB_ROUTES = re.compile(
    r"[a-z-]+ly$|^(?:by|as|via|through|per|into|in|to)\s"
    r"|^(?:i\.?v\.?|p\.?o\.?|s\.?c\.?|i\.?m\.?|sq|subcut|per os|by mouth|infused|i\.?t\.?|eye drops|topically)$"
)


def find_route(passage: Passage, step: Step) -> None:
    """A route in the name itself, right after the dose or name, or as an adjective before the name."""
    if step.value("route"):
        return
    mention = step.mention
    low, high = (mention.start, mention.end) if mention else (step.start, step.start)
    for found in passage.routes:
        if low <= found.start and found.end <= high:
            step.put("route", found.canonical, (found.start, found.end))
            return
    told = _told_after(passage, step)
    if told is None or _NOUN_ROUTES.match(passage.folded, told.start, told.end):
        # "intraperitoneal X infusion": the adjective says more than the noun
        told = _told_before(passage, step, min(low, step.start)) or told
    if told is not None:
        step.put("route", told.canonical, (told.start, told.end))


def _told_after(passage: Passage, step: Step) -> Term | None:
    """The route between a name and its dose, or right behind the two."""
    anchor, stop = stretch_after(passage, step)
    floor = own_start(passage, step)
    for found in passage.routes:
        inside = floor <= found.start and found.end <= step.end
        if inside or (anchor <= found.start < stop and _follows(passage, anchor, found.start, found.end)):
            return found
    return None


def _told_before(passage: Passage, step: Step, first: int) -> Term | None:
    """The route whose adjective covers a step that begins at ``first``."""
    for found in reversed(passage.routes):
        if found.end <= first and _covers(passage, found.start, found.end, step):
            return found
    return None


def _follows(passage: Passage, anchor: int, start: int, end: int) -> bool:
    """Whether a route after a dose or name tells how it was given: an adverb or short form, or a noun right behind."""
    between = passage.folded[anchor:start]
    word = passage.folded[start:end]
    if ";" in between or (", " in between and len(between) > 12):
        return False
    words = passage.words(anchor, start)
    after = passage.next_mention(end)
    if _BY.search(passage.folded, anchor, start) and len(words) <= 3 and (after is None or after.start - end > 3):
        return True  # "750 mg by oral route"
    if _ADJECTIVAL.match(passage.folded, end):
        return False  # "ipratropium, and orally administered corticosteroids"
    if passage.folded[start - 1 : start] == "(" and any(0 <= start - 1 - r.end <= 1 for r in passage.routes):
        return False  # the short form of an adjective: "and intravenous (IV) paracetamol"
    if _ADVERB_ROUTES.match(word):
        return len(words) <= 8 and (not words or len(between) <= 60)
    following = passage.folded[end : end + 3]
    if following[:2] == " #" or (passage.next_mention(end) is not None and passage.next_mention(end).start - end <= 2):  # type: ignore[union-attr]
        return False
    between = _CONCENTRATION.sub("", between)
    return (not words and len(between) <= 3) or (not words and "(" in between)


def _covers(passage: Passage, start: int, end: int, step: Step) -> bool:
    """Whether a route before a step is its adjective, alone or through a bare coordination."""
    first = min(step.start, step.dosage.start if step.dosage else step.start)
    ends = [
        *(d.end for d in passage.dosages),
        *(f.end for f in passage.frequencies),
        *(m.end for m in passage.mentions),
    ]
    if _ADVERB_ROUTES.match(passage.folded[start:end]) and any(0 <= start - told <= 2 for told in ends):
        return False  # "prednisone 1 mg/kg p.o. and cyclophosphamide": the first drug's alone
    treated = _TREATED.match(passage.folded, end) or passage.folded.endswith("treated ", passage.sentence.start, start)
    if passage.folded[start:end].endswith("ly") and not treated:
        return False
    head = passage.next_mention(end)
    if (
        passage.bridged(end, first, "route", most=8)
        and "," not in passage.folded[end:first]
        and (head is None or head is step.mention)
    ):
        return True
    offset = passage.sentence.start
    if step.mention is None or _SEQUENCE.search(passage.quiet, end - offset, first - offset):
        return False
    canonical = next((r.canonical for r in passage.routes if r.start == start), "")
    if canonical in _LOCAL and step.dosage and "/" not in step.dosage.unit and step.mention is not head:
        return False
    group = passage.group(step.mention)
    index = group.index(step.mention)
    if not index or passage.next_mention(end) is not group[0]:
        return False
    if not passage.bridged(end, group[0].start, "route", most=8) or "," in passage.folded[end : group[0].start]:
        return False
    if any(r.start > end and r.end <= step.mention.start for r in passage.routes):
        return False
    between = [
        d for d in passage.dosages if group[0].start <= d.start < step.mention.start or end <= d.start < group[0].start
    ]
    return all(_bracketed(passage.folded, d.start, passage.sentence.start) for d in between)


def _bracketed(folded: str, offset: int, floor: int) -> bool:
    opened, closed = folded.rfind("(", floor, offset), folded.rfind(")", floor, offset)
    return opened > closed
