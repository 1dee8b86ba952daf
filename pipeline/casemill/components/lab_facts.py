"""Which readings state a fact: what a name needs around it to count, by its guard."""

import re

from casemill.components.lab_readings import Bounds, Reading
from casemill.components.lab_words import LabWords

__all__ = ["states_fact"]

# The rest of a decimal that was printed with a space, and its unit.
_TORN_OFF = re.compile(r"\.\s\d{1,3}\s?(?:%|\)|sec|[mukµμ]?g\b|[munµμ]?mol|[A-Za-z]{1,4}/)")


def states_fact(reading: Reading, readings: list[Reading], bounds: Bounds, words: LabWords) -> bool:
    """Whether a reading states a fact: a value of its own, or a level that its name can carry alone."""
    mention = reading.mention
    quantity = reading.quantity
    if mention.guard == "scoped":
        return _scoped(reading)
    if quantity is not None and not reading.unit and _TORN_OFF.match(bounds.plain, quantity.end):
        # "a time of 9. 8 seconds", taken for two sentences
        return False
    if mention.says("bedside") and words.at_bedside(bounds.folded[bounds.start : bounds.end]):
        # "pulse 90/min, SaO2 95%": a vital sign, no blood gas
        return False
    if quantity is not None:
        if mention.guard == "unit" and not reading.unit:
            return False
        if mention.guard and not reading.unit and not quantity.out_of and not {"1", "{score}"} & set(mention.units):
            return mention.rule != "diagnosis" and _listed(reading, readings)
        return True
    if not reading.flag or mention.rule in ("diagnosis", "pronoun"):
        return False
    if mention.guard == "value":
        told = mention.rule == "lexicon" and mention.end - mention.start >= 2
        # "protein and glucose levels were normal": the head is of both
        joint = [r for r in readings if r is reading or (r.flag_at == reading.flag_at and r.quantity is None)]
        leveled = any(words.is_leveled(bounds.folded, r.mention.start, r.mention.tail) for r in joint)
        return told and (leveled or _listed(reading, readings) or _joint(reading, readings))
    if mention.guard == "level":
        folded = bounds.folded
        around = folded[max(0, mention.start - 24) : mention.tail + 16]
        named = words.any(around, "head") or words.any(around, "specimen")
        # "while that of testosterone was low": that level
        return named or "that of " in around or "those of " in around or _joint(reading, readings)
    return True


def _listed(reading: Reading, readings: list[Reading]) -> bool:
    """Whether at least two other values or levels of unguarded analytes stand in the sentence.

    A value may also stand in a list without units ("Na 128, K 5.9, BUN 44, Cr 3.1"): three others, one of them unguarded.
    """
    others = [r for r in readings if r is not reading]
    if len({r.mention.name for r in others if (r.unit or r.flag) and not r.mention.guard}) >= 2:
        return True
    told = {r.mention.name: r.mention.guard for r in others if r.quantity is not None}
    return reading.quantity is not None and len(told) >= 3 and not all(told.values())


def _joint(reading: Reading, readings: list[Reading]) -> bool:
    """Whether the level's word covers another analyte too: "PT and fibrinogen were normal"."""
    own = reading.mention
    return any(
        r.flag_at == reading.flag_at and r.mention.name != own.name and (own.guard == "level" or not r.mention.guard)
        for r in readings
    )


def _scoped(reading: Reading) -> bool:
    """Whether a name that only its scope makes clear is told with a grade, a fitting unit or a test's result."""
    if reading.quantity is not None:
        return bool(reading.unit)
    return bool(reading.flag) and bool(reading.mention.says("qualitative"))
