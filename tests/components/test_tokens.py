"""spaCy's own tokens, in less time."""

import pickle

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.lex_attrs import LEX_ATTRS

from casemill.components.tokens import hasten, tokens_around
from casemill.loading import load, make_doc, needs_tokens
from casemill.reports import Report
from casemill.tabulate import rows


@pytest.fixture(scope="module")
def hastened():
    nlp = spacy.blank("en")
    hasten(nlp)
    return nlp


@pytest.fixture(scope="module")
def plain_spacy():
    return spacy.blank("en")


def words(nlp, text):
    return [(token.idx, token.text) for token in nlp.tokenizer(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The platelets' count fell to 20x10^9/L (N>150), didn't rise; see example.org or mail a.b@example.org.",
        "anti-Jo-1/anti-SRP … 5mg b.i.d., c.1325dup,p.Val617Phe U.S. 3km 20°C. naïve Σjögren's 抗体 ٣٤ mg/m²",
        "word\u00a0word\u200bword \u00ad- «Größe» e.g. I'm we'll C++ 1/2-hourly \U0001f600smile",
    ],
)
def test_tokens_are_those_of_spacy(hastened, text):
    assert words(hastened, text) == words(spacy.blank("en"), text)


def test_tokens_of_reports_are_those_of_spacy(hastened, root):
    blank = spacy.blank("en")
    for path in sorted((root / "corpus" / "reports").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert words(hastened, text) == words(blank, text)


# What suffixes are made of, and what they may follow.
SUFFIXED = st.text(st.sampled_from(["a", "B", "ü", "1", "²", "…", *"'’.,;:)(-%°C$€mgUS\"» +"]), max_size=12)


@given(text=SUFFIXED)
def test_suffixes_are_those_of_spacy(hastened, plain_spacy, text):
    assert words(hastened, text) == words(plain_spacy, text)


@given(text=st.text(max_size=12) | SUFFIXED)
def test_attributes_of_new_words_are_those_of_spacy(hastened, plain_spacy, text):
    own, spacys = hastened.tokenizer(text), plain_spacy.tokenizer(text)
    assert own.to_array(list(LEX_ATTRS)).tolist() == spacys.to_array(list(LEX_ATTRS)).tolist()


def test_it_is_kept_like_any_other_tokenizer(hastened, tmp_path):
    text = "CK was 8,450 U/L (N<170)."
    hastened.to_disk(tmp_path)
    assert words(spacy.load(tmp_path), text) == words(hastened, text)
    assert words(pickle.loads(pickle.dumps(hastened)), text) == words(hastened, text)


@given(text=st.text(st.sampled_from("aB1 .,\n'-"), min_size=1, max_size=60), data=st.data())
def test_tokens_around_are_those_of_the_whole_text(hastened, text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    around, begin = tokens_around(hastened, text, start, end)
    whole = words(hastened, text)
    found = [(begin + place, word) for place, word in ((token.idx, token.text) for token in around)]
    assert begin <= start
    assert [token for token in found if not token[1].isspace()] == [
        (place, word) for place, word in whole if begin <= place < begin + len(around.text) and not word.isspace()
    ]


def test_rows_are_the_same_without_tokens(root, nlp):
    for path in sorted((root / "corpus" / "reports").glob("*.txt")):
        report = Report(path.stem, "", path.read_text(encoding="utf-8"))
        assert rows(nlp(make_doc(nlp, report, tokens=False))) == rows(nlp(make_doc(nlp, report)))


def test_a_component_of_others_gets_tokens(nlp):
    assert not needs_tokens(nlp)
    other = load()
    other.add_pipe("sentencizer", first=True)
    assert needs_tokens(other)
