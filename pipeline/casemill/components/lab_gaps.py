"""What stands between an analyte and its value, and whether it links the two.

Only words of the classes of ``patterns/lab_values/words.tsv`` may stand there; asides ("(a kit's name)", "(normal < 8)",
", measured before it,") are left out first.
"""

import re

from casemill.components.lab_names import COUNTED, Mention
from casemill.components.lab_readings import Bounds
from casemill.components.lab_words import LabWords
from casemill.notation.quantities import Quantity

__all__ = ["LINKS", "Gaps", "mended"]

#: Classes of words that link an analyte to its value.
LINKS = ("head", "copula", "change", "glue", "adverb")
_MARKS = "()[]:=,-~→>↑↓./'\"*%"
# An aside in brackets, right behind a name or a value.
_BRACKET = re.compile(r"(?P<head>(?: [a-z]+){0,2})\s?\((?P<aside>[^()]{1,48})\)(?=\s)")
_ABBREVIATED = re.compile(r"\w\.\w|\b[a-z]\.")
# Short names that a number makes the name of something else: "CK 20" is a cytokeratin.
_NUMBERED = frozenset({"CK", "CD", "IL", "C", "B", "T", "D", "CA", "FX", "FV"})


class Gaps:
    """The gaps of one sentence."""

    def __init__(self, bounds: Bounds, words: LabWords) -> None:
        self.bounds = bounds
        self.words = words

    def link(self, start: int, end: int, extra: str = "") -> bool:
        """Whether the gap at ``start`` to ``end`` links a name to the value behind it; ``extra`` are further marks."""
        gap = self._without_aside(self.bounds.folded[start:end])
        gap = self.words.without_insertion(gap)
        if gap.strip() == ";":
            return True
        if gap.endswith("by "):
            # "prolonged by 5 s": how much it changed
            return False
        gap = gap.removesuffix(", i.e. ")
        if len(gap) > 90 or ("." in gap.strip(" .") and not _ABBREVIATED.search(gap)):
            return False
        if "," in gap and not self._comma_links(gap):
            return False
        return self.words.only(gap, *LINKS, marks=_MARKS + extra, most=14)

    def tight(self, mention: Mention, quantity: Quantity) -> bool:
        """Whether a bare number stands so close to the name that it can only be its value."""
        gap = self.bounds.folded[mention.tail : quantity.start]
        if not gap.strip() and not {"1", "{score}"} & set(mention.units):
            return not _named_by(self.bounds.plain[mention.start : mention.end], quantity.value)
        near = self.words.only(gap, "head", "copula", marks="(:=,-", most=3)
        return near or gap.strip().endswith((" of", " at", ":", "=")) or gap.strip() in ("of", "at")

    def changes(self, last: Quantity, quantity: Quantity, end: int) -> bool:
        """Whether ``quantity`` is what ``last``, ending at ``end``, has changed to, when or whatever after.

        "from 9 mg/L before dialysis to 3", "9 mg/L at first, rose to 12 mg/L after surgery and fell to 4 mg/L".
        """
        folded = self.bounds.folded
        gap = folded[end : quantity.start]
        if len(gap) < 6 or len(gap) > 90:
            return False
        if (then := self.words.then_to.fullmatch(gap)) is not None and then["verb"] in self.words.of("moving"):
            return True
        if not self.words.changed_to.fullmatch(gap):
            return False
        return self.words.changed_from.search(folded, max(self.bounds.start, last.start - 24), last.start) is not None

    def _without_aside(self, gap: str) -> str:
        """``gap`` without a bracket right behind the name that holds no number, or a reference range told too early."""
        match = _BRACKET.match(gap) if "(" in gap else None
        if match is None or not self.words.only(match["head"], "head", most=2):
            return gap
        aside = match["aside"]
        numbered = any(c.isdigit() for c in aside)
        limits = numbered and self.words.reference_aside.match(aside) is not None
        return gap[match.end() :] if limits or not numbered else gap

    def _comma_links(self, gap: str) -> bool:
        """Whether a comma in the gap still links: right before the value, right after the name, or in a bracket."""
        parts = gap.strip().removesuffix("between").removesuffix("from").split(",")
        last = parts[-1].strip(" (")
        closes = last in ("", "at", "of") or self.words.reaching.fullmatch(last) is not None
        return len(parts) <= 3 and (closes or not parts[0].strip(" )") or "(" in gap)


def _named_by(name: str, number: str) -> bool:
    """Whether a number right behind a short name may be a part of it ("CK 20", "T3"), not its value."""
    return len(number) < 2 or (len(number) < 3 and name in _NUMBERED)


# Counts whose stroke was lost in print: "21,860 mm3", "250 x 10^9 L".
_STROKES = {"uL": "/uL", "10*9.L": "10*9/L", "10*12.L": "10*12/L", "10*3.uL": "10*3/uL", "10*6.uL": "10*6/uL"}


def mended(mention: Mention, quantity: Quantity) -> Quantity:
    """``quantity`` with the stroke that the print of a count lost, where the analyte is counted per volume."""
    if quantity.unit == "10*9/L" and quantity.unit_at and not COUNTED & set(mention.units):
        # "urea 0.42 G/L" means grams
        return quantity._replace(unit="g/L", repaired=True)
    whole = _STROKES.get(quantity.unit)
    if whole is None or not COUNTED & set(mention.units):
        return quantity
    return quantity._replace(unit=whole, repaired=True)
