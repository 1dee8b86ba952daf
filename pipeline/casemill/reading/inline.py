"""Running text out of inline markup, as a reader would see it, in plain characters.

Markup dissolves without a trace (``<italic>TP53</italic>-mutated``), but for what carries meaning: superscript numbers and
signs become superscript characters (10⁹), and marks of citations and footnotes are bracketed, so that they can't be read as
part of the number or word before them (``levels.<sup>12</sup>`` becomes ``levels.[12]``).
"""

import re
from collections.abc import Callable, Mapping
from html.entities import html5
from string import ascii_lowercase
from typing import Final

from casemill.reading.markup import Element, bare_text

__all__ = ["Inline", "inline"]

_SUPERSCRIPTS = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_RAISED = re.compile(r"[0-9+\-−–=()n ]+")
_NUMBERS = re.compile(r"[\[(]?\s*(\d{1,4}[a-z]?(?:\s*[,;–−-]\s*\d{1,4}[a-z]?)*)\s*[\])]?")
_LISTED = re.compile(r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})+")
_CITING = frozenset({"bibr", "fn", "table-fn", "author-notes", "corresp"})
#: Elements that print nothing of their own.
SILENT: Final = frozenset(
    {
        *("graphic", "inline-graphic", "inline-supplementary-material", "alt-text", "long-desc", "private-char"),
        *("annotation", "annotation-xml", "object-id", "index-term", "processing-meta", "fn"),
    }
)
#: Elements that stand on lines of their own where markup allows them inside running text.
BLOCKS: Final = frozenset(
    {
        *("p", "title", "sec", "list", "list-item", "def-list", "def-item", "term", "def", "disp-quote", "verse-group"),
        *("disp-formula", "disp-formula-group", "preformat", "code", "statement", "speech", "array", "tr", "td", "th"),
        *("table-wrap", "fig", "fig-group", "boxed-text", "supplementary-material", "media"),
    }
)
_JOINTS = frozenset({",", ";", "-", "–", "−"})
# Authors' own brackets around citations are no longer than this many characters.
_REACH = 200
# A citation stands close behind a full stop (there it belongs to the sentence before) and behind what opens.
_NO_GAP_AFTER = frozenset({"", *".!? \n\t\u00a0([{/-–"})
# A number raised behind one of these is a citation that is not marked as such: no exponent stands there.
_CITED_AFTER = frozenset(".,;:!?”’\"'")


def inline(element: Element, *, cell: bool = False) -> str:
    """The text of ``element``; in a table's ``cell`` a raised letter is a footnote's mark."""
    if not len(element):
        return str(element.text or "")
    line = Inline(cell=cell)
    line.inside(element)
    return line.text


class Inline:
    """A line of text in the making."""

    def __init__(self, *, cell: bool = False) -> None:
        self.cell = cell
        #: The last character there is; blank at the start.
        self.last = ""
        #: Whether a citation was the last thing appended.
        self.cited = False
        self._joint = ","
        self._parts: list[str] = []
        self._behind = ""

    @property
    def text(self) -> str:
        """What has been added, with its blanks as they came."""
        return "".join(self._parts)

    def add(self, text: str | None) -> None:
        """Append characters."""
        if text:
            self._parts.append(text)
            self.last = text[-1]
            self.cited = False
            self._behind = (self._behind + text)[-_REACH:]

    def inside(self, element: Element) -> None:
        """Append what is inside ``element``."""
        self.add(element.text)
        for child in element:
            self.element(child)
            self.add(child.tail)

    def element(self, element: Element) -> None:
        """Append ``element`` itself, without the text behind it."""
        tag = element.tag
        if not isinstance(tag, str) or tag in SILENT:
            return
        if (special := _SPECIAL.get(tag)) is not None:
            special(self, element)
        elif tag in BLOCKS:
            self.add(" ")
            self.inside(element)
            self.add(" ")
        else:
            self.inside(element)

    def cite(self, marks: str) -> None:
        """Append the marks of a citation or footnote, in brackets unless they stand in some."""
        marks = re.sub(r"\s+", "", marks).strip("[]()")
        if self.cited and len(self._parts[-1]) < _REACH:
            self._parts[-1] = f"{self._parts[-1][:-1]}{self._joint}{marks}]"
        elif self._behind.rfind("[") > self._behind.rfind("]") or not marks:
            self.add(f",{marks}" if self.last.isdigit() else marks)
            return
        else:
            gap = "" if self.last in _NO_GAP_AFTER else " "
            self.add(f"{gap}[{marks}]")
        self.cited, self._joint = True, ","

    def join(self, mark: str) -> None:
        """The next citation belongs to the one just appended: ``1``, ``–``, ``3``, raised one by one, are ``[1–3]``."""
        self._joint = mark


