"""A report: one text with its sections and what identifies it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["SECTION_KINDS", "Report", "Section"]

#: The kinds of section that components tell apart. ``extract`` of a :class:`Section` says whether facts are read from it.
SECTION_KINDS = (
    "title",
    "abstract",
    "introduction",
    "case",
    "methods",
    "results",
    "literature_review",
    "discussion",
    "conclusion",
    "caption",
    "table",
    "other",
    "affiliations",
    "references",
    "furniture",
)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a report's text, ``text[start:end]`` (half-open characters).

    ``kind`` is one of :data:`SECTION_KINDS`, ``title`` the heading as printed (may be blank). ``extract`` is false where
    nothing may be read from: page furniture, references, affiliations.
    """

    kind: str
    title: str
    start: int
    end: int
    extract: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """One report as a reader gives it.

    All offsets of all later cells are half-open characters into ``text``, which is never changed again.
    ``metadata`` holds what else identifies it, as text: ``pmid pmcid doi title journal year authors``, ``source`` (the
    file it came from) and ``format``.
    """

    report_id: str
    title: str
    text: str
    sections: tuple[Section, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
