"""The whole pipeline on texts that nobody wrote: no crash, every cell is the text's, and cost grows with the text.

Such texts are words of the pattern files, notation and stray characters in any order; pieces that expressions are apt to
choke on, repeated; and any Unicode at all.
"""

import json
import time
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemill.loading import make_doc
from casemill.reports import Report
from casemill.resources import load_patterns
from casemill.schema import TABLES
from casemill.tabulate import rows

_NOTATION = """
1:320 >1:80 ++ (+) 3+ 8,450 1.200,5 12.1 7,3 10⁹/L ×109/L 10^9/L U/L mg/dL mg/m2 mg/kg/day µg 375 .5 5- -35.9 1e9 6×ULN 65-70 30±2 (15–65) [0-34] N<5
V617F p.Val617Phe p.(Arg139Cys) c.1325dup c.35delG c.100-2A→G IVS4+1G>A m.3243A>G rs1363907 ΔF508 fs*5 Q61* exon 12 t(9;22) BCR::ABL1 4G/5G *3 NM_004972.3:c.1849G>T
anti-Jo-1 anti- anti-SSA/Ro anti-PL-7/12 -IgG IgM
q8h bid b.i.d. every other day × 4 days 1-14 of 28 once weekly po i.v. from to respectively
May 2022 12/05/2021 2021-02 Feb. 3, day 12 two months later 34-year-old aged 5 mo. 7 of 9 patients Case 2. Patient A: She He her twin the proband
, ; : . ! ? ( ) [ ] { } / - – — " ' “ ” | * # < > & = + % ± → ↑ ↓ ≥ ≤ ~ \\n \\n\\n \\t • Fig. 1 Table 2 Results: Discussion Methods References <p> </td> =cmd|'/c'!A1 @x
""".replace("\\n", "\n").replace("\\t", "\t")


@cache
def _words():
    patterns = load_patterns()
    terms = sorted(
        {term for name in patterns.names() for entry in patterns.rows(name).values() for term in entry.terms}
    )
    return terms


def any_text(max_size=300):
    """Any Unicode at all, surrogates left out (a report's text has none: the readers take them away)."""
    return st.text(st.characters(exclude_categories=("Cs",)), max_size=max_size)


def any_report(max_pieces=60):
    """Words of the pattern files and notation, joined by spaces or nothing, with stray characters between."""
    piece = st.one_of(
        st.sampled_from(_words()),
        st.sampled_from(_NOTATION.split(" ")),
        st.integers(0, 10**6).map(str),
        st.floats(0, 10**4, allow_nan=False).map(lambda value: f"{value:.2f}"),
        any_text(4),
    )
    joined = st.tuples(piece, st.sampled_from([" ", " ", " ", "", ". ", ", ", "\n"])).map("".join)
    return st.lists(joined, max_size=max_pieces).map("".join)


#: Pieces that expressions are apt to choke on when they are repeated, by name.
ADVERSARIAL = {
    "digits": "1",
    "spaced digits": "1 ",
    "decimals": "1.",
    "thousands": "1,000",
    "slashes": "1/",
    "anti": "anti-",
    "anti lists": "anti-A, ",
    "brackets": "(",
    "nested brackets": "([{",
    "bracket pairs": "()",
    "coding changes": "c.1",
    "arrows": "A>",
    "letters": "a",
    "capitals": "A",
    "capitals and digits": "A1",
    "words": "and the ",
    "spaces": " ",
    "line breaks": "\n",
    "dashes": "-",
    "stops": ". ",
    "drugs": "prednisone 10 mg, ",
    "doses": "10 mg ",
    "values": "CK 10 U/L ",
    "outcomes": "rash improved ",
    "dates": "May 2020 ",
    "months": "2 months later ",
    "patients": "Patient 1 ",
    "cohorts": "7 of 9 patients ",
    "combining marks": "e\u0301",
    "right to left": "\u202eabc ",
    "astral": "\U0001d400",
    "pipes": "| ",
}

RUNS = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


def holds(nlp, text):
    """Run ``text`` through the pipeline and hold its rows to the text."""
    if not text.strip():
        return
    for name, found in rows(nlp(make_doc(nlp, Report("r", "", text)))).items():
        for row in found:
            assert 0 <= int(row["start"]) < int(row["end"]) <= len(text), (name, row)
            for pieces in json.loads(row["cells"]).values() if name in TABLES else ():
                for start, end, piece in pieces:
                    assert piece
                    assert text[start:end] == piece, (name, row)


@pytest.mark.slow
@RUNS
@given(any_report())
def test_words_and_notation_in_any_order(nlp, text):
    holds(nlp, text)


@pytest.mark.slow
@RUNS
@given(any_text())
def test_any_characters(nlp, text):
    holds(nlp, text)


def cpu(nlp, text, rounds):
    """The least CPU time of some rounds: noise of the machine only adds."""
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        rows(nlp(make_doc(nlp, Report("r", "", text))))
        spent.append(time.process_time() - began)
    return min(spent)


def holds_growth(nlp, texts):
    """Twice the text, at most three times the cost: from a quarter of a second on, below which noise rules."""
    before = 0.0
    for text in texts:
        spent = cpu(nlp, text, 1)
        if spent > max(0.25, 3 * before) and before:
            spent = cpu(nlp, text, 3)
        assert not before or spent <= max(0.25, 3 * before), (
            f"{len(text)} characters: {spent:.2f} s after {before:.2f} s"
        )
        before = spent


@pytest.mark.slow
@pytest.mark.parametrize("piece", ADVERSARIAL.values(), ids=ADVERSARIAL)
def test_cost_grows_with_the_text_and_no_faster(nlp, piece):
    size = 25_000
    holds_growth(nlp, [(piece * (length // len(piece) + 1))[:length] for length in (size, 2 * size, 4 * size)])


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
