"""Gives frames their calendar date: from their own clause, or from the narrative's running date (specification, 1).

The dates found stand in the layer too (``dates``: ``[start, end, iso]``).
"""

from bisect import bisect_right
from operator import attrgetter

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.date_bindings import (
    PERFECT,
    PLUPERFECT,
    bound_time,
    days_later,
    event_of,
    takes_long,
    value_of,
)
from casemill.components.dated_grids import Elapsed, find_elapsed
from casemill.components.frames import Frame, frames_of, put
from casemill.components.layers import layer
from casemill.components.narrative import Narrative, Sentence
from casemill.components.patients import roster_of
from casemill.components.persons import PERSONS
from casemill.components.phrases import phrase
from casemill.components.terms import find_terms, overlay
from casemill.components.timeline import MOVES, Timeline
from casemill.components.titles import title_end
from casemill.components.told_times import State, Time
from casemill.notation.dates import find_dates
from casemill.resources import Patterns
from casemill.schema import FACT_TABLES

__all__ = ["make_dates"]

Placed = tuple[str, Frame]
# The narrative of a reported case; elsewhere (a discussion, a caption) no date runs.
_RUNS_IN = frozenset({"case", "other", "abstract", "results", "title", "table"})


@Language.factory("casemill_dates", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_dates(nlp: Language, name: str, patterns: str | None) -> "Dates":
    """A giver of dates; ``patterns`` is a folder laid over the packaged pattern files."""
    return Dates(name, overlay(patterns))


class Dates:
    """Fills ``date`` of the frames of every table of facts."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """Date the facts of ``doc``."""
        narrative = Narrative.of(doc)
        dates = [date for date in find_dates(narrative.plain) if narrative.sentence_at(date.start).extract]
        layer(doc)["dates"] = [[date.start, date.end, date.iso] for date in dates]
        if not dates:
            return doc
        frames = [(table, one) for table in FACT_TABLES for one in frames_of(doc, table) if not one["reason"]]
        if frames:
            find_terms(doc, self.patterns, MOVES)
            _date_all(narrative, Timeline(narrative, dates), frames, _speakers(doc, narrative, self.patterns))
        return doc


def _speakers(doc: Doc, narrative: Narrative, patterns: Patterns) -> tuple[dict[int, str], frozenset[str], bool]:
    """By sentence, the leading individual that it comes to speak of; the names of relatives; whether all are siblings."""
    names = {tuple(one["cells"]["subject"][1][0]): value_of(one, "subject") for one in frames_of(doc, "patients")}
    if len(names) < 2:
        return {}, frozenset(), False
    find_terms(doc, patterns, PERSONS)
    roster = roster_of(doc, narrative, patterns)
    named = {one.index: names.get((one.start, one.end), "") for one in roster.individuals}
    related = frozenset(named[one.index] for one in roster.individuals if one.related)
    headed = title_end(narrative)
    spoken: dict[int, str] = {}
    for person, who in roster.mentions:
        if len(who) == 1 and person.start >= headed and named[who[0]] not in related and not person.preposition:
            spoken[person.sentence] = named[who[0]]
    return spoken, related, any(one.announced for one in roster.leading)


def _date_all(
    narrative: Narrative,
    timeline: Timeline,
    frames: list[Placed],
    speakers: tuple[dict[int, str], frozenset[str], bool] = ({}, frozenset(), False),
) -> None:
    spoken_of, related, kin = speakers
    elapsed = find_elapsed(narrative)
    by_sentence: dict[int, list[Placed]] = {}
    for table, one in frames:
        by_sentence.setdefault(narrative.sentence_at(one["start"]).start, []).append((table, one))
    section, subject = "", ""
    states: dict[str, State] = {}
    last = max(by_sentence)
    for sentence in narrative.sentences:
        if sentence.start > last:
            break  # nothing is left to be dated
        if not sentence.extract or sentence.section == "caption":
            continue
        placed = by_sentence.get(sentence.start, [])
        told = {value_of(one, "subject") for _, one in placed} - {"cohort"} - related
        spoken = spoken_of.get(sentence.start, "")
        if told and spoken not in told:
            spoken = subject if subject in told else min(told)
        if _stretch(sentence.section) != _stretch(section):
            timeline.reset()
            subject = ""
            states.clear()
        elif subject and spoken and spoken != subject:
            states[subject] = timeline.state
            timeline.turn(states.get(spoken), kin=kin)
        section, subject = sentence.section, spoken or subject
        times = timeline.times(sentence)
        for table, one in placed:
            _date_one(narrative, timeline, table, one, sentence, times, elapsed)
        for table, one in placed:
            if table == "drug_doses" and value_of(one, "action") == "given" and value_of(one, "drug"):
                _begin(narrative, timeline, one)
        if sentence.section in _RUNS_IN:
            timeline.leave(sentence, times)


def _put_time(timeline: Timeline, one: Frame, time: Time) -> None:
    """Give ``one`` the date of ``time``, if that is known; a contradiction is noted, not mended."""
    if not time.iso:
        return
    known = () if time.kind == "date" else time.base_at or timeline.running_at
    put(one, "date", time.iso, [*known, (time.start, time.end)])
    if time.conflict:
        one["quality"].append("conflict:date")


def _begin(narrative: Narrative, timeline: Timeline, one: Frame) -> None:
    """Keep the date of a drug's first step: later times are told from it."""
    date = one["cells"].get("date")
    if date is not None and date[0]:
        printed = (narrative.folded[start:end] for start, end in one["cells"]["drug"][1])
        timeline.begin({value_of(one, "drug").lower(), *printed}, date[0], date[1])


def _stretch(section: str) -> str:
    """Sections through which one narrative runs count as one."""
    return "narrative" if section in ("case", "other", "results", "table") else section


def _date_one(
    narrative: Narrative,
    timeline: Timeline,
    table: str,
    one: Frame,
    sentence: Sentence,
    times: list[Time],
    elapsed: list[Elapsed],
) -> None:
    if value_of(one, "date"):
        # told by the heading of a table's column
        return
    place = bisect_right(elapsed, one["start"], key=attrgetter("start"))
    if place and one["start"] < (row := elapsed[place - 1]).end:
        iso, known = timeline.after(row.base, row.iso)
        if iso:
            put(one, "date", iso, [*known, row.piece])
        return
    start, end = event_of(table, one, sentence)
    time = bound_time(narrative, table, one, (start, end), sentence, times)
    if time is not None:
        _put_time(timeline, one, time)
        return
    if not timeline.running or value_of(one, "subject") == "cohort" or sentence.section not in _RUNS_IN:
        return
    clause = narrative.folded[max(sentence.start, start - 100) : end]
    if table == "drug_doses" and (PLUPERFECT.search(clause) or phrase("dates/phrases", "standing").search(clause)):
        return
    if table == "outcomes" and PERFECT.search(narrative.folded, max(sentence.start, start - 40), start):
        return
    if table != "drug_doses" and (soon := days_later(narrative, end, sentence, timeline.running)):
        put(one, "date", soon[0], [*timeline.running_at, soon[1]])
        return
    if phrase("dates/phrases", "each_time").search(clause) or (
        table != "drug_doses" and takes_long(narrative, end, sentence, timeline.running)
    ):
        return
    if any(t.kind == "past" and t.start < start for t in times):
        return
    put(one, "date", timeline.running, timeline.running_at)
