"""The clock of facts in small texts: `tests/cases/clocks.tsv`, run through the whole pipeline.

``clocks`` has one entry a fact, joined by `` || ``: words of the row's own words or value, ``=``, and its clock; ``!`` behind it
for a contradiction that is noted.
"""

import csv
import json
from pathlib import Path

import pytest

from casemill.components.layers import layer
from casemill.components.numbered_days import find_numbered_days
from casemill.loading import make_doc
from casemill.reports import Report
from casemill.schema import FACT_TABLES
from casemill.tabulate import rows


def cases(name, column):
    with (Path(__file__).parents[1] / "cases" / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield pytest.param(row["text"].replace("\\n", "\n"), row[column] or "", id=row.get("case") or row["text"])


@pytest.fixture(scope="module")
def timed(nlp):
    def run(text):
        doc = nlp(make_doc(nlp, Report("r", "", text)))
        return rows(doc, clock=True)

    return run


@pytest.mark.parametrize(("text", "expected"), list(cases("clocks", "clocks")))
def test_the_clock_of_a_fact(timed, text, expected):
    tables = timed(text)
    found = [(text[int(r["start"]) : int(r["end"])], r) for name in FACT_TABLES for r in tables[name]]
    told = {words: r["clock"] + "!" * ("conflict:clock" in r["quality"]) for words, r in found}
    for entry in expected.split(" || "):
        words, _, clock = entry.partition("=")
        assert clock in {known for printed, known in told.items() if words in printed}, told


@pytest.mark.parametrize(("text", "expected"), list(cases("numbered_days", "expected")))
def test_numbered_days(text, expected):
    found = list(find_numbered_days(text, 0, len(text)))
    shown = [" ".join(filter(None, (day.iso, day.event, "by" * day.by, "during" * day.during))) for day in found]
    assert "|".join(shown) == expected


def test_the_cells_of_a_clock_are_pieces_of_the_text(timed):
    text = "A man was admitted with a rash. He received prednisone. Two weeks later, CK was 300 U/L."
    (row,) = timed(text)["lab_values"]
    pieces = json.loads(row["cells"])["clock"]
    assert [words for *_, words in pieces] == ["admitted", "Two weeks later"]
    assert all(text[start:end] == words for start, end, words in pieces)


def test_rows_and_document_are_the_same_without_it(nlp):
    text = "A man was admitted with a rash on 3 May 2019. He received prednisone. Two weeks later, CK was 300 U/L."
    doc = nlp(make_doc(nlp, Report("r", "", text)))
    plain, frames = rows(doc), repr(layer(doc)["frames"])
    clocked = rows(doc, clock=True)
    assert repr(layer(doc)["frames"]) == frames
    assert rows(doc) == plain
    for name, told in clocked.items():
        assert len(told) == len(plain[name])
        assert all(("clock" in row) == (name in FACT_TABLES) for row in told)
    assert clocked == rows(doc, clock=True)
