"""Antigens around the word antibodies: "AQP4 antibody", "MRV-specific IgG antibodies", "antibodies directed against Hu".

What no list has is read as the text writes it: an acronym, a species, a long form with its abbreviation, or a short phrase.
"""

import re

from casemill.components.antibody_lists import ANTIGENS, GLUE, Lists, analytes_of
from casemill.components.antibody_names import CLASS_WORD

__all__ = ["ACRONYM", "FORWARD", "SPECIFIC", "Heads"]

#: What leads from "antibodies" to their antigen; ``said`` is a predicate between: "the antibody titer was positive for X".
FORWARD = re.compile(
    r"(?:\s\([^()]{1,15}\))?"
    r"(?:\s(?:titers?|titres?|levels?|tests?|testing|assays?|screen(?:ing)?|detection|control|serology|responses?))?"
    r"(?:\sand\s[\w-]{2,12}(?=\sfor\s))?"
    r"(?P<said>\s(?:was|were)(?:\s[a-z]+ly)?(?:\s(?:positive|negative|reactive|elevated|raised|high))?)?"
    r"(?:\s(?:directed|reactive|reacting|specific|raised|targeted))?"
    r"\s(?P<word>against|to|towards?|for|of|anti|targeting|recogni[sz]ing"
    r"|with\s(?:reactivity|specificity)\s(?:to|for|against|towards?))(?![^\W_])\s?-?\s?"
    r"(?P<the>the |(?:human|porcine|bovine|recombinant|native)\s(?:and\s(?:human|porcine|bovine)\s)?)?",
    re.IGNORECASE,
)
#: An antigen's abbreviation: one word with a capital or a digit in it.
ACRONYM = re.compile(r"(?=[\w-]{0,8}[A-ZΑ-Ω\d])[^\W_](?:[\w'/-]{0,24}[^\W_])?(?![^\W_])")
_GLUE_BACK = re.compile(
    r"(?:\s\([^()]{1,15}\))?(?:,\s?(?:and\s|or\s)?|/|\s(?:and|or|nor|plus|&)\s)"
    r"(?:(?:positive|negative|borderline|elevated|raised|increased|normal|high|absent)\s)?$",
    re.IGNORECASE,
)
# How long what joins two antigens may be.
_GLUED = 35
_BINOMIAL = re.compile(r"[A-Z][a-z]{3,20} [a-z]{4,20}(?=\W)|[A-Z]\. ?[a-z]{4,20}")
_SHORT_BINOMIAL = re.compile(r"(?<![\w.])[A-Z]\. ?[a-z]{4,20}$")
_WORD_BEFORE = re.compile(r"(?<![\w/])[^\W_](?:[\w'/-]{0,24}[^\W_])?$")
_NO_ANTIGEN = re.compile(
    r"-(?:specific|associated|binding|positive|negative|related|neutralizing|antibody|type|targeted|reactive|induced)$"
)
#: A word that leads from an antigen to its antibodies: "Zika-specific IgM".
SPECIFIC = re.compile(r"[-\s](?:specific|reactive|blocking|binding|modulating|neutrali[sz]ing)$")
_WITH_ANTIGEN = re.compile(r"\santigens?(?:\sand\s?|/)$")
# "Lysosomal membrane protein 2 (hLAMP2)": a long form, told by its abbreviation.
_ABBREVIATED = re.compile(r"[^\W\d_][\w'-]*(?: [\w'/-]+){0,6} \((?P<short>(?=[^()]{0,8}[A-ZΑ-Ω\d])[^\W_][\w-]{1,11})\)")
_PHRASE = re.compile(
    r"[a-z][\w-]{3,24}(?: [\w-]{2,24}){0,3}?"
    r"(?=\s?[,.;:)(]|\s(?:was|were|is|are|in|by|with|at|on|using|from|had|have|which|that|and|or|but|could|can)\s|$)"
)
# "GABA-A and GABA-B receptors, LGI1"
_ANTIGEN_NOUN = re.compile(r"\s(?:receptors?|antigens?|proteins?|spp\.?|virus(?:es)?)(?=[\s,])")
# The abbreviations of the word antibody are no longer than this.
_ABBREVIATION = 3
# Endings of the second name of a species.
_EPITHETS = ("us", "um", "is", "ae", "i", "ans", "ens", "a")
_WORD = re.compile(r"[\w'-]+")
_DIRECTED = frozenset(("against", "to", "toward", "towards", "targeting", "recognizing", "recognising"))


