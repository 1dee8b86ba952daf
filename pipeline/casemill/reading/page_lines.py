"""Lines of a pasted page: what each is by its own words.

The words stand in ``patterns/sections/page_furniture.tsv`` (what pages carry beside their article) and
``patterns/sections/headings.tsv`` (headings of articles). Nothing here looks at a line's neighbours; that is the task of
:mod:`casemill.reading.page_sections`.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from casemill.resources import Entry, load_patterns

__all__ = ["PageWords", "Piece", "flat", "page_words"]

#: Pattern files of what surrounds an article and of the headings within it.
FURNITURE = "sections/page_furniture"
HEADINGS = "sections/headings"

# How much a sign that a text was copied from a page counts for.
_SIGNS = {"strong": 1.0, "weak": 0.5, "faint": 0.25}
# A line longer than this is prose, never a row of menu entries.
_MENU_LENGTH = 240
# Text that states something: so long, with so many verbs.
_NARRATIVE_LENGTH, _NARRATIVE_VERBS = 100, 2
#: Shapes of rules that open a block of lines; the others concern their line alone.
BLOCKS = frozenset({"list", "tags", "statement", "affiliations", "references"})

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_EDGES = re.compile(r"^[\s•*·▪▸►>|#–—-]+|[\s:.…|>]+$")
_COUNTS = re.compile(r"^\d[\d.,]{0,9}[kK]?\s+|\s*\(\d[\d.,]{0,9}(?:\s?[kmg]b)?\)$|\s+\d[\d.,]{0,9}[kK]?$")
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4})[.)]?\s+(?=\S)")
# The end of a keyword list that runs on into text: a full stop after a word, before a capital.
_RUNS_ON = re.compile(r"(?<=\w\w)\.\s+(?=[A-Z]\w+\s)")
# What may stand before page words within a line: nothing, the end of a sentence, a number.
_ENDED = re.compile(r"(?:^|[.;)\]\d])$")
# How far around a phrase within a line is looked, and where a list of keywords ends at the latest.
_NEAR, _LONGEST_LIST = 40, 2000
# The next entry in a list of references that has lost its line breaks: "12. Doe J".
_ENTRY = re.compile(r"(?<=\s)\[?\d{1,3}[.\]]\s{1,3}(?=(?:[^\W\d_]|['’-]){2,25},? [A-Z]{1,3}\b)")
_LABEL = re.compile(r"^([^:\n]{3,60}?)\s?(?::|\s[–—-])\s+\S")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]\[\d,-]{0,12}\s*$")
# After "Received", "Volume": a number, or one after a month's name.
_DATED = re.compile(r"\W{0,4}(?:\w{1,12}\W{1,2})?\d")
_QUOTES = str.maketrans("’‘“”–—\u00a0\u2009\u202f", "''\"\"--   ")


class Piece(NamedTuple):
    """A line of a pasted text, or a part of one that page words divide: ``text[start:end]``.

    ``words`` are these characters with quotes, dashes and spaces each in one form, so of the same length.
    ``paragraph`` counts stretches between blank lines; ``run_on`` is true where the line began with other page words.
    """

    start: int
    end: int
    words: str
    paragraph: int
    run_on: bool
    rule: Entry | None
    heading: Entry | None

    @property
    def shape(self) -> str:
        """The shape of the piece's rule, blank without one."""
        return self.rule["shape"] if self.rule else ""


def flat(words: str) -> str:
    """``words`` in lower case, spaces and quotes in one form, without bullets and final colons."""
    return " ".join(_EDGES.sub("", words.translate(_QUOTES).lower()).split())


