"""Which names of a sentence a level word covers: those joined before it by a verb, or those listed after it."""

import re

from casemill.components.lab_readings import Bounds, Reading
from casemill.components.lab_words import LabWords

__all__ = ["Cover"]

_WORDS = re.compile(r"[^\W\d_]+")
_ADVERB = re.compile(r"\b[a-z]{3,}ly\b")
_ARTICLE = re.compile(r"\ban? ?\Z")
_BEING = re.compile(r"(?: levels?| concentrations?| counts?)? (?:was|were|is|are)(?: [a-z]{3,}ly)? ")
_RELATIVE = re.compile(r"\A,? (?:which|that) ")
_LIST = re.compile(r",|;|\band\b|\bor\b")


class Cover:
    """Which readings of a sentence a level word at some place covers; ``levels`` are where its level words begin."""

    def __init__(self, readings: list[Reading], bounds: Bounds, words: LabWords, levels: frozenset[int]) -> None:
        self.readings = readings
        self.levels = levels
        self.bounds = bounds
        self.words = words

    def forward(self, end: int, *, plural: bool = False, framed: bool = False) -> list[Reading]:
        """Readings covered by an adjective that ends at ``end``, before their names.

        A ``plural`` head ("high levels of") goes on over values told in apposition; ``framed`` is a list that itself
        spells out what is high ("markers were high, with an A of 3 and a B of 4"): every value of it is covered.
        """
        first = next((i for i, r in enumerate(self.readings) if r.mention.start >= end), None)
        if first is None:
            return []
        start = self.readings[first].start
        gap = self.bounds.folded[end : start if start >= end else self.readings[first].mention.start]
        if not self.words.only(gap, "modifier", marks="(:[/.-", most=8) and not self._heading(gap):
            return []
        if first + 1 < len(self.readings) and self._attributive(first):
            first += 1
        covered = [self.readings[first]]
        # a list behind a colon, or the whole of a bracket, spells out what the level is said of
        listed = ":" in gap
        bracketed = gap.rstrip().endswith("(")
        for reading in self.readings[first + 1 :]:
            last = covered[-1]
            if reading.mention is last.mention:
                covered.append(reading)
                continue
            gap = self.bounds.folded[last.end : min(reading.start, reading.mention.start)]
            heading = gap.strip() == ":" and last.quantity is None
            article = _ARTICLE.search(gap)
            if not (heading or self._coordinated(_ARTICLE.sub("", gap))) or (article and not framed):
                break
            if gap.lstrip().startswith((",", ";")) and self._predicated(reading):
                break
            bracketed = bracketed and ")" not in gap
            listed = listed or heading or framed or bracketed
            beside = plural and self._apposed(last) and self._apposed(reading)
            if not (listed or beside or _of_one_list(last, reading)) and (self.stated(last) or self.stated(reading)):
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
            later = last.quantity is None or last.quantity.start > start
            if later and self.stated(reading) and not _of_one_list(reading, last):
                break
            covered.append(reading)
        return covered

    def along(self, covered: list[Reading], start: int) -> list[Reading]:
        """Values that go on a predicate told with a value: "troponin was high at 82 ug/L and CK at 375 U/L"."""
        told = [r for r in covered if r.quantity is not None and r.quantity.start > start]
        if not told:
            return []
        last, found = told[-1], list[Reading]()
        for reading in self.readings:
            if reading.start < last.end or reading.mention is last.mention or reading.quantity is None:
                continue
            gap = self.bounds.folded[last.end : reading.start]
            link = self.bounds.folded[reading.mention.tail : reading.quantity.start].strip()
            if gap.strip() not in (",", "and", ", and") or link not in ("at", "levels at", "level at"):
                break
            found.append(reading)
            last = reading
        return found

    def _reaches(self, reading: Reading, start: int, *, predicate: bool) -> bool:
        """Whether only words of a predicate stand between the reading and the level word at ``start``."""
        gap = self.bounds.folded[_end_before(reading, start) or start : start]
        if predicate:
            gap = _RELATIVE.sub(" ", gap, count=1)
            gap = self.words.without_insertion(self.words.in_specimen.sub("", gap, count=1))
            classes = ("head", "copula", "adverb", "coordination")
            near = len(gap) <= 80 and self.words.only(gap, *classes, marks="()[]:=,-", most=10)
            return near or (reading.quantity is None and self._foreign_subject(gap))
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
        if len(gap) > 120 or ";" in gap or self._broken(gap) or self.words.any(gap, "moving"):
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

    def _predicated(self, reading: Reading) -> bool:
        """Whether a name has a level of its own behind it: "low platelets, and urine protein was positive"."""
        tail = reading.mention.tail
        verb = _BEING.match(self.bounds.folded, tail, self.bounds.end)
        return verb is not None and verb.end() in self.levels

    def _apposed(self, reading: Reading) -> bool:
        """Whether a value stands right behind its name: ``cortisol, 900 nmol/L``, ``ALT 210 U/L``."""
        quantity = reading.quantity
        return quantity is not None and self.bounds.plain[reading.mention.tail : quantity.start].strip(" ,:=") == ""

    def stated(self, reading: Reading) -> bool:
        """Whether a value is told with ``of``, ``at`` or a sign: a statement of its own, unlike one in a bracket."""
        if reading.quantity is None:
            return False
        return "(" not in self.bounds.plain[reading.mention.end : reading.quantity.start + 1]


def _of_one_list(first: Reading, second: Reading) -> bool:
    """Whether both names stand before the values of both: "AST and ALT were elevated at 61 and 56 U/L"."""
    named = first.quantity is not None and second.mention.tail <= first.quantity.start
    return named and first.rule == "list" and second.rule == "list"


def _end_before(reading: Reading, start: int) -> int | None:
    """Where a reading's words end before ``start``: its value may stand behind the level (``C3 was low (0.3 g/L)``)."""
    mention, quantity = reading.mention, reading.quantity
    if quantity is not None and quantity.start < start:
        end = max(reading.end, mention.tail)
        return end if end <= start else None
    return mention.tail if mention.tail <= start else None
