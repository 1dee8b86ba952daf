"""Variant mentions of a text: every notation of genes' and proteins' changes, each with its shortest standard form.

>>> [v.form for v in find_variants("heterozygous c.1211C > T (p.Thr404Met) and JAK2 V617F")]
['c.1211C>T', 'T404M', 'V617F']
"""

import re
from collections.abc import Iterator

from casemill.notation.variant_bases import find_base_changes
from casemill.notation.variant_exons import find_exon_changes
from casemill.notation.variant_forms import Variant
from casemill.notation.variant_prose import find_told_variants
from casemill.notation.variant_proteins import find_protein_changes

__all__ = ["Variant", "find_variants"]

# What every notation has: a digit beside a letter or sign, or an arrow between bases.
_TRIGGER = re.compile(r"[A-Za-z)*>.+-]\s?[(]?\d|\d\s?[A-Za-z(]|[ACGTa-z]\s?(?:-{1,4}>|→|/)\s?[ACGT]")
# Which reading of the same characters counts: the earlier in this order.
_RANK = {"base.prefixed": 0, "base.turned": 1, "protein.range": 2}


def find_variants(text: str) -> list[Variant]:
    """Variants in ``text`` (dashes and spaces already in one form), in text order, none overlapping another."""
    if not _TRIGGER.search(text):
        return []
    found = [
        *find_protein_changes(text),
        *find_base_changes(text),
        *find_exon_changes(text),
        *find_told_variants(text, text.lower()),
    ]
    return list(_apart(found))


def _apart(found: list[Variant]) -> Iterator[Variant]:
    """The longest of overlapping readings; of equal ones the likelier."""
    kept: list[Variant] = []
    for one in sorted(found, key=lambda v: (v.start - v.end, _RANK.get(v.rule, 9), v.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    yield from sorted(kept)
