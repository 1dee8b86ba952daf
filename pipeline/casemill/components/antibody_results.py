"""What the words of a sentence say of the antibodies it names.

A *cue* (``antibodies/results``) speaks of the mentions on its left ("ANA and RF were negative"), of those on its right
("negative for ANA and RF") or of either. Each mention takes the result of the nearest kind of tie: a sign of its own, a
word before it, a predicate behind its list, a list that a word opens, and last a mere verb of finding or having.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from casemill.components.antibody_mentions import Mention
from casemill.components.antibody_words import Words
from casemill.components.narrative import Narrative, Sentence
from casemill.resources import Patterns

__all__ = ["CUES", "Cue", "Linker", "Statement"]

#: The lexicon of result words.
CUES = "antibodies/results"

_SIGN = re.compile(
    r"(?:\s(?:was|were|is))?[\s:-]?\s?(?:[(\[]\s?(?P<boxed>\+/-|-/\+|±|\+{1,4}|-)(?:ve)?\s?[)\],;]|(?P<bare>\+{1,4}|±)(?=[\s,.;:)]|$|[A-Z]{2})"
    r"|(?P<minus>-)(?=[,;.)]|\s(?:and|or|,)|$))"
)
_SIGN_INSIDE = re.compile(r"[^\W_]([+-])\s?Ac$")
_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,90}[)\]]")
_NUMBERS = re.compile(r"[<>=≤≥~]?\s?\d[\d.,:/]*(?:\s?[a-zμ%]{1,4}/\s?m?l(?![a-z]))?")
# "normal < 20", "normal range: 0-35": the word names a limit, not a result.
_LIMIT = re.compile(
    r"[\s,:=\[(]{0,3}(?:(?:nl\.?|ranges?|values?|limits?|levels?|being|up to|reference|cut-?off|less than|below)[\s,:=\])]{0,3}){0,3}"
    r"(?:(?:is|are|was|=)\s)?(?:[<>≤≥]\s?=?\s?\d|\d[\d.,]*\s?(?:-|to\s|[a-z]{0,3}/|\)|[iu]u))"
)
_RELATIVE = re.compile(r",?\s(?:all of )?which\s(?=was|were)")
_NEGATIONS = frozenset(("not", "never", "neither", "cannot", "couldn't", "wasn't", "weren't", "didn't", "nor"))
_OPPOSITE = {"positive": "negative", "negative": "positive"}
# How far a predicate may stand from its list when other tests stand between.
_FAR, _NEAR_WORDS = 240, 12


class Cue(NamedTuple):
    """A result word at ``text[start:end]`` and where the tests stand that it speaks of."""

    start: int
    end: int
    result: str
    side: str
    id: str


@dataclass(slots=True)
class Statement:
    """What is said of one mention: the result, the words that say it, and how closely they are tied (0 is closest)."""

    mention: Mention
    result: str
    rank: int
    rule: str
    pieces: list[list[int]] = field(default_factory=list)
    cue_end: int = -1
    list_end: int = -1
    alone: bool = True
    reason: str = ""


class Linker:
    """Ties the cues of one sentence to its mentions."""

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
        ]
        self.statements: list[Statement] = []

    def link(self) -> list[Statement]:
        """The best statement on each mention, and later ones on the same mention, in text order."""
        for mention in self.mentions:
            self._read_sign(mention)
        for index, cue in enumerate(self.cues):
            self._read_cue(index, cue)
        best: dict[int, Statement] = {}
        changes = [one for one in self.statements if one.rule.endswith(".turned")]
        for one in [one for one in self.statements if one not in changes] + changes:
            known = best.get(one.mention.start)
            if known is None or (
                one not in changes and (one.rank, self._distance(one)) < (known.rank, self._distance(known))
            ):
                best[one.mention.start] = one
        later = [one for one in changes if best[one.mention.start] is not one and best[one.mention.start].result != one.result]
        return [best[start] for start in sorted(best)] + later + self._told_again(list(best.values()))

    def _distance(self, one: Statement) -> int:
        start, end = one.pieces[0]
        return min(abs(one.mention.start - end), abs(start - one.mention.tail))

    # -- signs -------------------------------------------------------------------------------------------------------

    def _read_sign(self, mention: Mention) -> None:
        if inside := _SIGN_INSIDE.search(self.text, mention.start, mention.end):
            result = "positive" if inside[1] == "+" else "negative"
            self.statements.append(Statement(mention, result, 0, "result.sign", [list(inside.span(1))], inside.end(1)))
            return
        for offset in dict.fromkeys((mention.end, mention.tail)):
            match = _SIGN.match(self.text, offset, min(self.sentence.end, offset + 12))
            if match and not any(m.start == match.end() for m in self.mentions):
                group = "boxed" if match["boxed"] else "bare" if match["bare"] else "minus"
                sign = match[group]
                result = "borderline" if "/" in sign or sign == "±" else "negative" if sign == "-" else "positive"
                pieces = [list(match.span(group))]
                self.statements.append(Statement(mention, result, 0, "result.sign", pieces, match.end(group)))
                return

    # -- cues --------------------------------------------------------------------------------------------------------

    def _read_cue(self, index: int, cue: Cue) -> None:
        if cue.side == "except":
            self._read_exception(index, cue)
            return
        left = "" if cue.side in {"has", "negator"} else self._left_tie(cue)
        right = self._right_tie(cue)
        if cue.side == "verb":
            if left and self._is_passive(index, cue):
                self._take_left(cue, rank=2)
            elif right and not self._is_told_of(cue):
                self._take_right(cue, first=7, rest=7)
        elif cue.side == "has":
            if right == "beside":
                self._take_right(cue, first=6, rest=6)
        elif cue.side == "negator":
            if right == "beside":
                self._take_right(cue, first=1, rest=3)
        elif cue.side == "left" and right == "beside" and self.folded.startswith((" for ", " to "), cue.end):
            self._take_right(cue, first=1, rest=3)
        elif cue.side == "right":
            if left == "beside" and right != "beside":
                self._take_left(cue, rank=2)
            elif right:
                self._take_right(cue, first=1 if right == "beside" else 5, rest=3 if right == "beside" else 5)
        elif left and right == "beside" and self.text[cue.end : cue.end + 2].strip() == "(":
            self._take_left(cue, rank=2)
            self._take_right(cue, first=3, rest=3)
        elif (left == "beside" and not (right == "beside" and self._reaches(cue))) or (left and right != "beside"):
            self._take_left(cue, rank=2)
        elif right == "beside":
            self._take_right(cue, first=1, rest=3)
        elif right and cue.side == "adjective":
            self._take_right(cue, first=5, rest=5)

    def _left_tie(self, cue: Cue) -> str:
        """``beside``, ``list`` (other tests or words between) or blank, for the mention before a cue."""
        before = [m for m in self.mentions if m.tail <= cue.start or (m.start < cue.start <= m.tail)]
        if not before:
            return ""
        last = before[-1]
        gap = _RELATIVE.sub(" ", self._gap(min(last.tail, cue.start), cue.start))
        words = self.words.words(gap, 0, len(gap))
        if cue.side == "increased" and not {"was", "were", "is", "are", "been", "be"} & set(words[-4:]):
            # "increased" without a verb before it tells a change, which is no level
            return ""
        if self._blocks(gap, words) or any(last.tail <= c.start < cue.start for c in self._others(cue)):
            return ""
        listed = re.search(r"[,:/]|\band\b|\bor\b", gap)
        if not listed and self.words.only(words, "copula", "adverb", "measure", "head", "modifier"):
            return "beside"
        has_copula = self.words.some(words[-5:], "copula")
        if not listed:
            return "list" if has_copula and len(words) <= _NEAR_WORDS else ""
        if len(gap) > _FAR:
            return ""
        if self.words.some(words[-4:], "plural") or (has_copula and self._is_headed(before)):
            return "list"
        if not words:
            return "" if "," in gap else "list"
        return "list" if self.words.only(words, "list", "adverb", "measure", "head") else ""

    def _is_headed(self, before: list[Mention]) -> bool:
        """Whether the list is an apposition to one word: "a screen including ANA, RF and cultures was negative"."""
        opening = self.words.words(self.folded, max(self.sentence.start, before[0].start - 30), before[0].start)
        return self.words.some(opening[-3:], "heading") or self.text[before[0].start - 1] == "("

    def _right_tie(self, cue: Cue) -> str:
        following = next((m for m in self.mentions if m.start >= cue.end), None)
        if following is None:
            return ""
        gap = self._gap(cue.end, following.start)
        words = self.words.words(gap, 0, len(gap))
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
                return "list" if gap.strip() == "as well as" else ""
            return "list" if re.match(r"\s?[^\W_]", gap) and re.search(r"[,/]|\band\b|\bor\b|as well as", gap) else ""
        return "list"

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
        return bool({"was", "were", "been", "be", "is", "are", "to"} & set(before)) or self.folded.startswith(" by ", cue.end)

    def _is_passive(self, index: int, cue: Cue) -> bool:
        """Whether a verb of finding is said of what precedes: "were detected", but "were found to be negative" is not."""
        following = self.cues[index + 1] if index + 1 < len(self.cues) else None
        if following is not None and following.start - cue.end < 25 and following.side not in {"has", "verb", "negator"}:
            between = self.words.words(self.folded, cue.end, following.start)
            if self.words.only(between, "copula", "adverb") or between == ["for"]:
                return False
        if re.match(r"\s(?:by|in|with|using|via|on|at)\s", self.folded[cue.end : cue.end + 8]) and any(
            m.tail <= cue.start and not self.folded[m.tail : cue.start].strip() for m in self.mentions
        ):
            return True
        before = self.words.words(self.folded, max(self.sentence.start, cue.start - 40), cue.start)[-4:]
        return any(word in {"was", "were", "been", "be", "being", "is", "are", "not"} for word in before)

    def _reaches(self, cue: Cue) -> bool:
        """Whether a word reaches its tests by a preposition: "a positive result for anti-X"."""
        following = next(m.start for m in self.mentions if m.start >= cue.end)
        return bool({"of", "for"} & set(self.words.words(self.folded, cue.end, following)))

    # -- lists -------------------------------------------------------------------------------------------------------

    def _take_left(self, cue: Cue, *, rank: int) -> None:
        before = [m for m in self.mentions if m.start < cue.start]
        gap = self._gap(min(before[-1].tail, cue.start), cue.start)
        words = self.words.words(gap, 0, len(gap))
        chain = [before[-1]]
        ands = 0
        bare = not self.words.some(words, "plural") and not self.words.some(words, "copula")
        for mention in reversed(before[:-1]):
            if self._opens(chain[-1]) or not self._joins(mention, chain[-1]):
                break
            if bare and re.search(r"\d", self.text[mention.tail : chain[-1].start]):
                # "ANA 1:640, anti-Sm negative": a test with a value of its own
                break
            joined = self._gap(mention.tail, chain[-1].start)
            ands += " and " in joined
            if ands > 1 and "," in joined and " and " in joined:
                break
            chain.append(mention)
        result = self._turned(cue, words, negated=self._opens(chain[-1], negator=True))
        singular = bool({"was", "is", "has"} & set(words)) and not {"all", "both"} & set(words)
        reason = "background" if self.words.some(words, "modal") and not _NEGATIONS & set(words) else ""
        for index, mention in enumerate(chain):
            far = 4 if index and singular else rank
            self._say(mention, cue, result, far, chain, reason=reason)

    def _take_right(self, cue: Cue, *, first: int, rest: int) -> None:
        following = [m for m in self.mentions if m.start >= cue.end]
        before = self.words.words(self.folded, max(self.sentence.start, cue.start - 25), cue.start)[-3:]
        result = self._turned(cue, before, negated=bool({"no", "without"} & set(before)) and cue.side != "has")
        chain = [following[0]]
        for mention in following[1:]:
            if not self._joins(chain[-1], mention):
                break
            chain.append(mention)
        reason = "background" if self.words.some(before, "modal") else ""
        for index, mention in enumerate(chain):
            self._say(mention, cue, result, rest if index else first, chain, reason=reason)

    def _turned(self, cue: Cue, words: list[str], *, negated: bool) -> str:
        """The cue's result, after a negation before it; blank where a negative is negated."""
        if cue.side == "negator" or not (negated or words[-1:] == ["no"] or _NEGATIONS & set(words) or {"no", "longer"} <= set(words)):
            return cue.result
        return "negative" if cue.result == "positive" else ""

    def _opens(self, mention: Mention, *, negator: bool = False) -> bool:
        """Whether a word of its own stands right before a mention: "no anti-X", "positive anti-X"."""
        sides = {"negator"} if negator else {"negator", "adjective", "level", "increased", "right", "except", "has"}
        for cue in reversed(self.cues):
            if cue.end <= mention.start and cue.side in sides:
                words = self.words.words(self.folded, cue.end, mention.start)
                return (
                    self.words.only(words, "modifier")
                    and not re.search(r"[,;]", self.text[cue.end : mention.start])
                    and self._left_tie(cue) != "beside"
                )
        return False

    def _joins(self, one: Mention, other: Mention) -> bool:
        """Whether two mentions stand in one list: no verb, no break and no result of another between them."""
        gap = self._gap(one.tail, other.start)
        words = self.words.words(gap, 0, len(gap))
        if self._blocks(gap, words) or len(gap) > _FAR:
            return False
        if any(one.tail <= c.start < other.start for c in self.cues if c.side not in {"has", "negator"} and not self._in_brackets(c)):
            return False
        return not ({"was", "were", "is", "are", "showed", "revealed", "had"} & set(words))

    def _say(self, mention: Mention, cue: Cue, result: str, rank: int, chain: list[Mention], *, reason: str) -> None:
        if result:
            pieces, end = [[cue.start, cue.end]], max(m.tail for m in chain)
            self.statements.append(Statement(mention, result, rank, cue.id, pieces, cue.end, end, len(chain) == 1, reason))

    def _read_exception(self, index: int, cue: Cue) -> None:
        following = next((m for m in self.mentions if m.start >= cue.end), None)
        if following is None or self._right_tie(cue) != "beside":
            return
        told = [c for c in self.cues if c.result in _OPPOSITE and c.side not in {"has", "verb", "negator"}]
        rule = next((c for c in reversed(told) if c.end <= cue.start), None) or next((c for c in told if c.start > cue.end), None)
        own = [c for c in told if c.start >= following.tail and c.start - following.tail < 20]
        if rule is None or (own and rule.start < cue.start):
            return
        chain = [following]
        for mention in [m for m in self.mentions if m.start > following.start]:
            if not self._joins(chain[-1], mention):
                break
            chain.append(mention)
        for mention in chain:
            self._say(mention, cue, _OPPOSITE[rule.result], 1, chain, reason="")

    # -- told again --------------------------------------------------------------------------------------------------

    def _told_again(self, best: list[Statement]) -> list[Statement]:
        """A later result of tests that have one: "was positive at first, but turned negative"."""
        used = {tuple(one.pieces[0]) for one in self.statements}
        again: list[Statement] = []
        for cue in self.cues:
            if (cue.start, cue.end) in used or cue.side not in {"adjective", "level", "left"}:
                continue
            earlier = [one for one in best if one.cue_end <= cue.start and one.mention.tail <= cue.start and one.rank <= 3]
            if not earlier or any(m.start >= earlier[-1].cue_end and m.tail <= cue.start for m in self.mentions):
                continue
            last = max(one.cue_end for one in earlier)
            between = self.words.words(self.folded, last, cue.start)
            if ";" in self.text[last : cue.start]:
                continue
            elsewhere = re.match(r"\s(?:in|on)\s(?:the\s|her\s|his\s)?(?:csf|cerebrospinal|serum|blood|plasma)\b", self.folded[cue.end :])
            if cue.id.endswith((".turned", ".after", ".tested")) or self.words.some(between, "change") or elsewhere:
                if self.words.some(between, "blocker") or len(between) > _NEAR_WORDS:
                    continue
                again += [
                    Statement(one.mention, cue.result, 2, f"{cue.id}.later", [[cue.start, cue.end]], cue.end, cue.end, one.alone)
                    for one in earlier
                    if one.cue_end == last and one.result != cue.result
                ]
        return again
