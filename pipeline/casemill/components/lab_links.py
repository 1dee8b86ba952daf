"""Joins analytes and quantities of one sentence into readings.

A value belongs to the analyte before it when only linking words stand between ("CK level was found to be 320 U/L"), or to
the one right after it ("91% neutrophils", "484 RBCs per high-power field"). Lists are joined name by name
("AST and ALT were 20 and 30 U/L"), and an analyte may have several values ("from 12.1 to 7.3 g/dL").
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

from casemill.components.lab_backward import Backward
from casemill.components.lab_gaps import LINKS, Gaps, mended
from casemill.components.lab_lists import Lists
from casemill.components.lab_names import COUNTED, Mention, fits, name_before
from casemill.components.lab_readings import Bounds, Reading
from casemill.components.lab_references import read_reference
from casemill.components.lab_words import LabWords
from casemill.notation.quantities import Quantity
from casemill.notation.units import dimension

__all__ = ["link"]

_CLOSERS = re.compile(r"\s?[)\]]")


def link(
    mentions: list[Mention],
    quantities: list[Quantity],
    bounds: Bounds,
    words: LabWords,
    *,
    foreign: Callable[[], Sequence[tuple[int, int]]],
) -> list[Reading]:
    """The readings of one sentence: each analyte with each of its values, or one without, in text order.

    ``quantities`` are those that may be values (:func:`lab_readings.values_in`). ``foreign`` gives the characters of
    names that are no analytes (drugs, antibodies); few sentences need it.
    """
    if not quantities:
        return sorted(
            [Reading(mention, mention.tail, start=mention.start) for mention in mentions],
            key=lambda r: (r.start, r.end),
        )
    return _Linker(bounds, words, foreign).run(mentions, quantities)


class _Linker:
    def __init__(self, bounds: Bounds, words: LabWords, foreign: Callable[[], Sequence[tuple[int, int]]]) -> None:
        self.bounds = bounds
        self.words = words
        self.gaps = Gaps(bounds, words)
        # of no method of its own: an object that holds itself dies late, and its narrative with it
        self._finish = partial(_finished, bounds, words)
        self.before = Backward(bounds, words, self._finish)
        self.foreign = foreign
        self.readings: list[Reading] = []

    def run(self, mentions: list[Mention], quantities: list[Quantity]) -> list[Reading]:
        # a unit is no analyte: the K of "14.2 K/uL"
        units = [q.unit_at for q in quantities if q.unit_at]
        cells = [m for m in mentions if m.rule == "scoped" and COUNTED & set(m.units)]
        mentions = [m for m in mentions if m in cells or not any(s <= m.start and m.end <= e for s, e in units)]
        lists = Lists(self.bounds, self.words, self.gaps, self._finish)
        self.readings, taken, consumed = lists.read(mentions, quantities)
        skip = 0
        for index, quantity in enumerate(quantities):
            if index in taken or quantity.start < skip:
                continue
            reading = self._value(quantity, mentions, consumed)
            if reading is not None:
                self.readings.append(reading)
                consumed.add(id(reading.mention))
                skip = max(skip, reading.end)
        self._measured(mentions, quantities)
        for mention in mentions:
            if id(mention) not in consumed:
                self.readings.append(Reading(mention, mention.tail, start=mention.start))
        spans = [(r.quantity.end, r.end) for r in self.readings if r.quantity is not None]
        # a short form inside a reference range ("N > 0.4") is no analyte
        kept = [r for r in self.readings if r.quantity or not any(s <= r.start and r.end <= e for s, e in spans)]
        return sorted(kept, key=lambda r: (r.start, r.end))

    def _measured(self, mentions: list[Mention], quantities: list[Quantity]) -> None:
        """Concentrations among those of known analytes that follow a name no list has."""
        if not any(r.unit for r in self.readings):
            return
        spans = [(r.start, r.end) for r in self.readings]
        for quantity in quantities:
            kind = dimension(quantity.unit)
            if (
                not kind.endswith("/volume")
                or kind.split("/")[0] not in ("mass", "amount", "activity")
                or quantity.changing
                or "{" in quantity.unit
            ):
                continue
            if any(s <= quantity.start < e for s, e in spans):
                continue
            last = max(
                (e for s, e in [*spans, *((m.start, m.tail) for m in mentions)] if e <= quantity.start), default=0
            )
            mention = name_before(self.bounds.plain, max(self.bounds.start, last), quantity.start, self.words)
            if mention is None or any(s < mention.end and mention.start < e for s, e in self.foreign()):
                continue
            self.readings.append(self._finish(self._reading(mention, quantity, "measured")))

    # -- single values ----------------------------------------------------------------------------------------------

    def _value(self, quantity: Quantity, mentions: list[Mention], consumed: set[int]) -> Reading | None:
        if (named := self.before.counted(quantity, mentions) or self.before.share(quantity, mentions)) is not None:
            return self._finish(named)
        previous = next((m for m in reversed(mentions) if m.end <= quantity.start), None)
        after = next((m for m in mentions if m.start >= quantity.end), None)
        backward = self.before.read(quantity, after) if after is not None and id(after) not in consumed else None
        if after is not None and backward is None and id(after) not in consumed:
            backward = self.before.named_after(quantity, after)
            if backward is not None:
                return backward
        if previous is not None and id(previous) not in consumed:
            gap = self.bounds.folded[previous.tail : quantity.start]
            listed = gap.strip() in (",", "and", ", and", "with", ";", ", with", "(") and gap.strip() != "("
            if not (backward and (listed or not quantity.unit or self.words.any(gap, "stop"))):
                reading = self._forward(previous, quantity)
                if reading is not None:
                    return self._finish(reading)
        if backward is not None:
            return self._finish(backward)
        if (
            after is not None
            and id(after) not in consumed
            and (adjacent := self.before.adjacent(quantity, after)) is not None
        ):
            return self._finish(adjacent)
        if previous is not None and id(previous) in consumed:
            reading = self._further(previous, quantity, after)
            if reading is not None:
                return self._finish(reading)
        return None

    def _forward(self, mention: Mention, quantity: Quantity) -> Reading | None:
        if quantity.value.startswith("-") and quantity.unit == "%":
            # a difference
            return None
        if not self.gaps.link(min(mention.tail, quantity.start), quantity.start):
            return None
        if self._is_limit(mention, quantity):
            return None
        quantity = mended(mention, quantity)
        if not self._fits(mention, quantity):
            return self._implausible(mention, quantity)
        first = quantity.number_at[0]
        if not quantity.unit and mention.end == first - 1 and self.bounds.plain[mention.end] in "-/":
            return None
        if mention.rule == "diagnosis" and not quantity.unit and not self.gaps.tight(mention, quantity):
            return None
        if not quantity.unit and not self.gaps.tight(mention, quantity) and not {"{score}", "1"} & set(mention.units):
            return None
        return self._reading(mention, quantity, "forward")

    def _is_limit(self, mention: Mention, quantity: Quantity) -> bool:
        """Whether a reference range stands where the value is expected: ``the index (normal < 8) was``."""
        gap = self.bounds.folded[mention.tail : quantity.start]
        if not (quantity.comparator or quantity.value_high):
            return False
        if quantity.value_high and self.words.within_range.search(gap):
            # "within the reference range of 0-4 ng/mL"
            return True
        if "(" not in gap:
            return False
        return self.words.reference_head.fullmatch(gap.rpartition("(")[2].strip(" :=")) is not None

    def _implausible(self, mention: Mention, quantity: Quantity) -> Reading | None:
        """A value right behind its name in a unit that the analyte is not measured in, kept as printed.

        Concentrations only ("platelets 690 g/dL"), a share of mass behind a verb ("sodium was 140 mg/kg", else a dose), and
        a length behind "level" ("a lactate level of 27 mm"), which can only be damaged print.
        """
        gap = self.bounds.folded[mention.tail : quantity.start]
        kind = dimension(quantity.unit)
        if mention.rule != "lexicon" or "1" in mention.units or kind.startswith("count"):
            return None
        if kind == "length":
            near = "level" in gap and self.words.only(gap, "head", "glue", most=2)
        elif kind == "mass/mass":
            near = self.words.any(gap, "being") and self.words.only(gap, "head", "being", most=2)
        else:
            counted = COUNTED & set(mention.units)
            marks = ":=" if counted else "(:=,"
            near = kind.endswith("/volume") and self.words.only(gap, "head", "being", "telling", marks=marks, most=3)
        if not near:
            return None
        reading = self._reading(mention, quantity, "forward")
        reading.quality.append("implausible_unit:unit")
        return reading

    def _further(self, mention: Mention, quantity: Quantity, after: Mention | None) -> Reading | None:
        """A later value of the analyte that has one: ``CK 8,450 -> 320 U/L``, ``12 on day 1 and 7 g/dL on day 5``."""
        last = max((r for r in self.readings if r.mention is mention), key=lambda r: r.end, default=None)
        if last is None or last.quantity is None or last.rule == "list":
            return None
        gap = self.bounds.folded[last.end : quantity.start]
        if after is not None and self.words.only(self.bounds.folded[quantity.end : after.start], "backward", most=2):
            return None
        bracket = gap.rpartition("(")[2] if "(" in gap else ")"
        if ")" not in bracket and self.words.reference_head.match(bracket.strip()):
            return None
        if last.rule == "backward" and not self.words.any(gap, "moving", "toward"):
            # "70% neutrophils, 20% lymphocites": the value of a name that was not read
            return None
        arrow = gap.strip() in ("to", "->", "→", ">", "/", ")->", "-", "and", "to the", "then", "=>", "-->")
        changed = self.gaps.changes(last.quantity, quantity, last.quantity.end)
        if not changed and not self.words.only(gap, *LINKS, "coordination", "contrast", marks="()[],:→->=", most=12):
            return None
        loose = bool({"1", "{score}"} & set(mention.units)) and gap.rstrip().endswith(("to", "then", ">"))
        if not quantity.unit and not (arrow or loose or changed):
            return None
        # a bracket with a comparator tells a limit, one with a score its maximum
        if (quantity.comparator or "{score}" in mention.units) and "(" in gap and ")" not in gap:
            return None
        same = dimension(quantity.unit) == dimension(last.unit) or last.unit == quantity.unit
        if not last.unit and quantity.unit and arrow and fits(mention, quantity.unit):
            last.unit, last.unit_at = quantity.unit, quantity.unit_at
            last.quality = [q for q in last.quality if not q.startswith("unit_missing")]
            same = True
        if not quantity.unit and last.unit not in ("", "{score}", "[pH]"):
            return None
        if not same or not self._fits(mention, quantity):
            return None
        reading = self._reading(mention, quantity, "further")
        reading.start = quantity.start
        return reading

    def _fits(self, mention: Mention, quantity: Quantity) -> bool:
        if quantity.unit or quantity.unknown_unit:
            return fits(mention, quantity.unit)
        if quantity.out_of:
            return "{score}" in mention.units
        return bool(mention.units) or quantity.unknown_unit is not None

    def _reading(self, mention: Mention, quantity: Quantity, rule: str) -> Reading:
        return Reading(mention, quantity.end, quantity, quantity.unit, quantity.unit_at, start=mention.start, rule=rule)


def _finished(bounds: Bounds, words: LabWords, reading: Reading) -> Reading:
    """``reading`` with what is printed after its value: reference range, second unit, closing bracket."""
    plain = bounds.plain
    closed = _CLOSERS.match(plain, reading.end, bounds.end)
    value_start = reading.quantity.start if reading.quantity else 0
    end = closed.end() if closed and "(" in plain[reading.mention.end : value_start] else reading.end
    places = [reading.end, end]
    if placed := words.in_specimen.match(bounds.folded, reading.end, bounds.end):
        places.append(placed.end())
    for position in dict.fromkeys(places):
        reference = read_reference(plain, position, bounds.end, reading.unit, words)
        if reference is not None:
            reading.reference = reference
            reading.end = reference.end
            if reference.unit is not None and not reading.unit:
                reading.unit, reading.unit_at = reference.unit.code, (reference.unit.start, reference.unit.end)
            break
    if closed := _CLOSERS.match(plain, reading.end, bounds.end):
        reading.end = closed.end()
    return reading
