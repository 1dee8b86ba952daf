"""Sentences of case reports, by rules on characters.

A sentence ends at ``. ! ?`` (and closing quotes or brackets) before a space and what may begin a sentence, at a blank
line, and at a line break after a heading or a finished sentence. It does not end after abbreviations, initials, list
numbers or inside brackets opened on the same line within reach. What runs on for longer than any sentence does is cut.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np
import regex
from spacy.attrs import IDX, SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.layers import layer
from casemill.components.texts import texts_of
from casemill.resources import load_patterns

if TYPE_CHECKING:
    from thinc.types import Ints2d

__all__ = ["LONGEST", "make_sentences", "split_sentences"]

#: No sentence is longer, in characters; the longest of 60,000 in case reports has 1,415. Components may weigh each word of a
#: sentence against each other one: with this bound their cost stays in proportion to the text, whatever the text.
LONGEST = 2000

# Every alternative begins with a stop or a line break: the engine leaps from one to the next.
_CANDIDATE = regex.compile(
    r"""(?P<stop>[.!?]+)(?P<close>["'”’)\]]*)(?P<cite>(?:\[[\d,\s–-]{1,20}\])?)(?P<gap>\s+)(?=["'“‘(\[]*[\p{Lu}\p{Lt}\d])
    |(?P<fused>\.(?<=[\p{Ll}\d)\]%]{2}\.)(?=\p{Lu}\p{Ll}+\s|[AI]\s))
    |(?P<blank>\n[ \t]*\n\s*)
    |(?P<line>\n\s*)""",
    regex.VERBOSE,
)
# "c. 35delG", "p. Leu858Arg": a prefix of the variant nomenclature, a space printed behind its full stop.
_VARIANT_PREFIXES = frozenset({"c", "p", "m", "g"})
_VARIANT = regex.compile(
    r"[-*]?\d+(?:\s?[+_-]\s?\d+)*\s?(?:[ACGT]\s?(?:>|→|\d)|del|ins|dup)|[\[(]?[A-Z](?:[a-z]{2})?\d{1,4}(?:[A-Z*]|fs|del|dup)"
)
_TORN_VALUE = regex.compile(r"\d{1,2}\s?(?:[mµμnpk]?g|[mµμnp]?mol|m?[Ee]q|[mµμk]?I?U)\s?/\s?(?:[dmµμ]?[lL]\b|mm|cu)")
# What a number stands behind: "Fig. 2", "case no. 1".
_NUMBERED = frozenset({"fig", "no", "day", "case"})
# A token that begins no sentence, in spaCy's arrays: -1, as an unsigned integer.
_INSIDE = np.uint64(2**64 - 1)
_CAPITALIZED = regex.compile(r"(?:[AI]|\p{Lu}\p{Ll}+)\s")
_LAST_WORD = regex.compile(r"[\p{L}\p{N}.]+$")


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Half-open character spans of the sentences of ``text``, white space around them left out."""
    start = 0
    for match in _CANDIDATE.finditer(text):
        kind = match.lastgroup
        if kind == "gap":
            if not _ends(text, start, match):
                continue
            end = match.start("gap")
        elif kind == "fused":
            end = match.end()
        elif kind == "blank" or _line_ends(text, start, match):
            end = match.start()
        else:
            continue
        yield from _spans(text, start, end)
        start = match.end()
    yield from _spans(text, start, len(text))


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """``text[start:end]`` without the white space around it, cut at a space where it is too long to be a sentence."""
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = start + LONGEST if cut < 0 else cut
        if (span := _trimmed(text, start, cut)) is not None:
            yield span
        start = cut
    if (span := _trimmed(text, start, end)) is not None:
        yield span


@cache
def _words(kind: str) -> frozenset[str]:
    """The words of ``patterns/sections/abbreviations.tsv`` of one kind."""
    rows = load_patterns().rows("sections/abbreviations").values()
    return frozenset(row.canonical for row in rows if row["kind"] == kind)


@cache
def _doubtful() -> frozenset[str]:
    """Words behind which a full stop may end no sentence."""
    return _words("inside") | _words("rhythm") | _NUMBERED


def _ends(text: str, start: int, match: "regex.Match[str]") -> bool:
    stop, behind = match.span("stop")
    if behind - stop > 1 or text[stop] != ".":
        return True
    word = text[max(start, text.rfind(" ", start, stop) + 1) : stop]
    if len(word) > 1 and word.isalpha() and word.lower() not in _doubtful():
        return True
    window = text[max(start, stop - 12) : stop]
    found = _LAST_WORD.search(window)
    word = found.group() if found else ""
    lowered = word.lower()
    following = text[match.end() : match.end() + 1]
    if lowered in _words("rhythm"):
        # "1 g b.i.d. Prednisone was lowered" ends, "5 mg b.i.d. IVIg" may not
        return bool(_CAPITALIZED.match(text, match.end()))
    if lowered in _words("inside"):
        # "in group no. She" can't be told from "case no. 1": digits and capitals after "no" stay inside
        return False
    if len(word) == 1 and word.isalpha() and word.isupper() and not match["close"]:
        # an initial ("J. Smith", "S. aureus"), but "hepatitis B. She" and "vitamin D. The" and "9 × 109/L. The" end
        before = text[max(start, stop - 14) : stop - 1].rstrip().lower()
        return before.endswith(tuple(_words("before_letter")))
    if lowered in _VARIANT_PREFIXES and _VARIANT.match(text, match.end()):
        return False
    if word.isdigit() and len(word) <= 3 and _TORN_VALUE.match(text, match.end()):
        # a decimal torn in print: "a haemoglobin of 9. 7 g/dL"
        return False
    if word.isdigit() and stop - len(word) <= start + 1:
        # a list number at the start of a sentence: "1. The patient"
        return False
    return not (following.isdigit() and lowered in _NUMBERED)


def _line_ends(text: str, start: int, match: "regex.Match[str]") -> bool:
    """Whether a single line break ends a sentence: after a full stop, a heading, a list item, or before a bullet."""
    line_start = max(text.rfind("\n", 0, match.start()) + 1, start)
    line = text[line_start : match.start()].strip()
    following = text[match.end() : match.end() + 1]
    if not line or not following:
        return True
    if line[-1] in ".!?:;":
        return True
    if following in "•-*|–" or "\t" in text[line_start : match.start()] or "|" in line:
        return True
    # a short line without a full stop before a capital: a heading or a table cell
    return len(line) < 60 and (following.isupper() or following.isdigit()) and not line.endswith((",", "-"))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None


@Language.factory("casemill_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_sentences(nlp: Language, name: str) -> "Sentences":
    """A sentence splitter for biomedical prose; see :func:`split_sentences`."""
    return Sentences(name)


class Sentences:
    """Sets sentence starts on tokens, and the exact character spans in casemill's layer."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Split ``doc`` into sentences."""
        bounds = layer(doc)["sentences"] = [list(span) for span in split_sentences(texts_of(doc).text)]
        if len(doc):
            starts = doc.to_array(IDX)
            places = starts.tolist()
            # the same array takes the answer: another one costs as much as the search
            starts.fill(_INSIDE)
            starts[0] = 1
            for start, _ in bounds:
                starts[bisect_right(places, start) - 1] = 1
            doc.from_array([SENT_START], cast("Ints2d", starts))
        return doc
