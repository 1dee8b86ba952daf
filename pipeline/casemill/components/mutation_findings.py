"""Genetic findings of a text before their result is known: variants with their genes, fusions, and genes told to be changed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from casemill.components.mutation_details import ASSAYS
from casemill.components.mutation_genes import (
    FINDINGS,
    LOOKALIKES,
    Gene,
    bind,
    fillers_of,
    find_fusions,
    find_genes,
    names_of,
)
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.notation.variant_forms import codon_of
from casemill.notation.variants import Variant, find_variants
from casemill.resources import Patterns

__all__ = ["NAMED", "Finding", "find_mentions", "read_findings"]

#: Variants with a name of their own.
NAMED = "mutations/named"

_WORD = re.compile(r"[A-Za-z]+")
_CONNECTED = re.compile(r"[\s,;/&+]*(?:(?:and|or|nor|and/or|as\swell\sas|plus|et)\s)?(?:the\s)?(?:genes?\s)?[\s,/]*")
_INCLUDING = re.compile(r"\b(?:including|such as|namely|like|involving|e\.g\.|i\.e\.)")
# Between two descriptions of one variant: signs alone, or words of consequence.
_ADJOINING = re.compile(
    r"[\s,;:/|()\[\]=-]{0,5}(?:(?:also\s|or\s)?(?:known as|called|ie|i\.e\.|or|designated|previously)\s[\w\s]{0,20}|"
    r"(?:that\s|which\s|thus\s)?(?:result|lead|caus|predict|correspond|encod|chang|introduc|produc|creat|substitut|replac|convert|translat)\w*\s[\w\s'-]{0,70})?[\s,;:/|()\[\]-]{0,4}"
)
_MITOCHONDRIAL = re.compile(r"mitochondri|mtdna|melas|merrf|trna|leigh|lhon|heteroplasm")
_NEAR = 60
# "loss of the wild-type allele", "the wild-type X protein": no test's result.
_LOST = re.compile(r"loss of (?:the )?\||\|[\s-]?(?:\w+\s)?(?:allele|sequence|protein|gfp|mice|cells|control|construct)")
_CALLED_NEGATIVE = re.compile(r"\s?(?:genes?\s|testing\s|tests?\s|analysis\s|status\s)?(?:was|were)\s(?:both\s|all\s)?(?:negative|wild[- ]type)")
_STAINED = re.compile(r"immuno|stain|express|protein")
_LAST_WORD = re.compile(r"(?<![A-Za-z0-9])(?P<word>[A-Za-z][A-Za-z0-9-]{1,10}?)[\s(-]{1,2}$")


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


def find_mentions(narrative: Narrative, patterns: Patterns) -> list[Variant]:
    """Every variant of the text, background included; bare forms only where the text speaks of genetics at all."""
    mentions = find_variants(narrative.plain)
    if not mentions:
        return []
    genetic = bool(narrative.terms(ASSAYS)) or any(patterns.rows(FINDINGS)[t.id]["kind"] != "" for t in narrative.terms(FINDINGS))
    codes = {(t.start, t.end) for t in narrative.terms(LOOKALIKES) if patterns.rows(LOOKALIKES)[t.id]["kind"] == "variant"}
    kept = []
    for variant in mentions:
        if (variant.start, variant.end) in codes or (variant.gene and variant.gene not in names_of(patterns)):
            continue
        if variant.weak and not genetic and not _gene_before(narrative, variant, patterns):
            continue
        kept.append(_settled(variant, narrative))
    return kept


def _gene_before(narrative: Narrative, variant: Variant, patterns: Patterns) -> bool:
    """Whether a gene's symbol stands right before: "DNMT3A R882H", "BRAF (V600E)"."""
    word = _LAST_WORD.search(narrative.plain, max(0, variant.start - 14), variant.start)
    return bool(variant.gene) or (word is not None and word["word"] in names_of(patterns))


