"""Sections of a pasted page: what is article, and what the page carries beside it.

Only what the page tells by its words is marked: title, abstract, captions and tables, and all that isn't to be read. The
rest, the article's own text, stays unmarked: the ``sections`` component finds its headings as in any text. When in doubt
a line is article: a lost fact costs more than a line of furniture.
"""

import re
from collections.abc import Iterator, Sequence

from casemill.reading.front_matter import FrontMatter, front_length, read_front, references_sign
from casemill.reading.page_lines import BLOCKS, PageWords, Piece, flat
from casemill.reports import Section
from casemill.resources import Entry

__all__ = ["page_sections", "reference_lists"]

_READ = frozenset({"abstract", "caption", "table"})
_CAPTION = re.compile(r"(?i)^(?:fig(?:ure|\.)?|table|scheme|video|box|plate|chart)\s?S?\d{1,2}[a-z]?\s?[.:|]?$")
_CAPTION_OPENS = re.compile(r"(?i)^(?:fig(?:ure|\.)?|table)\s?S?\d{1,2}[a-z]?\s?[.:|]\s")
# Rows of the furniture table: what stands under a figure, what follows a reference.
_LEGEND_END, _LINKS = "page.mark", "page.links"
_LEGEND_REACH = 6
_AUTHOR_START = re.compile(
    r"^\W{0,6}\d{0,3}\W{0,4}(?:[^\W\d_]['’-]?){2,25}(?: (?:[^\W\d_]['’-]?){2,25}){0,2},? [A-Z]{1,3}\b[.,;:\s(]"
)
_ENTRY_LENGTH = 700

_Mark = tuple[str, str, int, int]


def page_sections(text: str, words: PageWords) -> tuple[list[Section], FrontMatter]:
    """The sections of a pasted page that its own words tell, in order, and what its front tells of the article."""
    pieces = list(words.pieces(text))
    length = front_length(pieces, words)
    front = read_front(pieces[:length], words)
    marks: list[_Mark] = [(kind, "", pieces[at].start, pieces[at].end) for at, kind in sorted(front.kinds.items())]
    body = pieces[length:]
    marks.extend(_body(body, front.title, words))
    marks.extend(_abstract(body, marks))
    if not _readable(pieces, marks):
        marks = [("read title" if mark[0] == "title" else mark[0], *mark[1:]) for mark in marks]
    return _joined(text, sorted(marks, key=lambda mark: mark[2])), front


def reference_lists(text: str, words: PageWords) -> list[Section]:
    """The lists of references of a plain text: each from its heading to the last entry."""
    pieces = list(words.pieces(text)) if any(w in text.lower() for w in ("references", "bibliography", "cited")) else []
    marks = [mark for mark in _body(pieces, "", words) if mark[0] == "references"]
    return [s for s in _joined(text, marks) if references_sign(text[s.start : s.end])]


def _body(pieces: Sequence[Piece], title: str, words: PageWords) -> Iterator[_Mark]:
    """Marks of what is no article, and of captions and tables that lines of the page make up."""
    block: Entry | None = None
    name, opened, skip = "", 0, -1
    for at, piece in enumerate(pieces):
        if at <= skip:
            continue
        kind = _block_of(piece)
        if (stretch := _of_itself(pieces, at, title)) is not None:
            block, skip = None, stretch[1]
            yield stretch[0], piece.words.strip() if stretch[0] == "caption" else "", piece.start, pieces[skip].end
        elif kind is not None and not _is_text(piece, words):
            labelled = len(flat(piece.words)) > len(flat(kind[1])) + 1
            block, name, opened = (None if labelled and piece.rule is not None else kind[0]), kind[1], piece.paragraph
            yield kind[0].canonical, name, piece.start, piece.end
        elif piece.rule is not None and piece.shape in {"line", "opening", "dated"}:
            if block is not None and (piece.rule.id == _LINKS or block.canonical == "furniture"):
                yield block.canonical, name, piece.start, piece.end
            else:
                yield piece.rule.canonical, "", piece.start, piece.end
        elif block is not None and piece.shape == "front" and not words.narrative(_next(pieces, at)):
            yield block.canonical, name, piece.start, piece.end
        elif piece.heading is not None or piece.shape == "abstract":
            block = None
        elif block is not None:
            if _fits(block, piece, pieces[at + 1 : at + 2], opened, words):
                yield block.canonical, name, piece.start, piece.end
            else:
                block = None


def _of_itself(pieces: Sequence[Piece], at: int, title: str) -> tuple[str, int] | None:
    """A caption, a table's row or the title printed again: the kind, and the last piece it takes up."""
    piece = pieces[at]
    if (legend := _legend(pieces, at)) is not None:
        return "caption", legend
    if title and flat(piece.words) == flat(title):
        return "title", at
    if "\t" in piece.words.strip() and piece.rule is None and _is_table(pieces, at):
        return "table", at
    return None


