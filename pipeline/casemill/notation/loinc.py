"""LOINC codes: a number, a hyphen and a check digit (LOINC Users' Guide, appendix "Calculating Mod 10 check digits")."""

import re

__all__ = ["is_loinc"]

_CODE = re.compile(r"([0-9]{1,7})-([0-9])")


def is_loinc(code: str) -> bool:
    """Whether ``code`` is formed like a LOINC code and its check digit is right.

    >>> is_loinc("2951-2"), is_loinc("2951-3")
    (True, False)
    """
    match = _CODE.fullmatch(code)
    if match is None:
        return False
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(match[1]))]
    return (10 - sum(number // 10 + number % 10 for number in doubled) % 10) % 10 == int(match[2])
