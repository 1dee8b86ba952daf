"""The times that a narrative tells, and its running date (specification, section 1, column ``date``).

A *time* is a calendar date, a time told from another ("two months later"), or a move on without a measure ("then",
"at the last follow-up", "after this"): from there on the running date is not known. Admission words ("on admission")
return to the date at which the patient was admitted.
"""

import re
from collections.abc import Iterable
from functools import cache

from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import phrase, words
from casemill.components.told_times import (
    State,
    Time,
    bracket_around,
    is_ago,
    is_followed_until,
    is_gloss,
    is_of_symptoms,
)
from casemill.notation.dates import Date
from casemill.notation.reckoning import complete, is_before, is_far
from casemill.notation.relative_times import RelativeTime, find_relative_times, reckon

__all__ = ["EVERY", "MOVES", "Timeline"]

#: The lexicon of words that move the narrative on, or back to the admission.
MOVES = "dates/moves"
#: A rhythm right before a word of a move: "every week thereafter".
EVERY = re.compile(r"\b(?:every|daily|weekly|monthly|twice|once)\b[\w\s,]*$")

_SINCE = re.compile(r"\bsince\s(?:\w+\s)?$")
_ADMISSION = re.compile(
    r"\s(?:(?:the|his|her|this|hospital|initial|first)\s){0,3}(?:admission|presentation|hospitali[sz]ation)\b"
)
_AFTER = re.compile(r"(?:after|following|upon|once|when|as\ssoon\sas)\b(?!\s(?:a\s)?(?:physical|initial))")

_PHRASES = "dates/phrases"
# What a date in brackets at the head of a sentence explains.
_STAY = re.compile(
    r"\b(?:at|on|in|during|by)\s(?:(?:the|this|that|his|her|our|a|an)\s)?(?:[\w-]+\s){0,2}"
    r"(?:admission|stay|visit|examination|follow-up|check-up|evaluation|appointment|hospitali[sz]ation|consultation|presentation|control)"
    r"(?:\s(?:in|at|to|on)\s(?:(?:the|our|this)\s)?\w+)?\s?\($"
)
_HEADED = re.compile(
    r"(?:(?:at|on|in|by|after|during)\s[^.;:,()]{3,45}|[^.;:,()]{3,40}\son\s(?:\w+\s)?(?:admission|presentation|arrival|visit))\s?\($"
)
_BORN = re.compile(r"\b(?:born|birth|delivered)\b[^.;]*$")
# "seen between 2015 and 2019": a stretch, in which nothing is dated
_BETWEEN = re.compile(r"\bbetween\s(?:[\w\s]{1,20}\sand\s)?$")
_WHEN = re.compile(
    r"^[^.;:]{0,80}\b(?:when|where)\s(?:she|he|the\spatient)\s(?:first\s|initially\s)?(?:presented|was|had|came|complained)\b"
)
_TOLD_YEAR = re.compile(
    r",?\s(?:in\s|of\s)?(?:the\s|that\s)?(?:(?P<same>same\syear|(?<=that\s)year)|(?P<next>(?:following|next|subsequent)\syear)"
    r"|(?P<before>(?:previous|preceding)\syear))\b"
)
# So far after a relative time its event is told.
_REACH = 48
_FRESH = re.compile(r"\.\s[A-Z]")


@cache
def _lead() -> re.Pattern[str]:
    """What may stand before a time at the head of a sentence."""
    return re.compile(rf"[\s(]*(?:{words(_PHRASES, 'sentence_head')}[\s,-]*){{0,5}}$")


@cache
def _looked_back() -> re.Pattern[str]:
    """Words that tie a date to something else than the narrative: "diagnosed ... in 2003"."""
    return re.compile(rf"\b{words(_PHRASES, 'looked_back')}\b[^.;]{{0,40}}$")


@cache
def _before_now() -> re.Pattern[str]:
    """ "She had been treated", "a history of": before the narrative's own time."""
    had = r"(?:had|has|have)\s(?:(?:also|previously|already|first)\s)?(?:been|undergone|had|suffered|received|\w{3,}ed)"
    return re.compile(rf"\b(?:{had}|{words(_PHRASES, 'before_now')})\b")


