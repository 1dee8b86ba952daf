"""One sentence as the drug rules see it: names, doses, frequencies, durations, routes and actions, in text order.

``quiet`` is the sentence with everything but names and plain words blanked out, so that a rule can ask which words
stand between two of them. All offsets are half-open characters of the document.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from casemill.components.drug_names import Mention
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.components.phrases import phrase
from casemill.notation.dosages import Dosage, find_dosages, may_tell_dose
from casemill.notation.durations import Duration, find_durations
from casemill.notation.frequencies import Frequency, find_frequencies, may_tell_frequency
from casemill.resources import load_patterns

__all__ = ["MOST", "Cue", "Fillers", "Passage", "read_passage"]

ROUTES, ACTIONS, EXPOSURES = "drug_doses/routes", "drug_doses/actions", "drug_doses/exposures"

#: Names and doses read of one sentence at most; a longer one is a table or damage, not prose.
MOST = 80

Fillers = Mapping[str, frozenset[str]]

_WORD = re.compile(r"[a-z]+")
_SCHEME = re.compile(r"\(\d-\d-\d")
_BRACKETS = re.compile(r"\([^()]{0,160}\)|\[[^\[\]]{0,160}\]")
# "days 1 through to 3", "days 1-14": how long, by its days
_EQUIVALENT = re.compile(
    r"\b(?:equivalent|corresponding|equal|equivalents?\sof|equating)\s(?:to|of)?(?:\s[a-z]+){0,3}\s?$"
)
_DAYS = re.compile(
    r"\bdays?\s(\d{1,2})\s?(?:-|to|through|through\sto|until)\s?(?:day\s)?(\d{1,2})\b(?!\s?(?:,|and)\s?\d)"
)


# "lowered by 10 mg each week", "in 5 mg steps": how much a dose changed, not the dose
_AMOUNT_BEFORE = re.compile(
    r"\b(?:by|in\s(?:steps|decrements|increments)\sof)(?:\s(?:about|approximately|a\sfurther|another))?\s$"
)
# the end of a bracket that tells a dose again: "1 mg/kg (55 mg daily)"
_CLOSED = re.compile(r"[^()\[\]\d]{0,20}([)\]])")
# what a drug was dissolved in: "40 units in 500 ml of saline"
_DISSOLVED = re.compile(r"\b(?:in|into|with)\s(?:a\s|about\s)?$")
_AMOUNT_AFTER = re.compile(r"[\s-](?:steps|decrements|increments|step|reductions)\b")
# what may stand between a measured thing and its amount: "proteinuria persisted at 8 g/day"
_MEASURED_REACH = 60


class Cue(NamedTuple):
    """Words that tell what became of a drug, at ``text[start:end]``: the action, and the form of the words."""

    start: int
    end: int
    action: str
    form: str
    word: str


@dataclass(slots=True)
class Passage:
    """What a sentence says about drugs; ``quiet`` has the sentence's own offsets (``sentence.start`` is its zero).

    ``said`` are its words in lower case: a rule that needs one of them is not tried without it.
    """

    sentence: Sentence
    folded: str
    mentions: list[Mention]
    dosages: list[Dosage]
    frequencies: list[Frequency]
    durations: list[Duration]
    routes: list[Term]
    cues: list[Cue]
    exposures: list[Term]
    fillers: Fillers
    said: Set[str]
    silent: list[Mention] = field(default_factory=list)
    groups: dict[int, list[Mention]] = field(default_factory=dict)
    _quiet: str = field(default="")

    @property
    def quiet(self) -> str:
        """The sentence with all but names and plain words blanked, made when the first rule asks for it."""
        if not self._quiet:
            self._quiet = _quiet(self)
        return self._quiet

    def words(self, start: int, end: int) -> list[str]:
        """Plain words between two offsets of the document, what was blanked out left away."""
        offset = self.sentence.start
        return _WORD.findall(self.quiet, max(0, start - offset), max(0, end - offset))

    def bridged(self, start: int, end: int, kind: str, *, most: int = 14) -> bool:
        """Whether nothing but the filler words ``kind`` stands between two offsets, and no clause ends there."""
        offset = self.sentence.start
        between = self.quiet[max(0, start - offset) : max(0, end - offset)]
        if ";" in between or ". " in between or ": " in between:
            return False
        words = _WORD.findall(between)
        return len(words) <= most and self.fillers[kind].issuperset(words)

    def next_mention(self, offset: int) -> Mention | None:
        """The first name that begins at or after ``offset``."""
        return next((m for m in self.mentions if m.start >= offset), None)

    def last_mention(self, offset: int) -> Mention | None:
        """The last name that ends at or before ``offset``."""
        return next((m for m in reversed(self.mentions) if m.end <= offset), None)

    def group(self, mention: Mention) -> list[Mention]:
        """The names that stand coordinated with ``mention`` ("A, B and C"), in text order."""
        if not self.groups:
            last: list[Mention] = []
            for one in self.mentions:
                if last and self._joined(last[-1], one):
                    last.append(one)
                else:
                    last = [one]
                self.groups[one.start] = last
        return self.groups[mention.start]

    def _joined(self, one: Mention, other: Mention) -> bool:
        offset = self.sentence.start
        between = self.quiet[one.end - offset : other.start - offset]
        if between.count("(") != between.count(")"):
            return False
        return len(between) <= 90 and self.bridged(one.end, other.start, "joint", most=6)


@cache
def _period_words() -> frozenset[str]:
    """Units of time and their short forms: a sentence without one tells no duration."""
    rows = load_patterns().rows("units/periods").values()
    return frozenset(word for row in rows for word in f"{row['spellings']}|{row['abbreviations']}".split("|") if word)


def read_passage(
    narrative: Narrative,
    sentence: Sentence,
    mentions: list[Mention],
    silent: list[Mention],
    fillers: Fillers,
    forms: Mapping[str, str],
) -> Passage:
    """The passage of one sentence; ``forms`` is the form of each action cue by its id.

    ``silent`` are class words that a name in the sentence spells out: rules look through them.
    """
    start, end, folded = sentence.start, sentence.end, narrative.folded
    said = set(_WORD.findall(folded, start, end))
    durations = [] if said.isdisjoint(_period_words()) else find_durations(folded, start, end)
    told = may_tell_frequency(said, folded[start:end]) or _SCHEME.search(folded, start, end)
    frequencies = find_frequencies(folded, start, end) if told else []
    if "days" in said or "day" in said:
        durations += [
            Duration(m.start(), m.end(), f"P{int(m[2]) - int(m[1]) + 1}D")
            for m in _DAYS.finditer(folded, start, end)
            if int(m[2]) > int(m[1])
        ]
    cues = [
        Cue(t.start, t.end, t.canonical, forms[t.id], folded[t.start : t.end])
        for t in narrative.terms_in(ACTIONS, start, end)
    ]
    dosages = find_dosages(folded, start, end) if may_tell_dose(said) else []
    if dosages:
        dosages = _clear(folded, dosages, mentions)
        dosages = [d for i, d in enumerate(dosages) if not i or not _told_again(folded, dosages[i - 1], d, mentions)]
        amounts = [d for d in dosages if _is_amount(folded, d, cues)]
        dosages = [d for d in dosages if d not in amounts and not _is_measured(folded, d, mentions, start)]
        frequencies = [f for f in frequencies if not any(0 <= f.start - d.end <= 3 for d in amounts)]
    return Passage(
        sentence=sentence,
        folded=folded,
        mentions=mentions,
        dosages=dosages,
        frequencies=frequencies,
        durations=sorted(durations),
        routes=narrative.terms_in(ROUTES, start, end),
        cues=cues,
        exposures=narrative.terms_in(EXPOSURES, start, end),
        fillers=fillers,
        said=said,
        silent=silent,
    )


def _clear(folded: str, dosages: list[Dosage], mentions: list[Mention]) -> list[Dosage]:
    """Doses that are not part of a name ("HLH-2004", "interferon alfa-2b") and no equivalent of another dose."""
    return [
        d
        for d in dosages[:MOST]
        if not any(m.start < d.end and d.start < m.end for m in mentions)
        and not _EQUIVALENT.search(folded, max(0, d.start - 40), d.start)
        and not (d.kind == "volume" and _DISSOLVED.search(folded, max(0, d.start - 14), d.start))
    ]


def _told_again(folded: str, first: Dosage, second: Dosage, mentions: list[Mention]) -> bool:
    """Whether a bracket tells a dose again by weight or surface: "20 mg twice daily (1 mg/kg/day)"."""
    between = folded[first.end : second.start]
    closed = _CLOSED.match(folded, second.end)
    alone = closed is not None and between[-1:] + closed[1] in ("()", "[]")
    if any(first.end <= m.start < second.start for m in mentions):
        return False
    return alone and len(between) <= 30 and ("/" in first.unit) != ("/" in second.unit)


def _is_amount(folded: str, dosage: Dosage, cues: list[Cue]) -> bool:
    """Whether a dose is the amount of a change: "reduced by 5 mg every two weeks"."""
    if _AMOUNT_AFTER.match(folded, dosage.end):
        return True
    near = any(c.action in ("increased", "decreased") and c.end <= dosage.start for c in cues)
    return near and _AMOUNT_BEFORE.search(folded, max(0, dosage.start - 40), dosage.start) is not None


def _is_measured(folded: str, dosage: Dosage, mentions: list[Mention], floor: int) -> bool:
    """Whether an amount is of something measured, with no drug's name between: "proteinuria rose to 4 g/day"."""
    floor = max([floor, dosage.start - _MEASURED_REACH, *(m.end for m in mentions if m.end <= dosage.start)])
    before = folded[floor : dosage.start]
    before = before[max(before.rfind(";"), before.rfind(",")) + 1 :]
    return bool(phrase("drug_doses/phrases", "measured").search(before)) and "dose" not in before


def _quiet(passage: Passage) -> str:
    """The sentence in lower case with doses, frequencies, durations, routes and what is left of their brackets blanked."""
    offset = passage.sentence.start
    text = passage.folded[offset : passage.sentence.end]
    told: tuple[Dosage | Frequency | Duration | Term | Mention, ...] = (
        *passage.dosages,
        *passage.frequencies,
        *passage.durations,
        *passage.routes,
        *passage.silent,
    )
    for one in told:
        if not any(m.start < one.end and one.start < m.end for m in passage.mentions):
            text = _blanked(text, one.start - offset, one.end - offset, " ")
    for mention in passage.mentions:
        text = _blanked(text, mention.start - offset, mention.end - offset, "#")
    if "(" not in text and "[" not in text:
        return text
    cues = [(c.start - offset, c.end - offset) for c in passage.cues]
    for match in _BRACKETS.finditer(text):
        start, end = match.span()
        if "#" not in match.group() and not any(start < e and s < end for s, e in cues):
            text = _blanked(text, start, end, " ")
    return text


def _blanked(text: str, start: int, end: int, mark: str) -> str:
    """``text`` with each character from ``start`` to ``end`` replaced by ``mark``."""
    return text[:start] + mark * (end - start) + text[end:]
