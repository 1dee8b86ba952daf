"""BioC, as XML and as JSON: each document's passages, in order, as one report.

What a passage is stands in its infons: ``section_type`` and ``type`` of PMC's BioC, ``type`` of PubTator's. Offsets of the
file are not kept: passages are printed as paragraphs, and references are left out, so the text has its own.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from casemill.errors import ReadingError
from casemill.reading.bioc_json import json_documents
from casemill.reading.composing import Composer, add_abstract
from casemill.reading.headings import Heading, read_heading
from casemill.reading.marked_tables import JOINT, table_lines
from casemill.reading.markup import Element, Record, each_record, parse
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions
from casemill.reports import Report

__all__ = ["read"]

# Values of ``section_type`` in PMC's BioC (Comeau et al., Bioinformatics 2019) and the sections they are.
_SECTIONS = {
    "TITLE": Heading("title", False),
    "ABSTRACT": Heading("abstract", True),
    "INTRO": Heading("introduction", True),
    "CASE": Heading("case", True),
    "METHODS": Heading("methods", True),
    "RESULTS": Heading("results", True),
    "DISCUSS": Heading("discussion", True),
    "CONCL": Heading("conclusion", True),
    "FIG": Heading("caption", True),
    "TABLE": Heading("table", True),
    "REF": Heading("references", False),
    **dict.fromkeys(
        ("SUPPL", "ACK_FUND", "AUTH_CONT", "COMP_INT", "ABBR", "KEYWORD", "REVIEW_INFO"), Heading("furniture", False)
    ),
}
_OTHER = Heading("other", True)


class _Passage(NamedTuple):
    text: str
    infons: Mapping[str, str]

    @property
    def section(self) -> str:
        """The section it says it is in, in capitals."""
        return (self.infons.get("section_type") or self.infons.get("section") or "").upper()

    @property
    def type(self) -> str:
        """What it says it is: ``paragraph``, ``title_1``, ``fig_caption``."""
        return self.infons.get("type", "").lower()


class _Document(NamedTuple):
    name: str
    infons: Mapping[str, str]
    passages: list[_Passage]


def read(source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
    """The documents of a collection, each under its id; one without any text is rejected.

    :raises ReadingError: no document in it, or the file is cut short (after all complete documents).
    """
    if format == "bioc_xml":
        yield from each_record(source, ("document",), _of_record)
        return
    for number, found in enumerate(json_documents(source.data), 1):
        try:
            yield _report(_of_json(found), f"{source.stem}-{number}")
        except ReadingError as error:
            yield Reject(source.label, f"record {number}", error.reason)


def _of_record(record: Record) -> Iterator[Report | Reject]:
    yield _report(_of_xml(record.element), f"{record.source.stem}-{record.number}")


def _of_xml(element: Element) -> _Document:
    passages = []
    for passage in element.findall("passage"):
        texts = [found.text or "" for path in ("text", "sentence/text") for found in passage.findall(path)]
        passages.append(_Passage(" ".join(texts), _infons_of_xml(passage)))
    return _Document((element.findtext("id") or "").strip(), _infons_of_xml(element), passages)


def _infons_of_xml(element: Element) -> dict[str, str]:
    return {found.get("key", ""): (found.text or "").strip() for found in element.findall("infon")}


def _of_json(found: object) -> _Document:
    if not isinstance(found, dict) or not isinstance(found.get("passages"), list):
        raise ReadingError("not a BioC document: an object with a list of passages")
    passages = []
    for passage in found["passages"]:
        if not isinstance(passage, dict):
            raise ReadingError("a passage that is no object")
        sentences = passage.get("sentences")
        parts = [passage, *(s for s in (sentences if isinstance(sentences, list) else ()) if isinstance(s, dict))]
        texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
        passages.append(_Passage(" ".join(texts), _infons_of_json(passage.get("infons"))))
    # PubTator keeps journal, year and authors beside the infons
    infons = _infons_of_json(found) | _infons_of_json(found.get("infons"))
    return _Document(str(found.get("id") or "").strip(), infons, passages)


def _infons_of_json(found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        return {}
    texts = {str(key): value for key, value in found.items() if isinstance(value, str | int) and value}
    lists = {str(key): value for key, value in found.items() if isinstance(value, list)}
    joined = {key: "; ".join(v for v in value if isinstance(v, str)) for key, value in lists.items()}
    return {key: str(value).strip() for key, value in texts.items()} | joined


def _report(document: _Document, name: str) -> Report:
    title = next((" ".join(p.text.split()) for p in document.passages if _is_title(p)), "")
    composer = Composer()
    read_from = any(p.text.strip() and not _is_title(p) and p.section != "REF" for p in document.passages)
    _add_passages(composer, document.passages, title_only=not read_from)
    text, sections = composer.finished()
    if not text:
        raise ReadingError("a document without text")
    metadata = _metadata(document) | ({"title": title} if title else {})
    known = document.name or metadata.get("pmcid") or metadata.get("pmid") or name
    return Report(known, title, text, sections, metadata)


def _is_title(passage: _Passage) -> bool:
    return passage.type == "front" or passage.section == "TITLE" or (passage.type == "title" and not passage.section)


def _add_passages(composer: Composer, passages: list[_Passage], *, title_only: bool) -> None:
    """Append passages; a heading's section goes on behind figures and tables until the section's type changes."""
    place, words, code = _OTHER, "", ""
    for passage in passages:
        kind = _kind(passage)
        if kind.kind == "references":
            continue
        if _is_title(passage):
            composer.section("title", extract=title_only)
            composer.paragraph(passage.text)
        elif kind.kind in {"caption", "table"}:
            composer.section(kind.kind, passage.infons.get("id", ""))
            _add_float(composer, passage)
        elif "title" in passage.type:
            found = read_heading(passage.text)
            known = found is not None and not (found.part and kind != _OTHER)
            place, words, code = found if found is not None and known else kind, passage.text.strip(), passage.section
            composer.section(place.kind, words, extract=place.extract)
            composer.paragraph(words)
        else:
            if passage.section != code or not code:
                place, words, code = (kind, "", passage.section) if passage.section or not words else (place, words, "")
            if place.kind == "abstract" and not words:
                add_abstract(composer, passage.text)
                continue
            composer.section(place.kind, words, extract=place.extract)
            composer.paragraph(passage.text)


def _kind(passage: _Passage) -> Heading:
    """The kind of section that the infons tell; floats and footnotes by their own type, wherever they stand."""
    for start, section in (("fig", "FIG"), ("table", "TABLE"), ("ref", "REF"), ("footnote", "SUPPL")):
        if passage.type.startswith(start):
            return _SECTIONS[section]
    named = _SECTIONS.get(passage.section) or _SECTIONS.get(passage.type.upper())
    return named or read_heading(passage.section or passage.type) or _OTHER


def _add_float(composer: Composer, passage: _Passage) -> None:
    """A caption, or the rows of a table: from its own XML if that is there, else from tabs and line breaks."""
    lines: list[str] = []
    if passage.type == "table" and "<table" in (xml := passage.infons.get("xml", "")):
        try:
            lines = list(table_lines(parse(xml[xml.index("<table") :].strip())))
        except ReadingError:
            lines = []
    if not lines:
        rows = passage.text.strip().split("\n")
        lines = [JOINT.join(cell.strip() for cell in row.split("\t")) for row in rows]
    for number, line in enumerate(lines):
        (composer.line if number else composer.paragraph)(line)


def _metadata(document: _Document) -> dict[str, str]:
    front = next((p.infons for p in document.passages if _is_title(p)), {})
    infons = {**front, **document.infons}
    names = [infons[key] for key in sorted(infons, key=lambda key: (len(key), key)) if key.startswith("name_")]
    pmc = infons.get("article-id_pmc") or infons.get("pmcid") or ""
    year = infons.get("year") or infons.get("article-year") or ""
    found = {
        "pmid": infons.get("article-id_pmid") or infons.get("pmid") or "",
        "pmcid": f"PMC{pmc}" if pmc.isdigit() else pmc,
        "doi": infons.get("article-id_doi") or infons.get("doi") or "",
        "journal": infons.get("journal-title") or infons.get("journal") or "",
        "year": year if year.isdigit() and len(year) == 4 else "",
        "authors": "; ".join(filter(None, map(_author, names))) or infons.get("authors", ""),
    }
    return {key: value for key, value in found.items() if value}


def _author(name: str) -> str:
    """``surname:Doe;given-names:Jane A`` as ``Doe, Jane A``."""
    parts = dict(part.partition(":")[::2] for part in name.split(";"))
    return ", ".join(filter(None, (parts.get("surname", ""), parts.get("given-names", "")))) or name
