import json

import pytest

from casemill.errors import UsageError
from casemill.schema import TABLES
from casemill.score.difference import differences
from casemill.score.evaluation import evaluate
from casemill.tables import write_csv

LAB = {
    "report_id": "a",
    "subject": "patient",
    "analyte": "creatine kinase",
    "value": "8450",
    "unit": "U/L",
    "start": "3",
    "end": "20",
}


def folder(path, reports, **tables):
    path.mkdir()
    write_csv(path / "reports.csv", "reports", [{"report_id": r} for r in reports])
    for name, rows in tables.items():
        write_csv(path / f"{name}.csv", name, rows)
    return path


def run_row(row, **more):
    return {**row, "cells": json.dumps({"value": [[6, 11, "8,450"]]}), **more}


def test_reports_beyond_the_gold_are_left_out_and_missing_ones_count(tmp_path):
    gold = folder(tmp_path / "gold", ["a", "b"], lab_values=[LAB, {**LAB, "report_id": "b"}])
    run = folder(tmp_path / "run", ["a", "c"], lab_values=[run_row(LAB), run_row(LAB, report_id="c")])
    evaluation = evaluate(gold, run)
    assert evaluation.left_out == ("c",)
    assert evaluation.absent == ("b",)
    key = evaluation.to_json()["tables"]["lab_values"]["key"]
    assert (key["tp"], key["fp"], key["fn"]) == (1, 0, 1)
    assert key["macro_f1"] == 0.5


def test_only_the_reports_asked_for_are_scored(tmp_path):
    gold = folder(tmp_path / "gold", ["a", "b"], lab_values=[LAB, {**LAB, "report_id": "b"}])
    run = folder(tmp_path / "run", ["a", "b"], lab_values=[run_row(LAB)])
    write_csv(tmp_path / "only.csv", "reports", [{"report_id": "a"}])
    key = evaluate(gold, run, reports=tmp_path / "only.csv").scores("lab_values").key
    assert (key.tp, key.fp, key.fn) == (1, 0, 0)


def test_a_report_without_gold_rows_must_give_none(tmp_path):
    gold = folder(tmp_path / "gold", ["a"], lab_values=[])
    run = folder(tmp_path / "run", ["a"], lab_values=[run_row(LAB)])
    assert evaluate(gold, run).scores("lab_values").key.fp == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, 0),
        ({"value": "845"}, 1),
        ({"unit": "ug/L"}, 1),
        ({"cells": json.dumps({"value": [[90, 95, "8,450"]]}), "value": "1"}, 0),
    ],
)
def test_wrong_values_are_numbers_where_gold_has_others(tmp_path, change, wrong):
    gold = folder(tmp_path / "gold", ["a"], lab_values=[LAB])
    run = folder(tmp_path / "run", ["a"], lab_values=[run_row(LAB, **change)])
    assert len(list(evaluate(gold, run).wrong_values())) == wrong


def test_differences_of_two_runs(tmp_path):
    before = folder(tmp_path / "before", ["a"], lab_values=[run_row(LAB), run_row(LAB)])
    after = folder(tmp_path / "after", ["a"], lab_values=[run_row(LAB), run_row(LAB, unit="[iU]/L")])
    assert [(c.sign, c.row["unit"]) for c in differences(before, after)] == [("+", "[iU]/L"), ("-", "U/L")]


def test_a_folder_without_tables_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"reports\.csv"):
        evaluate(tmp_path, tmp_path)
    assert set(TABLES) >= {"lab_values"}
