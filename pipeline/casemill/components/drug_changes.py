"""Changes of dose told without the word: a later dose of the same subject and drug is an increase or a decrease.

The rule is of the specification (section 5). It needs to know whose each dose is, so it is applied twice: when the doses
of a document are read, and again when every frame has its subject.
"""

from collections.abc import Iterable
from decimal import Decimal

from casemill.components.frames import Frame, put
from casemill.components.narrative import Narrative
from casemill.components.phrases import phrase

__all__ = ["change", "settle_changes"]

_GENERAL = ("introduction", "literature_review", "discussion")
_MASSES = {"g": Decimal(1000), "mg": Decimal(1), "ug": Decimal("0.001"), "ng": Decimal("0.000001")}
_DAYS = {"d": 1, "wk": 7, "mo": 30, "a": 365}


def settle_changes(narrative: Narrative, frames: Iterable[Frame]) -> None:
    """Set ``action`` in the frames of ``drug_doses`` whose action no word tells, in text order of their doses."""
    frames = list(frames)
    if not any("dose" in one["cells"] for one in frames):
        return
    last: dict[tuple[str, str, str], Frame] = {}
    for one in sorted(frames, key=_place):
        subject, drug = _value(one, "subject"), _value(one, "drug")
        if one["reason"] or subject == "cohort":
            continue
        if _value(one, "action") == "stopped":
            for key in [key for key in last if key[:2] == (subject, drug)]:
                del last[key]
            continue
        if not _value(one, "dose") or narrative.sentence_at(one["start"]).section in _GENERAL:
            continue
        key = (subject, drug, _measure(_value(one, "unit"))[0])
        if _unworded(one):
            start, end = one["sentence"]
            old = (
                None if phrase("drug_doses/phrases", "several").search(narrative.folded, start, end) else last.get(key)
            )
            _act(one, change(old, one) if old is not None else "given")
        last[key] = one


def change(old: Frame, new: Frame) -> str:
    """``increased``, ``decreased`` or ``given``, from one dose of a drug to a later one in units of one kind."""
    before, now = (Decimal(_value(f, "dose")) * _measure(_value(f, "unit"))[1] for f in (old, new))
    often, now_often = _times_a_day(_value(old, "frequency")), _times_a_day(_value(new, "frequency"))
    if often and now_often and (before == now or min(often, now_often) >= 1):
        before, now = before * often, now * now_often
    return "increased" if now > before else "decreased" if now < before else "given"


def _place(one: Frame) -> tuple[int, int]:
    dose = one["cells"].get("dose")
    return (dose[1][0][0] if dose and dose[1] else one["end"], one["start"])


def _value(one: Frame, column: str) -> str:
    cell = one["cells"].get(column)
    return str(cell[0]) if cell else ""


def _unworded(one: Frame) -> bool:
    """Whether the action's pieces are those of the name or the dose: no word tells it."""
    cells = one["cells"]
    action = cells.get("action")
    return action is None or any(column in cells and action[1] == cells[column][1] for column in ("drug", "dose"))


def _act(one: Frame, action: str) -> None:
    put(one, "action", action, one["cells"]["drug" if action == "given" else "dose"][1])


def _measure(unit: str) -> tuple[str, Decimal]:
    """What a unit measures, and how many of that it is: grams and micrograms are milligrams."""
    base, mark, rest = unit.partition("/")
    return ("mg" + mark + rest, _MASSES[base]) if base in _MASSES else (unit, Decimal(1))


def _times_a_day(frequency: str) -> Decimal:
    """How often a day a frequency says, 0 if it doesn't."""
    times, _, period = frequency.partition("/")
    if not times.isdigit() or not period:
        return Decimal(0)
    number, _, unit = period.strip("()").rpartition(".")
    return Decimal(times) / (Decimal(number or 1) * _DAYS.get(unit, 1))
