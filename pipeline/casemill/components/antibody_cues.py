"""Result words and how they are tied to the antibodies around them.

A *cue* (``antibodies/results``) stands beside a mention, or apart from it with only words between that can't part them:
other tests of a list, brackets, values.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from casemill.components.antibody_mentions import Mention
from casemill.components.antibody_words import Words
from casemill.components.narrative import Narrative, Sentence
from casemill.resources import Patterns

__all__ = ["CUES", "NEAR_WORDS", "Cue", "Statement", "Ties"]

#: The lexicon of result words.
CUES = "antibodies/results"

_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,90}[)\]]")
_NUMBERS = re.compile(r"[<>=≤≥~]?\s?\d(?:[\d.,:/]*\d)?(?:\s?[a-zμ%]{1,4}/\s?m?l(?![a-z]))?")
# "normal < 20", "normal range: 0-35": the word names a limit, not a result.
_LIMIT = re.compile(
    r"[\s,:=\[(]{0,3}"
    r"(?:(?:nl\.?|ranges?|values?|limits?|levels?|being|up to|reference|cut-?off|less than|below)[\s,:=\])]{0,3}){0,3}"
    r"(?:(?:is|are|was|=)\s)?(?:[<>≤≥]\s?=?\s?\d|\d[\d.,]*\s?(?:-|to\s|[a-z]{0,3}/|\)|[iu]u))"
)
_VALUE_BEFORE = re.compile(r"\d\s?[a-zμ/{}+%]{0,8}\s?$")
_LIMIT_NEXT = re.compile(r"\s?[:=]?\s?(?:[<>≤≥]|if\s|\d)")
_ENDS = re.compile(r"\s?(?:[,;.)]|$)")
_RELATIVE = re.compile(r",?\s(?:all of )?which\s(?:had\s(?:previously\s)?(?=been)|(?=was|were))|\snot\s\w+\sbut(?=\s)")
# "The assay was done and was negative": one predicate.
_DONE = re.compile(
    r"\s(?:was|were)\s(?:done|performed|sent|obtained|ordered|checked|requested|carried out|tested)\sand\s(?=\w)"
)
_INDUCED = ("-induced", "-dependent", "-associated", "-related", "-specific")
# ", her serum anti-X": another clause.
_CLAUSE = re.compile(r",\s(?:her|his|their|its|the\spatient's)\s")
_INCLUDING = re.compile(r",\s(?=including\s|such as\s|namely\s|i\.e)")
_OBTAINED = re.compile(r"\s(?:was|were)\s(?:obtained|found|noted|seen|recorded|observed)\s(?:for|with)\s")
_BUT = frozenset(("but", "and", "then", "which"))
_BE = frozenset(("was", "were", "is", "are", "been", "be", "being"))
#: How many words a predicate may stand from its tests. ``_FAR`` is the same in characters, other tests between.
NEAR_WORDS = 12
_FAR = 240


class Cue(NamedTuple):
    """A result word at ``text[start:end]`` and where the tests stand that it speaks of."""

    start: int
    end: int
    result: str
    side: str
    id: str


@dataclass(slots=True)
class Statement:
    """What is said of one mention: the result, the words that say it, and how closely they are tied (0 is closest).

    ``sequel`` is where the next sentence goes on behind the result that it tells.
    """

    mention: Mention
    result: str
    rank: int
    rule: str
    pieces: list[list[int]] = field(default_factory=list)
    cue_end: int = -1
    list_end: int = -1
    alone: bool = True
    reason: str = ""
    sequel: tuple[int, int] | None = None


class Ties:
    """The cues and mentions of one sentence, and what stands between them."""

    def __init__(
        self, narrative: Narrative, sentence: Sentence, mentions: list[Mention], words: Words, patterns: Patterns
    ) -> None:
        self.text = narrative.plain
        self.folded = narrative.folded
        self.sentence = sentence
        self.mentions = mentions
        self.words = words
        sides = patterns.rows(CUES)
        self.cues = [
            Cue(t.start, t.end, t.canonical, sides[t.id]["side"], t.id)
            for t in narrative.terms_in(CUES, sentence.start, sentence.end)
            if not any(m.start <= t.start < m.end for m in mentions)
            and not (t.id == "result.negative.level" and _LIMIT.match(self.folded, t.end))
            and not (self.folded.startswith(" but ", t.end) and self.folded.endswith(" not ", 0, t.start))
            and not (self.text[t.start - 1] == "(" and self._is_limit(t.start - 1, t.end))
            and not (self.text[t.start - 1] == "-" and self._is_anothers(t.start - 1))
        ]
        self.statements: list[Statement] = []

    def _is_limit(self, opened: int, end: int) -> bool:
        """Whether a result word in brackets behind a value names the range of a result: "1:1024 (negative <1:64)"."""
        return _VALUE_BEFORE.search(self.folded, max(self.sentence.start, opened - 16), opened) is not None and (
            _LIMIT_NEXT.match(self.folded, end) is not None
        )

    def _is_anothers(self, hyphen: int) -> bool:
        """Whether a result word is hyphened to what is no antibody: "HLA-B27-positive", "an Rh-negative woman"."""
        return not any(m.start < hyphen <= m.tail for m in self.mentions) and (
            self.text[hyphen - 1].isupper() or self.text[hyphen - 1].isdigit() or self.folded.endswith("rh", 0, hyphen)
        )

    def _left_tie(self, cue: Cue) -> str:
        """``beside``, ``list`` (other tests or words between) or blank, for the mention before a cue."""
        before = [m for m in self.mentions if m.tail <= cue.start or (m.start < cue.start <= m.tail)]
        if not before:
            return ""
        last = before[-1]
        gap = self._gap_before(last, cue)
        words = self.words.words(gap, 0, len(gap))
        if cue.side == "increased" and not _BE & set(words[-4:]):
            # "increased" without a verb before it tells a change, which is no level
            return ""
        if cue.id.endswith(".turned") and any(c.isdigit() for c in self.text[last.tail : cue.start]):
            # "was 160 U/mL, but turned negative": told after a value, not against another result
            words = [word for word in words if word not in _BUT]
            gap = gap.replace("which", "")
            if not self._blocks(gap.replace("but", ""), words) and not any(
                last.tail <= c.start for c in self._others(cue)
            ):
                return "list"
        if self._blocks(gap, words) or any(last.tail <= c.start < cue.start for c in self._others(cue)):
            return ""
        listed = re.search(r"[,:/]|\band\b|\bor\b", gap)
        if not listed and self.words.only(words, "copula", "adverb", "measure", "head", "modifier"):
            return "beside"
        has_copula = self.words.some(words[-5:], "copula")
        if not listed:
            return "list" if has_copula and len(words) <= NEAR_WORDS else ""
        if len(gap) > _FAR:
            return ""
        if gap.rstrip().endswith(":") or cue.side == "left":
            return "list"
        if self.words.some(words[-4:], "plural") or (has_copula and self._is_headed(before)):
            return "list"
        if not words and "," in gap:
            # "anti-X 412 IU/mL, positive": the result behind its value
            told = any(c.isdigit() for c in self.text[last.tail : cue.start])
            return "beside" if told and _ENDS.match(self.text, cue.end) else ""
        if not words:
            return "list"
        return "list" if self.words.only(words, "list", "adverb", "measure", "head") else ""

    def _is_headed(self, before: list[Mention]) -> bool:
        """Whether the list is an apposition to one word: "a screen including ANA, RF and cultures was negative"."""
        opening = self.words.words(self.folded, max(self.sentence.start, before[0].start - 30), before[0].start)
        return self.words.some(opening[-3:], "heading") or self.text[before[0].start - 1] == "("

    def _right_tie(self, cue: Cue) -> str:
        following = next((m for m in self.mentions if m.start >= cue.end), None)
        if following is None:
            return ""
        gap = _OBTAINED.sub(" for ", _INCLUDING.sub(" ", self._gap(cue.end, following.start)))
        words = [word for word in self.words.words(gap, 0, len(gap)) if not word.endswith(_INDUCED)]
        if self.words.only(words, "modifier") and not re.search(r"[,;.]", gap):
            return "beside"
        if self._blocks(gap, words) or self.words.some(words, "copula") or len(gap) > _FAR:
            return ""
        between = [c for c in self._others(cue) if cue.end <= c.start < following.start]
        if any(c.side not in {"level", "increased"} or c.result != cue.result for c in between):
            return ""
        if cue.side == "adjective":
            # "negative blood cultures, ANA": what stands between is a list that the word opens
            if re.search(r"(?:was|were|is|are)(?: all| both)?\s$", self.folded[: cue.start][-12:]):
                return "list" if gap.strip() == "as well as" or self.text.startswith(" (", cue.end) else ""
            return "list" if re.match(r"\s?[^\W_]", gap) and re.search(r"[,/]|\band\b|\bor\b|as well as", gap) else ""
        return "list"

    def _gap_before(self, mention: Mention, cue: Cue) -> str:
        """What stands between a mention and a cue behind it; what only makes the predicate longer is left out."""
        return _DONE.sub(" ", _RELATIVE.sub(" ", self._gap(min(mention.tail, cue.start), cue.start)))

    def _gap(self, start: int, end: int) -> str:
        """The text between, without brackets and values."""
        gap = _BRACKETS.sub(" ", self.folded[start:end])
        return _NUMBERS.sub(" ", gap)

    def _blocks(self, gap: str, words: list[str]) -> bool:
        return ";" in gap or self.words.some(words, "breaker") or self.words.some(words, "blocker")

    def _others(self, cue: Cue) -> list[Cue]:
        """Cues beside this one that part a list: not mere "with", "had", and none in brackets."""
        return [
            c
            for c in self.cues
            if c != cue and c.side not in {"has", "negator"} and not self._in_brackets(c) and not self._serves(c, cue)
        ]

    def _serves(self, verb: Cue, cue: Cue) -> bool:
        """Whether a verb only leads to the result: "were found to be positive", "yielded negative results"."""
        return (
            verb.side == "verb"
            and verb.end <= cue.start
            and self.words.only(self.words.words(self.folded, verb.end, cue.start), "copula", "adverb", "modifier")
        )

    def _in_brackets(self, cue: Cue) -> bool:
        opened = self.text.rfind("(", self.sentence.start, cue.start)
        return opened >= 0 and ")" not in self.text[opened : cue.start] and ")" in self.text[cue.end : cue.end + 60]

    def _is_told_of(self, cue: Cue) -> bool:
        """Whether a verb is passive or of purpose, so that no antibody is its object: "is confirmed by testing for"."""
        before = self.words.words(self.folded, max(self.sentence.start, cue.start - 25), cue.start)[-2:]
        return bool((_BE | {"to"}) & set(before)) or self.folded.startswith(" by ", cue.end)

    def _is_passive(self, index: int, cue: Cue) -> bool:
        """Whether a verb of finding is said of what precedes: "were detected", but "were found to be negative" is not."""
        following = self.cues[index + 1] if index + 1 < len(self.cues) else None
        if (
            following is not None
            and following.start - cue.end < 25
            and following.side not in {"has", "verb", "negator"}
        ):
            between = self.words.words(self.folded, cue.end, following.start)
            if self.words.only(between, "copula", "adverb") or between == ["for"]:
                return False
        if re.match(r"\s(?:by|in|with|using|via|on|at)\s", self.folded[cue.end : cue.end + 8]) and any(
            m.tail <= cue.start and not self.folded[m.tail : cue.start].strip() for m in self.mentions
        ):
            return True
        before = self.words.words(self.folded, max(self.sentence.start, cue.start - 40), cue.start)[-4:]
        return bool((_BE | {"not"}) & set(before))

    def _reaches(self, cue: Cue) -> bool:
        """Whether a word reaches its tests by a preposition: "a positive result for anti-X"."""
        following = next(m.start for m in self.mentions if m.start >= cue.end)
        return bool({"of", "for"} & set(self.words.words(self.folded, cue.end, following)))

    def _opens(self, mention: Mention, *, negator: bool = False) -> bool:
        """Whether a word of its own stands right before a mention: "no anti-X", "positive anti-X"."""
        sides = {"negator"} if negator else {"negator", "adjective", "level", "increased", "right", "except", "has"}
        for cue in reversed(self.cues):
            if cue.end <= mention.start and cue.side in sides:
                gap = _INCLUDING.sub(" ", self.folded[cue.end : mention.start])
                return (
                    self.words.only(self.words.words(gap, 0, len(gap)), "modifier")
                    and not re.search(r"[,;]", gap)
                    and self._left_tie(cue) != "beside"
                )
        return False

    def _joins(self, one: Mention, other: Mention) -> bool:
        """Whether two mentions stand in one list: no verb, no break and no result of another between them."""
        gap = self._gap(one.tail, other.start)
        words = self.words.words(gap, 0, len(gap))
        if self._blocks(gap, words) or len(gap) > _FAR or ". " in gap or _CLAUSE.search(gap):
            return False
        if any(
            one.tail <= c.start < other.start
            for c in self.cues
            if c.side not in {"has", "negator"} and not self._in_brackets(c)
        ):
            return False
        return not ({"was", "were", "is", "are", "showed", "revealed", "had"} & set(words))
