"""Reckoning with dates in ISO 8601 at the precision that they have: completing, comparing and moving them."""

from calendar import monthrange

from casemill.errors import NotationError

__all__ = ["complete", "is_before", "is_far", "shift"]


def complete(iso: str, after: str) -> str:
    """A truncated date (``--04``) in the year in which it next comes at or after ``after``; blank if that is unknown.

    >>> complete("--04", "2015-01")
    '2015-04'
    >>> complete("--02-03", "2015-11-20")
    '2016-02-03'
    """
    if not iso.startswith("--"):
        return iso
    if len(after) < 7:
        return ""
    rest = iso[2:]
    size = min(len(rest), len(after) - 5)
    if 0 <= int(after[5:7]) - int(rest[:2]) <= 1:
        # "8 March 2022 ... from 3 March": told a little later than it happened
        return f"{after[:4]}-{rest}"
    return f"{int(after[:4]) + (rest[:size] < after[5 : 5 + size])}-{rest}"


def is_before(one: str, other: str) -> bool:
    """Whether ``one`` surely lies before ``other``, at the precision that both have."""
    size = min(len(one), len(other))
    return bool(one and other) and one[:size] < other[:size]


def is_far(one: str, other: str) -> bool:
    """Whether two dates contradict each other: more than one month, or of bare years more than one year, apart.

    >>> is_far("2018-04", "2018-05-12"), is_far("2018", "2021-03")
    (False, True)
    """
    size = min(len(one), len(other))
    if size < 4 or "-" in (one[0], other[0]):
        return False
    years = int(one[:4]) - int(other[:4])
    if size == 4:
        return abs(years) > 1
    return abs(12 * years + int(one[5:7]) - int(other[5:7])) > 1


def shift(iso: str, *, years: int = 0, months: int = 0, days: int = 0) -> str:
    """``iso`` moved by whole years, months or days, at its own precision (specification, section 1).

    >>> shift("2021-02", months=2)
    '2021-04'
    >>> shift("2018-11-25", days=-10)
    '2018-11-15'

    :raises NotationError: the date is not known precisely enough (no months are reckoned from a bare year).
    """
    if (months and len(iso) < 7) or (days and len(iso) < 10) or len(iso) < 4 or iso.startswith("-"):
        raise NotationError(f"{iso!r} is not precise enough to move by {years} years, {months} months, {days} days")
    if days:
        from datetime import date, timedelta

        return (date.fromisoformat(iso) + timedelta(days=days)).isoformat()
    if len(iso) == 4:
        return f"{int(iso) + years:04}"
    total = (int(iso[:4]) + years) * 12 + int(iso[5:7]) - 1 + months
    year, month = divmod(total, 12)
    moved = f"{year:04}-{month + 1:02}"
    if len(iso) == 10:
        moved += f"-{min(int(iso[8:]), monthrange(year, month + 1)[1]):02}"
    return moved
