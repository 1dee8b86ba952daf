"""Scores as floors: a change of rules that costs more than noise fails here. Raise them when the figures rise."""

import pytest

from casemill.run.extraction import extract_to
from casemill.score.evaluation import evaluate

# key F1 and row F1, a little below what `casemill evaluate` prints (see README.md)
CORPUS_FLOORS = {
    "patients": (0.94, 0.90),
    "antibodies": (0.91, 0.80),
    "mutations": (0.86, 0.69),
    "drug_doses": (0.92, 0.82),
    "lab_values": (0.91, 0.80),
    "outcomes": (0.75, 0.52),
}
GOLD_FLOORS = {
    "patients": (0.97, 0.97),
    "antibodies": (0.95, 0.92),
    "mutations": (0.94, 0.89),
    "drug_doses": (0.92, 0.85),
    "lab_values": (0.94, 0.90),
    "outcomes": (0.79, 0.60),
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
