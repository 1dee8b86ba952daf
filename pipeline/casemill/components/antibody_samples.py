"""In what an antibody was looked for, and how: specimens and assays."""

import re

from casemill.components.antibody_words import words_of
from casemill.components.narrative import Narrative, Sentence
from casemill.resources import Patterns

__all__ = ["ASSAYS", "SPECIMENS", "find_assay", "find_specimens"]

#: The lexicon of assays; ``canonical`` is what rows print.
ASSAYS = "antibodies/assays"
#: The lexicon of specimens; ``prints`` is what rows print, blank for blood.
SPECIMENS = "antibodies/specimens"
# How far behind its result a specimen may stand, in characters.
_REACH = 110
_IN = re.compile(r"\b(?:in|of|from|on)\s(?:\w+\s){0,6}$")


def find_specimens(
    narrative: Narrative, sentence: Sentence, start: int, end: int, stop: int, patterns: Patterns
) -> list[tuple[str, list[list[int]]]]:
    """What the antibody at ``start`` was looked for in: told behind its result before ``stop``, else before it.

    Each as rows print it, blank for blood; "in serum and CSF" are two.
    """
    rows, words, folded = patterns.rows(SPECIMENS), words_of(patterns), narrative.folded
    terms = narrative.terms_in(SPECIMENS, sentence.start, sentence.end)
    if not any(rows[t.id]["prints"] for t in terms):
        return [("", [])]
    behind = [
        t
        for t in terms
        if end <= t.start < min(stop, end + _REACH)
        and _IN.search(folded, max(end, t.start - 25), t.start)
        and words.only(words.words(folded, end, t.start), "filler", "modifier", "adverb", "copula", "list", "specimen")
    ]
    before = [t for t in terms if t.end <= start and ";" not in narrative.text[t.end : start]]
    chosen = behind[:2] if behind else before[-1:]
    if (
        not behind
        and len(before) > 1
        and re.fullmatch(r"\s?(?:and|/|&)\s?(?:the\s)?", folded[before[-2].end : before[-1].start])
    ):
        chosen = before[-2:]
    told = {rows[t.id]["prints"]: [[t.start, t.end]] if rows[t.id]["prints"] else [] for t in chosen}
    return list(told.items()) or [("", [])]


def find_assay(narrative: Narrative, sentence: Sentence, end: int, stop: int) -> tuple[str, list[list[int]]]:
    """How the antibody that ends at ``end`` was tested: the assay behind it before ``stop``, else the sentence's only one."""
    terms = [t for t in narrative.terms_in(ASSAYS, sentence.start, sentence.end) if not _is_direct(narrative, t.start)]
    behind = [t for t in terms if end <= t.start < stop]
    kinds = {t.canonical for t in terms}
    chosen = behind[0] if behind and (len(kinds) > 1 or len(terms) == 1) else terms[0] if len(kinds) == 1 else None
    return (chosen.canonical, [[chosen.start, chosen.end]]) if chosen else ("", [])


def _is_direct(narrative: Narrative, start: int) -> bool:
    return (
        narrative.folded[max(0, start - 7) : start] == "direct "
        and narrative.folded[max(0, start - 9) : start] != "indirect "
    )
