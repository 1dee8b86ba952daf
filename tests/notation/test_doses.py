"""Durations, frequencies and doses as prints write them: one case a line of `tests/cases/*.tsv`."""

import csv
from pathlib import Path

import pytest

from casemill.components.texts import fold
from casemill.errors import NotationError
from casemill.notation.dosages import find_dosages
from casemill.notation.durations import find_durations
from casemill.notation.frequencies import find_frequencies, frequency_code

CASES = Path(__file__).parents[1] / "cases"


def cases(name):
    with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return [
            pytest.param(r["text"], r["expected"] or "", id=r["text"])
            for r in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def dose(found):
    shown = found.dose + (f"-{found.dose_high}" if found.dose_high else "")
    return " ".join(part for part in (shown, found.unit, found.frequency) if part)


@pytest.mark.parametrize(("text", "expected"), cases("durations"))
def test_duration(text, expected):
    assert " ".join(d.iso for d in find_durations(text)) == expected


@pytest.mark.parametrize(("text", "expected"), cases("frequencies"))
def test_frequency(text, expected):
    assert " ".join(f.code for f in find_frequencies(text)) == expected


@pytest.mark.parametrize(("text", "expected"), cases("dosages"))
def test_dosage(text, expected):
    assert "; ".join(dose(d) for d in find_dosages(fold(text))) == expected


def test_pieces_are_where_they_say():
    text = fold("She took 0.5-1 mg/kg per day of it.")
    (found,) = find_dosages(text)
    assert [text[slice(*piece)] for piece in (found.dose_piece, found.high_piece, found.unit_piece)] == [
        "0.5",
        "1",
        "mg/kg",
    ]
    assert text[slice(*found.frequency_piece)] == "per day"


def test_no_whole_number_of_times():
    with pytest.raises(NotationError, match="36"):
        frequency_code("1", "36", "hours")
