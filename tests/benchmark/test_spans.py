"""Counts of spans, by hand."""

import pytest

from casemill.benchmark.spans import exact, figures, overlap, read_documents
from casemill.errors import UsageError
from casemill.score.count import Counts


@pytest.mark.parametrize(
    ("gold", "output", "exactly", "overlapping"),
    [
        ([(0, 5)], [(0, 5)], Counts(1, 0, 0), Counts(1, 0, 0)),
        ([(0, 5)], [(0, 4)], Counts(0, 1, 1), Counts(1, 0, 0)),
        ([(0, 5)], [(5, 9)], Counts(0, 1, 1), Counts(0, 1, 1)),
        ([(0, 5), (6, 9)], [(0, 9)], Counts(0, 1, 2), Counts(1, 0, 1)),
        ([(0, 9)], [(0, 4), (5, 9)], Counts(0, 2, 1), Counts(1, 1, 0)),
        ([(0, 5), (0, 5)], [(0, 5)], Counts(1, 0, 0), Counts(1, 0, 0)),
        ([], [(0, 1)], Counts(0, 1, 0), Counts(0, 1, 0)),
    ],
)
def test_counts_by_hand(gold, output, exactly, overlapping):
    assert exact(gold, output) == exactly
    assert overlap(gold, output) == overlapping


def test_figures_add_over_documents():
    found = figures([Counts(1, 0, 0), Counts(1, 1, 1)])
    assert (found["documents"], found["tp"], found["f1"]) == (2, 2, 0.6667)
    assert found["f1_low"] <= found["f1"] <= found["f1_high"]


def test_a_line_that_is_no_document_is_named(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"id": "1", "text": "x"}\n{"id": "2"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"bad\.jsonl:2"):
        list(read_documents(tmp_path / "bad.jsonl"))
