"""The method that found a genetic finding: told in its clause, in its bracket, or by the sentences that announce it.

A method that heads a sentence ("sequencing revealed ...") speaks of all that follows until another comes; one that
closes a clause or stands in a bracket ("... by FISH", "(Sanger)") speaks of the findings before it in that clause.
"""

import re

from casemill.components.mutation_details import Detail
from casemill.components.mutation_genes import PHRASES
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.components.phrases import words

__all__ = ["ASSAYS", "assays", "confirmed", "continues", "heading"]

ASSAYS = "mutations/assays"

# A new statement inside the sentence; "which was confirmed by ..." goes on with the one before.
_CLAUSE = re.compile(
    r";|,?\s(?:while|whereas|but|although|though)\s|\s(?:and\s)?without\s|\sand\s(?:with\sno|negative\sfor|no)\s"
    r"|,\s(?:and\s)?(?!(?:which|that|who|and|a|an|with|in|as|was|were|is|are|had|has|also)\b)(?:[\w/:*.]+\s(?:and\s|or\s)?){1,4}(?:was|were|showed|revealed|found|detected)\b"
)
_CONFIRMED = re.compile(words(PHRASES, "confirmed"))
_CONFIRMATION = re.compile(r"(?:subsequent\s)?sanger\s(?:sequencing\s)?(?:confirmation|validation|verification)\b")
_MEANT = re.compile(r"\b(?:variants?|mutations?|findings?|results?|change|deletion|it|this|these|both)\b")
_ELSEWHERE = re.compile(rf"\b{words(PHRASES, 'elsewhere')}\b")
_UNDONE = re.compile(rf"[^,;.]{{0,30}}?\b{words(PHRASES, 'undone')}\b")
_PANEL = re.compile(
    rf"\b{words(PHRASES, 'panel_kind')}(?:\s\w+)?\spanels?\b|\bpanels?\s(?:\w+\s)?{words(PHRASES, 'panel_verb')}\b"
)
# Words of time: what the text tells of another day has a test of its own.
_DATED = re.compile(rf"\b(?:19|20)\d\d\b|\b{words(PHRASES, 'later')}\b")
_BACK = 3
_SKIPPED = 1


def assays(
    narrative: Narrative,
    sentence: Sentence,
    told: set[int] | None,
    start: int,
    end: int,
    others: list[tuple[int, int]],
) -> Detail:
    """Methods of the finding at ``text[start:end]``: those of its clause, or else of the sentences that announce them.

    ``told`` holds the numbers of sentences with findings of their own, whose methods are theirs; ``None`` looks at no
    sentence before. ``others`` are the other findings of the sentence.
    """
    terms = _terms(narrative, sentence)
    found = _joined(_of_clause(narrative, sentence, terms, start, others) if terms and others else terms)
    if told is None or (found.value and found.value != "sequencing") or (terms and not found.value):
        return found
    return _announced(narrative, sentence, told, found)


def heading(narrative: Narrative, sentence: Sentence, before: int) -> Detail:
    """The method that heads ``sentence``, before its first finding at ``before``."""
    return _joined([term for term in _terms(narrative, sentence) if term.end <= before])


def confirmed(narrative: Narrative, sentence: Sentence, told: set[int], method: Detail) -> Detail:
    """``method`` with that of the next sentence, if it only confirms: "Sanger sequencing confirmed the variant." """
    number = sentence.number + 1
    if number >= len(narrative.sentences) or number in told:
        return method
    behind = narrative.sentences[number]
    text = narrative.folded[behind.start : behind.end]
    elsewhere = _ELSEWHERE.search(text) and not _CONFIRMATION.match(text)
    if not _CONFIRMED.search(text) or elsewhere or not _MEANT.search(text):
        return method
    second = _joined(_terms(narrative, behind))
    if (
        not method.value
        or not second.value
        or (second.value == "sequencing" != method.value and "PCR" not in method.value)
    ):
        return method
    values = {*method.value.split(" + "), *second.value.split(" + ")}
    if len(values) > 1 and values & {"NGS", "Sanger"}:
        values.discard("sequencing")
    return Detail(" + ".join(sorted(values)), tuple(sorted({*method.pieces, *second.pieces})))


def _of_clause(
    narrative: Narrative, sentence: Sentence, terms: list[Term], start: int, others: list[tuple[int, int]]
) -> list[Term]:
    bounds = [sentence.start, *(m.start() for m in _CLAUSE.finditer(narrative.folded, sentence.start, sentence.end))]
    findings = sorted([start, *(s for s, _ in others)])
    bounds = [b for b in bounds if b == sentence.start or any(f >= b for f in findings)]
    begin = max(b for b in bounds if b <= start)
    close = min((b for b in bounds if b > start), default=sentence.end)
    own = [t for t in terms if begin <= t.start < close]
    kept = [t for t in own if not _bracket_of_other(narrative, t, start, findings)]
    if own:
        return kept
    if all(t.start > start and _closes(narrative, sentence, t) for t in terms):
        # the only method, in a bracket that closes the sentence, is told of all
        return terms
    heads = [t for t in terms if t.start < begin and not any(f < t.start and f >= _head(bounds, t) for f in findings)]
    last = max((_head(bounds, t) for t in heads), default=-1)
    return [t for t in heads if _head(bounds, t) == last]


