"""Sections of plain text, where no reader has told them: headings on their own line, abstract labels, captions.

A heading is known by ``patterns/sections/headings.tsv``: its words, the kind of section that it opens
(:data:`casemill.reports.SECTION_KINDS`), and whether facts may be read there.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.layers import layer
from casemill.components.terms import overlay
from casemill.components.texts import texts_of
from casemill.resources import Entry, Patterns

__all__ = ["make_sections"]

#: The pattern file of headings.
HEADINGS = "sections/headings"
# Told sections in which labels and captions are still looked for.
_DIVIDED = frozenset({"abstract", "other"})
# A preamble longer than this, before the first heading, is prose and not a title.
_TITLE_LENGTH = 300

_LINE = re.compile(
    r"^[ \t]*(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4})[.)]?[ \t]+)?(?P<words>\S[^\n|]{2,60}?)[ \t]*[:.]?[ \t]*$",
    re.MULTILINE,
)
# No heading on a line of its own is longer, in characters; its number and spaces included.
_LONGEST_LINE = 200
_LABEL = re.compile(r"(?:^|(?<=[.!?)\n])[ \t]*)[ \t]*(?P<words>[A-Z][A-Za-z'/& -]{2,44}):(?=\s)", re.MULTILINE)
# No label is longer, in characters, with its colon.
_LONGEST_LABEL = 46
# Run into the text, as collections print them that lost their line breaks: "... was normal. Discussion The ..."
_RUN_IN_WORDS = ("Case ", "Discussion", "Conclusion", "Introduction", "Background", "Investigations")
_RUN_IN = re.compile(
    r"[.!?)] (?P<words>Case (?:[Rr]eport|[Pp]resentation|[Dd]escription)|Discussion|Conclusions?|Introduction"
    r"|Background|Investigations)"
    r" (?=[A-Z][a-z]* )"
)
_CASE = re.compile(
    r"(?:case|patient|proband|family)\s?-?(?:no\.?\s?)?(?:\d{1,2}|[a-d]|i{1,3})(?![a-z]).{0,40}", re.IGNORECASE
)
# "Case 2. A boy ...", at the head of a paragraph
_LABELLED = re.compile(
    r"^[ \t*_#]*(?P<words>(?:Case|Patient|Proband|Infant|Twin|Child|Index (?:patient|case))"
    r"(?:\s?-?(?:[Nn]o\.?\s?)?(?:\d{1,2}|[A-H]|I{1,3}V?))?)"
    r"(?:\s?\([^()\n]{1,40}\))?[ *_]*[.:–—-][ *_]*(?=\S[^\n]{30})",
    re.MULTILINE,
)
# A short line by itself between paragraphs: a heading that no list knows.
_UNKNOWN = re.compile(r"(?<=\n\n)[ \t]*(?P<words>[A-Z][^\n|\t.;:?!]{2,50})[ \t]*\n+(?=[A-Z\"“(][^\n|\t]{60})")
# Sections which a label of a case or a heading that no list knows ends.
_ENDED_BY_LABEL = frozenset({"methods", "abstract", "title"})
_CAPTION = re.compile(
    r"^[ \t]*(?:Fig(?:ure|\.)?|Table|Supplementary (?:Fig(?:ure|\.)?|Table)|Video)\s?S?\d{1,2}\s?[A-Z]?(?:[.:|]|\s)[^\n]*"
    r"(?:\n(?![ \t]*\n)[ \t]*<fig[^\n]*)*",
    re.MULTILINE,
)
_CAPTION_RUN_IN = re.compile(
    r"(?:(?<=[.)!?] )|(?<=image )|(?<=table ))(?:Fig\.|Figure|Table) \d{1,2} [A-Z]"
    r"[^\n]{0,1000}?Full size (?:image|table)"
)
# "1 Doe J Roe K : A title. A Journal. 2003 ; 62 : 71" and "1. Doe J, Roe K (1975) A title"
_REFERENCE = re.compile(
    r"^[ \t]*\[?\d{1,3}[\].]?[ \t]+(?:\w+['-]?){1,3}[ ,]{1,2}[A-Z]{1,3}\b[^\n]{0,400}\b(?:19|20)\d\d\b[^\n]*$",
    re.MULTILINE,
)

_Section = list[Any]
_Opening = tuple[int, str, str, bool, int]


@Language.factory("casemill_sections", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_sections(nlp: Language, name: str, patterns: str | None) -> "Sections":
    """A finder of sections; ``patterns`` is a folder laid over the packaged pattern files."""
    return Sections(name, overlay(patterns))


class Sections:
    """Writes ``sections`` into casemill's layer: ``[kind, title, start, end, extract]``, none overlapping another."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.headings = {
            heading: entry for entry in patterns.rows(HEADINGS).values() for heading in entry["headings"].split("|")
        }

    def __call__(self, doc: Doc) -> Doc:
        """Find the sections of ``doc``; those that a reader has told are kept, the text between them is searched."""
        data = layer(doc)
        data["sections"] = self.find(texts_of(doc).plain, data.get("sections") or ())
        if data["sections"] and "sentences" in data:
            data["sentences"] = _parted(doc, data["sentences"], [section[2] for section in data["sections"]])
        return doc

    def find(self, text: str, told: Sequence[_Section] = ()) -> list[_Section]:
        """The sections of ``text``, in order; none if it has no heading, caption or list of references.

        ``told`` are known beforehand. Within them only an abstract, or what has no known kind, is divided further.
        """
        openings = {opening[0]: opening for opening in self._openings(text)}
        openings |= {opening[0]: opening for opening in _told(text, told)}
        opened = _with_labels(text, sorted(openings.values()), told)
        if not opened:
            return []
        if not told and len(opened) > 1 and opened[0][1] == "case" and not text[: opened[0][0]].strip():
            opened[0] = _titled(text, opened[0])
        return [section for section in _closed(text, opened) if text[section[2] : section[3]].strip()]

    def _openings(self, text: str) -> Iterator[_Opening]:
        """``start, kind, title, extract, until`` of each stretch; ``until`` is 0 where it runs to the next one."""
        for match in _headed(text):
            entry = self._heading(match["words"])
            if entry is not None:
                until = 0
                if entry["extract"] == "no" and match.re is _LABEL:
                    line_end = text.find("\n", match.end())
                    until = line_end if line_end >= 0 else len(text)
                yield match.start("words"), entry.canonical, match["words"], entry["extract"] != "no", until
            elif match.re is _LINE and _CASE.fullmatch(match["words"]):
                yield match.start("words"), "case", match["words"], True, 0
        for match in _at_lines(_CAPTION, text):
            yield match.start(), "caption", "", True, match.end()
        if "Full size" in text:
            for match in _CAPTION_RUN_IN.finditer(text):
                yield match.start(), "caption", "", True, match.end()
        for match in _at_lines(_REFERENCE, text):
            yield match.start(), "references", "", False, match.end()

    def _heading(self, words: str) -> Entry | None:
        return self.headings.get(" ".join(words.lower().split()))


