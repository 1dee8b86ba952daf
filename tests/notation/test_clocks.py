"""Clocks: offsets of all signs and units as text, and their order."""

import re

import pytest

from casemill.errors import NotationError
from casemill.notation.clocks import Clock, Offset, between, contradict, offset_of, order_key
from casemill.schema import CLOCK_PATTERN


@pytest.mark.parametrize(
    ("iso", "text"),
    [
        ("P0D", "P0D"),
        ("P2W", "P14D"),
        ("P12M", "P1Y"),
        ("P18M", "P1Y6M"),
        ("P1.5Y", "P1Y6M"),
        ("P2.5M", "P2M15D"),
        ("P1.5D", "P1DT12H"),
        ("PT36H", "P1DT12H"),
        ("PT30M", "PT30M"),
    ],
)
def test_durations_as_offsets(iso, text):
    assert offset_of(iso).text == text


@pytest.mark.parametrize("iso", ["", "P", "PT", "3 weeks", "P3"])
def test_no_duration(iso):
    assert offset_of(iso) is None


@pytest.mark.parametrize(
    ("one", "sign", "other", "text"),
    [
        ("P14D", 1, "P1M", "P1M14D"),
        ("P11M", 1, "P2M", "P1Y1M"),
        ("P0D", -1, "P3Y", "-P3Y"),
        ("P18M", -1, "P3M", "P1Y3M"),
        ("P3M", -1, "P9D", "P3M"),
        ("P0D", -1, "PT90M", "-PT1H30M"),
        ("P3D", -1, "P3D", "P0D"),
    ],
)
def test_sums(one, sign, other, text):
    assert offset_of(one).plus(offset_of(other), sign=sign).text == text


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        ("2019-03-12", "2019-03-26", "P14D"),
        ("2019-03-12", "2019-03-02", "-P10D"),
        ("2019-03-12", "2019-03", "P0M"),
        ("2019-03-12", "2020-05", "P1Y2M"),
        ("2019-03", "2018-12", "-P3M"),
        ("2019-03", "2016", "-P3Y"),
        ("2019", "2019-03", "P0Y"),
    ],
)
def test_calendar_dates_at_the_coarser_precision(one, other, text):
    assert between(one, other).text == text


@pytest.mark.parametrize(("one", "other"), [("", "2019"), ("2019", ""), ("--04", "2019-04"), ("2019-04", "--05-01")])
def test_no_calendar_dates(one, other):
    assert between(one, other) is None


@pytest.mark.parametrize(
    ("clock", "text"),
    [
        (Clock("", Offset()), "P0D"),
        (Clock("", Offset()).later(), ">P0D"),
        (Clock("", Offset(0, 0, "M")).later(), ">P0D"),
        (Clock("<", Offset()), "<P0D"),
        (Clock("", Offset(2)).later().plus(Offset(0, 1440)), ">P2M1D"),
        # later than a time before the zero: on which side of it?
        (Clock("", Offset(-36)).later(), ""),
    ],
)
def test_clocks_as_text(clock, text):
    assert clock.text == text
    assert not text or re.fullmatch(CLOCK_PATTERN, text)


@pytest.mark.parametrize(
    ("one", "other", "so"),
    [
        ("P6M", "P6M", False),
        ("P6M", "P5M", False),
        ("P6M", "P9M", True),
        ("P14D", "P15D", False),
        ("P14D", "P64D", True),
        ("P6M", "P182D", False),
        ("P20Y", "P21Y", False),
        ("P20Y", "P30Y", True),
        ("P0D", "-P5D", True),
    ],
)
def test_what_can_not_both_be_right(one, other, so):
    def offset(text):
        return Offset().plus(offset_of(text.removeprefix("-")), sign=-1 if text.startswith("-") else 1)

    assert contradict(offset(one), offset(other)) is so
    assert contradict(offset(other), offset(one)) is so


def test_order():
    ordered = ["-P3Y", "-P10D", "<P0D", "P0D", ">P0D", "PT12H", "P1D", "P14D", ">P14D", "P1M", "P45D", "P1Y2M", ""]
    assert sorted(sorted(ordered), key=order_key) == ordered
    assert order_key("P1Y") == order_key("P12M")


@pytest.mark.parametrize("clock", ["soon", "14D", "P", ">", "=P1D"])
def test_no_clock(clock):
    with pytest.raises(NotationError, match="no clock"):
        order_key(clock)
