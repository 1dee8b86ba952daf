"""Changes told without what it takes to name a variant: "a mutation at codon 717", "the Gly-706 mutant", "a 3-bp deletion".

They are mentions (level ``change``) and never rows: a reader sees where a text speaks of a variant that it doesn't spell out.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from ahocorasick_rs import AhoCorasick

from casemill.notation.variant_forms import Variant, balanced
from casemill.notation.variant_prose import Anchors, any_name, base_names, residue_names
from casemill.notation.variant_proteins import CODE

__all__ = ["find_placed_changes"]

_UNIT = r"(?:bp|kb|base[ -]?pairs?|nucleotides?|nt|bases?|amino[ -]acids?|aa|codons?|residues?)"
_KIND = r"(?:deletion|insertion|duplication)s?"
_CHANGED = r"(?:mutation|mutant|deletion|substitution|variant)s?"
# What is done to a place.
_DONE = (
    "mutation", "deletion", "substitution", "replacement", "variant", "mutagenesis", "removal", "insertion", "truncation",
    "loss", "absence",
)  # fmt: skip
_MARK = r"(?:codons?|residues?|positions?|amino[ -]acids?|aa|nucleotides?|nt|bases?)"
_NUMBERED = rf"{_MARK}(?:\s(?:position|number|no\.)s?)?\s\d{{1,6}}(?!\d|\.\d|\s?%)"
# A part of a protein or of its gene that has no number.
_PART = (
    r"(?:domain|motif|residue|terminus|terminal|loop|helix|signal|hexapeptide|tail|hydrophobic|zinc finger|consensus"
    r"|(?:binding|phosphorylation|glycosylation|palmitoylation|cleavage|sumoylation|acetylation|start|splice)\ssite|[A-Z]\sbox)"
)
_BECOMES = (
    r"(?:to|into|by|with|for|in place of|instead of"
    r"|(?:was|were|is|has been|have been)\s(?:replaced|substituted|changed|mutated|converted)\s(?:by|with|to|for|into))"
)
_TURNING = ("substitut", "replac", "chang", "mutat", "conver", "exchang")
# Rules of named residues, and how many each needs in the text.
_RESIDUES = {"told.place.mutant": 1, "told.change.from": 2, "told.change.to": 2}
# How far the words of a description reach before and behind its cue.
_BEFORE, _BEHIND = 70, 160


# A rule: its id, parts of words that it needs in the text at all, looked for before its expression runs, and that.
_Rule = tuple[str, tuple[str, ...], str]
_PLACED = (
    "utation",
    "eletion",
    "ubstitution",
    "eplacement",
    "ariant",
    "utagenesis",
    "emoval",
    "nsertion",
    "runcation",
)
_SIZED = ("eletion", "nsertion", "uplication")


def _words_of(names: Iterable[str]) -> list[str]:
    """Names of one word."""
    return [name for name in names if " " not in name]


def _residue_name() -> str:
    names = (*_words_of(residue_names()), "aspartic acid", "glutamic acid")
    return rf"(?:{CODE}|{any_name(names)})(?![a-z])"


def _place_rules() -> tuple[_Rule, ...]:
    """What was done to a place, where it doesn't say what became of it."""
    name = _residue_name()
    residue = (
        rf"(?:(?:{CODE}|{any_name(_words_of(residue_names()))})(?:\sresidues?)?\s?-?\s?[(]?\d{{1,4}}[)]?"
        r"|(?<!in\s)(?<![A-Za-z])[ACDEFGHIKLMNPQRSTVWY]-?\d{2,4})(?![\d.]|\s?%)"
    )
    return (
        # mutation of Tyr-615, deletion of Phe52, mutations at codons 717, mutation of FAK Tyr-925
        (
            "told.place.of",
            _PLACED,
            rf"(?:{any_name(_DONE)})s?\s(?:of|at|in|on|for)\s(?:(?:the|a|an|conserved|either|both|residues?|position)\s){{0,3}}"
            rf"(?:[\w-]{{2,9}}\s)?(?:(?:codon|residue|position|amino[ -]acid)s?\s)?(?:{residue}|{_NUMBERED})",
        ),
        # deletion of the U box, mutations of conserved phosphorylation sites
        (
            "told.place.part",
            _PLACED,
            rf"(?<![A-Za-z])(?:{any_name(_DONE)})s?\s(?:of|in)\s(?:(?!and\b|or\b|gene\b)[\w/'-]+\s){{0,5}}?(?:{_PART}s?\b|{name}s?\b(?!\s?-?[(]?\d))"
            r"(?:\s(?:at|in|within|of)\sthe\s(?:[\w-]+\s)?(?:domain|terminus|motif|helix|loop|region|segment))?",
        ),
        # Gly-706 mutant, the phenylalanine 717 mutation
        (
            "told.place.mutant",
            ("utant", "utation", "eletion", "ubstitution", "variant"),
            rf"(?<![A-Za-z-])(?:{CODE}|{'|'.join(_words_of(residue_names()))})[ -]?\d{{1,4}}\s{_CHANGED}(?![a-z])",
        ),
    )


