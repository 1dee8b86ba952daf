"""Where a subject's course stands on its own clock, and which times its steps lead to."""

from collections.abc import Iterable
from typing import NamedTuple

from casemill.components.clock_steps import Step
from casemill.notation.clocks import Clock, Offset, between, contradict

__all__ = ["BEFORE", "ZERO", "Course", "Told"]

_Pieces = tuple[tuple[int, int], ...]

ZERO = Clock("", Offset())
#: Before the zero, nobody says when.
BEFORE = Clock("<", Offset())
# A step ten times as long as another makes it indifferent from which end of the shorter it is counted.
_SMALL = 10
# Events that a follow-up may be counted from.
_FOLLOWED = ("operation", "discharge")


class Told(NamedTuple):
    """A clock with the words that it was read from; ``conflict`` if the report says it in two ways that contradict."""

    clock: Clock
    pieces: _Pieces = ()
    conflict: bool = False

    def plus(self, step: Step, offset: Offset, *, sign: int = 1) -> "Told":
        """So much after (or before) this."""
        return Told(self.clock.plus(offset, sign=sign), (*self.pieces, (step.start, step.end)))

    def later(self, *pieces: tuple[int, int]) -> "Told":
        """After this, nobody says by how much."""
        return Told(self.clock.later(), (*self.pieces, *pieces))