class Heads(Lists):
    """Reads the antigens before and behind the word antibodies."""

    @property
    def _agents(self) -> frozenset[str]:
        return analytes_of(self.names, self.words)

    def _read_head(self, start: int, end: int) -> None:
        sentence = self._limit(start)
        if self.text.startswith("Ac-", start):
            return
        if not self._read_before(start, end, sentence.start) and end - start > _ABBREVIATION:
            self._read_after(start, end, sentence.end)
        self._read_boxed(max(end, self._taken.find(0, end)), sentence.end)

    # -- before ------------------------------------------------------------------------------------------------------

    def _read_before(self, offset: int, end: int, begin: int) -> bool:
        """Antigens before "antibody": "AQP4 (aquaporin-4) antibody", "Hu, Yo and Ri antibodies"."""
        offset = self._stripped(offset, begin, " -+" if self.text[end - 2 : end] == "Ac" else " -")
        if offset > begin and self.text[offset - 1] == ")":
            opened = self.text.rfind("(", max(begin, offset - 25), offset)
            offset = self._stripped(opened if opened >= 0 else offset, begin, " ")
        before = self._antigen_before(offset, begin)
        if before is None or self._taken[before[0]] or self._is_drug(before[0], end):
            return False
        first = self._add(before[0], end, before[1], "antibody.head")
        self._read_back(first.start, begin)
        return True

    def _stripped(self, offset: int, begin: int, signs: str) -> int:
        while offset > begin and self.text[offset - 1] in signs:
            offset -= 1
        return offset

    def _antigen_before(self, offset: int, begin: int) -> tuple[int, str] | None:
        """Start and name of the antigen that ends at ``offset``, or before words such as "neutralizing", "-specific"."""
        found = self.names.longest_before(self.text, begin, offset)
        bare = offset
        while found is None and (shorter := self._unqualified(bare, begin)) < bare:
            bare = shorter
            found = self.names.longest_before(self.text, begin, bare)
        return found or self._unknown_before(bare, begin) or self._unknown_before(offset, begin)

    def _unqualified(self, offset: int, begin: int) -> int:
        """Where the antigen ends before one word that tells what kind of antibody it is; ``offset`` if none stands there."""
        near = max(begin, offset - 27)
        if qualified := SPECIFIC.search(self.folded, near, offset) or _WITH_ANTIGEN.search(
            self.folded, near, min(offset + 1, len(self.folded))
        ):
            return qualified.start()
        word = _WORD_BEFORE.search(self.text, near, offset)
        if word is not None and self.folded[word.start() : offset] in self.words["qualifier"]:
            return self._stripped(word.start(), begin, " -")
        return offset

    def _read_back(self, start: int, begin: int, letter: str = "") -> None:
        """Antigens of a list before its last one, which begins at ``start``; ``letter`` is the class told of all."""
        joined = False
        while glue := _GLUE_BACK.search(self.text, max(begin, start - _GLUED), start):
            end = glue.start()
            known = self.names.longest_before(self.text, begin, end)
            if known is None or self._taken[known[0]] or self.text[known[0] : end].endswith(ANTIGENS):
                return
            joined = joined or "," not in glue[0] or " " in glue[0].strip()
            if not joined and known[1] in analytes_of(self.names, self.words):
                return
            self._add(known[0], end, self.names.of_class(known[1], letter) if letter else known[1], "antibody.list")
            start = known[0]

    def _unknown_before(self, offset: int, begin: int) -> tuple[int, str] | None:
        """An antigen that no list has before "antibody": one acronym ("HPA-5b antibody") or a species ("T. canis")."""
        if species := _SHORT_BINOMIAL.search(self.text, max(begin, offset - 27), offset):
            return species.start(), f"anti-{species[0]}"
        found = _WORD_BEFORE.search(self.text, max(begin, offset - 27), offset)
        if found is None:
            return None
        word = found[0]
        lowered = word.lower()
        if lowered.startswith("anti") or self.words.is_stop(lowered, "generic", "marker", "drug") or len(word) < 2:
            return None
        if _NO_ANTIGEN.search(lowered) or CLASS_WORD.fullmatch(word):
            return None
        if self.folded[max(0, found.start() - 16) : found.start()].rstrip().endswith("immunoglobulin"):
            return None
        if not any(c.isdigit() for c in word) and sum(c.isupper() for c in word) < 2:
            return None
        return found.start(), f"anti-{word}"

    def _is_drug(self, start: int, end: int) -> bool:
        return re.search(r"\bmonoclonal|mab\b", self.folded[max(0, start - 30) : end]) is not None

    # -- behind ------------------------------------------------------------------------------------------------------

    def _read_after(self, start: int, end: int, stop: int) -> None:
        """Antigens behind "antibodies against": a list, each known, or an acronym, a species, a phrase."""
        link = FORWARD.match(self.text, end, stop)
        if link is None or self._is_drug(start, end):
            return
        word = "for" if link["said"] else link["word"].lower().split()[-1 if "with" in link["word"].lower() else 0]
        offset = link.end()
        if link["the"] and self.names.longest_after(self.text, link.start("the"), stop, anti=False):
            # "human platelet antigen-5b", "the Hu antigen"
            offset = link.start("the")
        head = offset if link["said"] else start
        first = head
        while offset < stop and not self._taken[offset]:
            found = self._antigen_at(offset, stop, word)
            if found is None:
                return
            added = self._add(head if head == first else offset, found[0], found[1], "antibody.against", anti=True)
            self._read_numbers_on(added, stop)
            head = offset = max(added.tail, found[0])
            if noun := _ANTIGEN_NOUN.match(self.folded, offset, stop):
                offset = noun.end()
            glue = GLUE.match(self.text, offset, stop)
            if glue is None:
                return
            if self.folded.startswith("bod", glue.end()):
                # "and antibodies to Hu" is read by itself
                return
            offset = glue.end()
            first = -1

    def _antigen_at(self, offset: int, stop: int, link: str) -> tuple[int, str] | None:
        known = self.names.longest_after(self.text, offset, stop, anti=False)
        species = _BINOMIAL.match(self.text, offset, stop)
        if known is not None:
            if species and species.end() > known[0] and species[0].endswith(_EPITHETS) and known[1] in self._agents:
                # "Aspergillus flavus"
                return species.end(), f"anti-{species[0]}"
            return known
        if species and not self.words.is_disease(species[0].lower()):
            return species.end(), f"anti-{species[0]}"
        if link in {"for", "of"}:
            return None
        after = self.folded[offset : offset + 40]
        if self.words.is_stop(after, "marker", "drug", "generic"):
            return None
        if (long := _ABBREVIATED.match(self.text, offset, stop)) and self._is_name(offset, long.start("short")):
            short = long["short"]
            return long.end(), self.names.against(short.removeprefix("h")) or f"anti-{short}"
        if acronym := ACRONYM.match(self.text, offset, stop):
            return (acronym.end(), f"anti-{acronym[0]}") if any(c.isalpha() for c in acronym[0]) else None
        if link in _DIRECTED and (phrase := _PHRASE.match(self.text, offset, stop)):
            end = self._adverb_in(*phrase.span())
            return (end, f"anti-{self.text[offset:end]}") if end > offset and self._is_name(offset, end) else None
        return None

    def _adverb_in(self, start: int, end: int) -> int:
        """Where a phrase ends before its first adverb: "antibodies to infliximab also rose"."""
        for word in _WORD.finditer(self.folded, start, end):
            if word[0] in self.words["adverb"]:
                return self._stripped(word.start(), start, " ")
        return end

    def _is_name(self, start: int, end: int) -> bool:
        """Whether the words between can be a name: no verb, no conjunction, no word for any antigen."""
        words = self.words.words(self.folded, start, end)
        if any(self.words.is_stop(word, "generic", "marker") for word in words[:1]):
            return False
        return not any(self.words.some(words, kind) for kind in ("copula", "breaker", "blocker", "unnamed"))
