"""Genes told to be changed, or called negative by a test, without a description of the variant; variants that go by a name."""

import re
from collections.abc import Iterable, Iterator

from casemill.components.mutation_assays import ASSAYS
from casemill.components.mutation_genes import FINDINGS, PHRASES, Gene, fillers_of
from casemill.components.mutation_variants import Finding
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.components.phrases import words
from casemill.notation.variants import Variant
from casemill.resources import Patterns

__all__ = ["NAMED", "find_named", "find_told"]

_NEAR = 60
# What joins two genes is short, unless something is said of the first.
_PLAIN_GAP = 5
#: A sequence called normal counts this many sentences behind a variant.
_TOLD_BEFORE = 4
#: Variants with a name of their own.
NAMED = "mutations/named"
_WORD = re.compile(r"[A-Za-z]+")
_CONNECTED = re.compile(r"[\s,;/&+]*(?:(?:and|or|nor|and/or|as\swell\sas|plus|et)\s)?(?:the\s)?(?:genes?\s)?[\s,/]*")
# "mutations in the coding regions and exon/intron boundaries of X": where in the gene, and nothing between the two.
_REGION = words(PHRASES, "region")
_WITHIN = re.compile(rf"\b(?:in|within)\s{_REGION}(?:[\s,/]+(?:and\s|or\s)?{_REGION})*\sof\b")
# "a deletion that reaches from the 5'-UTR to intron 4 of X"
_SPANNING = re.compile(
    r"\b(?:spanning|encompassing|involving|extending|covering|comprising)\s(?:[\w'/-]+\s){0,6}?(?:exons?|introns?|utr|promoter)\b"
    r"(?:\s\d+)?(?:\s?(?:to|and|through|-)\s?(?:exons?\s|introns?\s)?\d+)?\s(?:of|in)\b"
)
# "A, associated with one disease, and B"
_ASIDE = re.compile(r",\s(?:associated|related|linked|involved)\s(?:with|to|in)\s[\w\s-]{2,40},")
# A codon without what became of it: "GNAQ (Q209)".
_CODON = re.compile(r"\b[a-z]\d{2,4}\b")
# "changes of the uromodulin (UMOD) gene": the name that the symbol in brackets stands for.
_FULL_NAME = re.compile(
    r"\b(?P<lead>in|of|within|for)\s(?:the\s|an?\s)?(?:(?!was\b|were\b|is\b|and\b)[\w/,'-]+\s){1,9}\($"
)
# "X gene sequencing revealed two heterozygous pathogenic variants"
_TEST_OF = re.compile(
    rf"[)]?\s(?:protein\s)?(?:gene\s)?{words(PHRASES, 'gene_test')}\s(?:\w+\s)?{words(PHRASES, 'panel_verb')}\s(?:\w+\s){{0,6}}$"
)
# "compared with wild-type X" tells of nobody's gene.
_COMPARED = re.compile(r"\b(?:compared\s(?:with|to)|than|versus|vs\.?|relative\sto|unlike|that\sof)\s(?:the\s)?$")
_INCLUDING = re.compile(r"\b(?:including|such as|namely|like|involving|e\.g\.|i\.e\.)")
# "loss of the wild-type allele", "the wild-type X protein": no test's result.
_LOST = re.compile(rf"loss of (?:the )?\||\|[\s-]?(?:\w+\s)?{words(PHRASES, 'lost')}")
_CALLED_NEGATIVE = re.compile(
    r"[)]?\s?(?:genes?\s|testing\s|tests?\s|analysis\s|status\s)?(?:in\s(?:the\s)?(?:[\w'-]+\s){1,3}?)?"
    r"(?:(?:was|were)\s(?:both\s|all\s|also\s)?(?:negative|wild[- ]type)"
    r"|(?:revealed|showed|detected|identified|found|disclosed|demonstrated)\sno\s(?:[\w-]+\s){0,2}"
    rf"{words(PHRASES, 'change_noun')}\b(?!\s(?:in|of)\b))"
)
# The same in the words of a report on sequences, where the text has told of a variant or a test just before.
_CALLED_NORMAL = re.compile(
    r"[*_]{0,2}\s?(?:genes?\s|sequences?\s)?(?:was|were)\s(?:both\s|all\s|also\s|each\s)?"
    r"(?:normal|unremarkable|unaffected|without\s(?:\w+\s){0,2}(?:change|variant|mutation|alteration|abnormalit))"
)
# A share of a group told again with the verb left out: "A was mutated in 7 of 14 and B in 4".
_SHARE = re.compile(
    r"\s(?:mutations?\s|variants?\s)?in\s(?:only\s|the\s(?:other|remaining)\s)?(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b"
)
_SHARED = re.compile(r"[^;]{0,60}?\bin\s(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b")
_MARKS = str.maketrans("", "", "()*_")
_NO = re.compile(r"\bno\s(?:\w+\s){0,2}$")
_STAINED = re.compile(words(PHRASES, "stained"))
# "inherited the X mutant allele": how the variant told before came about.
_ALLELE = re.compile(r"\s(?:mutant|mutated|variant)\salleles?\b")


