"""A document's text and its two views for matching, each made once.

``doc.text`` joins all tokens each time it is asked for, which costs as much as a small component does; so components take
the text from here.
"""

import re
from typing import NamedTuple
from weakref import WeakKeyDictionary

from spacy.tokens import Doc

from casemill.notation.numbers import plain_digits

__all__ = ["Texts", "fold", "plain", "texts_of"]

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t"), " "
)
_OTHERS = {ord("’"): "'", ord("‘"): "'", ord("´"): "'", ord("`"): "'", ord("“"): '"', ord("”"): '"'}
_OTHERS |= {ord("µ"): "μ", ord("⁄"): "/", ord("∕"): "/", ord("∶"): ":", ord("ß"): "β", ord("，"): ",", ord("；"): ";"}
_PLAIN = {chr(code): form for code, form in (_DASHES | _SPACES | _OTHERS).items()}
# A search leaps over what is plain already; ``str.translate`` looks every character up.
_TO_PLAIN = re.compile(f"[{re.escape(''.join(_PLAIN))}]")


class Texts(NamedTuple):
    """A text, the same with dashes, spaces, quotes and digits in one form, and that in lower case; all of the same length."""

    text: str
    plain: str
    folded: str


def plain(text: str) -> str:
    """``text`` with dashes, spaces, quotes, micro signs and digits each in one form; character by character, same length."""
    return plain_digits(_TO_PLAIN.sub(_plain_form, text))


def _plain_form(found: re.Match[str]) -> str:
    return _PLAIN[found.group()]


def fold(text: str) -> str:
    """``plain(text)`` in lower case, same length (characters whose lower case is longer stay)."""
    return _lowered(plain(text))


def _lowered(flat: str) -> str:
    lowered = flat.lower()
    if len(lowered) != len(flat):
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in flat)
    return lowered


# Goes with the document; nothing is kept of a document that is gone.
_TEXTS: WeakKeyDictionary[Doc, Texts] = WeakKeyDictionary()


def texts_of(doc: Doc, text: str | None = None) -> Texts:
    """The text of ``doc`` and its views; ``text`` saves joining it, where it is at hand."""
    found = _TEXTS.get(doc)
    if found is None:
        text = doc.text if text is None else text
        flat = plain(text)
        found = _TEXTS[doc] = Texts(text, flat, _lowered(flat))
    return found
