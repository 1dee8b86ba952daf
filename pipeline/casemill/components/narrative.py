"""What every component sees of a document: its text, sentences, sections and the terms found in it.

The layer is kept in ``doc.user_data["casemill"]`` as plain lists and strings, so that it survives ``nlp.pipe(n_process)``
and ``DocBin``; :class:`Narrative` is the reading glass over it. All offsets are half-open characters of ``doc.text``.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, NamedTuple

from spacy.tokens import Doc

from casemill.components.layers import layer
from casemill.components.sentences import split_sentences
from casemill.reports import SECTION_KINDS

__all__ = ["Narrative", "Sentence", "Term", "fold", "plain"]

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000\t"), " ")
_OTHERS = {ord("’"): "'", ord("‘"): "'", ord("´"): "'", ord("`"): "'", ord("“"): '"', ord("”"): '"'}
_OTHERS |= {ord("µ"): "μ", ord("⁄"): "/", ord("∕"): "/", ord("∶"): ":", ord("ß"): "β", ord("，"): ",", ord("；"): ";"}
_PLAIN = _DASHES | _SPACES | _OTHERS


class Sentence(NamedTuple):
    """One sentence, ``text[start:end]``, and the kind of section it stands in; ``extract`` is false in furniture."""

    number: int
    start: int
    end: int
    section: str
    extract: bool


class Term(NamedTuple):
    """A lexicon's term at ``text[start:end]``: the ``id`` of its entry and the ``canonical`` name."""

    start: int
    end: int
    id: str
    canonical: str


def plain(text: str) -> str:
    """``text`` with dashes, spaces, quotes and micro signs each in one form; character by character, same length."""
    return text if text.isascii() and "\t" not in text and "`" not in text else text.translate(_PLAIN)


def fold(text: str) -> str:
    """``plain(text)`` in lower case, same length (characters whose lower case is longer stay)."""
    flat = plain(text)
    lowered = flat.lower()
    if len(lowered) != len(flat):
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in flat)
    return lowered


class Narrative:
    """A document as components read it; build it once a component and document with :meth:`of`."""

    def __init__(
        self, text: str, sentences: list[Sentence], terms: Mapping[str, list[list[Any]]], data: dict[str, Any]
    ) -> None:
        self.text = text
        self.plain = plain(text)
        self.folded = fold(text)
        self.sentences = sentences
        self.data = data
        self._terms = terms
        self._starts = [s.start for s in sentences]

    @classmethod
    def of(cls, doc: Doc) -> "Narrative":
        """The narrative of ``doc``: sentences and sections as components before have found them, else found here."""
        data = layer(doc)
        text = doc.text
        bounds = data.get("sentences")
        if bounds is None:
            bounds = data["sentences"] = [list(span) for span in split_sentences(text)]
        sections = data.get("sections") or []
        return cls(text, list(_placed(bounds, sections)), data.get("terms", {}), data)

    def terms(self, lexicon: str) -> list[Term]:
        """Terms of ``lexicon`` (``drug_doses/drugs``), in text order, longest first kept, none overlapping another."""
        return [Term(*found) for found in self._terms.get(lexicon, ())]

    def terms_in(self, lexicon: str, start: int, end: int) -> list[Term]:
        """Those terms of ``lexicon`` that lie wholly within ``text[start:end]``."""
        return [term for term in self.terms(lexicon) if term.start >= start and term.end <= end]

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds the character at ``offset``, or the one before it in the gap between two."""
        return self.sentences[max(0, bisect_right(self._starts, offset) - 1)]


def _placed(bounds: list[list[int]], sections: list[list[Any]]) -> Any:
    """Sentences with the section each begins in; ``sections`` are ``[kind, title, start, end, extract]``."""
    current = 0
    for index, (start, end) in enumerate(bounds):
        while current < len(sections) and sections[current][3] <= start:
            current += 1
        if current < len(sections) and sections[current][2] <= start:
            kind, _, _, _, extract = sections[current]
            yield Sentence(index, start, end, kind if kind in SECTION_KINDS else "other", bool(extract))
        else:
            yield Sentence(index, start, end, "other", True)
