"""A named analyte, and names that no list has: "the serum copeptin level", "an Oxford knee score of 31"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from casemill.components.lab_words import LabWords
from casemill.components.narrative import Narrative
from casemill.notation.units import dimension
from casemill.resources import Entry

__all__ = ["COUNTED", "MEASURES", "Mention", "fits", "name_before", "ratios", "unlisted"]

#: The lexicon of words that end a name which no list has: "score", "level".
MEASURES = "lab_values/measures"
#: Units of cells counted per volume, as the lexicon lists them.
COUNTED = frozenset({"10*9/L", "/uL", "10*12/L"})

_SCORE = re.compile(
    r"\b((?:[A-Za-z][\w'-]{1,20} ){1,5}(?:[Ss]core|[Ii]ndex)|(?:[A-Z][\w'-]{1,20} ){1,5}[Ss]cale)s?\b(?: \([A-Z][\w-]{1,11}\))?"
)
_AUTHORS = re.compile(
    r" of ([A-Z][a-z]{2,20})(?:(?: and | & |-)([A-Z][a-z]{2,20}))?(?= (?:was|is|were|of|reached|at)\b| ?[:=(])"
)
_SUBSTANCE = re.compile(
    r"\b([Ss]erum|[Pp]lasma|[Uu]rinary|[Uu]rine|[Bb]lood) ((?:[\w'αβγδκλ+/,-]{2,24} ){0,3}[\w'αβγδκλ+/-]{2,24})"
    r" (?:levels?|concentrations?|activity|activities)\b"
)
_MEASURED = re.compile(
    r"\b((?:[\w'αβγδκλ+/,-]{2,24} ){0,2}[A-Za-zαβγδ][\w'αβγδκλ+/-]{1,24})(?: \([A-Z][\w-]{1,11}\))?"
    r" (?:levels?|concentrations?|activity)(?: \([A-Z][\w-]{1,11}\))? ?(?:of|was|were|is|at|:|=|\() ?[<>~]? ?"
    r"\d[\d.,]{0,9} ?(?:[mμunpk]?g|[mμunp]?mol|[mμuk]?I?U)/"
)


# No expression reaches further back from the word that it is tried at.
_WORDS_BEFORE = 7
# A class of first letters is looked for much faster than a boundary of words; what it finds too much does no harm.
_HAS_SPECIMEN = re.compile(r"[SsPpUuBb](?:erum|lasma|rin|lood)")
# What must follow a level that is told with its value.
_HAS_VALUE = re.compile(r"(?:level|concentration|activit).{1,28}?\d")
# A number that begins a chemical name: "5-HIAA", "1,25-dihydroxyvitamin D".
_LOCANT = re.compile(r"\d{1,2}[,'αβ]?(?:\d{1,2})?-?[A-Za-z(]{2}|\d{1,2}[-,']")
_NAME_TOKEN = re.compile(r"[\w'αβγδκλ+/-]*[^\W\d_][\w'αβγδκλ+/-]*|[^\s\w]")


@cache
def _codes(units: str) -> list[str]:
    """The codes of an entry's ``units``: few entries, asked for many times in each sentence."""
    return units.split()


@dataclass(slots=True)
class Mention:
    """An analyte named at ``text[start:end]``; ``tail`` ends the words that belong to it (a bracketed short form).

    ``guard`` is ``value`` where the name needs a value to count, ``level`` where it needs a word such as "level" or a
    value. ``flag`` and ``family`` are filled for a diagnosis word, which names the deviation of its analytes.
    """

    start: int
    end: int
    tail: int
    name: str
    entry: Entry | None
    guard: str = ""
    flag: str = ""
    family: tuple[str, ...] = ()
    rule: str = "lexicon"

    @property
    def units(self) -> list[str]:
        """UCUM codes usual for the analyte; ``1`` stands for none. Empty if none are known."""
        return _codes(self.entry["units"]) if self.entry else []

    def says(self, column: str) -> str:
        """A further column of the analyte's entry, blank if it has none."""
        return self.entry[column] if self.entry else ""

    def level(self, word: str) -> str:
        """The flag that a level's canonical word sets for this analyte; blank where the word tells nothing of it."""
        qualitative = bool(self.says("qualitative"))
        if word == "undetectable":
            return "normal" if qualitative or self.says("absent") else "low"
        if word in ("positive", "negative"):
            tells = qualitative or (word == "negative" and bool(self.says("absent")))
            return {"positive": "abnormal", "negative": "normal"}[word] if tells else ""
        return word