class Timeline:
    """Walks one narrative sentence by sentence, keeping its running date."""

    def __init__(self, narrative: Narrative, dates: list[Date]) -> None:
        self.narrative = narrative
        self.state = State()
        self._ours = False
        # before it nothing is known that a time could be reckoned from
        self._first = dates[0].start if dates else 0
        self._dates: dict[int, list[Date]] = {}
        for date in dates:
            self._dates.setdefault(narrative.sentence_at(date.start).start, []).append(date)
        self._moves: dict[int, list[tuple[int, int, str]]] = {}
        for term in narrative.terms(MOVES):
            self._moves.setdefault(narrative.sentence_at(term.start).start, []).append(
                (term.start, term.end, term.canonical)
            )

    @property
    def running(self) -> str:
        """The running date, blank if it is not known."""
        return self.state.running

    @property
    def running_at(self) -> tuple[tuple[int, int], ...]:
        """The words that gave the running date."""
        return self.state.pieces

    def reset(self) -> None:
        """Forget all: another section, another subject."""
        self.state = State()

    def turn(self, state: State | None, *, kin: bool) -> None:
        """Turn to another individual, of whom ``state`` was told; siblings share admission and birth."""
        known = self.state
        self.state = state or State()
        if state is None and kin:
            self.state.admitted, self.state.admitted_at = known.admitted, known.admitted_at
            self.state.born, self.state.born_at = known.born, known.born_at

    def begin(self, names: Iterable[str], iso: str, pieces: Iterable[Iterable[int]]) -> None:
        """Remember when a drug was begun."""
        known = tuple((start, end) for start, end in pieces)
        for name in names:
            self.state.begun[name] = (iso, known)

    def _begun(self, item: RelativeTime) -> tuple[str, tuple[tuple[int, int], ...]] | None:
        """When the drug was begun that ``item`` is told from: "two months after the start of X", "after 2 months of X"."""
        if item.sign < 0 or not self.state.begun:
            return None
        folded = self.narrative.folded
        following = re.split(r"[.;,()]", folded[item.end : item.end + _REACH], maxsplit=1)[0]
        for name, known in self.state.begun.items():
            before, found, _ = following.partition(name)
            told = item.base == "event" or following.startswith(" of ")
            if (found and told and not phrase(_PHRASES, "start_of").sub("", before).strip()) or (
                item.end - item.start > len(name) and f" {name} for " in folded[item.start : item.end]
            ):
                return known
        return None

    def after(self, base: str, iso: str) -> tuple[str, tuple[tuple[int, int], ...]]:
        """The date so long (``iso``) after the ``admission`` or ``birth``, with its words; blank if that is not known."""
        known, pieces = {
            "admission": (self.state.admitted, self.state.admitted_at),
            "birth": (self.state.born, self.state.born_at),
        }.get(base, ("", ()))
        return reckon(known, RelativeTime(0, 0, iso, 1, "event", False)), pieces

    def times(self, sentence: Sentence) -> list[Time]:
        """The times told in ``sentence``, in text order, each with its calendar date as far as it can be reckoned.

        None before the first date: there is nothing to reckon from.
        """
        if sentence.end <= self._first:
            return []
        folded = self.narrative.folded
        found: list[Time] = []
        base = self.state.running
        relatives = find_relative_times(folded, sentence.start, sentence.end)
        dates = self._dates.get(sentence.start, [])
        items: list[Date | RelativeTime | tuple[int, int, str]] = [
            *dates,
            *relatives,
            *self._moves.get(sentence.start, []),
        ]
        if (match := _AFTER.match(folded, sentence.start, sentence.end)) and not relatives:
            items.append((match.start(), match.end(), "ends"))
        read = sentence.start
        for item in sorted(items, key=lambda item: (item[0], -item[1])):
            if item[0] < read:
                continue
            read = item[1]
            if isinstance(item, Date) and item.iso.startswith("--") and (told := _TOLD_YEAR.match(folded, read)):
                # "the following year" is no step of its own
                read = told.end()
            if isinstance(item, RelativeTime) and (
                is_gloss(folded, item, dates)
                or is_of_symptoms(folded, sentence, item)
                or (item.base == "event" and is_followed_until(folded, sentence, item, dates))
            ):
                continue
            time = self._time(item, sentence, base)
            if isinstance(item, Date) and relatives and is_ago(folded, item, relatives):
                time = time._replace(passing=True)
            elif (
                isinstance(item, Date)
                and found
                and found[-1].kind == "relative"
                and 0 <= item.start - found[-1].end <= 2
            ):
                # "twenty years later (2008)": the date says which year that was
                reckoned = found.pop().iso
                conflict = is_far(reckoned, time.iso)
                time = time._replace(leading=True, bracket=(0, 0), passing=False, conflict=conflict)
            found.append(time)
            if time.kind in ("date", "relative") and not time.passing:
                base = time.iso
        return found

    def _time(self, item: "Date | RelativeTime | tuple[int, int, str]", sentence: Sentence, base: str) -> Time:
        start, end = item[0], item[1]
        leading = bool(_lead().match(self.narrative.folded, sentence.start, start)) or start == sentence.start
        bracket = bracket_around(self.narrative.folded, sentence, start)
        if isinstance(item, Date):
            iso = self._completed(item, base or self.state.stated)
            if bracket != (0, 0) and self._is_headed(sentence, bracket):
                # "At the last visit (12 May 2019) he was well", "Tests on admission (12 May 2019): ..."
                bracket, leading = (0, 0), True
            elif bracket != (0, 0) and _STAY.search(self.narrative.folded, sentence.start, bracket[0] + 1):
                # "The mass had grown at the last visit (April 2017), with a ferritin of 90"
                bracket = (0, 0)
            passing = self._is_passing(iso, sentence, start, end, leading) or bracket != (0, 0)
            return Time(start, end, "date", iso, leading, passing, bracket, until=item.until)
        if isinstance(item, RelativeTime):
            begun = self._begun(item)
            iso = "" if item.rough and not leading else reckon(begun[0] if begun else self._base(item, base), item)
            if item.base == "birth":
                return Time(start, end, "relative", iso, leading, not (leading or iso), bracket)
            passing = (item.sign < 0 and not leading) or item.base == "next" or bracket != (0, 0)
            # "persistent after 12 weeks" in a narrative dated by a bare year does not leave that year for certain
            passing = passing or (not leading and len(base) == 4 and not item.iso.endswith("Y"))
            base_at = begun[1] if begun else ()
            return Time(
                start, end, "relative", iso, leading, passing, bracket, by_end=item.base == "next", base_at=base_at
            )
        lead = self.narrative.folded[max(sentence.start, start - 40) : start]
        trailing = item[2] == "ends" and (self.narrative.folded[start : end + 1] == "then." or bool(EVERY.search(lead)))
        kind = "past" if trailing else item[2]
        if kind in ("stays", "same_year"):
            iso = base or self.state.running
            iso = iso[:4] if kind == "same_year" else iso
            return Time(start, end, "date", iso, leading, kind == "stays", bracket)
        iso = self.state.admitted if kind == "returns" else ""
        if kind == "returns" and not iso:
            iso = self.state.running
        return Time(start, end, kind, iso, leading, kind == "past", bracket)

    def _completed(self, date: Date, base: str) -> str:
        """A date without a year in that of the narrative, or in that which is told ("in May of the following year")."""
        told = _TOLD_YEAR.match(self.narrative.folded, date.end) if date.iso.startswith("--") and base else None
        if told is None:
            return complete(date.iso, base)
        years = 1 if told["next"] else -1 if told["before"] else 0
        return f"{int(base[:4]) + years}{date.iso[1:]}"

    def _is_headed(self, sentence: Sentence, bracket: tuple[int, int]) -> bool:
        """Whether a bracket explains a time at the head of its sentence, or of a clause that the sentence ran over."""
        plain, opened = self.narrative.plain, bracket[0]
        heads = [
            sentence.start,
            *(m.end() - 1 for m in _FRESH.finditer(plain, max(sentence.start, opened - 60), opened)),
        ]
        return bool(_HEADED.match(self.narrative.folded, heads[-1], opened + 1))

    def _base(self, item: RelativeTime, base: str) -> str:
        """What ``item`` is told from: the running date, or for "after the admission" the date of that."""
        if item.base == "birth" or (
            item.base == "event" and self.state.born and self.narrative.folded.startswith("at ", item.start)
        ):
            return self.state.born
        if item.base != "event":
            return base
        following = self.narrative.folded[item.end : item.end + 40]
        if _ADMISSION.match(following) and self.state.admitted:
            return self.state.admitted
        return self.state.stated if base and not item.iso.endswith("D") else ""

    def _is_passing(self, iso: str, sentence: Sentence, start: int, end: int, leading: bool) -> bool:
        """Whether a date is a glance back, after which the narrative goes on where it was."""
        if leading:
            return False
        lead = self.narrative.folded[sentence.start : start].rpartition(";")[2]
        if _BETWEEN.search(lead):
            return True
        had = next(reversed(list(_before_now().finditer(lead))), None)
        before = had is not None and not phrase(_PHRASES, "admitted").search(lead, had.end())
        if _SINCE.search(lead) or before or is_before(iso, self.state.running):
            return True
        following = self.narrative.folded[end : sentence.end]
        if _WHEN.search(following):
            # "diagnosed in 2011 with gout when she presented with": of that time, not of a later one
            return False
        admitted = phrase(_PHRASES, "admitted")
        return bool(_looked_back().search(lead) and admitted.search(following) and not admitted.search(lead))

    def leave(self, sentence: Sentence, times: Iterable[Time]) -> None:
        """Move the running date past ``sentence``."""
        state = self.state
        for time in times:
            if time.passing:
                continue
            piece = ((time.start, time.end),)
            if time.kind == "date":
                state.running, state.pieces = time.iso, piece
                state.stated, state.stated_at = time.iso, piece
                self._admit(sentence, time, piece)
                if _BORN.search(self.narrative.folded, max(sentence.start, time.start - 60), time.start):
                    state.born, state.born_at = time.iso, piece
            elif time.kind == "relative":
                state.running, state.pieces = time.iso, (*(state.pieces or state.stated_at), *piece) if time.iso else ()
            elif time.kind == "returns":
                if time.iso:
                    state.running, state.pieces = time.iso, state.admitted_at or state.pieces
            elif time.kind == "ends":
                state.running, state.pieces = "", ()

    def _admit(self, sentence: Sentence, time: Time, piece: tuple[tuple[int, int], ...]) -> None:
        """Remember the date of an admission; one to "our hospital" is not displaced by one to another."""
        told = self.narrative.folded[sentence.start : sentence.end]
        ours = bool(phrase(_PHRASES, "ours").search(told))
        if not phrase(_PHRASES, "admitted").search(told) or (self.state.admitted and self._ours and not ours):
            return
        if not self.state.admitted or ours or time.leading:
            self.state.admitted, self.state.admitted_at, self._ours = time.iso, piece, ours
