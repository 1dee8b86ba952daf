"""Changes told by their exon, tandem duplications, star alleles: "exon 19 deletion", "skipping of exon 14", ITD, ``*2``.

A bare exon ("mutations in exon 11") comes out ``weak``, form ``exon 11``: it is the variant only where no closer one is told.
"""

import re
from collections.abc import Iterator

from casemill.notation.variant_forms import Variant
from casemill.notation.variant_prose import any_name

__all__ = ["find_exon_changes"]

_NUMBERS = r"(?P<exon>\d{1,3}[a-z]?)(?:\s?(?P<joint>-|to|through|and|&)\s?(?:exon\s)?(?P<last>\d{1,3}))?"
_KINDS_TOLD = ("deletion", "deleted", "del", "insertion", "ins", "duplication", "dup", "skipping", "indel")
_KIND = rf"(?P<kind>{any_name(_KINDS_TOLD)})(?i:s?(?![a-z]))"
_BEHIND = re.compile(
    rf"(?i:exons?\s?{_NUMBERS}\s?(?:-\s?)?(?:(?:in-frame|frame|gene|mutation|\(|\w{{3,6}}\sgene)\s?){{0,2}}){_KIND}"
)
_BEFORE = re.compile(
    rf"{_KIND}(?i:\s(?:mutations?\s)?(?:(?:of|in|within|at|encompassing|spanning|involving|on|from|including|covering|affecting|comprising)\s)+"
    rf"(?:(?:the|entire|whole|EGFR|\w{{3,7}}\sgene(?:'s)?)\s){{0,2}}exons?\s(?:number\s)?{_NUMBERS}(?![\w/]))"
)
# Short forms, each with the words of which it needs one in the text.
_SHORT = (
    (
        ("del", "ins", "dup"),
        re.compile(r"E(?<![A-Za-z0-9].)(?:x(?:on)?)?\s?-?(?P<exon>\d{1,2})\s?-?(?P<kind>del|ins|dup)(?![A-Za-z0-9])"),
    ),
    (
        ("del", "ins", "Del", "DEL"),
        re.compile(r"(?P<exon>[12]\d(?<![\w.]..))\s?-?(?P<kind>[Dd]el|DEL|ins)(?![A-Za-z0-9])"),
    ),
    (("del", "Del"), re.compile(r"(?P<kind>[Dd]el)(?<![\w]...)\s?-?(?P<exon>19|20|21)(?![A-Za-z0-9])")),
)
_PLAIN = re.compile(rf"exons?\s?{_NUMBERS}(?![\w/])", re.IGNORECASE)
_TANDEM = re.compile(r"internal tandem duplications?(?:\s?\(ITDs?\))?|(?<![A-Za-z0-9])ITDs?(?![A-Za-z0-9])")
_STAR = re.compile(r"\*\s?(?P<first>\d{1,3}[A-Z]?)(?:\s?/\s?\*?\s?(?P<second>\d{1,3}[A-Z]?))?(?![\w:*])")
# Genes whose alleles go by stars; HLA's do too and are no variants.
_STARRED = re.compile(
    r"(?:CYP\w{2,5}|UGT\w{2,4}|TPMT|NUDT15|DPYD|NAT\d|SLCO1B1|GST\w{2,3}|VKORC1|ABCG2)[\s(-]{0,2}(?:alleles?\s|genotype\s|gene\s|status\s|diplotype\s){0,2}(?:(?:was|is|of|with|showed|revealed|as|a|the|[:=])\s){0,2}[(]?"
    r"(?:\*\s?\d{1,3}[A-Z]?[\s/,]{0,2}(?:(?:and|or)\s)?){0,4}$"
)
_KINDS = {"deletion": "del", "deleted": "del", "insertion": "ins", "duplication": "dup"}


def find_exon_changes(text: str) -> Iterator[Variant]:
    """Changes of exons, internal tandem duplications and star alleles in ``text``."""
    if "xon" in text or "XON" in text:
        for expression, rule in ((_BEHIND, "exon.behind"), (_BEFORE, "exon.before")):
            for match in expression.finditer(text):
                kind = match["kind"].lower()
                yield Variant(*match.span(), "exon", f"{_exons(match)} {_KINDS.get(kind, kind)}", rule)
        for match in _PLAIN.finditer(text):
            yield Variant(*match.span(), "exon", _exons(match), "exon.plain", weak=True)
    for kinds, expression in _SHORT:
        if any(map(text.__contains__, kinds)):
            for match in expression.finditer(text):
                form = f"exon {match['exon']} {match['kind'].lower()}"
                yield Variant(*match.span(), "exon", form, "exon.short", weak=match.group()[0] != "E")
    if "ITD" in text or "nternal tandem" in text:
        for match in _TANDEM.finditer(text):
            yield Variant(*match.span(), "tandem", "ITD", "exon.tandem")
    if "*" in text:
        yield from _stars(text)


def _exons(match: re.Match[str]) -> str:
    first, last = match["exon"], match["last"]
    if not last or not first.isdigit():
        return f"exon {first}"
    if match["joint"] in ("and", "&") and int(last) != int(first) + 1:
        return f"exon {first},{last}"
    return f"exon {first}-{last}" if int(last) > int(first) else f"exon {first}"


def _stars(text: str) -> Iterator[Variant]:
    for match in _STAR.finditer(text):
        before = text[max(0, match.start() - 48) : match.start()]
        if not _STARRED.search(before):
            continue
        alleles = dict.fromkeys((match["first"], match["second"] or match["first"]))
        for allele in alleles:
            if allele == "1":
                continue
            group = "first" if allele == match["first"] else "second"
            start = match.start() if group == "first" else match.start(group) - (text[match.start(group) - 1] == "*")
            yield Variant(start, match.end(group), "star", f"*{allele}", "exon.star")
