"""Changes told without what it takes to name a variant: "a mutation at codon 717", "the Gly-706 mutant", "a 3-bp deletion".

They are mentions (level ``change``) and never rows: a reader sees where a text speaks of a variant that it doesn't spell out.
"""

import re
from collections.abc import Iterator

from casemill.notation.variant_forms import Variant
from casemill.notation.variant_proteins import CODE

__all__ = ["find_placed_changes"]

_COUNT = r"(?:\d{1,5}(?:\.\d)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|single|large)"
_UNIT = r"(?:bp|kb|base[ -]?pairs?|nucleotides?|nt|bases?|amino[ -]acids?|aa|codons?|residues?)"
_KIND = r"(?:deletion|insertion|duplication)s?"
_NAME = (
    r"(?:alanine|arginine|asparagine|aspartate|aspartic acid|cysteine|glutamine|glutamate|glutamic acid|glycine|histidine"
    r"|isoleucine|leucine|lysine|methionine|phenylalanine|proline|serine|threonine|tryptophan|tyrosine|valine)"
)
_RESIDUE = rf"(?:{CODE}|(?i:{_NAME})|(?<![A-Za-z])[ACDEFGHIKLMNPQRSTVWY])\s?-?\s?[(]?\d{{1,4}}[)]?(?![\d.]|\s?%)"
_NUMBERED = r"(?:codons?|residues?|positions?|amino[ -]acids?|aa|nucleotides?|nt|bases?)(?:\s(?:position|number|no\.))?\s\d{1,6}(?!\d|\.\d|\s?%)"
_BASE = r"(?:[ACGT]|adenine|cytosine|guanine|thymine|adenosine|cytidine|guanosine|thymidine)"
_RULES = (
    # mutation of Tyr-615, deletion of Phe52, mutations at codons 717
    (
        "told.place.of",
        rf"(?:[Mm]utation|[Dd]eletion|[Ss]ubstitution|[Rr]eplacement|[Vv]ariant|[Mm]utagenesis)s?\s(?:of|at|in|on)\s"
        rf"(?:(?:the|a|conserved|either|both)\s){{0,2}}(?:(?:codon|residue|position|amino[ -]acid)s?\s)?(?:{_RESIDUE}|{_NUMBERED})",
    ),
    # Gly-706 mutant, the phenylalanine 717 mutation
    (
        "told.place.mutant",
        rf"(?:{CODE}|{_NAME})(?<![A-Za-z-]\w{{3}})[ -]?\d{{1,4}}\s(?:APP\s)?(?:mutant|mutation|deletion|substitution|variant)s?(?![a-z])",
    ),
    # deletion of 10 bp, insertion of 59 nucleotides
    ("told.size.of", rf"{_KIND}\sof\s(?:an?\s|the\s)?(?:approximately\s|about\s)?{_COUNT}[ -]{_UNIT}(?![a-z])"),
    # a 4-bp deletion, single bp deletion, three-base insertions
    ("told.size", rf"(?<![\w.-]){_COUNT}[ -]?{_UNIT}\s(?:in-frame\s|frameshift\s|genomic\s)?{_KIND}(?![a-z])"),
    # C to T substitution, a cytosine-to-thymine transition, Pro----Leu substitution
    (
        "told.change",
        rf"(?:(?<![A-Za-z-]){_BASE}(?:\s|-)to(?:\s|-){_BASE}|{CODE}\s?-{{2,4}}>?\s?{CODE})\s"
        r"(?:substitution|transition|transversion|mutation|change|polymorphism)s?",
    ),
    # dup24bp, del 6 bp, delTTCA
    ("short.indel", r"(?<![A-Za-z0-9])(?:ins/del|del|dup|ins)\s?(?:\d{1,4}\s?bp|[ACGT]{2,20})(?![A-Za-z0-9])"),
    # an allele by its base: IVS9+217T
    ("short.allele", r"IVS\s?\d{1,2}\s?[+-]\s?\d{1,4}\s?[ACGT](?![A-Za-z0-9>/]|\s?-*>)"),
    # CCR5 Delta32
    ("short.delta", r"(?<![A-Za-z0-9])(?:[Dd]elta|[ΔΔ])\s?-?32(?!\d)"),
)
_EXPRESSIONS = tuple((rule, re.compile(source)) for rule, source in _RULES)
_CUES = (
    "utation",
    "utant",
    "utagenesis",
    "eletion",
    "nsertion",
    "uplication",
    "ubstitution",
    "eplacement",
    "ransition",
    "ransversion",
    "ariant",
    "olymorphism",
    "del",
    "dup",
    "ins",
    "IVS",
    "elta",
    "Δ",
    "change",
)


def find_placed_changes(text: str) -> Iterator[Variant]:
    """Changes told by place, size or kind alone in ``text``; ``form`` is the text's own words."""
    if not any(cue in text for cue in _CUES):
        return
    for rule, expression in _EXPRESSIONS:
        for match in expression.finditer(text):
            yield Variant(*match.span(), "change", match.group(), rule, weak=rule == "short.indel")