def find_told(
    narrative: Narrative,
    patterns: Patterns,
    sentence: Sentence,
    genes: list[Gene],
    found: Iterable[Finding],
    mentions: list[Variant],
) -> Iterator[Finding]:
    """Genes that a word for a change stands with, and that no variant of the sentence belongs to."""
    rows = patterns.rows(FINDINGS)
    markers = [
        t
        for t in narrative.terms_in(FINDINGS, sentence.start, sentence.end)
        if rows[t.id]["kind"] not in ("general", "test")
        and not (rows[t.id]["kind"] == "wild" and _COMPARED.search(narrative.folded[sentence.start : t.start]))
    ]
    own = [g for g in genes if sentence.start <= g.start and g.end <= sentence.end]
    if not own:
        return
    taken = {one.symbol for one in found if one.sentence.number == sentence.number and one.kind == "variant"}
    told: list[Finding] = []
    for run in _runs(narrative, own, mentions):
        marker = _marker(narrative, patterns, run, markers)
        if marker is None and (whole := _shared(narrative, sentence, run, [*found, *told])) is not None:
            told.append(_sharing(whole, run[0]))
            yield told[-1]
            continue
        if marker is None:
            marker = _tested(narrative, patterns, sentence, run, found)
        if marker is None:
            continue
        reach = (min(run[0].start, marker.start), max(run[-1].end, marker.end))
        if rows[marker.id]["kind"] == "wild" and _LOST.search(
            narrative.folded[max(0, reach[0] - 14) : reach[0]] + "|" + narrative.folded[reach[1] : reach[1] + 16]
        ):
            continue
        exon = _exon(narrative, reach, mentions)
        for gene in run:
            if len(run) > 1:
                exon = _exon(narrative, (gene.start, gene.end), mentions)
            if (
                gene.drug
                or gene.clonal
                or _ALLELE.match(narrative.folded, gene.end)
                or (gene.symbol in taken and not _NO.search(narrative.folded[sentence.start : reach[0]]))
                or (gene.guarded and len(run) == 1 and gene.end + 2 < marker.start)
            ):
                continue
            pieces = {"gene": [[gene.start, gene.end]]}
            if exon is not None:
                pieces["variant"] = [[exon.start, exon.end]]
            start, end = (gene.start, marker.end) if 0 <= marker.start - gene.end < 12 else (gene.start, gene.end)
            told.append(
                Finding(
                    "gene",
                    start,
                    end,
                    sentence,
                    gene.symbol,
                    variant=exon.form if exon else "",
                    rule=f"mutation.gene.{rows[marker.id]['kind']}",
                    marker=rows[marker.id]["kind"],
                    reach=reach,
                    pieces=pieces,
                )
            )
            yield told[-1]


def _shared(narrative: Narrative, sentence: Sentence, run: list[Gene], told: list[Finding]) -> Finding | None:
    """The finding before whose statement goes on with ``run``: "A was mutated in 7 of 14 and B in 4 of 14"."""
    gene = run[0]
    if len(run) > 1 or gene.drug or gene.clonal or not _SHARE.match(narrative.folded, gene.end):
        return None
    if not re.search(r"(?:,|\band|;)\s(?:and\s)?$", narrative.folded[max(sentence.start, gene.start - 8) : gene.start]):
        return None
    before = [f for f in told if f.sentence.number == sentence.number and f.end < gene.start]
    last = max(before, key=lambda f: f.end, default=None)
    return last if last is not None and _SHARED.match(narrative.folded[last.end : gene.start]) else None


