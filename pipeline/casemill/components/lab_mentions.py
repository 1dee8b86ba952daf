"""Where a document names analytes: by lexicon, by its own abbreviations, and by grammar for names no list has."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from casemill.components.lab_anaphors import CONTEXTUAL, Anaphors
from casemill.components.lab_names import MEASURES, Mention, ratios, unlisted
from casemill.components.lab_words import LabWords
from casemill.components.narrative import Narrative
from casemill.components.texts import fold
from casemill.resources import Entry, Patterns

__all__ = ["ABBREVIATIONS", "ANALYTES", "DIAGNOSES", "GROUPS", "Mentions"]

ANALYTES = "lab_values/analytes"
ABBREVIATIONS = "lab_values/abbreviations"
DIAGNOSES = "lab_values/diagnoses"
GROUPS = "lab_values/groups"
_LEXICONS = (ANALYTES, ABBREVIATIONS, DIAGNOSES, GROUPS)
_SPECIMEN_FIRST = re.compile(r"(?:serum|plasma|blood|total|free) ")
_WORD_END = re.compile(r"(?<=\w)(?!\w)")


_FOLLOWING = re.compile(r"([ -]?)([^\W\d_]\w*)")
_LEADING = re.compile(r"[^\W\d_]+-?")
_SHORT_AFTER = re.compile(r" ?\(([A-Za-z][\w.+/-]{0,11})\)")
_SHORT_BEFORE_VALUE = re.compile(r" ?[(\[] ?([A-Z][\w.+-]{1,9})(?=[ ,:;=])")
_SHORT_CLOSED = re.compile(r" ?[(\[][A-Za-zα-ω][\w.+/-]{0,12}(?: %)?[)\]]")
_BRACKETS = frozenset("([")
_BETWEEN_SIDES = re.compile(r"(?: ?\([\w-]{2,8}\)?)? ?/ ?")
_IN_RATIO = re.compile(r"/[\w-]{1,12} ratio")
_LONG_BEFORE = re.compile(r"[a-z]{3,}[ -]\Z")


class Mentions:
    """Finds the analytes that a document names."""

    def __init__(self, patterns: Patterns, words: LabWords) -> None:
        self.patterns = patterns
        self.words = words
        self._analytes = patterns.rows(ANALYTES)
        self._by_name = {entry.canonical: entry for entry in self._analytes.values()}
        self._short = patterns.rows(ABBREVIATIONS)
        self._diagnoses = patterns.rows(DIAGNOSES)
        self._groups = patterns.rows(GROUPS)
        self._companions_end = {companion.rpartition(" ")[2] for companion in words.companions["before"]}
        self._spelled = {fold(term): key for term, key in patterns.terms(ANALYTES).items() if len(term) > 6}
        self._anaphors = Anaphors(patterns, words, self._by_name)
        self._cased = {term: key for term, key in patterns.terms(ANALYTES).items() if len(term) <= 6}

    def known(self, name: str) -> bool:
        """Whether ``name`` is a canonical name of the lexicon."""
        return name in self._by_name

    def entry(self, name: str) -> Entry | None:
        """The lexicon's entry of a canonical name."""
        return self._by_name.get(name)

    def find(self, narrative: Narrative) -> list[Mention]:
        """All mentions of ``narrative`` that count as a name, in text order, none overlapping another."""
        terms = narrative.data.get("terms", {})
        found: list[Mention] = []
        if any(terms.get(lexicon) for lexicon in _LEXICONS):
            groups = list(self._grouped(narrative))
            found = self._apart([*groups, *self._listed(narrative), *self._diagnosed(narrative)])
            if defined := list(self._defined(narrative, found.copy())):
                found = self._apart([*found, *defined])
        if found and "ratio" in narrative.folded:
            named = [m for m in ratios(narrative, self._spelled_as) if not _covered(m, found)]
            found = sorted([*(m for m in found if not _overlaps(m, named)), *named], key=lambda m: m.start)
        if narrative.terms(MEASURES) and (
            grammar := [m for m in unlisted(narrative, self.words) if not _overlaps(m, found)]
        ):
            found = sorted([*found, *grammar], key=lambda m: m.start)
        spread = list(self._spread(self._joined(narrative, found))) if found else []
        if not spread and not narrative.terms(CONTEXTUAL):
            return []
        self._anaphors.specify(spread)
        referring = self._anaphors.find(narrative, spread)
        if not referring:
            return spread
        scoped = [m for m in referring if m.rule == "scoped"]
        # "hemoglobin 3+" of a dipstick is no hemoglobin
        kept = [m for m in spread if not _overlaps(m, scoped)] if scoped else spread
        return sorted([*kept, *(m for m in referring if not _overlaps(m, kept))], key=lambda m: m.start)

    def _spelled_as(self, spelling: str) -> str:
        """The canonical name of a folded spelling of the lexicon, blank for none."""
        key = self._spelled.get(spelling) or self._cased.get(spelling)
        return self._analytes[key].canonical if key else ""

    def _grouped(self, narrative: Narrative) -> Iterator[Mention]:
        """Several analytes in one elliptical name: ``C3 and 4``, ``immunoglobulins G, A and M``."""
        for term in narrative.terms(GROUPS):
            members = tuple(self._groups[term.id].canonical.split(" + "))
            entry = self._by_name.get(members[0])
            yield Mention(term.start, term.end, term.end, members[0], entry, "", family=members, rule="group")

    def _spread(self, found: Iterable[Mention]) -> Iterator[Mention]:
        for mention in found:
            if mention.rule != "group":
                yield mention
                continue
            for name in mention.family:
                yield replace(mention, name=name, entry=self._by_name.get(name), family=())

    def _listed(self, narrative: Narrative) -> Iterator[Mention]:
        blocked = [(t.start, t.end) for t in narrative.terms("antibodies/antibodies")]
        guards = {(t.start, t.end): self._short[t.id] for t in narrative.terms(ABBREVIATIONS)}
        for term in narrative.terms(ANALYTES):
            short = guards.pop((term.start, term.end), None)
            start, end, key = self._longer(narrative, term.start, term.end, term.id)
            if self._is_name(narrative, start, end, blocked):
                entry = self._analytes[key]
                guard = short["guard"] if short else entry["guard"]
                yield Mention(start, end, end, entry.canonical, entry, guard)
        for (start, end), short in guards.items():
            if self._is_name(narrative, start, end, blocked):
                yield Mention(start, end, end, short.canonical, self._by_name.get(short.canonical), short["guard"])

    def _longer(self, narrative: Narrative, start: int, end: int, key: str) -> tuple[int, int, str]:
        """A longer name behind a specimen's word: ``plasma creatinine kinase`` is no ``plasma creatinine``."""
        first = _SPECIMEN_FIRST.match(narrative.folded, start, end)
        if first is None:
            return start, end, key
        for stop in reversed([m.start() for m in _WORD_END.finditer(narrative.folded, end + 1, end + 32)][:4]):
            begin = first.end()
            found = self._spelled.get(narrative.folded[begin:stop]) or self._cased.get(narrative.plain[begin:stop])
            if found is not None:
                return begin, stop, found
        return start, end, key

    def _is_name(self, narrative: Narrative, start: int, end: int, blocked: list[tuple[int, int]]) -> bool:
        """Whether the words around leave the term a measured analyte, not a gene, a drug, a stain or an antibody."""
        folded = narrative.folded
        if blocked:
            index = bisect_left(blocked, (start + 1, 0))
            near = blocked[max(0, index - 2) : index + 2]
            if any(s < end and start < e and (e - s) > (end - start) for s, e in near):
                return False
        following = _FOLLOWING.match(folded, end, end + 24)
        if following:
            word = following[2]
            if following[1] == "-":
                # a letter or two before a hyphen are a part of something else: "P-SEP"
                if f"-{word}" in self.words.companions["after"] or end - start < 3:
                    return False
            elif word in self.words.companions["after"] and following[1] == " ":
                return False
        if folded.startswith("/", end) and "ratio" not in folded[start:end] and _IN_RATIO.match(folded, end):
            return False
        lead = folded[max(0, start - 28) : start]
        word = lead[:-1].rpartition(" ")[2]
        if lead.endswith(" ") and word.isalpha() and word not in self._companions_end:
            return True
        # a bracket, comma or full stop parts the name from the word before it: "hepatitis (ALT 90)", "hepatitis. ALT was"
        before = _LEADING.findall(lead) if lead[-2:-1] not in ("", ",", ";", ":", ".") and lead[-1:] not in "([" else []
        if start and folded[start - 1] in "-/" and start > 1 and folded[start - 2].isalnum():
            return (bool(before) and before[-1] in ("non-", "pro-")) or folded[start - 1] == "/"
        companions = self.words.companions["before"]
        return not (before and (before[-1] in companions or " ".join(before[-2:]) in companions))

    def _diagnosed(self, narrative: Narrative) -> Iterator[Mention]:
        for term in narrative.terms(DIAGNOSES):
            entry = self._diagnoses[term.id]
            family = tuple(entry.canonical.split(" + "))
            known = self._by_name.get(family[0])
            yield Mention(
                term.start, term.end, term.end, family[0], known, "value", entry["flag"], family, rule="diagnosis"
            )

    def _defined(self, narrative: Narrative, found: list[Mention]) -> Iterator[Mention]:
        """Later uses of short forms that the document itself defines; a short form defined as other is taken away."""
        text = narrative.text
        short: dict[str, Mention] = {}
        own = {m.start: m.name for m in found if not m.guard}
        for mention in found:
            if mention.rule == "diagnosis":
                continue
            if _BRACKETS.isdisjoint(text[mention.end : mention.end + 2]):
                continue
            if match := _SHORT_AFTER.match(text, mention.end) or _SHORT_BEFORE_VALUE.match(text, mention.end):
                word = match[1]
                if match.re is _SHORT_BEFORE_VALUE and own.get(match.start(1), mention.name) != mention.name:
                    # "liver enzymes (AST 90": one of them, no short form
                    continue
                if 2 <= len(word) <= 10 and any(c.isupper() for c in word) and not word.isnumeric():
                    short.setdefault(word, mention)
        foreign = {
            text[m.start : m.end]
            for m in found
            if text[m.start - 1 : m.start] == "("
            and text[m.end : m.end + 1] == ")"
            and _LONG_BEFORE.search(text[max(0, m.start - 12) : m.start - 1])
            and not any(o.end >= m.start - 30 and o.end <= m.start and o.rule != "diagnosis" for o in found)
        }
        if not short and not foreign:
            return
        found[:] = [m for m in found if text[m.start : m.end] not in foreign or m.end - m.start > 5]
        for mention in found:
            if (first := short.get(text[mention.start : mention.end])) is not None and mention.rule == "lexicon":
                # the document's own short form, whatever it means elsewhere
                mention.name, mention.entry = first.name, first.entry
                mention.guard = "" if mention.guard == "value" else mention.guard
        for word, mention in short.items():
            taken = {m.start for m in found}
            for start in _places(text, word):
                end = start + len(word)
                if start not in taken and self._is_name(narrative, start, end, []):
                    yield Mention(start, end, end, mention.name, mention.entry, "", rule="defined")

    @staticmethod
    def _apart(found: list[Mention]) -> list[Mention]:
        """The longest of overlapping mentions, a name before a diagnosis of the same length."""
        kept: list[Mention] = []
        for mention in sorted(found, key=lambda m: (m.start, -m.end, m.rule != "diagnosis")):
            if not kept or mention.start >= kept[-1].end:
                kept.append(mention)
        return kept

    def _joined(self, narrative: Narrative, found: list[Mention]) -> Iterator[Mention]:
        """Long and short form side by side are one mention: ``lactate dehydrogenase (LDH)``, ``ESR levels (ESR, 98``."""
        last: Mention | None = None
        for mention in found:
            if last is not None and self._alias(narrative, last, mention):
                last.tail = mention.end + 1
                continue
            if last is not None and (ratio := self._ratio(narrative, last, mention)) is not None:
                last.name, last.entry, last.end, last.tail = ratio, self._by_name.get(ratio), mention.end, mention.tail
                continue
            if (
                last is not None
                and mention.rule != "diagnosis"
                and last.rule != "diagnosis"
                and mention.name == last.name
            ):
                gap = narrative.folded[last.tail : mention.start]
                if len(gap) < 32 and self.words.only(gap, "head", marks="([,:;", most=4) and gap.strip(" ,;:"):
                    last.tail = mention.tail
                    last.guard = last.guard and mention.guard
                    continue
            if last is not None:
                yield self._closed(narrative.plain, last)
            last = mention
        if last is not None:
            yield self._closed(narrative.plain, last)

    @staticmethod
    def _alias(narrative: Narrative, first: Mention, second: Mention) -> bool:
        """Whether the second is the bracketed short form of the first: ``mean pulmonary arterial pressure (PAP)``."""
        text = narrative.plain
        if not text.startswith(")", second.end) or text[first.end : second.start].strip() != "(":
            return False
        return (
            second.end - second.start <= 7
            and " " not in text[second.start : second.end]
            and first.rule != "diagnosis"
            and second.rule != "diagnosis"
            and first.end - first.start > 7
        )

    def _ratio(self, narrative: Narrative, first: Mention, second: Mention) -> str | None:
        """The name of a ratio printed in full: ``forced expiratory volume (FEV1)/vital capacity``."""
        gap = narrative.plain[first.end : second.start]
        if len(gap) > 14 or "/" not in gap or not _BETWEEN_SIDES.fullmatch(gap):
            return None
        name = f"{first.name}/{second.name}"
        return name if name in self._by_name else None

    @staticmethod
    def _closed(text: str, mention: Mention) -> Mention:
        """``mention`` with its tail past a bracketed short form or a closing bracket of its own."""
        if mention.rule != "diagnosis" and (match := _SHORT_CLOSED.match(text, mention.tail)):
            mention.tail = match.end()
        elif text[mention.tail : mention.tail + 1] in (")", "]") and "(" in text[mention.end : mention.tail]:
            mention.tail += 1
        return mention


def _places(text: str, word: str) -> Iterator[int]:
    """Where ``word`` stands whole in ``text``, no hyphen before it."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        before, after = text[start - 1 : start], text[end : end + 1]
        if not (before.isalnum() or before in ("-", "_")) and not (after.isalnum() or after == "_"):
            yield start
        start = text.find(word, end)


def _covered(mention: Mention, found: list[Mention]) -> bool:
    """Whether a name of ``found`` is at least as long as ``mention`` at its place."""
    return any(m.start <= mention.start and mention.end <= m.end for m in found)


def _overlaps(mention: Mention, found: list[Mention]) -> bool:
    return any(m.start < mention.tail and mention.start < m.tail for m in found)
