"""The tables: their columns, keys, scored attributes and closed lists of values (the spec of rows, in code).

``docs/rows.md`` is the reader's version of this module; a test holds the two equal.
"""

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

__all__ = [
    "CLOCK",
    "CLOCK_PATTERN",
    "DROPPED_COLUMNS",
    "FACT_TABLES",
    "QUALITY_CODES",
    "TABLES",
    "TRACE_COLUMNS",
    "Table",
]

#: Columns that trace a row back to its text, in every table.
TRACE_COLUMNS = ("start", "end", "evidence", "section", "rule_id", "confidence", "quality", "cells")
_COUNTED = ("date", "n", "of")
#: The column behind all others of the five tables of facts, only where it is asked for: how far the fact lies from its
#: subject's zero, as told. Its forms and their order: :mod:`casemill.notation.clocks`; its meaning: ``docs/rows.md``.
CLOCK = "clock"
#: What a clock looks like that is not blank.
CLOCK_PATTERN = r"[<>]?-?P(?=[0-9]|T[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?)?"
DROPPED_COLUMNS = ("report_id", "table", "start", "end", "text", "reason")

#: What ``quality`` may say of a column, as ``code:column`` joined by ``;``.
QUALITY_CODES = MappingProxyType(
    {
        "unit_missing": "a value stands in the text without a unit",
        "unit_unknown": "the unit is none of the unit table; left blank",
        "implausible_unit": "the unit is printed, but not plausible for what was measured",
        "age_range": "the age is told as a decade or a range; left blank",
        "malformed": "the notation is malformed and kept as written",
        "print_damage": "lost superscripts or split numbers were repaired",
        "conflict": "the report contradicts itself",
        "ambiguous": "more than one reading was possible; the likelier was taken",
    }
)


@dataclass(frozen=True)
class Table:
    """One table of facts: its literal header, what makes two rows the same fact, and what is scored."""

    name: str
    own: tuple[str, ...]
    key: tuple[str, ...]
    scored: tuple[str, ...]
    codes: tuple[str, ...] = ()
    counted: bool = True
    enums: MappingProxyType[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    numbers: tuple[str, ...] = ()

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The columns that state the fact, ``report_id`` and ``subject`` first."""
        return ("report_id", "subject", *self.own, *(_COUNTED if self.counted else ()))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The literal header line."""
        return (*self.facts, *TRACE_COLUMNS, *self.codes)

    @property
    def gold_columns(self) -> tuple[str, ...]:
        """The header of a hand-annotated table, which stops after ``start,end``."""
        return (*self.facts, "start", "end")


def _table(
    name: str,
    own: str,
    *,
    key: str,
    scored: str,
    codes: str = "",
    counted: bool = True,
    numbers: str = "",
    **enums: str,
) -> Table:
    return Table(
        name=name,
        own=tuple(own.split()),
        key=tuple(key.split()),
        scored=tuple(scored.split()),
        codes=tuple(codes.split()),
        counted=counted,
        enums=MappingProxyType({column: tuple(values.split()) for column, values in enums.items()}),
        numbers=tuple(numbers.split()) + (("n", "of") if counted else ()),
    )


TABLES: MappingProxyType[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            _table(
                "patients",
                "age age_unit sex diagnoses",
                key="subject",
                scored="age age_unit sex",
                counted=False,
                numbers="age",
                age_unit="a mo wk d",
                sex="female male",
            ),
            _table(
                "antibodies",
                "antibody result value unit specimen assay",
                key="subject antibody result",
                scored="value unit specimen assay date n of",
                codes="antigen",
                result="positive negative borderline",
            ),
            _table(
                "mutations",
                "gene variant hgvs_c result zygosity origin allele_fraction assay",
                key="subject gene variant result",
                scored="zygosity origin allele_fraction assay date n of",
                codes="hgvs_p rsid",
                numbers="allele_fraction",
                result="detected not_detected",
                zygosity="heterozygous homozygous compound_heterozygous hemizygous",
                origin="somatic germline",
            ),
            _table(
                "drug_doses",
                "drug dose dose_high unit frequency route action duration",
                key="subject drug dose unit",
                scored="dose_high frequency route action duration date n of",
                codes="rxcui",
                numbers="dose dose_high",
                action="given increased decreased stopped",
            ),
            _table(
                "lab_values",
                "analyte comparator value value_high unit flag ref_low ref_high",
                key="subject analyte value unit",
                scored="comparator value_high flag ref_low ref_high date n of",
                codes="loinc",
                numbers="value value_high ref_low ref_high",
                comparator="< > <= >= ~",
                flag="high low normal abnormal",
            ),
            _table(
                "outcomes",
                "outcome domain target treatment time_to",
                key="subject outcome domain",
                scored="treatment time_to date n of",
                outcome="resolved improved unchanged worsened relapsed no_relapse died alive adverse_event",
                domain=(
                    "skin muscle joint lung heart vessel kidney liver gastrointestinal nervous_system eye endocrine "
                    "blood tumor infection laboratory pain general survival"
                ),
            ),
        )
    }
)

#: The five tables of facts (all but ``patients``).
FACT_TABLES = tuple(name for name in TABLES if name != "patients")
