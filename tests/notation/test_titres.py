"""Titres: a table of prints, and what is none."""

import csv
from pathlib import Path

import pytest

from casemill.errors import NotationError
from casemill.notation.titres import find_titres, read_comparator

with (Path(__file__).parents[1] / "cases" / "titres.tsv").open(encoding="utf-8", newline="") as lines:
    CASES = [(row["text"], (row["expected"] or "").split()) for row in csv.DictReader(lines, delimiter="\t")]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_titre(text, expected):
    found = find_titres(text)
    assert [titre.value for titre in found] == expected
    assert all(text[titre.start : titre.end].strip() for titre in found)


def test_dilution():
    assert find_titres(">1:80")[0].dilution == 80


@pytest.mark.parametrize(("sign", "expected"), [("≥", ">="), (" < ", "<"), ("", ""), ("<=", "<=")])
def test_comparator(sign, expected):
    assert read_comparator(sign) == expected


def test_no_comparator():
    with pytest.raises(NotationError, match="no comparator"):
        read_comparator("about")
