"""Which time of its sentence an event is bound to, and what follows from words like "within 4 weeks"."""

import re

from casemill.components.frames import Frame
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import phrase
from casemill.components.told_times import Time
from casemill.notation.numbers import read_count
from casemill.notation.relative_times import RelativeTime, reckon

__all__ = ["PERFECT", "PLUPERFECT", "bound_time", "days_later", "event_of", "takes_long", "value_of"]

#: "She had been taking": told as taken before.
PLUPERFECT = re.compile(
    r"\bhad\s(?:(?:also|already|previously|long|once|not|never|initially)\s)?(?:been\b|\w{3,}ed\b|taken\b|undergone\b|begun\b)"
)
#: "His rash has been stable ever since", up to the word at its end: told of the time of writing.
PERFECT = re.compile(r"\b(?:has|have)\s(?:(?:since|also|not|never|now|been|had|no)\s){0,3}(?:\w+\s){0,1}$")

_CLAUSE = re.compile(
    r"[;:]|\b(?:which|who|while|whereas|although|because(?!\sof)|when|followed\s(?:by|on|in|after)|then)\b|,\s(?:and\s)?therefore\b"
    r"|(?P<and>(?:,\s|\s|,\sand\s)and\s)(?:[^,;]{0,80}\s)?(?:was|were|had|is|are|did|\w{2,}ed|began|underwent|became|came|went|rose|fell|remained)\b"
)
# "recurrence in the field, where the dose was low, was found in August": an aside parts nothing.
_ASIDE = re.compile(r",\s(?:which|who|where|whose|because|although|when)\b[^;.]{0,120}?,\s(?=(?:was|were|had|is)\b)")
_VERB = re.compile(
    r"\b(?:was|were|had|has|have|is|are|did|\w{3,}ed|began|underwent|became|came|went|rose|fell|took|got|gave|led|made|brought)\b"
)
# "to September", "until May": how long the step lasted, not when it began.
_UNTIL = re.compile(r"\b(?:to|until|till|through|up\sto)\s(?:\w+\s)?$")
# "Despite prednisolone, the lung failed in April": the drug was given before.
_BESIDE = re.compile(r"(?:despite|in\sspite\sof|notwithstanding|under|although\son|while\son)\b[^,;]*$")
# "... 160 mg daily, reduced in February": the date is that of the next step.
_NEXT_STEP = re.compile(
    r",\s(?:and\s)?(?:then\s)?(?!(?:start|initiat|introduc|commenc|prescrib|administer|reach)ed\b|tried\b)\w{3,}ed\s(?:(?:in|on|from|by)\s)?$"
)
# A full stop that the sentences ran over: "5 mg b.i.d. After 3 months".
_STOP = re.compile(r"\.\s[A-Z][a-z]")
# "... with X and, after 3 months": the time opens what follows.
_OPENS = re.compile(
    r"\b(?:and|but|then),?\s(?:[a-z]+\s(?:days?|weeks?|months?|years?)\slater,\s)?(?:(?:in|on|from|by|since|at)\s)?$"
)
_BACK = re.compile(
    r"\b(?:days?|weeks?|months?|years?)\s(?:of|after|since|from|following)\s(?:(?:the|his|her|its)\s)?(?:[\w-]+\s)?$"
)
_SINCE = re.compile(r"\bsince\s(?:\w+\s)?$")
_REACH = 140
_IN_DAYS = re.compile(r"\s?in\s(?P<number>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\sdays(?=[.,;]|$)")
_WITHIN = re.compile(
    r"[^.;:,]{0,40}?\b(?:within|over)\s(?:the\s(?:next|following)\s)?(?P<number>\w+)\s(?P<unit>days?|weeks?|months?|years?)\b"
)


def value_of(one: Frame, column: str) -> str:
    """What a frame's cell holds, blank for none."""
    cell = one["cells"].get(column)
    return str(cell[0]) if cell else ""


def takes_long(narrative: Narrative, end: int, sentence: Sentence, running: str) -> bool:
    """Whether a change took so long after the event ("within 4 weeks") that the running date is no longer its date."""
    match = _WITHIN.match(narrative.folded, end, sentence.end)
    if match is None:
        return False
    short = "day" in match["unit"] or (
        match["unit"].startswith("week") and match["number"] in ("1", "2", "3", "one", "two", "three", "a")
    )
    return not short and len(running) > 4


def days_later(narrative: Narrative, end: int, sentence: Sentence, running: str) -> tuple[str, tuple[int, int]] | None:
    """ "The count normalized in 4 days": so many days after a running date known to the day, with the words."""
    match = _IN_DAYS.match(narrative.folded, end, sentence.end)
    if match is None or len(running) < 10:
        return None
    days = RelativeTime(match.start("number"), match.end(), f"P{read_count(match['number'])}D", 1, "running", False)
    return reckon(running, days), (match.start("number"), match.end())