def _headed(text: str) -> Iterator[re.Match[str]]:
    """What may be headings: labels, those run into the text, and short lines of their own."""
    yield from _labels(text)
    if any(map(text.__contains__, _RUN_IN_WORDS)):
        yield from _RUN_IN.finditer(text)
    if "\n" in text or len(text) <= _LONGEST_LINE:
        yield from _at_lines(_LINE, text)


def _at_lines(expression: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches of an expression that begins with a line, tried there alone: the engine would try it at every character."""
    start = 0
    while True:
        if (match := expression.match(text, start)) is not None:
            yield match
            start = match.end()
        start = text.find("\n", start) + 1
        if not start:
            return


def _labels(text: str) -> Iterator[re.Match[str]]:
    """Labels, each looked for before its colon only."""
    start, colon = 0, text.find(":")
    while colon >= 0:
        if found := _LABEL.search(text, max(start, colon - _LONGEST_LABEL), colon + 2):
            yield found
        start, colon = colon, text.find(":", colon + 1)


def _with_labels(text: str, opened: list[_Opening], told: Sequence[_Section]) -> list[_Opening]:
    """``opened`` with the cases and unknown headings that end a section of methods or an abstract of plain text."""
    if told or not any(kind in _ENDED_BY_LABEL for _, kind, *_ in opened):
        return opened
    found = [(m.start("words"), "case", m["words"], True, 0) for m in _LABELLED.finditer(text)]
    found += [(m.start("words"), "other", m["words"], True, 0) for m in _UNKNOWN.finditer(text)]
    starts = [opening[0] for opening in opened]
    added: list[_Opening] = []
    for opening in sorted(found):
        place = bisect_right(starts, opening[0])
        around = next((one[1] for one in reversed(opened[:place]) if not one[4]), "")
        if opening[0] not in starts and around in _ENDED_BY_LABEL:
            added.append(opening)
    return sorted([*opened, *added])


def _parted(doc: Doc, sentences: list[list[int]], starts: list[int]) -> list[list[int]]:
    """Sentences cut where a section begins inside them: a caption without a full stop runs into what follows."""
    parted: list[list[int]] = []
    text = texts_of(doc).text
    for start, end in sentences:
        begin = start
        for cut in starts[bisect_right(starts, start) : bisect_left(starts, end)]:
            while cut < end and text[cut].isspace():
                cut += 1  # noqa: PLW2901
            stop = begin + len(text[begin:cut].rstrip())
            if stop > begin and cut < end:
                parted.append([begin, stop])
                begin = cut
                if len(doc) and (span := doc.char_span(cut, cut + 1, alignment_mode="expand")) is not None:
                    span[0].is_sent_start = True
        parted.append([begin, end])
    return parted


def _titled(text: str, opening: _Opening) -> _Opening:
    """A first line like "Case report: an unusual rash" is the report's title, not the opening of its case section."""
    line_end = text.find("\n", opening[0])
    line = text[opening[0] : line_end]
    return (
        (opening[0], "title", line.strip(), True, line_end) if 0 < line_end < _TITLE_LENGTH and ":" in line else opening
    )


def _told(text: str, sections: Sequence[_Section]) -> Iterator[_Opening]:
    """Openings of the sections a reader has told: closed stretches, but for those that may be divided further."""
    starts = {section[2] for section in sections}
    for kind, title, start, end, extract in sections:
        divided = extract and kind in _DIVIDED
        yield start, kind, title, extract, 0 if divided else end
        if divided and end not in starts and end < len(text):
            yield end, "other", "", True, 0


def _closed(text: str, opened: list[_Opening]) -> Iterator[_Section]:
    """Stretches end where the next begins, or at their own end; then the section around them goes on."""
    first = opened[0][0]
    around: tuple[str, str, bool] = ("other", "", True)
    lead = text[:first].strip()
    if lead:
        kind = "abstract" if opened[0][1] == "introduction" else "other"
        short = len(lead) < _TITLE_LENGTH and "\n" not in lead and not lead.endswith(".")
        if short and opened[0][1] not in ("caption", "references"):
            kind = "title"
        yield [kind, "", 0, first, True]
    position = first
    for index, (start, kind, title, extract, until) in enumerate(opened):
        following = opened[index + 1][0] if index + 1 < len(opened) else len(text)
        if start < position:
            continue
        if start > position:
            yield [around[0], around[1], position, start, around[2]]
        if until:
            end = min(until, len(text))
        else:
            around, end = (kind, title, extract), following
        yield [kind, title, start, end, extract]
        position = end
    if position < len(text):
        yield [around[0], around[1], position, len(text), around[2]]
