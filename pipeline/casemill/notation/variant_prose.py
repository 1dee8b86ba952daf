"""Variants told in words: "substitution of histidine for leucine at codon 41", "a G to A transition at nucleotide 20210".

Names of residues and bases come from ``patterns/mutations``. "X for Y" puts X in the place of Y; "X to Y", "X by Y" and
"X with Y" put Y in the place of X.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from casemill.notation.variant_forms import Variant, balanced, base_change, bases_at, is_protein, residue
from casemill.notation.variant_proteins import CODE
from casemill.resources import load_patterns

__all__ = [
    "Anchors",
    "any_name",
    "base_names",
    "find_anchors",
    "find_told_variants",
    "residue_named",
    "residue_names",
]

RESIDUES = "mutations/amino_acids"
BASES = "mutations/nucleotides"
_ARROW = r"(?:-{0,4}>|→|/|-{2,4})"
_PLACE_OF = (
    r"(?:(?:\s?,|\s?\))?\s?"
    r"(?:(?:substitution|change|mutation)\s(?:in|of)\s(?:the\s)?(?:[\w-]+\s){1,2}?"
    r"(?:subunit|domain|chain|protein|gene|receptor|peptide)\s)?"
    r"(?:(?:substitution|transition|transversion|change|mutation|exchange|replacement|polymorphism|variation|point)s?,?\s){0,2}"
    r"(?:(?:at|in|of|on|affecting|occurring|located|found)\s){0,2}(?:the\s)?"
    r"(?:(?:{units}|position|number|no\.?)s?\s?){1,4}"
    r"(?:position|number|no\.)?\s?[(]?(?:[cgm]\.|(?<![\s(])-)?(?P<at>(?:[-+]\s?)?\d{1,6}(?:[+-]\d{1,4})?)(?!\d|\.\d|-\w)[)]?)"
)
_RESIDUE_PLACE = _PLACE_OF.replace("{units}", r"amino[ -]acid|codon|residue")
_BASE_PLACE = _PLACE_OF.replace("{units}", r"nucleotide|base|cDNA|bp|nt|np|base pair|coding|genomic|mitochondrial")
_BASE_MARK = r"(?:position|nucleotide|base|nt|np)s?"
_MARK = r"(?:codon|residue|position|amino[ -]acid|nucleotide|base|nt|np)s?"


@cache
def residue_names() -> dict[str, str]:
    """Names of residues in prose, lower case, to one-letter symbols."""
    rows = load_patterns().rows(RESIDUES).values()
    return {term.lower(): row.canonical for row in rows for term in row.terms}


@cache
def base_names() -> dict[str, str]:
    """Names of bases in prose, lower case, to their letters."""
    rows = load_patterns().rows(BASES).values()
    return {term.lower(): row.canonical for row in rows for term in row.terms}


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=len, reverse=True)


def any_name(names: Iterable[str]) -> str:
    """An expression for any of ``names`` in any case, tried in this order; grouped by their first letter in both its cases.

    Elsewhere the engine goes on after one look at each letter; an alternation without case it tries name by name.
    """
    by_letter: dict[str, list[str]] = {}
    for name in names:
        by_letter.setdefault(name[0].lower(), []).append(re.escape(name[1:]))
    return "|".join(rf"[{first.upper()}{first}](?i:{'|'.join(rest)})" for first, rest in by_letter.items())


@cache
def _protein_rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    name = rf"(?:{any_name(_longest_first(residue_names()))}|{CODE}(?<![A-Za-z].{{3}})|stop)(?![a-z])"
    old, new = rf"(?P<old>{name})", rf"(?P<new>{name})"
    article = r"(?:(?:an?|the)\s)?"
    became = r"(?:to|into|by|with|(?:was|were|is|has\sbeen)\s"
    became += r"(?:replaced|substituted|changed|mutated|converted|altered)\s(?:by|with|to|for|into))"
    codon = r"(?:\s?[(][ACGTU]{3}[)])?"
    to = rf"(?:\s?{_ARROW}\s?|(?:\s|-)?(?:residue\s)?(?:(?:of|in)\s(?:the\s)?[\w()-]{{2,16}}\s)?{became}(?:\s|-){article})"
    at = rf"(?:\s|-)?(?:at\s|residue\s|position\s|codon\s|\(){{0,3}}(?P<at>\d{{1,5}})\)?(?!\d|\.\d){codon}"
    return tuple(
        (rule, re.compile(pattern))
        for rule, pattern in (
            # arginine 124-to-cysteine, valine-539-aspartic acid, tyrosine 402 was replaced by histidine
            (
                "told.residue.numbered",
                rf"{old}{at}(?:{to}|\s|-){new}(?:[ -]?(?P=at)(?!\d)|(?!\s?-?\s?[(]?\d|\s?-?\s?[A-Z]\d)){codon}",
            ),
            # (498)valine (GTG) to glutamic acid (GAG)
            ("told.residue.before", rf"[(](?P<at>\d{{1,4}})[)]\s?{old}{codon}{to}{new}{codon}"),
            # substitution of histidine for leucine at codon 41
            (
                "told.residue.for",
                rf"(?:(?:substitut|replac|exchang)\w+\s(?:of\s)?)?{article}{new}\s(?:was\s)?(?:substituted\s)?"
                rf"(?:for|in place of)\s{article}{old}[)]?{_RESIDUE_PLACE}",
            ),
            # Lys for Glu102
            ("told.residue.behind", rf"{new}\sfor\s{old}{at}"),
            # (aspartate to valine) at residue 116, a glycine to serine substitution at codon 12
            (
                "told.residue.at",
                rf"(?:(?:substitution|replacement|change|exchange)\s(?:of\s|from\s)?{article})?"
                rf"{old}[)]?{to}{new}[)]?{_RESIDUE_PLACE}",
            ),
            # codon 506 (Asp to Gly); replacing the 12th residue, from leucine to proline
            (
                "told.residue.place",
                rf"(?:(?:{_MARK}\s(?:number\s)?)?(?<![\w.-])(?<!exon\s)(?<!exons\s)(?<!intron\s)(?P<at>\d{{1,4}})(?!\d)"
                rf"|(?:the\s)?(?P<ordinal>\d{{1,5}})(?:st|nd|rd|th)\s{_MARK})"
                r"(?:[\s,:(]{1,3}|\s(?:of|in|which|that|(?:is|was)\s(?:changed|mutated|altered|substituted|converted|replaced)|changed"
                r"|changes|substituted|leading to|resulting in|causing|for|predicting|predicts|predicted)\s[^.;]{0,30}?)"
                rf"(?:from\s)?{article}{old}{to}{new}",
            ),
        )
    )


@cache
def _base_rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = any_name(_longest_first(base_names()))
    numbered = r"\s?(?:substitution|transition|transversion|change|mutation|polymorphism)?\s(?:at|in)\s(?:the\s)?"
    numbered += r"(?P<at>\d{2,6})\s(?:position|nucleotide|base|bp)"
    old, new = (
        rf"(?P<old>(?:{words}|[ACGT](?<![A-Za-z-].))(?![A-Za-z]))",
        rf"(?P<new>(?:{words}|[ACGT](?<![A-Za-z].))(?![A-Za-z]))",
    )
    article = r"(?:an?\s)?"
    to = rf"(?:\s?{_ARROW}\s?|(?:\s|-)(?:to|into|by|with)(?:\s|-){article})"
    return tuple(
        (rule, re.compile(pattern))
        for rule, pattern in (
            # a G to A transition at nucleotide 20210
            ("told.base.at", rf"{old}{to}{new}[)]?{_BASE_PLACE}"),
            # G-->C transversion at 1245 position
            ("told.base.numbered", rf"{old}{to}{new}[)]?{numbered}"),
            # substitution of thymine for cytosine at nucleotide 677
            (
                "told.base.for",
                rf"(?:substitution|replacement)\s(?:of\s)?{article}{new}\sfor\s{article}{old}[)]?{_BASE_PLACE}",
            ),
            # nucleotide 985 (A to G); a change at position 1691 from G to A
            (
                "told.base.place",
                rf"{_BASE_MARK}\s(?:number\s)?(?P<at>[-+]?\d{{1,6}}(?:[+-]\d{{1,4}})?)[\s,:(]{{1,3}}(?:from\s)?{old}{to}{new}[)]?",
            ),
        )
    )


# "a 52-bp deletion in exon 9", "deletion of cytosine at nucleotide 35", "insertion of 3 nucleotides at position 123"
_SIZED = re.compile(
    r"\d{1,5}(?:\.\d+)?\s?-?\s?(?:bp|kb|base[ -]pairs?|nucleotides?|nt|bases?)\s?(?:\([^()]{1,30}\)\s)?"
    r"(?P<kind>deletion|insertion|duplication)(?:\s(?:of|in|at|within|from|starting at|between)\s(?:the\s)?"
    r"(?:exon\s(?P<exon>\d{1,3})(?!\d)|(?:exon|intron|codon|nucleotide|position|nt|base pair)s?\s\d{1,6}(?:\s?-\s?\d{1,6})?))?"
)
_REMOVED = re.compile(
    r"(?P<kind>deletion|insertion|duplication|delet(?:ing|ed)|insert(?:ing|ed))\s(?:of\s)?(?:(?:an?|one|the|single|additional|extra)\s){0,2}"
    r"(?P<what>[ACGT]{1,12}|cytosine|guanine|thymine|adenine|adenosine|cytidine|guanosine|thymidine)\s?(?:residue\s|nucleotide\s|base\s)?[(]?"
    r"(?:at|in|after|between)\s(?:the\s)?(?:nucleotide|position|base|nt|cDNA|codon)s?\s(?:position\s|number\s)?(?P<at>\d{1,6})(?!\d)"
)
_CODED = re.compile(rf"{CODE}(?<![A-Za-z].{{3}})(?![a-z])")
_PLACES = (
    "codon",
    "nucleotide",
    "position",
    "residue",
    "amino acid",
    "amino-acid",
    " base ",
    " nt",
    " np ",
    " bp ",
    "cdna",
)
# How far two residues of one change stand apart at most, and how far its other words reach.
_APART, _REACH = 70, 110


class Anchors(NamedTuple):
    """Where a text names residues, by code or name, and where it has words for a place."""

    residues: list[int]
    places: list[int]


def find_anchors(text: str, folded: str) -> Anchors:
    """The words around which variants are told in ``text``; ``folded`` is the same text in lower case."""
    automaton, names = _anchors()
    residues = {match.start() for match in _CODED.finditer(text)}
    places: list[int] = []
    for index, start, _ in automaton.find_matches_as_indexes(folded):
        if index < names:
            residues.add(start)
        else:
            places.append(start)
    return Anchors(sorted(residues), places)


def find_told_variants(text: str, folded: str, anchors: Anchors) -> Iterator[Variant]:
    """Variants told in words in ``text``; ``folded`` is the same text in lower case."""
    residues, places = anchors
    for start, end in _windows(residues, pairs=True):
        for rule, expression in _protein_rules():
            for match in expression.finditer(text, start, end):
                if (read := _read_residues(match, rule)) is not None:
                    yield read
    for start, end in _windows(places, pairs=False):
        for rule, expression in _base_rules():
            for match in expression.finditer(text, start, end):
                form = base_change("c", bases_at(match["at"]), "", f"{_base(match['old'])}>{_base(match['new'])}")
                if form:
                    yield Variant(*balanced(text, *match.span()), "coding", form, rule)
    if "deleti" in folded or "inserti" in folded or "duplication" in folded:
        yield from _indels(text)


@cache
def _anchors() -> tuple[AhoCorasick, int]:
    """One automaton for the names of residues and the words for a place, and how many of its words are residues."""
    names = list(residue_names())
    return AhoCorasick([*names, *_PLACES]), len(names)


def _windows(places: list[int], *, pairs: bool) -> Iterator[tuple[int, int]]:
    """Stretches of text around ``places``, or around each two of them close to each other; overlapping ones joined."""
    near = [(a, b) for a, b in pairwise(places) if b - a <= _APART] if pairs else [(at, at) for at in places]
    start = end = -1
    for first, last in near:
        low, high = max(0, first - _REACH), last + _REACH
        if low > end:
            if end >= 0:
                yield start, end
            start = low
        end = high
    if end >= 0:
        yield start, end


def _indels(text: str) -> Iterator[Variant]:
    for match in _REMOVED.finditer(text):
        kind = match["kind"].lower()
        base = _base(match["what"])
        change = "del" if kind.startswith("del") else "dup" if kind.startswith("dup") else f"ins{base}"
        if "codon" not in match.group() and (form := base_change("c", match["at"], "", change)):
            yield Variant(*match.span(), "coding", form, "told.base.removed")
    for match in _SIZED.finditer(text):
        kind = {"deletion": "del", "insertion": "ins", "duplication": "dup"}[match["kind"]]
        if match["exon"]:
            yield Variant(*match.span(), "exon", f"exon {match['exon']} {kind}", "told.sized")
        else:
            yield Variant(*match.span(), "change", match.group(), "told.sized")


def _base(written: str) -> str:
    return written if written.isupper() else base_names().get(written.lower(), "")


def residue_named(written: str) -> str | None:
    """One-letter symbol of a residue by its name or code; ``None`` if it is none."""
    return residue_names().get(written.lower()) or residue(written)


def _read_residues(match: re.Match[str], rule: str) -> Variant | None:
    at = match["at"] or match.groupdict().get("ordinal") or ""
    old, new = residue_named(match["old"]), residue_named(match["new"])
    if old is None or new is None or not at:
        return None
    joint = match.string[match.end("old") : match.start("new")]
    if len(at) == 1 and re.fullmatch(r"-?\d[ -]", joint):
        # "Cys2-His2" names a fold
        return None
    form = f"{old}{bases_at(at)}{'=' if old == new else new}"
    return Variant(*balanced(match.string, *match.span()), "protein", form, rule) if is_protein(form) else None