def event_of(table: str, one: Frame, sentence: Sentence) -> tuple[int, int]:
    """Where the event itself is told, if not by the whole frame.

    So a drug's step is told by its action's word ("withdrawn in August"), a level by its word and an outcome by what is said
    of its target ("the ulcers, seen in February, were healed in August").
    """
    action = one["cells"].get("action")
    if table == "drug_doses" and action and action[0] != "given" and action[1]:
        start, end = action[1][0]
        if sentence.start <= start < sentence.end:
            return start, end
    word = one["cells"].get({"outcomes": "outcome", "lab_values": "flag"}.get(table, ""))
    if word and word[1] and not (table == "lab_values" and value_of(one, "value")):
        start, end = word[1][0]
        if sentence.start <= start < sentence.end:
            return start, end
    return one["start"], one["end"]


def bound_time(
    narrative: Narrative, table: str, one: Frame, event: tuple[int, int], sentence: Sentence, times: list[Time]
) -> Time | None:
    """The time of the sentence that the event is bound to, if any."""
    folded = narrative.folded
    start, end = event
    usable = [time for time in times if time.kind != "past" and _in_reach(folded, time, start, end)]
    inside = [time for time in usable if time.start < end and time.end > start]
    if inside:
        return inside[-1]
    if table == "drug_doses" and any(_is_told_from(folded, time, one) for time in usable):
        return Time(start, start, "relative", "", False, True, (0, 0))
    if usable and value_of(one, "action") == "stopped" and _BACK.search(folded, sentence.start, start):
        # "in October 2010, 18 months after stopping": the step lies before every time that is told
        return Time(start, start, "relative", "", False, True, (0, 0))
    after = _after(narrative, table, one, event, sentence, usable)
    before = _before(folded, start, usable)
    if after is not None and after.until and _begins(table, one):
        after = next((t for t in times if t.end <= after.start and t.kind == "date" and t.start >= end), after)
    elif after is not None and table == "outcomes":
        after = next((t for t in times if t.start >= after.end and t.until), after)
    if after is not None and before is not None and before.leading and not _CLAUSE.search(folded[before.end : start]):
        return before if before.kind in ("date", "relative") and after.passing else after
    return after or before


def _is_told_from(folded: str, time: Time, one: Frame) -> bool:
    """ "Two months after starting X": X lies before that time."""
    if (
        time.kind != "relative"
        or one["start"] < time.end
        or not folded.endswith(("after", "following"), time.start, time.end)
    ):
        return False
    return not phrase("dates/phrases", "start_of").sub("", folded[time.end : one["start"]]).strip()


def _begins(table: str, one: Frame) -> bool:
    """Whether the frame is the beginning of a drug's step, and not its end."""
    return table == "drug_doses" and value_of(one, "action") in ("given", "")


def _after(
    narrative: Narrative, table: str, one: Frame, event: tuple[int, int], sentence: Sentence, usable: list[Time]
) -> Time | None:
    """The time told next after the event, if nothing comes between them."""
    folded = narrative.folded
    start, end = event
    after = next((t for t in usable if t.start >= end and t.kind in ("date", "relative")), None)
    if after is None:
        return None
    gap = folded[end : after.start]
    # "no change since the examination in 2012": the date is of what is looked back at
    glance = after.passing and after.kind == "date" and phrase("dates/phrases", "glance").search(gap)
    if glance and table == "drug_doses" and _SINCE.search(gap):
        # "ipilimumab every three weeks since March": the date of its start
        glance = None
    ended = after.by_end and value_of(one, "action") != "stopped"
    if _begins(table, one):
        beside = "," in gap and _BESIDE.match(folded, sentence.start, start)
        ended = ended or bool(_UNTIL.search(gap) or beside)
    gap = _ASIDE.sub(" ", gap)
    parted = _parts(folded, sentence, end, gap) or _NEXT_STEP.search(gap) or _OPENS.search(gap)
    parted = parted or _STOP.search(narrative.plain, end, after.start + 2)
    return None if len(gap) > _REACH or parted or glance or ended else after


def _before(folded: str, start: int, usable: list[Time]) -> Time | None:
    """The time told last before the event, if it reaches so far."""
    before = next((t for t in reversed(usable) if t.end <= start), None)
    if before is None or before.kind != "date" or not before.passing or before.until or before.bracket != (0, 0):
        return before
    gap = folded[before.end : start]
    return None if _CLAUSE.search(gap) or phrase("dates/phrases", "admitting").search(gap) else before


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
