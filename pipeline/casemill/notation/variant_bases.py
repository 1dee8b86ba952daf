"""Changes of nucleotides as prints write them: ``c.91A > G``, ``1325 dup T``, ``IVS4+1G>A``, ``C677T``, ``rs4149056``.

Loose match, strict check: what the standard's grammar does not allow (:func:`~casemill.notation.variant_forms.is_coding`)
comes out as nothing.
"""

import re
from collections.abc import Iterator

from casemill.notation.variant_forms import Variant, balanced, base_change, bases_at

__all__ = ["ARROW", "find_base_changes"]

#: What prints put between the old and the new base.
ARROW = r"(?:-{0,4}\s?>|-{2,4}|→|⇒|➔|=>|/|-?to-?|\bto\b)"
_AT = r"[-*+]?\s?\d{1,9}(?:\s?[+-]\s?(?:\d{1,5}(?!\d)|\?))?"
_CHANGE = (
    rf"(?:(?P<old>[ACGTU]{{1,12}}|[acgtu])\s?(?P<arrow>{ARROW})\s?(?P<new>[ACGTU]{{1,12}}|[acgtu])"
    r"|(?P<del>del(?:etion)?\s?[(]?(?:[ACGT]{1,60}|\d{1,4}(?:\s?bp)?)?[)]?)(?:\s?/?\s?ins\s?[(]?(?P<delins>[ACGT]{1,60})[)]?)?"
    r"|(?P<dup>dup(?:lication)?\s?[(]?(?:[ACGT]{1,60}|\d{1,4}(?:\s?bp)?)?[)]?)"
    r"|(?P<ins>ins(?:ertion)?\s?[(]?(?P<added>[ACGT]{1,60}|\d{1,4})(?:\s?bp)?[)]?)|(?P<inv>inv)|(?P<same>=))(?![A-Za-eg-z0-9]|f(?!s))"
)
_PREFIXED = re.compile(
    rf"(?P<level>[cgmnrC])(?<![A-Za-z0-9].)(?:t?\s?[.:]\s?[(\[]?\s?|(?=\d{{2,6}}\s?[ACGT]\s?-{{0,4}}>))"
    rf"(?:(?P<turned>[ACGT])\s?(?P<turned_at>[-*]?\d{{1,7}}(?:\s?[+-]\s?\d{{1,5}})?)\s?{ARROW}?\s?(?P<turned_new>[ACGT])(?![A-Za-z0-9])"
    rf"|(?P<first>{_AT})[)]?\s?(?:[_-]\s?(?P<last>{_AT}))?\s?[(]?{_CHANGE})"
)
_BARE = re.compile(
    rf"(?P<first>[0-9](?<![\w.,].)(?<!\d-.)\d{{0,8}}(?:\s?[+-]\s?\d{{1,5}}(?!\d))?)(?:\s?[_-]\s?(?P<last>\d{{1,7}}(?:\s?[+-]\s?\d{{1,5}})?))?\s?[(]?{_CHANGE}"
)
_TURNED = re.compile(
    rf"(?P<old>[ACGT])(?<![A-Za-z0-9].)(?:\s?[(]\s?(?P<bracketed>[+-]?\s?\d{{1,7}})\s?[)]\s?|(?P<at>\s?-\s?\d{{1,6}}|\d{{2,7}})\s?)"
    rf"(?P<arrow>{ARROW})?\s?(?P<new>[ACGT])(?![A-Za-z0-9>])"
)
_INTRON = re.compile(
    r"(?:IVS\s?-?\s?|ntron\s)(?P<intron>\d{1,3}|[IVX]{1,5})\s?[,:]?\s?[(]{0,2}\s?(?P<turned>[ACGT]\s?[(]?)?(?P<at>[+-]\s?\d{1,6})(?!\d)"
    r"(?:\s?_\s?(?P<last>[+-]\s?\d{1,6}))?[)]?,?\s?[(]?\s?"
    rf"(?:(?P<old>[ACGTacgt])\s?(?P<arrow>{ARROW}|-)\s?(?P<new>[ACGTacgt])|(?P<turned_new>(?<![ACGTacgt])[ACGT])"
    r"|(?P<kind>del|ins|dup)\s?(?P<bases>[ACGT]{0,30}|\d{1,3}))(?![A-Za-z0-9])"
)
# A codon and what it becomes: "codon 26, GAG-->GCG", "codon 123 (GAC --> CAC)".
_CODON = re.compile(
    rf"[Cc](?:odons?|(?<=C)Ds?|(?<=c)ds?)\s?(?:\(CDs?\)\s?)?\d{{1,4}}\s?[,:]?\s?[(]?[ACGTU]{{3}}\s?{ARROW}\s?[ACGTU]{{3}}(?![A-Za-z0-9])"
)
_RSID = re.compile(r"rs(?<![A-Za-z0-9]..)\s?(?:no\.?\s?|#\s?)?(?P<number>\d{3,11})(?![A-Za-z0-9])")
_ALLELES = re.compile(r"[45]G(?<![A-Za-z0-9]..)/[45]G(?![A-Za-z0-9])")
_MOVED = re.compile(r"[ACGT](?<![\w-].)[ACGT]{0,2}\s?(?:-{0,4}>|-{3,4}|→)\s?[ACGT]{1,3}(?![A-Za-z0-9])")
_PAIR = re.compile(r"[ACGT](?<![\w/-].)(?:/[ACGT]|/-)(?![\w/])")
_GENOTYPES = re.compile(r"\b(?:A/A|C/C|G/G|T/T|genotypes?)\b")
_LEVELS = {"c": "coding", "g": "genomic", "m": "mitochondrial", "n": "noncoding", "r": "rna", "C": "coding"}
_SIGN = re.compile(r"(?<![\w)\]])(?:[-+*]\s?)$")
# From here on a bare number is more likely a base than a residue: few proteins of the clinic are longer.
_LONG_PROTEIN = 600


