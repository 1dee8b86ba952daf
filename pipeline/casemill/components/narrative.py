"""What every component sees of a document: its text, sentences, sections and the terms found in it.

The layer is kept in ``doc.user_data["casemill"]`` as plain lists and strings, so that it survives ``nlp.pipe(n_process)``
and ``DocBin``; :class:`Narrative` is the reading glass over it. All offsets are half-open characters of ``doc.text``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from spacy.tokens import Doc

from casemill.components.layers import layer
from casemill.components.sentences import split_sentences
from casemill.components.texts import Texts, texts_of
from casemill.reports import SECTION_KINDS

__all__ = ["Narrative", "Sentence", "Term"]


_start = itemgetter(0)


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


class Narrative:
    """A document as components read it: get it with :meth:`of`, and don't keep it beyond one component and document."""

    def __init__(self, texts: Texts, data: dict[str, Any]) -> None:
        self.text, self.plain, self.folded = texts
        self.data = data
        self._bounds, self._sections = data["sentences"], data.get("sections")
        self.sentences = list(_placed(self._bounds, self._sections or []))
        # what stands before the first sentence is taken to be in it
        self._starts = [0, *(s.start for s in self.sentences[1:])]
        self._scanned: dict[str, list[Any]] = data.setdefault("terms", {})
        self._read: dict[str, tuple[list[Any], list[Term], list[int]]] = {}
        #: What readers have found in it and others ask for again (ages, mentions of persons), by their name.
        self.kept: dict[str, Any] = {}

    @classmethod
    def of(cls, doc: Doc) -> "Narrative":
        """The narrative of ``doc``: sentences and sections as components before have found them, else found here.

        It is made once, and anew when a component has replaced the sentences or the sections.
        """
        data = layer(doc)
        if data.get("sentences") is None:
            data["sentences"] = [list(span) for span in split_sentences(texts_of(doc).text)]
        found = _NARRATIVES.get(doc)
        if found is None or not found._is_current(data):
            found = _NARRATIVES[doc] = cls(texts_of(doc), data)
        return found

    def _is_current(self, data: dict[str, Any]) -> bool:
        return self.data is data and self._bounds is data["sentences"] and self._sections is data.get("sections")

    def terms(self, lexicon: str) -> list[Term]:
        """Terms of ``lexicon`` (``drug_doses/drugs``), in text order, longest first kept, none overlapping another."""
        scanned = self._scanned.get(lexicon)
        return self._read_terms(lexicon, scanned)[1] if scanned else []

    def terms_in(self, lexicon: str, start: int, end: int) -> list[Term]:
        """Those terms of ``lexicon`` that lie wholly within ``text[start:end]``."""
        scanned = self._scanned.get(lexicon)
        if not scanned:
            return []
        _, terms, starts = self._read_terms(lexicon, scanned)
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        while last > first and terms[last - 1].end > end:
            last -= 1
        return terms[first:last]

    def _read_terms(self, lexicon: str, scanned: list[Any]) -> tuple[list[Any], list[Term], list[int]]:
        """What was read last, and from what: read anew when a component has scanned or corrected since."""
        known = self._read.get(lexicon)
        if known is None or known[0] is not scanned:
            known = self._read[lexicon] = (scanned, list(map(Term._make, scanned)), list(map(_start, scanned)))
        return known

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds the character at ``offset``, or the one before it in the gap between two."""
        return self.sentences[bisect_right(self._starts, offset) - 1]


# Goes with the document, like its texts; a narrative holds no document.
_NARRATIVES: WeakKeyDictionary[Doc, Narrative] = WeakKeyDictionary()


def _placed(bounds: list[list[int]], sections: list[list[Any]]) -> Iterator[Sentence]:
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
