"""Records out of XML that may be huge, broken or hostile: what the readers of PubMed XML, JATS and BioC share.

A file is cut at the tags of its records, and each record is parsed on its own. So memory holds one record's tree however
large the file, a broken record costs only itself, exports pasted one behind another read like one, and a document type
declaration is never seen by the parser: no entity is expanded and nothing is fetched. The cut is one pass over the bytes.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from itertools import chain
from typing import TYPE_CHECKING, Any

from casemill.errors import ReadingError
from casemill.reading.detect import decoded
from casemill.reading.sources import Reject, Source
from casemill.reports import Report

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
else:
    Element = Any

__all__ = [
    "MAX_DEPTH",
    "MAX_RECORD_BYTES",
    "Element",
    "Record",
    "bare_text",
    "each_record",
    "parse",
    "root_name",
    "utf8",
]

#: The most bytes one record may hold; full-text articles seldom reach one million.
MAX_RECORD_BYTES = 1 << 26
#: The deepest nesting of elements; articles reach about 20.
MAX_DEPTH = 100

# The root element and its namespaces stand within this many bytes.
_PROLOGUE_BYTES = 1 << 13
# No tag is longer than this many bytes.
_TAG_BYTES = 1 << 14
# Prefixes that articles cut out of a larger file use without declaring them.
_USUAL_PREFIXES = {
    "xlink": "http://www.w3.org/1999/xlink",
    "mml": "http://www.w3.org/1998/Math/MathML",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "ali": "http://www.niso.org/schemas/ali/1.0/",
}
_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_NAMESPACE = re.compile(r"""\bxmlns:([\w.-]{1,40})\s*=\s*["']([^"'<>&]{1,300})["']""")
_PROLOGUE = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>|<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
_NAMED_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,32};)")
_BARE_LESS_THAN = re.compile(r"<(?=[\s\d=.≤<])")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source: its element, its number (from 1) and the line of the file it begins on."""

    source: Source
    number: int
    line: int
    element: Element

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"record {self.number}, line {self.line}"

    def reject(self, reason: str) -> Reject:
        """A reject that names this record's place."""
        return Reject(self.source.label, self.place, reason)


Maker = Callable[[Record], Iterator[Report | Reject]]


def each_record(source: Source, names: Sequence[str], make: Maker) -> Iterator[Report | Reject]:
    """What ``make`` makes of each element named in ``names`` (the outermost count); broken records come as rejects.

    :raises ReadingError: entities are declared, nothing is named so, or the file ends within a record.
    """
    data = utf8(source.data)
    root = root_name(data)
    spans = _spans(data, names)
    first = next(spans, None)
    if data.find(b"<!ENTITY", 0, first[0] if first else len(data)) >= 0:
        raise ReadingError("declares entities of its own, which may be a bomb; remove the <!ENTITY ...> declarations")
    if first is None:
        raise ReadingError(f"no <{names[0]}> in it" + (f", the root is <{root}>" if root else ""))
    namespaces = dict(_NAMESPACE.findall(data[: min(first[0], _PROLOGUE_BYTES)].decode("utf-8", errors="replace")))
    number, line, counted, end = 0, 1, 0, 0
    for number, (start, end) in enumerate(chain((first,), spans), 1):
        line, counted = line + data.count(b"\n", counted, start), start
        try:
            element = _element(data, start, end, namespaces)
            yield from make(Record(source, number, line, element))
        except ReadingError as error:
            yield Reject(source.label, f"record {number}, line {line}", error.reason)
    if end >= 0 and root not in names and not _closing(root).search(data, end):
        raise ReadingError(f"ends before </{root}>; the file is cut short", place=f"after record {number}")


def _element(data: bytes, start: int, end: int, namespaces: dict[str, str]) -> Element:
    if end < 0:
        raise ReadingError("its closing tag is missing; it is cut short")
    if end - start > MAX_RECORD_BYTES:
        raise ReadingError(f"a record of {end - start:,} bytes; the most is {MAX_RECORD_BYTES:,}")
    return parse(decoded(data[start:end]), namespaces)


