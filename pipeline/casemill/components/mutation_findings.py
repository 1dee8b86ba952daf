"""Genetic findings of a text before their result is known: variants with their genes, fusions, genes told to be changed."""

from casemill.components.mutation_genes import FINDINGS, find_fusions, find_genes
from casemill.components.mutation_told import find_named, find_told
from casemill.components.mutation_variants import Finding, read_variants
from casemill.components.narrative import Narrative, Sentence
from casemill.notation.variants import Variant
from casemill.resources import Patterns

__all__ = ["read_findings"]


def read_findings(narrative: Narrative, patterns: Patterns, mentions: list[Variant]) -> list[Finding]:
    """Findings in text order: variants with gene and paired forms, fusions, genes told to be changed."""
    sentences = _of_interest(narrative, patterns, mentions)
    genes = find_genes(narrative, patterns, sentences)
    fusions = list(find_fusions(narrative, genes))
    taken = [(f.start, f.end) for f in fusions] + [(v.start, v.end) for v in mentions if v.level != "exon"]
    apart = [g for g in genes if not any(start < g.end and g.start < end for start, end in taken)]
    found = read_variants(narrative, patterns, mentions, apart)
    found += [
        Finding(
            "fusion",
            f.start,
            f.end,
            narrative.sentence_at(f.start),
            f.symbol,
            rule="mutation.fusion",
            reach=(f.start, f.end),
            pieces={"gene": [[f.start, f.end]]},
        )
        for f in fusions
        if not f.drug
    ]
    found += find_named(narrative, patterns, found)
    for sentence in sentences:
        found += find_told(narrative, patterns, sentence, apart, found, mentions)
    for finding in found:
        if finding.kind == "variant" and finding.symbol:
            finding.announced = next(
                (
                    g
                    for g in found
                    if g.kind == "gene"
                    and g.symbol == finding.symbol
                    and g.sentence.number == finding.sentence.number - 1
                ),
                None,
            )
    return sorted(found, key=lambda f: (f.start, f.end))


def _of_interest(narrative: Narrative, patterns: Patterns, mentions: list[Variant]) -> list[Sentence]:
    """Sentences that hold a variant, a fusion or a word for a change, and the two before and behind each variant's."""
    numbers: set[int] = set()
    for variant in mentions:
        at = narrative.sentence_at(variant.start).number
        numbers |= {at - 2, at - 1, at, at + 1, at + 2}
    rows = patterns.rows(FINDINGS)
    numbers |= {
        narrative.sentence_at(t.start).number for t in narrative.terms(FINDINGS) if rows[t.id]["kind"] != "general"
    }
    return [s for s in narrative.sentences if s.number in numbers]
