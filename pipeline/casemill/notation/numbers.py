"""Numbers as biomedical prints write them: ``8,450`` ``8 450`` ``4.020.000`` ``0,75`` ``12·5`` ``.5``, and number words.

All functions expect text with plain dashes and spaces (:func:`casemill.components.narrative.plain` keeps its length).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from casemill.errors import NotationError
from casemill.resources import load_patterns

__all__ = ["COUNT_LEXICON", "NUMBER", "number_words", "plain_digits", "read_count", "read_number"]

#: Pattern file of number words: ``terms`` spell the number in ``canonical``.
COUNT_LEXICON = "units/number_words"

#: Source of an unsigned number, the longest reading first. It has no boundary of its own: embed it as
#: ``(?<![\w.])NUMBER`` where a digit may belong to a name (``C3``, ``CA 19-9``).
#:
#: - ``8,450`` ``1,234.5`` ``1,23,000``: thousands by comma (the last in the Indian manner), also with decimals;
#: - ``8 450`` ``12'500``: thousands by a space or an apostrophe;
#: - ``4.020.000`` ``1.234,5``: thousands by full stop, only where the number can't be a decimal;
#: - ``0,75`` ``12·5`` ``7.4`` ``.5``: decimals.
#:
#: Thousands are tried only where a sign that may part them stands.
NUMBER = (
    r"(?:(?=[1-9]\d{0,2}[,. ']\d)"
    r"(?:[1-9]\d{0,2}(?:,\d{3})+(?!\d)(?:[.·]\d+)?"
    r"|[1-9]\d?(?:,\d\d){1,3},\d{3}(?!\d)"
    r"|[1-9]\d{0,2}(?:[ ']\d{3})+(?![\d])(?:[.,·]\d+)?"
    r"|[1-9]\d{0,2}(?:\.\d{3}){2,4}(?!\d)(?:,\d+)?"
    r"|[1-9]\d{0,2}(?:\.\d{3})+,\d{1,2}(?!\d))"
    r"|\d+(?:[.,·]\d+)?"
    r"|\.\d+)"
)

_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([,' ])\d{3})(?:\1\d{3})*(?:([.,·])\d+)?|[1-9]\d?(?:,\d\d){1,3},\d{3}")
_THOUSANDS_BY_STOP = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3}){2,4}(?:,\d+)?|(?:\.\d{3})+,\d{1,2})")
_DECIMAL = re.compile(r"\d*[.,·]?\d+")
# What ``\d`` takes beside the ten of ASCII.
_OTHER_DIGIT = re.compile(r"[^\D0-9]")


def plain_digits(text: str) -> str:
    """``text`` with full-width digits and those of other scripts (``１２``, ``٣``) as ASCII ones; same length."""
    return text if text.isascii() else _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)


def read_number(text: str) -> str:
    """The number that ``text`` writes, as rows print it: digits and at most one full stop, decimals as written.

    ``1.234`` is a decimal and ``1,234`` are thousands, as English prints have it.

    :raises NotationError: ``text`` is no number, or groups its digits in no known manner.
    """
    text = plain_digits(text)
    if text.isdigit() and text.isascii():
        return text
    if match := _THOUSANDS.fullmatch(text):
        decimals = match[2]
        if not (decimals == "," and match[1] == ","):
            whole, _, fraction = text.rpartition(decimals) if decimals else (text, "", "")
            digits = "".join(filter(str.isdigit, whole))
            return f"{digits}.{fraction}" if fraction else digits
    if _THOUSANDS_BY_STOP.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _DECIMAL.fullmatch(text) and text.isascii() | ("·" in text):
        number = text.replace(",", ".").replace("·", ".")
        return f"0{number}" if number.startswith(".") else number
    raise NotationError(f"{text!r} is no number; expected digits with thousands or decimals, as in '8,450' or '0.75'")


@cache
def number_words() -> Mapping[str, str]:
    """Number words in lower case with the number they spell: ``{"six": "6", "a dozen": "12", ...}``."""
    rows = load_patterns().rows(COUNT_LEXICON).values()
    return {term: entry.canonical for entry in rows for term in entry.terms}


def read_count(text: str) -> str:
    """The number that ``text`` tells in words (``six``, ``twenty-four``) or in digits.

    :raises NotationError: ``text`` is neither.
    """
    lowered = " ".join(text.lower().split())
    words = number_words()
    if lowered in words:
        return words[lowered]
    tens, _, ones = lowered.replace(" ", "-").partition("-")
    if ones in words and tens in words and int(words[tens]) in range(20, 100, 10) and int(words[ones]) in range(1, 10):
        return str(int(words[tens]) + int(words[ones]))
    return read_number(text.strip())
