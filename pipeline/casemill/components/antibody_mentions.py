"""Mentions of antibodies: names of the lexicon, and the open grammar of "anti-X", "X antibody", "antibodies against X".

A mention is looked for at its trigger only: a term of the lexicon, "anti", "antibody" or an immunoglobulin class.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casemill.components.antibody_names import CLASS, LEXICON, Names
from casemill.components.antibody_words import Words
from casemill.components.narrative import Narrative, Sentence

__all__ = ["Mention", "Reader", "is_triggered"]

_TRIGGER = re.compile(r"anti(?!bio|coag|hyp|inflam|microb|dep|epil|fung|vir|retro|psych|cip)|\big[gma]\b|immunoglobulin [gma]\b")
_ANTI = re.compile(r"(?<![^\W_])anti(?:\s?-\s?|\s)?(?=[^\W_(])", re.IGNORECASE)
_HEAD = re.compile(
    r"(?<![^\W_])(?:auto|allo|iso)?-?(?:antibod(?:y|ies|i|is)|antiantibod(?:y|ies))(?![^\W_])|(?<![^\W_])(?:AAbs?|Abs?|Ac)(?![^\W_])",
)
_HEAD_NEXT = re.compile(
    r"[\s-]{0,2}(?:binding |blocking |immunoglobulin )?(?:(?:auto|allo)?-?antibod(?:y|ies|i|is)|AAbs?|Abs?|Ac|antiantibod(?:y|ies))(?![^\W_])", re.IGNORECASE
)
_INHIBITOR_NEXT = re.compile(r"\s(?:inhibitors?|factors?)(?![^\W_])")
_CLASS = re.compile(rf"(?<![^\W_]){CLASS}(?![^\W_])")
_ABBREVIATION = re.compile(r"\s?[(\[]\s?(?:anti-)?[^\W_]{1,10}(?:[-/ ]{1,2}[^\W_]{1,8}){0,2}\s?[)\]]")
_FORWARD = re.compile(
    r"(?:\s\([^()]{1,15}\))?(?:\s(?:titers?|titres?|levels?|tests?|serology))?(?:\s(?:directed|reactive|reacting|specific))?"
    r"\s(?P<word>against|to|towards?|for|of|anti)\s?-?\s?(?P<the>the |human )?",
    re.IGNORECASE,
)
_GLUE = re.compile(r"(?:\s?\(?[+-]{1,4}\)?(?=,)|\s?\([^()]{1,25}\)(?=,)|\s1[:/]\d{1,6}(?=,))?\s?(?:,\s?(?:and |or |nor )?|/|\s?&\s?|\s?\+\s?|\s(?:and|or|nor|plus)\s(?:the )?)(?:anti)?-?\s?", re.IGNORECASE)
_GLUE_BACK = re.compile(r"(?:,\s?(?:and\s|or\s)?|/|\s(?:and|or|nor|plus|&)\s)$", re.IGNORECASE)
_BINOMIAL = re.compile(r"[A-Z][a-z]{3,20} [a-z]{4,20}(?=\W)|[A-Z]\. ?[a-z]{4,20}")
_ACRONYM = re.compile(r"(?=[\w-]{0,8}[A-ZΑ-Ω\d])[^\W_](?:[\w'/-]{0,24}[^\W_])?(?![^\W_])")
_PHRASE = re.compile(r"[^\W\d_][\w'-]{2,24}(?: [\w'-]{2,24}){0,3}?(?=[\s-](?:auto|allo)?antibod)")
_SHARED = {
    re.compile(
        r"(?<![^\W_])(rheumatoid)(?=\s?(?:,|and|or|/)\s?(?:anti-?\s?nuclear)\s(?:and rheumatoid )?factors?)"
    ): "RF",
    re.compile(r"(?<![^\W_])(direct)(?=\s?(?:,|and|or|/|&)\s?indirect\s(?:anti-?globulin|coomb))"): "DAT",
}
_NUMBERS_ON = re.compile(r"(?:/|,\s?-|\sand\s-)(\d{1,3})(?![\w.%/])")


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


def is_triggered(narrative: Narrative) -> bool:
    """Whether an antibody may be named at all."""
    return bool(narrative.terms(LEXICON)) or _TRIGGER.search(narrative.folded) is not None


class Reader:
    """Reads the mentions of one document."""

    def __init__(self, narrative: Narrative, names: Names, words: Words) -> None:
        self.text = narrative.plain
        self.folded = narrative.folded
        self.narrative = narrative
        self.names = names
        self.words = words
        self.found: dict[int, Mention] = {}
        self._taken = bytearray(len(self.text))

    def read(self) -> list[Mention]:
        """All mentions in text order, none overlapping another."""
        for match in _ANTI.finditer(self.text):
            if not self._taken[match.start()]:
                self._read_anti(match)
        self._read_terms()
        self._read_shared()
        for match in _HEAD.finditer(self.text):
            if not self._taken[match.start()]:
                self._read_head(match)
        for match in _CLASS.finditer(self.text):
            if not self._taken[match.start()]:
                self._read_class(match)
        return _joined([self.found[start] for start in sorted(self.found)], self.text)

    def _limit(self, offset: int) -> Sentence:
        return self.narrative.sentence_at(offset)

    def _add(self, start: int, end: int, name: str, rule: str, *, anti: bool = False, needs: str = "") -> Mention:
        for earlier in [s for s, m in self.found.items() if s < end and m.end > start]:
            del self.found[earlier]
        mention = Mention(start, end, self._tail(end), name, rule, needs=needs, anti=anti)
        self.found[start] = mention
        for offset in range(start, max(end, mention.tail)):
            self._taken[offset] = 1
        return mention

    def _tail(self, end: int) -> int:
        """End of the antibody words and the abbreviation in brackets behind a name, in either order."""
        tail = end
        for pattern in (_ABBREVIATION, _HEAD_NEXT, _INHIBITOR_NEXT, _ABBREVIATION):
            if (match := pattern.match(self.text, tail)) and (pattern is not _ABBREVIATION or self._abbreviates(match)):
                tail = match.end()
        return tail

    def _abbreviates(self, match: re.Match[str]) -> bool:
        inner = match[0].strip(" ()[]")
        lowered = inner.lower()
        return not re.match(r"\d|ig[gma]\b|neg|pos|normal|titer|titre|high|low|elisa|elevat|nr\b|all\b|both\b", lowered) and (
            any(c.isupper() for c in inner) or any(c.isdigit() for c in inner)
        )

    # -- anti-X ----------------------------------------------------------------------------------------------------

    def _read_anti(self, match: re.Match[str]) -> None:
        stop = self._limit(match.start()).end
        start, antigen = match.start(), match.end()
        if self.text[start - 4 : start].lower() in {"non-", "bis-"} or antigen >= stop:
            return
        if self.words.is_stop(self.folded[antigen : antigen + 40], "phrase"):
            return
        if self._is_letter(match, stop):
            if (name := self.names.letters.get(self.text[antigen], "")) == "":
                return
            end = antigen + 1
        elif (known := self.names.longest_after(self.text, antigen, stop, anti=True)) is not None:
            end, name = known
            if self._is_part(end):
                unknown = self._unknown(match, stop)
                if unknown is None:
                    return
                end, name = unknown
        elif (unknown := self._unknown(match, stop)) is not None:
            end, name = unknown
        else:
            return
        needs = self.words.needs.get(name, "")
        mention = self._add(start, end, name, "antibody.anti", anti=True, needs=needs)
        if mention.name == "ANCA":
            self._read_specificity(mention)
            return self._read_list(mention, stop)
        if "antibod" in self.folded[mention.start : mention.tail] and (finer := self._read_finer(mention, stop)):
            mention = finer
        self._read_numbers_on(mention, stop)
        self._read_list(mention, stop)

    def _read_finer(self, mention: Mention, stop: int) -> Mention | None:
        """ "Antineuronal antibodies against Hu": the antigen told last is the test."""
        link = _FORWARD.match(self.text, mention.tail, stop)
        if link is None or link["word"].lower() not in {"against", "to"}:
            return None
        known = self.names.longest_after(self.text, link.end(), stop, anti=False)
        if known is None:
            return None
        # antinuclear antibodies are a test of their own
        start = link.end() if mention.name == "ANA" else mention.start
        return self._add(start, known[0], known[1], "antibody.against", anti=True)

    def _is_part(self, end: int) -> bool:
        """Whether the name found goes on in letters: "anti-insulin-like", "anti-Mi" of "anti-Mimosa"."""
        rest = self.text[end : end + 12]
        return bool(re.match(r"-(?:like|dependent|directed|specific)\b|[^\W\d_]", rest)) and not re.match(
            r"s?(?:Ab|IgG|IgM|s\b|abs\b)", rest
        )

    def _is_letter(self, match: re.Match[str], stop: int) -> bool:
        antigen = match.end()
        following = self.text[antigen + 1 : min(antigen + 3, stop)]
        if not self.text[antigen].isalpha() or following[:1].isalnum():
            return False
        if following[:1] == "." and re.match(r"\.\s?[a-z]{4}", self.text[antigen + 1 : antigen + 7]):
            return False
        return not (following[:1] in {"-", "'", "."} and following[1:2].isalnum())

    def _unknown(self, match: re.Match[str], stop: int) -> tuple[int, str] | None:
        """An antigen that no list has: an acronym, or a phrase up to the word antibody."""
        antigen = match.end()
        after = self.folded[antigen : antigen + 40]
        if self.words.is_stop(after, "word", "marker") or (
            self.words.is_stop(after, "drug") and "autoantibod" not in self.folded[antigen : antigen + 60]
        ):
            return None
        joined = match[0][4:]
        if joined and (acronym := _ACRONYM.match(self.text, antigen, stop)):
            spelled = re.sub(r"[-/](?:[Aa]ntibod\w+|Ab|positive|negative|associated|related|mediated)\b.*$", "", acronym[0])
            return antigen + len(spelled), f"anti-{spelled}"
        if phrase := _PHRASE.match(self.folded, antigen, stop):
            return phrase.end(), f"anti-{self.text[antigen : phrase.end()]}"
        return None

    def _read_numbers_on(self, mention: Mention, stop: int) -> None:
        """ "anti-PL-7/12": the antigen's second number."""
        tail = mention.end
        while (more := _NUMBERS_ON.match(self.text, tail, stop)) is not None:
            base = re.sub(r"\d+$", "", self.text[mention.start : mention.end])
            name = self.names.name(base + more[1])
            if name is None or base == self.text[mention.start : mention.end]:
                return
            self._add(more.start(1), more.end(1), name, "antibody.list", anti=True)
            tail = more.end(1)

    # -- lists with one "anti" or one "antibodies" -------------------------------------------------------------------

    def _read_list(self, mention: Mention, stop: int) -> None:
        """Antigens that go on after a mention: "anti-SSA/Ro and SSB/La", "anti-Sm, dsDNA and RNP antibodies"."""
        tail = mention.tail
        while glue := _GLUE.match(self.text, tail, stop):
            start = glue.end()
            if start >= stop or glue[0].lower().rstrip().endswith("anti"):
                return
            if glue[0].lower().strip(" ,-/").endswith("anti") or self._taken[start]:
                return
            known = self.names.longest_after(self.text, start, stop, anti=False)
            if known is None or not self._goes_on(glue[0], start, known[0], stop):
                return
            added = self._add(start, known[0], known[1], "antibody.list", anti=True)
            self._read_numbers_on(added, stop)
            tail = max(added.tail, max(m.tail for m in self.found.values() if m.start >= added.start and m.start < added.end + 8))

    def _goes_on(self, glue: str, start: int, end: int, stop: int) -> bool:
        spelled = self.text[start:end]
        if glue.endswith("-") or glue.strip() == "/" or _HEAD_NEXT.match(self.text, end, stop):
            return True
        needs = self.words.needs.get(spelled, "")
        if needs == "antibody" or self._is_part(end) or spelled.endswith("Ag"):
            return False
        if needs == "antigen":
            return True
        return any(c.isupper() for c in spelled[1:]) or any(c.isdigit() for c in spelled) or self._heads_list(end, stop)

    def _heads_list(self, offset: int, stop: int) -> bool:
        """Whether the word antibodies stands behind the list that goes on at ``offset``, before any verb."""
        head = _HEAD.search(self.text, offset, min(stop, offset + 80))
        if head is None:
            return False
        between = self.words.words(self.folded, offset, head.start())
        return not any(self.words.some(between, kind) for kind in ("copula", "breaker", "blocker"))

    # -- X antibody, antibodies against X -------------------------------------------------------------------------------

    def _read_head(self, match: re.Match[str]) -> None:
        sentence = self._limit(match.start())
        if match[0] in {"Ac", "Ab", "Abs"} and match[0] == "Ac" and self.text[match.end() : match.end() + 1] == "-":
            return
        if not self._read_before(match.start(), match.end(), sentence.start) and len(match[0]) > 3:
            self._read_after(match.start(), match.end(), sentence.end)

    def _read_before(self, offset: int, end: int, begin: int) -> bool:
        """Antigens before "antibody": "AQP4 (aquaporin-4) antibody", "Hu, Yo and Ri antibodies"."""
        while offset > begin and self.text[offset - 1] in (" -+" if self.text[end - 2 : end] == "Ac" else " -"):
            offset -= 1
        if offset > begin and self.text[offset - 1] == ")":
            opened = self.text.rfind("(", max(begin, offset - 25), offset)
            offset = opened if opened >= 0 else offset
            while offset > begin and self.text[offset - 1] == " ":
                offset -= 1
        before = self.names.longest_before(self.text, begin, offset) or self._unknown_before(offset, begin)
        if before is None or self._taken[before[0]] or self._is_drug(before[0], end):
            return False
        first = self._add(before[0], end, before[1], "antibody.head")
        self._read_back(first.start, begin)
        return True

    def _read_back(self, start: int, begin: int) -> None:
        joined = False
        while glue := _GLUE_BACK.search(self.text, max(begin, start - 7), start):
            end = glue.start()
            known = self.names.longest_before(self.text, begin, end)
            if known is None or self._taken[known[0]] or self.text[known[0] : end].endswith("Ag"):
                return
            joined = joined or "," not in glue[0] or " " in glue[0].strip()
            if not joined and self.words.needs.get(self.text[known[0] : end]) == "antibody":
                return
            self._add(known[0], end, known[1], "antibody.list")
            start = known[0]

    def _unknown_before(self, offset: int, begin: int) -> tuple[int, str] | None:
        """An antigen that no list has before "antibody": one acronym ("HPA-5b antibody") or one adjective in -al, -ic."""
        found = re.search(r"(?<![\w/])[^\W_](?:[\w'/-]{0,24}[^\W_])?$", self.text[max(begin, offset - 27) : offset])
        if found is None:
            return None
        word = found[0]
        lowered = word.lower()
        if lowered.startswith("anti") or self.words.is_stop(lowered, "generic", "marker", "drug") or len(word) < 2:
            return None
        if re.search(r"-(?:specific|associated|binding|positive|negative|related|neutralizing|antibody|type|targeted)$", lowered):
            return None
        if self.folded[max(0, offset - 40) : max(begin, offset - 27) + found.start()].rstrip().endswith("immunoglobulin"):
            return None
        if not (any(c.isdigit() for c in word) or sum(c.isupper() for c in word) > 1) or _CLASS.fullmatch(word):
            return None
        return max(begin, offset - 27) + found.start(), f"anti-{word}"

    def _is_drug(self, start: int, end: int) -> bool:
        return re.search(r"\bmonoclonal|mab\b", self.folded[max(0, start - 30) : end]) is not None

    def _read_after(self, start: int, end: int, stop: int) -> None:
        """Antigens behind "antibodies against": a list, each known, or an acronym, or a species."""
        link = _FORWARD.match(self.text, end, stop)
        if link is None or self._is_drug(start, end):
            return
        offset, head = link.end(), start
        while offset < stop and not self._taken[offset]:
            found = self._antigen_at(offset, stop, link["word"].lower())
            if found is None:
                return
            added = self._add(head if head == start else offset, found[0], found[1], "antibody.against", anti=True)
            self._read_numbers_on(added, stop)
            head = offset = max(added.tail, found[0])
            glue = _GLUE.match(self.text, offset, stop)
            if glue is None:
                return
            offset = glue.end()
            start = -1

    def _antigen_at(self, offset: int, stop: int, link: str) -> tuple[int, str] | None:
        known = self.names.longest_after(self.text, offset, stop, anti=False)
        if known is not None:
            return known
        if link in {"for", "of"} and _BINOMIAL.match(self.text, offset, stop) is None:
            return None
        if (species := _BINOMIAL.match(self.text, offset, stop)) and not self.words.is_disease(species[0].lower()):
            return species.end(), f"anti-{species[0]}"
        after = self.folded[offset : offset + 40]
        if self.words.is_stop(after, "marker", "drug", "generic"):
            return None
        if acronym := _ACRONYM.match(self.text, offset, stop):
            return (acronym.end(), f"anti-{acronym[0]}") if any(c.isalpha() for c in acronym[0]) else None
        return None

    # -- classes and terms ---------------------------------------------------------------------------------------------

    def _read_class(self, match: re.Match[str]) -> None:
        """ "IgG for rubella", "rubella virus IgG"; the class itself is read with the others' classes."""
        sentence = self._limit(match.start())
        behind = re.compile(
            r"\s?(?:auto)?(?:antibod(?:y|ies)|Abs?|serology)?\s?(?:levels?|tit(?:er|re)s?)?\s(?:for|against|to|anti)\s?-?\s?(?:the )?"
        ).match(self.text, match.end(), sentence.end)
        if behind:
            found = self._antigen_at(behind.end(), sentence.end, "for")
            if found is not None and not self._taken[behind.end()]:
                letter = match[1] or match[2]
                self._add(match.start(), found[0], self.names.of_class(found[1], letter), "antibody.class", anti=True)
                return
        offset = match.start()
        while offset > sentence.start and self.text[offset - 1] in " -":
            offset -= 1
        before = self.names.longest_before(self.text, sentence.start, offset)
        if before is None and self.text[offset : match.start()] == "-":
            before = self._unknown_before(offset, sentence.start)
        if before is not None and not self._taken[before[0]]:
            self._add(before[0], match.end(), self.names.of_class(before[1], match[1] or match[2]), "antibody.class")

    def _read_shared(self) -> None:
        """Two tests with one head: "rheumatoid and antinuclear factors", "direct and indirect Coombs tests"."""
        for pattern, name in _SHARED.items():
            for match in pattern.finditer(self.folded):
                if not self._taken[match.start()]:
                    self._add(match.start(), match.end(1), name, "antibody.list")

    def _read_terms(self) -> None:
        for start, end, _, canonical in self.narrative.terms(LEXICON):
            spelled = self.text[start:end]
            needs = self.words.needs.get(spelled, "")
            if self._taken[start] or needs in {"antigen", "antibody"} and not _HEAD_NEXT.match(self.text, end):
                continue
            if spelled.lower().startswith("anti") or (end < len(self.text) and re.match(r"-like\b", self.text[end : end + 6])):
                continue
            begin, name = self._extended(start, end, canonical)
            mention = self._add(begin, end, name, "antibody.name", needs=needs if needs == "result" else "")
            if "antibod" in self.folded[begin : mention.tail]:
                self._read_back(mention.start, self._limit(start).start)
            if mention.name in {"ANCA", "c-ANCA", "p-ANCA"}:
                self._read_specificity(mention)
            self._read_list(mention, self._limit(start).end)

    def _extended(self, start: int, end: int, name: str) -> tuple[int, str]:
        """A name that goes on to the left: "P-ANCA", "perinuclear ANCA", "MPO-ANCA", "IgM RF"."""
        sentence = self._limit(start)
        for begin in list(_words_before(self.text, max(sentence.start, start - 40), start)):
            if not self._taken[begin] and (longer := self.names.name(self.text[begin:end])) is not None:
                return begin, longer
        return start, name

    def _read_specificity(self, mention: Mention) -> None:
        """ "myeloperoxidase (MPO)-ANCA" is anti-MPO, "c-antineutrophil cytoplasmic antibody" c-ANCA."""
        before = self.text[max(0, mention.start - 45) : mention.start].rstrip(" -")
        if kind := re.search(r"(?<![^\W_])(c|p|cytoplasmic|perinuclear)$", before, re.IGNORECASE):
            begin = mention.start - 45 + kind.start(1) if mention.start >= 45 else kind.start(1)
            if not self._taken[begin]:
                self._add(begin, mention.end, f"{kind[1][0].lower()}-ANCA", mention.rule, anti=mention.anti)
            return
        before = re.sub(r"\s?\([^()]{1,8}\)$", "", before)
        for antigen in ("myeloperoxidase", "MPO", "proteinase 3", "proteinase-3", "PR3", "PR-3"):
            if before.lower().endswith(antigen.lower()):
                mention.name = str(self.names.against(antigen))


_BETWEEN_NAMES = re.compile(r"[\s(/-]{0,3}$")


def _joined(mentions: list[Mention], text: str) -> list[Mention]:
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


#: An antineutrophil cytoplasmic antibody told with its antigen is the antibody against the antigen.
_SAME: tuple[set[str], ...] = tuple({"ANCA", name} for name in ("anti-MPO", "anti-PR3", "c-ANCA", "p-ANCA"))


def _initials(long: Mention, short: Mention, text: str) -> bool:
    """Whether the second is an abbreviation, made up by the authors, of the first: "anti-nucleosome antibodies (ANA)"."""
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", text[long.start : short.start])).lower()
    return text[short.start - 1] == "(" and initials == text[short.start : short.end].lower()


def _words_before(text: str, begin: int, start: int) -> Iterator[int]:
    found = [m.start() for m in re.finditer(r"[^\W_]+", text[begin:start])]
    yield from (begin + offset for offset in found[-3:])