def _settled(variant: Variant, narrative: Narrative) -> Variant:
    """A form of two readings (``A3243G``, ``C677T``) settled by the words near it."""
    form, level, other = variant.form, variant.level, variant.other
    near = narrative.folded[max(0, variant.start - 80) : variant.end + 80]
    if other and level == "protein" and re.search(r"nucleotide|transition|transversion|promoter|\bsnp\b|\bnt\b", near) and not re.search(r"codon|missense|amino", near):
        form, level, other = other, "coding", form
    elif other and level == "coding" and re.search(r"amino acid|codon|residue", near[60:120]) and not re.search(r"nucleotide|transition|snp|polymorphism", near):
        form, level, other = other, "protein", form
    if level == "coding" and form.startswith("c.") and variant.rule != "base.prefixed" and _MITOCHONDRIAL.search(near):
        form, level = f"m.{form[2:]}", "mitochondrial"
    return variant._replace(form=form, level=level, other=other)


def read_findings(narrative: Narrative, patterns: Patterns, mentions: list[Variant]) -> list[Finding]:
    """Findings in text order: variants with gene and paired forms, fusions, genes told to be changed."""
    sentences = _of_interest(narrative, patterns, mentions)
    genes = find_genes(narrative, patterns, sentences)
    fusions = list(find_fusions(narrative, genes))
    taken = [(f.start, f.end) for f in fusions] + [(v.start, v.end) for v in mentions if v.level != "exon"]
    apart = [g for g in genes if not any(start < g.end and g.start < end for start, end in taken)]
    found = _variants(narrative, patterns, mentions, apart)
    found += [
        Finding("fusion", f.start, f.end, narrative.sentence_at(f.start), f.symbol, rule="mutation.fusion", reach=(f.start, f.end), pieces={"gene": [[f.start, f.end]]})
        for f in fusions
        if not f.drug
    ]
    found += _named(narrative, patterns, found)
    for sentence in sentences:
        found += _told(narrative, patterns, sentence, apart, found, mentions)
    for finding in found:
        if finding.kind == "variant" and finding.symbol:
            finding.announced = next(
                (g for g in found if g.kind == "gene" and g.symbol == finding.symbol and g.sentence.number == finding.sentence.number - 1), None
            )
    return sorted(found, key=lambda f: (f.start, f.end))


def _of_interest(narrative: Narrative, patterns: Patterns, mentions: list[Variant]) -> list[Sentence]:
    """Sentences that hold a variant, a fusion or a word for a change, and the two before each variant's."""
    numbers: set[int] = set()
    for variant in mentions:
        at = narrative.sentence_at(variant.start).number
        numbers |= {at - 2, at - 1, at}
    rows = patterns.rows(FINDINGS)
    numbers |= {narrative.sentence_at(t.start).number for t in narrative.terms(FINDINGS) if rows[t.id]["kind"] != "general"}
    return [s for s in narrative.sentences if s.number in numbers]


def _variants(narrative: Narrative, patterns: Patterns, mentions: list[Variant], genes: list[Gene]) -> list[Finding]:
    precise = [v for v in mentions if v.level not in ("change", "exon") and not (v.level == "alleles" and not genes)]
    whole = [
        v
        for v in mentions
        if v.level == "exon" and (not v.weak or (v.rule == "exon.short" and _beside_gene(v, genes))) and not _outdone(v, precise, narrative)
    ]
    found = [_finding(narrative, patterns, group, genes, mentions) for group in _paired(narrative, precise)]
    found += [_finding(narrative, patterns, [variant], genes, mentions) for variant in whole]
    return _inherited(found)


