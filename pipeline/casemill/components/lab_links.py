"""Joins analytes and quantities of one sentence into readings.

A value belongs to the analyte before it when only linking words stand between ("CK level was found to be 320 U/L"), or to
the one right after it ("91% neutrophils", "484 RBCs per high-power field"). Lists are joined name by name
("AST and ALT were 20 and 30 U/L"), and an analyte may have several values ("from 12.1 to 7.3 g/dL").
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from casemill.components.lab_names import Mention, fits, name_before
from casemill.components.lab_readings import Bounds, Reading, values_in
from casemill.components.lab_references import read_reference
from casemill.components.lab_words import LabWords
from casemill.notation.quantities import Quantity
from casemill.notation.units import Unit, dimension, read_unit

__all__ = ["link"]

_LINKS = ("head", "copula", "change", "glue", "adverb")
_CLOSERS = re.compile(r"\s?[)\]]")


def link(
    mentions: list[Mention], bounds: Bounds, words: LabWords, *, foreign: Sequence[tuple[int, int]] = ()
) -> list[Reading]:
    """The readings of one sentence: each analyte with each of its values, or one without, in text order.

    ``foreign`` are the characters of names that are no analytes: drugs, antibodies.
    """
    return _Linker(bounds, words, foreign).run(mentions)


class _Linker:
    def __init__(self, bounds: Bounds, words: LabWords, foreign: Sequence[tuple[int, int]]) -> None:
        self.bounds = bounds
        self.words = words
        self.foreign = foreign
        self.readings: list[Reading] = []

    def run(self, mentions: list[Mention]) -> list[Reading]:
        quantities = values_in(mentions, self.bounds, self.words)
        # a unit is no analyte: the K of "14.2 K/uL"
        units = [q.unit_at for q in quantities if q.unit_at]
        mentions = [m for m in mentions if not any(s <= m.start and m.end <= e for s, e in units)]
        taken: set[int] = set()
        consumed = self._lists(mentions, quantities, taken)
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
            if mention is None or any(s < mention.end and mention.start < e for s, e in self.foreign):
                continue
            self.readings.append(self._finish(self._reading(mention, quantity, "measured")))

    # -- lists ------------------------------------------------------------------------------------------------------

    def _lists(self, mentions: list[Mention], quantities: list[Quantity], taken: set[int]) -> set[int]:
        """Runs of analytes followed by a run of as many values: ``Hb, Ht and WBC were 9 g/dL, 27% and 5000/uL``."""
        consumed: set[int] = set()
        starts = [q.start for q in quantities]
        position = 0
        while position < len(mentions):
            run = self._run(mentions, position)
            position += len(run)
            if len(run) < 2:
                continue
            following = mentions[position].start if position < len(mentions) else self.bounds.end
            first = next((i for i, s in enumerate(starts) if s >= run[-1].tail), None)
            if first is None or quantities[first].start > following:
                continue
            if not self._links(run[-1].tail, quantities[first].start, "[("):
                continue
            values = self._values(quantities, first, following)
            if len(values) == 1 and self.words.any(self.bounds.folded[run[-1].tail : values[0].start], "each"):
                # "AST and ALT were both above 500 U/L"
                values = values * len(run)
            if len(values) != len(run):
                continue
            if self._join(run, values):
                taken.update(i for i, q in enumerate(quantities) if values[0].start <= q.start <= self.readings[-1].end)
                consumed.update(id(m) for m in run)
        return consumed

    def _run(self, mentions: list[Mention], position: int) -> list[Mention]:
        run = [mentions[position]]
        for mention in mentions[position + 1 :]:
            gap = self.bounds.folded[run[-1].tail : mention.start]
            if not self.words.only(gap, "coordination", marks=",&/;", most=5) or run[-1].flag:
                break
            run.append(mention)
        return run

    def _values(self, quantities: list[Quantity], first: int, limit: int) -> list[Quantity]:
        values = [quantities[first]]
        end = self._past_reference(values[-1])
        for quantity in quantities[first + 1 :]:
            if quantity.start < end:
                continue
            gap = self.bounds.folded[end : quantity.start].strip()
            if quantity.start > limit or gap not in (",", "and", ", and", "/", "&", ";", "vs", "or"):
                break
            values.append(quantity)
            end = self._past_reference(quantity)
        return values

    def _past_reference(self, quantity: Quantity) -> int:
        reference = read_reference(self.bounds.plain, quantity.end, self.bounds.end, quantity.unit, self.words)
        end = reference.end if reference else quantity.end
        closed = _CLOSERS.match(self.bounds.plain, end, self.bounds.end) if reference else None
        return closed.end() if closed else end

    def _join(self, run: list[Mention], values: list[Quantity]) -> bool:
        shared, first = values[-1], values[0]
        readings = []
        for mention, quantity in zip(run, self._compared(values, first), strict=True):
            unit, unit_at = (quantity.unit, quantity.unit_at)
            if not unit and "1" not in mention.units:
                unit, unit_at = shared.unit, shared.unit_at
            if not fits(mention, unit) or not (unit or quantity.unknown_unit or mention.units):
                return False
            readings.append(Reading(mention, quantity.end, quantity, unit, unit_at, start=mention.start, rule="list"))
        for reading in readings:
            self._finish(reading)
        self.readings.extend(readings)
        return True

    def _compared(self, values: list[Quantity], first: Quantity) -> list[Quantity]:
        """``values`` with the comparator told in words before the first: "were above 500 and 300 U/L, respectively"."""
        worded = first.comparator_at is not None and self.bounds.plain[first.comparator_at[0]].isalpha()
        if not worded or any(q.comparator for q in values[1:] if q is not first):
            return values
        return [replace(q, comparator=first.comparator, comparator_at=first.comparator_at) for q in values]

    # -- single values ----------------------------------------------------------------------------------------------

    def _value(self, quantity: Quantity, mentions: list[Mention], consumed: set[int]) -> Reading | None:
        before = [m for m in mentions if m.tail <= quantity.start or m.end <= quantity.start]
        previous = before[-1] if before else None
        after = next((m for m in mentions if m.start >= quantity.end), None)
        backward = self._backward(quantity, after) if after is not None and id(after) not in consumed else None
        if after is not None and backward is None and id(after) not in consumed:
            backward = self._named_after(quantity, after)
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
        if previous is not None and id(previous) in consumed:
            reading = self._further(previous, quantity, after)
            if reading is not None:
                return self._finish(reading)
        return None

    def _forward(self, mention: Mention, quantity: Quantity) -> Reading | None:
        if quantity.value.startswith("-") and quantity.unit == "%":
            # a difference
            return None
        if not self._links(min(mention.tail, quantity.start), quantity.start):
            return None
        if not self._fits(mention, quantity):
            return self._implausible(mention, quantity)
        first = quantity.number_at[0]
        if not quantity.unit and mention.end == first - 1 and self.bounds.plain[mention.end] in "-/":
            return None
        if mention.rule == "diagnosis" and not quantity.unit and not self._tight(mention, quantity):
            return None
        if not quantity.unit and not self._tight(mention, quantity) and not {"{score}", "1"} & set(mention.units):
            return None
        return self._reading(mention, quantity, "forward")

    def _implausible(self, mention: Mention, quantity: Quantity) -> Reading | None:
        """A value right behind its name in a unit of concentration that the analyte is not measured in, kept as printed."""
        gap = self.bounds.folded[mention.tail : quantity.start]
        near = self.words.only(gap, "head", "being", marks="(:=,", most=2)
        if (
            not near
            or mention.rule != "lexicon"
            or not dimension(quantity.unit).endswith("/volume")
            or "1" in mention.units
        ):
            return None
        if dimension(quantity.unit).startswith("count") or any(u.startswith(("10*", "/")) for u in mention.units):
            return None
        reading = self._reading(mention, quantity, "forward")
        reading.quality.append("implausible_unit:unit")
        return reading

    def _tight(self, mention: Mention, quantity: Quantity) -> bool:
        """Whether a bare number stands so close to the name that it can only be its value."""
        gap = self.bounds.folded[mention.tail : quantity.start]
        if not gap.strip() and not {"1", "{score}"} & set(mention.units):
            # a short number right behind a name may be a part of the name: "CK 20"
            return len(quantity.value) >= 3
        near = self.words.only(gap, "head", "copula", marks="(:=,-", most=3)
        return near or gap.strip().endswith((" of", " at", ":", "=")) or gap.strip() in ("of", "at")

    def _links(self, start: int, end: int, extra: str = "") -> bool:
        gap = self.words.without_insertion(self.bounds.folded[start:end])
        if gap.strip() == ";":
            return True
        if gap.endswith("by "):
            # "prolonged by 5 s": how much it changed
            return False
        gap = gap.removesuffix(", i.e. ")
        if len(gap) > 90 or ("." in gap.strip(" .") and not re.search(r"\w\.\w|\b[a-z]\.", gap)):
            return False
        if "," in gap and not _comma_links(gap, self.words):
            return False
        return self.words.only(gap, *_LINKS, marks="()[]:=,-~→>↑↓./'\"*%" + extra, most=14)

    def _backward(self, quantity: Quantity, mention: Mention) -> Reading | None:
        """A value before its name: cells in percent or counted, grades, and pressures told with ``of``."""
        plain, folded = self.bounds.plain, self.bounds.folded
        gap = folded[quantity.end : mention.start]
        graded = quantity.unit == "{+}" and not gap.strip()
        if (
            (mention.rule == "diagnosis" and not graded)
            or len(gap) > 60
            or not self.words.only(gap, "backward", marks="-", most=4)
        ):
            return None
        direct = not gap.strip() or gap.strip() in ("of", "of the", "for")
        unit: Unit | None = None
        if not quantity.unit:
            unit = read_unit(plain, mention.tail, self.bounds.end)
            if unit is None or not unit.code.startswith(("/", "10*")) or not direct:
                return None
        code = quantity.unit or (unit.code if unit else "")
        kind = dimension(code)
        article = re.search(r"\ban? \Z", folded[max(0, quantity.start - 4) : quantity.start]) is not None
        countable = kind.startswith("count") or code in ("%", "{+}", "{cells}") or (article and not gap.strip())
        # "of which 3 mg/dL was unconjugated"
        predicated = mention.rule == "scoped" and self.words.only(gap, "being", most=1) and bool(quantity.unit)
        if not (countable or predicated or (direct and gap.strip())) or not (
            fits(mention, code) or code.endswith("[HPF]")
        ):
            return None
        if code == "%" and not direct and not ({"10*9/L", "/uL"} & set(mention.units) or "marrow" in mention.name):
            return None
        end = max(mention.tail, unit.end if unit else 0)
        at = quantity.unit_at or ((unit.start, unit.end) if unit else None)
        return Reading(mention, end, quantity, code, at, start=quantity.start, rule="backward")

    def _named_after(self, quantity: Quantity, mention: Mention) -> Reading | None:
        """A value named behind its reference range: ``130 IU/L (normal < 50) for aspartate aminotransferase``."""
        if not quantity.unit or not fits(mention, quantity.unit) or mention.rule == "diagnosis":
            return None
        reading = Reading(
            mention, quantity.end, quantity, quantity.unit, quantity.unit_at, start=quantity.start, rule="backward"
        )
        self._finish(reading)
        if self.bounds.folded[reading.end : mention.start].strip() not in ("for", "for the", "of the"):
            return None
        reading.end = max(reading.end, mention.tail)
        return reading

    def _further(self, mention: Mention, quantity: Quantity, after: Mention | None) -> Reading | None:
        """A later value of the analyte that has one: ``CK 8,450 -> 320 U/L``, ``12 on day 1 and 7 g/dL on day 5``."""
        last = max((r for r in self.readings if r.mention is mention), key=lambda r: r.end, default=None)
        if last is None or last.quantity is None or last.rule == "list":
            return None
        gap = self.bounds.folded[last.end : quantity.start]
        if after is not None and self.words.only(self.bounds.folded[quantity.end : after.start], "backward", most=2):
            return None
        if "(" in gap and self.words.reference_opening.match(gap.lstrip(" ,;")):
            return None
        arrow = gap.strip() in ("to", "->", "→", ">", "/", ")->", "-", "and", "to the", "then", "=>", "-->")
        if not self.words.only(gap, *_LINKS, "coordination", marks="()[],:→->=", most=12):
            return None
        loose = bool({"1", "{score}"} & set(mention.units)) and gap.rstrip().endswith(("to", "then", ">"))
        if not quantity.unit and not (arrow or loose):
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

    def _finish(self, reading: Reading) -> Reading:
        """``reading`` with what is printed after its value: reference range, second unit, closing bracket."""
        plain = self.bounds.plain
        closed = _CLOSERS.match(plain, reading.end, self.bounds.end)
        value_start = reading.quantity.start if reading.quantity else 0
        end = closed.end() if closed and "(" in plain[reading.mention.end : value_start] else reading.end
        for position in dict.fromkeys((reading.end, end)):
            reference = read_reference(plain, position, self.bounds.end, reading.unit, self.words)
            if reference is not None:
                reading.reference = reference
                reading.end = reference.end
                if reference.unit is not None and not reading.unit:
                    reading.unit, reading.unit_at = reference.unit.code, (reference.unit.start, reference.unit.end)
                break
        if closed := _CLOSERS.match(plain, reading.end, self.bounds.end):
            reading.end = closed.end()
        return reading


def _comma_links(gap: str, words: LabWords) -> bool:
    """Whether a comma in the gap still links: right before the value, right after the name, or in a bracket."""
    parts = gap.strip().removesuffix("between").removesuffix("from").split(",")
    return len(parts) <= 3 and (not parts[-1].strip(" (") or not parts[0].strip(" )") or "(" in gap)