def _sharing(whole: Finding, gene: Gene) -> Finding:
    pieces = {"gene": [[gene.start, gene.end]]}
    return Finding(
        "gene",
        gene.start,
        gene.end,
        whole.sentence,
        gene.symbol,
        rule="mutation.gene.shared",
        marker=whole.marker or "change",
        reach=whole.reach,
        pieces=pieces,
    )


def find_named(narrative: Narrative, patterns: Patterns, found: list[Finding]) -> list[Finding]:
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
                    "variant",
                    term.start,
                    term.end,
                    sentence,
                    symbol,
                    term.canonical,
                    rule="mutation.named",
                    reach=(term.start, term.end),
                    pieces={"gene": place, "variant": place},
                )
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
            gap = _CODON.sub("", _ASIDE.sub(",", gap)) if len(gap) > _PLAIN_GAP else gap
            if not _CONNECTED.fullmatch(gap.translate(_MARKS)):
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
        gap = _CODON.sub("", narrative.folded[run[-1].end : behind.start])
        if foreign(gap) == 0 and "," not in gap and not re.search(r"\b(?:in|of|for|and|or)\b", gap):
            return behind
        if _TEST_OF.match(gap) and " no " not in gap:
            return behind
    before = next((t for t in reversed(markers) if t.end <= run[0].start), None)
    if before is not None:
        gap = _WITHIN.sub("in", narrative.folded[before.end : run[0].start])
        gap = _SPANNING.sub("in", gap)
        gap = _FULL_NAME.sub(r"\g<lead>", gap)
        allowed = 4 if _INCLUDING.search(gap) else 0
        if (
            foreign(gap) <= allowed
            and len(gap) < 90
            and not re.search(
                r"\band\b|,\s(?!includ|such|namely|e\.g|i\.e)",
                gap if not allowed else "",
            )
        ):
            return before
    return None


def _tested(
    narrative: Narrative, patterns: Patterns, sentence: Sentence, run: list[Gene], found: Iterable[Finding]
) -> Term | None:
    """The word for a genetic test in a sentence that calls genes negative: "molecular testing for EGFR and ALK was negative"."""
    if (normal := _CALLED_NORMAL.match(narrative.folded, run[-1].end)) and not all(g.guarded for g in run):
        near = any(f.kind == "variant" and 0 <= sentence.number - f.sentence.number < _TOLD_BEFORE for f in found)
        if near and not _STAINED.search(narrative.folded[sentence.start : sentence.end]):
            return Term(run[0].start, normal.end(), "finding.wild_type", "wild type")
    after = _CALLED_NEGATIVE.match(narrative.folded, run[-1].end)
    before = narrative.folded.endswith(("negative for ", "negative for the "), 0, run[0].start)
    if not (after or before) or _STAINED.search(narrative.folded[sentence.start : sentence.end]):
        return None
    tests = [
        t
        for t in narrative.terms_in(FINDINGS, sentence.start, sentence.end)
        if t.canonical == "test" and t.end - t.start > 5
    ]
    if not tests and not narrative.terms_in(ASSAYS, sentence.start, sentence.end):
        return None
    return Term(run[0].start, run[-1].end, "finding.mutation", "mutation")


def _exon(narrative: Narrative, reach: tuple[int, int], mentions: list[Variant]) -> Variant | None:
    """The exon told with a gene's change, inside the phrase or right behind it."""
    for variant in mentions:
        if variant.level == "exon" and reach[0] - 12 <= variant.start and variant.end <= reach[1] + 14:
            gap = narrative.folded[reach[1] : variant.start] if variant.start > reach[1] else ""
            if re.fullmatch(r"\s?(?:\s?[(,]\s?|\s(?:in|of|at|on)\s(?:the\s)?)?", gap):
                return variant
    return None
