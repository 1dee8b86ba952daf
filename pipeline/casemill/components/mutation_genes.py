"""Genes named in a text, fusions of two of them, and which gene a variant belongs to.

A gene is a term of ``mutations/genes`` (symbols, former symbols, names) or an approved symbol of ``mutations/symbols``
written as such. Symbols that mostly mean something else (CRP, CAD, PC) count only right beside a variant or before the
word "gene". A variant is bound by what stands between: words of genetics cost nothing, other words part the two.
"""

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import words
from casemill.notation.variants import Variant
from casemill.resources import Patterns

__all__ = [
    "FINDINGS",
    "FUSIONS",
    "GENES",
    "LOOKALIKES",
    "PHRASES",
    "Gene",
    "bind",
    "fillers_of",
    "find_fusions",
    "find_genes",
    "names_of",
]

GENES = "mutations/genes"
FUSIONS = "mutations/fusions"
FINDINGS = "mutations/findings"
LOOKALIKES = "mutations/lookalikes"
PHRASES = "mutations/phrases"

_SYMBOL = re.compile(r"[A-Z](?<![A-Za-z0-9].)[A-Z0-9]{1,9}(?:-[A-Z0-9]{1,9})?(?:orf\d+)?(?![A-Za-z0-9])")
# A symbol with a space or dash before its number: "ADAMTS 13", "JAK-2".
_SPACED = re.compile(r"(?P<letters>[A-Z](?<![A-Za-z0-9-].)[A-Z]{1,6})[ -](?P<number>\d{1,2}[A-Z]?\d?)(?![A-Za-z0-9])")
_JOINED = re.compile(r"\s?(?:::|-|/)\s?")
_WORD = re.compile(r"[A-Za-z]+")
# A drug or another protein's name, not the gene: "EGFR inhibitor", "BRAF-targeted therapy", "anti-EGFR".
_DRUG = re.compile(rf"[\s/-]{{0,2}}(?:tyrosine\s)?(?:kinase\s)?{words(PHRASES, 'drug_head')}\b", re.IGNORECASE)
_NO_GENES = re.compile(words(PHRASES, "no_gene"))
_CLONAL = re.compile(words(PHRASES, "clonal"))
# A symbol that no list has, before the word "gene": kept as printed.
_CALLED = re.compile(
    rf"(?P<symbol>[A-Z](?<![A-Za-z0-9-].)[A-Z0-9]{{2,7}})\sgene(?!\w|\s{words(PHRASES, 'no_gene_after')}\b)"
)
_GENE_WORD = re.compile(rf"\s?[)]?\s{words(PHRASES, 'gene_head')}\b", re.IGNORECASE)
_STAINED = re.compile(words(PHRASES, "stained"))
_PREPOSITION = re.compile(rf"\b{words(PHRASES, 'preposition')}\b")
_FUSED = re.compile(words(PHRASES, "fused"))
_PART = re.compile(
    r"[;]|\b(?:and|with|but|while|whereas|plus)\s(?:an?|another|one|the|no)\b|\bwhich\b(?!\s(?:was|is|are|were)\slocated)|\brespectively\b"
)
#: A gap that costs more than this binds nothing; a step to the sentence before costs _STEP.
_LIMIT, _STEP = 9.0, 4.0


class Gene(NamedTuple):
    """A gene named at ``text[start:end]`` (half-open characters); ``symbol`` is HGNC's, ``GENE::GENE`` for a fusion.

    ``guarded`` marks what mostly means something else; ``drug`` a name inside a drug's, ``clonal`` one that every
    lymphocyte rearranges.
    """

    start: int
    end: int
    symbol: str
    guarded: bool = False
    drug: bool = False
    clonal: bool = False


@lru_cache(maxsize=8)
def symbols_of(patterns: Patterns) -> frozenset[str]:
    """All approved symbols of ``mutations/symbols``."""
    return frozenset(s for row in patterns.rows("mutations/symbols").values() for s in row["symbols"].split("|"))