def unlisted(narrative: Narrative, words: LabWords) -> Iterator[Mention]:
    """Analytes that grammar shows: named scores, and substances "in serum" or measured as a concentration."""
    text = narrative.plain
    scored, measured = list[int](), list[int]()
    for term in narrative.terms(MEASURES):
        (scored if term.canonical == "score" else measured).append(term.start)
    for match in _near(_SCORE, scored, text):
        if name := _content(match[1], 5, words):
            start = match.end(1) - len(name)
            tail = match.end()
            if authors := _AUTHORS.match(text, tail):
                # "the severity score of Alder and Birch" goes by its authors' names
                tail = authors.end()
                name = "-".join(filter(None, authors.groups())) + " score" if authors[2] else name
            entry = Entry("analyte.score", name, (), {"units": "{score} 1"})
            yield Mention(start, match.end(1), tail, _lowered(name), entry, "value", rule="score")
    for expression, group, needed in ((_SUBSTANCE, 2, _HAS_SPECIMEN), (_MEASURED, 1, _HAS_VALUE)):
        for match in _near(expression, measured, text, needed):
            if name := _content(match[group], 3, words):
                start, end = match.end(group) - len(name), match.end(group)
                guard = "" if group == 2 else "value"
                prefix = "urine " if group == 2 and match[1].lower().startswith("urin") else ""
                yield Mention(start, end, end, prefix + _lowered(name), None, guard, rule="named")


_RATIO = re.compile(
    r"(?P<first>(?:(?:serum|plasma|urine|urinary|csf) )?[\w+-]{1,24}?)(?: ?[/:] ?|-to-| to )"
    r"(?P<second>(?:(?:serum|plasma|urine|urinary|csf) )?[\w+-]{1,24}) (?P<ratio>ratio)"
)


def ratios(narrative: Narrative, known: Callable[[str], str]) -> Iterator[Mention]:
    """Ratios that no list has, one side of which at least is an analyte: "a lactate to glycerol ratio of 20".

    ``known`` tells the canonical name of a folded spelling, blank for none.
    """
    folded = narrative.folded
    place = folded.find(" ratio")
    while place >= 0:
        window = max(0, place - 64)
        match = next((m for m in _RATIO.finditer(folded, window, place + 6) if m.end() == place + 6), None)
        if match is not None:
            sides = (match["first"], match["second"])
            names = [known(side) or known(side.partition(" ")[2]) for side in sides]
            if any(names):
                first, second = (name or side for name, side in zip(names, sides, strict=True))
                name = f"{first}-to-{second.removeprefix('urine ')} ratio"
                entry = Entry("analyte.ratio", name, (), {"units": "1 mg/g mg/mmol g/g g/mol mmol/mmol mg/mg %"})
                yield Mention(match.start(), match.end(), match.end(), name, entry, "value", rule="ratio")
        place = folded.find(" ratio", place + 6)


def _near(
    expression: "re.Pattern[str]", places: list[int], text: str, needed: "re.Pattern[str] | None" = None
) -> Iterator["re.Match[str]"]:
    """Matches of ``expression`` around ``places``: nothing else of the text is searched.

    Where ``needed`` is not found there, the dearer ``expression`` is not tried.
    """
    done = 0
    for place in places:
        floor = max(done, place - 130)
        start = place
        for _ in range(_WORDS_BEFORE):
            if (space := text.rfind(" ", floor, start - 1)) < 0:
                break
            start = space + 1
        else:
            floor = start
        start, end = floor, min(len(text), place + 70)
        if needed is not None and needed.search(text, start, end) is None:
            continue
        for match in expression.finditer(text, start, end):
            done = match.end()
            yield match


