"""Row cases: `tests/cases/<table>.tsv`, one line a case, run through the whole pipeline."""

import csv
from pathlib import Path

import pytest

from casemill.loading import load, make_doc
from casemill.reports import Report
from casemill.schema import TABLES
from casemill.tabulate import rows

CASES = Path(__file__).parent / "cases"


def row_cases():
    for table in TABLES:
        path = CASES / f"{table}.tsv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as lines:
                for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                    yield pytest.param(table, line["text"], line["rows"] or "", id=f"{table}-{line['case']}")


@pytest.fixture(scope="module")
def nlp():
    return load()


def parsed(cell):
    return [dict(pair.split("=", 1) for pair in row.split("; ")) for row in cell.split(" || ") if row.strip()]


@pytest.mark.parametrize(("table", "text", "expected"), list(row_cases()))
def test_row_case(nlp, table, text, expected):
    wanted = parsed(expected)
    found = rows(nlp(make_doc(nlp, Report("case", "", text.replace("\\n", "\n")))))[table]
    shown = [{column: row[column] for column in TABLES[table].facts[1:] if row[column]} for row in found]
    assert len(found) == len(wanted), shown
    for want, row in zip(wanted, found, strict=True):
        assert {column: row[column] for column in want} == want, shown
