"""Variants told again of other persons: "his mother carried it too", "but not in her parents", "the brother was heterozygous".

One frame a person; the frame stands on the person's words, so that the subjects component knows whom it is about.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from casemill.components.mutation_details import ZYGOSITY, Detail
from casemill.components.mutation_genes import PHRASES
from casemill.components.mutation_results import DETECTED, NOT_DETECTED
from casemill.components.mutation_variants import Finding
from casemill.components.narrative import Narrative, Sentence
from casemill.components.persons import Person
from casemill.components.phrases import words
from casemill.resources import Patterns

__all__ = ["ANAPHORS", "Carrier", "find_carriers"]

ANAPHORS = "mutations/anaphors"

_RELATED = ("relative", "parents", "siblings", "fetus")
_INHERITED = re.compile(rf"\b{words(PHRASES, 'inherited')}\b[^,;]{{0,50}}$")
_NEGATIVE_BEFORE = re.compile(rf"\b{words(PHRASES, 'absent')}\b[^;]{{0,90}}$")
_NEGATIVE_BEHIND = re.compile(rf"^[\s,]*(?:{words(PHRASES, 'auxiliary')}\s){{0,4}}{words(PHRASES, 'absent_behind')}\b")
_POSITIVE_BEFORE = re.compile(rf"\b{words(PHRASES, 'present')}\b")
_POSITIVE_BEHIND = re.compile(
    r"^(?:[^;.]{0,90}(?:;|\b(?:and|although|though|but|that))\s(?:although\s|though\s)?(?:s?he|they|both)\b)?"
    rf"[^;.]{{0,60}}?\b{words(PHRASES, 'present_behind')}\b"
)
_OWN_ORIGIN = re.compile(r"\binherited\sfrom\b")
_JOINT = re.compile(rf"^[\s,]*(?:(?:and|or|nor|as well as|both|also)\s)?(?:{words(PHRASES, 'kin_words')}\s)*$")
_CLAUSE = re.compile(r";|,\s(?:while|whereas|but|and\s(?:the|his|her|both))\b|\bwhile\b|\bwhereas\b|\bbut\b")


_PRONOUN = re.compile(r"\s?s?he\b")
# "might not cause the disease in the patient" denies no finding.
_MODAL = re.compile(rf"\b{words(PHRASES, 'modal')}\b")


class Carrier(NamedTuple):
    """A person with the finding told of before: where, with what result and zygosity.

    ``shared_out`` says that the sentence tells of several persons, each with a variant of their own.
    """

    start: int
    end: int
    sentence: Sentence
    finding: Finding
    result: str
    result_piece: tuple[int, int]
    zygosity: Detail
    shared_out: bool = False


def find_carriers(
    narrative: Narrative, patterns: Patterns, persons: list[Person], findings: list[Finding]
) -> Iterator[Carrier]:
    """Persons told to carry, or not to carry, a variant found before or in the same sentence."""
    variants: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.kind == "variant":
            variants.setdefault(finding.sentence.number, []).append(finding)
    if not variants:
        return
    rows = patterns.rows(ANAPHORS)
    told: dict[int, list[str]] = {}
    for term in narrative.terms(ANAPHORS):
        told.setdefault(narrative.sentence_at(term.start).number, []).append(rows[term.id].canonical)
    by_sentence: dict[int, list[Person]] = {}
    for person in persons:
        by_sentence.setdefault(narrative.sentence_at(person.start).number, []).append(person)
    for number, present in sorted(by_sentence.items()):
        sentence = narrative.sentences[number]
        own = variants.get(number, [])
        meant = own or (_antecedents(variants, number) if number in told else [])
        if not meant:
            continue
        yield from _carriers(narrative, sentence, present, meant, explicit=bool(own))


def _antecedents(variants: dict[int, list[Finding]], number: int) -> list[Finding]:
    """The variants of the last sentence before that holds any, at most five sentences back."""
    last = next((before for before in range(number - 1, number - 6, -1) if before in variants), -1)
    distinct: dict[tuple[str, str], Finding] = {}
    for finding in variants.get(last, ()):
        distinct.setdefault((finding.symbol, finding.variant), finding)
    return list(distinct.values())[:3]


def _carriers(
    narrative: Narrative, sentence: Sentence, present: list[Person], meant: list[Finding], *, explicit: bool
) -> Iterator[Carrier]:
    result, piece = "", (0, 0)
    last_end = sentence.start
    sentence_text = narrative.folded[sentence.start : sentence.end]
    shared = _shared_out(present, meant) if explicit else {}
    for index, person in enumerate(present):
        following = present[index + 1].start if index + 1 < len(present) else sentence.end
        before = narrative.folded[last_end : person.start]
        behind = narrative.folded[person.end : following]
        inherited = bool(_INHERITED.search(narrative.folded[sentence.start : person.start]))
        if not (result and _JOINT.match(before)):
            result, piece = _read(narrative, last_end, person, before, narrative.folded[person.end : sentence.end])
        last_end = person.end
        wanted = person.role in _RELATED or (
            not explicit and person.role in ("case", "individual", "child") and person.determiner not in ("a", "an")
        )
        if person.role not in _RELATED and (
            person.preposition in ("of", "from", "by") or behind.lstrip().startswith("inherit")
        ):
            continue
        if explicit and _OWN_ORIGIN.search(sentence_text) and person.end <= min(f.start for f in meant):
            # "analysis of the patient and his parents revealed X, inherited from his father": X is the patient's
            continue
        if not result or not wanted or inherited or (person.possessive and "gene" not in behind[:12]):
            continue
        zygosity = _zygosity(narrative, sentence, person) if result == DETECTED else Detail()
        for finding in shared.get(person.start, meant):
            yield Carrier(person.start, person.end, sentence, finding, result, piece, zygosity, bool(shared))


def _shared_out(present: list[Person], meant: list[Finding]) -> dict[int, list[Finding]]:
    """Variants by person where each has its own behind it: "the father carried X and the mother Y"."""
    related = [p for p in present if p.role in _RELATED]
    if len(related) < 2 or len(meant) < 2:
        return {}
    bounds = [p.start for p in related[1:]] + [max(f.end for f in meant) + 1]
    shares = {p.start: [f for f in meant if p.end <= f.start < bound] for p, bound in zip(related, bounds, strict=True)}
    return shares if sum(map(bool, shares.values())) > 1 else {}


def _read(narrative: Narrative, last: int, person: Person, before: str, behind: str) -> tuple[str, tuple[int, int]]:
    for expression, text, offset, result in (
        (_NEGATIVE_BEHIND, behind, person.end, NOT_DETECTED),
        (_NEGATIVE_BEFORE, before, last, NOT_DETECTED),
        (_POSITIVE_BEHIND, behind, person.end, DETECTED),
        (_POSITIVE_BEFORE, before, last, DETECTED),
    ):
        if (match := expression.search(text)) and not (result == NOT_DETECTED and _MODAL.search(text)):
            return result, (offset + match.start(), offset + match.end())
    return "", (0, 0)


def _zygosity(narrative: Narrative, sentence: Sentence, person: Person) -> Detail:
    """The zygosity told in the person's own clause."""
    bounds = [
        sentence.start,
        *(sentence.start + m.end() for m in _CLAUSE.finditer(narrative.folded[sentence.start : sentence.end])),
        sentence.end,
    ]
    start = max(b for b in bounds if b <= person.start)
    end = min(b for b in bounds if b >= person.end)
    if _PRONOUN.match(narrative.folded, end):
        end = min((b for b in bounds if b > end), default=sentence.end)
    terms = narrative.terms_in(ZYGOSITY, person.end, end) or narrative.terms_in(ZYGOSITY, start, person.start)
    return Detail(terms[0].canonical, ((terms[0].start, terms[0].end),)) if terms else Detail()
