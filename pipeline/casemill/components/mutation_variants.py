"""Variants with their genes: descriptions of one variant joined, the gene bound, retellings completed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from casemill.components.mutation_genes import PHRASES, Gene, bind, names_of
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import words
from casemill.notation.variant_forms import codon_of
from casemill.notation.variants import Variant
from casemill.resources import Patterns

__all__ = ["Finding", "read_variants"]

_NEAR = 60
# Between two descriptions of one variant: signs alone, or words of consequence.
_ADJOINING = re.compile(
    rf"[\s,;:/|()\[\]=-]{{0,5}}(?:(?:also\s|or\s)?{words(PHRASES, 'renamed')}\s[\w\s]{{0,20}}|"
    rf"(?:that\s|which\s|thus\s)?{words(PHRASES, 'consequence')}\w*\s[\w\s'-]{{0,70}})?[\s,;:/|()\[\]-]{{0,4}}"
)


@dataclass(slots=True)
class Finding:
    """Something a genetic test may find, at ``text[start:end]`` (half-open characters).

    ``kind`` is ``variant``, ``fusion`` or ``gene`` (only the gene is told). ``marker`` is the word that tells of a change
    (``change``, ``wild``). ``announced`` is the statement of the sentence before that the finding spells out ("two
    heterozygous mutations in X. One, c.1A>G, ..."). Pieces are the characters each cell was read from.
    """

    kind: str
    start: int
    end: int
    sentence: Sentence
    symbol: str = ""
    variant: str = ""
    coding: str = ""
    rsid: str = ""
    rule: str = ""
    marker: str = ""
    reach: tuple[int, int] = (0, 0)
    pieces: dict[str, list[list[int]]] = field(default_factory=dict)
    announced: "Finding | None" = None

    @property
    def placed(self) -> bool:
        """Whether a variant with a place in a sequence (or an identifier) is told, not an exon or ``ITD`` alone."""
        return self.kind == "variant" and not self.variant.startswith(("exon", "ITD"))


def read_variants(
    narrative: Narrative, patterns: Patterns, mentions: list[Variant], genes: list[Gene]
) -> list[Finding]:
    """Findings of all variants of the text that name one: with gene, paired descriptions, and what retellings leave out."""
    precise = [v for v in mentions if v.level not in ("change", "exon") and not (v.level == "alleles" and not genes)]
    whole = [
        v
        for v in mentions
        if v.level == "exon"
        and (not v.weak or (v.rule == "exon.short" and _beside_gene(v, genes)))
        and not _outdone(v, precise, narrative)
    ]
    found = [_finding(narrative, patterns, group, genes, mentions) for group in _paired(narrative, precise)]
    found += [_finding(narrative, patterns, [variant], genes, mentions) for variant in whole]
    return _inherited(found)


def _outdone(exon: Variant, precise: list[Variant], narrative: Narrative) -> bool:
    """Whether a closer description of the same change stands near: "exon 19 deletion (E746_A750del)"."""
    lost = exon.form.endswith("skipping")
    return any(
        (lost or (-_NEAR < v.start - exon.end < _NEAR and re.search(r"del|ins|dup|fs", v.form) is not None))
        and narrative.sentence_at(v.start).number == narrative.sentence_at(exon.start).number
        for v in precise
    )


def _beside_gene(exon: Variant, genes: list[Gene]) -> bool:
    return any(0 <= exon.start - gene.end < 3 for gene in genes)


def _paired(narrative: Narrative, precise: list[Variant]) -> Iterator[list[Variant]]:
    """Descriptions of one variant together: coding with protein, by codon or side by side; an rs number beside either."""
    left = list(precise)
    while left:
        first = left.pop(0)
        group = [first]
        for other in list(left):
            if narrative.sentence_at(other.start).number != narrative.sentence_at(first.start).number:
                break
            alike = any(_codons(one, other) for one in group) and _is_new(other, group)
            if alike or all(_same(one, other, narrative) for one in group[-1:]):
                if {v.level for v in group} & {other.level} - {"coding"} and other.form not in {v.form for v in group}:
                    continue
                group.append(other)
                left.remove(other)
        yield group


def _is_new(other: Variant, group: list[Variant]) -> bool:
    """Whether ``other`` describes the change of ``group`` at a level of its own, or once more in the same form."""
    return other.level not in {v.level for v in group} or other.form in {v.form for v in group}


def _codons(one: Variant, other: Variant) -> bool:
    coding, protein = (one, other) if one.level == "coding" else (other, one)
    if coding.level != "coding" or protein.level != "protein":
        return False
    codon = codon_of(coding.form)
    at = re.search(r"\d+", protein.form)
    if codon is None or at is None:
        return False
    return abs(codon - int(at.group())) <= (0 if ">" in coding.form else 2)


def _same(one: Variant, other: Variant, narrative: Narrative) -> bool:
    if one.level == other.level == "coding":
        # "186-8T/C (c.54-8T>C)": two numberings of one change
        return (
            narrative.plain[one.end : other.start] in (" (", " [", "; ", ", ")
            and ">" in one.form
            and one.form[-3:] == other.form[-3:]
            and (narrative.plain[one.end : other.start].strip() in ("(", "["))
        )
    if one.level == other.level or other.level in ("star", "tandem") or one.level in ("star", "tandem"):
        return False
    if other.start - one.end > 2 * _NEAR:
        return False
    gap = narrative.plain[one.end : other.start]
    if not _ADJOINING.fullmatch(gap) or re.search(r"\sand\s", gap):
        return False
    coding = one if one.level == "coding" else other
    return (
        {one.level, other.level} != {"coding", "protein"}
        or _codons(one, other)
        or codon_of(coding.form) is None
        or "(" in gap
        or "[" in gap
        or gap.strip() in ("/", ":", ";")
    )


def _finding(
    narrative: Narrative,
    patterns: Patterns,
    group: list[Variant],
    genes: list[Gene],
    mentions: list[Variant],
) -> Finding:
    by_level = {v.level: v for v in sorted(group, key=lambda v: (v.rule != "base.prefixed", v.start), reverse=True)}
    order = (
        "protein",
        "tandem",
        "star",
        "exon",
        "coding",
        "mitochondrial",
        "noncoding",
        "genomic",
        "rna",
        "alleles",
        "rsid",
    )
    main = next(by_level[level] for level in order if level in by_level)
    coding = by_level.get("coding") if main.level == "protein" else None
    if coding is not None and not coding.form.startswith("c."):
        coding = None
    if (
        coding is not None
        and coding.rule != "base.prefixed"
        and ">" in coding.form
        and codon_of(coding.form) is not None
        and not _codons(main, coding)
    ):
        # another numbering, of the gene or of an old transcript: no description of the standard
        coding = None
    rsid = by_level.get("rsid")
    first, last = min(group), max(group, key=lambda v: v.end)
    start, end = (first.start, last.end) if last.start - first.end < _NEAR else (main.start, main.end)
    pieces = {"variant": [[main.start, main.end]]}
    if coding is not None:
        pieces["hgvs_c"] = [[coding.start, coding.end]]
    if rsid is not None:
        pieces["rsid"] = [[rsid.start, rsid.end]]
    finding = Finding(
        "variant", start, end, narrative.sentence_at(main.start), variant=main.form, coding=coding.form if coding else "",
        rsid=rsid.form if rsid else "", rule=f"mutation.{main.rule}", reach=(first.start, last.end), pieces=pieces,
    )  # fmt: skip
    gene = _glued(main, patterns) or bind(first, genes, mentions, narrative, patterns)
    if gene is None and main is not first:
        gene = bind(main, genes, mentions, narrative, patterns)
    if gene is None:
        gene = _targeted(finding.sentence, genes) or _only(finding, genes)
    if gene is not None and main.level == "mitochondrial" and not gene.symbol.startswith("MT"):
        # a nuclear gene told near a mitochondrial variant is another gene
        gene = None
    if gene is not None:
        finding.symbol = gene.symbol
        finding.pieces["gene"] = [[gene.start, gene.end]]
        if gene.start < first.start and first.start - gene.end < 3:
            finding.reach = (gene.start, finding.reach[1])
    return finding


def _targeted(sentence: Sentence, genes: list[Gene]) -> Gene | None:
    """The gene that the sentence names only in a drug's name: "T790M with resistance to an EGFR inhibitor"."""
    own = [g for g in genes if sentence.start <= g.start and g.end <= sentence.end]
    return own[0] if own and own[0].drug and len({g.symbol for g in own}) == 1 else None


def _only(finding: Finding, genes: list[Gene]) -> Gene | None:
    """The one gene that the sentence names, if it stands before the variant: "sequencing of X showed ... (T193I)"."""
    own = [g for g in genes if finding.sentence.start <= g.start and g.end <= finding.sentence.end and not g.guarded]
    return own[0] if own and own[-1].end <= finding.start and len({g.symbol for g in own}) == 1 else None


def _glued(variant: Variant, patterns: Patterns) -> Gene | None:
    if not variant.gene:
        return None
    symbol = names_of(patterns)[variant.gene]
    return Gene(variant.start - len(variant.gene), variant.start, symbol)


def _regained(found: list[Finding]) -> None:
    """A gene taken from a sentence before gives way to the one that the same variant was told with in its own."""
    firm: dict[str, Finding] = {}
    for one in found:
        if one.symbol and one.pieces["gene"][0][0] >= one.sentence.start:
            for form in filter(None, (one.variant, one.coding)):
                firm.setdefault(form, one)
    for one in found:
        if one.symbol and one.pieces["gene"][0][0] < one.sentence.start and one.variant in firm:
            one.symbol, one.pieces["gene"] = firm[one.variant].symbol, firm[one.variant].pieces["gene"]
    for left, right in pairwise(found):
        listed = left.sentence.number == right.sentence.number and 0 < right.start - left.end < len(" and the ")
        if listed and left.symbol and not right.symbol:
            right.symbol, right.pieces["gene"] = left.symbol, left.pieces["gene"]


def _inherited(found: list[Finding]) -> list[Finding]:
    """A variant told again has the gene (and the coding form) that it was told with elsewhere."""
    genes: dict[str, Finding] = {}
    for one in found:
        if one.symbol:
            genes.setdefault(one.variant, one)
            if one.coding:
                genes.setdefault(one.coding, one)
    _regained(found)
    proteins = {one.coding: one for one in found if one.coding and one.variant != one.coding}
    by_sentence: dict[int, list[Finding]] = {}
    for one in found:
        by_sentence.setdefault(one.sentence.number, []).append(one)
    for one in reversed(found):
        if not one.symbol:
            # "one novel (X) and one known mutation (Y) in the gene": the gene behind the last is the list's
            later = next((other for other in by_sentence[one.sentence.number] if other.start > one.start), None)
            if later is not None and later.symbol and later.pieces["gene"][0][0] >= later.end:
                one.symbol, one.pieces["gene"] = later.symbol, later.pieces["gene"]
    for one in found:
        if one.variant in proteins and not one.coding:
            whole = proteins[one.variant]
            one.coding, one.variant = whole.coding, whole.variant
            one.pieces = {
                **one.pieces,
                "hgvs_c": one.pieces["variant"],
                "variant": whole.pieces["variant"],
            }
        if not one.symbol and one.variant in genes:
            one.symbol = genes[one.variant].symbol
            one.pieces["gene"] = genes[one.variant].pieces["gene"]
        if not one.coding:
            whole_ = next(
                (
                    o
                    for o in found
                    if o.variant == one.variant and o.coding and (o.symbol == one.symbol or not one.symbol)
                ),
                None,
            )
            if whole_ is not None:
                one.coding = whole_.coding
                one.pieces["hgvs_c"] = whole_.pieces["hgvs_c"]
    _regained(found)
    return found
