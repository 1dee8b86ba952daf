"""Texts that nobody wrote, for all that reads text; how many of them; and an alarm for what doesn't end."""

import csv
import os
import signal
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from casemill.resources import load_patterns

#: How many times the usual number of examples each property is tried on, drawn anew; unset: the same ones every time.
TIMES = int(os.environ.get("CASEMILL_FUZZ", "0"))

_EXAMPLES = 50

settings.register_profile(
    "fuzz",
    max_examples=_EXAMPLES * max(1, TIMES),
    derandomize=not TIMES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
settings.load_profile("fuzz")

_NOTATION = """
1:320 >1:80 ++ (+) 3+ 8,450 1.200,5 12.1 7,3 10⁹/L ×109/L 10^9/L U/L mg/dL mg/m2 mg/kg/day µg 375 .5 5- -35.9 1e9 6×ULN 65-70 30±2 (15–65) [0-34] N<5
V617F p.Val617Phe p.(Arg139Cys) c.1325dup c.35delG c.100-2A→G IVS4+1G>A m.3243A>G rs1363907 ΔF508 fs*5 Q61* exon 12 t(9;22) BCR::ABL1 4G/5G *3 NM_004972.3:c.1849G>T
anti-Jo-1 anti- anti-SSA/Ro anti-PL-7/12 -IgG IgM
q8h bid b.i.d. every other day × 4 days 1-14 of 28 once weekly po i.v. from to respectively
May 2022 12/05/2021 2021-02 Feb. 3, day 12 two months later 34-year-old aged 5 mo. 7 of 9 patients Case 2. Patient A: She He her twin the proband
, ; : . ! ? ( ) [ ] { } / - – — " ' “ ” | * # < > & = + % ± → ↑ ↓ ≥ ≤ ~ \\n \\n\\n \\t • Fig. 1 Table 2 Results: Discussion Methods References <p> </td> =cmd|'/c'!A1 @x
""".replace("\\n", "\n").replace("\\t", "\t")

# Digits, letters and spaces of other scripts, marks that join or turn what stands beside them, letters that grow or shrink
# with their case: where `\d`, `\w`, `\s`, `.lower()` and `int()` take or make more than was meant.
_STRANGE = "٣ ൪ ² ⅷ ½ ① 𝟗 ０ İ ı ß ǅ ﬁ Ω K Å µ e\u0301 \u0301 \u20d0 \u200b \u200d \u202e \u2066 \u2028 \u2029 \x1c \x85 \x0b \x0c \x00 \ufeff \ufffd \ufffe \U0001d400 \U0001f9ec \U0010ffff"

#: Pieces that expressions are apt to choke on when they are repeated, by name.
_ADVERSARIAL = {
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
    "definitions": "ANA(ANA)",
    "cohorts": "7 of 9 patients ",
    "combining marks": "e\u0301",
    "right to left": "\u202eabc ",
    "astral": "\U0001d400",
    "pipes": "| ",
}


@cache
def _words():
    patterns = load_patterns()
    return sorted({term for name in patterns.names() for entry in patterns.rows(name).values() for term in entry.terms})


@cache
def _phrases():
    """The texts of all tables of cases, as wholes and as halves: what parsers and components do read."""
    found = set()
    for path in sorted((Path(__file__).parents[1] / "cases").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            found.update(row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return sorted(part for text in found for part in (text, text[: len(text) // 2], text[len(text) // 2 :]) if part)


def _characters(max_size=300, *, surrogates=False):
    return st.text(st.characters(exclude_categories=() if surrogates else ("Cs",)), max_size=max_size)


def _pieces(max_pieces=60):
    piece = st.one_of(
        st.sampled_from(_words()),
        st.sampled_from(_phrases()),
        st.sampled_from(_NOTATION.split(" ")),
        st.sampled_from(_STRANGE.split(" ")),
        st.integers(0, 10**6).map(str),
        st.floats(0, 10**4, allow_nan=False).map(lambda value: f"{value:.2f}"),
        _characters(4),
    )
    joined = st.tuples(piece, st.sampled_from([" ", " ", " ", "", ". ", ", ", "\n"])).map("".join)
    return st.lists(joined, max_size=max_pieces).map("".join)


@pytest.fixture(scope="session")
def any_text():
    """A strategy for any Unicode at all; lone surrogates, which no report's text has, only if asked for."""
    return _characters


@pytest.fixture(scope="session")
def any_report():
    """A strategy for words of the pattern files, notation and phrases of the cases, stray characters between them."""
    return _pieces


@pytest.fixture(scope="session", params=_ADVERSARIAL.values(), ids=_ADVERSARIAL)
def adversarial(request):
    """A piece to be repeated."""
    return request.param


@pytest.fixture(scope="session")
def ends_within():
    """A context that fails when what stands in it takes more than some seconds of CPU, even inside an expression.

    By the clock it fails now and then where other programs have the cores.
    """

    @contextmanager
    def limited(seconds):
        def ring(_signal, _frame):
            raise AssertionError(f"not done after {seconds} seconds of CPU")

        before = signal.signal(signal.SIGPROF, ring)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    return limited
