"""Values told before their names: ``91% neutrophils``, ``14 g/dL hemoglobin``, ``scored 15 on the Glasgow coma scale``."""

import re
from collections.abc import Callable

from casemill.components.lab_names import COUNTED, Mention, fits
from casemill.components.lab_readings import Bounds, Reading
from casemill.components.lab_words import LabWords
from casemill.notation.quantities import Quantity
from casemill.notation.units import Unit, dimension, read_unit

__all__ = ["Backward"]

_ARTICLE = re.compile(r"\ban? \Z")
_NAMING = ("for", "for the", "of the")
_OF = ("of", "of the", "of all", "of these")


class Backward:
    """Joins the values of one sentence to names behind them; ``finish`` completes a reading by what is printed after it."""

    def __init__(self, bounds: Bounds, words: LabWords, finish: Callable[[Reading], Reading]) -> None:
        self.bounds = bounds
        self.words = words
        self.finish = finish

    def read(self, quantity: Quantity, mention: Mention) -> Reading | None:
        """A value before its name: cells in percent or counted, grades, and pressures told with ``of``."""
        plain, folded = self.bounds.plain, self.bounds.folded
        gap = folded[quantity.end : mention.start]
        if "{score}" in mention.units and not quantity.unit and self._scored(quantity, gap):
            return _before(mention, quantity, mention.tail)
        graded = quantity.unit == "{+}" and not gap.strip()
        if (
            (mention.rule == "diagnosis" and not graded)
            or len(gap) > 60
            or not self.words.only(gap, "backward", marks="-", most=4)
        ):
            return None
        direct = not gap.strip() or gap.strip() in ("of", "of the", "for")
        unit: Unit | None = None
        power = quantity.unit.startswith("10*") and "/" not in quantity.unit
        if not quantity.unit or power:
            unit = read_unit(plain, mention.tail, self.bounds.end)
            if unit is None or not unit.code.startswith(("/", "10*")) or not direct:
                return self._of_fluid(quantity, mention) if direct and not power else None
        code = quantity.unit + (unit.code if unit else "")
        kind = dimension(code)
        article = _ARTICLE.search(folded, max(0, quantity.start - 4), quantity.start) is not None
        countable = kind.startswith("count") or code in ("%", "{+}", "{cells}") or (article and not gap.strip())
        # "of which 3 mg/dL was unconjugated"
        predicated = mention.rule == "scoped" and self.words.only(gap, "being", most=1) and bool(quantity.unit)
        if not (countable or predicated or (direct and gap.strip())) or not (
            fits(mention, code) or code.endswith("[HPF]")
        ):
            return None
        if code == "%" and not direct and not ({"10*9/L", "/uL"} & set(mention.units) or "marrow" in mention.name):
            return None
        end = max(mention.tail, unit.end if unit else 0)
        at = quantity.unit_at or ((unit.start, unit.end) if unit else None)
        return Reading(mention, end, quantity, code, at, start=quantity.start, rule="backward")

    def share(self, quantity: Quantity, mentions: list[Mention]) -> Reading | None:
        """What part of the cells a kind of them is: ``80% of the leukocytes were lymphocytes``."""
        if quantity.unit != "%":
            return None
        following = [m for m in mentions if m.start >= quantity.end][:2]
        if len(following) < 2 or not all(m.says("percent") or m.says("count") for m in following):
            return None
        folded, (whole, part) = self.bounds.folded, following
        shared = folded[quantity.end : whole.start].strip() in _OF
        verb = folded[whole.tail : part.start]
        if not shared or not verb.strip() or not self.words.only(verb, "being", "adverb", most=3):
            return None
        return _before(part, quantity, part.tail)

    def counted(self, quantity: Quantity, mentions: list[Mention]) -> Reading | None:
        """Cells of a fluid named by the unit itself: ``CSF held 36 cells/mm3``."""
        at = quantity.unit_at
        if at is None or not dimension(quantity.unit).startswith("count/"):
            return None
        mention = next((m for m in mentions if m.rule == "scoped" and at[0] <= m.start and m.end <= at[1]), None)
        return None if mention is None else _before(mention, quantity, quantity.end)

    def adjacent(self, quantity: Quantity, mention: Mention) -> Reading | None:
        """A value right before its name, where no name before it takes it: ``14 g/dL hemoglobin``."""
        gap = self.bounds.plain[quantity.end : mention.start]
        specific = quantity.unit and quantity.unit != "%" and quantity.unit in mention.units
        if gap != " " or not specific or mention.rule == "diagnosis" or quantity.changing:
            return None
        return _before(mention, quantity, mention.tail)

    def named_after(self, quantity: Quantity, mention: Mention) -> Reading | None:
        """A value named behind its reference range: ``130 IU/L (normal < 50) for aspartate aminotransferase``."""
        if not self.bounds.folded[quantity.end : mention.start].rstrip().endswith(_NAMING):
            return None
        if not quantity.unit or not fits(mention, quantity.unit) or mention.rule == "diagnosis":
            return None
        reading = _before(mention, quantity, quantity.end)
        self.finish(reading)
        if self.bounds.folded[reading.end : mention.start].strip() not in _NAMING:
            return None
        reading.end = max(reading.end, mention.tail)
        return reading

    def _scored(self, quantity: Quantity, gap: str) -> bool:
        """Whether a score stands before its scale: ``scored 15 on the``."""
        before = self.bounds.folded[max(self.bounds.start, quantity.start - 24) : quantity.start]
        words = [word for word in before.split() if word not in self.words.of("article") | {"of"}]
        scoring = bool(words) and words[-1] in self.words.of("scoring")
        return scoring and self.words.only(gap, "article", "placing", most=3)

    def _of_fluid(self, quantity: Quantity, mention: Mention) -> Reading | None:
        """A bare number of cells in a fluid, where counts are told so: ``CSF showed 30 leukocytes``."""
        before = self.bounds.folded[self.bounds.start : quantity.start]
        bare = quantity.value.isdigit() and not quantity.comparator and not quantity.out_of
        if not (bare and COUNTED & set(mention.units) and self.words.any(before, "fluid")):
            return None
        return _before(mention, quantity, mention.tail)


def _before(mention: Mention, quantity: Quantity, end: int) -> Reading:
    return Reading(mention, end, quantity, quantity.unit, quantity.unit_at, start=quantity.start, rule="backward")
