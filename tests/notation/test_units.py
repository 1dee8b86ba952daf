"""Every spelling of every unit in the table, alone and, where it may be one, as the denominator."""

import pytest

from casemill.notation.quantities import find_quantities
from casemill.notation.units import dimension, read_unit
from casemill.resources import load_patterns

UNITS = [
    pytest.param(entry, term, id=f"{entry.id}-{term}")
    for entry in load_patterns().rows("units/ucum").values()
    for term in entry.terms
]
# What amounts are told per: volumes, times, masses and areas.
BELOW = frozenset({"volume", "time", "area", "field"})


@pytest.mark.parametrize(("entry", "term"), UNITS)
def test_a_spelling_means_its_code(entry, term):
    if entry["kind"] == "multiplier":
        # thousands and millions count cells only: "14 K/uL"
        code, text = f"{entry.canonical}/uL", f"20 {term}/uL"
    else:
        code, text = entry.canonical, f"20 {term}"
    found = read_unit(text, 2)
    assert found is not None
    assert (found.code, found.end) == (code, len(text))


@pytest.mark.parametrize(("entry", "term"), [p for p in UNITS if p.values[0]["kind"] in BELOW])
def test_a_spelling_below_the_stroke(entry, term):
    text = f"20 mg/{term}"
    found = read_unit(text, 2)
    assert found is not None
    assert (found.code, found.end) == (f"mg/{entry.canonical}", len(text))


@pytest.mark.parametrize("entry", load_patterns().rows("units/ucum").values(), ids=lambda e: e.id)
def test_a_code_has_the_kind_of_its_row(entry):
    assert dimension(entry.canonical) == entry["kind"]


@pytest.mark.parametrize(
    "power", ["10^9", "10⁹", "10 9", "109", "10(9)", "10*9", "10**9", "10 ^ 9", "10 (9)", "10^(9)"]
)
@pytest.mark.parametrize("times", ["×", " × ", "x", " x ", "X", "*", "·", " "])
def test_powers_in_every_print(power, times):
    (quantity,) = find_quantities(f"8.5{times}{power}/L")
    assert (quantity.value, quantity.unit) == ("8.5", "10*9/L")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("14.2 K/uL", "14.2", "10*3/uL"),
        ("14.2 k/mm3", "14.2", "10*3/uL"),
        ("2.1 lakh/mm3", "2.1", "10*5/uL"),
        ("2.1 lakhs/cumm", "2.1", "10*5/uL"),
        ("1.2 million/mm3", "1.2", "10*6/uL"),
        ("240 G/L", "240", "10*9/L"),
        ("4.5 T/L", "4.5", "10*12/L"),
        ("6 x 10e9/L", "6", "10*9/L"),
        ("6 x10E+9/L", "6", "10*9/L"),
        ("33.10^9/L", "33", "10*9/L"),
        ("9 × 10(9)/L", "9", "10*9/L"),
        ("7.0 x 10(4)", "7.0", "10*4"),
        ("1787 x 103/mul", "1787", "10*3/uL"),
        ("212 103 cells/mL", "212", "10*3/mL"),
    ],
)
def test_counts(text, value, unit):
    (quantity,) = find_quantities(text)
    assert (quantity.value, quantity.unit) == (value, unit)
