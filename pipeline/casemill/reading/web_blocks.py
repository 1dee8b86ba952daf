"""Blocks of an HTML article (headings, paragraphs, lists, tables, figures) as paragraphs and sections."""

import re
from typing import NamedTuple

from casemill.reading.composing import Composer, add_abstract
from casemill.reading.front_matter import is_names
from casemill.reading.headings import read_heading
from casemill.reading.inline import Inline, inline
from casemill.reading.marked_tables import table_lines
from casemill.reading.markup import Element, bare_text
from casemill.reading.page_lines import BLOCKS, flat, page_words

__all__ = ["Blocks"]

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_PARAGRAPHS = frozenset({"p", "pre", "blockquote", "dt", "dd", "address", "summary", "figcaption", "caption"})
_INLINE = frozenset(
    {
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "br",
            "cite",
            "code",
            "del",
            "dfn",
            "em",
            "font",
            "i",
            "img",
            "ins",
        ),
        *(
            "kbd",
            "mark",
            "math",
            "q",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
            "time",
            "tt",
            "u",
            "var",
            "wbr",
        ),
    }
)
_SILENT = frozenset({"script", "style", "head", "title", "hr", "form", "button", "svg", "img"})
# The target of a link that cites: "#r1", "#ref-CR12", "#B3", "#bib4", "#cit0001".
_CITED = re.compile(r"#[\w-]{0,40}?(?:r|ref|cr|b|bib|bibr|cit|cite|fn|en)-?[a-z-]{0,12}\d", re.IGNORECASE)
_NUMBERS = re.compile(r"[\[(]?\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,8}[\])]?")
_FIGURE = re.compile(r"^(?:Fig(?:ure|\.)?|Table|Box|Scheme|Video)\s?S?\d{1,2}", re.IGNORECASE)


class _Place(NamedTuple):
    kind: str
    title: str = ""
    extract: bool = True
    level: int = 0
    printed: bool = True


