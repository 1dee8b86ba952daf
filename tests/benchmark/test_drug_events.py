"""Dosages, routes and names of invented sentences, by hand; floors on the local corpus."""

import json

import pytest
from click.testing import CliRunner

from casemill.benchmark.drug_events import drug_events, has_number_and_unit, named_routes
from casemill.cli import _casemill


@pytest.fixture
def corpus(tmp_path):
    documents = [
        (
            "A rash followed oral fluconazole 150 mg weekly.",
            [("fluconazole", "Drug"), ("150 mg", "Dosage"), ("oral", "Route"), ("weekly", "Freq")],
        ),
        (
            "Hives came after a single dose of quizzelin by injection.",
            [("quizzelin", "Drug"), ("a single dose", "Dosage"), ("injection", "Route")],
        ),
    ]
    path = tmp_path / "corpus.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for number, (text, marked) in enumerate(documents):
            spans = [
                {"id": str(i), "start": text.index(w), "end": text.index(w) + len(w), "label": f"Treatment.{label}"}
                for i, (w, label) in enumerate(marked)
            ]
            lines.write(json.dumps({"id": str(number), "text": text, "spans": spans, "relations": []}) + "\n")
    return path


def test_recall_of_what_names_a_dose_and_a_route(corpus):
    found = drug_events(corpus)
    kinds = ("dosage", "route", "frequency", "duration")
    assert {kind: (found[kind]["tp"], found[kind]["fn"]) for kind in kinds} == {
        "dosage": (1, 0),
        "route": (1, 0),
        "frequency": (1, 0),
        "duration": (0, 0),
    }
    assert found["names"]["missed"] == ["quizzelin"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("400 mg/d", True), ("2-mg", True), ("1500 u", True), ("3 doses", False), ("two tablets", False), ("2 x", False)],
)
def test_a_dosage_with_number_and_unit(text, expected):
    assert has_number_and_unit(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orally", {"oral"}),
        ("continuous i.v. infusion", {"intravenous"}),
        ("injections", set()),
        ("infusion", set()),
        ("intravenous and intrathecal", {"intravenous", "intrathecal"}),
    ],
)
def test_routes_that_a_span_names(text, expected):
    assert named_routes(text) == expected


def test_the_command_prints_recall(corpus):
    shown = CliRunner().invoke(_casemill, ["benchmark", "drug-events", str(corpus)]).output
    assert "dosage     recall 1.000 (1 of 1)" in shown
    assert "1 of 2 (0.500)" in shown


@pytest.mark.slow
@pytest.mark.data
def test_real_drug_events_score_above_their_floors(data):
    found = drug_events(data / "corpora" / "drug-events" / "phee2-dev.jsonl")
    assert found["dosage"]["recall"] >= 0.92
    assert found["route"]["recall"] >= 0.90
    assert found["names"]["share"] >= 0.95