def _outdone(exon: Variant, precise: list[Variant], narrative: Narrative) -> bool:
    """Whether a closer description of the same change stands near: "exon 19 deletion (E746_A750del)"."""
    lost = exon.form.endswith("skipping")
    return any(
        -_NEAR < v.start - exon.end < _NEAR
        and narrative.sentence_at(v.start).number == narrative.sentence_at(exon.start).number
        and (lost or re.search(r"del|ins|dup|fs", v.form) is not None)
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
            if all(_same(one, other, narrative) for one in group[-1:]) or any(_codons(one, other) for one in group):
                if {v.level for v in group} & {other.level} - {"coding"} and other.form not in {v.form for v in group}:
                    continue
                group.append(other)
                left.remove(other)
        yield group


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
        return narrative.plain[one.end : other.start] in (" (", " [", "; ", ", ") and ">" in one.form and one.form[-3:] == other.form[-3:] and (
            narrative.plain[one.end : other.start].strip() in ("(", "[")
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


def _finding(narrative: Narrative, patterns: Patterns, group: list[Variant], genes: list[Gene], mentions: list[Variant]) -> Finding:
    by_level = {v.level: v for v in sorted(group, key=lambda v: (v.rule != "base.prefixed", v.start), reverse=True)}
    order = ("protein", "tandem", "star", "exon", "coding", "mitochondrial", "noncoding", "genomic", "rna", "alleles", "rsid")
    main = next(by_level[level] for level in order if level in by_level)
    coding = by_level.get("coding") if main.level == "protein" else None
    if coding is not None and not coding.form.startswith("c."):
        coding = None
    if coding is not None and coding.rule != "base.prefixed" and ">" in coding.form and codon_of(coding.form) is not None and not _codons(main, coding):
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


def _inherited(found: list[Finding]) -> list[Finding]:
    """A variant told again has the gene (and the coding form) that it was told with elsewhere."""
    genes: dict[str, Finding] = {}
    for one in found:
        if one.symbol:
            genes.setdefault(one.variant, one)
            if one.coding:
                genes.setdefault(one.coding, one)
    proteins = {one.coding: one for one in found if one.coding and one.variant != one.coding}
    for one in reversed(found):
        if not one.symbol:
            # "one novel (X) and one known mutation (Y) in the gene": the gene behind the last is the list's
            later = next((o for o in found if o.start > one.start and o.sentence.number == one.sentence.number), None)
            if later is not None and later.symbol and later.pieces["gene"][0][0] >= later.end:
                one.symbol, one.pieces["gene"] = later.symbol, later.pieces["gene"]
    for one in found:
        if one.variant in proteins and not one.coding:
            whole = proteins[one.variant]
            one.coding, one.variant = whole.coding, whole.variant
            one.pieces = {**one.pieces, "hgvs_c": one.pieces["variant"], "variant": whole.pieces["variant"]}
        if not one.symbol and one.variant in genes:
            one.symbol = genes[one.variant].symbol
            one.pieces["gene"] = genes[one.variant].pieces["gene"]
        if not one.coding:
            whole_ = next((o for o in found if o.variant == one.variant and o.coding and (o.symbol == one.symbol or not one.symbol)), None)
            if whole_ is not None:
                one.coding = whole_.coding
                one.pieces["hgvs_c"] = whole_.pieces["hgvs_c"]
    return found


def _told(
    narrative: Narrative, patterns: Patterns, sentence: Sentence, genes: list[Gene], found: Iterable[Finding], mentions: list[Variant]
) -> Iterator[Finding]:
    """Genes that a word for a change stands with, and that no variant of the sentence belongs to."""
    rows = patterns.rows(FINDINGS)
    markers = [t for t in narrative.terms_in(FINDINGS, sentence.start, sentence.end) if rows[t.id]["kind"] not in ("general", "test")]
    own = [g for g in genes if sentence.start <= g.start and g.end <= sentence.end]
    if not own:
        return
    taken = {one.symbol for one in found if one.sentence.number == sentence.number and one.kind == "variant"}
    for run in _runs(narrative, own, mentions):
        marker = _marker(narrative, patterns, run, markers)
        if marker is None:
            marker = _tested(narrative, patterns, sentence, run)
        if marker is None:
            continue
        reach = (min(run[0].start, marker.start), max(run[-1].end, marker.end))
        if rows[marker.id]["kind"] == "wild" and _LOST.search(narrative.folded[max(0, reach[0] - 14) : reach[0]] + "|" + narrative.folded[reach[1] : reach[1] + 16]):
            continue
        exon = _exon(narrative, reach, mentions)
        for gene in run:
            if len(run) > 1:
                exon = _exon(narrative, (gene.start, gene.end), mentions)
            if gene.drug or gene.clonal or gene.symbol in taken or (gene.guarded and len(run) == 1 and gene.end + 2 < marker.start):
                continue
            pieces = {"gene": [[gene.start, gene.end]]}
            if exon is not None:
                pieces["variant"] = [[exon.start, exon.end]]
            start, end = (gene.start, marker.end) if 0 <= marker.start - gene.end < 12 else (gene.start, gene.end)
            yield Finding(
                "gene", start, end, sentence, gene.symbol, variant=exon.form if exon else "",
                rule=f"mutation.gene.{rows[marker.id]['kind']}", marker=rows[marker.id]["kind"], reach=reach, pieces=pieces,
            )  # fmt: skip


def _named(narrative: Narrative, patterns: Patterns, found: list[Finding]) -> list[Finding]:
    """Variants that go by a name ("factor V Leiden"), where the same gene's variant isn't spelt out in the sentence."""
    rows = patterns.rows(NAMED)
    told = {(one.sentence.number, one.symbol) for one in found}
    named = []
    for term in narrative.terms(NAMED):
        sentence, symbol = narrative.sentence_at(term.start), rows[term.id]["gene"]
        if (sentence.number, symbol) not in told:
            place = [[term.start, term.end]]
            named.append(
                Finding(
                    "variant", term.start, term.end, sentence, symbol, term.canonical, rule="mutation.named",
                    reach=(term.start, term.end), pieces={"gene": place, "variant": place},
                )  # fmt: skip
            )
    return named


def _runs(narrative: Narrative, genes: list[Gene], mentions: list[Variant]) -> Iterator[list[Gene]]:
    """Genes in coordination: "KRAS, NRAS and BRAF"; a variant told with one does not part them."""
    run: list[Gene] = []
    for gene in genes:
        if run:
            gap = narrative.folded[run[-1].end : gene.start]
            for variant in mentions:
                if run[-1].end <= variant.start and variant.end <= gene.start:
                    gap = gap.replace(narrative.folded[variant.start : variant.end], "")
            if not _CONNECTED.fullmatch(gap.replace("(", "").replace(")", "")):
                yield run
                run = []
        run.append(gene)
    if run:
        yield run


def _marker(narrative: Narrative, patterns: Patterns, run: list[Gene], markers: list[Term]) -> Term | None:
    """The word for a change that ``run`` stands with: "KIT mutation", "mutations in KIT and PDGFRA", "KIT was wild type"."""
    fillers = fillers_of(patterns)

    def foreign(gap: str) -> int:
        return sum(word not in fillers for word in _WORD.findall(gap)) + 3 * (";" in gap)

    behind = next((t for t in markers if t.start >= run[-1].end), None)
    if behind is not None and behind.start - run[-1].end < _NEAR:
        gap = narrative.folded[run[-1].end : behind.start]
        if foreign(gap) == 0 and "," not in gap and not re.search(r"\b(?:in|of|for|and|or)\b", gap):
            return behind
    before = next((t for t in reversed(markers) if t.end <= run[0].start), None)
    if before is not None:
        gap = narrative.folded[before.end : run[0].start]
        allowed = 4 if _INCLUDING.search(gap) else 0
        if foreign(gap) <= allowed and len(gap) < 90 and not re.search(r"\band\b|,\s(?!includ|such|namely|e\.g|i\.e)", gap if not allowed else ""):
            return before
    return None


def _tested(narrative: Narrative, patterns: Patterns, sentence: Sentence, run: list[Gene]) -> Term | None:
    """The word for a genetic test in a sentence that calls genes negative: "molecular testing for EGFR and ALK was negative"."""
    after = _CALLED_NEGATIVE.match(narrative.folded, run[-1].end)
    before = narrative.folded.endswith(("negative for ", "negative for the "), 0, run[0].start)
    if not (after or before) or _STAINED.search(narrative.folded[sentence.start : sentence.end]):
        return None
    tests = [t for t in narrative.terms_in(FINDINGS, sentence.start, sentence.end) if t.canonical == "test" and t.end - t.start > 5]
    if not tests and not narrative.terms_in(ASSAYS, sentence.start, sentence.end):
        return None
    return Term(run[0].start, run[-1].end, "finding.mutation", "mutation")


def _exon(narrative: Narrative, reach: tuple[int, int], mentions: list[Variant]) -> Variant | None:
    """The exon told with a gene's change, inside the phrase or right behind it."""
    for variant in mentions:
        if variant.level == "exon" and reach[0] - 12 <= variant.start and variant.end <= reach[1] + 14:
            gap = narrative.folded[reach[1] : variant.start] if variant.start > reach[1] else ""
            if re.fullmatch(r"(?:\s?[(,]\s?|\s(?:in|of|at|on)\s(?:the\s)?)?", gap):
                return variant
    return None