class Blocks:
    """Writes an article's elements into a composer; ``title`` is printed once, however often the page has it."""

    def __init__(self, composer: Composer, title: str) -> None:
        self.composer = composer
        self._title = title
        self._words = page_words()
        self._around = [_Place("other")]
        self._begun = False

    def title(self) -> None:
        """Print the title, which is not read: what it tells stands in the text again."""
        self.composer.section("title", extract=False)
        self.composer.paragraph(self._title)

    def write(self, element: Element) -> None:
        """Write what is inside ``element``, in order: text between blocks is a paragraph, too."""
        line = Inline()
        line.add(element.text)
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag in _INLINE and not self._holds_blocks(child):
                _mark_citations(child)
                line.element(child)
            elif isinstance(tag, str):
                self._paragraph(line.text)
                line = Inline()
                self._block(child)
            line.add(child.tail)
        self._paragraph(line.text)

    def _block(self, element: Element) -> None:
        tag = element.tag
        if tag in _SILENT:
            return
        if tag in _HEADINGS:
            self._heading(" ".join(inline(element).split()), _HEADINGS[tag])
        elif tag == "table":
            self._table(element)
        elif tag == "figure":
            self._figure(element)
        elif tag in _PARAGRAPHS and not self._holds_blocks(element):
            _mark_citations(element)
            self._paragraph(inline(element))
        elif tag == "li" and not self._holds_blocks(element):
            _mark_citations(element)
            self._item(" ".join(inline(element).split()))
        else:
            self.write(element)

    def _heading(self, words: str, level: int) -> None:
        """Open the section that a heading heads; one of no known kind is of the kind of the section around it."""
        key = flat(words)
        if not key or key == flat(self._title):
            return
        while len(self._around) > 1 and self._around[-1].level >= level:
            self._around.pop()
        around = self._around[-1]
        rule = self._words.rule(words)
        found = read_heading(words)
        if found is not None and found.part and around.kind != "other":
            found = None
        kind, extract = (found.kind, found.extract) if found else (around.kind, around.extract)
        printed = around.printed and kind != "references"
        if rule is not None and rule["shape"] in BLOCKS:
            kind, extract = rule.canonical, False
            printed = printed and rule["shape"] in {"statement", "affiliations"}
        elif rule is not None and rule["shape"] == "line" and found is None:
            return
        self._around.append(_Place(kind, words, extract and around.extract, level, printed))
        self._begun = self._begun or (found is not None and found.extract)
        if printed:
            self._open()
            self.composer.paragraph(words)

    def _open(self) -> None:
        place = self._around[-1]
        self.composer.section(place.kind, place.title, extract=place.extract)

    def _paragraph(self, text: str) -> None:
        words = " ".join(text.split())
        place = self._around[-1]
        if not words or not place.printed or flat(words) == flat(self._title):
            return
        if (kind := self._beside(words)) is not None:
            if kind in {"keywords", "affiliations"}:
                self.composer.section("furniture" if kind == "keywords" else kind, extract=False)
                self.composer.paragraph(words)
            return
        if place.kind == "abstract" and place.extract:
            add_abstract(self.composer, words, place.title)
        elif (
            _FIGURE.match(words)
            and len(words) < 2000
            and words[:40].count(".") + words[:40].count("|") > 0
            and place.extract
        ):
            self.composer.section("caption", extract=True)
            self.composer.paragraph(words)
        else:
            self._open()
            self.composer.paragraph(words)

    def _item(self, words: str) -> None:
        if words and self._around[-1].printed and self._beside(words) is None:
            self._open()
            self.composer.line(f"- {words}")

    def _beside(self, words: str) -> str | None:
        """What a paragraph that is no article is: ``keywords``, ``affiliations`` or ``furniture``; None for an article's."""
        rule = self._words.rule(words)
        if rule is not None and rule["shape"] in {"line", "opening", "dated", "list", "tags"}:
            return "keywords" if rule.id == "line.keywords" else "furniture"
        if self._begun or self._words.sentence(words):
            return None
        if is_names(words) or (self._words.affiliation(words) and not self._words.clinical(words)):
            return "affiliations"
        return "furniture" if rule is not None or len(words) < 200 else None

    def _table(self, table: Element) -> None:
        """Caption and rows; a table without a second cell in any row is a layout and its cells are blocks."""
        if not any(len([c for c in row if c.tag in {"td", "th"}]) > 1 for row in table.iter("tr")):
            for cell in table.iter("td", "th"):
                self.write(cell)
            return
        if any(self._holds_blocks(cell) and cell.find(".//p/../p[3]") is not None for cell in table.iter("td")):
            for cell in table.iter("td", "th"):
                self.write(cell)
            return
        if not self._around[-1].printed:
            return
        caption = next(table.iter("caption"), None)
        words = " ".join(inline(caption).split()) if caption is not None else ""
        _mark_citations(table)
        self.composer.section("table", words[:80], extract=self._around[-1].extract)
        self.composer.paragraph(words)
        for number, line in enumerate(table_lines(table)):
            (self.composer.line if number else self.composer.paragraph)(line)

    def _figure(self, figure: Element) -> None:
        """A figure's caption; a figure that holds a table is the table with its caption."""
        if next(figure.iter("table"), None) is not None:
            self.write(figure)
            return
        captions = list(figure.iter("figcaption")) or [figure]
        words = " ".join(" ".join(" ".join(inline(found).split()) for found in captions).split())
        if words and self._around[-1].printed and self._words.rule(words) is None:
            self.composer.section("caption", extract=self._around[-1].extract)
            self.composer.paragraph(words)

    @staticmethod
    def _holds_blocks(element: Element) -> bool:
        return any(
            isinstance(e.tag, str) and e.tag not in _INLINE and e.tag not in _SILENT for e in element.iterdescendants()
        )


def _mark_citations(element: Element) -> None:
    """Name the links that cite as JATS names them, so that their numbers are printed in brackets."""
    for link in [element, *element.iterdescendants("a")]:
        if link.tag == "a" and _CITED.match(link.get("href") or "") and _NUMBERS.fullmatch(bare_text(link).strip()):
            link.tag = "xref"
            link.set("ref-type", "bibr")
