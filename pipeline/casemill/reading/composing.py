"""A report's text in the making: paragraphs and sections are appended, and their offsets are fixed as they come."""

import re

from casemill.errors import ReadingError
from casemill.reading.headings import Heading, read_heading
from casemill.reading.text import MAX_CHARACTERS, clean
from casemill.reports import Section

__all__ = ["Composer", "add_abstract", "add_label"]

_RUN = re.compile(r"[ \t\r\n]+")
# "METHODS: ", "Case presentation: " at the start of an abstract or of a sentence in it.
_LABEL = re.compile(r"(?:^|(?<=[.!?;)\]”\"] ))(?P<words>[A-Z][A-Za-z0-9'’/&,() -]{2,70}):(?=\s)")
_DIGIT = re.compile(r"\d")


class Composer:
    """Builds a text with its sections; a section runs until the next one is opened.

    Appending raises :class:`casemill.errors.ReadingError` once the text is longer than any report is.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._sections: list[Section] = []
        self._open: tuple[str, str, bool] | None = None
        self._start = 0

    def section(self, kind: str, title: str = "", *, extract: bool = True) -> None:
        """Open a section here, unless the one that is open is the same."""
        if self._open != (kind, title, extract):
            self._close()
            self._open, self._start = (kind, title, extract), -1

    def paragraph(self, text: str) -> None:
        """Append a paragraph (or a heading) behind a blank line; runs of blanks and line breaks become one blank."""
        self._append(text, "\n\n")

    def line(self, text: str) -> None:
        """Append a line right below the one before: a row of a table, an item of a list."""
        self._append(text, "\n")

    def finished(self) -> tuple[str, tuple[Section, ...]]:
        """The text and its sections."""
        self._close()
        self._open = None
        return "".join(self._pieces), tuple(self._sections)

    def _append(self, text: str, gap: str) -> None:
        text = _RUN.sub(" ", clean(text)).strip()
        if not text:
            return
        if self._pieces:
            self._pieces.append(gap)
            self._length += len(gap)
        if self._start < 0:
            self._start = self._length
        self._pieces.append(text)
        self._length += len(text)
        if self._length > MAX_CHARACTERS:
            raise ReadingError(f"more than {MAX_CHARACTERS:,} characters in one report")

    def _close(self) -> None:
        if self._open is not None and 0 <= self._start < self._length:
            kind, title, extract = self._open
            self._sections.append(Section(kind, title, self._start, self._length, extract))


def add_abstract(composer: Composer, text: str, title: str = "") -> None:
    """Append an abstract given as one text, cut at the labels in it that are known headings.

    ``title`` is that of the part before the first label, which is not printed here.
    """
    text = _RUN.sub(" ", text).strip()
    position = 0
    composer.section("abstract", title)
    for match in _LABEL.finditer(text):
        words = match["words"]
        heading = read_heading(words)
        structured = words.isupper() or position > 0
        if heading is None and not (position and words.isupper() and len(words) > 4 and not _DIGIT.search(words)):
            # not known, and not in capitals like the labels before it
            continue
        if heading is not None and heading.part and not structured:
            # "Treatment: ..." in running text
            continue
        composer.paragraph(text[position : match.start()])
        add_label(composer, words, heading)
        position = match.end()
    composer.paragraph(text[position:])


def add_label(composer: Composer, words: str, heading: Heading | None) -> None:
    """Open the section of an abstract that the label ``words`` heads, and print the label."""
    composer.section(heading.kind if heading else "abstract", words, extract=heading is None or heading.extract)
    composer.paragraph(words)
