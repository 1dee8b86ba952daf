"""Medication-dosage pairs and names of an invented report, by hand; floors on the local corpus."""

import json

import pytest
from click.testing import CliRunner

from casemill.benchmark.case_reports_medications import gold_pairs, medications, paired
from casemill.benchmark.regimens import in_scope
from casemill.cli import _casemill
from casemill.score.count import Counts

TEXT = "She took prednisone 40 mg daily and quizzelin 3 drops. New medications were given with high-dose cytarabine."
SPANS = [
    ("T1", "prednisone", "Medication"),
    ("T2", "40 mg", "Dosage"),
    ("T3", "daily", "Dosage"),
    ("T4", "quizzelin", "Medication"),
    ("T5", "3 drops", "Dosage"),
    ("T6", "New medications", "Medication"),
    ("T7", "high-dose", "Dosage"),
    ("T8", "cytarabine", "Medication"),
]


@pytest.fixture
def corpus(tmp_path):
    spans = [
        {"id": key, "start": TEXT.index(words), "end": TEXT.index(words) + len(words), "label": label}
        for key, words, label in SPANS
    ]
    ties = [("T2", "T1"), ("T3", "T1"), ("T5", "T4"), ("T7", "T8")]
    relations = [{"type": "MODIFY", "head": head, "tail": tail} for head, tail in ties]
    path = tmp_path / "corpus.jsonl"
    document = {"id": "invented", "text": TEXT, "spans": spans, "relations": relations}
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")
    return path


def test_a_dosage_in_numbers_and_one_in_words(corpus):
    found = medications(corpus)
    assert (found["pairs"]["tp"], found["pairs"]["fp"], found["pairs"]["fn"]) == (2, 0, 1)
    assert found["names"] == {"names": 3, "recognised": 2, "share": 0.6667, "missed": ["quizzelin"]}


def test_pairs_of_a_corpus(corpus):
    document = json.loads(corpus.read_text(encoding="utf-8"))
    assert [(TEXT[slice(*drug)], TEXT[slice(*dosage)]) for drug, dosage in gold_pairs(document)] == [
        ("prednisone", "40 mg"),
        ("prednisone", "daily"),
        ("quizzelin", "3 drops"),
        ("cytarabine", "high-dose"),
    ]


def test_one_regimen_for_two_pairs_counts_once():
    gold = [((0, 4), (5, 9)), ((0, 4), (10, 14)), ((20, 24), (25, 29))]
    assert paired(gold, [((0, 4), (5, 14)), ((0, 4), (30, 34))]) == Counts(1, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("new medications", False),
        ("fresh-frozen plasma", False),
        ("saline solution", False),
        ("General anesthesia", False),
        ("inhibitors of CYP1A2", False),
        ("saline and furosemide", True),
        ("antihypertensive drugs", True),
        ("ONO-1078", True),
    ],
)
def test_scope(text, expected):
    assert in_scope(text) is expected


def test_the_command_prints_figures_and_misses(corpus):
    shown = CliRunner().invoke(_casemill, ["benchmark", "medications", str(corpus), "--missed"]).output
    assert "tp 2, fp 0, fn 1; 1 reports" in shown
    assert "2 of 3 (0.667)\n  quizzelin" in shown


@pytest.mark.slow
@pytest.mark.data
def test_real_case_reports_score_above_their_floors(data):
    found = medications(data / "corpora" / "case-reports" / "maccrobat.jsonl")
    assert found["pairs"]["f1"] >= 0.85
    assert found["names"]["share"] >= 0.95
