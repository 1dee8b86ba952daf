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
#: Variants with a name of their own.
NAMED = "mutations/named"
_WORD = re.compile(r"[A-Za-z]+")
_CONNECTED = re.compile(r"[\s,;/&+]*(?:(?:and|or|nor|and/or|as\swell\sas|plus|et)\s)?(?:the\s)?(?:genes?\s)?[\s,/]*")
_INCLUDING = re.compile(r"\b(?:including|such as|namely|like|involving|e\.g\.|i\.e\.)")
# "loss of the wild-type allele", "the wild-type X protein": no test's result.
_LOST = re.compile(rf"loss of (?:the )?\||\|[\s-]?(?:\w+\s)?{words(PHRASES, 'lost')}")
_CALLED_NEGATIVE = re.compile(
    r"\s?(?:genes?\s|testing\s|tests?\s|analysis\s|status\s)?(?:was|were)\s(?:both\s|all\s)?(?:negative|wild[- ]type)"
)
_STAINED = re.compile(words(PHRASES, "stained"))


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
    ]
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
                or gene.symbol in taken
                or (gene.guarded and len(run) == 1 and gene.end + 2 < marker.start)
            ):
                continue
            pieces = {"gene": [[gene.start, gene.end]]}
            if exon is not None:
                pieces["variant"] = [[exon.start, exon.end]]
            start, end = (gene.start, marker.end) if 0 <= marker.start - gene.end < 12 else (gene.start, gene.end)
            yield Finding(
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


def _tested(narrative: Narrative, patterns: Patterns, sentence: Sentence, run: list[Gene]) -> Term | None:
    """The word for a genetic test in a sentence that calls genes negative: "molecular testing for EGFR and ALK was negative"."""
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
            if re.fullmatch(r"(?:\s?[(,]\s?|\s(?:in|of|at|on)\s(?:the\s)?)?", gap):
                return variant
    return None