def parse(text: str, namespaces: dict[str, str] | None = None) -> Element:
    """The element that ``text`` spells, with prefixes dissolved: ``mml:math`` is ``math``, ``{...}p`` is ``p``.

    ``namespaces`` are prefixes declared outside of it. Control characters, bare ``&`` and bare ``<`` before a number are
    mended if ``text`` is not well-formed without.

    :raises ReadingError: it's still not well-formed, or nested deeper than :data:`MAX_DEPTH`.
    """
    from lxml import etree

    declared = {**_USUAL_PREFIXES, **(namespaces or {})}
    opening = "<record" + "".join(f' xmlns:{prefix}="{name}"' for prefix, name in declared.items()) + ">"
    text = _NAMED_ENTITY.sub(_character, text)
    try:
        root = etree.fromstring(f"{opening}{text}</record>", _parser())
    except etree.XMLSyntaxError:
        mended = _BARE_LESS_THAN.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", _ILLEGAL.sub(" ", text)))
        try:
            root = etree.fromstring(f"{opening}{mended}</record>", _parser())
        except etree.XMLSyntaxError as error:
            raise ReadingError(f"not well-formed XML: {error.msg}") from error
    if len(root) != 1 or _deep()(root):
        raise ReadingError(f"nested more than {MAX_DEPTH} deep" if len(root) == 1 else "not one element")
    for prefixed in _prefixed()(root):
        prefixed.tag = etree.QName(prefixed).localname
    element: Element = root[0]
    return element


def bare_text(element: Element) -> str:
    """All characters inside ``element``, as they stand."""
    return "".join(map(str, element.itertext()))


def root_name(data: bytes) -> str:
    """The local name of the root element of UTF-8 ``data``; blank if there is none near the start."""
    for match in _PROLOGUE.finditer(data, 0, _PROLOGUE_BYTES):
        if match[1]:
            return match[1].decode("ascii", errors="replace")
    return ""


def utf8(data: bytes) -> bytes:
    """``data`` as UTF-8, by its byte order mark or by the encoding that its XML declaration names.

    :raises ReadingError: the encoding is unknown, or the bytes are not in it.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decoded(data).encode("utf-8", errors="replace")
    named = _DECLARATION.match(data[:400])
    encoding = named[1].decode("ascii") if named else "utf-8"
    if encoding.lower() in {"utf-8", "utf8", "us-ascii", "ascii"}:
        return data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode(encoding).encode("utf-8", errors="replace")
    except (LookupError, UnicodeDecodeError, ValueError) as error:
        raise ReadingError(f"declares the encoding {encoding!r}, but can't be decoded as that: {error}") from error


def _spans(data: bytes, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Half-open byte spans of the outermost elements of these names; the end is -1 where one is never closed."""
    wanted = "|".join(map(re.escape, names))
    tag = re.compile(rf"<(?:(!--|!\[CDATA\[)|(/?)(?:[\w.-]{{1,40}}:)?({wanted})(?=[\s/>]))".encode())
    ends = {b"!--": b"-->", b"![CDATA[": b"]]>"}
    start, name, position = -1, b"", 0
    while (match := tag.search(data, position)) is not None:
        position = match.end()
        if match[1]:
            # what is said in a comment is no tag; where one isn't closed, none behind it is
            closed = data.find(ends[match[1]], position) if ends[match[1]] else -1
            ends[match[1]] = ends[match[1]] if closed >= 0 else b""
            position = max(position, closed)
            continue
        if start >= 0 and match[3] != name:
            continue
        close = data.find(b">", position, position + _TAG_BYTES)
        if match[2]:
            if start >= 0 and close >= 0:
                yield start, close + 1
                start = -1
        else:
            if start >= 0:
                yield start, -1
            start, name = match.start(), match[3]
            if close >= 0 and data[close - 1 : close] == b"/":
                yield start, close + 1
                start = -1
    if start >= 0:
        yield start, -1


def _character(match: re.Match[str]) -> str:
    """The character that an entity of HTML names (DTDs that define the same names are never loaded)."""
    return html.escape(html5.get(f"{match[1]};", match[0]))


def _closing(root: str) -> re.Pattern[bytes]:
    return re.compile(rf"</(?:[\w.-]{{1,40}}:)?{re.escape(root)}\s*>".encode())


@cache
def _parser() -> Any:
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


@cache
def _deep() -> Any:
    from lxml import etree

    return etree.XPath("boolean(" + "/".join("*" * MAX_DEPTH) + ")")


@cache
def _prefixed() -> Any:
    from lxml import etree

    return etree.XPath("descendant::*[namespace-uri()]")