_SIZE_RULES: tuple[_Rule, ...] = (
    # deletion of 10 bp, insertion of 59 nucleotides
    (
        "told.size.of",
        _SIZED,
        rf"{_KIND}\sof\s(?:an?\s|the\s)?(?:approximately\s|about\s)?"
        rf"(?:\d{{1,5}}(?:\.\d)?|[a-z]{{3,6}})[ -]{_UNIT}(?![a-z])",
    ),
    # a 4-bp deletion, 3 nt deletion
    (
        "told.size",
        _SIZED,
        rf"(?<![\w.-])\d{{1,5}}(?:\.\d)?[ -]?{_UNIT}\s(?:in-frame\s|frameshift\s|genomic\s)?{_KIND}(?![a-z])",
    ),
    # a CCC insertion at position 835, a trinucleotide insertion in exon 5, insertion of an adenine between nucleotides
    (
        "told.inserted",
        _SIZED,
        rf"(?<![A-Za-z])(?:[ACGT]{{1,12}}\s)?(?:\w*nucleotide\s)?{_KIND}\s(?:of\s(?:\w+\s){{1,4}}?)?(?:at|in|within|between|from)\s(?:the\s)?"
        rf"(?:exons?|introns?|{_MARK})\s(?:positions?\s)?\d{{1,6}}(?:\sand\s\d{{1,6}})?",
    ),
)


def _turn_rules() -> tuple[_Rule, ...]:
    """What became of a residue or base, without its place."""
    name, base = _residue_name(), rf"(?:[ACGT]|{'|'.join(_words_of(base_names()))})"
    article = r"(?:(?:an?|the)\s)?"
    return (
        # C to T substitution, a cytosine-to-thymine transition, Pro----Leu substitution
        (
            "told.change",
            ("ubstitution", "ransition", "ransversion", "mutation", "change", "olymorphism"),
            rf"(?:(?<![A-Za-z-]){base}(?:\s|-)to(?:\s|-){base}|{CODE}\s?-{{2,4}}>?\s?{CODE})\s"
            r"(?:substitution|transition|transversion|mutation|change|polymorphism)s?",
        ),
        # substitution of methionine by valine, change from arginine to glutamine
        (
            "told.change.from",
            ("ubstitut", "eplace", "hange", "utat", "onver", "xchang"),
            rf"(?:{any_name(_TURNING)})\w+\s(?:of\s|from\s)?{article}(?:[a-z-]+\s){{0,2}}?{name}s?"
            rf"(?:\s[(]\w{{1,3}}[)])?\s{_BECOMES}\s{article}(?:[a-z-]+\s)?{name}",
        ),
        # leucine to proline substitution, Ser-to-Ala mutation, methionine was replaced with leucine
        (
            "told.change.to",
            ("ubstitut", "eplace", "hange", "utat", "onver", "xchang", "ltera"),
            rf"(?<![A-Za-z-]){name}(?:(?:\s[(]\w{{1,3}}[)])?[\s-](?:to|for|by)[\s-]{article}{name}\s(?:[a-z]+\s)?"
            r"(?:substitution|mutation|change|alteration|exchange|replacement)s?"
            r"|\s(?:was|were|is|has been|have been)\s"
            rf"(?:replaced|substituted|changed|mutated|converted)\s(?:by|with|to|for|into)\s{article}{name})",
        ),
    )