def _superscript(line: Inline, element: Element) -> None:
    """Raised text: a citation, a footnote's mark, an exponent, or what is only printed so (``4th``, ``CD4⁺``)."""
    text = bare_text(element)
    marks = _marks(element)
    if not marks:
        return
    if line.cited and marks in _JOINTS:
        line.join(marks)
    elif _is_mark(line, element, marks):
        line.cite(marks)
    elif _RAISED.fullmatch(text):
        line.add(text.translate(_SUPERSCRIPTS))
    else:
        line.inside(element)


def _is_mark(line: Inline, element: Element, marks: str) -> bool:
    """Whether raised ``marks`` cite something: they are marked so, or no exponent would stand there."""
    if any(child.get("ref-type") in _CITING for child in element.iter("xref")):
        return len(marks) <= 60
    if _LISTED.fullmatch(marks):
        # 10 raised to 3–5 is a range of powers
        return not line.last.isdigit() or not _RAISED.fullmatch(marks)
    if marks.isdigit() and len(marks) <= 3:
        return line.cited or line.last in _CITED_AFTER
    return line.cell and len(marks) == 1 and marks in ascii_lowercase and line.last not in {"", " "}


def _marks(element: Element) -> str:
    """Raised characters without blanks around; cross-references side by side get a comma between them."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "xref" and parts[-1][-1:].isdigit():
            parts.append(",")
        parts.extend(part for part in (bare_text(child), child.tail) if part)
    return "".join(parts).strip()


def _reference(line: Inline, element: Element) -> None:
    """A cross-reference: numbers and signs that cite are bracketed, names and ``Fig. 1`` are words like others."""
    text = bare_text(element).strip()
    if element.get("ref-type") in _CITING and (_NUMBERS.fullmatch(text) or len(text) == 1):
        line.cite(text)
    else:
        line.inside(element)


def _break(line: Inline, element: Element) -> None:
    line.add(" ")


def _alternatives(line: Inline, element: Element) -> None:
    """One thing told in several ways: the one that has the most exact text."""
    for tag in ("math", "textual-form", "tex-math"):
        if (found := element.find(tag)) is not None:
            line.element(found)
            return
    line.inside(element)


def _formula(line: Inline, element: Element) -> None:
    line.add(_math(element))


# Longer TeX is no formula.
_MAX_TEX = 20_000
_TEX_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_TEX_COMMAND = re.compile(r"\\([A-Za-z]{1,20})\s?|\\(.)")
_TEX_POWER = re.compile(r"\^\{?([0-9+\-−]{1,6})\}?")


def _tex(line: Inline, element: Element) -> None:
    """TeX with its document shell, commands and braces taken off; Greek letters and signs by their names."""
    text = bare_text(element)
    if len(text) > _MAX_TEX:
        return
    if (shell := _TEX_DOCUMENT.search(text)) is not None:
        text = shell[1]
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", text)
    text = _TEX_POWER.sub(lambda found: found[1].translate(_SUPERSCRIPTS), text)
    text = _TEX_COMMAND.sub(lambda found: html5.get(f"{found[1]};", "") if found[1] else found[2], text)
    line.add(re.sub(r"[${}_^]+", "", text).strip())


def _math(element: Element) -> str:
    """MathML in one line: fractions with a slash, powers raised, indices as they are."""
    parts = [_math(child) for child in element if isinstance(child.tag, str) and child.tag not in SILENT]
    tag = element.tag
    if not parts:
        return " " if tag == "mspace" else " ".join(str(element.text or "").split())
    if tag == "mfrac" and len(parts) == 2:
        return "/".join(part if part.isalnum() else f"({part})" for part in parts)
    if tag == "msup" and len(parts) == 2:
        return parts[0] + _raised(parts[1])
    if tag == "msubsup" and len(parts) == 3:
        return parts[0] + parts[1] + _raised(parts[2])
    if tag == "msqrt":
        return f"√({''.join(parts)})"
    if tag == "mfenced":
        return f"{element.get('open', '(')}{', '.join(parts)}{element.get('close', ')')}"
    return ("; " if tag == "mtable" else " " if tag == "mtr" else "").join(parts)


def _raised(text: str) -> str:
    return text.translate(_SUPERSCRIPTS) if _RAISED.fullmatch(text) else f"^{text}"


_SPECIAL: Mapping[str, Callable[[Inline, Element], None]] = {
    "sup": _superscript,
    "xref": _reference,
    "break": _break,
    "br": _break,
    "alternatives": _alternatives,
    "math": _formula,
    "tex-math": _tex,
}
