"""What stands before an article on its page: journal line, identifiers, title, authors, affiliations."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from casemill.reading.page_lines import PageWords, Piece, flat

__all__ = ["DOI", "FrontMatter", "front_length", "is_names", "read_front", "references_sign"]

#: A DOI as printed; a final full stop or bracket is not its own.
DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|;,]+")
# PubMed prints the title on the line behind "doi: 10...".
_DOI_LINE = re.compile(r"\s*doi: ")
_PMID = re.compile(r"\bPMID:?\s*(\d{1,9})\b")
_PMCID = re.compile(r"\bPMC\d{3,9}\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# ". 2021 Mar;40(3):1147-57." and "J Any Dis. 2021;40(3):12" and "J Any Dis (2021) 40:12"
_ISSUE = re.compile(r"^\W{0,4}(?:19|20)\d\d\b[^;:\n]{0,16}[;:]\s?\w")
_CITATION = re.compile(
    r"^(?P<journal>[A-Z][^\W\d][\w .,&()'-]{2,80}?)[.,]?\s[(.]?\s?(?P<year>(?:19|20)\d\d)\b"
    r"(?:[^;:\n]{0,16}[;:)]\s?\d|,\s\d{1,4}\(\d)"
)
_ET_AL = re.compile(r"^(?P<author>[^\n]{3,60}?) et al\.\s(?P<journal>[A-Z][^\n.]{2,80})\.\s(?P<year>(?:19|20)\d\d)\b")
_NAME = re.compile(r"(?:[^\W\d_]['’.-]?){1,25}(?: (?:[^\W\d_]['’.-]?){1,25}){1,5}")
_MARKS = re.compile(
    r"[\d*†‡§¶#✉⁎⁰-⁹¹²³\[\]]+|(?<=\s)[a-f](?=\s|$)|\((?:[A-Z0-9-]+)\)|\b(?:ORCID|MD|PhD|MSc|MBBS|FRCP|DO|BSc|MPH)\b"
)
_JOINTS = re.compile(r"[,;]|\sand\s|\s&\s|\s·\s")
_SIGNS = re.compile(
    r"(?:19|20)\d\d[a-z]?\)?\s?[;:]\s?\d|\((?:19|20)\d\d[a-z]?\)"
    r"|\b(?:doi|PMID|et al|PubMed)\b|Google Scholar|Crossref|\[DOI\]"
)
_TITLE_LENGTH = (15, 400)


class FrontMatter(NamedTuple):
    """The pieces of a front with the kind of section of each (those left out are of no known kind), and what they tell."""

    kinds: dict[int, str]
    title: str
    metadata: dict[str, str]


def references_sign(words: str) -> bool:
    """Whether ``words`` carry what bibliographic entries carry: year and volume, a DOI, "et al"."""
    return bool(_SIGNS.search(words))


def front_length(pieces: Sequence[Piece], words: PageWords) -> int:
    """How many of ``pieces`` stand before the article's own text (its abstract's heading belongs to the text)."""
    for at, piece in enumerate(pieces):
        if piece.shape == "abstract" and _opens_text(pieces, at, words):
            return at
        if piece.rule is not None and piece.shape != "front":
            continue
        if piece.heading is not None:
            following = _following(pieces, at)
            if piece.heading["extract"] == "yes" and (words.narrative(following) or words.sentence(following)):
                return at
        elif words.labelled_text(piece.words) or _begins(piece.words, words):
            return at
    return _abstractless(pieces)


def _begins(line: str, words: PageWords) -> bool:
    """Whether a line without heading is the article's own text."""
    return words.narrative(line) and not references_sign(line) and not is_names(line)


def _abstractless(pieces: Sequence[Piece]) -> int:
    """The length of the front of a page without text: up to what PubMed prints behind an abstract."""
    cited = False
    for at, piece in enumerate(pieces):
        cited = cited or piece.shape in {"opening", "dated"}
        if cited and piece.rule is not None and piece.rule["anchor"] and piece.shape in {"tags", "list"}:
            return at
    return 0


def _opens_text(pieces: Sequence[Piece], at: int, words: PageWords) -> bool:
    """An "Abstract" that is followed by text, or by a first label and text; in a table of contents it isn't."""
    following = pieces[at + 1 : at + 3]
    if not following or (following[0].rule is not None and following[0].shape != "front"):
        return False
    if following[0].heading is None:
        return True
    return len(following) == 2 and (words.narrative(following[1].words) or words.sentence(following[1].words))


def _following(pieces: Sequence[Piece], at: int) -> str:
    return pieces[at + 1].words if at + 1 < len(pieces) and pieces[at + 1].rule is None else ""


