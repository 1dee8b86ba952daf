"""Numbers: a table of spellings, and what can't be read."""

import csv
import re
from pathlib import Path

import pytest

from casemill.errors import NotationError
from casemill.notation.numbers import NUMBER, read_count, read_number

with (Path(__file__).parents[1] / "cases" / "numbers.tsv").open(encoding="utf-8", newline="") as lines:
    CASES = [(row["text"], row["expected"]) for row in csv.DictReader(lines, delimiter="\t")]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_number(text, expected):
    if expected:
        assert read_number(text) == expected
        assert re.match(NUMBER, text).group() == text
    else:
        with pytest.raises(NotationError):
            read_number(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("six", "6"), ("Twenty-four", "24"), ("thirty two", "32"), ("8,450", "8450")]
)
def test_count(text, expected):
    assert read_count(text) == expected


def test_no_count():
    with pytest.raises(NotationError):
        read_count("several")