def name_before(plain: str, start: int, position: int, words: LabWords) -> Mention | None:
    """A name that no list has, right before a concentration at ``position``: ``copeptin was 14 pmol/L``.

    Between the two only a form of "be", "level" and words of level may stand; the name ends at a comma or general word.
    """
    tokens = list(_NAME_TOKEN.finditer(plain, max(start, position - 70), position))
    skipped = words.of("head", "copula", "adverb", "modifier", "change", "glue") - {"and", "or"}
    while tokens and (tokens[-1].group().lower() in skipped or tokens[-1].group() in "(:=,"):
        tokens.pop()
    kept: list[re.Match[str]] = []
    for token in reversed(tokens):
        word = token.group().lower()
        apart = not any(c.isalnum() for c in word) or (kept and plain[token.end() : kept[0].start()] != " ")
        if (
            apart
            or len(kept) == 3
            or word in words.of("generic", "stop", "copula", "change", "adverb", "modifier", "glue")
        ):
            break
        kept.insert(0, token)
    if not kept or plain[kept[-1].end() : position].count("(") > 1:
        return None
    lead = plain[max(start, kept[0].start() - 24) : kept[0].start()].lower().split()
    begin = kept[0].start()
    if lead and lead[-1] in words.of("qualifier"):
        begin -= len(lead.pop()) + 1
    while lead and lead[-1] in words.of("article"):
        lead.pop()
    if kept[0].start() <= start + 1 and start and plain[start - 1].isalnum():
        # words right behind a known name are no other name
        return None
    if lead and lead[-1][-1].isalnum() and lead[-1] not in words.of("conjunction", "specimen", "finding") | {"with"}:
        return None
    name = plain[begin : kept[-1].end()]
    if name[0].isdigit() and not _LOCANT.match(name):
        # the rest of a value and its unit
        return None
    if sum(c.isalpha() for c in name) < 3 or not name[0].isalnum() or name.lower().startswith("anti"):
        return None
    return Mention(begin, kept[-1].end(), kept[-1].end(), _lowered(name), None, rule="measured")


def _content(phrase: str, most: int, words: LabWords) -> str:
    """The last words of ``phrase`` that name something, at most ``most``; blank where only general words stand."""
    tokens = phrase.split(" ")
    head = tokens.pop() if tokens[-1].lower().rstrip("s") in ("score", "index", "scale") else ""
    kept: list[str] = []
    while tokens and len(kept) < most:
        word = tokens[-1].removesuffix("'s").lower().rstrip(",")
        if word in words.of("generic", "stop", "copula", "change", "adverb", "modifier") or tokens[-1].endswith(","):
            break
        kept.insert(0, tokens.pop())
    if not kept or all(word[0].isdigit() for word in kept):
        return ""
    return " ".join([*kept, head]) if head else " ".join(kept)


def _lowered(name: str) -> str:
    """``name`` in lower case but for short forms and symbols."""
    return " ".join(w if any(c.isupper() for c in w[1:]) else w.lower() for w in name.split(" "))


def fits(mention: Mention, unit: str) -> bool:
    """Whether ``unit`` is of a kind that the analyte is measured in; unknown analytes take concentrations only."""
    if unit in ("{ULN}", ""):
        return True
    kind = dimension(unit)
    units = mention.units
    if unit.startswith("10*") and "/" not in unit and COUNTED & set(units):
        # "platelets 7.0 x 10(4)": the volume is left out
        return True
    if unit == "%" and mention.says("percent"):
        return True
    if not units:
        return unit == "%" or (
            kind.split("/")[0] in ("mass", "amount", "activity", "count") and kind.endswith("/volume")
        )
    return unit in units or any(kind and kind == dimension(u) for u in units if u not in ("1", "%", "{ULN}"))
