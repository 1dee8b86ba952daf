"""Every component works in anybody's pipeline, and what it writes survives what spaCy does with documents."""

from importlib.metadata import entry_points

import pytest
import spacy
from spacy.tokens import DocBin

import casemill
from casemill.loading import load, make_doc
from casemill.reports import Report
from casemill.schema import TABLES

TEXT = (
    "A 34-year-old woman had a rash. In May 2022 anti-TIF1γ antibody was positive by immunoblotting and JAK2 V617F was "
    "detected by PCR. CK was 8,450 U/L (normal < 170). She received prednisone 30 mg daily. Her rash resolved after 2 months."
)
FACTORIES = sorted(p.name for p in entry_points(group="spacy_factories") if p.value.startswith("casemill."))


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_component_works_alone(factory):
    nlp = spacy.blank("en")
    nlp.add_pipe(factory)
    rows = casemill.rows(nlp(TEXT))
    table = factory.removeprefix("casemill_")
    if table in TABLES and table != "patients":
        assert len(rows[table]) == 1, rows[table]


def plain(value):
    if isinstance(value, dict):
        return all(isinstance(k, str) and plain(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or type(value) in {str, int, float, bool}


def test_the_layer_is_plain(nlp):
    doc = nlp(make_doc(nlp, Report("r", "", TEXT)))
    assert plain(doc.user_data["casemill"])


def test_rows_survive_a_docbin(nlp):
    doc = nlp(make_doc(nlp, Report("r", "", TEXT)))
    bin_ = DocBin(store_user_data=True, docs=[doc])
    (back,) = DocBin().from_bytes(bin_.to_bytes()).get_docs(nlp.vocab)
    assert casemill.rows(back) == casemill.rows(doc)


def test_rows_survive_the_disk(nlp, tmp_path):
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert casemill.rows(again(TEXT))["mutations"] == casemill.rows(nlp(TEXT))["mutations"]


@pytest.mark.slow
def test_rows_survive_several_processes():
    nlp = load()
    texts = [TEXT, "RF was negative."] * 3
    alone = [casemill.rows(nlp(text)) for text in texts]
    assert [casemill.rows(doc) for doc in nlp.pipe(texts, n_process=2, batch_size=2)] == alone
