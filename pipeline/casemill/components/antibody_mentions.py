"""Mentions of antibodies, and the ledger that keeps them while a document is read."""

import re
from dataclasses import dataclass

from casemill.components.antibody_names import Names
from casemill.components.antibody_words import Words
from casemill.components.narrative import Narrative, Sentence

__all__ = ["HEAD", "HEAD_NEXT", "Ledger", "Mention", "joined"]

#: The word antibody, also abbreviated in English and French ("Ac"), and misspelled.
HEAD = re.compile(
    r"(?<![^\W_])(?i:(?:auto|allo|iso)?-?(?:anti)?anti-?bod(?:y|ies|i|is))(?![^\W_])|(?<![^\W_])(?:AAbs?|Abs?|Ac)(?![^\W_])",
)
#: The same behind an antigen.
HEAD_NEXT = re.compile(
    r"[\s-]{0,2}(?:binding |blocking |immunoglobulin )?"
    r"(?:(?:auto|allo)?-?(?:anti)?anti-?bod(?:y|ies|i|is)|AAbs?|Abs?|Ac)(?![^\W_])",
    re.IGNORECASE,
)
_INHIBITOR_NEXT = re.compile(r"\s(?:inhibitors?|factors?)(?![^\W_])")
_ABBREVIATION = re.compile(r"\s?[(\[]\s?(?:anti-)?[^\W_]{1,10}(?:[-/ ]{1,2}[^\W_]{1,8}){0,2}\s?[)\]]")
_NO_ABBREVIATION = re.compile(
    r"\d|ig[gma]\b|neg|pos|normal|titer|titre|high|low|elisa|elevat|nr\b|all\b|both\b|.*\s(?:and|or)\s"
)
_BETWEEN_NAMES = re.compile(r"[\s(/-]{0,3}$")
#: An antineutrophil cytoplasmic antibody told with its antigen or pattern is that antibody.
_SAME: tuple[set[str], ...] = tuple({"ANCA", name} for name in ("anti-MPO", "anti-PR3", "c-ANCA", "p-ANCA"))


@dataclass(slots=True)
class Mention:
    """An antibody's name at ``text[start:end]``; ``tail`` is where its antibody words and abbreviations end.

    ``needs``: what the mention needs beside it to count (see ``antibodies/bare``), blank if nothing. ``reason``: why it makes
    no row, blank if it may.
    """

    start: int
    end: int
    tail: int
    name: str
    rule: str
    needs: str = ""
    reason: str = ""
    anti: bool = False


class Ledger:
    """The mentions found so far in one document, by where they begin; none overlaps another."""

    def __init__(self, narrative: Narrative, names: Names, words: Words) -> None:
        self.text = narrative.plain
        self.folded = narrative.folded
        self.narrative = narrative
        self.names = names
        self.words = words
        self.found: dict[int, Mention] = {}
        self._taken = bytearray(len(self.text))

    def _limit(self, offset: int) -> Sentence:
        return self.narrative.sentence_at(offset)

    def _add(self, start: int, end: int, name: str, rule: str, *, anti: bool = False, needs: str = "") -> Mention:
        if self._taken.find(1, start, end) >= 0:
            for earlier in [s for s, m in self.found.items() if s < end and m.end > start]:
                del self.found[earlier]
        mention = Mention(start, end, self._tail(end), name, rule, needs=needs, anti=anti)
        self.found[start] = mention
        stop = max(end, mention.tail)
        self._taken[start:stop] = b"\x01" * (stop - start)
        return mention

    def _tail(self, end: int) -> int:
        """End of the antibody words and the abbreviation in brackets behind a name, in either order."""
        tail = end
        for pattern in (_ABBREVIATION, HEAD_NEXT, _INHIBITOR_NEXT, _ABBREVIATION):
            if (match := pattern.match(self.text, tail)) and (pattern is not _ABBREVIATION or self._abbreviates(match)):
                tail = match.end()
        return tail

    def _abbreviates(self, match: re.Match[str]) -> bool:
        inner = match[0].strip(" ()[]")
        if _NO_ABBREVIATION.match(inner.lower()):
            return False
        return any(c.isupper() or c.isdigit() for c in inner)


def joined(mentions: list[Mention], text: str) -> list[Mention]:
    """Two names of one antibody that stand together, "anti-SSA (anti-Ro)", as one mention."""
    kept: list[Mention] = []
    for mention in mentions:
        last = kept[-1] if kept else None
        if last is None or not (
            mention.start < last.tail or _BETWEEN_NAMES.match(text, last.tail, mention.start) is not None
        ):
            kept.append(mention)
        elif mention.name == last.name or {mention.name, last.name} in _SAME or _initials(last, mention, text):
            last.tail = max(last.tail, mention.tail)
            if last.name == "ANCA":
                last.name = mention.name
        else:
            last.tail = min(last.tail, max(last.end, mention.start))
            kept.append(mention)
    return kept


def _initials(long: Mention, short: Mention, text: str) -> bool:
    """Whether the second is an abbreviation, made up by the authors, of the first: "anti-nucleosome antibodies (ANA)"."""
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", text[long.start : short.start])).lower()
    return text[short.start - 1] == "(" and initials == text[short.start : short.end].lower()
