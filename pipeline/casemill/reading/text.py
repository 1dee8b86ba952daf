"""Plain text and Markdown: one file, one report."""

import re
from collections.abc import Iterator

from casemill.errors import ReadingError
from casemill.reading.detect import decoded
from casemill.reading.page_lines import page_words
from casemill.reading.page_sections import page_sections, reference_lists
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions
from casemill.reports import Report, Section

__all__ = ["MAX_CHARACTERS", "checked", "clean", "read", "told_sections"]

#: The most characters one report may hold; a longer text is no report.
MAX_CHARACTERS = 20_000_000

# Where a title is looked for, and how long it may be.
_TITLE_LINES, _TITLE_LENGTH = 8, 250
_TITLE_LABEL = re.compile(r"(?i)^title\s?:\s+")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """``text`` as reports keep it: mojibake mended, line ends as ``\\n``, control characters as spaces.

    Nothing else is changed; after this, offsets are fixed.
    """
    from ftfy import TextFixerConfig, fix_text

    if not text.isascii():
        settings = TextFixerConfig(
            unescape_html=False,
            uncurl_quotes=False,
            fix_latin_ligatures=False,
            fix_character_width=False,
            normalization=None,
            remove_control_chars=False,
        )
        text = fix_text(text, settings)
    return _CONTROL.sub(" ", _LINE_ENDS.sub("\n", text))


def read(source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
    """One report of the whole file; its title is the first line if that looks like one (Markdown: the first ``#``).

    :raises ReadingError: not text, or longer than :data:`MAX_CHARACTERS`.
    """
    if len(source.data) > 4 * MAX_CHARACTERS:
        raise ReadingError(f"{len(source.data):,} bytes in one report; the most is {4 * MAX_CHARACTERS:,}")
    text = checked(clean(decoded(source.data)))
    yield Report(source.stem, _title(text, format), text, tuple(reference_lists(text, page_words())))


def told_sections(text: str) -> tuple[Section, ...]:
    """The sections that a text tells by itself, whether it was copied from a page or not."""
    words = page_words()
    return tuple(page_sections(text, words)[0] if words.copied(text) else reference_lists(text, words))


def checked(text: str) -> str:
    """``text`` itself, if it is one that a report can hold.

    :raises ReadingError: blank, or longer than :data:`MAX_CHARACTERS`.
    """
    if len(text) > MAX_CHARACTERS:
        raise ReadingError(f"{len(text):,} characters in one report; the most is {MAX_CHARACTERS:,}")
    if not text.strip():
        raise ReadingError("empty file")
    return text


def _title(text: str, format: str) -> str:
    """The first line that is no heading and no kind of article, if it looks like a title; Markdown marks it."""
    if "\n" not in text.strip():
        return ""
    words = page_words()
    for line in text.lstrip().split("\n")[:_TITLE_LINES]:
        first = line.strip()
        if format == "markdown" and first.startswith("#"):
            return first.strip("# ")
        first = _TITLE_LABEL.sub("", first)
        heading, rule = words.heading(first), words.rule(first)
        if heading is not None and rule is None and heading.canonical != "title":
            return ""
        if first and heading is None and rule is None:
            return first if len(first) <= _TITLE_LENGTH and not first.endswith((".", ":")) else ""
    return ""
