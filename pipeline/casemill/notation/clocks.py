"""A patient's clock: how far a fact lies from the zero of its subject, and the order that follows.

A clock is an ISO 8601 duration with a mark before it where the report is less exact:

- ``P0D`` at the zero, ``P14D``, ``P2M``, ``P1Y2M`` after it; ``-P3Y`` before it;
- ``>P14D`` later than that, nobody says by how much; ``<P0D`` before the zero, likewise;
- blank where the report does not say on which side of the zero the fact lies.

Weeks are counted in days and twelve months as a year, so that equal offsets read the same.
"""

import math
import re
from decimal import Decimal
from typing import NamedTuple

from casemill.errors import NotationError

__all__ = ["Clock", "Offset", "between", "contradict", "offset_of", "order_key"]

_DAY = 24 * 60
# Mean lengths, for comparing only: no clock is printed from them but where days and months have opposite signs.
_DAYS_A_MONTH = 30.436875
_DURATION = re.compile(
    r"P(?:(?P<years>\d+(?:\.\d+)?)Y)?(?:(?P<months>\d+(?:\.\d+)?)M)?(?:(?P<weeks>\d+(?:\.\d+)?)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?)?"
)
_CLOCK = re.compile(r"(?P<bound>[<>]?)(?P<sign>-?)(?P<length>P.+)")


class Offset(NamedTuple):
    """A length of time: ``months`` of the calendar and ``minutes``, each of either sign.

    ``unit`` is what an offset of nothing is printed in: ``P0M`` is the same month, on whichever day.
    """

    months: int = 0
    minutes: int = 0
    unit: str = "D"

    def plus(self, other: "Offset", *, sign: int = 1) -> "Offset":
        """The offset ``other`` later, or with ``sign`` -1 earlier."""
        months, minutes = self.months + sign * other.months, self.minutes + sign * other.minutes
        return Offset(months, minutes, self.unit if (months, minutes) == (0, 0) and not other.minutes else "D")

    @property
    def days(self) -> float:
        """About how many days it is."""
        return self.months * _DAYS_A_MONTH + self.minutes / _DAY

    @property
    def text(self) -> str:
        """ISO 8601, with a sign before it if it is negative."""
        months, minutes = self.months, self.minutes
        if months * minutes < 0:
            # "three months less nine days" is told by the coarser unit
            months, minutes = round(self.days / _DAYS_A_MONTH), 0
            return Offset(months, 0, "M").text
        sign = "-" if months < 0 or minutes < 0 else ""
        years, months = divmod(abs(months), 12)
        days, rest = divmod(abs(minutes), _DAY)
        hours, minutes = divmod(rest, 60)
        date = "".join(f"{number}{unit}" for number, unit in ((years, "Y"), (months, "M"), (days, "D")) if number)
        time = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M")) if number)
        return f"{sign}P{date}{f'T{time}' if time else ''}" if date or time else f"P0{self.unit}"


class Clock(NamedTuple):
    """A fact's offset from the zero; ``bound`` is ``>`` if it lies later by an unknown time, ``<`` if before the zero."""

    bound: str
    offset: Offset

    @property
    def exact(self) -> bool:
        """Whether the offset is that of the fact itself."""
        return not self.bound

    @property
    def text(self) -> str:
        """As the column prints it; blank if it does not tell on which side of the zero."""
        if self.bound == ">" and self.offset.days < 0:
            return ""
        return f"{self.bound}{self.offset.text}"

    def plus(self, offset: Offset, *, sign: int = 1) -> "Clock":
        """The clock so much later (or earlier): what is later than a time is later than that time moved."""
        return Clock(self.bound, self.offset.plus(offset, sign=sign))

    def later(self) -> "Clock":
        """The clock of what comes after it, nobody says when."""
        return Clock(">", self.offset if self.offset.months or self.offset.minutes else Offset())


def offset_of(iso: str) -> Offset | None:
    """The offset that an ISO 8601 duration means; none if it can't be read. Halves become the next smaller unit.

    >>> offset_of("P2W").text, offset_of("P18M").text, offset_of("P1.5Y").text
    ('P14D', 'P1Y6M', 'P1Y6M')
    """
    match = _DURATION.fullmatch(iso)
    if match is None or not any(match.groups()):
        return None
    parts = {name: Decimal(number or 0) for name, number in match.groupdict().items()}
    months = parts["years"] * 12 + parts["months"]
    days = parts["weeks"] * 7 + parts["days"] + (months % 1) * 30
    return Offset(int(months), round(days * _DAY + parts["hours"] * 60 + parts["minutes"]))


def between(one: str, other: str) -> Offset | None:
    """How long from the calendar date ``one`` to ``other``, at the coarser precision; none if one of them is not known.

    >>> between("2019-03-12", "2019-09").text, between("2019-03-12", "2019-03-26").text, between("2019-05", "2019").text
    ('P6M', 'P14D', 'P0Y')
    """
    if min(len(one), len(other)) < 4 or "-" in (one[0], other[0]):
        return None
    size = min(len(one), len(other))
    if size >= 10:
        from datetime import date

        return Offset(0, (date.fromisoformat(other) - date.fromisoformat(one)).days * _DAY)
    years = int(other[:4]) - int(one[:4])
    if size < 7:
        return Offset(12 * years, 0, "Y")
    return Offset(12 * years + int(other[5:7]) - int(one[5:7]), 0, "M")


def contradict(one: Offset, other: Offset) -> bool:
    """Whether two tellings of one offset can't both be right, at the precision of the coarser.

    Two days, two months or two years apart are, if that is more than a sixth of the longer: "six months later" is said of
    five and of seven.
    """
    coarse = max(_coarseness(one), _coarseness(other))
    apart, longer = abs(one.days - other.days), max(abs(one.days), abs(other.days))
    return apart >= 2 * coarse - 0.5 * (coarse > 1) and apart * 6 > longer


def _coarseness(offset: Offset) -> float:
    if offset.minutes or (not offset.months and offset.unit == "D"):
        return 1
    return _DAYS_A_MONTH if offset.months % 12 or offset.unit == "M" else 365.25


def order_key(clock: str) -> tuple[float, int]:
    """What to sort clocks by: days from the zero, then before, at or after that time; blank comes last.

    What is told as ``>P14D`` comes directly after ``P14D``, although it may be later than ``P20D`` too; ``<P0D`` directly
    before ``P0D``. Facts that compare equal are in the order of the text (``start``) at best.

    >>> sorted(["", ">P14D", "P1Y2M", "P0D", "-P3Y", "P14D", "<P0D"], key=order_key)
    ['-P3Y', '<P0D', 'P0D', 'P14D', '>P14D', 'P1Y2M', '']

    :raises NotationError: ``clock`` is no clock.
    """
    if not clock:
        return (math.inf, 0)
    match = _CLOCK.fullmatch(clock)
    offset = offset_of(match["length"]) if match else None
    if match is None or offset is None:
        raise NotationError(f"{clock!r} is no clock; expected an ISO 8601 duration as in 'P14D', '-P3Y' or '>P2M'")
    days = -offset.days if match["sign"] else offset.days
    return (days, {"<": -1, "": 0, ">": 1}[match["bound"]])
