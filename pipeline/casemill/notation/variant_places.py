"""Changes told without what it takes to name a variant: "a mutation at codon 717", "the Gly-706 mutant", "a 3-bp deletion".

They are mentions (level ``change``) and never rows: a reader sees where a text speaks of a variant that it doesn't spell out.
"""

import re
from collections.abc import Iterator
from functools import cache

from casemill.notation.numbers import number_words
from casemill.notation.variant_forms import Variant
from casemill.notation.variant_prose import base_names, residue_names
from casemill.notation.variant_proteins import CODE

__all__ = ["find_placed_changes"]

_UNIT = r"(?:bp|kb|base[ -]?pairs?|nucleotides?|nt|bases?|amino[ -]acids?|aa|codons?|residues?)"
_KIND = r"(?:deletion|insertion|duplication)s?"
_CHANGED = r"(?:mutation|mutant|deletion|substitution|variant)s?"
_NUMBERED = (
    r"(?:codons?|residues?|positions?|amino[ -]acids?|aa|nucleotides?|nt|bases?)(?:\s(?:position|number|no\.))?"
    r"\s\d{1,6}(?!\d|\.\d|\s?%)"
)


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    counted = "|".join(word for word, value in number_words().items() if " " not in word and 0 < int(value) < _FEW)
    count = rf"(?:\d{{1,5}}(?:\.\d)?|single|large|{counted})"
    name = "|".join(word for word in residue_names() if " " not in word)
    bases = "|".join(word for word in base_names() if " " not in word)
    residue = rf"(?:{CODE}|(?i:{name})|(?<![A-Za-z])[ACDEFGHIKLMNPQRSTVWY])\s?-?\s?[(]?\d{{1,4}}[)]?(?![\d.]|\s?%)"
    base = rf"(?:[ACGT]|{bases})"
    sources = (
        # mutation of Tyr-615, deletion of Phe52, mutations at codons 717
        (
            "told.place.of",
            rf"(?:[Mm]utation|[Dd]eletion|[Ss]ubstitution|[Rr]eplacement|[Vv]ariant|[Mm]utagenesis)s?\s(?:of|at|in|on)\s"
            rf"(?:(?:the|a|conserved|either|both)\s){{0,2}}(?:(?:codon|residue|position|amino[ -]acid)s?\s)?"
            rf"(?:{residue}|{_NUMBERED})",
        ),
        # Gly-706 mutant, the phenylalanine 717 mutation
        ("told.place.mutant", rf"(?<![A-Za-z-])(?:{CODE}|{name})[ -]?\d{{1,4}}\s{_CHANGED}(?![a-z])"),
        # deletion of 10 bp, insertion of 59 nucleotides
        (
            "told.size.of",
            rf"{_KIND}\sof\s(?:an?\s|the\s)?(?:approximately\s|about\s)?{count}[ -]{_UNIT}(?![a-z])",
        ),
        # a 4-bp deletion, single bp deletion, three-base insertions
        (
            "told.size",
            rf"(?<![\w.-]){count}[ -]?{_UNIT}\s(?:in-frame\s|frameshift\s|genomic\s)?{_KIND}(?![a-z])",
        ),
        # C to T substitution, a cytosine-to-thymine transition, Pro----Leu substitution
        (
            "told.change",
            rf"(?:(?<![A-Za-z-]){base}(?:\s|-)to(?:\s|-){base}|{CODE}\s?-{{2,4}}>?\s?{CODE})\s"
            r"(?:substitution|transition|transversion|mutation|change|polymorphism)s?",
        ),
        # dup24bp, del 6 bp, delTTCA
        ("short.indel", r"(?<![A-Za-z0-9])(?:ins/del|del|dup|ins)\s?(?:\d{1,4}\s?bp|[ACGT]{2,20})(?![A-Za-z0-9])"),
        # an allele by its base: IVS9+217T
        ("short.allele", r"IVS\s?\d{1,2}\s?[+-]\s?\d{1,4}\s?[ACGT](?![A-Za-z0-9>/]|\s?-*>)"),
        # CCR5 Delta32
        ("short.delta", r"(?<![A-Za-z0-9])(?:[Dd]elta|[ΔΔ])\s?-?32(?!\d)"),
    )
    return tuple((rule, re.compile(source)) for rule, source in sources)


# A part of a word that each rule needs in the text at all, looked for before its expression runs.
_SIZES = ("eletion", "nsertion", "uplication")
_CUES = {
    "told.place.of": ("utation", "eletion", "ubstitution", "eplacement", "ariant", "utagenesis"),
    "told.place.mutant": ("utant", "utation", "eletion", "ubstitution", "variant"),
    "told.size.of": _SIZES,
    "told.size": _SIZES,
    "told.change": ("ubstitution", "ransition", "ransversion", "mutation", "olymorphism"),
    "short.indel": ("del", "dup", "ins"),
    "short.allele": ("IVS",),
    "short.delta": ("elta", "Δ"),
}
# Number words up to here stand with a size.
_FEW = 20


def find_placed_changes(text: str) -> Iterator[Variant]:
    """Changes told by place, size or kind alone in ``text``; ``form`` is the text's own words."""
    for rule, expression in _rules():
        if not any(cue in text for cue in _CUES[rule]):
            continue
        for match in expression.finditer(text):
            yield Variant(*match.span(), "change", match.group(), rule, weak=rule == "short.indel")
