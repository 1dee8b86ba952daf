"""Levels told in words: which analytes "elevated", "within normal limits" or an arrow cover.

A level word before a name covers the names joined to it; one after a verb covers the names joined before it. Words of
change ("rose to", "gradually increased", "reduced from") tell no level (specification, section 9).
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from casemill.components.lab_readings import Bounds, Reading
from casemill.components.lab_words import LabWords
from casemill.components.narrative import Term
from casemill.resources import Entry

__all__ = ["flag_all", "flag_readings"]

_LAST_TOKEN = re.compile(r"([^\W\d_]+|[^\s\w]) ?\Z")
_WORDS = re.compile(r"[^\W\d_]+")
_ADVERB = re.compile(r"\b[a-z]{3,}ly\b")
_ARTICLE = re.compile(r"\ban? ?\Z")
_COUNTED = re.compile(r"in (?:all |only )?(?:\d{1,4}|[a-z]{3,9})(?: (?:out )?of (?:the |all )?(?:\d{1,4}|[a-z]{3,9}))?(?: patients| cases)?")
_CLOSING = re.compile(r"\s?[)\]]")
_LIST = re.compile(r",|;|\band\b|\bor\b")
_OPPOSITE = {"normal": "abnormal", "positive": "negative", "negative": "positive"}


class _Cover:
    """Which readings of a sentence a level word at some place covers."""

    def __init__(self, readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
        self.readings = readings
        self.bounds = bounds
        self.words = words

    def forward(self, end: int) -> list[Reading]:
        """Readings covered by an adjective that ends at ``end``, before their names."""
        first = next((i for i, r in enumerate(self.readings) if r.mention.start >= end), None)
        if first is None:
            return []
        start = self.readings[first].start
        gap = self.bounds.folded[end : start if start >= end else self.readings[first].mention.start]
        if not self.words.only(gap, "modifier", marks="(:[/", most=8) and not self._heading(gap):
            return []
        if first + 1 < len(self.readings) and self._attributive(first):
            first += 1
        covered = [self.readings[first]]
        listed = ":" in gap
        for reading in self.readings[first + 1 :]:
            last = covered[-1]
            if reading.mention is last.mention:
                covered.append(reading)
                continue
            gap = self.bounds.folded[last.end : min(reading.start, reading.mention.start)]
            heading = gap.strip() == ":" and last.quantity is None
            if not (heading or self._coordinated(gap)) or _ARTICLE.search(gap):
                break
            listed = listed or heading
            if not listed and (self.stated(last) or self.stated(reading)):
                break
            covered.append(reading)
        return covered

    def backward(self, start: int, *, predicate: bool) -> list[Reading]:
        """Readings covered by a level word at ``start``, after their names, from the nearest back along the list."""
        before = [r for r in self.readings if _end_before(r, start) is not None]
        if not before or not self._reaches(before[-1], start, predicate=predicate):
            return []
        covered = [before[-1]]
        for reading in reversed(before[:-1]):
            last = covered[-1]
            if reading.mention is last.mention:
                if reading.quantity is not None:
                    covered.append(reading)
                continue
            gap = self.bounds.folded[_end_before(reading, start) or start : min(last.start, last.mention.start)]
            if not self._coordinated(gap) and not (predicate and self._foreign_list(gap)):
                break
            if (last.quantity is None or last.quantity.start > start) and self.stated(reading):
                break
            covered.append(reading)
        return covered

    def _reaches(self, reading: Reading, start: int, *, predicate: bool) -> bool:
        """Whether only words of a predicate stand between the reading and the level word at ``start``."""
        gap = self.bounds.folded[_end_before(reading, start) or start : start]
        if predicate:
            gap = self.words.without_insertion(gap)
            classes = ("head", "copula", "adverb", "coordination")
            near = len(gap) <= 80 and self.words.only(gap, *classes, marks="()[]:=,-", most=10)
            return near or self._foreign_subject(gap)
        return self.words.only(_ADVERB.sub(" ", gap), "head", marks="([:=-", most=3)

    def _heading(self, gap: str) -> bool:
        """Names that are no analytes at the head of a colon list: ``normal: urine analysis, CRP and CK``."""
        colon, _, rest = gap.partition(":")
        listed = rest.rstrip().endswith((",", "and"))
        return listed and not colon.strip() and len(gap) < 120 and not self._broken(rest)

    def _coordinated(self, gap: str) -> bool:
        stripped = gap.strip()
        if not stripped:
            return True
        joined = any(mark in stripped for mark in ",;/&") or self.words.any(stripped, "conjunction")
        return joined and len(gap) < 60 and self.words.only(gap, "coordination", marks=",;/&)", most=8)

    def _broken(self, gap: str) -> bool:
        """Whether a gap holds a verb, a number or another word that ends a list of names."""
        return self.words.any(gap, "stop") or self.words.any(gap, "being") or any(c.isdigit() for c in gap)

    def _foreign_list(self, gap: str) -> bool:
        """A list that goes on over names that are no analytes: ``complement, urine analysis and cryoglobulins``."""
        if len(gap) > 120 or ";" in gap or self._broken(gap):
            return False
        parts = _LIST.split(gap)
        return len(parts) > 1 and not parts[0].strip(" )s") and all(len(p.split()) <= 4 for p in parts)

    def _foreign_subject(self, gap: str) -> bool:
        """The same up to the verb of the level: ``complement levels and ANCAs were all normal``."""
        tokens = _WORDS.findall(gap)
        verb = next((t for t in tokens if t in self.words.of("being")), None)
        if verb is None or len(gap) > 120:
            return False
        names, _, predicate = gap.partition(f" {verb} ")
        if ";" in names or not self.words.only(predicate, "adverb", "copula", most=4) or "(" in names:
            return False
        first, *others = _LIST.split(names)
        alien = all(len(p.split()) <= 4 for p in others) and not self._broken(names)
        return bool(others) and alien and self.words.only(first, "head", most=2)

    def _attributive(self, index: int) -> bool:
        """Whether a name only describes the next one: ``leukocyte alpha-galactosidase``."""
        this, following = self.readings[index], self.readings[index + 1]
        apart = following.mention.start - this.mention.end
        return this.quantity is None and apart == 1 and self.bounds.plain[this.mention.end] == " "

    def told_before(self, reading: Reading, position: int) -> bool:
        """Whether a reading has a value of its own before ``position``, not one that a bracket tells with the level."""
        return reading.quantity is not None and reading.quantity.end <= position and self.stated(reading)

    def stated(self, reading: Reading) -> bool:
        """Whether a value is told with ``of``, ``at`` or a sign: a statement of its own, unlike one in a bracket."""
        if reading.quantity is None:
            return False
        return "(" not in self.bounds.plain[reading.mention.end : reading.quantity.start + 1]


def flag_readings(
    readings: list[Reading], levels: Iterable[tuple[Term, Entry]], bounds: Bounds, words: LabWords
) -> None:
    """Set ``flag`` and ``flag_at`` of ``readings`` from the level words of their sentence."""
    cover = _Cover(readings, bounds, words)
    returned: list[Reading] = []
    for term, entry in levels:
        if _of_reference(term, readings, bounds) or _of_name(term, readings):
            continue
        for reading, flag in _flags(cover, term, entry):
            if entry["kind"] == "return" and cover.told_before(reading, term.start):
                # "CK, 900 U/L in May, normalized in June": the level is of another time than the value
                back = Reading(reading.mention, term.end, start=reading.start, rule="return", flag=flag)
                back.flag_at = (term.start, term.end)
                returned.append(back)
            elif not reading.flag:
                reading.flag, reading.flag_at = flag, (term.start, term.end)
                if entry["kind"] == "return" and reading.quantity is None:
                    reading.rule = "return"
    _show(readings, bounds, words)
    _gap(readings, bounds, words)
    readings += returned
    _diagnose(readings, bounds, words)


def flag_all(readings: list[Reading], term: Term, flag: str) -> None:
    """Set the level of all readings that have neither value nor level, as a later sentence tells it."""
    for reading in readings:
        if reading.quantity is None and not reading.flag and (said := reading.mention.level(flag)):
            reading.flag, reading.flag_at = said, (term.start, term.end)


def _show(readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
    """Findings that are abnormal by being shown: "electrophoresis revealed a monoclonal protein"."""
    for reading in readings:
        if reading.flag or reading.quantity is not None or reading.mention.says("qualitative") != "shown":
            continue
        start = max(bounds.start, reading.mention.start - 40)
        found = list(_WORDS.finditer(bounds.folded, start, reading.mention.start))[-5:]
        verb = next((m for m in reversed(found) if m.group() in words.of("finding")), None)
        if verb is not None and not any(m.group() in words.of("negation") for m in found):
            reading.flag, reading.flag_at = "abnormal", verb.span()


def _gap(readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
    """A level left out where only the count is told again: "A was raised in 8 of 9, and B in 7 of 9"."""
    for last, reading in pairwise(readings):
        if reading.flag or reading.quantity is not None or not last.flag or last.flag_at is None:
            continue
        gap = bounds.folded[max(last.mention.tail, last.flag_at[1]) : reading.mention.start]
        counted = _COUNTED.match(gap.lstrip())
        joined = counted is not None and words.only(gap.lstrip()[counted.end() :], "conjunction", "head", marks=",;", most=4)
        if joined and _COUNTED.match(bounds.folded[reading.mention.tail :].lstrip()):
            reading.flag, reading.flag_at = last.flag, last.flag_at


def _of_name(term: Term, readings: list[Reading]) -> bool:
    return any(r.mention.start < term.end and term.start < r.mention.end for r in readings)


def _of_reference(term: Term, readings: list[Reading], bounds: Bounds) -> bool:
    """Whether the word only heads a reference range; ``(normal)`` alone is a level."""
    for reading in readings:
        if (
            reading.quantity
            and reading.reference
            and reading.quantity.end <= term.start
            and term.end < reading.reference.end
        ):
            return _CLOSING.match(bounds.plain, term.end) is None
    return False


def _flags(cover: _Cover, term: Term, entry: Entry) -> Iterator[tuple[Reading, str]]:
    folded, words = cover.bounds.folded, cover.words
    before = folded[max(cover.bounds.start, term.start - 40) : term.start]
    after = folded[term.end : min(cover.bounds.end, term.end + 24)]
    kind = entry["kind"]
    verb = _verb_before(before, words)
    if _tells_change(kind, before, after, words) or (kind == "participle" and not verb and not _opens(before, words)):
        return
    flag = entry.canonical
    if any(token in words.of("negation") for token in _WORDS.findall(before)[-3:]):
        flag = _OPPOSITE.get(flag, "normal")
    for reading in _covered(cover, term, kind, verb=verb):
        if kind == "participle" and not verb and _moves(reading, folded, words):
            continue
        if said := _said(reading, flag, kind):
            yield reading, said


def _covered(cover: _Cover, term: Term, kind: str, *, verb: bool) -> list[Reading]:
    if kind == "noun":
        return cover.forward(term.end)
    if kind == "mark":
        return cover.backward(term.start, predicate=False)[:1] or cover.forward(term.end)[:1]
    if kind in ("predicate", "return"):
        return cover.backward(term.start, predicate=True) or cover.forward(_past_with(cover.bounds.folded, term.end))
    if verb and (covered := cover.backward(term.start, predicate=True)):
        return covered
    covered = cover.forward(term.end)
    if covered or (kind == "participle" and not verb):
        return covered
    return cover.backward(term.start, predicate=verb)


def _past_with(folded: str, end: int) -> int:
    """Past ``, with``: "function was within normal limits, with creatinine of 80"."""
    for opening in (", with ", " with "):
        if folded.startswith(opening, end):
            return end + len(opening)
    return end


def _verb_before(before: str, words: LabWords) -> bool:
    """Whether a form of "be" stands right before, with adverbs at most between."""
    tokens = _WORDS.findall(before)
    for token in reversed(tokens[-4:]):
        if token in words.of("being"):
            return True
        if token not in words.of("adverb", "copula", "negation") and not token.endswith("ly"):
            return False
    return False


def _tells_change(kind: str, before: str, after: str, words: LabWords) -> bool:
    """Whether a level word tells a change: after "gradually", or a participle before "to", "from", "by"."""
    if kind not in ("participle", "adjective"):
        return False
    last = _LAST_TOKEN.search(before)
    if last and last[1] in words.of("changing"):
        return True
    following = _WORDS.match(after.lstrip())
    return kind == "participle" and following is not None and following.group() in words.of("direction")


def _opens(before: str, words: LabWords) -> bool:
    """Whether a participle may be an adjective after the word before it: "with increased CRP", not "steroids reduced CRP"."""
    last = _LAST_TOKEN.search(before)
    return last is None or not last[1].isalpha() or last[1] in words.of("opener", "adverb")


def _moves(reading: Reading, folded: str, words: LabWords) -> bool:
    """Whether the value is the end of a change: "reduced CRP from 90 to 20" is a verb."""
    quantity = reading.quantity
    return quantity is not None and words.any(folded[reading.mention.tail : quantity.number_at[0]], "toward")


def _said(reading: Reading, flag: str, kind: str) -> str:
    """The flag in the closed list for this analyte; blank where the word tells nothing of it."""
    mention = reading.mention
    if kind == "pH":
        return flag if "pH" in mention.name else ""
    if flag == "abnormal" and kind == "adjective" and {"10*9/L", "/uL"} & set(mention.units):
        # an abnormal cell is a finding of morphology, not of number
        return ""
    return mention.level(flag)


def _diagnose(readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
    """A diagnosis word flags its own value, and the values of its analytes told right after it."""
    for index, reading in enumerate(readings):
        if reading.mention.rule != "diagnosis":
            continue
        at = (reading.mention.start, reading.mention.end)
        if reading.quantity is None:
            _flag_following(readings[index + 1 : index + 7], reading, at, bounds, words)
        elif (
            bounds.folded[reading.mention.tail : reading.quantity.start].strip() not in ("=", ":") and not reading.flag
        ):
            reading.flag, reading.flag_at = reading.mention.flag, at


def _flag_following(
    following: list[Reading], told: Reading, at: tuple[int, int], bounds: Bounds, words: LabWords
) -> None:
    families = set(told.mention.family)
    end = told.mention.tail
    classes = ("modifier", "glue", "copula", "adverb", "coordination", "head")
    for reading in following:
        mention = reading.mention
        gap = bounds.folded[end : min(reading.start, mention.start)]
        if len(gap) > 60 or not words.only(gap, *classes, marks="([,:;-)/="):
            break
        names = {
            mention.name,
            f"urine {mention.name.replace(' count', 's')}",
            mention.says("count"),
            mention.says("percent"),
        }
        if mention.rule != "diagnosis" and names & families and reading.quantity is not None and not reading.flag:
            reading.flag, reading.flag_at = told.mention.flag, at
        elif len(families) == 1 and mention.rule != "diagnosis" and reading.quantity is None:
            break
        end = reading.end


def _end_before(reading: Reading, start: int) -> int | None:
    """Where a reading's words end before ``start``: its value may stand behind the level (``C3 was low (0.3 g/L)``)."""
    mention, quantity = reading.mention, reading.quantity
    if quantity is not None and quantity.start < start:
        end = max(reading.end, mention.tail)
        return end if end <= start else None
    return mention.tail if mention.tail <= start else None