@lru_cache(maxsize=8)
def names_of(patterns: Patterns) -> dict[str, str]:
    """Every symbol and name of a gene with the approved symbol."""
    rows = patterns.rows(GENES)
    former = (
        pair.partition("=") for row in patterns.rows("mutations/symbols").values() for pair in row["former"].split("|")
    )
    names = {old: symbol for old, _, symbol in former if old}
    names |= {symbol: symbol for symbol in symbols_of(patterns)}
    return names | {term: rows[key].canonical for term, key in patterns.terms(GENES).items()}


@lru_cache(maxsize=8)
def fillers_of(patterns: Patterns) -> frozenset[str]:
    """Words that may stand between a gene and its variant without parting them."""
    return frozenset(w for row in patterns.rows("mutations/fillers").values() for w in row["words"].split())


def find_genes(narrative: Narrative, patterns: Patterns, sentences: Iterable[Sentence]) -> list[Gene]:
    """Genes named in ``sentences``, in text order; fusions take the place of their two genes."""
    guarded = {
        (t.start, t.end) for t in narrative.terms(LOOKALIKES) if patterns.rows(LOOKALIKES)[t.id]["kind"] == "gene"
    }
    names = names_of(patterns)
    found: dict[int, Gene] = {}
    for sentence in sentences:
        for term in narrative.terms_in(GENES, sentence.start, sentence.end):
            if narrative.plain[term.end - 1 : term.end] == "s" and not patterns.rows(GENES)[term.id].terms[0].endswith(
                "S"
            ):
                continue
            found[term.start] = _gene(narrative, term.start, term.end, term.canonical, guarded)
        for match in _SYMBOL.finditer(narrative.plain, sentence.start, sentence.end):
            for start, word in _symbols(match, names):
                end = start + len(word)
                if not any(g.start < end and start < g.end for g in found.values()):
                    found[start] = _gene(narrative, start, end, names[word], guarded)
        for match in _SPACED.finditer(narrative.plain, sentence.start, sentence.end):
            start, end = match.span()
            symbol = names.get(match["letters"] + match["number"], "")
            if symbol and not any(g.start < end and start < g.end for g in found.values()):
                found[start] = _gene(narrative, start, end, symbol, guarded)
        for match in _CALLED.finditer(narrative.plain, sentence.start, sentence.end):
            start, end = match.span("symbol")
            if not _NO_GENES.fullmatch(match["symbol"]) and not any(
                g.start < end and start < g.end for g in found.values()
            ):
                found[start] = Gene(start, end, match["symbol"])
    return _appositions(narrative, [found[key] for key in sorted(found)])


def _symbols(match: re.Match[str], known: Container[str]) -> Iterator[tuple[int, str]]:
    """Symbols in a word, with where they begin: the whole ("NKX2-1"), or its parts ("ROS1-ADGRG6")."""
    word = match.group()
    if word in known:
        yield match.start(), word
    elif "-" in word:
        left, _, right = word.partition("-")
        for start, part in ((match.start(), left), (match.start() + len(left) + 1, right)):
            if part in known:
                yield start, part


def _gene(narrative: Narrative, start: int, end: int, symbol: str, guarded: set[tuple[int, int]]) -> Gene:
    doubtful = (
        (start, end) in guarded or end - start < 3 or (end - start == 3 and symbol.isalpha() and symbol[-1] == "P")
    )
    if doubtful and _GENE_WORD.match(narrative.plain, end):
        doubtful = False
    drug = bool(_DRUG.match(narrative.plain, end)) or narrative.folded.endswith("anti-", 0, start)
    return Gene(start, end, symbol, doubtful, drug, bool(_CLONAL.fullmatch(symbol)))


