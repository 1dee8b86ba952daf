"""How much of the alleles carries a finding: allele fraction, allele burden, heteroplasmy, in percent.

Told with a word for it ("VAF 12%", "41% of reads"), by its place alone ("T790M at 4.4%"), in a list ("at 18% and 42%,
respectively"), or by tissue ("62% in muscle and 21% in blood": a fact each).
"""

import re
from collections.abc import Iterator

from casemill.components.mutation_details import Detail
from casemill.components.mutation_genes import PHRASES
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.components.phrases import words
from casemill.errors import NotationError
from casemill.notation.numbers import read_number

__all__ = ["FRACTIONS", "fractions", "later_fractions"]

FRACTIONS = "mutations/fractions"

_PERCENT = re.compile(r"(?P<number>\d{1,3}(?:[.,·]\d{1,2})?)\s?%")
_NUMBER = r"[<>~≈]?\s?(?P<number>\d{1,3}(?:[.,·]\d{1,2})?)\s?%"
# "X at 12.5%", "X was found at 9%", "X (p.Y), present at about 20%".
_AT = re.compile(
    rf"[)\]]?,?\s(?:[\w-]+\s){{0,3}}?at\s(?:a\s|an\s|about\s|approximately\s|around\s|only\s)?"
    rf"{_NUMBER}(?!\sof\s(?:patients|cases|controls))"
)
_BRACKET = re.compile(rf"[)\]]?\s?[(\[]\s?{_NUMBER}\s?[)\],;]")
_AFTER = re.compile(
    rf"[)\]]?,?\s(?:[\w-]+\s){{0,4}}?(?:in|of)\s(?:about\s|approximately\s)?{_NUMBER}\s(?:of\s)?(?:the\s)?"
    rf"(?:\w+\s)?{words(PHRASES, 'share_of')}\b"
)
_CLONE = re.compile(
    rf"[)\]]?\s{words(PHRASES, 'clone')}\s(?:size\s)?(?:[\w-]+\s){{0,2}}?"
    rf"(?:of|at|to|was|measured|is|remained)\s(?:about\s)?{_NUMBER}"
)
_STEP = re.compile(r"[;]|\bto\s(?:less|more)")
_NEXT = re.compile(rf"(?P<gap>[^%;()]{{2,60}}?)\b{_NUMBER}")
_TISSUE = re.compile(rf"\b{words(PHRASES, 'tissue')}\b")
_DATED = re.compile(rf"\b(?:19|20)\d\d\b|\b{words(PHRASES, 'later')}\b")


def fractions(
    narrative: Narrative, sentence: Sentence, start: int, end: int, others: list[tuple[int, int]]
) -> list[Detail]:
    """Fractions of the finding at ``text[start:end]``, one a tissue; mostly one or none. ``others`` stand beside it."""
    following = min((s for s, _ in others if s >= end), default=sentence.end)
    terms = [t for t in narrative.terms_in(FRACTIONS, sentence.start, sentence.end) if t.canonical]
    if terms and (listed := _listed(narrative, sentence, terms, start, others)) is not None:
        return [listed]
    for expression in (_AT, _AFTER, _CLONE, *((_BRACKET,) if terms or others else ())):
        match = expression.match(narrative.plain, end, following if following > end else sentence.end)
        if match and (expression is not _BRACKET or terms or _told_beside(narrative, others)):
            return _read(match)
    for term in terms:
        value = _value_of(narrative, sentence, term, following)
        # before the first finding it speaks of that one, behind a finding of the finding
        own = end <= term.start < following or (term.end <= start and not any(s < start for s, _ in others))
        if value is not None and own:
            first = _read(value)
            return first + list(
                _by_tissue(narrative, value, min(following, sentence.end) if value.start() > end else sentence.end)
            )
    return []


def later_fractions(narrative: Narrative, sentence: Sentence) -> list[Detail]:
    """Fractions of a sentence without a finding: "the allele burden was 28% in March and 6% in June"."""
    found: list[Detail] = []
    for term in narrative.terms_in(FRACTIONS, sentence.start, sentence.end):
        if not term.canonical:
            continue
        value = _value_of(narrative, sentence, term, sentence.end)
        if value is not None and value.start() > term.end and not found:
            found += _read(value)
            found += _by_tissue(narrative, value, sentence.end)
    return found


def _value_of(narrative: Narrative, sentence: Sentence, term: Term, following: int) -> re.Match[str] | None:
    """The percent that a word for a fraction stands with: behind it, or right before it ("a 12% allele burden")."""
    close = min(sentence.end, term.end + 60)
    ahead = _PERCENT.search(narrative.plain, max(sentence.start, term.start - 12), term.start)
    if ahead is not None and not narrative.folded[ahead.end() : term.start].strip(" ()-"):
        return ahead
    value = _PERCENT.search(narrative.plain, term.end, min(close, following) if following > term.end else close)
    if value is None:
        return ahead
    return None if _STEP.search(narrative.folded[term.end : value.start()]) else value


def _listed(
    narrative: Narrative, sentence: Sentence, terms: list[Term], start: int, others: list[tuple[int, int]]
) -> Detail | None:
    """ "X and Y, at allele fractions of 18% and 42%, respectively": the share of the finding by its place."""
    at = narrative.folded.find("respectively", terms[0].end, sentence.end)
    if at < 0 or not others:
        return None
    values = list(_PERCENT.finditer(narrative.plain, terms[0].end, at))
    findings = sorted([start, *(s for s, _ in others if s < terms[0].start)])
    if len(values) != len(findings) or start not in findings:
        return None
    read = _read(values[findings.index(start)])
    return read[0] if read else None


def _told_beside(narrative: Narrative, others: list[tuple[int, int]]) -> bool:
    """Whether another finding of the sentence has a fraction told by its place."""
    return any(_AT.match(narrative.plain, end) for _, end in others)


def _by_tissue(narrative: Narrative, first: re.Match[str], close: int) -> Iterator[Detail]:
    """Further percents of a list that names a tissue or a time with each."""
    at = first.end()
    lead = narrative.folded[max(0, first.start() - 30) : first.start()]
    while (match := _NEXT.match(narrative.plain, at, close)) is not None:
        named = match["gap"] if not _TISSUE.search(lead) else narrative.folded[at : match.start("number")]
        behind = narrative.folded[match.end() : match.end() + 30]
        if not (_TISSUE.search(named) or _TISSUE.search(behind) or (_DATED.search(named) and _DATED.search(behind))):
            return
        yield from _read(match)
        at = match.end()


def _read(match: re.Match[str]) -> list[Detail]:
    try:
        return [Detail(read_number(match["number"]), ((match.start("number"), match.end("number")),))]
    except NotationError:
        return []
