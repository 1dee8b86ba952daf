"""In what an antibody was looked for, and how: specimens and assays."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from casemill.components.antibody_mentions import Mention
from casemill.components.antibody_words import words_of
from casemill.components.frames import Frame, put
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.resources import Patterns

__all__ = ["ASSAYS", "SPECIMENS", "Group", "Sample", "find_assay", "find_specimens", "set_apart"]

#: The lexicon of assays; ``canonical`` is what rows print, the text's own words where ``prints`` says so.
ASSAYS = "antibodies/assays"
#: The lexicon of specimens; ``prints`` is what rows print, blank for blood.
SPECIMENS = "antibodies/specimens"
# How far behind its result a specimen may stand, in characters.
_REACH = 110
# How near a test without a specimen may stand to one in another specimen and still be blood's.
_NEAR = 400
# How near an assay stands that only tells how another is made.
_BY_MEANS = 10
# How far from the start of its sentence a specimen may head it: "Analysis of pleural fluid:".
_HEADING = 30
_IN = re.compile(r"\b(?:in|of|from|on)\s(?:[\w']+\s){0,6}$")
# "Serum (but not CSF)".
_NOT_IN = re.compile(r"\(but not (?:in |the ){0,2}$")
_PAIR = re.compile(r"\s?(?:and|/|&)\s?(?:the\s)?")
_THERE = re.compile(r"[;,]\s(?:and\s)?(?:there|in\sit|in\sthe\ssame\s(?:fluid|sample))\b")
_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,60}[)\]]")
# Where what is told of one group of tests ends.
_BREAK = re.compile(r";|[\s,](?:while|whereas|although|but)\s")


class Group(NamedTuple):
    """The tests that one result speaks of: where they and it end, where the next test begins, and the starts of all tests."""

    end: int
    next: int
    beside: int
    starts: Collection[int]


class Sample(NamedTuple):
    """A specimen as rows print it (blank for blood), where it is told, and where its word ends (-1 if none is told)."""

    prints: str
    pieces: list[list[int]]
    end: int


def find_specimens(
    narrative: Narrative, sentence: Sentence, start: int, spots: Sequence[tuple[int, int]], patterns: Patterns
) -> list[Sample]:
    """What the antibody at ``start`` was looked for in.

    It is told in one of the ``spots``, from where to where, in the order of their trust, or else before the name.

    "In serum and CSF" are two. Blood that is told has its pieces, so that it stays apart from what is told of CSF.
    """
    rows = patterns.rows(SPECIMENS)
    terms = [
        t
        for t in narrative.terms_in(SPECIMENS, sentence.start, sentence.end)
        if not _NOT_IN.search(narrative.folded, max(sentence.start, t.start - 14), t.start)
    ]
    if not terms:
        return [Sample("", [], -1)]
    behind = next((found for spot in spots if (found := _behind(narrative, terms, *spot, patterns))), [])
    chosen = behind[:2] or _before(narrative, sentence, start, terms)
    told: dict[str, Sample] = {}
    for term in chosen:
        prints = rows[term.id]["prints"]
        told.setdefault(prints, Sample(prints, [[term.start, term.end]], term.end if behind else -1))
    return list(told.values()) or [Sample("", [], -1)]


def _behind(narrative: Narrative, terms: list[Term], start: int, stop: int, patterns: Patterns) -> list[Term]:
    """The specimens told between ``start`` and ``stop``, the first by a preposition, with nothing else between."""
    words, folded = words_of(patterns), narrative.folded
    found: list[Term] = []
    for term in terms:
        last = found[-1].end if found else start
        if not last <= term.start < min(stop, start + _REACH):
            continue
        between = words.words(_BRACKETS.sub(" ", folded[last : term.start]), 0, _REACH)
        if (found or _IN.search(folded, max(start, term.start - 25), term.start)) and words.only(
            between, "filler", "modifier", "adverb", "copula", "list", "specimen"
        ):
            found.append(term)
    return found


def _before(narrative: Narrative, sentence: Sentence, start: int, terms: list[Term]) -> list[Term]:
    """The specimen told before an antibody: in its clause, or as the heading of the whole sentence."""
    folded = narrative.folded
    before = [
        t
        for t in terms
        if t.end <= start
        and (";" not in folded[t.end : start] or _heads(folded, sentence, t) or _THERE.search(folded, t.end, start))
    ]
    if len(before) > 1 and _PAIR.fullmatch(folded, before[-2].end, before[-1].start):
        return before[-2:]
    return before[-1:]


def _heads(folded: str, sentence: Sentence, term: Term) -> bool:
    return term.start - sentence.start < _HEADING and folded.startswith(":", term.end)


def find_assay(
    narrative: Narrative, sentence: Sentence, mention: Mention, group: Group, patterns: Patterns
) -> tuple[str, list[list[int]]]:
    """How an antibody was tested: told behind it or behind its group's result, else before all of its clause.

    An assay in brackets inside a list is that of the test before it; one behind the predicate that of the whole list;
    one that opens the sentence, or a clause of it, is that of all tests there.
    """
    terms = [t for t in narrative.terms_in(ASSAYS, sentence.start, sentence.end) if not _is_direct(narrative, t.start)]
    if not terms:
        return "", []
    folded = _BRACKETS.sub(lambda m: " " * len(m[0]), narrative.folded[sentence.start : sentence.end])
    breaks = [sentence.start + m.start() for m in _BREAK.finditer(folded)]
    until = min((b for b in breaks if b >= group.end), default=sentence.end)
    own = next((t for t in terms if mention.tail <= t.start < min(group.beside, group.end)), None)
    if own is not None and not any(mention.tail <= b < own.start for b in breaks):
        return _printed(narrative, own, patterns)
    shared = next((t for t in terms if group.end <= t.start < min(group.next, until)), None)
    if shared is not None:
        return _printed(narrative, shared, patterns)
    clause = max((b for b in breaks if b < mention.start), default=sentence.start)
    before = [t for t in terms if t.end <= mention.start]
    for index in range(len(before) - 1, -1, -1):
        term = before[index]
        opening = clause if term.start >= clause else sentence.start
        if not any(opening <= start < term.start for start in group.starts):
            if index and term.start - before[index - 1].end < _BY_MEANS:
                # "a tissue-based assay using immunofluorescence" is that assay
                term = before[index - 1]
            return _printed(narrative, term, patterns)
    return "", []


def _printed(narrative: Narrative, term: Term, patterns: Patterns) -> tuple[str, list[list[int]]]:
    """An assay as rows print it: its code, or the report's own words where it has none."""
    own = patterns.rows(ASSAYS)[term.id]["prints"] == "text"
    return narrative.text[term.start : term.end] if own else term.canonical, [[term.start, term.end]]


def _is_direct(narrative: Narrative, start: int) -> bool:
    return (
        narrative.folded[max(0, start - 7) : start] == "direct "
        and narrative.folded[max(0, start - 9) : start] != "indirect "
    )


def set_apart(found: list[Frame]) -> list[Frame]:
    """``found``, with blood told for tests without a specimen that stand beside the same test in another specimen.

    "RF was 188 IU/mL. RF in the synovial fluid was negative": a fuller or a neighbouring telling is no retelling.
    """
    told = [one for one in found if one["cells"].get("specimen", ("",))[0]]
    for one in found if told else []:
        if "specimen" in one["cells"] or one["reason"]:
            continue
        name = one["cells"]["antibody"]
        others = [other for other in told if other["cells"]["antibody"][0] == name[0]]
        detailed = "value" in one["cells"] or "assay" in one["cells"]
        if others and (detailed or any(abs(other["start"] - one["start"]) < _NEAR for other in others)):
            put(one, "specimen", "", name[1])
    return found
