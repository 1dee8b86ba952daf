"""The steps in time that a sentence tells, as a clock that knows no calendar reads them."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from casemill.components.narrative import Narrative, Sentence
from casemill.components.numbered_days import NumberedDay, find_numbered_days
from casemill.components.phrases import phrase, words
from casemill.components.timeline import EVERY, MOVES
from casemill.components.told_times import Time, bracket_around, is_gloss, is_of_symptoms
from casemill.notation.ages import find_ages
from casemill.notation.clocks import Offset, offset_of
from casemill.notation.dates import Date
from casemill.notation.relative_times import RelativeTime, find_relative_times

__all__ = ["EVENTS", "MEASURED", "Step", "event_in", "steps_in"]

#: The pattern file of what a told time may be counted from.
EVENTS = "dates/events"
#: Kinds of steps that tell how long they are.
MEASURED = ("age", "later", "after", "counted", "at", "since", "over")
_ORDERED = ("gestation", "end", "discharge", "admission", "operation", "treatment", "diagnosis", "delivery", "onset")
# So far behind a time its event is told.
_REACH = 60
_CUT = re.compile(r"[.;,()]|\b(?:and|who|she|he|the\spatient|was|were|had|showed|revealed)\b")
_LED = re.compile(r"\s?(?:of|after|post|from|following|since|to|on|into|in|prior|before|until)\b")
_FIRST_AFTER = re.compile(r"(?:after|following|upon|once|when|as\ssoon\sas)\b(?!\s(?:a\s)?(?:physical|initial))")
_OF_AGE = re.compile(r"\b(?:at|when|by)\b.{0,30}\b(?:old|age)\b")
_AT_AGE = re.compile(r"\b(?:at|by|when\s(?:she|he|the\s\w+)\swas)\s(?:(?:the|about|an|around)\s){0,2}(?:age\sof\s)?$")
_AGED = re.compile(r"(?:at\s)?(?:the\s)?age\s")
_AGE_UNITS = {"a": "Y", "mo": "M", "wk": "W", "d": "D"}
_NAMELESS_DAY = re.compile(r"(?:following|next)\sday|same\sevening")
_FOLLOW_UP = re.compile(r"follow[- ]?up")
_THROUGH = re.compile(r"\b(?:throughout|during|over|within|for)\s(?:(?:the|a|an|his|her|this|our)\s)?(?:\w+\s)?$")
# "after 6 days and 2 weeks, respectively"
_AND_ANOTHER = re.compile(
    r"\s(?:and|or|to)\s(?:(?:after|at)\s)?(?:\d+|[a-z]+)[\s-](?:hours?|days?|weeks?|months?|years?)\b"
)
# "two years before", "a year prior": what follows says before what.
_BEFORE = re.compile(r"\b(?:before|prior|preceding)$")


class Step(NamedTuple):
    """A step at ``text[start:end]``.

    ``kind`` is ``later`` (than where the narrative stands), ``after`` (an event, or where it stands), ``at`` (a follow-up),
    ``since`` (so long after ``event``), ``counted`` (a numbered day), ``over`` (by the end of a stretch), ``back``, ``age``,
    ``date``, ``upon`` ("After surgery, ..."), or that of a move (``ends``, ``returns``, ``past``, ``stays``, ``same_year``).

    ``event`` is blank where none is named, ``?`` for one that is not known; ``told`` are the words behind the step, where a
    drug may be named. ``date`` is the calendar date, if one is told here or is explained by the step. ``by`` and ``during``
    are those of a numbered day; ``passing``, ``bracket``, ``leading`` and ``until`` those of a time of the timeline.
    """

    start: int
    end: int
    kind: str
    offset: Offset = Offset()
    event: str = ""
    told: str = ""
    ago: bool = False
    by: bool = False
    during: bool = False
    passing: bool = False
    bracket: tuple[int, int] = (0, 0)
    date: str = ""
    leading: bool = False
    until: bool = False

    @property
    def starts(self) -> bool:
        """Whether it is told from the start of something."""
        return bool(phrase(EVENTS, "start").search(self.told))

    @property
    def ends(self) -> bool:
        """Whether it is told from the end of something ("two weeks after stopping prednisone")."""
        return bool(phrase(EVENTS, "end").search(self.told))


def event_in(said: str) -> str:
    """The event that is named first: blank for no words, ``?`` for an event that is not known."""
    found = [
        (match.start(), place, name)
        for place, name in enumerate(_ORDERED)
        if (match := phrase(EVENTS, name).search(said)) is not None
    ]
    if any(name in ("gestation", "end") for *_, name in found):
        return "?"
    return min(found)[2] if found else "?" if said.strip() else ""


def steps_in(narrative: Narrative, sentence: Sentence, dates: Sequence[Time]) -> list[Step]:
    """The steps told in ``sentence``, in text order; ``dates`` are the calendar dates told there."""
    folded = narrative.folded
    found: list[Step] = [
        Step(d.start, d.end, "date", passing=d.passing, bracket=d.bracket, date=d.iso, until=d.until, leading=d.leading)
        for d in dates
    ]
    relatives = find_relative_times(folded, sentence.start, sentence.end)
    counted = list(find_numbered_days(folded, sentence.start, sentence.end))
    found += [step for day in counted if (step := _counted(folded, sentence, day)) is not None]
    for time in relatives:
        if is_of_symptoms(folded, sentence, time) or any(d.start < time.end and time.start < d.end for d in counted):
            continue
        if (step := _relative(narrative, sentence, time)) is not None:
            beside = next((d for d in dates if is_gloss(folded, time, [Date(d.start, d.end, d.iso)])), None)
            said = next((d for d in dates if 0 <= d.start - time.end <= 2), None)
            if said is not None or beside is not None:
                _explain(found, said or beside, step)
            else:
                found.append(step)
    found += _ages(narrative, sentence)
    spans = [(time.start, time.end) for time in relatives]
    found += [
        m for m in _moves(narrative, sentence, bool(spans)) if not any(s < m.end and m.start < e for s, e in spans)
    ]
    found = [step if step.leading else step._replace(leading=_leads(folded, sentence, step)) for step in found]
    return list(_apart(sorted(found, key=lambda step: (step.start, -step.end))))


@cache
def _head() -> re.Pattern[str]:
    return re.compile(rf"[\s(]*(?:{words('dates/phrases', 'sentence_head')}[\s,-]*){{0,5}}$")


def _leads(folded: str, sentence: Sentence, step: Step) -> bool:
    """Whether a step stands at the head of its sentence, as :class:`~casemill.components.timeline.Timeline` has it."""
    return step.start == sentence.start or bool(_head().match(folded, sentence.start, step.start))


def _explain(found: list[Step], date: Time | None, step: Step) -> None:
    """Put what ``step`` tells beside the date it explains: "in May 2010, six months after admission"."""
    for place, one in enumerate(found):
        if date is not None and one.kind == "date" and one.start == date.start:
            found[place] = step._replace(
                start=one.start,
                end=one.end,
                date=one.date,
                passing=one.passing,
                bracket=one.bracket,
                leading=one.leading,
                until=one.until,
            )


def _apart(steps: Sequence[Step]) -> Iterator[Step]:
    read = 0
    for step in steps:
        if step.start >= read:
            read = step.end
            yield step


def _following(folded: str, sentence: Sentence, end: int) -> str:
    """The words behind a time that may say what it is counted from."""
    behind = folded[end : min(sentence.end, end + _REACH)]
    return _CUT.split(behind, maxsplit=1)[0]


def _counted(folded: str, sentence: Sentence, day: NumberedDay) -> Step | None:
    offset = offset_of(day.iso)
    behind = _following(folded, sentence, day.end)
    led = _LED.match(behind)
    event = day.event or (event_in(behind[led.end() :]) if led else "")
    if offset is None or (day.during and not event):
        return None
    bracket = bracket_around(folded, sentence, day.start)
    told = behind[led.end() :] if led else ""
    return Step(
        day.start, day.end, "counted", offset, event, told, by=day.by, during=day.during, bracket=bracket,
        passing=bracket != (0, 0),
    )  # fmt: skip


def _relative(narrative: Narrative, sentence: Sentence, time: RelativeTime) -> Step | None:
    offset = offset_of(time.iso)
    if offset is None:
        return None
    folded = narrative.folded
    said = folded[time.start : time.end]
    behind = _following(folded, sentence, time.end)
    led = _LED.match(behind)
    told = behind[led.end() :] if led else ""
    bracket = bracket_around(folded, sentence, time.start)
    step = Step(time.start, time.end, "later", offset, told=told, bracket=bracket, passing=bracket != (0, 0))
    if time.sign < 0 and (said.startswith("after") or "," in said):
        # "..., after which he was well for 18 days before it returned"; "for 6 years, and 2 months before the visit"
        return None
    if time.sign < 0:
        named = _BEFORE.search(said)
        event = event_in(told if led else behind) if named and behind.strip() else ""
        return step._replace(kind="back", event=event, passing=True, ago="ago" in said)
    if phrase(EVENTS, "gestation").search(behind) or (
        said.startswith("at") and "weeks" in said and _is_pregnant(folded, sentence)
    ):
        return step._replace(kind="since", event="?")
    if time.base == "birth" or (said.startswith("at") and behind.startswith(" age")):
        return step._replace(kind="age")
    if time.base == "next" or (said.startswith("the ") and _THROUGH.search(folded, sentence.start, time.start)):
        return step._replace(kind="over", by=True)
    if "post" in said:
        event = "operation" if "operative" in said or "surg" in said else event_in(said.rpartition("post")[2] + behind)
        return step._replace(kind="since", event=event or "?")
    if _FOLLOW_UP.search(said):
        # "throughout the 5-year follow-up": as long as that, not then
        through = _THROUGH.search(folded, sentence.start, time.start)
        return step._replace(kind="over", by=True) if through else step._replace(kind="at")
    if said.startswith(("at", "after")) and _AND_ANOTHER.match(folded, time.end, sentence.end):
        return step._replace(kind="since", event="?")
    if said.startswith("at"):
        return step._replace(kind="at", event=event_in(told) if led else "")
    if time.base == "event":
        return step._replace(kind="since", event=event_in(behind) or "?", told=behind)
    if said.startswith(("after", "following")):
        taken = " for " in said
        return step._replace(
            kind="after",
            event="?" if taken else event_in(told) if behind.startswith((" of ", " in ")) else "",
            told=said if taken else told,
        )
    return step


def _is_pregnant(folded: str, sentence: Sentence) -> bool:
    told = folded[sentence.start : sentence.end]
    return bool(
        phrase(EVENTS, "gestation").search(told) or phrase(EVENTS, "delivery").search(told) or "deliver" in told
    )


def _ages(narrative: Narrative, sentence: Sentence) -> Iterator[Step]:
    """ "At 2 weeks of age", "when she was five years old"."""
    folded = narrative.folded
    told = folded[sentence.start : sentence.end]
    if not _OF_AGE.search(told):
        return
    for age in find_ages(told):
        lead = _AT_AGE.search(told, 0, age.start) or _AGED.match(told, age.start)
        offset = offset_of(f"P{age.value}{_AGE_UNITS[age.unit]}") if age.value else None
        if lead and offset is not None and not age.attributive:
            yield Step(sentence.start + min(lead.start(), age.start), sentence.start + age.end, "age", offset)


def _moves(narrative: Narrative, sentence: Sentence, timed: bool) -> Iterator[Step]:
    folded = narrative.folded
    for term in narrative.terms_in(MOVES, sentence.start, sentence.end):
        kind = term.canonical
        if term.id == "move.day" and not _NAMELESS_DAY.fullmatch(folded, term.start, term.end):
            # a numbered day is read as such, or is one of a schedule
            continue
        lead = folded[max(sentence.start, term.start - 40) : term.start]
        if kind == "ends" and EVERY.search(lead):
            # "every week thereafter"
            continue
        if kind == "ends" and folded[term.start : term.end + 1] == "then.":
            kind = "past"
        yield Step(term.start, term.end, kind, passing=kind in ("past", "stays"))
    if not timed and (match := _FIRST_AFTER.match(folded, sentence.start, sentence.end)):
        yield Step(match.start(), match.end(), "upon")
