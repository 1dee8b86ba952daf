"""Scores as floors: a change of rules that costs more than noise fails here. Raise them when the figures rise."""

import pytest

from casemill.run.extraction import extract_to
from casemill.score.evaluation import evaluate

# key F1 and row F1, a little below what `casemill evaluate` prints (see README.md)
CORPUS_FLOORS = {
    "patients": (0.80, 0.70),
    "antibodies": (0.70, 0.55),
    "mutations": (0.60, 0.30),
    "drug_doses": (0.70, 0.55),
    "lab_values": (0.75, 0.60),
    "outcomes": (0.50, 0.28),
}
GOLD_FLOORS = {
    "patients": (0.92, 0.92),
    "antibodies": (0.93, 0.85),
    "mutations": (0.90, 0.80),
    "drug_doses": (0.90, 0.74),
    "lab_values": (0.90, 0.80),
    "outcomes": (0.74, 0.52),
}


def shortfalls(evaluation, floors):
    found = {name: (evaluation.scores(name).key.f1, evaluation.scores(name).row.f1) for name in floors}
    return {name: found[name] for name, (key, row) in floors.items() if found[name][0] < key or found[name][1] < row}


@pytest.mark.slow
def test_the_corpus_scores_above_its_floors(root, tmp_path):
    extract_to(tmp_path / "run", [root / "corpus" / "reports"], format="csv")
    assert shortfalls(evaluate(root / "corpus" / "gold", tmp_path / "run"), CORPUS_FLOORS) == {}


@pytest.mark.slow
@pytest.mark.data
def test_real_reports_score_above_their_floors(data, tmp_path):
    extract_to(tmp_path / "run", [data / "gold" / "texts"], format="csv")
    assert shortfalls(evaluate(data / "gold", tmp_path / "run"), GOLD_FLOORS) == {}
