"""Completes an analyte's name by its specimen and unit: ``urine protein``, ``CSF white blood cell count``, ``neutrophils``.

A specimen holds for the names that it stands before as an adjective, or that follow a test of it in the same sentence
until blood is named again. Cells in percent and counted cells have names of their own (specification, section 6).
"""

import re

from casemill.components.lab_mentions import Mentions
from casemill.components.lab_readings import Bounds, Reading
from casemill.components.lab_words import LabWords
from casemill.components.narrative import Term
from casemill.notation.units import dimension

__all__ = ["Specimens"]

_SCOPES = ("urinalysis", "csf", "marrow", "pleural", "ascites", "synovial", "pericardial", "bal")
_AFTER = re.compile(
    r" ?(?:levels? |concentrations? |counts? )?(?:(?:was|were) (?:[a-z]+ ){1,2})?(?:in|of|from) (?:the |his |her |a )?\Z"
)
_NEVER = re.compile(r"output|culture|tract|retention|volume|incontinence|catheter|transplant|infiltrat|bladder")
_FLUIDS = ("CSF", "pleural fluid", "ascitic fluid", "synovial fluid", "pericardial fluid", "bronchoalveolar lavage")


class Specimens:
    """Names readings after where they were measured."""

    def __init__(self, mentions: Mentions, words: LabWords) -> None:
        self.mentions = mentions
        self.words = words

    def name(self, reading: Reading, bounds: Bounds, terms: list[Term]) -> tuple[str, list[list[int]]]:
        """The row's analyte and the further pieces that its name was read from."""
        base = self._by_unit(reading)
        term = self._specimen(reading, bounds, terms)
        if term is None or term.canonical == "blood":
            return base, []
        named = self.prefixed(term.canonical, base, reading)
        return named, [[term.start, term.end]] if named != base else []

    def _by_unit(self, reading: Reading) -> str:
        """Cells by their unit: percent, count, or per field of the urine sediment."""
        mention = reading.mention
        kind = dimension(reading.unit) if reading.unit else ""
        if reading.unit == "%" and (percent := mention.says("percent")):
            return percent
        if kind == "mass/mass" and self.mentions.known(f"stool {mention.name}"):
            return f"stool {mention.name}"
        if kind == "count/volume" and (count := mention.says("count")):
            return count
        if reading.unit.endswith(("[HPF]", "[LPF]", "{field}")) and not mention.name.startswith("urine"):
            cells = mention.name.replace(" count", "s").replace("red blood cells", "red blood cells")
            return f"urine {cells}"
        return mention.name

    def _specimen(self, reading: Reading, bounds: Bounds, terms: list[Term]) -> Term | None:
        start, end = reading.mention.start, max(reading.mention.tail, reading.end)
        folded = bounds.folded
        scope: Term | None = None
        for term in terms:
            if term.start < reading.mention.end and reading.mention.start < term.end:
                return None
            if term.end <= start:
                if term.id in ("specimen.urine", "specimen.stool"):
                    gap = folded[term.end : start]
                    if "," not in gap and self.words.only(gap, "modifier", "excretion", most=3):
                        scope = term
                    elif scope is not None and scope.id in ("specimen.urine", "specimen.stool"):
                        scope = None
                elif _NEVER.match(folded[term.end : term.end + 14].strip()):
                    continue
                elif term.canonical == "blood":
                    scope = (
                        term
                        if scope is None or self._renews(folded[scope.end : start], folded[term.end : start])
                        else scope
                    )
                else:
                    scope = term
            elif term.canonical != "blood" and self._follows(reading, end, term, folded):
                return term
        if scope is not None and scope.id == "specimen.urine" and not self._adjacent(scope, reading, folded):
            return None
        return scope

    @staticmethod
    def _follows(reading: Reading, end: int, term: Term, folded: str) -> bool:
        """Whether the specimen stands right behind the name ("protein in CSF was") or behind the value."""
        return any(
            place <= term.start and _AFTER.fullmatch(folded[place : term.start])
            for place in (reading.mention.tail, end)
        )

    def _renews(self, since: str, after: str) -> bool:
        """Whether blood, named after another specimen, takes over: it stands before this very name, or in a new clause."""
        return self.words.only(after, "modifier", most=3) or any(
            mark in since for mark in (";", " while ", " whereas ", " but ")
        )

    def _adjacent(self, term: Term, reading: Reading, folded: str) -> bool:
        return self.words.only(folded[term.end : reading.mention.start], "modifier", "excretion", most=3)

    def prefixed(self, specimen: str, base: str, reading: Reading) -> str:
        """The name of ``base`` measured in ``specimen``: of the register if it has one, else the specimen leads."""
        if base.startswith(("urine", "CSF", "bone marrow", *_FLUIDS)):
            return base
        short = base.removeprefix("total ")
        for name in (f"{specimen} {base}", f"{specimen} {short}"):
            if self.mentions.known(name):
                return name
        if {"{score}"} & set(reading.mention.units) or base in ("eGFR", "creatinine clearance", "LVEF"):
            return base
        if specimen == "bone marrow":
            cells = reading.unit == "%" and ({"10*9/L", "/uL"} & set(reading.mention.units))
            return f"bone marrow {base}" if cells else base
        if specimen in ("urine", "stool"):
            return f"{specimen} {short}" if reading.mention.rule != "score" else base
        if specimen in _FLUIDS:
            timed = any(dimension(unit) in ("rate", "time") for unit in reading.mention.units)
            blood = timed or base in ("hemoglobin", "platelet count", "C-reactive protein")
            return base if blood else f"{specimen} {short}"
        return base
