"""The only reader of pattern files: packaged ones, and a curator's folder laid over them.

A pattern file is a UTF-8 TSV with a header line (``#`` lines are comments) or a JSONL of spaCy patterns; its *name* is its
path without suffix, ``drug_doses/drugs``. A row is known by its ``id``. An overlay folder has the same layout: a row with
a known id replaces that row, one with a new id adds a row, and a row whose id is ``-`` followed by a known id takes that
row away.

A TSV with a ``terms`` column is a *lexicon*: ``canonical`` is the name its ``terms`` (separated by ``|``) mean. A term that
holds an upper-case letter after its first character and is at most six characters long is matched in that case, any other
in every case. ``names.tsv`` is the register of names of the specification: its rows join the lexicons named in
:data:`NAMED_LEXICONS`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from casemill.errors import PatternError

__all__ = ["NAMED_LEXICONS", "Entry", "Patterns", "load_patterns"]

#: Lexicons that the register of names (``names.tsv``) feeds, by its ``table`` column.
NAMED_LEXICONS = {
    "antibodies": "antibodies/antibodies",
    "drug_doses": "drug_doses/drugs",
    "lab_values": "lab_values/analytes",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a pattern file: ``id``, what it means, how it is written, and its further columns."""

    id: str
    canonical: str = ""
    terms: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        """The text of a further column, blank where the row has none."""
        return self.attributes.get(column, "")


class Patterns:
    """The pattern files as one reading: packaged, with overlays on top in the order given."""

    def __init__(self, *overlays: Path) -> None:
        self.overlays = overlays
        for folder in overlays:
            if not folder.is_dir():
                raise PatternError(f"no pattern folder at {str(folder)!r}; expected a folder laid out like patterns/")
        self._roots: tuple[Traversable, ...] = (files("casemill.patterns"), *overlays)
        self._rows: dict[str, dict[str, Entry]] = {}

    def names(self, suffix: str = ".tsv") -> list[str]:
        """Names of all pattern files with this suffix, sorted."""
        found = set()
        for root in self._roots:
            for folder in root.iterdir():
                if folder.is_dir() and not folder.name.startswith(("_", ".")):
                    found |= {
                        f"{folder.name}/{f.name[: -len(suffix)]}" for f in folder.iterdir() if f.name.endswith(suffix)
                    }
        return sorted(found)

    def rows(self, name: str) -> Mapping[str, Entry]:
        """Rows of the TSV ``name`` by id, in file order.

        :raises PatternError: a row breaks the file's layout; file, line and id are named.
        """
        if name not in self._rows:
            merged: dict[str, Entry] = dict(self._named(name))
            found = False
            for root in self._roots:
                source = root.joinpath(*f"{name}.tsv".split("/"))
                if source.is_file():
                    found = True
                    _lay_over(merged, _read_tsv(source, name), name)
            if not found:
                raise PatternError(f"no pattern file {name!r}; there are {', '.join(self.names())}")
            self._rows[name] = merged
        return self._rows[name]

    def terms(self, name: str) -> dict[str, str]:
        """Every spelling in the lexicon ``name`` with the id of its entry; the first entry to claim a spelling keeps it."""
        spellings: dict[str, str] = {}
        for entry in self.rows(name).values():
            for term in entry.terms:
                spellings.setdefault(term, entry.id)
        return spellings

    def jsonl(self, name: str) -> list[dict[str, object]]:
        """Patterns of the JSONL ``name``, overlaid by ``id`` like the rows of a TSV."""
        merged: dict[str, dict[str, object]] = {}
        for root in self._roots:
            source = root.joinpath(*f"{name}.jsonl".split("/"))
            if not source.is_file():
                continue
            for line, text in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
                if not text.strip():
                    continue
                try:
                    pattern = json.loads(text)
                    key = str(pattern["id"])
                except (ValueError, KeyError, TypeError) as error:
                    raise PatternError(f"{source}:{line}: not a JSON object with an id ({error})") from error
                if key.startswith("-"):
                    merged.pop(key[1:], None)
                else:
                    merged[key] = pattern
        return list(merged.values())

    @cached_property
    def lexicons(self) -> list[str]:
        """Names of all TSV files that are lexicons (have a ``terms`` column); ``units/`` are read by notation, not scanned."""
        scanned = (name for name in self.names() if not name.startswith("units/"))
        return [name for name in scanned if any(entry.terms for entry in self.rows(name).values())]

    @staticmethod
    def named_lexicons() -> tuple[str, ...]:
        """The lexicons of things measured and given, which the register of names feeds."""
        return tuple(NAMED_LEXICONS.values())

    def _named(self, name: str) -> Iterator[tuple[str, Entry]]:
        """Entries of the register of names that belong to the lexicon ``name``."""
        for table, lexicon in NAMED_LEXICONS.items():
            if lexicon == name:
                for entry in self.register(table):
                    yield entry.id, entry

    def register(self, table: str) -> list[Entry]:
        """The names of ``names.tsv`` for one table: canonical name and the spellings that mean the same."""
        source = files("casemill.patterns").joinpath("names.tsv")
        entries = []
        for line in source.read_text(encoding="utf-8").splitlines()[1:]:
            found, canonical, also = [*line.split("\t"), "", ""][:3]
            if found == table:
                terms = (canonical, *(t for t in also.split("|") if t))
                entries.append(Entry(f"{table}.{canonical}", canonical, terms, {}))
        return entries