def _appositions(narrative: Narrative, genes: list[Gene]) -> list[Gene]:
    """A name and its symbol in brackets are one: "epidermal growth factor receptor (EGFR)"."""
    kept: list[Gene] = []
    for gene in genes:
        if (
            kept
            and kept[-1].symbol == gene.symbol
            and narrative.plain[kept[-1].end : gene.start].strip(" ") in ("(", "[", "/", "gene (", ",")
        ):
            last = kept.pop()
            end = gene.end + 1 if narrative.plain[gene.end : gene.end + 1] in (")", "]") else gene.end
            gene = Gene(last.start, end, gene.symbol, False, gene.drug)  # noqa: PLW2901
        kept.append(gene)
    return kept


def find_fusions(narrative: Narrative, genes: list[Gene]) -> Iterator[Gene]:
    """Fusions: terms of ``mutations/fusions``, and two genes joined by a sign near a word of fusion."""
    taken: list[tuple[int, int]] = []
    for term in narrative.terms(FUSIONS):
        start, end = term.start, term.end
        taken.append((start, end))
        drug = bool(_DRUG.match(narrative.plain, end))
        yield Gene(start, end, term.canonical, False, drug)
    for left, right in pairwise(genes):
        start, end = left.start, right.end
        gap = narrative.plain[left.end : right.start]
        # "the promyelocytic leukemia (PML)-RARα fusion": the bracket belongs to the first gene
        if (
            left.symbol == right.symbol
            or not _JOINED.fullmatch(gap.removeprefix(")"))
            or any(s < end and start < e for s, e in taken)
        ):
            continue
        near = narrative.folded[max(0, start - 30) : start] + narrative.folded[end : end + 30]
        if "::" in gap or (_FUSED.search(near) and (gap != "/" or "fusion" in near)):
            yield Gene(start, end, f"{left.symbol}::{right.symbol}")


def bind(
    variant: Variant, genes: list[Gene], others: list[Variant], narrative: Narrative, patterns: Patterns
) -> Gene | None:
    """The gene that ``variant`` belongs to by grammar and nearness, ``None`` if none is near enough.

    ``others`` are the other variants: a list of them does not part a gene from the last.
    """
    sentence = narrative.sentence_at(variant.start)
    best: tuple[float, Gene] | None = None
    for gene in genes:
        if gene.drug and not (gene.end <= variant.start and variant.start - gene.end < 3):
            continue
        cost = _cost(variant, gene, others, narrative, patterns, sentence)
        if cost < _LIMIT and (best is None or cost < best[0]):
            best = (cost, gene)
    return best[1] if best else None


def _cost(
    variant: Variant, gene: Gene, others: list[Variant], narrative: Narrative, patterns: Patterns, sentence: Sentence
) -> float:
    left = gene.end <= variant.start
    start, end = (gene.end, variant.start) if left else (variant.end, gene.start)
    if end < start or end - start > 400:
        return _LIMIT
    gap = _gap(narrative, others, start, end)
    words = [word for word in _WORD.findall(gap) if word not in fillers_of(patterns)]
    cost = len(words) + 0.004 * (end - start)
    if gene.guarded and cost > 0.5:
        return _LIMIT
    if not left:
        # behind the variant a gene needs "in" or "of", or stands at once behind: "the T790M EGFR mutation"
        if end - start > 2 and not _PREPOSITION.search(gap):
            return _LIMIT if words else cost + 2.5
        cost += 0.3
    if _PART.search(gap):
        cost += 4 if left else _LIMIT
    if gene.start < sentence.start:
        own = narrative.sentence_at(gene.start)
        if _STAINED.search(narrative.folded, own.start, own.end):
            # a stain of the sentence before is no gene that was tested
            return _LIMIT
        steps = sentence.number - narrative.sentence_at(gene.start).number
        return cost * 0.3 + _STEP * steps if steps <= 2 else _LIMIT
    return cost if gene.end <= sentence.end else _LIMIT


def _gap(narrative: Narrative, others: list[Variant], start: int, end: int) -> str:
    """The folded text between, other variants taken out."""
    pieces, at = [], start
    for other in others:
        if other.start >= at and other.end <= end:
            pieces.append(narrative.folded[at : other.start].strip(" ,;()[]/"))
            at = other.end
    pieces.append(narrative.folded[at:end])
    return " ".join(pieces)
