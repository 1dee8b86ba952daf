"""spaCy's own tokens of a text, in less time."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

__all__ = ["hasten", "tokenize"]

# Longer than any word or notation, in characters; and what is longer.
_RUN = 300
_SPACE = re.compile(r"\s")
_LONG_RUN = re.compile(rf"(?:\A|\s)(\S{{{_RUN},}})")


class _BeyondLetters:
    """An expression of a tokenizer, asked only of what holds more than letters.

    No affix and no address of spaCy's English is found in letters alone, but looking for them in every new word takes a
    sixth of tokenising.
    """

    def __init__(self, ask: Callable[[str], Any], nothing: Any) -> None:
        self._ask, self._nothing = ask, nothing
        #: The expression, where spaCy looks for it when it writes a tokenizer to disk.
        self.__self__ = getattr(ask, "__self__", None)

    def __call__(self, text: str) -> Any:
        return self._nothing if text.isalpha() else self._ask(text)


def hasten(nlp: Language) -> None:
    """Have the tokenizer of ``nlp``, with spaCy's English expressions, make the same tokens in less time."""
    tokenizer: Any = nlp.tokenizer
    # whichever expression is changed, the special cases are all read anew: there are none meanwhile
    rules, tokenizer.rules = tokenizer.rules, {}
    tokenizer.prefix_search = _BeyondLetters(tokenizer.prefix_search, None)
    tokenizer.suffix_search = _BeyondLetters(tokenizer.suffix_search, None)
    tokenizer.infix_finditer = _BeyondLetters(tokenizer.infix_finditer, ())
    tokenizer.url_match = _BeyondLetters(tokenizer.url_match, None)
    tokenizer.rules = rules


def tokenize(nlp: Language, text: str) -> Doc:
    """The tokens of ``text``; runs without a space are cut, since the tokenizer takes the square of their length."""
    # a long run fills one of the blocks of half its length: one look a block, not one a word
    half = _RUN // 2
    if all(_SPACE.search(text, start, start + half) for start in range(0, len(text) - half, half)):
        return nlp.make_doc(text)
    cuts = [0, *(cut for run in _LONG_RUN.finditer(text) for cut in range(run.start(1), run.end(), _RUN)), len(text)]
    parts = [nlp.make_doc(text[start:end]) for start, end in pairwise(sorted(set(cuts)))]
    return Doc.from_docs(parts, ensure_whitespace=False)
