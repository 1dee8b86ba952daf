import pytest

from casemill.notation.loinc import is_loinc


@pytest.mark.parametrize("code", ["2345-7", "718-7", "2951-2", "1-8", "0-0"])
def test_a_right_check_digit(code):
    assert is_loinc(code)


@pytest.mark.parametrize(
    "code", ["2345-6", "718-8", "2354-7", "2345", "2345-", "-7", "LP1-7", "23 45-7", "２345-7", "2345-7\n", ""]
)
def test_a_wrong_one_or_none(code):
    assert not is_loinc(code)
