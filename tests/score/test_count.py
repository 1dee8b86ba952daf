"""Hand-computed cases of section 8 of the specification of rows."""

import pytest

from casemill.schema import TABLES
from casemill.score.count import Counts, Scores, count, interval
from casemill.score.match import match

DRUGS = TABLES["drug_doses"]


def dose(drug, dose="", unit="", **more):
    return {"subject": "patient", "drug": drug, "dose": dose, "unit": unit, "action": "given", **more}


def test_key_row_and_cell_counts_by_hand():
    gold = [dose("prednisone", "30", "mg", frequency="1/d"), dose("methotrexate", "15", "mg")]
    output = [dose("prednisone", "30.0", "mg", frequency="2/d"), dose("aspirin", "100", "mg")]
    scores = count(DRUGS, match(DRUGS, gold, output))
    assert scores.key == Counts(tp=1, fp=1, fn=1)
    assert scores.row == Counts(tp=0, fp=2, fn=2)
    # prednisone: drug, dose, unit, action agree, frequency is wrong on both sides; methotrexate: 4 missed; aspirin: 4 spurious
    assert scores.cell == Counts(tp=4, fp=5, fn=5)
    assert scores.columns["frequency"] == Counts(tp=0, fp=1, fn=1)
    assert scores.key.f1 == pytest.approx(0.5)


def test_a_row_agrees_only_with_its_blanks():
    scores = count(DRUGS, match(DRUGS, [dose("aspirin")], [dose("aspirin", route="oral")]))
    assert scores.key == Counts(tp=1)
    assert scores.row == Counts(fp=1, fn=1)


def test_rows_with_equal_keys_are_matched_to_agree_most():
    early, late = dose("prednisone", "10", "mg", date="2020"), dose("prednisone", "10", "mg", date="2022")
    matching = match(DRUGS, [early, late], [late, early])
    assert count(DRUGS, matching).row == Counts(tp=2)


def test_equal_rows_match_one_to_one():
    matching = match(DRUGS, [dose("aspirin")], [dose("aspirin"), dose("aspirin")])
    assert (len(matching.pairs), len(matching.spurious)) == (1, 1)


def test_merging_loses_nothing():
    whole = count(DRUGS, match(DRUGS, [dose("aspirin"), dose("heparin")], [dose("aspirin"), dose("warfarin")]))
    parts = count(DRUGS, match(DRUGS, [dose("aspirin")], [dose("aspirin")])) + count(
        DRUGS, match(DRUGS, [dose("heparin")], [dose("warfarin")])
    )
    assert whole == parts
    assert Scores() + whole == whole


def test_ratios_of_nothing_are_zero():
    assert (Counts().precision, Counts().recall, Counts().f1) == (0, 0, 0)


def test_the_interval_holds_the_figure_and_is_the_same_each_time():
    counts = [Counts(3, 1, 0), Counts(0, 2, 2), Counts(5, 0, 1), Counts(1, 1, 1)]
    low, high = interval(counts)
    assert low < sum(counts, Counts()).f1 < high
    assert interval(counts) == (low, high)
