"""The whole pipeline on texts that nobody wrote: no crash, every cell is the text's, and cost grows with the text.

Such texts are words of the pattern files, notation and stray characters in any order; pieces that expressions are apt to
choke on, repeated; and any Unicode at all.
"""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemill.loading import make_doc
from casemill.reports import Report
from casemill.run.parts import PARQUET
from casemill.schema import TABLES
from casemill.tables import printed
from casemill.tabulate import rows

#: There is more to go wrong here than in any one parser or reader.
MORE = settings(max_examples=4 * settings.default.max_examples)


def holds(nlp, text):
    """Run ``text`` through the pipeline and hold its rows to the text and to their tables."""
    if not text.strip():
        return
    for name, found in rows(nlp(make_doc(nlp, Report("r", "", text)))).items():
        if name in TABLES and found:
            PARQUET.part(name, found)
        for row in found:
            printed(name, row)
            assert 0 <= int(row["start"]) < int(row["end"]) <= len(text), (name, row)
            for pieces in json.loads(row["cells"]).values() if name in TABLES else ():
                for start, end, piece in pieces:
                    assert piece
                    assert text[start:end] == piece, (name, row)


@pytest.mark.slow
@MORE
@given(st.data())
def test_words_and_notation_in_any_order(nlp, any_report, data):
    holds(nlp, data.draw(any_report()))


@pytest.mark.slow
@MORE
@given(st.data())
def test_any_characters(nlp, any_text, data):
    holds(nlp, data.draw(any_text()))


def cpu(nlp, text, rounds):
    """The least CPU time of some rounds: noise of the machine only adds."""
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        rows(nlp(make_doc(nlp, Report("r", "", text))))
        spent.append(time.process_time() - began)
    return min(spent)


@pytest.mark.slow
def test_cost_grows_with_the_text_and_no_faster(nlp, adversarial):
    """Twice the text, at most three times the cost: from a quarter of a second on, below which noise rules."""
    size = 25_000
    before = 0.0
    for length in (size, 2 * size, 4 * size):
        text = (adversarial * (length // len(adversarial) + 1))[:length]
        spent = cpu(nlp, text, 1)
        if spent > max(0.25, 3 * before) and before:
            spent = cpu(nlp, text, 3)
        assert not before or spent <= max(0.25, 3 * before), f"{length} characters: {spent:.2f} s after {before:.2f} s"
        before = spent
