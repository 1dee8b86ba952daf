"""Lists of antigens that share one "anti" or one "antibodies".

"anti-SSA/Ro and SSB/La", "anti-PL-7/12", "anti-Sm, dsDNA and RNP antibodies", "Hu, Yo and Ri antibodies", "antibodies
against Hu, Yo and Ri".
"""

import re
from functools import cache

from casemill.components.antibody_mentions import HEAD, HEAD_NEXT, Ledger, Mention
from casemill.components.antibody_names import Names
from casemill.components.antibody_words import Words

__all__ = ["ANTIGENS", "GLUE", "Lists", "analytes_of"]

#: What joins the antigens of a list.
GLUE = re.compile(
    r"(?:\s?\(?[+-]{1,4}\)?(?=,)|\s?\([^()]{1,25}\)(?=,|\s(?:and|or)\s)|\s1[:/]\d{1,6}(?=,))?"
    r"\s?(?:,\s?(?:and |or |nor )?|/|\s?&\s?|\s?\+\s?|\s(?:and|or|nor|plus)\s(?:the )?)(?:anti)?-?\s?",
    re.IGNORECASE,
)
_NUMBERS_ON = re.compile(r"(?:/|,\s?-|\sand\s-|\s(?:and|or)\s(?=\d{1,2}\s(?:auto)?antibod))(\d{1,3})(?![\w.%/])")
# How far behind a list's member its further numbers may stand ("PL-7/12").
_NUMBERS_REACH = 8
_LISTED = re.compile(r"\s?[,)/]|\s(?:and|or)\s")
_PART = re.compile(r"-?[^\W\d_]|-\d")
_WHOLE = re.compile(
    r"s\b|s?-?(?:a?abs?\b|ig[gma]|auto|allo|antibod|anca|positiv|negativ|seropos|seroneg|associated|related|mediated|induced"
    r"|inhibitor|elisa|immuno|binding|block)"
)
#: In a list beside antibodies the antigen itself may be tested: "HBsAg, anti-HBc".
ANTIGENS = ("Ag", "antigen", "antigens")
_OPENED = re.compile(
    r"\s?[(\[]\s?(?:including |such as |i\.e\.,? |namely |anti-)?|,?\s(?:including|such as|namely)\s", re.IGNORECASE
)
# What opens a list of antigens with a value each, a value, and what leads to the next.
_LISTS_VALUES = re.compile(r"\s?:\s?|(?:\s(?:were|was)(?:\s\w{4,12}){1,2})?\s?\(")
_VALUE = re.compile(r"\s?[:=]?\s?[<>]?\s?\d[\d.,]{0,8}\s?[A-Za-z]{1,3}/m?[lL]")
_NEXT_VALUED = re.compile(r"(?:\s?\([^()]{1,30}\))?\s?[,;]?\s?(?:and\s)?")


@cache
def analytes_of(names: Names, words: Words) -> frozenset[str]:
    """The antibodies whose antigen is an analyte or an infection too, so that it needs an antibody word of its own."""
    told = (names.against(word) for word, needs in words.needs.items() if needs == "antibody")
    return frozenset(name for name in told if name)


class Lists(Ledger):
    """Reads the antigens that stand around a mention or around the word antibodies."""

    def _is_part(self, end: int) -> bool:
        """Whether the name found goes on in letters: "anti-insulin-like", "anti-Mi" of "anti-Mimosa"."""
        rest = self.folded[end : end + 14]
        return _PART.match(rest) is not None and _WHOLE.match(rest) is None

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

    def _read_list(self, mention: Mention, stop: int) -> None:
        """Antigens that go on after a mention: "anti-SSA/Ro and SSB/La", "anti-Sm, dsDNA and RNP antibodies"."""
        tail = mention.tail
        while glue := GLUE.match(self.text, tail, stop):
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
            tail = max(m.tail for m in self.found.values() if added.start <= m.start < added.end + _NUMBERS_REACH)

    def _read_boxed(self, tail: int, stop: int) -> None:
        """A list of antigens in brackets behind a test: "antibodies to nuclear antigens (Ro, La, Sm)"."""
        opened = _OPENED.match(self.text, tail, stop)
        offset = opened.end() if opened else stop
        antigens: list[tuple[int, int, str]] = []
        while offset < stop and not self._taken[offset]:
            known = self.names.longest_after(self.text, offset, stop, anti=False)
            if known is None or self.text[offset : known[0]].endswith(ANTIGENS):
                break
            antigens.append((offset, *known))
            glue = GLUE.match(self.text, known[0], stop)
            offset = glue.end() if glue else stop
        if len(antigens) > 1 and not all(self.words.needs.get(self.text[s:e]) == "antibody" for s, e, _ in antigens):
            for start, end, name in antigens:
                self._add(start, end, name, "antibody.list", anti=True)

    def _read_valued(self, tail: int) -> None:
        """Bare antigens with their values behind a test: "thyroid antibodies: TPO 350 U/mL, thyroglobulin 20 U/mL"."""
        stop = self._limit(tail).end
        opened = _LISTS_VALUES.match(self.text, tail, stop)
        offset = opened.end() if opened else stop
        while offset < stop and not self._taken[offset]:
            known = self.names.longest_after(self.text, offset, stop, anti=False)
            value = _VALUE.match(self.text, known[0], stop) if known else None
            if known is None or value is None:
                return
            self._add(offset, known[0], known[1], "antibody.list", anti=True)
            glue = _NEXT_VALUED.match(self.text, value.end(), stop)
            offset = glue.end() if glue else stop

    def _goes_on(self, glue: str, start: int, end: int, stop: int) -> bool:
        spelled = self.text[start:end]
        if glue.endswith("-") or glue.strip() == "/" or HEAD_NEXT.match(self.text, end, stop):
            return True
        needs = self.words.needs.get(spelled, "")
        if needs == "antibody" or self._is_part(end) or spelled.endswith(ANTIGENS):
            return False
        if needs == "antigen":
            return True
        if (
            "," in glue
            and _LISTED.match(self.text, end, stop)
            and self.names.against(spelled) not in analytes_of(self.names, self.words)
        ):
            # "anti-Hu, anti-Yo, amphiphysin, Ma2": a name that is nothing else here
            return True
        if len(spelled) < 4 and spelled[0].isupper() and _LISTED.match(self.text, end, stop):
            return True
        return any(c.isupper() for c in spelled[1:]) or any(c.isdigit() for c in spelled) or self._heads_list(end, stop)

    def _heads_list(self, offset: int, stop: int) -> bool:
        """Whether the word antibodies stands behind the list that goes on at ``offset``, before any verb."""
        head = HEAD.search(self.text, offset, min(stop, offset + 80))
        if head is None:
            return False
        between = self.words.words(self.folded, offset, head.start())
        return not any(self.words.some(between, kind) for kind in ("copula", "breaker", "blocker"))