def _lay_over(merged: dict[str, Entry], rows: Iterator[Entry], name: str) -> None:
    by_canonical = {entry.canonical: key for key, entry in merged.items()}
    for entry in rows:
        if entry.id.startswith("-"):
            if merged.pop(entry.id[1:], None) is None:
                raise PatternError(f"{name}.tsv: id {entry.id!r} takes away a row that does not exist")
        elif entry.canonical in by_canonical and entry.id not in merged and name in NAMED_LEXICONS.values():
            known = merged[by_canonical[entry.canonical]]
            terms = tuple(dict.fromkeys((*known.terms, *entry.terms)))
            merged[known.id] = Entry(known.id, known.canonical, terms, {**known.attributes, **entry.attributes})
        else:
            merged[entry.id] = entry
            by_canonical.setdefault(entry.canonical, entry.id)


def _read_tsv(source: Traversable, name: str) -> Iterator[Entry]:
    lines = source.read_text(encoding="utf-8").splitlines()
    header: list[str] | None = None
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            if header[0] != "id":
                raise PatternError(f"{source}:{number}: the first column must be 'id', found {header[0]!r}")
            continue
        if len(cells) > len(header):
            raise PatternError(f"{source}:{number}: {len(cells)} cells under {len(header)} columns (id {cells[0]!r})")
        row = dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))
        key = row.pop("id")
        if not key or key in seen:
            raise PatternError(f"{source}:{number}: id {key!r} is {'blank' if not key else 'there twice'}")
        seen.add(key)
        terms = tuple(dict.fromkeys(filter(None, map(str.strip, row.pop("terms", "").split("|")))))
        canonical = row.pop("canonical", "")
        yield Entry(key, canonical, terms, {column: cell for column, cell in row.items() if cell})


def load_patterns(*overlays: Path) -> Patterns:
    """The packaged patterns with ``overlays`` on top; the same object as long as the overlays' files hold the same.

    So what is compiled from patterns is kept by their content, and made anew after a curator's change, in one process too.
    """
    content = tuple(map(_content, overlays))
    if overlays not in _loaded or _loaded[overlays][0] != content:
        _loaded[overlays] = (content, Patterns(*overlays))
    return _loaded[overlays][1]


_loaded: dict[tuple[Path, ...], tuple[tuple[str, ...], Patterns]] = {}


def _content(folder: Path) -> str:
    """A digest of all pattern files below ``folder``; of one that isn't there, which :class:`Patterns` tells, a blank one."""
    told = hashlib.sha256()
    for path in sorted(p for suffix in ("tsv", "jsonl") for p in folder.rglob(f"*.{suffix}") if p.is_file()):
        data = path.read_bytes()
        told.update(f"{path.relative_to(folder)}\0{len(data)}\0".encode() + data)
    return told.hexdigest()
