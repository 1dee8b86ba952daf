"""Reads the mentions of antibodies: names of the lexicon, and the open grammar of "anti-X" and "X-IgG".

A mention is looked for at its trigger only: a term of the lexicon, "anti", "antibody" or an immunoglobulin class.
"""

import re
from collections.abc import Iterator
from functools import cache

from casemill.components.antibody_heads import ACRONYM, FORWARD, SPECIFIC, Heads
from casemill.components.antibody_mentions import HEAD_NEXT, Mention, joined
from casemill.components.antibody_names import LEXICON
from casemill.components.antibody_samples import ASSAYS
from casemill.components.antibody_triggers import ANTIBODY_ASSAYS, find_antis, find_classes, find_heads, find_inhibitors
from casemill.components.antibody_words import Words

__all__ = ["Reader"]

_PHRASE = re.compile(r"[^\W\d_][\w'-]{2,24}(?: [\w'-]{2,24}){0,3}?(?=[\s-](?:auto|allo)?antibod)")
_SPELLED_ON = re.compile(r"[-/](?:[Aa]ntibod\w+|Ab|positive|negative|associated|related|mediated)\b.*$")
_CLASS_OF = re.compile(
    r"\s?(?:auto)?(?:antibod(?:y|ies)|Abs?|serology)?\s?(?:levels?|tit(?:er|re)s?)?(?:\sspecific|\sdirected|\sreactive)?"
    r"\s(?:for|against|to|anti)\s?-?\s?(?:the )?"
)
# "IgM was positive for CMV"
_CLASS_SAID = re.compile(r"\s(?:was|were)(?:\s[a-z]+ly)?\s(?:positive|negative|reactive)\s(?:for|to|against)\s")
# "Lyme serology:", before a class.
_SEROLOGY = re.compile(
    r"\s(?:virus\s)?(?:serology|serologies|serological tests?)(?:\stests?|\stesting)?"
    r"(?:\s(?:was|were|showed|revealed|demonstrated|returned|came back))?[\s:,(-]{1,3}"
    r"(?:(?:a|an|both|positive|negative|for|reactive|elevated|strongly|weakly|high)[\s-]){0,4}$"
)
_THOSE = re.compile(r"those(?=\s(?:directed\s)?(?:against|to)\s)")
_REACTIVE = re.compile(
    r"(?:positive|negative|reactive|borderline|reactivity|positivity|bands?)\s(?:for|to|against|with)\s"
    r"|(?:blot|panel|profile)\s?:\s"
)
_ANTIBODY_NEXT = re.compile(r"\s(?:auto)?antibod")
_DOMAIN = re.compile(r"\s[A-Z]{1,3}\d{1,3}[A-Z]?$")
_SERO = re.compile(r"[\s-](?:antibody[\s-])?sero-?(?:positiv|negativ)")
_TARGET = re.compile(
    r"\s(?:directed\s)?(?:against|to)\s(?:coagulation\s|clotting\s|human\s)?"
    r"(?P<factor>[Ff]actor (?:VIII|IX|V|XI|XIII|X|VII|XII|II)|F(?:VIII|IX|V|XI|XIII)|ADAMTS-?13)(?![^\W_])"
)
_FACTOR = re.compile(
    r"(?<![^\W_])(?:[Ff]actor (?:VIII|IX|V|XI|XIII|X|VII)|F(?:VIII|IX|V|XI|XIII)|ADAMTS-?13)(?![^\W_])"
)
_PATTERN = re.compile(
    r"(?<![^\W_])(c|p|cytoplasm(?:at)?ic|perinuclear)(?:[ -](?:staining|pattern))?[ -]*$", re.IGNORECASE
)
_SPECIFICITIES = re.compile(r"(myeloperoxidase|mpo|proteinase[ -]3|pr-?3)(?:\s?\([^()]{1,8}\))?[ -]*$", re.IGNORECASE)
_SUSPENDED = re.compile(r"(?<![^\W_])([^\W_]\w{1,11})-(?:\s?[,/]\s?(?:and\s|or\s)?|\s(?:and|or)\s)$")
_SPECIFIC_FOR = re.compile(r"\bspecific(?:ity)?\s(?:for|to|against)\s(?:(?:the|subclass|subtype|antigen|human)\s){0,2}")
# Abbreviations this short mean other things in compounds.
_SHORT = 2
_SHARED = {
    re.compile(
        r"(?<![^\W_])(rheumatoid)(?=\s?(?:,|and|or|/)\s?(?:anti-?\s?nuclear)\s(?:and rheumatoid )?factors?)"
    ): "RF",
    re.compile(r"(?<![^\W_])(direct)(?=\s?(?:,|and|or|/|&)\s?indirect\s(?:anti-?globulin|coomb))"): "DAT",
}