class Course:
    """The course of one subject through one stretch of the narrative.

    ``now`` is where it stands, by all steps told. ``drifted`` says that something has come of a treatment since, which takes
    time that is not told. ``anchors`` are the events that times are counted from, ``begun`` the drugs, ``dated`` a calendar
    date whose clock is known.
    """

    def __init__(self, zero: _Pieces, *, admitted: bool, date: str = "", age: Offset | None = None) -> None:
        self.zero = Told(ZERO, zero)
        self.now = self.zero
        self.drifted = False
        self.anchors: dict[str, Told] = {"admission": self.zero} if admitted else {}
        self.begun: dict[str, Told] = {}
        self.age = age
        self.dated: tuple[str, Told] | None = (date, self.zero) if date else None
        self._counted: Told | None = None
        self._count: Told | None = None
        self._last = Offset()

    @property
    def running(self) -> Told:
        """The clock of what is told without any time."""
        return self.now.later() if self.drifted and self.now.clock.exact else self.now

    @property
    def at_zero(self) -> bool:
        """Whether no time has been told since the zero."""
        return self.now.clock == ZERO

    def on(self, date: str) -> Told | None:
        """The clock of a calendar date, if it can be reckoned."""
        if self.dated is None or not date:
            return None
        iso, known = self.dated
        offset = between(iso, date)
        if offset is None:
            return None
        if known.clock.offset != Offset():
            offset = known.clock.offset.plus(offset)
        return Told(Clock("", offset) if known.clock.exact else Clock("", offset).later(), known.pieces)

    def reached(self, step: Step) -> Told | None:
        """The clock of ``step``; none if it can't be known."""
        return self._explained(step) if step.date and step.kind != "date" else self._reached(step)

    def _reached(self, step: Step) -> Told | None:
        match step.kind:
            case "later":
                return self.running.plus(step, step.offset)
            case "over" | "ends" | "same_year" | "upon":
                return self.now.later((step.start, step.end))
            case "stays":
                return self.running
            case "returns" if self.at_zero:
                return self.running
            case "returns":
                return self.anchors.get("admission") or self.now.later((step.start, step.end))
            case "date":
                return self._on(step)
            case "back":
                return self._back(step)
            case "age":
                return self._aged(step)
            case "counted":
                return self._on_day(step)
            case "past":
                return None
        return self._after(step)

    def _on(self, step: Step) -> Told | None:
        found = self.on(step.date)
        if found is None:
            return self.now.later((step.start, step.end))
        return Told(found.clock, (*found.pieces, (step.start, step.end)))

    def _explained(self, step: Step) -> Told | None:
        """The clock of a calendar date that words beside it explain ("..., six months after admission")."""
        told = self._reached(step)
        dated = self.on(step.date)
        if dated is None:
            return told or self._on(step)
        sure = told is not None and told.clock.exact and dated.clock.exact and bool(step.event or step.kind == "later")
        conflict = sure and told is not None and contradict(told.clock.offset, dated.clock.offset)
        return Told(dated.clock, (*dated.pieces, (step.start, step.end)), conflict)

    def _back(self, step: Step) -> Told | None:
        if step.event:
            base = None if step.ends else self._anchor(step) or self._drug(step.told)
            if base is not None and base.clock.exact:
                return base.plus(step, step.offset, sign=-1)
            known = step.event == "onset" or (step.event == "admission" and base is None)
            return Told(BEFORE, ((step.start, step.end),)) if known and self.at_zero else None
        if not self.now.clock.exact or (step.ago and not self.at_zero):
            return None
        return self.now.plus(step, step.offset, sign=-1)

    def _aged(self, step: Step) -> Told | None:
        """The clock of an age, against the age at the zero."""
        if self.age is None:
            return None if self.at_zero else self.now.later((step.start, step.end))
        if self.age == Offset():
            return self.zero.plus(step, step.offset)
        unit = _unit(self.age)
        apart = Told(ZERO).plus(step, step.offset).plus(step, self.age, sign=-1).clock.offset
        if _unit(step.offset) == unit:
            return Told(Clock("", apart._replace(unit=unit)), ((step.start, step.end),))
        slack = {"Y": 366, "M": 31, "D": 1}[max(unit, _unit(step.offset), key="DMY".index)]
        if apart.days < -slack:
            return Told(BEFORE, ((step.start, step.end),))
        return self.now.later((step.start, step.end)) if apart.days > slack else None

    def _drug(self, words: str) -> Told | None:
        """When the drug was begun that ``words`` name, at their head or after words of beginning."""
        return next((known for name, known in self.begun.items() if name and name in words), None)

    def _bases(self) -> list[Told]:
        return [*self.begun.values(), *(self.anchors[event] for event in _FOLLOWED if event in self.anchors)]

    def _anchor(self, step: Step) -> Told | None:
        """The event that ``step`` is counted from, if it was told; a diagnosis that is named may be another."""
        named = step.event == "diagnosis" and " of " in step.told
        return None if named else self.anchors.get(step.event)

    def begins_now(self) -> bool:
        """Whether something was begun where the narrative stands, which a time may be counted from."""
        known = [*self.begun.values(), *(self.anchors[event] for event in _FOLLOWED[:1] if event in self.anchors)]
        return any(told.clock == self.now.clock for told in known)

    def _common(self, offset: Offset, bases: Iterable[Told]) -> Told | None:
        """The one of ``bases`` to count ``offset`` from, if it is indifferent which."""
        known = sorted(bases, key=lambda told: told.clock.offset.days)
        if not known or all(told.clock == known[0].clock for told in known):
            return known[0] if known else None
        if not all(told.clock.exact for told in known):
            return None
        spread = known[-1].clock.offset.days - known[0].clock.offset.days
        return known[0] if spread * _SMALL <= offset.days else None

    def _on_day(self, step: Step) -> Told | None:
        piece = (step.start, step.end)
        base = self._drug(step.told) if step.told and not step.ends else None
        if base is None and step.event:
            base = self._anchor(step)
            if base is None and step.event == "treatment":
                base = self._common(step.offset, self._bases())
        elif base is None:
            base = self._count or self._common(step.offset, self._bases())
            if base is None and not self._bases():
                # a day of the illness, for all that is told
                return None
        if base is None or step.by:
            return self.now.later(piece)
        reached = base.plus(step, step.offset)
        if step.during:
            reached = reached.later()
        if reached.clock.offset.days < self.now.clock.offset.days and not step.event:
            return self.now.later(piece)
        return reached

    def _after(self, step: Step) -> Told | None:
        """ "After three weeks", "at six months", "two months after surgery"."""
        piece = (step.start, step.end)
        drug = None if step.ends else self._drug(step.told)
        base = drug or (None if step.ends else self._anchor(step))
        if base is None and step.event == "treatment":
            drug = base = self._common(step.offset, self._bases())
            if base is None or (not self.now.clock.exact and base.clock != self.now.clock):
                return self.now.later(piece)
        if base is None and step.event == "admission":
            # of an admission that was not told: it may be earlier than what was told last
            return self.zero.later(piece)
        if base is None and step.kind == "since":
            return self._since_unknown(step)
        if base is None and step.kind == "at":
            base = self._common(step.offset, self._bases() or ([self.zero] if self.at_zero else []))
        elif base is None and not step.event:
            # counted from where the narrative stands, unless that was counted from something itself
            base = self.running
            if self._counted is not None:
                base = self._counted if self._last.days * _SMALL <= step.offset.days else None
            elif (known := self._bases()) and not self.begins_now():
                base = self._common(step.offset, [*known, self.now])
        if base is None:
            return self.now.later(piece)
        reached = base.plus(step, step.offset)
        if step.kind == "since" and not step.starts and drug is not None:
            # "six months after treatment": after its end, if that was not its start
            return reached.later()
        if step.kind == "at" and reached.clock.offset.days < self.now.clock.offset.days:
            return self.now.later(piece)
        return reached

    def _since_unknown(self, step: Step) -> Told:
        """ "Five months after discharge", "two weeks after stopping X": so long after what came after where it stands, or X."""
        known = self.now if step.event == "discharge" else self._drug(step.told) if step.ends else None
        later = self.now.later((step.start, step.end))
        reached = known.plus(step, step.offset).later() if known is not None else later
        return reached if reached.clock.offset.days > later.clock.offset.days else later

    def advance(self, step: Step, reached: Told | None) -> None:
        """Let the narrative go on at ``reached``, unless ``step`` is a glance aside."""
        if step.passing or reached is None or step.kind in ("stays", "past", "back"):
            return
        if step.by and step.kind != "over":
            return
        if step.kind == "upon":
            self.drifted = True
            return
        behind = reached.clock.offset.days < self.now.clock.offset.days
        if behind and step.kind not in ("returns", "date"):
            self.now = self.now if reached.clock.exact else reached
            return
        counted_from = self.now
        if step.kind == "counted":
            self._count = self._count if not step.event else self.anchors.get(step.event, self._count)
            counted_from = self._count or self.now
        if step.kind in ("after", "at", "since", "counted") and reached.clock.exact:
            self._counted = self._counted if step.kind == "after" and self._counted else counted_from
            self._last = step.offset
        else:
            self._counted = None
        self.now = reached
        self.drifted = False
        if step.date and self.on(step.date) is None:
            self.date_now(step.date, self.now)

    def date_now(self, date: str, told: Told) -> None:
        """Remember the calendar date of a time of the course, if it has a year."""
        if between(date, date) is not None:
            self.dated = (date, told)

    def begin(self, names: Iterable[str], told: Told) -> None:
        """Remember when a drug was begun; a later start is the one that is meant from then on."""
        for name in names:
            self.begun[name] = told


def _unit(offset: Offset) -> str:
    """What an age is told in: one of a year or less in months."""
    return "D" if not offset.months else "M" if offset.months % 12 or offset.months == 12 else "Y"