def _block_of(piece: Piece) -> tuple[Entry, str] | None:
    """The block that a piece opens, and its name as printed."""
    if piece.rule is not None and piece.shape in BLOCKS:
        return piece.rule, piece.words.split(":", 1)[0].strip()
    if piece.heading is not None and piece.heading["extract"] == "no":
        return piece.heading, piece.words.strip(" :")
    return None


def _next(pieces: Sequence[Piece], at: int) -> str:
    return pieces[at + 1].words if at + 1 < len(pieces) else ""


def _is_text(piece: Piece, words: PageWords) -> bool:
    """Whether a piece that begins like furniture goes on to tell of a patient."""
    return words.clinical(piece.words) and words.sentence(piece.words)


def _fits(block: Entry, piece: Piece, following: Sequence[Piece], opened: int, words: PageWords) -> bool:
    """Whether ``piece`` is still of the block; a piece that tells something belongs to the article."""
    shape = block["shape"] or {"references": "references", "affiliations": "affiliations"}.get(
        block.canonical, "statement"
    )
    narrative = words.narrative(piece.words)
    if _CAPTION_OPENS.match(piece.words):
        return False
    if shape == "references":
        listed = bool(_AUTHOR_START.match(piece.words)) or not narrative or references_sign(piece.words)
        return listed and (len(piece.words) < _ENTRY_LENGTH or not words.clinical(piece.words))
    if shape == "list":
        # An entry is a title with the line of its authors, journal and year.
        listed = references_sign(piece.words) or any(references_sign(p.words) for p in following)
        return listed or not (narrative or words.sentence(piece.words))
    if shape == "statement":
        return not _is_text(piece, words) and (piece.paragraph <= opened + 1 or not narrative)
    if shape == "tags":
        return not narrative and not words.sentence(piece.words)
    return not narrative


def _legend(pieces: Sequence[Piece], at: int) -> int | None:
    """The last piece of a legend whose number stands on a line of its own, where ``at`` is such a line."""
    if not _CAPTION.match(pieces[at].words):
        return None
    first = at + 1
    while first < min(at + _LEGEND_REACH, len(pieces)) and (
        _CAPTION.match(pieces[first].words) or _is_mark(pieces[first])
    ):
        first += 1
    if first >= len(pieces) or pieces[first].rule is not None or pieces[first].heading is not None:
        return None
    if not _is_mark(pieces[first - 1]):
        for end in range(first + 1, min(first + _LEGEND_REACH, len(pieces))):
            if _is_mark(pieces[end]):
                return end - 1
            if pieces[end].rule is not None or pieces[end].heading is not None or "\t" in pieces[end].words:
                break
    return first


def _is_mark(piece: Piece) -> bool:
    return piece.rule is not None and piece.rule.id == _LEGEND_END


def _is_table(pieces: Sequence[Piece], at: int) -> bool:
    """Rows of cells come in twos at least."""
    return any("\t" in p.words for p in (*pieces[max(0, at - 1) : at], *pieces[at + 1 : at + 2]))


def _abstract(pieces: Sequence[Piece], marks: Sequence[_Mark]) -> Iterator[_Mark]:
    """The abstract: from its heading to the first thing beside it, or to the heading that opens the article."""
    marked = {mark[2] for mark in marks if mark[0] not in _READ}
    for at, piece in enumerate(pieces):
        if piece.shape != "abstract":
            continue
        labelled = at + 1 < len(pieces) and pieces[at + 1].heading is not None
        seen: set[str] = set()
        end = piece.end
        for following in pieces[at + 1 :]:
            name = flat(following.words)
            opens = following.heading is not None and (
                not labelled or name in seen or (seen and name == "introduction")
            )
            if following.start in marked or following.shape == "abstract" or opens:
                break
            if following.heading is not None:
                seen.add(name)
            end = following.end
        if end > piece.end:
            yield "abstract", piece.words, piece.start, end


def _readable(pieces: Sequence[Piece], marks: Sequence[_Mark]) -> bool:
    """Whether anything but the title may be read."""
    shut = {mark[2] for mark in marks if mark[0] not in _READ}
    return any(piece.start not in shut and piece.rule is None and piece.heading is None for piece in pieces)


def _joined(text: str, marks: Sequence[_Mark]) -> list[Section]:
    """Marks as sections; those of one kind and name with nothing between them are one."""
    sections: list[Section] = []
    for kind, name, start, end in marks:
        last = sections[-1] if sections else None
        if last is not None and start < last.end:
            continue
        extract = kind in _READ or kind == "read title"
        section = Section(kind.removeprefix("read "), name, start, end, extract)
        same = last is not None and last.kind == section.kind and last.extract == extract and name in ("", last.title)
        if last is not None and same and kind != "caption" and not text[last.end : start].strip():
            sections[-1] = Section(last.kind, last.title, last.start, end, extract)
        else:
            sections.append(section)
    return sections
