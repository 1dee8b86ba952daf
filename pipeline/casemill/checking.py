"""Whether a folder of pattern files can be laid over the packaged ones: every fault with its file, line and id."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from casemill.components.terms import Scanner
from casemill.errors import PatternError
from casemill.notation.loinc import is_loinc
from casemill.resources import Entry, Patterns, load_patterns

__all__ = ["CODES", "check_patterns", "example_faults"]

#: The column of codes that a lexicon may have.
CODES = {"antibodies/antibodies": "antigen", "drug_doses/drugs": "rxcui", "lab_values/analytes": "loinc"}


def check_patterns(folder: Path) -> Iterator[str]:
    """Faults of the overlay ``folder``, one line each: unknown files, broken rows, ids, and examples that fail."""
    packaged = load_patterns()
    known = {*packaged.names(".tsv"), *packaged.names(".jsonl")}
    overlaid = None
    try:
        overlaid = Patterns(folder)
    except PatternError as error:
        yield str(error)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if path.suffix not in {".tsv", ".jsonl"}:
            if path.suffix not in {".md", ""}:
                yield f"{path}: not a pattern file; expected .tsv or .jsonl"
        elif name not in known:
            yield f"{path}: no packaged file of this name, so nothing reads it; `casemill patterns list` shows those there are"
        elif overlaid is not None:
            yield from _faults_of(path, name, overlaid)


def _faults_of(path: Path, name: str, overlaid: Patterns) -> Iterator[str]:
    try:
        if path.suffix == ".jsonl":
            overlaid.jsonl(name)
            return
        rows = overlaid.rows(name)
    except PatternError as error:
        yield str(error)
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    header = next((line.split("\t") for line in lines if line.strip() and not line.startswith("#")), [])
    expected = {"id", "canonical", "terms", *(c for e in load_patterns().rows(name).values() for c in e.attributes)}
    expected |= {CODES[name]} if name in CODES else set()
    for column in header:
        if column not in {*expected, "example", "counterexample", "source"}:
            yield f"{path}:1: no column {column!r} is read from {name}; there are {', '.join(sorted(expected))}"
    own = {line.split("\t", 1)[0]: number for number, line in enumerate(lines, 1)}
    for number, line in enumerate(lines, 1):
        row = dict(zip(header, line.split("\t"), strict=False))
        if line.strip() and not line.startswith("#") and row.get("id") != "id":
            for fault in _code_faults(name, row):
                yield f"{path}:{number}: id {row.get('id', '')!r}: {fault}"
    for fault, entry in example_faults(name, overlaid):
        if entry.id in own:
            yield f"{path}:{own[entry.id]}: id {entry.id!r}: {fault}"
    if not rows:
        yield f"{path}: takes every row of {name} away"


def _code_faults(name: str, row: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the code in an overlay's row of the lexicon ``name``."""
    column = CODES.get(name, "")
    code = row.get(column, "")
    if code and not row.get("source"):
        yield f"the {column} {code!r} has no source, so it is not printed; name where it is from in the column 'source'"
    if column == "loinc" and code and not is_loinc(code):
        yield f"{code!r} is no LOINC code: its check digit is wrong, or it has none"


def example_faults(name: str, patterns: Patterns) -> Iterator[tuple[str, Entry]]:
    """Rows of the lexicon ``name`` whose ``example`` is not found, or whose ``counterexample`` is."""
    rows = patterns.rows(name)
    if not any(entry.terms for entry in rows.values()):
        return
    scanner = Scanner(patterns, [name])

    def hits(text: str) -> set[object]:
        return {found[2] for found in scanner.scan(text).get(name, [])}

    for entry in rows.values():
        if entry["example"] and entry.id not in hits(entry["example"]):
            yield f"the example {json.dumps(entry['example'], ensure_ascii=False)} does not hold it", entry
        if entry["counterexample"] and entry.id in hits(entry["counterexample"]):
            yield f"the counterexample {json.dumps(entry['counterexample'], ensure_ascii=False)} holds it", entry
