"""Reference ranges and cut-offs printed beside an antibody's value, and what they say of it: positive or negative."""

import re

from casemill.errors import NotationError
from casemill.notation.numbers import NUMBER, read_number

__all__ = ["judge", "read_range"]

_OPENED = re.compile(r"[\s,;]{0,2}(?P<open>[(\[])?")
_RANGE = re.compile(
    rf"(?P<below>[<≤])?\s?1\s?[:/]\s?(?P<dilution>\d+)"
    rf"|(?P<sign>[<>≤≥])?=?\s?(?P<low>{NUMBER})(?:\s?(?:-|to)\s?(?P<high>{NUMBER}))?"
)
_RANGE_WORD = re.compile(
    r"normal|\bnl\b|\bnv\b|\bnr\b|\bn\b|ref|range|cut-?\s?off|neg|threshold|upper|limit|\brr\b|\brv\b|\bpos"
    r"|<|≤|up to|below|\bto\b|\d\s?-\s?\d"
)


def read_range(text: str, folded: str, value: str, end: int, stop: int) -> tuple[str, list[int]] | None:
    """What a range behind a value that ends at ``end`` says of it, and where the limits stand; ``None`` where none is told.

    "(normal < 20 RU/mL)", "(0-35)", "(reference: neg <16, positive >20)".
    """
    opened = _OPENED.match(text, end, stop)
    if opened is None:
        return None
    begin = opened.end()
    close = min((i for i in (text.find(")", begin, stop), text.find("]", begin, stop)) if i >= 0), default=-1)
    nested = re.match(r"(?:[^()\[\]]*\[[^\]]*\])", text[begin : begin + 30])
    if nested:
        close = text.find(")", begin + nested.end(), stop)
    inner = folded[begin:close] if close >= 0 else folded[begin : begin + 45]
    bracketed = bool(opened["open"]) or (close >= 0 and "(" not in inner)
    word = _RANGE_WORD.search(inner)
    if word is None or (
        word.start() > 25 or (not bracketed and not re.match(r"(?:normal|ref|n\b|nl\b|nv\b|cut)", inner))
    ):
        return None
    limits = next((m for m in _RANGE.finditer(text, begin + word.start(), begin + len(inner)) if m[0].strip()), None)
    if limits is None:
        return None
    return _judged(value, limits, inner[: limits.start() - begin]), list(limits.span())


def judge(text: str, folded: str, value: str, start: int, end: int) -> tuple[str, list[int]] | None:
    """What limits in a cell of their own, ``text[start:end]``, say of a value, and where; ``None`` where there are none."""
    limits = next((m for m in _RANGE.finditer(text, start, end) if m[0].strip()), None)
    if limits is None:
        return None
    return _judged(value, limits, folded[start : limits.start()]), list(limits.span())


def _judged(value: str, limits: "re.Match[str]", before: str) -> str:
    try:
        number = float(value.rpartition(":")[2].lstrip("<>=~"))
        low = float(read_number(limits["low"])) if limits["low"] else float(limits["dilution"])
        high = float(read_number(limits["high"])) if limits["high"] else None
    except (NotationError, ValueError):
        return ""
    if value.startswith("<") and number > (high or low):
        return ""
    if high is not None:
        return "negative" if number <= high else "positive"
    if limits["sign"] in {">", "≥"}:
        return "positive" if number >= low else "negative"
    if "pos" in before:
        return "positive" if number >= low else "negative"
    return "negative" if number < low or (number == low and limits["sign"] in {None, "≤"}) else "positive"
