"""The vocabulary that holds laboratory statements together: which words may stand between a name, a value and a level.

Every sense of "near" here is a gap, the text between two items: it links when all its words belong to the classes that
the caller allows. The classes are ``patterns/lab_values/words.tsv``.
"""

import re
from functools import cache

from casemill.notation.numbers import number_words
from casemill.notation.units import any_of
from casemill.resources import Patterns

__all__ = ["LabWords", "lab_words"]

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?|[^\s\w]")

_DIGIT = re.compile(r"\d")

_ADJUNCT = re.compile(r" (?:at|on|in|during|from|before|after) ")


class LabWords:
    """Classes of words by name, each a set of lower-case words."""

    def __init__(self, patterns: Patterns) -> None:
        rows = patterns.rows("lab_values/words").values()
        self._classes = {entry.id.rpartition(".")[2]: frozenset(entry["words"].split("|")) for entry in rows}
        self._times = self._time_expression(patterns)
        opening, tested, being = ("|".join(sorted(self._classes[n])) for n in ("collective", "tested", "being"))
        self.collective = re.compile(rf"(?:{opening}) (?:{tested})(?: [a-z]+)? (?:{being})\b")
        columns = patterns.rows("lab_values/columns").values()
        self.columns = {heading: e["role"] for e in columns for heading in e["words"].split("|")}
        self.reference_cues = next(iter(patterns.rows("lab_values/references").values()))["words"].split("|")
        cues = any_of({cue.lower() for cue in self.reference_cues if len(cue) > 4})
        self.reference_opening = re.compile(
            rf"[(*]?(?:the |our |laboratory )?(?:{cues})s?(?: \([^)]{{1,30}}\))?(?::| are )"
        )
        self.within_range = re.compile(rf" (?:within|in) (?:the |its |their )?(?:{cues})s? of \Z")
        self.reference_head = re.compile(rf"(?:the |our )?(?:{cues})s?\b")
        #: a name told with "level" right behind it
        self._leveled = re.compile(rf" (?:{'|'.join(sorted(self._classes['leveled']))})\b")
        self._vital, self._gas = (
            re.compile(rf"\b(?:{'|'.join(sorted(self._classes[name]))})\b") for name in ("vital", "gas")
        )
        #: "in the serum", between a value and its reference range
        places = "|".join(sorted(self._classes["specimen"] | self._classes["fluid"]))
        self.in_specimen = re.compile(rf" (?:in|of) (?:the |his |her )?(?:{places})(?: fluids?)?(?![\w-])")
        self.reference_aside = re.compile(rf"(?:the |our )?(?:{cues}|nr?|nv|rr|ri|uln)s?\b[\s:=<>≤≥,\d.a-z%/^*-]*\Z")
        self._changes()
        self._joined: dict[tuple[str, ...], frozenset[str]] = {}
        self.companions = {
            e["side"]: frozenset(e["words"].split("|")) for e in patterns.rows("lab_values/companions").values()
        }

    def _changes(self) -> None:
        """What stands between the two values of a change, and between a name and a value told behind a comma."""
        adjunct, then, extreme = ("|".join(sorted(self._classes[n])) for n in ("adjunct", "then", "extreme"))
        self.changed_from = re.compile(r"\bfrom (?:an? |the )?(?:[a-z]+ (?:of )?)?\Z")
        #: where or when the first was measured: "before dialysis to"
        self.changed_to = re.compile(rf" ?(?:\(.{{1,48}}\)|(?:(?:{adjunct}) )?[\w -]{{1,48}}),? to (?:an? )?\Z")
        #: "at first, rose to": the group "verb" must be a verb of change
        self.then_to = re.compile(
            rf" ?\)?(?: (?:{adjunct}) [\w -]{{1,48}}?)?,?(?: (?:and|but))?(?: (?:{then}))*"
            r" (?P<verb>[a-z]+)(?: down| up)? (?:to|at) (?:an? )?\Z"
        )
        #: "eventually reaching", "with a peak of"
        self.reaching = re.compile(
            r"(?:[a-z]+ly )?[a-z]{4,}ing(?: up| down)?(?: to| at)?(?: an?)?"
            rf"|with (?:an? |the )?(?:{extreme})s?(?: level| value)?(?: of| at)?"
        )

    def _time_expression(self, patterns: Patterns) -> "re.Pattern[str]":
        """Dates, days and lengths of time, which link or part nothing: "day 3", "2 weeks", "12 May 2017"."""
        months = "|".join(m for e in patterns.rows("dates/months").values() for m in e["spellings"].lower().split("|"))
        heads, lengths = (
            "|".join(sorted(self._classes[name], key=len, reverse=True)) for name in ("times", "durations")
        )
        self._temporal = {m for month in months.split("|") for m in (month, f"{month}s")}
        self._temporal |= {m for name in ("times", "durations") for w in self._classes[name] for m in (w, f"{w}s")}
        numbers = "|".join(word for word in number_words() if word.isalpha())
        #: all that a date or a length of time may be told with, and the words that begin a span with any word in it
        said = " ".join((*self._temporal, numbers, "st nd rd th . , -"))
        self._timing = frozenset(_TOKEN.findall(said))
        self._lasting = frozenset(_TOKEN.findall(" ".join(self._classes["lasting"])))
        self._spans = re.compile(
            rf"\b(?:{'|'.join(sorted(self._classes['lasting']))}) (?:the |a |an )?(?:[a-z-]+ ){{0,3}}(?:{lengths})s?\b"
            r"(?: of (?:life|age|treatment|therapy|admission|follow-up|illness|pregnancy|gestation))?"
        )
        #: what stands before a year, and not before a value: "in", "May"
        self.before_year = re.compile(rf"\b(?:in|since|{months})\.?,? \Z")
        return re.compile(
            rf"\b(?:\d{{1,2}} )?(?:{months})\.?(?: \d{{1,2}}(?!\d),?)?(?: (?:19|20)\d\d)?\b"
            rf"|\b(?:{heads})s? ?(?:\d+|{numbers})\b|\b\d+(?:\.\d+)?(?: ?- ?| )?(?:{lengths})s?\b"
            r"|\b(?:19|20)\d\d\b|\b\d+(?:st|nd|rd|th)\b"
        )

    def of(self, *classes: str) -> frozenset[str]:
        """The words of these classes together."""
        if classes not in self._joined:
            self._joined[classes] = frozenset().union(*(self._classes[name] for name in classes))
        return self._joined[classes]

    def only(self, gap: str, *classes: str, marks: str = "", most: int = 12) -> bool:
        """Whether the folded ``gap`` holds only words of ``classes`` and ``marks``, at most ``most``; times don't count."""
        alone = gap.strip()
        if not alone:
            return True
        allowed = self.of(*classes)
        if alone in allowed and alone.isalpha():
            return True
        if self._stays(_TOKEN.match(alone), allowed):
            return False
        tokens: list[str] = _TOKEN.findall(alone)
        if len(tokens) <= most and (
            allowed.issuperset(tokens) or all(token in allowed or token in marks for token in tokens)
        ):
            return True
        if self._temporal.isdisjoint(tokens) and _DIGIT.search(alone) is None:
            # nothing that a time is told with
            return False
        if self._lasting.isdisjoint(tokens) and not all(
            token in allowed or token in self._timing or token in marks or token[0].isdigit() for token in tokens
        ):
            # a word that would stay, whatever times are taken out
            return False
        tokens = _TOKEN.findall(self._times.sub(" ", self._spans.sub(" ", gap)))
        return len(tokens) <= most and all(token in allowed or token in marks for token in tokens)

    def _stays(self, first: "re.Match[str] | None", allowed: frozenset[str]) -> bool:
        """Whether the first word of a gap is neither ``allowed`` nor begins a time: half of all gaps are settled by it."""
        if first is None:
            return False
        word = first.group()
        return word.isalpha() and not (word in allowed or word in self._timing or word in self._lasting)

    def without_insertion(self, gap: str) -> str:
        """``gap`` behind a name without what stands between it and its verb, if that can be no other subject.

        Two commas set it off (``, measured before it, was``), or it is a phrase of place or time (``at the last visit was``).
        """
        if _ADJUNCT.match(gap):
            verbs = [m for m in _TOKEN.finditer(gap) if m.group() in self.of("being", "copula")]
            plain = not any(c in ",;:()" for c in gap)
            return gap[verbs[0].start() :] if verbs and plain and verbs[0].start() < 60 else gap
        if (
            not gap.startswith(",")
            or (second := gap.find(", ", 2)) < 0
            or second > 80
            or any(c in ";:()" for c in gap[:second])
        ):
            return gap
        rest = gap[second + 1 :]
        verb = _TOKEN.match(rest.lstrip())
        return rest if verb is not None and verb.group() in self.of("copula", "change", "being") else gap

    def is_leveled(self, folded: str, start: int, end: int) -> bool:
        """Whether a name is told as a level: by a word of it, or the word right behind it."""
        return (self._leveled.match(folded, end) or self._leveled.search(folded, start, end)) is not None

    def at_bedside(self, folded: str) -> bool:
        """Whether a sentence tells vital signs, and no blood gas."""
        return self._vital.search(folded) is not None and self._gas.search(folded) is None

    def any(self, gap: str, *classes: str) -> bool:
        """Whether the folded ``gap`` holds a word of ``classes``."""
        allowed = self.of(*classes)
        return any(token in allowed for token in _TOKEN.findall(gap))


@cache
def lab_words(patterns: Patterns) -> LabWords:
    """The words of these patterns; the same object for the same patterns."""
    return LabWords(patterns)
