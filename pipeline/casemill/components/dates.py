"""Gives frames their calendar date: from their own clause, or from the narrative's running date (specification, 1).

The dates found stand in the layer too (``dates``: ``[start, end, iso]``).
"""

import re

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.frames import Frame, frames_of, put
from casemill.components.layers import layer
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import phrase
from casemill.components.terms import find_terms, overlay
from casemill.components.timeline import MOVES, Time, Timeline
from casemill.resources import Patterns
from casemill.schema import FACT_TABLES

__all__ = ["make_dates"]

Placed = tuple[str, Frame]
_CLAUSE = re.compile(
    r"[;:]|\b(?:which|who|while|whereas|although|because|when)\b"
    r"|(?:,\s|\s|,\sand\s)and\s(?:[^,;]{0,80}\s)?(?:was|were|had|is|are|did|\w{3,}ed|began|underwent|became|came|rose|fell)\b"
)
_PLUPERFECT = re.compile(
    r"\bhad\s(?:(?:also|already|previously|long|once|not|never|initially)\s)?(?:been\b|\w{3,}ed\b|taken\b|undergone\b|begun\b)"
)
# "... with X and, after 3 months": the time opens what follows.
_OPENS = re.compile(r"\b(?:and|but|then),?\s$")
# The narrative of a reported case; elsewhere (a discussion, a caption) no date runs.
_RUNS_IN = frozenset({"case", "other", "abstract", "results", "title", "table"})
_REACH = 140


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
        find_terms(doc, self.patterns, MOVES)
        narrative = Narrative.of(doc)
        timeline = Timeline(narrative)
        layer(doc)["dates"] = [[date.start, date.end, date.iso] for date in timeline.dates]
        if timeline.dates:
            frames = [(table, one) for table in FACT_TABLES for one in frames_of(doc, table) if not one["reason"]]
            _date_all(narrative, timeline, frames)
        return doc


def _date_all(narrative: Narrative, timeline: Timeline, frames: list[Placed]) -> None:
    by_sentence: dict[int, list[Placed]] = {}
    for table, one in frames:
        by_sentence.setdefault(narrative.sentence_at(one["start"]).start, []).append((table, one))
    section, subject = "", ""
    for sentence in narrative.sentences:
        if not sentence.extract or sentence.section == "caption":
            continue
        placed = by_sentence.get(sentence.start, [])
        spoken = next((who for _, one in placed if (who := _value(one, "subject")) != "cohort"), "")
        if _stretch(sentence.section) != _stretch(section):
            timeline.reset()
            subject = ""
        elif subject and spoken and spoken != subject:
            timeline.reset()
        section, subject = sentence.section, spoken or subject
        times = timeline.times(sentence)
        for table, one in placed:
            _date_one(narrative, timeline, table, one, sentence, times)
        if sentence.section in _RUNS_IN:
            timeline.leave(sentence, times)


def _stretch(section: str) -> str:
    """Sections through which one narrative runs count as one."""
    return "narrative" if section in ("case", "other", "results", "table") else section


def _value(one: Frame, column: str) -> str:
    cell = one["cells"].get(column)
    return str(cell[0]) if cell else ""


def _date_one(
    narrative: Narrative, timeline: Timeline, table: str, one: Frame, sentence: Sentence, times: list[Time]
) -> None:
    if _value(one, "date"):
        # told by the heading of a table's column
        return
    start, end = _event(table, one, sentence)
    time = _bound(narrative.folded, table, one, (start, end), sentence, times)
    if time is not None:
        if time.iso:
            pieces = [(time.start, time.end)]
            if time.kind != "date":
                pieces = [*timeline.running_at, *pieces]
            put(one, "date", time.iso, pieces)
        return
    if not timeline.running or _value(one, "subject") == "cohort" or sentence.section not in _RUNS_IN:
        return
    clause = narrative.folded[max(sentence.start, start - 100) : end]
    if table == "drug_doses" and _PLUPERFECT.search(clause):
        return
    if any(t.kind == "past" and t.start < start for t in times):
        return
    put(one, "date", timeline.running, timeline.running_at)


def _event(table: str, one: Frame, sentence: Sentence) -> tuple[int, int]:
    """Where the event itself is told: a drug's step by its action's word ("withdrawn in August"), else the frame."""
    action = one["cells"].get("action")
    if table == "drug_doses" and action and action[0] != "given" and action[1]:
        start, end = action[1][0]
        if sentence.start <= start < sentence.end:
            return start, end
    return one["start"], one["end"]


def _bound(
    folded: str, table: str, one: Frame, event: tuple[int, int], sentence: Sentence, times: list[Time]
) -> Time | None:
    """The time of the sentence that the event is bound to, if any."""
    start, end = event
    usable = [time for time in times if time.kind != "past" and _in_reach(folded, time, start, end)]
    inside = [time for time in usable if time.start < end and time.end > start]
    if inside:
        return inside[-1]
    after = next((t for t in usable if t.start >= end and t.kind in ("date", "relative")), None)
    if after is not None:
        gap = folded[end : after.start]
        # "no change since the examination in 2012": the date is of what is looked back at
        glance = after.passing and after.kind == "date" and phrase("dates/phrases", "glance").search(gap)
        ended = after.by_end and _value(one, "action") != "stopped"
        if len(gap) > _REACH or _CLAUSE.search(gap) or _OPENS.search(gap) or glance or ended:
            after = None
    before = next((t for t in reversed(usable) if t.end <= start), None)
    if before is not None and before.kind == "date" and before.passing and not before.until and before.bracket == (0, 0):
        gap = folded[before.end : start]
        if _CLAUSE.search(gap) or phrase("dates/phrases", "admitting").search(gap):
            before = None
    if after is not None and after.until and table == "drug_doses" and _value(one, "action") in ("given", ""):
        after = next((t for t in times if t.end <= after.start and t.kind == "date" and t.start >= end), after)
    elif after is not None and table == "outcomes":
        last = next((t for t in times if t.start >= after.end and t.until), None)
        after = last or after
    if after is not None and before is not None and before.leading and not _CLAUSE.search(folded[before.end : start]):
        return before if before.kind in ("date", "relative") and after.passing else after
    return after or before


def _in_reach(folded: str, time: Time, start: int, end: int) -> bool:
    """A time in brackets reaches what stands in them, or, alone in them, the word before them."""
    opened, closed = time.bracket
    if closed == 0 or opened <= start < closed:
        return True
    words = folded[opened + 1 : closed - 1]
    alone = len(words) - (time.end - time.start) <= 6
    return alone and end <= opened and opened - end <= 30
