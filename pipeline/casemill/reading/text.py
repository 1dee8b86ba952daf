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
    strong, _ = words.signs(text)
    return tuple(page_sections(text, words)[0] if strong else reference_lists(text, words))


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
    first = text.lstrip().split("\n", 1)[0].strip()
    if format == "markdown" and first.startswith("#"):
        return first.lstrip("#").strip()
    return first if len(first) <= 250 and not first.endswith((".", ":")) and "\n" in text.strip() else ""
