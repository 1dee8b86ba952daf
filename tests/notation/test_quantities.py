"""Quantities and units: a table of prints."""

import csv
from pathlib import Path

import pytest

from casemill.notation.quantities import find_quantities
from casemill.notation.units import dimension, read_unit

with (Path(__file__).parents[1] / "cases" / "quantities.tsv").open(encoding="utf-8", newline="") as lines:
    CASES = [(row["text"], row["expected"] or "") for row in csv.DictReader(lines, delimiter="\t")]


def shown(quantity):
    unknown = "?" if quantity.unknown_unit else ""
    return " ".join(filter(None, (quantity.comparator, quantity.value, quantity.value_high, quantity.unit or unknown)))


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_quantity(text, expected):
    found = find_quantities(text)
    assert "; ".join(map(shown, found)) == expected
    for quantity in found:
        assert 0 <= quantity.start <= quantity.number_at[0] < quantity.number_at[1] <= quantity.end <= len(text)


def test_offsets_of_pieces():
    text = "about 20 to 30 mg/kg"
    (quantity,) = find_quantities(text)
    pieces = (quantity.comparator_at, quantity.number_at, quantity.high_at, quantity.unit_at)
    assert [text[start:end] for start, end in pieces] == ["about", "20", "30", "mg/kg"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("g/dL", "mass/volume"), ("10*9/L", "count/volume"), ("/uL", "count/volume"), ("s", "time"), ("x", "")],
)
def test_dimension(code, kind):
    assert dimension(code) == kind


def test_no_unit():
    assert read_unit("20 apples", 2) is None
