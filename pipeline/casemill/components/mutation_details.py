"""What is told with a variant of its bearer: zygosity and origin."""

import re
from typing import NamedTuple

from casemill.components.mutation_genes import PHRASES
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.components.phrases import words

__all__ = ["ORIGINS", "ZYGOSITY", "Detail", "origin", "origin_behind", "zygosity", "zygosity_behind"]

ZYGOSITY, ORIGINS = "mutations/zygosity", "mutations/origins"

# What ends the reach of an attribute to its right: a new noun phrase of the same kind, a new statement.
_NEW_PHRASE = re.compile(
    r"(?:,|\band|\bwith|\bplus)\s(?:also\s)?(?:an?|another|one|the\sother)\s(?!vaf|variant\sallel|allel|mutant\sallel|fraction|burden)|;|\b(?:while|whereas|but|however)\b"
)
_STATE = re.compile(
    r"^[\s,()]{0,3}(?:(?:which|that|was|were|is|are|be|being|found|detected|identified|present|mutations?|variants?|genotype|gene|in|the|an?|to|of|for|both|patient|proband|state|state:|at|of\s[\w-]+)\s){0,7}(?:\(|in\s)?$"
)
# "heterozygous for X and a Y", "compound ... mutations": the word speaks of all that follow.
_PREDICATIVE = re.compile(r"\s(?:for|mutations|variants|changes|carrier of|carriers of|state)\b|ly\b")
_NEW_STATEMENT = re.compile(
    r";[^;]*\b(?:was|were|had|has|is|revealed|showed)\b|\bwhereas\b|\bwhile\b(?!\sthe\sother)|\bbut\b"
)
# "X was heterozygous;", "X was heterozygous, Y": a statement by itself, whatever follows.
_TOLD_OF_IT = re.compile(r"\b(?:was|were|is)\s[;,.]")
_JOINED_TO = re.compile(r"(?:[\s,;/()]|\b(?:and|in|a|both|as|with|was|were|found|detected|identified|present|the)\b)*")
_PLURAL = re.compile(r"\s(?:\w+\s)?(?:mutations|variants|changes|substitutions|polymorphisms)\b")
# "compound heterozygous variants in X": it speaks of what follows.
_OF_THE_NEXT = re.compile(r"\s(?:[\w-]+\s){0,3}?(?:mutations?|variants?|changes?)\s(?:in|of|on|within)\b")
# The noun that closes a finding's own phrase: "a de novo X mutation and ..."
_CLOSED_BY = re.compile(r"[)\s]*(?:gene\s)?(?:mutation|variant|change|deletion|duplication)\s(?:and|plus|with)\b")
_KINDS_OF = re.compile(rf"[\s,(]{{1,2}}(?:{words(PHRASES, 'change_kind')}\s){{0,2}}(?:apparent\s)?")


# "X and Y ...; both were somatic"
_ALL_OF_THEM = re.compile(r"^\s(?:both|all|each)\b[^,.]*$")
# "It had arisen de novo." "The variant was inherited from ...": of the finding of the sentence before.
_IT = re.compile(
    r"(?:[^;,]{0,60}\b(?:revealed|showed|confirmed|demonstrated|indicated)\s(?:that\s)?)?"
    r"(?:it|this|the\s(?:variant|mutation|change|deletion|former))\b[^;,]{0,60}$"
)
# The same of its state alone: "It was present in a heterozygous state."
_IT_IS = re.compile(
    r"(?:it|(?:this|the)\s(?:variant|mutation|change|deletion))\s(?:was|is)\s(?:found\s|present\s|detected\s|identified\s)?"
    r"(?:to\sbe\s)?(?:in\s)?(?:an?\s|the\s)?(?:apparently\s)?$"
)
_ELSEWHERE = re.compile(rf"\b{words(PHRASES, 'elsewhere')}\b")


class Detail(NamedTuple):
    """A cell's value with the pieces of text that tell it; false if blank."""

    value: str = ""
    pieces: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.value)


def zygosity(narrative: Narrative, sentence: Sentence, start: int, end: int, others: list[tuple[int, int]]) -> Detail:
    """Zygosity of the finding at ``text[start:end]``; ``others`` are the findings of the same sentence."""
    terms = narrative.terms_in(ZYGOSITY, sentence.start, sentence.end)
    compound = next((t for t in terms if t.canonical == "compound_heterozygous"), None)
    if (compound is None or compound.start >= end) and (
        behind := _state_behind(narrative, terms, end, others)
    ) is not None:
        return behind
    for term in reversed([t for t in terms if t.end <= start]):
        if compound is not None and term.canonical == "heterozygous" and compound.end <= start:
            continue
        gap = narrative.folded[term.end : start]
        attributive = not _PREDICATIVE.match(gap) and term is not compound
        if (attributive and _NEW_PHRASE.search(gap)) or _NEW_STATEMENT.search(gap):
            return Detail()
        return Detail(term.canonical, ((term.start, term.end),))
    # "X, a heterozygous variant": at once behind, when no finding follows that it could speak of
    for term in terms:
        if (
            term.start >= end
            and _STATE.match(gap := narrative.folded[end : term.start])
            and (
                not any(s >= term.end for s, _ in others)
                or _TOLD_OF_IT.search(gap + narrative.folded[term.end : term.end + 2])
            )
        ):
            return Detail(term.canonical, ((term.start, term.end),))
    return Detail()


