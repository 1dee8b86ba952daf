"""Gives facts their ``clock``: how far from the zero of their subject they lie, as told, with or without a calendar.

It is no component of the pipeline: :func:`casemill.tabulate.rows` asks for it, and only if its caller did. What the column
means is told in ``docs/rows.md``; its forms in :mod:`casemill.notation.clocks`.
"""

from collections.abc import Mapping, Sequence

from casemill.components.clock_course import Course
from casemill.components.clock_facts import Grids, is_past
from casemill.components.clock_steps import EVENTS, steps_in
from casemill.components.clock_walk import NOBODY, Placed, Walk, put_clock, subject_of
from casemill.components.clock_zero import Line, Zero, zero_of
from casemill.components.date_bindings import value_of
from casemill.components.frames import Frame
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import phrase
from casemill.components.timeline import Timeline
from casemill.components.titles import title_end
from casemill.components.told_times import Time
from casemill.notation.clocks import Offset, offset_of
from casemill.notation.dates import find_dates
from casemill.schema import FACT_TABLES

__all__ = ["timed"]

# Sections in which one course runs; an abstract tells it in a run of its own.
_COURSE = {"case": "case", "other": "case", "results": "case", "table": "case", "abstract": "abstract"}
_AGES = {"a": "Y", "mo": "M", "wk": "W", "d": "D"}


def timed(narrative: Narrative, told: Mapping[str, list[Frame]]) -> dict[str, list[Frame]]:
    """The frames of each table, those of facts as copies with their ``clock``; the document's own stay as they are."""
    found = {name: [_copied(one) for one in frames] if name in FACT_TABLES else frames for name, frames in told.items()}
    placed = [(table, one) for table in FACT_TABLES for one in found.get(table, ()) if not one["reason"]]
    if placed:
        _Clockwork(narrative, placed, found.get("patients", [])).run()
    return found


def _copied(one: Frame) -> Frame:
    return {**one, "cells": dict(one["cells"]), "quality": list(one["quality"])}