class PageWords:
    """The furniture table as lookups."""

    def __init__(self, furniture: Iterable[Entry], headings: Iterable[Entry]) -> None:
        self._exact: dict[str, Entry] = {}
        self._openings: dict[str, list[tuple[str, Entry]]] = {}
        self._words: dict[str, re.Pattern[str]] = {}
        self._errors: tuple[str, ...] = ()
        anchors: dict[str, Entry] = {}
        for entry in furniture:
            phrases = entry["phrases"].split("|")
            if entry["shape"] == "words":
                self._words[entry.id] = _any_of(phrases)
            elif entry["shape"] == "error":
                self._errors = tuple(phrase.lower() for phrase in phrases)
            elif entry["shape"] in {"opening", "dated"}:
                for phrase in phrases:
                    opening = " ".join(phrase.translate(_QUOTES).lower().split())
                    self._openings.setdefault(opening[:4], []).append((opening, entry))
            else:
                for phrase in phrases:
                    self._exact.setdefault(flat(phrase), entry)
            if entry["anchor"]:
                anchors.update((phrase, entry) for phrase in phrases)
        for openings in self._openings.values():
            openings.sort(key=lambda found: -len(found[0]))
        self._anchors = anchors
        self._statement = self._exact.get("disclosure")
        self._anchor = re.compile("|".join(re.escape(a) for a in sorted(anchors, key=len, reverse=True)))
        self._headings = {heading: entry for entry in headings for heading in entry["headings"].split("|")}

    def rule(self, words: str) -> Entry | None:
        """The row of the furniture table that ``words``, a line or a part of one, falls under."""
        key = flat(words)
        return (
            self._exact.get(key)
            or self._exact.get(_COUNTS.sub("", key))
            or self._opening(words)
            or self._labelled(words)
            or self._menu(key)
        )

    def heading(self, words: str) -> Entry | None:
        """The row of the table of headings that ``words`` are, a number before them left out."""
        key = flat(words)
        return self._headings.get(key) or self._headings.get(_NUMBERED.sub("", key))

    def narrative(self, words: str) -> bool:
        """Whether ``words`` tell something in sentences, as no list, menu or title does."""
        return len(words) >= _NARRATIVE_LENGTH and len(self._words["words.verbs"].findall(words)) >= _NARRATIVE_VERBS

    def sentence(self, words: str) -> bool:
        """Whether ``words`` are at least one sentence: a verb, and an end."""
        return bool(_SENTENCE_END.search(words)) and bool(self._words["words.verbs"].search(words))

    def labelled_text(self, words: str) -> bool:
        """Whether ``words`` are text under a label of an abstract: "Background: Gout is common."."""
        found = _LABEL.match(words)
        heading = self._headings.get(flat(found[1])) if found else None
        return heading is not None and heading["extract"] == "yes" and bool(_SENTENCE_END.search(words))

    def clinical(self, words: str) -> bool:
        """Whether ``words`` speak of a patient's illness or treatment."""
        return bool(self._words["words.clinical"].search(words))

    def affiliation(self, words: str) -> bool:
        """Whether ``words`` name a hospital, university or the like."""
        return bool(self._words["words.affiliations"].search(words))

    def error(self, words: str) -> str:
        """The phrase of an error, login or captcha page in ``words``, blank if there is none."""
        folded = words.lower()
        return next((phrase for phrase in self._errors if phrase in folded), "")

    def copied(self, text: str) -> bool:
        """Whether ``text`` was copied from a page: by one strong sign, two weak or four faint ones."""
        found = {
            anchor: entry for anchor, entry in self._anchors.items() if entry["page"] == "strong" and anchor in text
        }
        for line in _LINE.findall(text):
            key = flat(line) if len(line) < _MENU_LENGTH else ""
            rule = self._exact.get(key) or self._begun(line)
            if rule is not None and rule["page"]:
                found[key] = rule
        return sum(_SIGNS[entry["page"]] for entry in found.values()) >= 1

    def pieces(self, text: str) -> Iterator[Piece]:
        """The lines of ``text`` that hold anything, divided where page words and other text share a line."""
        paragraph, end = 0, 0
        for line in _LINE.finditer(text):
            paragraph += "\n" in text[end : line.start()].replace("\n", "", 1)
            end = line.end()
            for number, (start, stop) in enumerate(self._divided(text, line.start(), line.end())):
                words = text[start:stop].translate(_QUOTES)
                rule = self.rule(words)
                heading = None if rule is not None and rule["shape"] != "front" else self.heading(words)
                yield Piece(start, stop, words, paragraph, number > 0, rule, heading)

    def _divided(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Half-open parts of one line, without the space around them."""
        cuts, last, listed, page = [start], start, False, False
        for found in self._anchor.finditer(text, start, end):
            anchor = self._anchors[found.group()]
            # A line with PubMed's own words in it is a page that has lost its line breaks.
            page = page or anchor["page"] == "strong"
            before = text[max(last, found.start() - _NEAR) : found.start()].rstrip()
            if not (page or _ENDED.search(before)) or not _stands_alone(
                found, text[found.end() : min(end, found.end() + _NEAR)]
            ):
                continue
            cuts.append(found.start())
            last = found.end()
            if anchor["shape"] == "opening":
                if run_on := _RUNS_ON.search(text, last, min(end, last + _LONGEST_LIST)):
                    last = run_on.end()
                    cuts.append(last)
            elif not text[last : last + _NEAR].lstrip().startswith(":"):
                # A label with its colon stays one piece with what it labels.
                cuts.append(last)
                if anchor["shape"] == "references" and not listed:
                    listed = True
                    cuts.extend(entry.start() for entry in _ENTRY.finditer(text, last, end))
        for begin, stop in pairwise((*sorted(set(cuts)), end)):
            if words := text[begin:stop].strip():
                at = text.index(words, begin)
                yield at, at + len(words)

    def _opening(self, words: str) -> Entry | None:
        """The rule of the phrase that ``words`` begin with, unless they go on to tell of a patient."""
        entry = self._begun(words)
        return None if entry is not None and self.clinical(words) and self.sentence(words) else entry

    def _begun(self, words: str) -> Entry | None:
        begun = " ".join(words.lstrip(" \t•*·-|").translate(_QUOTES).lower().split())
        for length in (4, 3, 2, 1):
            for phrase, entry in self._openings.get(begun[:length], ()) if len(begun) >= length else ():
                if length < 4 and len(phrase) != length:
                    continue
                rest = begun[len(phrase) :]
                if not begun.startswith(phrase) or (phrase[-1].isalnum() and rest[:1].isalnum()):
                    continue
                if entry["shape"] == "dated" and not _DATED.match(rest):
                    continue
                return entry
        return None

    def _labelled(self, words: str) -> Entry | None:
        """The rule of a block's name that stands as a label before its text: "Funding: none."."""
        found = _LABEL.match(words)
        if not found:
            return None
        key = flat(found[1])
        entry = self._exact.get(key)
        if entry is None and (heading := self._headings.get(key)) is not None and heading.canonical == "furniture":
            entry = self._statement
        return entry if entry is not None and entry["shape"] in {"statement", "affiliations", "tags", "list"} else None

    def _menu(self, key: str) -> Entry | None:
        """The rule of the first of several menu entries that together make up the whole line."""
        words = [word for word in key.split() if word not in {"|", "·", "•", ">", "/", "-"}]
        if not 1 < len(words) <= 40 or len(key) > _MENU_LENGTH:
            return None
        reached = {0}
        first: Entry | None = None
        for at in range(len(words)):
            if at in reached:
                for to in range(at + 1, min(at + 7, len(words)) + 1):
                    entry = self._exact.get(" ".join(words[at:to]))
                    if entry is not None and entry["shape"] == "line":
                        reached.add(to)
                        first = first or entry
        return first if len(words) in reached else None


def _stands_alone(found: re.Match[str], after: str) -> bool:
    """Whether a phrase within a line is a name or label of its own, and no sentence goes on behind it."""
    following = after.lstrip()
    return found.group().endswith(":") or not (after[:1].isalnum() or following[:1].islower() or following[:1] == ",")


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d_])(?:{joined})(?![\w-])", re.IGNORECASE)


@cache
def page_words() -> PageWords:
    """The packaged tables, read once."""
    patterns = load_patterns()
    return PageWords(patterns.rows(FURNITURE).values(), patterns.rows(HEADINGS).values())
