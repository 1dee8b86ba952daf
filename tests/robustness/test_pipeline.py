"""The whole pipeline on texts that nobody wrote: no crash, every cell is the text's, and cost grows with the text.

Such texts are words of the pattern files, notation and stray characters in any order; pieces that expressions are apt to
choke on, repeated; and any Unicode at all.
"""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemill.loading import collector_at_rest, make_doc
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
    report = Report("r", "", text)
    told = rows(nlp(make_doc(nlp, report)))
    assert told == rows(nlp(make_doc(nlp, report, tokens=False)))
    for name, found in told.items():
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
    """The least CPU time of some rounds, as a run has it: noise of the machine, or of what other tests left, only adds."""
    spent = []
    for _ in range(rounds):
        with collector_at_rest():
            began = time.process_time()
            rows(nlp(make_doc(nlp, Report("r", "", text), tokens=False)))
            spent.append(time.process_time() - began)
    return min(spent)


def holds_growth(nlp, texts):
    """Twice the text, at most three times the cost: from a quarter of a second on, below which noise rules."""
    before = 0.0
    for text in texts:
        spent = cpu(nlp, text, 1)
        if spent > max(0.25, 3 * before) and before:
            spent = cpu(nlp, text, 5)
        assert not before or spent <= max(0.25, 3 * before), (
            f"{len(text)} characters: {spent:.2f} s after {before:.2f} s"
        )
        before = spent


@pytest.mark.slow
def test_cost_grows_with_the_text_and_no_faster(nlp, adversarial):
    size = 25_000
    lengths = (size, 2 * size, 4 * size)
    holds_growth(nlp, [(adversarial * (length // len(adversarial) + 1))[:length] for length in lengths])


def a_case(number):
    """One patient of a series: an age, a diagnosis, relatives, abbreviations, dates and a fact for every table."""
    return (
        f"Case {number}. A {number % 90 + 2}-year-old {'woman' if number % 2 else 'man'} was diagnosed with gout in May "
        f"{1990 + number % 30}. Her mother was well. Anti-Ro antibodies were positive at 1:{320 + number}. The boy carried "
        f"c.{number + 100}A>G (p.Val{number + 20}Met) in MEFV. On day {number} CK was {number * 10} U/L. The patient received "
        f"prednisone (PRED) {number % 50 + 5} mg daily, and two months later the rash improved. He refused dialysis.\n\n"
    )


@pytest.mark.slow
def test_cost_grows_with_the_patients_and_no_faster(nlp):
    holds_growth(nlp, ["".join(map(a_case, range(1, count))) for count in (80, 160, 320)])


@pytest.mark.slow
def test_cost_grows_with_the_reports_and_no_faster(nlp, root):
    reports = [path.read_text("utf-8") for path in sorted((root / "corpus" / "reports").glob("*.txt"))]
    assert reports
    holds_growth(nlp, ["\n\n".join(part) for part in (reports[::2], reports, reports * 2)])
