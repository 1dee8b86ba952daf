"""Whether a genetic finding was there: what the words around it say, and how far they reach.

Cues stand in ``mutations/results``. A cue that speaks of what follows ("no", "negative for", "revealed") reaches up to a
breaking word ("but", "whereas") or the next such cue; one that speaks of what goes before ("was not detected") reaches back
to the predicate before it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from casemill.components.mutation_genes import PHRASES
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import words
from casemill.resources import Patterns

__all__ = ["DETECTED", "FOUND", "NOT_DETECTED", "RESULTS", "Verdict", "verdict"]

RESULTS = "mutations/results"
DETECTED, NOT_DETECTED = "detected", "not_detected"
#: The row of words that tell of a finding made: "revealed", "was identified".
FOUND = "result.positive.verb"

_FINITE = re.compile(r"\b(?:was|were|is|are|had|has|have|showed|revealed)\b")
# "was not found in her parents", "absent in 200 controls": says nothing of the patient.
_ELSEWHERE = re.compile(
    rf"[\s\w,'-]{{0,25}}?\b(?:in|from|among|by)\s(?:[\w,'/-]+\s){{0,6}}?{words(PHRASES, 'elsewhere')}\b"
)
_REACH = 160
# "was subsequently detected", "have been found": the word speaks of its subject.
_PASSIVE = re.compile(
    r"\b(?:was|were|is|are|been|be|being)\s(?:(?:also|not|\w+ly|then|later|again|further|both|first)\s){0,2}$"
)
# "was not related to a mutation in".
_DENIED = re.compile(r"\b(?:not|never)\s(?:\w+\s)?$")
# "had become undetectable", "has been detected": an auxiliary tells no finding.
_AUXILIARY = re.compile(
    r"\s(?:\w+ly\s|since\s|now\s|not\s|no\slonger\s){0,2}(?:\w{3,}ed|been|become|gone|fallen|risen|grown|lost)\b(?!\s(?:an?|the)\b)"
)
# "cannot be ruled out" is no result.
_DOUBTED = re.compile(r"\b(?:cannot|could\snot|can\snot|not|never)\s(?:be\s)?$")
# "case no. 1" denies nothing.
_NUMBERED = re.compile(r"no\.\s?\d")
# Negations of a noun phrase, which end with it: "without a diagnosis until a mutation was found".
_PHRASAL = re.compile(words(PHRASES, "phrasal"))
_OWN_CLAUSE = re.compile(rf"\b{words(PHRASES, 'clause')}\b|\band\s(?:\w+\sof|(?:\d\)\s)?an?)\b")
# Words that turn what is denied into what is there: "not to X but to Y", "no mutation except Y".
_TURNS = re.compile(words(PHRASES, "turn"))
# "found X, which was predicted ... was not seen": what stands behind speaks of something else.
_NEXT = re.compile(rf"[,;]|\b{words(PHRASES, 'further')}\b|\b\w+(?:\s\w+){{7}}\b")
# A participle right behind the finding: "a mutation detected in the tumour".
_CLOSE = 16
_OF_ANOTHER = re.compile(r"\s(?:\w+\s){0,3}?(?:in|of)\s")


# "JAK2 V617F (-)", "EGFR+", "KRAS: negative".
_SIGN = re.compile(
    r"(?:(?P<minus>\s?\(-\)|-(?=[\s,.;)])|\s?[:(]\s?(?:neg\.?\)|-[\s)]))|(?P<plus>\s?\(\+\)|\+(?=[\s,.;)])|\s?[:(]\s?(?:pos\.?\)|\+[\s)])))"
)


class Verdict(NamedTuple):
    """A result, ``detected`` or ``not_detected`` or blank if nothing says it, with the words at ``text[start:end]`` that do.

    ``cue`` is the id of the words' row.
    """

    result: str
    start: int = -1
    end: int = -1
    cue: str = ""


class _Cue(NamedTuple):
    start: int
    end: int
    result: str
    side: str
    id: str = ""


@lru_cache(maxsize=8)
def _sides(patterns: Patterns) -> dict[str, tuple[str, str]]:
    return {key: (row.canonical, row["side"]) for key, row in patterns.rows(RESULTS).items()}


def _cues(narrative: Narrative, patterns: Patterns, sentence: Sentence) -> list[_Cue]:
    sides = _sides(patterns)
    cues = []
    for term in narrative.terms_in(RESULTS, sentence.start, sentence.end):
        result, side = sides[term.id]
        if _NUMBERED.match(narrative.folded, term.start):
            continue
        if (
            result == NOT_DETECTED
            and side != "right"
            and _DOUBTED.search(narrative.folded[max(sentence.start, term.start - 16) : term.start])
        ):
            continue
        if (
            result == DETECTED
            and "right" in side
            and _DENIED.search(narrative.folded[max(sentence.start, term.start - 12) : term.start])
        ):
            result = NOT_DETECTED
        if side == "verb":
            side = (
                "left"
                if _PASSIVE.search(narrative.folded[max(sentence.start, term.start - 32) : term.start])
                else "right participle"
            )
        cues.append(_Cue(term.start, term.end, result, side, term.id))
    return cues


def verdict(narrative: Narrative, patterns: Patterns, sentence: Sentence, start: int, end: int) -> Verdict:
    """What ``sentence`` says of the finding at ``text[start:end]``."""
    cues = _cues(narrative, patterns, sentence)
    if (beside := _beside(narrative, cues, start, end)) is not None:
        return beside
    ahead = _ahead(narrative, cues, sentence, start)
    behind = _behind(narrative, cues, end)
    if ahead is not None and ahead.result == NOT_DETECTED:
        # "negative for X": nothing behind takes it back
        return Verdict(ahead.result, ahead.start, ahead.end, ahead.id)
    if (
        ahead is not None
        and ahead.result == DETECTED
        and behind is not None
        and (narrative.folded.startswith("but", behind.start) or _NEXT.search(narrative.folded[end : behind.start]))
    ):
        behind = None
    if behind is not None and (behind.result == NOT_DETECTED or ahead is None or ahead.result == "pause"):
        return Verdict(behind.result, behind.start, behind.end, behind.id)
    if ahead is not None and ahead.result == DETECTED:
        return Verdict(ahead.result, ahead.start, ahead.end, ahead.id)
    if ahead is not None and ahead.result == "pause":
        return Verdict("pause", ahead.start, ahead.end)
    return Verdict("")


def _beside(narrative: Narrative, cues: list[_Cue], start: int, end: int) -> Verdict | None:
    """A word right at the finding: "wild-type KRAS", "EGFR-mutant", "JAK2 V617F (-)"."""
    folded = narrative.folded
    if match := _SIGN.match(folded, end):
        return Verdict(NOT_DETECTED if match["minus"] else DETECTED, match.start(), match.end())
    for cue in cues:
        if "beside" not in cue.side:
            continue
        if (cue.start >= end and not folded[end : cue.start].strip(" -:(")) or (
            cue.end <= start and not folded[cue.end : start].strip(" -")
        ):
            return Verdict(cue.result, cue.start, cue.end)
    return None


def _ahead(narrative: Narrative, cues: list[_Cue], sentence: Sentence, start: int) -> _Cue | None:
    """The last cue before the finding that reaches it."""
    reached: _Cue | None = None
    for cue in cues:
        if (cue.start if cue.side == "left right" else cue.end) > start:
            break
        if "right" not in cue.side:
            continue
        if cue.result == "break":
            # "revealed A but B" goes on; "no A but B" is taken back
            if reached is not None and reached.result == NOT_DETECTED:
                reached = (
                    cue._replace(result=DETECTED) if _TURNS.fullmatch(narrative.folded, cue.start, cue.end) else None
                )
        elif (
            reached is not None
            and reached.result == NOT_DETECTED
            and cue.result == DETECTED
            and _weak(narrative, reached, cue)
        ):
            continue
        else:
            reached = cue
    if reached is None:
        return None
    gap = narrative.folded[reached.end : start]
    if reached.result == NOT_DETECTED and (
        ";" in gap or (_PHRASAL.fullmatch(narrative.folded, reached.start, reached.end) and _OWN_CLAUSE.search(gap))
    ):
        return None
    if reached.result == NOT_DETECTED and re.search(
        r",\s(?:and\s)?(?:the|a|an|he|she|his|her|we)\b[^,]*\b(?:was|were|revealed|showed|had)\b", gap
    ):
        return None
    return reached


def _weak(narrative: Narrative, negative: _Cue, positive: _Cue) -> bool:
    """Whether a positive word only goes on with what is negated: "no mutation associated with"."""
    between = narrative.folded[negative.end : positive.start]
    word = narrative.folded[positive.start : positive.end]
    return not re.search(r"\b(?:and|,)\s$|,\s|\band\b", between) or word in (
        "with",
        "presence of",
        "presence",
        "due to",
        "in",
    )


def _behind(narrative: Narrative, cues: list[_Cue], end: int) -> _Cue | None:
    """The first cue behind the finding that speaks of what goes before it."""
    found = _first_behind(narrative, cues, end)
    if found is not None and found.result == "pause":
        # "were screened with negative results"
        after = next((c for c in cues if c.start >= found.end), None)
        if after is not None and after.side == "left" and narrative.folded.startswith("with ", after.start):
            return after
    return found


def _first_behind(narrative: Narrative, cues: list[_Cue], end: int) -> _Cue | None:
    for cue in cues:
        if cue.start < end:
            continue
        if cue.result == "break" or cue.start - end > _REACH:
            return None
        gap = narrative.folded[end : cue.start]
        if ";" in gap:
            return None
        if cue.side == "right participle" and cue.start - end <= _CLOSE and cue.result == DETECTED:
            return cue
        if cue.side == "left right":
            # "analysis of X revealed no mutations", but "X was found and ... revealed no mutations in Y"
            return None if _OF_ANOTHER.match(narrative.folded, cue.end) else cue
        if "right" in cue.side:
            word = narrative.folded[cue.start : cue.end]
            if word in ("had", "has", "have") and _AUXILIARY.match(narrative.folded, cue.end):
                continue
            if (
                word in ("had", "showed", "revealed", "but not", "and not", "no", "without", "negative for")
                or cue.result == NOT_DETECTED
            ):
                return None
            continue
        if "left" not in cue.side:
            continue
        if cue.result == NOT_DETECTED and _ELSEWHERE.match(narrative.folded, cue.end):
            return None
        word = narrative.folded[cue.start : cue.end]
        if word in ("positive", "negative", "normal", "absent", "none", "present") and not _predicate(
            narrative, end, cue.start
        ):
            continue
        return cue
    return None


def _predicate(narrative: Narrative, end: int, at: int) -> bool:
    gap = narrative.folded[end:at]
    return (
        bool(_FINITE.search(gap))
        or gap.rstrip().endswith((":", "became", "turned", "(", "remained", "tested", "=", "status"))
        or len(gap.split()) <= 3
    )
