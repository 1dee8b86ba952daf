"""Genetic test results: mentions of variants, fusions and changed genes joined into frames of the table ``mutations``.

Every variant of the text, background included, stands in ``doc.spans["variants"]`` and, with exact characters, in the
layer's ``variants`` as ``[start, end, standard form]``. What is told by its place, size or kind alone ("a mutation at
codon 12") stands in ``variant_descriptions`` with its own words. A span's ``id_`` names the rule (``told.`` for prose).
Fusions, genes told to be changed and changes told by their exon alone stand in ``gene_findings`` as ``[start, end, gene]``.
"""

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.frames import Cells, Frame, frame, store
from casemill.components.layers import layer
from casemill.components.mutation_assays import ASSAYS, assays, confirmed, continues, heading
from casemill.components.mutation_carriers import ANAPHORS, Carrier, find_carriers
from casemill.components.mutation_details import (
    ORIGINS,
    ZYGOSITY,
    Detail,
    origin,
    origin_behind,
    zygosity,
    zygosity_behind,
)
from casemill.components.mutation_findings import read_findings
from casemill.components.mutation_fractions import FRACTIONS, fractions, later_fractions
from casemill.components.mutation_genes import FINDINGS, FUSIONS, GENES, LOOKALIKES
from casemill.components.mutation_judgement import GENERAL, LEVEL, MICROBES, judge
from casemill.components.mutation_mentions import find_mentions
from casemill.components.mutation_results import DETECTED, NOT_DETECTED, RESULTS, Verdict
from casemill.components.mutation_told import NAMED
from casemill.components.mutation_variants import Finding
from casemill.components.narrative import Narrative, Sentence
from casemill.components.persons import PERSONS, find_persons
from casemill.components.terms import find_terms, overlay
from casemill.notation.variant_forms import is_standard, long_protein
from casemill.notation.variants import DESCRIBED, Variant
from casemill.resources import Patterns

__all__ = ["Mutations", "make_mutations"]

# Told without a place in the gene's or protein's sequence: gene findings, no mentions of a variant.
_UNPLACED = ("exon", "tandem")
# Unless words tell what became of the exon: descriptions of a variant too.
_EXON_TOLD = ("exon.be", "told.sized")
_DESCRIPTIVE = (*DESCRIBED, *_EXON_TOLD)
# "Among these mutations, three (...) are novel": a comment on what was told, of nobody's.
_COMMENTED = re.compile(
    r"\b(?:among|of)\s(?:these|those|the)\s(?:\w+\s){0,2}(?:mutations|variants|changes)\b|\b(?:is|are|was|were)\s(?:all\s|both\s)?novel\b"
)
_LEXICONS = (
    ANAPHORS, ASSAYS, FINDINGS, FRACTIONS, FUSIONS, GENERAL, GENES, LOOKALIKES, MICROBES, NAMED, ORIGINS,
    ZYGOSITY, PERSONS,
)  # fmt: skip


@Language.factory("casemill_mutations", default_config={"patterns": None}, assigns=["doc.user_data", "doc.spans"])
def make_mutations(nlp: Language, name: str, patterns: str | None) -> "Mutations":
    """A reader of genetic test results; ``patterns`` is a folder laid over the packaged pattern files.

    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> _ = nlp.add_pipe("casemill_mutations")
    >>> doc = nlp("Sequencing revealed a heterozygous variant, c.1211C > T (p.Thr404Met), in COL4A5.")
    >>> [form for _, _, form in doc.user_data["casemill"]["variants"]]
    ['c.1211C>T', 'T404M']
    """
    return Mutations(name, overlay(patterns))