@cache
def _bare(words: Words) -> re.Pattern[str]:
    """Bare antigens with what a result begins with behind them; those that are stains too are left out."""
    antigens = [w for w, needs in words.needs.items() if needs == "antigen" and not words.some([w.lower()], "stained")]
    listed = "|".join(re.escape(word) for word in sorted(antigens, key=len, reverse=True))
    initials = "".join(sorted({word[0] for word in antigens}))
    return re.compile(
        rf"(?<![\w-])(?=[{initials}])({listed})(?=\s?[:=(]\s?[\d<>+p-]|\s(?:was|were|is)\s|\s(?:weakly\s|strongly\s)?(?:pos|neg)|\s?[<>]?\s?\d[\d.]*\s?\S{{1,5}}/m?L)"
    )


class Reader(Heads):
    """Reads the mentions of one document."""

    def read(self) -> list[Mention]:
        """All mentions in text order, none overlapping another."""
        for match in find_antis(self.folded, self.words, self.names):
            if not self._taken[match.start()]:
                self._read_anti(match)
        self._read_terms()
        self._read_shared()
        self._read_inhibitors()
        for start, end in find_heads(self.text, self.folded):
            if not self._taken[start]:
                self._read_head(start, end)
            self._read_valued(end)
        for match in find_classes(self.text, self.folded):
            if not self._taken[match.start()]:
                self._read_class(match)
        if "sero" in self.folded:
            self._read_seropositive()
        if "blot" in self.folded or "panel" in self.folded or "profile" in self.folded:
            self._read_reactive()
        if self.found or any(term.id in ANTIBODY_ASSAYS for term in self.narrative.terms(ASSAYS)):
            self._read_assayed()
        if self.found:
            if "those" in self.folded:
                self._read_those()
            self._read_bare()
            self._read_specified()
        return joined([self.found[start] for start in sorted(self.found)], self.text)

    def _read_anti(self, match: re.Match[str]) -> None:
        stop = self._limit(match.start()).end
        start = match.start()
        if self.text[max(0, start - 4) : start].lower() in {"non-", "bis-"} or match.end() >= stop:
            return
        found = self._antigen_after(match, stop)
        if found is None:
            return
        end, name = found
        needs = self.words.needs.get(name, "")
        mention = self._add(start, end, name, "antibody.anti", anti=True, needs=needs)
        if mention.name == "ANCA":
            self._read_specificity(mention)
            self._read_list(mention, stop)
            return
        if "antibod" in self.folded[mention.start : mention.tail] and (finer := self._read_finer(mention, stop)):
            mention = finer
        self._read_numbers_on(mention, stop)
        self._read_list(mention, stop)

    def _antigen_after(self, match: re.Match[str], stop: int) -> tuple[int, str] | None:
        """End and canonical name of what "anti" is said of; ``None`` if that is no antigen."""
        antigen = match.end()
        if self.words.is_stop(self.folded[antigen : antigen + 40], "phrase"):
            return None
        if self._is_letter(match, stop):
            longer = self.names.longest_after(self.text, antigen, stop, anti=True)
            if longer is not None and longer[0] > antigen + 1 and not self._is_part(longer[0]):
                # "anti-P ribosomal"
                return longer
            name = self.names.letters.get(self.text[antigen])
            return (antigen + 1, name) if name else None
        known = self.names.longest_after(self.text, antigen, stop, anti=True)
        if known is not None and not self._is_part(known[0]):
            return known
        return self._unknown(match, stop)

    def _read_finer(self, mention: Mention, stop: int) -> Mention | None:
        """ "Antineuronal antibodies against Hu": the antigen told last is the test."""
        link = FORWARD.match(self.text, mention.tail, stop)
        if link is None or link["said"] or link["word"].lower() not in {"against", "to", "for"}:
            return None
        known = self.names.longest_after(self.text, link.end(), stop, anti=False)
        if known is None:
            return None
        # antinuclear antibodies are a test of their own
        start = link.end() if mention.name == "ANA" else mention.start
        return self._add(start, known[0], known[1], "antibody.against", anti=True)

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
        if self.words.is_stop(after, "marker") or (
            self.words.is_stop(after, "drug") and "autoantibod" not in self.folded[antigen : antigen + 60]
        ):
            return None
        joined = match[0][4:]
        if joined and (acronym := ACRONYM.match(self.text, antigen, stop)):
            spelled = _SPELLED_ON.sub("", acronym[0])
            human = self.names.against(spelled[1:]) if spelled.startswith("h") else None
            return antigen + len(spelled), human or f"anti-{spelled}"
        if phrase := _PHRASE.match(self.folded, antigen, stop):
            return phrase.end(), f"anti-{self.text[antigen : phrase.end()]}"
        return None

    def _read_seropositive(self) -> None:
        """ "AQP4-seropositive": an antigen; an agent that is told so names no antibody."""
        for match in _SERO.finditer(self.folded):
            known = self.names.longest_before(self.text, self._limit(match.start()).start, match.start())
            if known is not None and not self._taken[known[0]] and known[1] not in self._agents:
                self._add(known[0], match.start(), known[1], "antibody.seropositive", anti=True)

    def _read_bare(self) -> None:
        """ "ANA 1:640; dsDNA was 200 IU/mL, SSA negative": an antigen alone with a result, other antibodies before it."""
        for match in _bare(self.words).finditer(self.text, min(self.found)):
            sentence = self._limit(match.start())
            beside = any(sentence.start <= start < match.start() for start in self.found)
            if beside and not self._taken[match.start()] and (name := self.names.against(match[1])):
                self._add(match.start(1), match.end(1), name, "antibody.bare", anti=True)

    def _read_class(self, match: re.Match[str]) -> None:
        """ "IgG for rubella", "rubella virus IgG"; the class itself is read with the others' classes."""
        sentence = self._limit(match.start())
        behind = _CLASS_OF.match(self.text, match.end(), sentence.end)
        if behind:
            found = self._antigen_at(behind.end(), sentence.end, "for")
            if found is not None and not self._taken[behind.end()]:
                letter = match[1] or match[2]
                self._add(match.start(), found[0], self.names.of_class(found[1], letter), "antibody.class", anti=True)
                return
        if self._read_classed(match, sentence.end):
            return
        if said := _CLASS_SAID.match(self.text, match.end(), sentence.end):
            known = self.names.longest_after(self.text, said.end(), sentence.end, anti=False)
            if known is not None and not self._taken[said.end()]:
                name = self.names.of_class(known[1], match[1] or match[2])
                self._add(said.end(), known[0], name, "antibody.class", anti=True)
                return
        if of := self._serology_of(match.start(), sentence.start):
            name = self.names.of_class(of, match[1] or match[2])
            self._add(match.start(), match.end(), name, "antibody.class")
            return
        offset = match.start()
        while offset > sentence.start and self.text[offset - 1] in " -":
            offset -= 1
        if specific := SPECIFIC.search(self.folded, max(sentence.start, offset - 12), offset):
            offset = specific.start()
        before = self.names.longest_before(self.text, sentence.start, offset)
        if before is None and self.text[offset : match.start()] == "-":
            before = self._unknown_before(offset, sentence.start)
        if before is not None and not self._taken[before[0]]:
            letter = match[1] or match[2]
            self._add(before[0], match.end(), self.names.of_class(before[1], letter), "antibody.class")
            if specific or _ANTIBODY_NEXT.match(self.folded, match.end()):
                self._read_back(before[0], sentence.start, letter)

    def _read_classed(self, match: re.Match[str], stop: int) -> bool:
        """ "IgA-tTG", "IgG DGP": an antigen right behind a class, which is nothing but an antibody's antigen."""
        start = match.end() + 1
        if self.text[match.end() : start] not in {"-", " "} or self._taken[start - 1]:
            return False
        known = self.names.longest_after(self.text, start, stop, anti=False)
        if known is None or self._taken[start] or known[1] in self._agents or known[1] not in self.names.entries:
            return False
        self._add(
            match.start(), known[0], self.names.of_class(known[1], match[1] or match[2]), "antibody.class", anti=True
        )
        return True

    def _read_those(self) -> None:
        """ "AChR antibodies were positive, while those against MuSK were not detected"."""
        for match in _THOSE.finditer(self.folded):
            sentence = self._limit(match.start())
            if any(sentence.start <= start < match.start() for start in self.found):
                self._read_after(match.start(), match.end(), sentence.end)

    def _serology_of(self, start: int, begin: int) -> str | None:
        """What the serology was of that a class stands behind: "Lyme serology: IgM negative, IgG positive"."""
        told = _SEROLOGY.search(self.folded, max(begin, start - 50), start)
        known = told and self.names.longest_before(self.text, begin, told.start())
        return known[1] if known else None

    def _read_reactive(self) -> None:
        """Bare antigens of a blot or a panel: "the myositis blot was positive for MDA5 and Ro-52"."""
        for match in _REACTIVE.finditer(self.folded):
            sentence = self._limit(match.start())
            said = self.folded[sentence.start : match.end()]
            if self._taken[match.end() - 1] or not any(word in said for word in self.words.phrases("panel")):
                continue
            known = self.names.longest_after(self.text, match.end(), sentence.end, anti=False)
            if known and not self._taken[match.end()] and self._is_bare(match.end(), known[0]):
                mention = self._add(match.end(), known[0], known[1], "antibody.bare", anti=True)
                self._read_list(mention, sentence.end)

    def _is_bare(self, start: int, end: int) -> bool:
        """Whether an antigen's bare name speaks of its antibody where antibodies are tested for."""
        return self.words.needs.get(self.text[start:end]) == "antigen"

    def _read_assayed(self) -> None:
        """ "BP180 NC16A ELISA was 98 U/mL": an antigen before an assay of antibodies."""
        for term in self.narrative.terms(ASSAYS):
            begin = self._limit(term.start).start
            end = self._stripped(term.start, begin, " -")
            found = self.names.longest_before(self.text, begin, end)
            if found is None and (part := _DOMAIN.search(self.text, max(begin, end - 12), end)):
                found = self.names.longest_before(self.text, begin, part.start())
            if found and not self._taken[found[0]] and self._is_tested(found[1], term.id):
                self._add(found[0], end, found[1], "antibody.assayed", anti=True)

    def _is_tested(self, name: str, assay: str) -> bool:
        """Whether an assay that names the antigen alone looks for its antibody, not for the antigen or an infection."""
        if name in self._agents:
            return assay in ANTIBODY_ASSAYS
        return assay == "assay.elisa" and name in self.names.entries

    def _read_shared(self) -> None:
        """Two tests with one head: "rheumatoid and antinuclear factors", "direct and indirect Coombs tests"."""
        if "direct" not in self.folded and "rheumatoid" not in self.folded:
            return
        for pattern, name in _SHARED.items():
            for match in pattern.finditer(self.folded):
                if not self._taken[match.start()]:
                    self._add(match.start(), match.end(1), name, "antibody.list")

    def _read_inhibitors(self) -> None:
        """ "Factor VIII activity was 2% with an inhibitor titre of 38": the inhibitor is that of the factor named before."""
        for match in find_inhibitors(self.folded):
            begin = max(self._limit(match.start()).start, match.start() - 120)
            if target := _TARGET.match(self.text, match.end()):
                if not self._taken[match.start()] and (name := self.names.against(target["factor"])):
                    self._add(match.start(), target.end(), name, "antibody.inhibitor")
                continue
            factors = list(_FACTOR.finditer(self.text, begin, match.start()))
            if factors and not self._taken[match.start()]:
                name = self.names.against(factors[-1][0])
                if name is not None:
                    self._add(match.start(), match.end(), name, "antibody.inhibitor")

    def _read_terms(self) -> None:
        for start, end, _, canonical in self.narrative.terms(LEXICON):
            spelled = self.text[start:end]
            needs = self.words.needs.get(spelled, "")
            if self._taken[start] or (needs in {"antigen", "antibody"} and not HEAD_NEXT.match(self.text, end)):
                continue
            if spelled.lower().startswith("anti") or self.text.startswith("-like", end):
                continue
            if (needs == "result" or end - start <= _SHORT) and self.text[end : end + 1] == "-" and self._is_part(end):
                # "RF-ablation": the abbreviation of something else
                continue
            begin, name = self._extended(start, end, canonical)
            mention = self._add(begin, end, name, "antibody.name", needs=needs if needs == "result" else "")
            if "antibod" in self.folded[begin : mention.tail]:
                self._read_back(mention.start, self._limit(start).start, self.names.without_class(mention.name)[1])
            if mention.name in {"ANCA", "c-ANCA", "p-ANCA"}:
                self._read_specificity(mention)
            self._read_list(mention, self._limit(start).end)
            self._read_boxed(mention.tail, self._limit(start).end)

    def _extended(self, start: int, end: int, name: str) -> tuple[int, str]:
        """A name that goes on to the left: "P-ANCA", "perinuclear ANCA", "MPO-ANCA", "IgM RF"."""
        sentence = self._limit(start)
        for begin in list(_words_before(self.text, max(sentence.start, start - 40), start)):
            if not self._taken[begin] and (longer := self.names.name(self.text[begin:end])) is not None:
                return begin, longer
        return start, name

    def _read_specificity(self, mention: Mention) -> None:
        """ "myeloperoxidase (MPO)-ANCA" is anti-MPO, "c-antineutrophil cytoplasmic antibody" c-ANCA."""
        begin = max(self._limit(mention.start).start, mention.start - 45)
        if kind := _PATTERN.search(self.text, begin, mention.start):
            if not self._taken[kind.start()]:
                name = f"{kind[1][0].lower()}-ANCA"
                self._add(kind.start(), mention.end, name, mention.rule, anti=mention.anti)
        elif antigen := _SPECIFICITIES.search(self.text, begin, mention.start):
            mention.name = self.names.against(antigen[1]) or mention.name
            self._read_suspended(antigen.start(), begin)
        elif self.text[mention.start - 1 : mention.start] == "-" and (
            known := self.names.longest_before(self.text, begin, mention.start - 1)
        ):
            # "elastase-ANCA"
            self._add(known[0], mention.end, known[1], mention.rule, anti=mention.anti)
            self._read_suspended(known[0], begin)

    def _read_suspended(self, start: int, begin: int) -> None:
        """ "MPO-, PR3- and elastase-ANCA": antigens before ``start`` whose head stands behind the last."""
        while suspended := _SUSPENDED.search(self.text, begin, start):
            name = self.names.against(suspended[1])
            start = suspended.start()
            if name is None or self._taken[start]:
                return
            # the hyphen belongs to the name: it is no sign
            self._add(start, suspended.end(1) + 1, name, "antibody.list", anti=True)

    def _read_specified(self) -> None:
        """ "c-ANCA 1:640, specific for proteinase 3": the antigen of an antibody named before is a test of its own."""
        if "specific" not in self.folded:
            return
        for match in _SPECIFIC_FOR.finditer(self.folded):
            sentence = self._limit(match.start())
            if self._taken[match.start()] or not any(sentence.start <= s < match.start() for s in self.found):
                continue
            known = self.names.longest_after(self.text, match.end(), sentence.end, anti=False)
            if known is not None and not self._taken[match.end()]:
                self._add(match.end(), known[0], known[1], "antibody.specified", anti=True)


def _words_before(text: str, begin: int, start: int) -> Iterator[int]:
    found = [m.start() for m in re.finditer(r"[^\W_]+", text[begin:start])]
    yield from (begin + offset for offset in found[-3:])