_SITE_RULES: tuple[_Rule, ...] = (
    # premature stop codon at position 201, termination codon in exon 4, a frameshift at amino acid 669
    (
        "told.stop",
        ("codon at", "codon in", "hift at", "codon ("),
        rf"(?:(?:premature|early)\s)?(?:(?:stop|termination|nonsense)\scodon|frame-?\s?shift)\s(?:[(]T[AG]{{2}}[)]\s)?(?:at|in)\s(?:the\s)?(?:exon|{_MARK})\s(?:position\s)?\d{{1,5}}",
    ),
    # lacking exon 15, loss of exon 9, absence of exon 5; a deletion that is located in exon 7
    (
        "told.exon",
        ("exon",),
        r"(?:(?i:lacking|without|loss of|absence of|removal of|retention of)\s(?:the\s)?"
        r"|(?:deletion|insertion|duplication)\sthat\s(?:is|was)\s(?:located\s)?in\s)"
        r"exons?\s\d{1,3}(?:[a-z]\b)?",
    ),
    # G985 mutation, 1028G allele, the mutation 286T
    (
        "told.allele",
        ("mutation", "allele", "variant"),
        r"(?<![\w-])(?:[ACGT]\d{3,5}|\d{3,5}[ACGT])\s(?:mutation|allele|variant)s?\b|\b(?:(?:mutation|allele)s?|homozygotes|heterozygotes)\s[(\[]?(?:\d{3,5}[ACGT]|[ACGT]\d{3,5})(?![\w>-])",
    ),
)
_SHORT_RULES: tuple[_Rule, ...] = (
    # dup24bp, del 6 bp, delTTCA
    (
        "short.indel",
        ("del", "dup", "ins"),
        r"(?<![A-Za-z0-9])(?:(?:ins/del|del|dup|ins)\s?(?:\d{1,4}\s?bp|[ACGT]{2,20})|-?\d{1,5}\s\dN\s(?:ins/del|del|ins))(?![A-Za-z0-9])",
    ),
    # an allele by its base: IVS9+217T
    ("short.allele", ("IVS",), r"IVS\s?\d{1,2}\s?[(]?[+-]\s?\d{1,4}[)]?\s?[ACGT]?(?![A-Za-z0-9>/]|\s?-*>)"),
    # CCR5 Delta32, 954 delta 5, 876 deltaAGAA, Del322-325
    (
        "short.delta",
        ("elta", "Δ", "del", "Del"),
        r"(?<![A-Za-z0-9])(?:(?:[Dd]elta|[ΔΔ])\s?-?32(?!\d)|\d{2,5}\s?(?:delta|[ΔΔ])\s?(?:\d{1,3}|[ACGT]{1,12})(?![\w-])"
        r"|[Dd]el-?\s?[(]?\d{2,5}\s?-\s?\d{2,5}[)]?(?![\w-]))",
    ),
)


@cache
def _rules() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    found = (*_place_rules(), *_SIZE_RULES, *_turn_rules(), *_SITE_RULES, *_SHORT_RULES)
    return tuple((rule, cues, re.compile(source)) for rule, cues, source in found)


def find_placed_changes(text: str, anchors: Anchors) -> Iterator[Variant]:
    """Changes told by place, size or kind alone in ``text``; ``form`` is the text's own words."""
    automaton, cues = _cues()
    places: dict[int, list[int]] = {}
    for index, start, _ in automaton.find_matches_as_indexes(text, overlapping=True):
        for rule in cues[index]:
            places.setdefault(rule, []).append(start)
    for index, starts in sorted(places.items()):
        rule, _, expression = _rules()[index]
        if len(anchors.residues) < _RESIDUES.get(rule, 0):
            continue
        for low, high in _windows(starts):
            for match in expression.finditer(text, low, high):
                start, end = balanced(text, *match.span())
                yield Variant(start, end, "change", text[start:end], rule, weak=rule == "short.indel")


@cache
def _cues() -> tuple[AhoCorasick, list[list[int]]]:
    """One automaton for the cues of all rules, and for each cue the rules that it belongs to."""
    wanted: dict[str, list[int]] = {}
    for index, (_, cues, _) in enumerate(_rules()):
        for cue in cues:
            wanted.setdefault(cue, []).append(index)
    return AhoCorasick(list(wanted)), list(wanted.values())


def _windows(starts: list[int]) -> Iterator[tuple[int, int]]:
    """Stretches of text around cues, overlapping ones joined."""
    low = high = -1
    for start in starts:
        if start - _BEFORE > high:
            if high >= 0:
                yield low, high
            low = max(0, start - _BEFORE)
        high = start + _BEHIND
    yield low, high