class _Clockwork:
    """One document's facts on their way to their clocks."""

    def __init__(self, narrative: Narrative, placed: Sequence[Placed], patients: Sequence[Frame]) -> None:
        self.narrative = narrative
        self.by_sentence: dict[int, list[Placed]] = {}
        for table, one in sorted(placed, key=lambda each: (each[1]["start"], each[1]["end"])):
            self.by_sentence.setdefault(narrative.sentence_at(one["start"]).start, []).append((table, one))
        self.patients = sorted((one for one in patients if not one["reason"]), key=lambda one: int(one["start"]))
        self.people = {narrative.sentence_at(one["start"]).start: subject_of(one) for one in self.patients}
        told = [subject_of(one) for each in self.by_sentence.values() for _, one in each]
        self.individuals = list(dict.fromkeys(name for name in told if name not in NOBODY))
        named = [
            start for start, each in self.by_sentence.items() if any(subject_of(one) not in NOBODY for _, one in each)
        ]
        self.begins = max(title_end(narrative), min([*self.people, *named], default=0))
        self.grids = Grids(narrative)
        # the calendar dates told in a sentence, and that which runs behind it
        self.dates: dict[int, list[Time]] = {}
        self.running: dict[int, str] = {}

    def run(self) -> None:
        """Walk each course of each subject."""
        courses: dict[tuple[str, str], list[Sentence]] = {}
        last = subject = ""
        found = find_dates(self.narrative.plain)
        dates = [date for date in found if self.narrative.sentence_at(date.start).extract]
        timeline = Timeline(self.narrative, dates)
        starts = {date.start for date in dates}
        for sentence in self.narrative.sentences:
            if not sentence.extract or sentence.section not in _COURSE:
                continue
            if sentence.start < self.begins or self._is_of_many(sentence):
                continue
            stretch = _COURSE[sentence.section]
            if stretch != last:
                timeline.reset()
                last, subject = stretch, self._first()
            subject, others = self._subjects(sentence, subject)
            times = timeline.times(sentence) if dates else []
            self.dates[sentence.start] = [time for time in times if time.kind == "date" and time.start in starts]
            timeline.leave(sentence, times)
            self.running[sentence.start] = timeline.running
            for name in dict.fromkeys([subject, *others]):
                courses.setdefault((stretch, name), []).append(sentence)
        known = {name: self._walk(sentences, name) for (_, name), sentences in courses.items()}
        self._elsewhere(known)

    def _is_of_many(self, sentence: Sentence) -> bool:
        """Whether a sentence tells of a cohort only."""
        told = {subject_of(one) for _, one in self.by_sentence.get(sentence.start, ())}
        return bool(told) and told <= {*NOBODY}

    def _first(self) -> str:
        """The subject of what is told before anybody is named."""
        return next(map(subject_of, self.patients), "") or next(iter(self.individuals), "patient")

    def _subjects(self, sentence: Sentence, subject: str) -> tuple[str, list[str]]:
        """Of whom the narrative goes on in ``sentence``, and all of whom facts are told there."""
        subject = self.people.get(sentence.start, subject)
        spoken = [subject_of(one) for _, one in self.by_sentence.get(sentence.start, ())]
        told = [name for name in dict.fromkeys(spoken) if name not in NOBODY]
        return told[0] if told and subject not in told else subject, told

    def _own(self, sentence: Sentence, subject: str) -> list[Placed]:
        return [each for each in self.by_sentence.get(sentence.start, ()) if subject_of(each[1]) == subject]

    def _elsewhere(self, courses: Mapping[str, Course]) -> None:
        """Time what is told outside of any course (a discussion, a caption), as far as its calendar date goes."""
        for start, placed in self.by_sentence.items():
            sentence = self.narrative.sentence_at(start)
            if sentence.extract and sentence.section in _COURSE:
                continue
            for _, one in placed:
                course = courses.get(subject_of(one))
                dated = course.on(value_of(one, "date")) if course else None
                if dated is not None:
                    put_clock(one, dated)

    def _walk(self, sentences: Sequence[Sentence], subject: str) -> Course:
        lines = [self._line(sentence, subject) for sentence in sentences]
        zero = zero_of(self.narrative, lines)
        pieces = (zero.piece,) if zero.admits else ()
        date, age = self._zero_date(lines, zero), self._age(subject, lines, zero)
        walk = Walk(self.narrative, self.grids, Course(pieces, admitted=zero.admits, date=date, age=age))
        for number, line in enumerate(lines):
            own = self._own(line.sentence, subject)
            if number < zero.number:
                walk.precede(line, own)
            elif number == zero.number:
                walk.tell(line.sentence, walk.opened(line, zero), own, opening=True)
            else:
                walk.admit(line)
                walk.tell(line.sentence, line.steps, own)
        return walk.course

    def _line(self, sentence: Sentence, subject: str) -> Line:
        given = any(
            value_of(one, "action") == "given" and not is_past(self.narrative, table, one, sentence)
            for table, one in self._own(sentence, subject)
            if table == "drug_doses"
        )
        steps = steps_in(self.narrative, sentence, self.dates.get(sentence.start, []))
        return Line(sentence, steps, given, self.running.get(sentence.start, ""))

    def _zero_date(self, lines: Sequence[Line], zero: Zero) -> str:
        """The calendar date of the zero, as the report tells it there."""
        line = lines[zero.number]
        told = [step for step in line.steps if step.date]
        if told:
            own = [step for step in told if not step.passing and not step.date.startswith("-")]
            if not zero.admits and len({step.date for step in own}) > 1:
                return ""
            near = min(own, key=lambda step: abs(step.start - zero.piece[0]), default=None)
            return near.date if near else ""
        alone = len(self.individuals) < 2 and len(self.patients) < 2
        return line.date if alone and all(step.kind in ("returns", "past") for step in line.steps) else ""

    def _age(self, subject: str, lines: Sequence[Line], zero: Zero) -> Offset | None:
        """How old the subject is at the zero; none if the age that is told may be that of another time."""
        sentence = lines[zero.number].sentence
        if not zero.admits and phrase(EVENTS, "born").search(self.narrative.folded, sentence.start, sentence.end):
            return Offset()
        one = next((one for one in self.patients if subject_of(one) == subject), None)
        unit = _AGES.get(value_of(one, "age_unit")) if one else None
        if one is None or unit is None or not (pieces := one["cells"]["age"][1]):
            return None
        told = self.narrative.sentence_at(pieces[0][0])
        between = [line for line in lines[: zero.number] if line.sentence.start > told.start]
        return offset_of(f"P{value_of(one, 'age')}{unit}") if not any(line.steps for line in between) else None