def read_front(pieces: Sequence[Piece], words: PageWords) -> FrontMatter:
    """The kinds of section of the front's ``pieces``, the article's title, and its metadata."""
    kinds: dict[int, str] = {}
    metadata: dict[str, str] = {}
    for at, piece in enumerate(pieces):
        found = _of_its_own(piece, words)
        if found:
            kinds[at] = found
        _tell(piece, metadata)
        # PubMed prints the journal's name on the line before the issue.
        issue = _ISSUE.match(piece.words)
        if issue and at and at - 1 not in kinds and not words.narrative(pieces[at - 1].words):
            kinds[at - 1] = "furniture"
            metadata.setdefault("journal", pieces[at - 1].words.strip(" ."))
    title = _title(pieces, kinds, words)
    for at, piece in enumerate(pieces):
        if title and flat(piece.words) == flat(title):
            kinds[at] = "title"
            if (
                at + 1 < len(pieces)
                and kinds.get(at + 1, "affiliations") == "affiliations"
                and is_names(pieces[at + 1].words, least=1)
            ):
                kinds[at + 1] = "affiliations"
                metadata["authors"] = "; ".join(_authors(pieces[at + 1].words))
    kinds.update((at, "affiliations") for at in _affiliations(pieces, kinds, words))
    return FrontMatter(kinds, title, {key: value for key, value in metadata.items() if value})


def _of_its_own(piece: Piece, words: PageWords) -> str:
    """The kind of section that a piece of the front is by its own words, blank if these don't tell."""
    if piece.rule is not None:
        return "affiliations" if piece.rule.canonical == "affiliations" else "furniture"
    if words.narrative(piece.words):
        return ""
    if _ET_AL.match(piece.words) or is_names(piece.words):
        return "affiliations"
    if _ISSUE.match(piece.words) or _CITATION.match(piece.words):
        return "furniture"
    return "furniture" if piece.heading is not None and piece.heading["extract"] != "yes" else ""


def _title(pieces: Sequence[Piece], kinds: dict[int, str], words: PageWords) -> str:
    """The title: what is printed twice, else what follows the DOI's line, else the longest line of no other kind."""
    low, high = _TITLE_LENGTH
    candidates = [
        at
        for at, piece in enumerate(pieces)
        if at not in kinds
        and piece.heading is None
        and low <= len(piece.words) <= high
        and piece.words.count(" ") >= 2
        and not (piece.words.lstrip()[0].isdigit() and words.affiliation(piece.words))
        and not words.narrative(piece.words)
    ]
    keys = [flat(pieces[at].words) for at in candidates]
    often = Counter(keys)
    for at, key in zip(candidates, keys, strict=True):
        if often[key] > 1:
            return pieces[at].words
    for at in candidates:
        before = pieces[at - 1].rule if at else None
        if before is not None and _DOI_LINE.match(pieces[at - 1].words):
            return pieces[at].words
    likely = (pieces[at].words for at in candidates if not pieces[at].words.rstrip().endswith("."))
    return max((line for line in likely if not words.clinical(line)), key=len, default="") if kinds else ""


def _affiliations(pieces: Sequence[Piece], kinds: dict[int, str], words: PageWords) -> Iterator[int]:
    """Numbered or named hospitals and universities, alone or in the block under their heading."""
    within = False
    for at, piece in enumerate(pieces):
        if piece.shape == "affiliations":
            within = True
        elif at in kinds and kinds[at] != "affiliations":
            within = False
        elif at not in kinds:
            numbered = piece.words.lstrip()[:1].isdigit()
            if not words.narrative(piece.words) and words.affiliation(piece.words) and (within or numbered):
                yield at


def _tell(piece: Piece, metadata: dict[str, str]) -> None:
    """Add to ``metadata`` what one line of the front tells and no line before it has told."""
    words = piece.words
    if found := DOI.search(words):
        metadata.setdefault("doi", found[0].rstrip(".)]"))
    if found := _PMID.search(words):
        metadata.setdefault("pmid", found[1])
    if found := _PMCID.search(words):
        metadata.setdefault("pmcid", found[0])
    for pattern in (_ET_AL, _CITATION):
        if piece.rule is None and (found := pattern.match(words)):
            metadata["journal"] = found["journal"].strip(" .,(")
            metadata.setdefault("year", found["year"])
    if _ISSUE.match(words) and (year := _YEAR.search(words)):
        metadata.setdefault("year", year[0])
    if is_names(words):
        metadata.setdefault("authors", "; ".join(_authors(words)))


def is_names(words: str, least: int = 2) -> bool:
    """Whether ``words`` are nothing but ``least`` or more persons' names."""
    names = _authors(words)
    return len(names) >= least and all(_NAME.fullmatch(name) and _capitalised(name) for name in names)


def _authors(words: str) -> list[str]:
    if len(words) > 4000:
        return []
    parts = (" ".join(_MARKS.sub(" ", part).split()) for part in _JOINTS.split(words.strip().removeprefix("by ")))
    return [part for part in parts if part.strip(".")]


def _capitalised(name: str) -> bool:
    """First and last word of a name begin with capitals; between them small words (van, de la) may stand."""
    parts = name.split()
    return parts[0][0].isupper() and parts[-1][0].isupper() and all(p[0].isupper() or len(p) <= 4 for p in parts)