class Mutations:
    """Finds variants and genes, and what a report says of them."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """Write the mentions and frames of ``doc``."""
        find_terms(doc, self.patterns, *_LEXICONS)
        narrative = Narrative.of(doc)
        mentions = find_mentions(narrative, self.patterns)
        _show(doc, [v for v in mentions if v.level not in _UNPLACED or v.rule.startswith(_EXON_TOLD)])
        if not mentions and not self._speaks_of_genes(narrative):
            return doc
        findings = read_findings(narrative, self.patterns, mentions)
        if findings:
            find_terms(doc, self.patterns, RESULTS)
        layer(doc)["gene_findings"] = [
            [f.start, f.end, f.symbol] for f in findings if f.kind != "variant" or not f.placed
        ]
        store(doc, "mutations", self._frames(narrative, findings))
        return doc

    def _speaks_of_genes(self, narrative: Narrative) -> bool:
        rows = self.patterns.rows(FINDINGS)
        return bool(narrative.terms(FUSIONS) or narrative.terms(NAMED)) or any(
            rows[t.id]["kind"] != "general" for t in narrative.terms(FINDINGS)
        )

    def _frames(self, narrative: Narrative, findings: list[Finding]) -> Iterator[Frame]:
        readable = [f for f in findings if f.sentence.extract]
        told = {f.sentence.number for f in readable if f.kind != "gene"}
        heads = _headings(narrative, readable, told)
        fused = {f.symbol for f in readable if f.kind == "fusion"}
        by_sentence: dict[int, list[Finding]] = {}
        for finding in readable:
            by_sentence.setdefault(finding.sentence.number, []).append(finding)
        seen: set[tuple[str, str, str]] = set()
        persons = find_persons(narrative, self.patterns) if any(f.kind == "variant" for f in readable) else []
        carriers = list(find_carriers(narrative, self.patterns, persons, readable)) if persons else []
        theirs = {id(c.finding) for c in carriers if c.shared_out}
        measured: list[tuple[Finding, Cells]] = []
        for finding in readable:
            if id(finding) in theirs:
                continue
            others = [(o.start, o.end) for o in by_sentence[finding.sentence.number] if o is not finding]
            found, reason = judge(narrative, self.patterns, finding, fused)
            key = (finding.symbol, finding.variant, found.result)
            if found.cue == LEVEL and key in seen:
                # a level measured again is a laboratory value, and no new finding
                reason = "retelling"
            elif key in seen and _COMMENTED.search(narrative.folded, finding.sentence.start, finding.sentence.end):
                reason = "retelling"
            details = self._details(narrative, finding, others, told, heads, first=key not in seen)
            if found.result == NOT_DETECTED:
                # what isn't there has a method, but no zygosity
                details = {"assay": details["assay"], "origin": _adjective(details["origin"], finding)}
            cells = {**self._key(finding, found), **details}
            seen.add(key)
            yield frame(
                finding.start, finding.end, finding.rule, cells, finding.sentence, quality=_doubts(cells), reason=reason
            )
            if found.result == DETECTED and not reason:
                shares = fractions(narrative, finding.sentence, finding.start, finding.end, others)
                yield from self._measured(finding.sentence, cells, shares[1:])
                if finding.kind == "variant":
                    measured.append((finding, cells))
        for carrier in carriers:
            yield self._carried(narrative, carrier, told)
        yield from self._measured_later(narrative, readable, measured)

    @staticmethod
    def _measured(sentence: Sentence, cells: Cells, shares: list[Detail]) -> Iterator[Frame]:
        """Frames of further fractions of one finding, each at its own number."""
        for share in shares:
            (start, end), *_ = share.pieces
            told = {column: cells[column] for column in cells if column not in ("allele_fraction", "zygosity")}
            told["allele_fraction"] = (share.value, _lists(share))
            yield frame(start, end, "mutation.fraction", told, sentence, quality=_doubts(told))

    def _measured_later(
        self, narrative: Narrative, readable: list[Finding], measured: list[tuple[Finding, Cells]]
    ) -> Iterator[Frame]:
        """Fractions told by themselves of the variant before: "by June the allele burden was 11%"."""
        own = {f.sentence.number for f in readable}
        for number in sorted({narrative.sentence_at(t.start).number for t in narrative.terms(FRACTIONS)} - own):
            sentence = narrative.sentences[number]
            before = [(f, cells) for f, cells in measured if f.sentence.number < number]
            if not before or not sentence.extract:
                continue
            before = [(f, cells) for f, cells in before if cells["allele_fraction"][0]] or before
            last = [(f, cells) for f, cells in before if f.sentence.number == before[-1][0].sentence.number]
            if len({f.variant for f, _ in last}) > 1:
                continue
            cells = {**last[-1][1]}
            method = assays(narrative, sentence, None, sentence.start, sentence.start, [])
            cells["assay"] = (method.value, _lists(method))
            yield from self._measured(sentence, cells, later_fractions(narrative, sentence))

    @staticmethod
    def _key(finding: Finding, found: Verdict) -> Cells:
        pieces = finding.pieces
        cells = {
            "gene": (finding.symbol, pieces.get("gene", [])),
            "variant": (finding.variant or finding.rsid, pieces.get("variant", [])),
            "hgvs_c": (finding.coding, pieces.get("hgvs_c", [])),
            "result": (found.result, [[found.start, found.end]]),
        }
        if finding.variant and (written := long_protein(finding.variant)):
            cells["hgvs_p"] = (written, pieces["variant"])
        rsid = finding.rsid or (finding.variant if finding.variant.startswith("rs") else "")
        if rsid:
            cells["rsid"] = (rsid, pieces.get("rsid", pieces.get("variant", [])))
        return cells

    def _details(
        self,
        narrative: Narrative,
        finding: Finding,
        others: list[tuple[int, int]],
        told: set[int],
        heads: dict[int, Detail],
        *,
        first: bool,
    ) -> Cells:
        """Attributes; the method of sentences before counts for the ``first`` telling only."""
        sentence, start, end = finding.sentence, finding.start, finding.end
        own = zygosity(narrative, sentence, start, end, others)
        if not own.value and finding.announced is not None:
            own = zygosity(narrative, finding.announced.sentence, *finding.announced.reach, [])
        if not own.value and finding.kind == "gene" and not others:
            # between the gene and the word for its change: "X sequencing revealed two heterozygous variants"
            within = narrative.terms_in(ZYGOSITY, *finding.reach)[:1]
            own = next((Detail(t.canonical, ((t.start, t.end),)) for t in within), own)
        if not own.value and finding.kind == "variant":
            own = zygosity_behind(narrative, sentence, others)
        method = assays(narrative, sentence, told if first else None, start, end, others)
        if not method.value and first and not narrative.terms_in(ASSAYS, sentence.start, sentence.end):
            method = heads.get(sentence.number, method)
        if first and not others:
            method = confirmed(narrative, sentence, told, method)
        details = {
            "zygosity": own,
            "origin": origin(narrative, sentence, start, end, others) or origin_behind(narrative, sentence, others),
            "allele_fraction": next(iter(fractions(narrative, sentence, start, end, others)), Detail()),
            "assay": method,
        }
        return {column: (detail.value, _lists(detail)) for column, detail in details.items()}

    def _carried(self, narrative: Narrative, carrier: Carrier, told: set[int]) -> Frame:
        found = Verdict(carrier.result, *carrier.result_piece)
        own = told - {carrier.sentence.number}
        method = assays(narrative, carrier.sentence, own, carrier.start, carrier.end, [])
        if not method.value:
            finding = carrier.finding
            method = assays(narrative, finding.sentence, told, finding.start, finding.end, [])
        cells = {
            **self._key(carrier.finding, found),
            "zygosity": (carrier.zygosity.value, _lists(carrier.zygosity)),
            "assay": (method.value, _lists(method)),
        }
        return frame(carrier.start, carrier.end, "mutation.carrier", cells, carrier.sentence, quality=_doubts(cells))


def _doubts(cells: Cells) -> list[str]:
    """Descriptions kept as written that the standard has otherwise."""
    return [f"malformed:{column}" for column in ("variant", "hgvs_c") if not is_standard(cells[column][0])]


def _adjective(cell: tuple[str, list[list[int]]], finding: Finding) -> tuple[str, list[list[int]]]:
    """An origin told before the finding: "no germline DDX41 mutation"."""
    return cell if all(end <= finding.start for _, end in cell[1]) else ("", [])


def _headings(narrative: Narrative, readable: list[Finding], told: set[int]) -> dict[int, Detail]:
    """The method that heads each sentence with findings, carried on where the next goes on with the same test."""
    heads: dict[int, Detail] = {}
    for finding in readable:
        sentence = finding.sentence
        if sentence.number in heads:
            continue
        own = heading(narrative, sentence, finding.start)
        if not own.value and not narrative.terms_in(ASSAYS, sentence.start, sentence.end):
            own = assays(narrative, sentence, told, finding.start, finding.end, [])
        last = next((n for n in (sentence.number - 1, sentence.number - 2) if n in heads), None)
        if not own.value and last is not None and continues(narrative, sentence, narrative.sentences[last]):
            own = heads[last]
        heads[sentence.number] = own
    return heads


def _lists(detail: Detail) -> list[list[int]]:
    return [list(piece) for piece in detail.pieces]


def _show(doc: Doc, mentions: list[Variant]) -> None:
    """Variants with a form of their own apart from what is told by its place, size or kind alone."""
    groups: dict[str, list[Variant]] = {"variants": [], "variant_descriptions": []}
    for variant in mentions:
        groups["variant_descriptions" if variant.rule.startswith(_DESCRIPTIVE) else "variants"].append(variant)
    data = layer(doc)
    for group, shown in groups.items():
        data[group] = [[v.start, v.end, v.form] for v in shown]
        if shown and len(doc):
            # a group costs as much as a search of the text: none where there is nothing to show
            spans = (doc.char_span(v.start, v.end, v.level, span_id=v.rule, alignment_mode="expand") for v in shown)
            doc.spans[group] = [span for span in spans if span is not None]