def _closes(narrative: Narrative, sentence: Sentence, term: Term) -> bool:
    """Whether ``term`` stands in the bracket that closes the sentence."""
    lead = narrative.folded[max(sentence.start, term.start - 24) : term.start]
    return "(" in lead and bool(re.fullmatch(r"[^()]{0,24}\)[.\s]*", narrative.folded[term.end : sentence.end]))


def _head(bounds: list[int], term: Term) -> int:
    """Where the clause of ``term`` begins."""
    return max(b for b in bounds if b <= term.start)


def _bracket_of_other(narrative: Narrative, term: Term, start: int, findings: list[int]) -> bool:
    """Whether ``term`` stands in a bracket or after "by" before the finding at ``start``, behind another finding."""
    if term.start > start or not any(f < term.start for f in findings):
        return False
    lead = narrative.folded[max(0, term.start - 24) : term.start]
    return bool(re.search(r"(?:\([^)]*|\b(?:by|using|with|on|via)\s(?:\w+\s){0,2})$", lead))


def _terms(narrative: Narrative, sentence: Sentence) -> list[Term]:
    terms = [
        t
        for t in narrative.terms_in(ASSAYS, sentence.start, sentence.end)
        if t.canonical != "karyotype" and not _UNDONE.match(narrative.folded, t.end)
    ]
    if "panel" in narrative.folded[sentence.start : sentence.end] and not any(t.canonical == "NGS" for t in terms):
        match = _PANEL.search(narrative.folded, sentence.start, sentence.end)
        if match:
            terms = sorted([*terms, Term(match.start(), match.end(), "assay.ngs", "NGS")])
    if len(terms) > 1 and "respectively" in narrative.folded[sentence.start : sentence.end]:
        terms = terms[-1:]
    kept = []
    for index, term in enumerate(terms):
        clause = narrative.folded[terms[index - 1].end if index else sentence.start : term.start]
        behind = clause.rpartition(";")[2] if ";" in clause else ""
        if behind and _ELSEWHERE.search(behind) and not _CONFIRMED.search(behind):
            # "...; each parent was heterozygous by Sanger": theirs
            continue
        kept.append(term)
    return kept


def _announced(narrative: Narrative, sentence: Sentence, told: set[int], found: Detail) -> Detail:
    collected: list[Detail] = []
    for back in range(1, _BACK + 1):
        number = sentence.number - back
        if number < 0 or number in told:
            break
        before = narrative.sentences[number]
        if (
            (found.value and back > 1)
            or before.section != sentence.section
            or "\n\n" in narrative.text[before.end : sentence.start]
        ):
            break
        earlier = _joined(_terms(narrative, before))
        if earlier.value:
            collected.append(earlier)
        elif collected:
            break
    if found.value:
        # "panel sequencing was done. Sequencing showed ...": the closer word for the same method
        return next((d for d in collected if {"NGS", "Sanger"} & set(d.value.split(" + "))), found)
    return _merged(collected)


def _joined(terms: list[Term]) -> Detail:
    return _merged([Detail(t.canonical, ((t.start, t.end),)) for t in terms])


def _merged(details: list[Detail]) -> Detail:
    """Several methods sorted; plain "sequencing" goes where a closer one is told, PCR where it only prepares sequencing."""
    values: dict[str, tuple[tuple[int, int], ...]] = {}
    for detail in details:
        for value in detail.value.split(" + "):
            values.setdefault(value, detail.pieces)
    if len(values) > 1:
        for general in ("sequencing", "PCR"):
            if general in values and {"NGS", "Sanger", "sequencing"} & (values.keys() - {general}):
                del values[general]
    pieces = tuple(sorted({piece for found in values.values() for piece in found}))
    return Detail(" + ".join(sorted(values)), pieces)


def continues(narrative: Narrative, sentence: Sentence, earlier: Sentence) -> bool:
    """Whether ``sentence`` may go on with the test of ``earlier``, one or two before it: no other time, no relative."""
    text = narrative.folded[sentence.start : sentence.end]
    return (
        sentence.number - earlier.number <= _SKIPPED + 1
        and sentence.section == earlier.section
        and "\n\n" not in narrative.text[earlier.end : sentence.start]
        and not _DATED.search(text)
        and not _ELSEWHERE.search(text)
    )
