"""Gives frames their calendar date: from their own clause, or from the narrative's running date (specification, 1).

The dates found stand in the layer too (``dates``: ``[start, end, iso]``).
"""

import re

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.frames import Frame, frames_of, put
from casemill.components.layers import layer
from casemill.components.narrative import Narrative, Sentence
from casemill.components.individuals import title_end
from casemill.components.patients import roster_of
from casemill.components.persons import PERSONS
from casemill.components.phrases import phrase
from casemill.components.terms import find_terms, overlay
from casemill.components.timeline import MOVES, State, Time, Timeline
from casemill.notation.numbers import read_count
from casemill.notation.relative_times import RelativeTime, reckon
from casemill.resources import Patterns
from casemill.schema import FACT_TABLES

__all__ = ["make_dates"]

Placed = tuple[str, Frame]
_CLAUSE = re.compile(
    r"[;:]|\b(?:which|who|while|whereas|although|because|when|followed\s(?:by|on|in|after)|then)\b|,\s(?:and\s)?therefore\b"
    r"|(?P<and>(?:,\s|\s|,\sand\s)and\s)(?:[^,;]{0,80}\s)?(?:was|were|had|is|are|did|\w{2,}ed|began|underwent|became|came|went|rose|fell|remained)\b"
)
_VERB = re.compile(
    r"\b(?:was|were|had|has|have|is|are|did|\w{3,}ed|began|underwent|became|came|went|rose|fell|took|got|gave|led|made|brought)\b"
)
# "to September", "until May": how long the step lasted, not when it began.
_UNTIL = re.compile(r"\b(?:to|until|till|through|up\sto)\s(?:\w+\s)?$")
# "Despite prednisolone, the lung failed in April": the drug was given before.
_BESIDE = re.compile(r"(?:despite|in\sspite\sof|notwithstanding|under|although\son|while\son)\b[^,;]*$")
# "his rash has been stable ever since": told of the time of writing.
_PERFECT = re.compile(r"\b(?:has|have)\s(?:(?:since|also|not|never|now|been|had|no)\s){0,3}(?:\w+\s){0,1}$")
# "... 160 mg daily, reduced in February": the date is that of the next step.
_NEXT_STEP = re.compile(r",\s(?:and\s)?(?:then\s)?(?!(?:start|initiat|introduc|commenc|prescrib|administer|reach)ed\b|tried\b)\w{3,}ed\s(?:(?:in|on|from|by)\s)?$")
# A full stop that the sentences ran over: "5 mg b.i.d. After 3 months".
_STOP = re.compile(r"\.\s[A-Z][a-z]")
_PLUPERFECT = re.compile(
    r"\bhad\s(?:(?:also|already|previously|long|once|not|never|initially)\s)?(?:been\b|\w{3,}ed\b|taken\b|undergone\b|begun\b)"
)
# "... with X and, after 3 months": the time opens what follows.
_OPENS = re.compile(r"\b(?:and|but|then),?\s(?:[a-z]+\s(?:days?|weeks?|months?|years?)\slater,\s)?(?:(?:in|on|from|by|since|at)\s)?$")
_SINCE = re.compile(r"\bsince\s(?:\w+\s)?$")
# The narrative of a reported case; elsewhere (a discussion, a caption) no date runs.
_RUNS_IN = frozenset({"case", "other", "abstract", "results", "title", "table"})
_REACH = 140
_IN_DAYS = re.compile(r"\s?in\s(?P<number>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\sdays(?=[.,;]|$)")
_WITHIN = re.compile(r"[^.;:,]{0,40}?\b(?:within|over)\s(?:the\s(?:next|following)\s)?(?P<number>\w+)\s(?P<unit>days?|weeks?|months?|years?)\b")


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
            _date_all(narrative, timeline, frames, _speakers(doc, narrative, self.patterns))
        return doc


