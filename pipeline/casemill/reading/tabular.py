"""Tables of reports: JSON Lines, JSON, CSV, TSV and Parquet with a row a report."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from textwrap import shorten
from typing import Any

from casemill.errors import ReadingError
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions
from casemill.reading.table_rows import Row, json_rows, parquet_rows, separated_rows
from casemill.reading.text import MAX_CHARACTERS, clean, told_sections
from casemill.reports import Report, Section
from casemill.resources import load_patterns

__all__ = ["read"]

#: The pattern file of columns' usual names.
COLUMNS = "sections/columns"
# Characters of a column's name that a message shows.
_SHOWN = 40
_METADATA = ("pmid", "pmcid", "doi", "journal", "year", "authors")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column holds what; blank for what none holds."""

    id: str
    text: str
    title: str
    metadata: Mapping[str, str]


def read(source: Source, *, format: str, options: ReadOptions) -> Iterator[Report | Reject]:
    """A report for each row, under the row's own id, else ``<stem>-<number of the row>``.

    :raises ReadingError: no column holds texts, a column asked for isn't there, or the file breaks off.
    """
    rows: Iterable[Row | Reject]
    match format:
        case "jsonl":
            rows = json_rows(source)
        case "parquet":
            rows = parquet_rows(source)
        case _:
            rows = separated_rows(source, format)
    columns: _Columns | None = None
    number = 0
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        number += 1
        place, cells = row
        columns = columns or _chosen(list(cells), options)
        yield _report(source, place, cells, columns, f"{source.stem}-{number}")
    if columns is None:
        raise ReadingError("no rows in it")


def _report(source: Source, place: str, cells: Mapping[str, Any], columns: _Columns, name: str) -> Report | Reject:
    given = cells.get(columns.text)
    if not isinstance(given, str) or not given.strip():
        held = "is blank" if given is None or isinstance(given, str) else f"holds a {type(given).__name__}"
        return Reject(source.label, place, f"no text: column {columns.text!r} {held}")
    if len(given) > MAX_CHARACTERS:
        return Reject(source.label, place, f"{len(given):,} characters in one report; the most is {MAX_CHARACTERS:,}")
    text, title = clean(given), " ".join(clean(_cell(cells.get(columns.title))).split())
    if not text.strip():
        return Reject(source.label, place, f"no text: column {columns.text!r} holds control characters only")
    metadata = {key: clean(_cell(cells.get(column))) for key, column in columns.metadata.items()}
    if metadata.get("year"):
        year = _YEAR.search(metadata["year"])
        metadata["year"] = year[0] if year else ""
    text, sections = _titled(text, title)
    told = {key: value for key, value in (*metadata.items(), ("title", title)) if value}
    return Report(clean(_cell(cells.get(columns.id))) or name, title, text, sections, told)


def _titled(text: str, title: str) -> tuple[str, tuple[Section, ...]]:
    """The text under its title, unless it begins with it, and what the text tells of its sections."""
    if not title:
        return text, told_sections(text)
    lead = len(text) - len(text.lstrip())
    if text.startswith(title, lead):
        shift = 0
    else:
        lead, shift = 0, len(title) + 2
    sections = [Section(s.kind, s.title, s.start + shift, s.end + shift, s.extract) for s in told_sections(text)]
    if not sections or sections[0].start >= lead + len(title):
        sections.insert(0, Section("title", "", lead, lead + len(title), extract=False))
    return (f"{title}\n\n{text}" if shift else text), tuple(sections)


def _cell(value: Any) -> str:
    """An identifier, title or name in a cell: numbers without ``.0``, lists joined."""
    match value:
        case None | dict():
            return ""
        case str():
            return value.strip()
        case float() if value.is_integer():
            return str(int(value))
        case float() if math.isnan(value):
            return ""
        case list():
            return "; ".join(filter(None, map(_cell, value)))
        case _:
            return str(value)


def _chosen(columns: list[str], options: ReadOptions) -> _Columns:
    """The columns asked for, else those of the usual names.

    :raises ReadingError: one asked for isn't there, or none holds texts; the columns there are are named.
    """
    # where the header is missing, these are the first report's own words
    there = ", ".join(repr(shorten(column, _SHOWN, placeholder="...")) for column in columns[:40]) or "none"
    for asked in (options.id_column, options.text_column, options.title_column):
        if asked and asked not in columns:
            raise ReadingError(f"no column {asked!r}; there are {there}")
    usual = _finder(columns)
    text = options.text_column or usual("text")
    if not text:
        raise ReadingError(f"no column for the text; there are {there}; name it (--text-column)")
    title = options.title_column or usual("title")
    found = {key: column for key in _METADATA if (column := usual(key))}
    return _Columns(options.id_column or usual("id"), text, title if title != text else "", found)


def _finder(columns: list[str]) -> Callable[[str], str]:
    plain = {re.sub(r"[\s-]+", "_", column.strip().lower()): column for column in reversed(columns)}
    return lambda role: next((plain[name] for name in _usual_names()[role] if name in plain), "")


@cache
def _usual_names() -> dict[str, list[str]]:
    return {entry.canonical: entry["names"].split("|") for entry in load_patterns().rows(COLUMNS).values()}
