"""Every variant of a text, background included: which notations count there, and which of two readings."""

import re

from casemill.components.mutation_assays import ASSAYS
from casemill.components.mutation_genes import FINDINGS, LOOKALIKES, PHRASES, names_of
from casemill.components.narrative import Narrative
from casemill.components.phrases import words
from casemill.notation.variants import Variant, find_variants
from casemill.resources import Patterns

__all__ = ["find_mentions"]

_MITOCHONDRIAL = re.compile(words(PHRASES, "mitochondrial"))
_NUCLEOTIDE = re.compile(rf"\b{words(PHRASES, 'nucleotide')}\b")
_RESIDUE = re.compile(rf"\b{words(PHRASES, 'residue')}\b")
_LISTED = re.compile(r"\s?[,/]\s?(?:and\s)?|\s(?:and|or)\s")
# What a description needs that counts without a word of genetics beside it: "c.35", "p.(Val", "ABL1 T315I", "rs1234", an arrow.
_PREFIXED = re.compile(r"\.(?<=[cgmnp]\.)(?<![A-Za-z0-9]..)\s?[(\[]?(?:[A-Z][a-z]{0,2}|[*-])?\d")
_SHORT = re.compile(r"[A-Z]\d{2,4}[A-Z*](?![A-Za-z0-9])")
_RSID = re.compile(r"rs\d{4}")
_ARROWED = re.compile(r"\d[ACGT]{1,3}\s?-*[>→]\s?[ACGT]")
_LAST_WORD = re.compile(r"(?<![A-Za-z0-9])(?P<word>[A-Za-z][A-Za-z0-9-]{1,10}?)[\s(-]{1,2}$")


def find_mentions(narrative: Narrative, patterns: Patterns) -> list[Variant]:
    """Every variant of the text, background included; bare forms only where the text speaks of genetics at all."""
    genetic = bool(narrative.terms(ASSAYS) or narrative.terms(FINDINGS))
    if not genetic and not _unmistakable(narrative.plain):
        # four texts in five: no other expression needs to run
        return []
    mentions = find_variants(narrative.plain)
    if not mentions:
        return []
    codes = {
        (t.start, t.end) for t in narrative.terms(LOOKALIKES) if patterns.rows(LOOKALIKES)[t.id]["kind"] == "variant"
    }
    kept = []
    for variant in mentions:
        if (variant.start, variant.end) in codes or (variant.gene and variant.gene not in names_of(patterns)):
            continue
        if variant.weak and not genetic and not _gene_before(narrative, variant, patterns):
            continue
        kept.append(variant if _among_proteins(variant, mentions, narrative) else _settled(variant, narrative))
    return kept


def _unmistakable(text: str) -> bool:
    return bool(
        _PREFIXED.search(text)
        or _SHORT.search(text)
        or _RSID.search(text)
        or ((">" in text or "→" in text) and _ARROWED.search(text))
    )


def _among_proteins(variant: Variant, mentions: list[Variant], narrative: Narrative) -> bool:
    """Whether a form of two readings is listed with one that only a protein has: "G16V and T84A"."""
    return (
        bool(variant.other)
        and variant.level == "protein"
        and any(
            not one.other
            and one.level == "protein"
            and one.rule == "protein.short"
            and _LISTED.fullmatch(narrative.folded[min(one.end, variant.end) : max(one.start, variant.start)])
            for one in mentions
        )
    )


def _gene_before(narrative: Narrative, variant: Variant, patterns: Patterns) -> bool:
    """Whether a gene's symbol stands right before: "DNMT3A R882H", "BRAF (V600E)"."""
    word = _LAST_WORD.search(narrative.plain, max(0, variant.start - 14), variant.start)
    return bool(variant.gene) or (word is not None and word["word"] in names_of(patterns))


def _settled(variant: Variant, narrative: Narrative) -> Variant:
    """A form of two readings (``A3243G``, ``C677T``) settled by the words near it."""
    form, level, other = variant.form, variant.level, variant.other
    near = narrative.folded[max(0, variant.start - 80) : variant.end + 80]
    if other and level == "protein" and _NUCLEOTIDE.search(near) and not _RESIDUE.search(near):
        form, level, other = other, "coding", form
    elif other and level == "coding" and _RESIDUE.search(near[60:120]) and not _NUCLEOTIDE.search(near):
        form, level, other = other, "protein", form
    if level == "coding" and form.startswith("c.") and variant.rule != "base.prefixed" and _MITOCHONDRIAL.search(near):
        form, level = f"m.{form[2:]}", "mitochondrial"
    return variant._replace(form=form, level=level, other=other)