def _speakers(doc: Doc, narrative: Narrative, patterns: Patterns) -> tuple[dict[int, str], frozenset[str], bool]:
    """By sentence, the leading individual that it comes to speak of; the names of relatives; whether all are siblings."""
    names = {tuple(one["cells"]["subject"][1][0]): _value(one, "subject") for one in frames_of(doc, "patients")}
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
    by_sentence: dict[int, list[Placed]] = {}
    for table, one in frames:
        by_sentence.setdefault(narrative.sentence_at(one["start"]).start, []).append((table, one))
    section, subject = "", ""
    states: dict[str, State] = {}
    for sentence in narrative.sentences:
        if not sentence.extract or sentence.section == "caption":
            continue
        placed = by_sentence.get(sentence.start, [])
        told = {_value(one, "subject") for _, one in placed} - {"cohort"} - related
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
    time = _bound(narrative, table, one, (start, end), sentence, times)
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
    if table == "drug_doses" and (_PLUPERFECT.search(clause) or phrase("dates/phrases", "standing").search(clause)):
        return
    if table == "outcomes" and _PERFECT.search(narrative.folded, max(sentence.start, start - 40), start):
        return
    if table != "drug_doses" and (soon := _soon(narrative, end, sentence, timeline.running)):
        put(one, "date", soon[0], [*timeline.running_at, soon[1]])
        return
    if phrase("dates/phrases", "each_time").search(clause) or (table != "drug_doses" and _lasts(narrative, end, sentence, timeline.running)):
        return
    if any(t.kind == "past" and t.start < start for t in times):
        return
    put(one, "date", timeline.running, timeline.running_at)


def _lasts(narrative: Narrative, end: int, sentence: Sentence, running: str) -> bool:
    """Whether a change took so long after the event ("within 4 weeks") that the running date is no longer its date."""
    match = _WITHIN.match(narrative.folded, end, sentence.end)
    if match is None:
        return False
    short = "day" in match["unit"] or (match["unit"].startswith("week") and match["number"] in ("1", "2", "3", "one", "two", "three", "a"))
    return not short and len(running) > 4


def _soon(narrative: Narrative, end: int, sentence: Sentence, running: str) -> tuple[str, tuple[int, int]] | None:
    """ "The count normalized in 4 days": so many days after a running date known to the day, with the words."""
    match = _IN_DAYS.match(narrative.folded, end, sentence.end)
    if match is None or len(running) < 10:
        return None
    days = RelativeTime(match.start("number"), match.end(), f"P{read_count(match['number'])}D", 1, "running", False)
    return reckon(running, days), (match.start("number"), match.end())


def _event(table: str, one: Frame, sentence: Sentence) -> tuple[int, int]:
    """Where the event itself is told: a drug's step by its action's word ("withdrawn in August"), else the frame."""
    action = one["cells"].get("action")
    if table == "drug_doses" and action and action[0] != "given" and action[1]:
        start, end = action[1][0]
        if sentence.start <= start < sentence.end:
            return start, end
    return one["start"], one["end"]


def _bound(
    narrative: Narrative, table: str, one: Frame, event: tuple[int, int], sentence: Sentence, times: list[Time]
) -> Time | None:
    """The time of the sentence that the event is bound to, if any."""
    folded = narrative.folded
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
        if glance and table == "drug_doses" and _SINCE.search(gap):
            # "ipilimumab every three weeks since March": the date of its start
            glance = None
        ended = after.by_end and _value(one, "action") != "stopped"
        if table == "drug_doses" and _value(one, "action") in ("given", ""):
            ended = ended or bool(_UNTIL.search(gap)) or bool("," in gap and _BESIDE.match(folded, sentence.start, start))
        parted = _parts(folded, sentence, end, gap) or _NEXT_STEP.search(gap) or _STOP.search(narrative.plain, end, after.start + 2)
        if len(gap) > _REACH or parted or _OPENS.search(gap) or glance or ended:
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


def _parts(folded: str, sentence: Sentence, end: int, gap: str) -> bool:
    """Whether a new clause begins in ``gap``; "X and Y were begun" is one clause."""
    match = _CLAUSE.search(gap)
    if match is None:
        return False
    return not match["and"] or bool(_VERB.search(folded, sentence.start, end + match.start()))


def _in_reach(folded: str, time: Time, start: int, end: int) -> bool:
    """A time in brackets reaches what stands in them, or, alone in them, the word before them."""
    opened, closed = time.bracket
    if closed == 0 or opened <= start < closed:
        return True
    words = folded[opened + 1 : closed - 1]
    alone = len(words) - (time.end - time.start) <= 6
    return alone and end <= opened and opened - end <= 30
