"""Pages as a person saves them: text copied from a PubMed or journal page, and HTML files."""

from collections.abc import Iterator

from casemill.errors import ReadingError
from casemill.reading.detect import decoded
from casemill.reading.page_lines import page_words
from casemill.reading.page_sections import page_sections
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions
from casemill.reading.text import checked, clean
from casemill.reports import Report

__all__ = ["read"]

# A page with less text than this and the words of an error page holds no article.
_ERROR_PAGE = 3000


def read(source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
    """One report of one page.

    The text of a copied page is kept as it is (see :func:`casemill.reading.text.clean`), its furniture marked by
    sections; of an HTML page only the article makes the text.

    :raises ReadingError: not text, too long, or a page without an article.
    """
    if format == "html":
        from casemill.reading.web_pages import read_web_page

        yield read_web_page(decoded(source.data), source.stem)
        return
    text = checked(clean(decoded(source.data)))
    words = page_words()
    if len(text) < _ERROR_PAGE and (error := words.error(text)) and not words.clinical(text):
        raise ReadingError(f"an error or login page, no article ({error!r})")
    sections, front = page_sections(text, words)
    yield Report(source.stem, front.title, text, tuple(sections), {**front.metadata, "title": front.title})
