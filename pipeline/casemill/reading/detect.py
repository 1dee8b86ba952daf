"""Which format bytes are in: by content first, the suffix only settles what content leaves open."""

import re
from pathlib import PurePosixPath

from casemill.errors import ReadingError
from casemill.reading.page_lines import page_words

__all__ = ["FORMATS", "decoded", "detect", "wide_encoding"]

#: Formats by name, with the module of :mod:`casemill.reading` that reads each.
FORMATS = {
    "text": "text",
    "markdown": "text",
    "saved_page": "saved_pages",
    "html": "saved_pages",
    "pubmed_xml": "pubmed",
    "medline": "medline",
    "jats": "jats",
    "bioc_xml": "bioc",
    "bioc_json": "bioc",
    "pubtator": "pubtator",
    "jsonl": "tabular",
    "csv": "tabular",
    "tsv": "tabular",
    "parquet": "tabular",
}

_BINARY = {
    b"%PDF": "a PDF; save the article's text or HTML page, or its XML from PubMed Central, and give that instead",
    b"\xd0\xcf\x11\xe0": "an old Office document; save it as plain text instead",
    b"PK\x03\x04": "an Office document or archive under another name; save it as plain text, or name the archive .zip",
    b"\x89PNG": "a picture; casemill reads text",
    b"\xff\xd8\xff": "a picture; casemill reads text",
    b"GIF8": "a picture; casemill reads text",
    b"\x7fELF": "a program; casemill reads text",
    b"\x1f\x8b": "packed twice, or gzip under another name; name it .gz",
}
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_WRONG = re.compile("[\udc80-\udcff]+")
_XML_ROOT = re.compile(r"<(?![?!])(?:\w+:)?(\w[\w.-]*)")
# Read line by line, so that a line that is no text costs only itself.
_BY_LINE = {".jsonl": "jsonl", ".ndjson": "jsonl", ".tsv": "tsv", ".tab": "tsv", ".csv": "csv"}
_JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
_ROOTS = {
    "PubmedArticleSet": "pubmed_xml",
    "PubmedArticle": "pubmed_xml",
    "PubmedBookArticle": "pubmed_xml",
    "PubmedBookArticleSet": "pubmed_xml",
    "MedlineCitationSet": "pubmed_xml",
    "article": "jats",
    "pmc-articleset": "jats",
    "articles": "jats",
    "collection": "bioc_xml",
    "html": "html",
    "HTML": "html",
}
_JSON = re.compile(r"\{\s*[\"}]|\[\s*[{\]]")
_MEDLINE = re.compile(r"^\s*(?:\ufeff)?(?:PMID|OWN|STAT|TI  |PMC )\s*- ", re.MULTILINE)
_BRAT = re.compile(r"[TREAMN#*]\d*\t")
_PUBTATOR = re.compile(r"^\d+\|[ta]\|", re.MULTILINE)


def decoded(data: bytes) -> str:
    """``data`` as text: by its byte order mark, as UTF-16 if every other byte of it is zero, else as UTF-8.

    Bytes that are no UTF-8 are read as Windows-1252, one by one, so that a file of mixed origin keeps what is right in it.

    :raises ReadingError: the bytes are no text in any of these encodings.
    """
    encoding = wide_encoding(data)
    if encoding:
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise ReadingError(f"not {encoding}, though it seems so", place=f"byte {error.start}") from error
    if (zero := data.find(b"\x00")) >= 0:
        raise ReadingError("binary data, not text", place=f"byte {zero}")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        text = _WRONG.sub(_as_windows, data.decode("utf-8", errors="surrogateescape"))
        if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
            raise ReadingError("neither UTF-8 nor Windows-1252 text", place=f"byte {error.start}") from error
        return text.removeprefix("\ufeff")


def wide_encoding(data: bytes) -> str:
    """The encoding of 16 or 32 bits that ``data`` is in by its mark or its zeros; blank for any other."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    sample = data[:256]
    if len(sample) > 7 and len(data) % 2 == 0:
        for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if not any(sample[first::2]) and all(sample[1 - first :: 2]):
                return encoding
    return ""


def _as_windows(match: re.Match[str]) -> str:
    return bytes(ord(c) - 0xDC00 for c in match[0]).decode("cp1252", errors="replace")


def detect(head: bytes, name: str = "") -> str:
    """The format of a source, from its first bytes and (where these leave it open) its file name.

    :raises ReadingError: empty, binary, or of a kind that no reader takes.
    """
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise ReadingError("empty file")
    if head.startswith(b"PAR1"):
        return "parquet"
    for magic, what in _BINARY.items():
        if head.startswith(magic):
            raise ReadingError(f"this is {what}")
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in _BY_LINE and not head.lstrip().startswith(b"<"):
        return _BY_LINE[suffix]
    text = decoded(_whole(head))
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _markup(start, suffix)
    if _JSON.match(start) and (found := _json(start, suffix)):
        return found
    if _PUBTATOR.match(start):
        return "pubtator"
    if suffix == ".ann" and _BRAT.match(start):
        raise ReadingError("brat annotations, which hold no text; give the .txt beside them")
    if _MEDLINE.match(text):
        return "medline"
    if page_words().copied(text):
        return "saved_page"
    return "markdown" if suffix in {".md", ".markdown"} else "text"


def _whole(head: bytes) -> bytes:
    """``head`` without a character cut in two at its end."""
    if encoding := wide_encoding(head):
        return head[: len(head) // 4 * 4].decode(encoding, errors="ignore").encode("utf-8", errors="replace")
    for cut in range(1, 4):
        if len(head) >= cut and head[-cut] >= 0xC0:
            return head[:-cut]
    return head


def _prologue(markup: str) -> int:
    """Where the first element begins, behind comments, declarations and processing instructions."""
    at = 0
    while at < len(markup):
        for opening, closing in (("<!--", "-->"), ("<?", "?>"), ("<!", ">")):
            if markup.startswith(opening, at):
                end = markup.find(closing, at + len(opening))
                break
        else:
            if markup[at] == "<":
                return at
            end, closing = markup.find("<", at), ""
        if end < 0:
            return len(markup)
        at = end + len(closing)
    return at


def _markup(start: str, suffix: str) -> str:
    if re.match(r"(?i)<!doctype\s+html", start):
        return "html"
    body = start[_prologue(start) :]
    found = _XML_ROOT.match(body)
    root = found.group(1) if found else ""
    if root in _ROOTS:
        return _ROOTS[root]
    if root.lower() in {
        "html",
        "head",
        "body",
        "div",
        "p",
        "main",
        "section",
        "span",
        "meta",
        "h1",
        "table",
    } or suffix in {".html", ".htm"}:
        return "html"
    if suffix in {".txt", ".md"}:
        return "text"
    raise ReadingError(
        f"XML with the root <{root}>; expected PubmedArticleSet, article (JATS), collection (BioC) or an HTML page"
        if root
        else "markup without a root element"
    )


def _json(start: str, suffix: str) -> str:
    if re.search(r'"(?:passages|documents)"\s*:', start[:20000]):
        return "bioc_json"
    return "jsonl" if start.startswith("{") or suffix in _JSON_SUFFIXES else ""
