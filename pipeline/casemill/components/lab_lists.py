"""Runs of analytes followed by as many values: ``Hb, Ht and WBC were 9 g/dL, 27% and 5000/uL, respectively``."""

import re
from collections.abc import Callable
from itertools import pairwise

from casemill.components.lab_gaps import Gaps, mended
from casemill.components.lab_names import Mention, fits
from casemill.components.lab_readings import Bounds, Reading
from casemill.components.lab_references import read_reference
from casemill.components.lab_words import LabWords
from casemill.notation.quantities import Quantity

__all__ = ["Lists", "share_units"]

_CLOSERS = re.compile(r"\s?[)\]]")
_BETWEEN_READINGS = frozenset({",", "and", ", and", "&", ";"})
_BETWEEN_VALUES = frozenset({",", "and", ", and", "/", "&", ";", "vs", "or"})


class Lists:
    """Reads the lists of one sentence; ``finish`` completes a reading by what is printed after its value."""

    def __init__(self, bounds: Bounds, words: LabWords, gaps: Gaps, finish: Callable[[Reading], Reading]) -> None:
        self.bounds = bounds
        self.words = words
        self.gaps = gaps
        self.finish = finish

    def read(self, mentions: list[Mention], quantities: list[Quantity]) -> tuple[list[Reading], set[int], set[int]]:
        """The readings of lists, the indices of the quantities they took, and the ids of the mentions they used."""
        readings: list[Reading] = []
        taken: set[int] = set()
        consumed: set[int] = set()
        starts = [q.start for q in quantities]
        position = 0
        # no value stands behind later names
        while position < len(mentions) and mentions[position].start < starts[-1]:
            run = self._run(mentions, position)
            position += len(run)
            if len(run) < 2:
                if series := self._series(run[0], quantities, mentions[position : position + 1]):
                    readings += series
                    taken.update(i for i, q in enumerate(quantities) if run[0].tail <= q.start <= series[-1].end)
                    consumed.add(id(run[0]))
                continue
            following = mentions[position].start if position < len(mentions) else self.bounds.end
            first = next((i for i, s in enumerate(starts) if s >= run[-1].tail), None)
            if first is None or quantities[first].start > following:
                continue
            if not self.gaps.link(run[-1].tail, quantities[first].start, "[("):
                continue
            values = self._values(quantities, first, following)
            if len(values) == 1 and self.words.any(self.bounds.folded[run[-1].tail : values[0].start], "each"):
                # "AST and ALT were both above 500 U/L"
                values = values * len(run)
            if len(values) == 1 and values[0].comparator and self._slashed(run):
                # "AST/ALT >150 U/L"
                values = values * len(run)
            if len(values) != len(run):
                continue
            if joined := self._join(run, values):
                readings += joined
                taken.update(i for i, q in enumerate(quantities) if values[0].start <= q.start <= joined[-1].end)
                consumed.update(id(m) for m in run)
        return readings, taken, consumed

    def _series(self, mention: Mention, quantities: list[Quantity], following: list[Mention]) -> list[Reading]:
        """Several values of one analyte with one unit: ``GH levels were 1.7, 1.6 and 1.1 ng/mL``."""
        limit = following[0].start if following else self.bounds.end
        first = next((i for i, q in enumerate(quantities) if q.start >= mention.tail), None)
        if first is None or quantities[first].unit or quantities[first].start > limit or mention.rule == "diagnosis":
            return []
        values = self._values(quantities, first, limit)
        last = values[-1]
        bare = all(not q.unit and not q.out_of and not q.value_high for q in values[:-1])
        if len(values) < 2 or not bare or not last.unit or last.value_high or not fits(mention, last.unit):
            return []
        around = self.bounds.folded[mention.start : values[0].start] + self.bounds.folded[last.end : last.end + 16]
        if not self.words.any(around, "series") or not self.gaps.link(mention.tail, values[0].start):
            return []
        readings = [
            Reading(mention, q.end, q, last.unit, last.unit_at, start=q.start if n else mention.start, rule="further")
            for n, q in enumerate(values)
        ]
        readings[0].rule = "list"
        return [*readings[:-1], self.finish(readings[-1])]

    def _slashed(self, run: list[Mention]) -> bool:
        """Whether the names are one name joined by slashes: ``AST/ALT``."""
        plain = self.bounds.plain
        slashes = plain.count("/", run[0].start, run[-1].end)
        return slashes == len(run) - 1 and all(
            first.start == second.start or plain[first.tail : second.start].strip() == "/"
            for first, second in pairwise(run)
        )

    def _run(self, mentions: list[Mention], position: int) -> list[Mention]:
        run = [mentions[position]]
        for mention in mentions[position + 1 :]:
            gap = self.bounds.folded[run[-1].tail : mention.start]
            if run[-1].flag or not self.words.only(gap, "coordination", marks=",&/;", most=5):
                break
            run.append(mention)
        return run

    def _values(self, quantities: list[Quantity], first: int, limit: int) -> list[Quantity]:
        values = [quantities[first]]
        end = self._past_reference(values[-1])
        for quantity in quantities[first + 1 :]:
            if quantity.start < end:
                continue
            if quantity.start > limit or self.bounds.folded[end : quantity.start].strip() not in _BETWEEN_VALUES:
                break
            values.append(quantity)
            end = self._past_reference(quantity)
        return values

    def _past_reference(self, quantity: Quantity) -> int:
        reference = read_reference(self.bounds.plain, quantity.end, self.bounds.end, quantity.unit, self.words)
        end = reference.end if reference else quantity.end
        closed = _CLOSERS.match(self.bounds.plain, end, self.bounds.end) if reference else None
        return closed.end() if closed else end

    def _join(self, run: list[Mention], values: list[Quantity]) -> list[Reading]:
        shared, first = values[-1], values[0]
        readings: list[Reading] = []
        for mention, told in zip(run, self._compared(values, first), strict=True):
            quantity = mended(mention, told)
            unit, unit_at = (quantity.unit, quantity.unit_at)
            if not unit and "1" not in mention.units:
                unit, unit_at = shared.unit, shared.unit_at
            if not fits(mention, unit) or not (unit or quantity.unknown_unit or mention.units):
                return []
            readings.append(Reading(mention, quantity.end, quantity, unit, unit_at, start=mention.start, rule="list"))
        return [self.finish(reading) for reading in readings]

    def _compared(self, values: list[Quantity], first: Quantity) -> list[Quantity]:
        """``values`` with the comparator told in words before the first: "were above 500 and 300 U/L, respectively"."""
        worded = first.comparator_at is not None and self.bounds.plain[first.comparator_at[0]].isalpha()
        if not worded or any(q.comparator for q in values[1:] if q is not first):
            return values
        return [q._replace(comparator=first.comparator, comparator_at=first.comparator_at) for q in values]


def share_units(readings: list[Reading], bounds: Bounds) -> None:
    """Give bare values the unit of the reading that follows in their list: ``sodium 128, potassium 5.5 mmol/L``.

    Only a unit that the analyte is measured in; a value whose own unit was not understood keeps none.
    """
    told = sorted((r for r in readings if r.quantity is not None), key=lambda r: r.start)
    for one, following in reversed(list(pairwise(told))):
        if one.unit or not following.unit or following.unit not in one.mention.units:
            continue
        if one.quantity is None or one.quantity.unknown_unit or one.quantity.out_of or "1" in one.mention.units:
            continue
        if bounds.folded[one.end : following.mention.start].strip() in _BETWEEN_READINGS:
            one.unit, one.unit_at = following.unit, following.unit_at