def _state_behind(narrative: Narrative, terms: list[Term], end: int, others: list[tuple[int, int]]) -> Detail | None:
    """ "... in heterozygous state", "(heterozygous)", "X and Y heterozygous mutations" at once behind a finding."""
    for term in terms:
        if term.start < end:
            continue
        gap = narrative.folded[end : term.start]
        if _OF_THE_NEXT.match(narrative.folded, term.end) and any(s > term.end for s, _ in others):
            return None
        plural = term.canonical == "compound_heterozygous" or _PLURAL.match(narrative.folded, term.end)
        if (plural and _JOINED_TO.fullmatch(_without(gap, end, others))) or _KINDS_OF.fullmatch(gap):
            return Detail(term.canonical, ((term.start, term.end),))
        if len(gap) > 60:
            return None
        if re.search(r"(?:\bin\s(?:the\s|an?\s|its\s)?|[(,]\s?|\bboth\s)$", gap) and not re.search(
            r"[;.]|\band\b|\bwith\b", gap
        ):
            tail = narrative.folded[term.end : term.end + 16]
            if re.match(r"\s?(?:state|form|condition|manner|status|fashion|\)|,|;|\.|in\b|genotype|$)", tail):
                return Detail(term.canonical, ((term.start, term.end),))
        return None
    return None


def _without(gap: str, offset: int, others: list[tuple[int, int]]) -> str:
    """``gap``, which begins at ``offset``, with the findings in it taken out."""
    kept = [c for at, c in enumerate(gap, offset) if not any(s <= at < e for s, e in others)]
    return "".join(kept)


def origin(narrative: Narrative, sentence: Sentence, start: int, end: int, others: list[tuple[int, int]]) -> Detail:
    """``somatic`` or ``germline`` of the finding at ``text[start:end]``, if words say it."""
    following = min((s for s, _ in others if s >= end), default=sentence.end)
    for term in narrative.terms_in(ORIGINS, sentence.start, sentence.end):
        if not term.canonical:
            continue
        if term.end <= start:
            gap = narrative.folded[term.end : start]
            if (
                len(gap) < 120
                and not _NEW_PHRASE.search(gap)
                and not any(s >= term.end and e <= start for s, e in others if "and" not in gap)
                and not any(_closes(narrative, s, e) for s, e in others if s >= term.end and e <= start)
            ):
                return Detail(term.canonical, ((term.start, term.end),))
        elif term.start >= end and (term.start < following or "both" in narrative.folded[end : term.start]):
            gap = narrative.folded[end : term.start]
            if _ALL_OF_THEM.match(gap.rpartition(";")[2]):
                return Detail(term.canonical, ((term.start, term.end),))
            if len(gap) < 140 and not re.search(r";|\bbut\b|\bnot\b|\bwhereas\b|\bneither\b", gap):
                return Detail(term.canonical, ((term.start, term.end),))
    return Detail()


def zygosity_behind(narrative: Narrative, sentence: Sentence, others: list[tuple[int, int]]) -> Detail:
    """The zygosity that the next sentence tells of the only finding of ``sentence``: "It was found in a homozygous state"."""
    if others or sentence.number + 1 >= len(narrative.sentences):
        return Detail()
    behind = narrative.sentences[sentence.number + 1]
    for term in narrative.terms_in(ZYGOSITY, behind.start, behind.end)[:1]:
        lead = narrative.folded[behind.start : term.start]
        tail = re.split(r"[;,.]|\band\b|\bwhile\b", narrative.folded[term.end : behind.end])[0]
        if _IT_IS.match(lead) and not _ELSEWHERE.search(tail) and not re.search(r"\b(?:not|nor|neither)\b", lead):
            return Detail(term.canonical, ((term.start, term.end),))
    return Detail()


def _closes(narrative: Narrative, start: int, end: int) -> bool:
    """Whether a finding before has a noun of its own, in the singular, that ends what its adjective speaks of."""
    told = narrative.folded[start:end]
    return bool(_CLOSED_BY.match(narrative.folded, end)) or (
        told.endswith(("mutation", "variant")) and narrative.folded.startswith((" and ", " plus "), end)
    )


def origin_behind(narrative: Narrative, sentence: Sentence, others: list[tuple[int, int]]) -> Detail:
    """The origin that the next sentence tells of the only finding of ``sentence``: "It had arisen de novo." """
    if others or sentence.number + 1 >= len(narrative.sentences):
        return Detail()
    behind = narrative.sentences[sentence.number + 1]
    for term in narrative.terms_in(ORIGINS, behind.start, behind.end):
        lead = narrative.folded[behind.start : term.start]
        if term.canonical and _IT.match(lead) and not re.search(r"\b(?:not|nor|neither)\b", lead):
            return Detail(term.canonical, ((term.start, term.end),))
    return Detail()