def find_base_changes(text: str) -> Iterator[Variant]:
    """Changes of nucleotides in ``text`` (dashes and spaces already in one form)."""
    for match in _PREFIXED.finditer(text):
        yield from _read_prefixed(match)
    for match in _BARE.finditer(text):
        yield from _read_bare(match)
    for match in _TURNED.finditer(text):
        yield from _read_turned(match)
    if "IVS" in text or "ntron " in text:
        for match in _INTRON.finditer(text):
            yield from _read_intron(match)
    if "odon" in text or "CD" in text or "cd" in text:
        for match in _CODON.finditer(text):
            yield Variant(*balanced(text, *match.span()), "change", match.group(), "base.codon")
    for match in _RSID.finditer(text):
        yield Variant(*match.span(), "rsid", f"rs{match['number']}", "base.rsid")
    if ">" in text or "→" in text or "---" in text:
        for match in _MOVED.finditer(text):
            written = re.sub(r"\s?(?:-{0,4}>|-{3,4}|→)\s?", ">", match.group())
            yield Variant(*match.span(), "change", written, "base.moved")
    if "/" in text:
        yield from _find_pairs(text)


def _find_pairs(text: str) -> Iterator[Variant]:
    """Alleles on both sides of a stroke: "4G/5G", "A/G"."""
    for match in _ALLELES.finditer(text) if "G/" in text else ():
        yield Variant(*match.span(), "alleles", match.group(), "base.alleles", weak=True)
    for match in _PAIR.finditer(text):
        if match.group()[0] == match.group()[-1] or _GENOTYPES.search(text, match.start() - 24, match.end() + 24):
            # "G/G" is a genotype without a change, and so is G/A beside it
            continue
        yield Variant(*match.span(), "change", match.group(), "base.pair", weak=True)


def _removed(match: re.Match[str]) -> int:
    return sum(c in "ACGT" for c in (match["del"] or match["dup"] or ""))


def _change(match: re.Match[str]) -> str | None:
    if match["old"]:
        old, new = match["old"].upper(), match["new"].upper()
        return f"{old}>{new}" if old != new else None
    if match["del"]:
        return f"delins{match['delins'].upper()}" if match["delins"] else "del"
    if match["ins"]:
        return f"ins{match['added'].upper()}"
    return "dup" if match["dup"] else "inv" if match["inv"] else "="


