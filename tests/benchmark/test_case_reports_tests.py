"""Test-value pairs: the scope by hand, one document by hand, and the floors on the local corpus."""

import json

import pytest

from casemill.benchmark.case_reports_tests import compare, in_scope, measure
from casemill.loading import make_doc
from casemill.reports import Report


@pytest.mark.parametrize(
    ("name", "measured"),
    [
        ("Haemoglobin level", True),
        ("blood pressure", False),
        ("pulmonary artery pressure", True),
        ("systolic pressure", False),
        ("pulmonary artery systolic pressure", True),
        ("respiratory rate", False),
        ("erythrocyte sedimentation rate", True),
        ("oxygen saturation", False),
        ("transferrin saturation", True),
        ("body mass index", False),
        ("cardiac index", True),
        ("ratio", False),
        ("lactate to pyruvate ratio", True),
        ("Ki-67 index", False),
        ("HBV-DNA", False),
        ("antinuclear antibodies", False),
        ("urine analysis", False),
        ("clinical stage", False),
        ("serum ferritin", True),
    ],
)
def test_scope(name, measured):
    assert in_scope(name) is measured


def annotated(text, *pairs):
    """A document that links each value to its test; both are told by their words."""
    spans, links = [], []
    for number, (test, label, value) in enumerate(pairs):
        for key, kind, words in ((f"t{number}", label, test), (f"v{number}", "Lab_value", value)):
            start = text.index(words)
            spans.append({"id": key, "start": start, "end": start + len(words), "label": kind})
        links.append({"type": "MODIFY", "head": f"v{number}", "tail": f"t{number}"})
    return {"id": "d", "text": text, "spans": spans, "relations": links}


def test_one_document_by_hand(nlp):
    text = "Ferritin was 812 ng/mL, CRP 9 mg/L and copper stain 7; pulse rate was 80/min; albumin was 30 g/L."
    document = annotated(
        text,
        ("Ferritin", "Diagnostic_procedure", "812 ng/mL"),
        ("copper stain", "Diagnostic_procedure", "7"),
        ("pulse rate", "Diagnostic_procedure", "80/min"),
        ("albumin", "Sign_symptom", "30 g/L"),
    )
    found = compare(document, nlp(make_doc(nlp, Report("d", "", text))))
    assert (found.counts.tp, found.counts.fp, found.counts.fn) == (1, 1, 0)
    assert [text[slice(*pair.test)] for pair in found.spurious] == ["CRP"]
    assert found.tests == {"ferritin": True}


def test_command(tmp_path):
    from click.testing import CliRunner

    from casemill.cli import _casemill

    text = "Ferritin was 812 ng/mL."
    document = annotated(text, ("Ferritin", "Diagnostic_procedure", "812 ng/mL"))
    (tmp_path / "one.jsonl").write_text(json.dumps(document) + "\n", encoding="utf-8")
    done = CliRunner().invoke(
        _casemill, ["benchmark", "tests", str(tmp_path / "one.jsonl"), "--json", str(tmp_path / "out.json")]
    )
    assert "F1 1.000" in done.output, done.output
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["tests"]["share"] == 1.0


@pytest.mark.slow
@pytest.mark.data
def test_pairs_of_case_reports_above_their_floors(data):
    figures = measure(data / "corpora" / "case-reports" / "maccrobat.jsonl")
    assert figures["pairs"]["f1"] >= 0.91
    assert figures["tests"]["share"] >= 0.95
