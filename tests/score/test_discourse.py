"""Hand-computed cases of the two figures of discourse, and their floors on real reports and on the corpus."""

import pytest

from casemill.run.extraction import extract_to
from casemill.schema import TABLES
from casemill.score.count import Counts, mean_interval
from casemill.score.discourse import date_counts, date_figures, subject_counts, subject_figures
from casemill.score.evaluation import evaluate
from casemill.score.match import match

# share of facts with the right subject: all reports, those with several subjects; F1 of dates: micro, macro
FLOORS = (0.96, 0.85, 0.85, 0.75)


def ana(subject, **more):
    return {"subject": subject, "antibody": "ANA", "result": "positive", **more}


def dose(drug, date="", subject="patient"):
    return {"subject": subject, "drug": drug, "dose": "", "unit": "", "action": "given", "date": date}


def matchings(**reports):
    """By table and report, from ``report={table: (gold rows, output rows)}``."""
    tables = {table for told in reports.values() for table in told}
    return {
        table: {report: match(TABLES[table], *told.get(table, ([], []))) for report, told in reports.items()}
        for table in sorted(tables)
    }


def test_a_fact_of_another_subject_is_matched_and_wrong():
    found = matchings(r={"antibodies": ([ana("patient-1"), ana("patient-2")], [ana("patient-1"), ana("patient-3")])})
    assert subject_counts(found) == {"r": (Counts(1, 1, 1), True)}


def test_a_fact_not_found_has_no_subject_to_be_wrong():
    found = matchings(r={"antibodies": ([ana("patient"), {**ana("patient"), "antibody": "RF"}], [ana("patient")])})
    assert subject_counts(found) == {"r": (Counts(1, 0, 0), False)}


def test_equal_facts_of_two_patients_go_to_their_own():
    gold = [ana("patient-1"), ana("patient-2")]
    assert subject_counts(matchings(r={"antibodies": (gold, gold[::-1])}))["r"][0] == Counts(2, 0, 0)


def test_more_agreeing_attributes_outweigh_the_subject():
    gold = [ana("patient-1", value="1:80", assay="IIF"), ana("patient-2", value="1:640", assay="ELISA")]
    output = [{**gold[0], "subject": "patient-2"}, {**gold[1], "subject": "patient-1"}]
    assert subject_counts(matchings(r={"antibodies": (gold, output)}))["r"][0] == Counts(0, 2, 2)


def test_subjects_of_the_table_of_patients_make_several_but_are_no_facts():
    patients = [{"subject": "patient-1"}, {"subject": "patient-2"}]
    found = matchings(
        one={"antibodies": ([ana("patient")], [ana("patient")])},
        two={"patients": (patients, patients), "antibodies": ([ana("patient-2")], [ana("patient-1")])},
    )
    figures = subject_figures(found)
    assert (figures["all"]["right"], figures["all"]["facts"], figures["all"]["share"]) == (1, 2, 0.5)
    assert (figures["several"]["right"], figures["several"]["facts"], figures["several"]["reports"]) == (0, 1, 1)


def test_dates_count_in_rows_whose_whole_key_agrees():
    gold = [dose("aspirin", "2020"), dose("heparin", "2020-01"), dose("warfarin"), dose("insulin", "2019")]
    output = [dose("aspirin", "2020"), dose("heparin", "2020-02"), dose("warfarin", "2021")]
    found = matchings(
        r={"drug_doses": ([*gold, dose("iron", "2018")], [*output, dose("insulin", "2019", "patient-2")])}
    )
    # right; wrong on both sides; made up; insulin and iron have no partner
    assert date_counts(found) == {"r": Counts(tp=1, fp=2, fn=1)}


def test_the_mean_is_over_reports_that_have_dates():
    dated, blank = ([dose("aspirin", "2020")], [dose("aspirin", "2020")]), ([dose("aspirin")], [dose("aspirin")])
    missed = ([dose("aspirin", "2020")], [dose("aspirin")])
    found = matchings(a={"drug_doses": dated}, b={"drug_doses": blank}, c={"drug_doses": missed})
    figures = date_figures(found)
    assert (figures["macro_reports"], figures["macro_f1"]) == (2, 0.5)
    assert figures["f1"] == pytest.approx(0.6667, abs=1e-4)


def test_nothing_to_score_is_zero():
    figures = subject_figures({})
    assert (figures["all"]["facts"], figures["all"]["share"], date_figures({})["macro_f1"]) == (0, 0.0, 0.0)


def test_the_interval_of_a_mean_holds_it():
    low, high = mean_interval([0.0, 1.0, 1.0, 0.5])
    assert 0 <= low < 0.625 < high <= 1
    assert mean_interval([]) == (0.0, 0.0)
    assert mean_interval([0.5, 0.5]) == (0.5, 0.5)


def figures_of(evaluation):
    told = evaluation.to_json()
    subjects, dates = told["subjects"], told["dates"]
    return subjects["all"]["share"], subjects["several"]["share"], dates["f1"], dates["macro_f1"]


@pytest.mark.slow
def test_subjects_and_dates_of_the_corpus(root, tmp_path):
    extract_to(tmp_path / "run", [root / "corpus" / "reports"], format="csv")
    figures = figures_of(evaluate(root / "corpus" / "gold", tmp_path / "run"))
    assert all(found >= floor for found, floor in zip(figures, FLOORS, strict=True)), figures


@pytest.mark.slow
@pytest.mark.data
def test_subjects_and_dates_of_real_reports(data, tmp_path):
    extract_to(tmp_path / "run", [data / "gold" / "texts"], format="csv")
    figures = figures_of(evaluate(data / "gold", tmp_path / "run"))
    assert all(found >= floor for found, floor in zip(figures, FLOORS, strict=True)), figures
