"""Levels told in words: which analytes "elevated", "within normal limits" or an arrow cover.

A level word before a name covers the names joined to it; one after a verb covers the names joined before it. Words of
change ("rose to", "gradually increased", "reduced from") tell no level (specification, section 9).
"""

import re
from collections.abc import Iterable

from casemill.components.lab_links import Bounds, Reading
from casemill.components.lab_words import LabWords
from casemill.components.narrative import Term
from casemill.resources import Entry

__all__ = ["flag_readings"]

_NEGATION = re.compile(r"\b(?:not|no|without|nor|never|neither|n't)(?: [a-z]+ly| an?| any| significant| the| be| been| found)? ?\Z")
_TO_FROM = re.compile(r" ?(?:to|from|by|after|until|till|during|over the|in response|since|when|following|again|along|up to)\b")
_ADJECTIVE_TO = re.compile(r" ?(?:from|by)\b")
_COPULA_BEFORE = re.compile(
    r"\b(?:was|were|is|are|be|been|remained|stayed|became|appeared|being|remains|showed|resulted|tested|found|had)(?: [a-z]+(?:ly)?){0,3} ?\Z"
)


class _Flags:
    def __init__(self, readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
        self.readings = readings
        self.bounds = bounds
        self.words = words

    def forward(self, end: int) -> list[Reading]:
        """Readings that a level word ending at ``end`` covers as an adjective before their names."""
        first = next((i for i, r in enumerate(self.readings) if _name_start(r) >= end), None)
        if first is None:
            return []
        gap = self.bounds.folded[end : self.readings[first].start if self.readings[first].start >= end else _name_start(self.readings[first])]
        if len(gap) > 70 or not self.words.only(gap, "modifier", marks="(:[/", most=8):
            return []
        covered = [self.readings[first]]
        listed = ":" in gap
        for reading in self.readings[first + 1 :]:
            last = covered[-1]
            if reading.mention is last.mention:
                covered.append(reading)
                continue
            gap = self.bounds.folded[last.end : min(reading.start, _name_start(reading))]
            heading = gap.strip() == ":" and last.quantity is None
            if not (heading or self._coordinated(gap)) or re.search(r"\ban? ?\Z", gap):
                break
            if not (listed or heading) and (self._own_value(last) or self._own_value(reading)):
                break
            listed = listed or heading
            covered.append(reading)
        return covered

    def _own_value(self, reading: Reading) -> bool:
        """Whether a value is told with ``of``, ``at`` or a sign: a statement of its own, unlike one in a bracket."""
        if reading.quantity is None:
            return False
        return "(" not in self.bounds.plain[reading.mention.end : reading.quantity.start + 1]

    def backward(self, start: int, *, predicate: bool) -> list[Reading]:
        """Readings that a level word at ``start`` covers after their names, from the nearest back along the list."""
        before = [r for r in self.readings if _end_before(r, start) is not None]
        if not before:
            return []
        last = before[-1]
        gap = self.bounds.folded[_end_before(last, start) or start : start]
        near = len(gap) <= 80 and self.words.only(gap, "head", "copula", "adverb", "coordination", marks="()[]:=,-", most=10)
        if not near:
            if not predicate or not self._foreign(gap):
                return []
        elif not predicate and gap.strip() not in ("", "(", "[", ":", "=", "-", "levels", "level", "levels (", "level (", "count", "count (", "activity", "counts", "value", "values", "concentration", "concentrations", "returned", "returned to", "has", "had"):
            return []
        covered = [last]
        for reading in reversed(before[:-1]):
            if reading.mention is covered[-1].mention:
                if reading.quantity is None:
                    continue
                covered.append(reading)
                continue
            gap = self.bounds.folded[_end_before(reading, start) or start : min(covered[-1].start, _name_start(covered[-1]))]
            if not self._coordinated(gap) and not (predicate and self._foreign_list(gap)):
                break
            if covered[-1].quantity is None and reading.quantity is not None and self._own_value(reading):
                break
            covered.append(reading)
        return covered

    def _coordinated(self, gap: str) -> bool:
        stripped = gap.strip()
        if not stripped:
            return True
        joined = "," in stripped or ";" in stripped or self.words.any(stripped, "conjunction") or "/" in stripped or "&" in stripped
        return joined and len(gap) < 60 and self.words.only(gap, "coordination", marks=",;/&)", most=8)

    def _foreign_list(self, gap: str) -> bool:
        """A list that goes on over names that are no analytes: ``complement, urine analysis and cryoglobulins``."""
        if len(gap) > 120 or self.words.any(gap, "stop") or self.words.any(gap, "copula") or any(c.isdigit() for c in gap):
            return False
        parts = re.split(r",|;|\band\b|\bor\b", gap)
        return len(parts) > 1 and not parts[0].strip(" )s") and all(len(p.split()) <= 4 for p in parts)

    def _foreign(self, gap: str) -> bool:
        """The same up to the verb of the level: ``complement levels and ANCAs were all normal``."""
        match = re.search(r"\b(?:were|are|was|is|remained)\b", gap)
        if not match or len(gap) > 120:
            return False
        head, tail = gap[: match.start()], gap[match.end() :]
        if not self.words.only(tail, "adverb", "copula", most=4) or self.words.any(head, "stop") or "(" in head:
            return False
        head = re.sub(r"^ *(?:levels?|counts?|concentrations?)\b", "", head)
        parts = re.split(r",|;|\band\b|\bor\b", head)
        return len(parts) > 1 and not parts[0].strip() and all(len(p.split()) <= 4 for p in parts) and not re.search(r"\d", head)


def flag_readings(
    readings: list[Reading], levels: Iterable[tuple[Term, Entry]], bounds: Bounds, words: LabWords
) -> None:
    """Set ``flag`` and ``flag_at`` of ``readings`` from the level words of their sentence."""
    flags = _Flags(readings, bounds, words)
    for term, entry in levels:
        if any(r.reference and r.quantity and r.quantity.end <= term.start < r.end and r.reference.end > term.end for r in readings):
            if not re.match(r"\s?[)\]]", bounds.plain[term.end : term.end + 2]):
                continue
        if _inside_name(term, readings):
            continue
        for reading, flag in _covered(flags, term, entry, bounds):
            if not reading.flag:
                reading.flag, reading.flag_at = flag, (term.start, term.end)
    _diagnose(readings, bounds, words)


def _inside_name(term: Term, readings: list[Reading]) -> bool:
    return any(r.mention.start < term.end and term.start < r.mention.end for r in readings)


def _covered(flags: _Flags, term: Term, entry: Entry, bounds: Bounds) -> Iterable[tuple[Reading, str]]:
    folded = bounds.folded
    kind = entry["kind"]
    before, after = folded[max(bounds.start, term.start - 40) : term.start], folded[term.end : term.end + 24]
    if kind == "participle" and _changes(before, after, flags.words):
        return
    if kind == "adjective" and entry.canonical in ("high", "low") and _gradual(before, flags.words):
        return
    flag = entry.canonical
    if _NEGATION.search(before):
        flag = {"high": "normal", "low": "normal", "normal": "abnormal", "positive": "negative", "negative": "positive"}.get(flag, "normal")
    copula = bool(_COPULA_BEFORE.search(before))
    covered: list[Reading] = []
    if kind == "noun":
        covered = flags.forward(term.end)
    elif kind == "mark":
        covered = flags.backward(term.start, predicate=False)[:1] or flags.forward(term.end)[:1]
    elif kind == "predicate":
        covered = flags.backward(term.start, predicate=True) or flags.forward(_after_with(folded, term.end))
    else:
        if copula:
            covered = flags.backward(term.start, predicate=True)
        covered = covered or flags.forward(term.end) or flags.backward(term.start, predicate=copula)
    for reading in covered:
        said = _said(reading, flag, kind)
        if said:
            yield reading, said


def _after_with(folded: str, end: int) -> int:
    """Past ``, with``: "function was within normal limits, with creatinine of 80"."""
    match = re.compile(r",? with ").match(folded, end)
    return match.end() if match else end


def _changes(before: str, after: str, words: LabWords) -> bool:
    """Whether a participle tells a change: with ``to``, ``from``, ``by``, after an adverb of change, or as an active verb."""
    if _TO_FROM.match(after) or _gradual(before, words):
        return True
    return False


def _gradual(before: str, words: LabWords) -> bool:
    last = re.findall(r"[a-z]+", before)[-1:]
    return bool(last) and last[0] in words.of("changing")


def _said(reading: Reading, flag: str, kind: str) -> str:
    """The flag in the closed list for this analyte; blank where the word tells nothing of it."""
    mention = reading.mention
    qualitative = bool(mention.says("qualitative"))
    if kind == "pH":
        return flag if "pH" in mention.name else ""
    if flag == "abnormal" and kind == "adjective" and {"10*9/L", "/uL"} & set(mention.units):
        # an abnormal cell is a finding of morphology, not of number
        return ""
    if flag == "undetectable":
        return "normal" if qualitative or mention.says("absent") else "low"
    if kind == "qualitative":
        if not qualitative and not (mention.says("absent") and flag == "negative"):
            return ""
        return "abnormal" if flag == "positive" else "normal"
    if flag in ("positive", "negative"):
        return ""
    return flag


def _diagnose(readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
    """A diagnosis word flags its own value, and the values of its analytes told right after it."""
    for index, reading in enumerate(readings):
        if reading.mention.rule != "diagnosis":
            continue
        at = (reading.mention.start, reading.mention.end)
        if reading.quantity is not None:
            gap = bounds.folded[reading.mention.tail : reading.quantity.start].strip()
            if gap not in ("=", ":") and not reading.flag:
                reading.flag, reading.flag_at = reading.mention.flag, at
            continue
        _flag_following(readings, index, at, bounds, words)


def _flag_following(readings: list[Reading], index: int, at: tuple[int, int], bounds: Bounds, words: LabWords) -> None:
    diagnosis = readings[index].mention
    families = {*diagnosis.family}
    end = diagnosis.tail
    for reading in readings[index + 1 : index + 7]:
        gap = bounds.folded[end : min(reading.start, _name_start(reading))]
        if len(gap) > 60 or re.search(r"\bwithout\b|\.", gap) or not words.only(gap, "modifier", "glue", "copula", "adverb", "coordination", "head", marks="([,:;-)/="):
            break
        names = {reading.mention.name, reading.mention.says("count"), reading.mention.says("percent")}
        if reading.mention.rule != "diagnosis" and names & families and reading.quantity is not None and not reading.flag:
            reading.flag, reading.flag_at = diagnosis.flag, at
        elif len(families) == 1 and reading.mention.rule != "diagnosis" and reading.quantity is None:
            break
        end = reading.end


def _end_before(reading: Reading, start: int) -> int | None:
    """Where a reading's words end before ``start``: its value may stand behind the level (``C3 was low (0.3 g/L)``)."""
    mention, quantity = reading.mention, reading.quantity
    if quantity is not None and quantity.start < start:
        end = max(reading.end, mention.tail)
        return end if end <= start else None
    return mention.tail if mention.tail <= start else None


def _name_start(reading: Reading) -> int:
    return reading.mention.start
