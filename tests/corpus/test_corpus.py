"""The corpus is annotated as the specification says, and holds enough of everything to score by."""

from collections import Counter
from pathlib import Path

import pytest

from casemill.reading.stream import read_reports
from casemill.reports import Report
from casemill.schema import TABLES
from casemill.tables import read_csv

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def texts():
    return {r.report_id: r.text for r in read_reports([CORPUS / "reports"]) if isinstance(r, Report)}


@pytest.fixture(scope="module")
def gold():
    return {name: read_csv(CORPUS / "gold" / f"{name}.csv") for name in TABLES}


def test_every_report_is_read_and_annotated(texts):
    assert sorted(texts) == [row["report_id"] for row in read_csv(CORPUS / "gold" / "reports.csv")]
    assert len(texts) >= 30


@pytest.mark.parametrize("name", list(TABLES))
def test_rows_are_as_the_specification_says(name, texts, gold):
    table = TABLES[name]
    for row in gold[name]:
        assert tuple(row) == table.gold_columns
        assert 0 <= int(row["start"]) < int(row["end"]) <= len(texts[row["report_id"]])
        for column, allowed in table.enums.items():
            assert row[column] in ("", *allowed), row
        for column in table.numbers:
            float(row[column] or 0)


@pytest.mark.parametrize("name", list(TABLES))
def test_fifteen_filled_cells_of_every_scored_column_and_five_rows_of_every_value(name, gold):
    table = TABLES[name]
    filled = Counter(column for row in gold[name] for column, cell in row.items() if cell)
    assert {column: filled[column] for column in table.scored if filled[column] < 15} == {}
    for column, allowed in table.enums.items():
        values = Counter(row[column] for row in gold[name])
        assert {value: values[value] for value in allowed if values[value] < 5} == {}


def test_several_subjects_and_cohorts(gold):
    several = {row["report_id"] for row in gold["patients"] if row["subject"] == "patient-2"}
    assert len(several) >= 8
    assert sum(row["subject"] == "cohort" for rows in gold.values() for row in rows) >= 20
