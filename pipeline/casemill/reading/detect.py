"""Which format bytes are in: by content first, the suffix only settles what content leaves open."""

import re
from pathlib import PurePosixPath

from casemill.errors import ReadingError
from casemill.reading.page_lines import page_words

__all__ = ["FORMATS", "decoded", "detect"]

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
_XML_ROOT = re.compile(r"<(?![?!])(?:\w+:)?(\w[\w.-]*)")
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
_MEDLINE = re.compile(r"^\s*(?:\ufeff)?(?:PMID|OWN|STAT|TI  |PMC )\s*- ", re.MULTILINE)
_PUBTATOR = re.compile(r"^\d+\|[ta]\|", re.MULTILINE)


def decoded(data: bytes) -> str:
    """``data`` as text: by its byte order mark, as UTF-8, else as Windows-1252 if that leaves no control characters.

    :raises ReadingError: the bytes are no text in any of these encodings.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise ReadingError(f"not {encoding}, though it is marked so", place=f"byte {error.start}") from error
    if b"\x00" in data:
        raise ReadingError("binary data, not text", place=f"byte {data.index(0)}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data.decode("cp1252", errors="replace")
        if "\ufffd" in text:
            raise ReadingError("neither UTF-8 nor Windows-1252 text", place=f"byte {error.start}") from error
        return text


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
    text = decoded(_whole(head))
    start = text.lstrip("\ufeff \t\r\n")
    suffix = PurePosixPath(name.lower()).suffix
    if start.startswith("<"):
        return _markup(start, suffix)
    if start.startswith(("{", "[")) and (found := _json(start, suffix)):
        return found
    if _PUBTATOR.match(start):
        return "pubtator"
    if _MEDLINE.match(text):
        return "medline"
    strong, weak = page_words().signs(text)
    if strong or weak > 1:
        return "saved_page"
    return {".tsv": "tsv", ".tab": "tsv", ".csv": "csv", ".md": "markdown", ".markdown": "markdown"}.get(suffix, "text")


def _whole(head: bytes) -> bytes:
    """``head`` without a UTF-8 character cut in two at its end."""
    for cut in range(1, 4):
        if len(head) >= cut and head[-cut] >= 0xC0:
            return head[:-cut]
    return head


def _markup(start: str, suffix: str) -> str:
    if re.match(r"(?i)<!doctype\s+html", start):
        return "html"
    body = re.sub(r"(?s)<!--.*?-->|<\?.*?\?>", "", start)
    found = _XML_ROOT.search(body)
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
    return "jsonl" if start.startswith("{") or suffix in {".json", ".jsonl", ".ndjson"} else ""
