"""The body and back of a JATS article as paragraphs and sections."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, NamedTuple

from casemill.reading.composing import Composer
from casemill.reading.headings import Heading, read_heading
from casemill.reading.inline import BLOCKS, Inline, inline
from casemill.reading.marked_tables import table_lines
from casemill.reading.markup import Element

__all__ = ["Body", "Place"]

_FLOATS = frozenset({"table-wrap", "fig", "fig-group", "boxed-text", "supplementary-material", "media", "fn"})
_SILENT = frozenset(
    {
        *("title", "label", "object-id", "sec-meta", "ref-list", "graphic", "alt-text", "attrib", "permissions"),
        *("processing-meta", "x", "front", "front-stub", "counts", "contrib-group"),
    }
)
_FURNITURE = frozenset({"ack", "fn-group", "notes", "glossary", "bio", "fn"})
_EMPHASIS = frozenset({"bold", "italic", "underline", "sc", "styled-content"})
_BLANKS = re.compile(r"\s+")


class Place(NamedTuple):
    """Where a paragraph stands: arguments of :meth:`casemill.reading.composing.Composer.section`."""

    kind: str
    title: str = ""
    extract: bool = True


class Body:
    """Writes blocks of an article into a composer."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer

    def blocks(self, parent: Element, place: Place) -> None:
        """Write what is inside ``parent``, in order."""
        for child in parent:
            place = self.block(child, place)

    def block(self, element: Element, place: Place) -> Place:
        """Write one block and return the place of what follows it: a heading set as a paragraph moves it."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENT:
            return place
        if tag == "p":
            place = _run_in(element, place)
            self._flow(element, place)
        elif (write := self._writers.get(tag)) is not None:
            write(self, element, place)
        elif tag in _FURNITURE:
            self._titled(element, Place("furniture", _title(element), False))
        elif any(child.tag in BLOCKS or child.tag in self._writers for child in element):
            self.blocks(element, place)
        else:
            self._paragraph(inline(element), place)
        return place

    def _paragraph(self, text: str, place: Place) -> None:
        self.composer.section(place.kind, place.title, extract=place.extract)
        self.composer.paragraph(text)

    def _titled(self, element: Element, place: Place) -> None:
        """An element with label and title: its heading, then what is inside."""
        self.composer.section(place.kind, place.title, extract=place.extract)
        self.composer.paragraph(_title(element))
        self.blocks(element, place)

    def _section(self, sec: Element, around: Place) -> None:
        self._titled(sec, _place(sec, around))

    def _appendix(self, app: Element, around: Place) -> None:
        self._titled(app, _place(app, Place("other")))

    def _flow(self, p: Element, place: Place) -> None:
        """A paragraph; lists and formulae break it where they stand, floats are printed behind it."""
        line = Inline()
        line.add(p.text)
        floats = []
        for child in p:
            if child.tag in _FLOATS:
                floats.append(child)
            elif child.tag in BLOCKS:
                self._paragraph(line.text, place)
                self.block(child, place)
                line = Inline()
            else:
                line.element(child)
            line.add(child.tail)
        self._paragraph(line.text, place)
        for child in floats:
            self.block(child, place)

    def _list(self, element: Element, place: Place) -> None:
        """Items on lines of their own, with a dash; what an item holds besides text follows it."""
        if title := _title(element):
            self._paragraph(title, place)
        self.composer.section(place.kind, place.title, extract=place.extract)
        for item in element.iterchildren("list-item"):
            label = _flat(item.find("label"))
            for number, child in enumerate(c for c in item if c.tag not in _SILENT):
                if child.tag != "p" or any(c.tag in BLOCKS for c in child):
                    self.block(child, place)
                elif number == 0:
                    self._item(f"- {label} {inline(child)}" if label else f"- {inline(child)}", place)
                else:
                    self._item(inline(child), place)

    def _item(self, text: str, place: Place) -> None:
        self.composer.section(place.kind, place.title, extract=place.extract)
        self.composer.line(text)

    def _definitions(self, element: Element, place: Place) -> None:
        if title := _title(element):
            self._paragraph(title, place)
        for item in element.iterchildren("def-item"):
            meanings = " ".join(_flat(found) for found in item.findall("def"))
            self._item(f"- {_flat(item.find('term'))}: {meanings}", place)

    def _table(self, wrap: Element, around: Place) -> None:
        """Caption, rows and footnotes; of a table that is only a picture, the caption."""
        self.composer.section("table", _label(wrap), extract=around.extract)
        self.composer.paragraph(_caption(wrap))
        for table in wrap.iter("table", "tgroup"):
            if next(table.iterancestors("table", "tgroup"), None) is None:
                for number, line in enumerate(table_lines(table)):
                    (self.composer.line if number else self.composer.paragraph)(line)
        for foot in wrap.iterchildren("table-wrap-foot"):
            for number, note in enumerate(_notes(foot)):
                (self.composer.line if number else self.composer.paragraph)(note)

    def _figure(self, fig: Element, around: Place) -> None:
        self._paragraph(_caption(fig), Place("caption", _label(fig), around.extract))

    def _group(self, group: Element, around: Place) -> None:
        if caption := _caption(group):
            self._paragraph(caption, Place("caption", _label(group), around.extract))
        self.blocks(group, around)

    def _box(self, box: Element, around: Place) -> None:
        """A box stands beside the text around it: its title tells what it is, or nothing does."""
        title = _flat(box.find("caption/title")) or _title(box)
        heading = read_heading(title) or Heading("other", True)
        inside = Place(heading.kind, title, heading.extract and around.extract)
        self._paragraph(title, inside)
        for child in box:
            if child.tag == "caption":
                self.blocks(child, inside)
            elif child.tag != "sec" or _title(child) != title:
                self.block(child, inside)
            else:
                self.blocks(child, inside)

    def _supplement(self, element: Element, around: Place) -> None:
        """Supplementary files are not here to be read; their captions only announce them."""
        self._paragraph(_caption(element), Place("furniture", _label(element), False))

    _writers: ClassVar[Mapping[str, Callable[["Body", Element, Place], None]]] = {
        "sec": _section,
        "app": _appendix,
        "list": _list,
        "def-list": _definitions,
        "table-wrap": _table,
        "fig": _figure,
        "fig-group": _group,
        "table-wrap-group": _group,
        "boxed-text": _box,
        "supplementary-material": _supplement,
        "media": _supplement,
    }


def _place(sec: Element, around: Place) -> Place:
    """The place that a section opens, by its title, else by its type, else as the section around it."""
    title = _title(sec)
    found = read_heading(title)
    if found is not None and found.part and around.kind != "other":
        # "Treatment" under "Discussion" is discussion
        found = None
    if found is None and around.kind == "other":
        kinds = sec.get("sec-type", "").replace("-", " ")
        found = next(filter(None, map(read_heading, (kinds, *kinds.split("|")))), None)
    kind, extract = (found.kind, found.extract) if found is not None else (around.kind, around.extract)
    return Place(kind, title or around.title, extract and around.extract)


def _run_in(p: Element, place: Place) -> Place:
    """A paragraph that opens with a heading in bold moves the place: ``<bold>Discussion.</bold> The ...``."""
    if (p.text or "").strip() or not len(p) or p[0].tag not in _EMPHASIS:
        return place
    words = _flat(p[0])
    heading = read_heading(words) if 3 < len(words) < 60 else None
    alone = len(p) == 1 and not (p[0].tail or "").strip()
    if heading is None or not (alone or words.endswith((".", ":")) or (p[0].tail or "").startswith(":")):
        return place
    if heading.part and place.kind != "other":
        return place
    return Place(heading.kind, words.rstrip(" .:"), heading.extract and place.extract)


def _title(element: Element) -> str:
    """Label and title of a section, as one heading."""
    return " ".join(filter(None, (_flat(element.find("label")), _flat(element.find("title")))))


def _label(element: Element) -> str:
    return _flat(element.find("label")).rstrip(" .:")


def _caption(element: Element) -> str:
    """``Figure 2. What is seen. Where the arrows point.``"""
    parts = [_flat(element.find("label"))]
    for caption in element.iterchildren("caption", "title", "p"):
        parts.extend(_flat(part) for part in (caption if caption.tag == "caption" else (caption,)))
    parts = [part for part in parts if part]
    closed = [part if part.endswith((".", "!", "?", ":", ";")) else f"{part}." for part in parts[:-1]]
    return " ".join((*closed, *parts[-1:]))


def _notes(foot: Element) -> Iterator[str]:
    for note in foot:
        if note.tag == "fn-group":
            yield from _notes(note)
        elif note.tag == "fn":
            yield " ".join(filter(None, (_flat(part) for part in note)))
        else:
            yield _flat(note)


def _flat(element: Element | None) -> str:
    return "" if element is None else _BLANKS.sub(" ", inline(element)).strip()
