"""spaCy's own tokens of a text, in less time, and none where nobody looks at them.

Rows are read from the text, and tokens are for those who look at a document (spans, sentences): in a run a document has
none (:func:`untokenized`). ConText and the search of abbreviations, which few sentences come to, get those of the words
around (:func:`tokens_around`).
"""

import re
from collections.abc import Callable
from itertools import pairwise
from operator import itemgetter
from typing import Any

from spacy.attrs import IDS
from spacy.lang.lex_attrs import LEX_ATTRS
from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.texts import texts_of

__all__ = ["hasten", "tokenize", "tokens_around", "untokenized"]

# Longer than any word or notation, in characters; and what is longer.
_RUN = 300
_SPACE = re.compile(r"\s")
_LONG_RUN = re.compile(rf"(?:\A|\s)(\S{{{_RUN},}})")


# How many words, with what is written at them, spaCy 3.8 keeps ready: it would stop at 10,000, and a quarter of tokenising is
# spent on rarer ones.
_KEPT = 100_000


class _BeyondLetters:
    """A question of a tokenizer, asked only of what holds more than letters.

    No affix and no address of spaCy's English is found in letters alone, but looking for them in every new word takes a
    sixth of tokenising.
    """

    def __init__(self, ask: Callable[[str], Any], nothing: Any) -> None:
        self._ask, self._nothing = ask, nothing
        #: The expression, where spaCy looks for it when it writes a tokenizer to disk.
        self.__self__ = getattr(ask, "__self__", None)

    def __call__(self, text: str) -> Any:
        return self._nothing if text.isalpha() else self._ask(text)


# What makes each attribute of a new word, in C, where spaCy's own function only calls that.
_ATTRIBUTES: dict[str, Callable[[str], Any]] = {
    "LOWER": str.lower,
    "PREFIX": itemgetter(0),
    "SUFFIX": itemgetter(slice(-3, None)),
    "IS_ALPHA": str.isalpha,
    "IS_ASCII": str.isascii,
    "IS_DIGIT": str.isdigit,
    "IS_LOWER": str.islower,
    "IS_SPACE": str.isspace,
    "IS_TITLE": str.istitle,
    "IS_UPPER": str.isupper,
}
# What letters alone never are, and what takes long to find out.
_ATTRIBUTES |= {
    name: _BeyondLetters(LEX_ATTRS[IDS[name]], False)
    for name in ("IS_BRACKET", "IS_CURRENCY", "IS_LEFT_PUNCT", "IS_PUNCT", "IS_RIGHT_PUNCT", "LIKE_EMAIL", "LIKE_URL")
}


class _SuffixSearch(_BeyondLetters):
    """The search for a suffix, begun where it can begin: a comma, a bracket or one full stop is a suffix alone."""

    def __call__(self, text: str) -> Any:
        last = text[-1:]
        if last in {",", ";", ":", ")"} or (last == "." and text[-2:] != ".."):
            return self._ask(text, len(text) - 1)  # type: ignore[call-arg]
        return super().__call__(text)


def hasten(nlp: Language) -> None:
    """Have the tokenizer of ``nlp``, with spaCy's English expressions, make the same tokens in less time."""
    tokenizer: Any = nlp.tokenizer
    # whichever expression is changed, the special cases are all read anew: there are none meanwhile
    rules, tokenizer.rules = tokenizer.rules, {}
    tokenizer.prefix_search = _BeyondLetters(tokenizer.prefix_search, None)
    tokenizer.suffix_search = _SuffixSearch(tokenizer.suffix_search, None)
    tokenizer.infix_finditer = _BeyondLetters(tokenizer.infix_finditer, ())
    tokenizer.url_match = _BeyondLetters(tokenizer.url_match, None)
    tokenizer.rules = rules
    if hasattr(tokenizer, "max_cache_size"):
        tokenizer.max_cache_size = max(tokenizer.max_cache_size, _KEPT)
    _hasten_attributes(nlp.vocab)


def _hasten_attributes(vocab: Any) -> None:
    """Have ``vocab`` give new words the same attributes in less time, where their functions are spaCy's own."""
    for name, function in _ATTRIBUTES.items():
        if vocab.lex_attr_getters.get(IDS[name]) is LEX_ATTRS[IDS[name]]:
            vocab.lex_attr_getters[IDS[name]] = function


def tokenize(nlp: Language, text: str) -> Doc:
    """The tokens of ``text``; runs without a space are cut, since the tokenizer takes the square of their length."""
    # a long run fills one of the blocks of half its length: one look a block, not one a word
    half = _RUN // 2
    if all(_SPACE.search(text, start, start + half) for start in range(0, len(text) - half, half)):
        return nlp.make_doc(text)
    cuts = [0, *(cut for run in _LONG_RUN.finditer(text) for cut in range(run.start(1), run.end(), _RUN)), len(text)]
    parts = [nlp.make_doc(text[start:end]) for start, end in pairwise(sorted(set(cuts)))]
    return Doc.from_docs(parts, ensure_whitespace=False)


def untokenized(nlp: Language, text: str) -> Doc:
    """A document without tokens: components read ``text``, and leave no spans on it."""
    doc = Doc(nlp.vocab)
    texts_of(doc, text)
    return doc


def tokens_around(nlp: Language, text: str, start: int, end: int) -> tuple[Doc, int]:
    """The tokens of the words that ``text[start:end]`` is in, and the character of ``text`` where they begin.

    They are those of the whole text, since spaCy splits words one by one; a run without a space is taken no further than
    it is cut by :func:`tokenize`.
    """
    first, last = max(0, start - _RUN), min(len(text), end + _RUN)
    while start > first and not text[start - 1].isspace():
        start -= 1
    while end < last and not text[end].isspace():
        end += 1
    return tokenize(nlp, text[start:end]), start
