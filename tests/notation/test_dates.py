"""Dates, ages and times told from others: tables of spellings, and arithmetic on ISO 8601."""

import csv
from pathlib import Path

import pytest

from casemill.errors import NotationError
from casemill.notation.ages import find_ages
from casemill.notation.dates import find_dates
from casemill.notation.reckoning import complete, is_before, is_far, shift
from casemill.notation.relative_times import find_relative_times, reckon


def cases(name):
    with (Path(__file__).parents[1] / "cases" / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        pytest.param(row["text"], (row["expected"] or "").split("|") if row["expected"] else [], id=row["text"])
        for row in rows
    ]


@pytest.mark.parametrize(("text", "expected"), cases("dates"))
def test_dates(text, expected):
    found = find_dates(text)
    assert [date.iso for date in found] == expected
    assert all(text[date.start : date.end].strip() for date in found)


@pytest.mark.parametrize(("text", "expected"), cases("ages"))
def test_ages(text, expected):
    assert [f"{age.value} {age.unit}" if age.value else "range" for age in find_ages(text)] == expected


@pytest.mark.parametrize(("text", "expected"), cases("relative_times"))
def test_relative_times(text, expected):
    found = find_relative_times(text, 0, len(text))
    assert [f"{time.iso} {time.sign} {time.base}{' rough' if time.rough else ''}" for time in found] == expected


@pytest.mark.parametrize(
    ("iso", "moved", "expected"),
    [
        ("2021-11", {"months": 2}, "2022-01"),
        ("2021-03", {"months": -4}, "2020-11"),
        ("2020-01-31", {"months": 1}, "2020-02-29"),
        ("2020-02-27", {"days": 3}, "2020-03-01"),
        ("2020", {"years": 3}, "2023"),
    ],
)
def test_shift(iso, moved, expected):
    assert shift(iso, **moved) == expected


@pytest.mark.parametrize(
    ("iso", "moved"), [("2020", {"months": 1}), ("2020-02", {"days": 1}), ("", {"years": 1}), ("--04", {"years": 1})]
)
def test_no_shift(iso, moved):
    with pytest.raises(NotationError, match="not precise enough"):
        shift(iso, **moved)


@pytest.mark.parametrize(
    ("iso", "after", "expected"),
    [
        ("--04", "2015-01", "2015-04"),
        ("--04", "2015-09", "2016-04"),
        ("--04-02", "2015-04-03", "2015-04-02"),
        ("--04", "2015", ""),
        ("2011", "", "2011"),
    ],
)
def test_complete(iso, after, expected):
    assert complete(iso, after) == expected


def test_order():
    assert is_before("2015", "2016-01")
    assert not is_before("2016", "2016-05")


def test_reckoning_needs_precision():
    (time,) = find_relative_times("two weeks later", 0, 15)
    assert reckon("2020-03", time) == ""
    assert reckon("2020-03-01", time) == "2020-03-15"


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("2018-04", "2018-05-12", False),
        ("2018-04", "2018-07", True),
        ("2018", "2019-01", False),
        ("2018", "2021-03", True),
        ("", "2018", False),
        ("--04", "2018", False),
    ],
)
def test_dates_that_contradict_each_other(one, other, far):
    assert is_far(one, other) is far
