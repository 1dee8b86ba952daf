"""Variant mentions of a text: every notation of genes' and proteins' changes, each with its shortest standard form.

>>> [v.form for v in find_variants("heterozygous c.1211C > T (p.Thr404Met) and JAK2 V617F")]
['c.1211C>T', 'T404M', 'V617F']
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter

from casemill.notation.variant_bases import find_base_changes
from casemill.notation.variant_exons import find_exon_changes
from casemill.notation.variant_forms import Variant, is_protein
from casemill.notation.variant_places import find_placed_changes
from casemill.notation.variant_prose import find_anchors, find_told_variants, residue_named
from casemill.notation.variant_proteins import CODE, find_protein_changes

__all__ = ["DESCRIBED", "Variant", "find_variants"]

#: How the rules begin that find a change without a form of its own.
DESCRIBED = ("told.place", "told.size", "told.change", "told.inserted", "told.stop", "told.exon", "told.allele")

# What every notation has: a digit beside a letter or sign, or an arrow between bases. Nearly every text has the first.
_COUNTED = re.compile(r"[0-9]\s?[A-Za-z()]")
_TRIGGER = re.compile(r"[A-Za-z)*>.+-]\s?[(]?\d|[ACGTa-z]\s?(?:-{1,4}>|→|/)\s?[ACGT]")
# What turns a residue into another in words or signs, and the further ones behind it.
_INTO = re.compile(r"\bto\b|\b(?:by|with|into)\b|>|→|--")
_OR = re.compile(
    rf"(?:\s?,\s(?:or\s|and\s)?|\s(?:or|and)\s)(?:to\s)?(?:an?\s)?(?P<new>{CODE}|[a-z]{{6,13}}(?:\sacid)?)(?![A-Za-z]|[\s-]?[(]?\d|\s(?:to|for|by|with|into)\b)"
)
# A residue listed before the one that the change is told with: "changing Pro 172 and Gly 131 to Asp".
_JOINED = re.compile(
    rf"(?P<residue>(?P<old>{CODE}|[a-z]{{6,13}})[\s-]?[(]?(?P<at>\d{{1,4}})[)]?)(?:,\s(?:and\s)?|\sand\s|\sor\s)(?:an?\s)?$"
)
_LISTED = 40
# Which reading of the same characters counts: the earlier in this order.
_RANK = {"base.prefixed": 0, "base.turned": 1, "protein.range": 2}


def find_variants(text: str) -> list[Variant]:
    """Variants in ``text`` (dashes and spaces already in one form), in text order, none overlapping another."""
    if not (_COUNTED.search(text) or _TRIGGER.search(text)):
        return []
    folded = text.lower()
    anchors = find_anchors(text, folded)
    found = [
        *find_protein_changes(text),
        *find_base_changes(text),
        *find_exon_changes(text),
        *find_told_variants(text, folded, anchors),
    ]
    named = [v for v in _apart(found) if not _is_genotype(v, found)]
    named += _alternatives(text, named)
    named = sorted({*named, *_listed_before(text, named)})
    placed = _apart(list(find_placed_changes(text, anchors)))
    # "lacking exon 15" tells more than the exon alone
    lost = [one for one in placed if one.rule == "told.exon"]
    named = [v for v in named if v.rule != "exon.plain" or not any(o.start <= v.start and v.end <= o.end for o in lost)]
    return sorted([*named, *(one for one in placed if all(one.end <= v.start or one.start >= v.end for v in named))])


def _alternatives(text: str, named: list[Variant]) -> Iterator[Variant]:
    """Further residues of one change: "Trp64 to Phe or Tyr", "Ala16 > Cys, Thr and Met"."""
    for one in named:
        if one.level != "protein" or not one.form[-1].isupper() or not _INTO.search(text, one.start, one.end):
            continue
        at = one.end
        while (match := _OR.match(text, at)) is not None:
            new = residue_named(match["new"])
            if new and is_protein(form := one.form[:-1] + new):
                yield Variant(match.start("new"), match.end(), "protein", form, one.rule)
            at = match.end()


def _listed_before(text: str, named: list[Variant]) -> Iterator[Variant]:
    """Residues that share the change told with the last of them, unless each has its own ("respectively")."""
    for one in named:
        if one.rule not in ("protein.long", "told.residue.numbered") or not _INTO.search(text, one.start, one.end):
            continue
        if "respectively" in text[one.end : one.end + 2 * _LISTED]:
            continue
        turned = {
            v.form[-1] for v in named if v.form[:-1] == one.form[:-1] and one.start <= v.start < one.end + _LISTED
        }
        at = one.start
        while (match := _JOINED.search(text, max(0, at - _LISTED), at)) is not None:
            old = residue_named(match["old"])
            if old is None:
                break
            forms = (f"{old}{match['at']}{new}" for new in sorted(turned))
            yield from (Variant(*match.span("residue"), "protein", f, one.rule) for f in forms if is_protein(f))
            at = match.start()


def _is_genotype(one: Variant, found: list[Variant]) -> bool:
    """Whether ``M326=`` is half of a genotype ("Met326Met, Met326Ile, Ile326Ile") and no silent variant."""
    if not one.form.endswith("=") or one.level != "protein":
        return False
    place = one.form[1:-1]
    others = {v.form for v in found if v.form[1:-1] == place or v.other[1:-1] == place or v.form == f"c.{place}"}
    return any(form != one.form for form in others) or any(
        v.level == "coding" and v.form.startswith(f"c.{place}") and ">" in v.form for v in found
    )


def _apart(found: list[Variant]) -> list[Variant]:
    """The longest of overlapping readings, in text order; of equal ones the likelier."""
    kept: list[Variant] = []
    for one in sorted(found, key=lambda v: (v.start - v.end, _RANK.get(v.rule, 9), v.start)):
        place = bisect_right(kept, one.start, key=attrgetter("start"))
        if (not place or kept[place - 1].end <= one.start) and (place == len(kept) or one.end <= kept[place].start):
            kept.insert(place, one)
    return kept