def _read_prefixed(match: re.Match[str]) -> Iterator[Variant]:
    letter = match["level"]
    level = _LEVELS[letter]
    if match["turned"]:
        first, last, change = match["turned_at"], "", f"{match['turned']}>{match['turned_new']}"
    else:
        first, last, change = match["first"], match["last"] or "", _change(match) or ""
        if match["arrow"] == "/" and letter in "gnr":
            return
    form = _formed(letter.lower(), first, last, change, 0 if match["turned"] else _removed(match))
    if form is None and last and not match["old"] and change != "=":
        # positions out of order: whoever reads the row sees it as written
        form = f"{letter.lower()}.{bases_at(first)}_{bases_at(last)}{change}"
    if form:
        yield Variant(*balanced(match.string, *match.span()), level, form, "base.prefixed")


def _formed(prefix: str, first: str, last: str, change: str, removed: int = 0) -> str | None:
    """The description; ``removed`` is how many bases are printed as deleted or doubled."""
    first, last = bases_at(first), bases_at(last)
    if not last and ">" not in change and (hyphened := re.fullmatch(r"(\d+)-(\d+)", first)):
        low, high = hyphened.groups()
        # "1285-1301dup" and "1782-83delAG" are ranges, "1285-2dup" is an intron's position
        if int(high) > int(low) or len(high) > 2 or int(low[: -len(high)] + high) - int(low) + 1 == removed > 1:
            first, last = low, high
    return base_change(prefix, first, last, change)


def _read_bare(match: re.Match[str]) -> Iterator[Variant]:
    change = _change(match)
    if change is None or match["same"] or match["inv"]:
        return
    if match["old"]:
        if match["arrow"] in ("/", "to") and (len(match["first"]) < 2 or len(match["old"]) > 2):
            return
        if len(match["old"]) == len(match["new"]) == len("GAG"):
            # "418 (GAC-->TAT)": the number is a codon's or an exon's
            return
        if match["old"].islower() and ">" not in match["arrow"] and match["arrow"] != "→":
            return
    elif not re.search(r"[ACGT]|\d|bp", match["del"] or match["dup"] or match["ins"] or ""):
        # "19del" is an exon's deletion
        return
    before = match.string[max(0, match.start() - 3) : match.start()]
    sign = _SIGN.search(before)
    first = (sign.group().strip() if sign else "") + match["first"]
    form = _formed("c", first, match["last"] or "", change, _removed(match))
    if form:
        start = match.start() - (len(before) - sign.start() if sign else 0)
        yield Variant(
            *balanced(match.string, start, match.end()), "coding", form, "base.bare", weak=match["arrow"] in ("/", "to")
        )


def _read_turned(match: re.Match[str]) -> Iterator[Variant]:
    at = bases_at(match["bracketed"] or match["at"])
    spaced = " " in match.group().strip()
    if spaced and not at.startswith("-") and not match["arrow"]:
        return
    form = base_change("c", at, "", f"{match['old']}>{match['new']}")
    if not form:
        return
    protein = "" if at.startswith("-") or match["arrow"] or match["bracketed"] else f"{match['old']}{at}{match['new']}"
    if protein and int(at) < _LONG_PROTEIN:
        yield Variant(*match.span(), "protein", protein, "base.turned", other=form, weak=True)
    else:
        yield Variant(*match.span(), "coding", form, "base.turned", other=protein, weak=True)


def _read_intron(match: re.Match[str]) -> Iterator[Variant]:
    if bool(match["turned"]) != bool(match["turned_new"]) or (match["arrow"] == "-" and match["old"].isupper()):
        return
    at = bases_at(match["at"])
    offset = match["at"].strip()[0] + at.lstrip("+-")
    old, new = (match["turned"], match["turned_new"]) if match["turned"] else (match["old"], match["new"])
    change = f"{old.strip(' (')}>{new}".upper() if old else match["kind"]
    if match["kind"] == "ins":
        change += match["bases"]
    last = (
        f"_IVS{match['intron']}{match['last'].strip()[0]}{bases_at(match['last']).lstrip('+-')}"
        if match["last"]
        else ""
    )
    form = f"IVS{match['intron']}{offset}{last}{change}"
    before = match.string[: match.start()]
    start = match.start() - (2 if before.endswith("c.") else before.endswith(("i", "I")))
    if match.group().startswith("IVS") or before.endswith(("i", "I")):
        yield Variant(*balanced(match.string, start, match.end()), "coding", form, "base.intron")
