"""When two cells say the same (section 8 of the specification of rows)."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

from casemill.resources import load_patterns
from casemill.schema import TABLES, Table

__all__ = ["agree", "folded_cell", "key_of"]

Folded = str | Decimal | frozenset[str]

# The columns that hold names, and the register they are folded through.
_NAMES = {"antibody": "antibodies", "analyte": "lab_values", "drug": "drug_doses", "treatment": "drug_doses"}
_JOINED = frozenset({*_NAMES, "assay"})
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_TAKEN_AWAY = re.compile(r"[\s\-‐‑‒–—'’`´]")
# Notations of one UCUM unit; the number is never converted.
_UNITS = (
    (re.compile(r"[µμ]|mc(?=g)"), "u"),
    (re.compile(r"(?<![A-Za-z\[{'])([mukM]?)U(?![A-Za-z\]}'])"), r"\1[iU]"),
    (re.compile(r"\[IU\]"), "[iU]"),
    (re.compile(r"/mm3\b|/cumm\b"), "/uL"),
    (re.compile(r"10\*3/uL"), "10*9/L"),
    (re.compile(r"10\*6/uL"), "10*12/L"),
    (re.compile(r"(?<=[dmufnp/])l\b"), "L"),
)


def folded_name(table: str, name: str) -> str:
    """A name as the register folds it; unknown names only lose case, hyphens, spaces, apostrophes and Greek letters."""
    squashed = _squashed(name)
    return _register(table).get(squashed, squashed)


def _squashed(name: str) -> str:
    text = _TAKEN_AWAY.sub("", unicodedata.normalize("NFKC", name).casefold())
    return "".join(_GREEK.get(c, c) for c in text)


@cache
def _register(table: str) -> Mapping[str, str]:
    folded: dict[str, str] = {}
    for entry in load_patterns().register(table):
        for term in entry.terms:
            folded.setdefault(_squashed(term), _squashed(entry.canonical))
    return folded


def _text(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", cell).casefold().split())


def folded_cell(column: str, cell: str) -> Folded:
    """A cell in the form in which it is compared: a name, number, unit, set of joined parts, or text; blank is ``""``."""
    cell = cell.strip()
    if not cell:
        return ""
    if column in _NAMES:
        table = _NAMES[column]
        whole = _register(table).get(_squashed(cell))
        return frozenset({whole} if whole else (folded_name(table, part) for part in cell.split(" + ")))
    if column in _JOINED:
        return frozenset(_text(part) for part in cell.split(" + "))
    if column == "unit":
        for pattern, replacement in _UNITS:
            cell = pattern.sub(replacement, cell)
        return cell
    try:
        return Decimal(cell).normalize()
    except InvalidOperation:
        return _text(cell)


def agree(column: str, gold: str, output: str) -> bool:
    """Whether two cells of ``column`` say the same; blank agrees with blank only."""
    return gold == output or folded_cell(column, gold) == folded_cell(column, output)


def key_of(table: Table | str, row: Mapping[str, str]) -> tuple[Folded, ...]:
    """The folded key of a row; two rows state the same fact only if these are equal.

    A laboratory row without a value has its flag in the key.
    """
    table = TABLES[table] if isinstance(table, str) else table
    key = [folded_cell(column, row.get(column, "")) for column in table.key]
    if table.name == "lab_values" and not row.get("value"):
        key.append(folded_cell("flag", row.get("flag", "")))
    return tuple(key)
