"""The variant benchmark: kinds by words, figures by hand on a corpus of our own, floors on the local corpora."""

import json

import pytest
from click.testing import CliRunner

from casemill.benchmark.variants import Prediction, kind_of, marks_prose, measure, scored
from casemill.cli.benchmark import command

TEXT = "KRAS p.Gly12Asp was found. In vitro, a deletion of 10 bp and substitution of Gly13 with Asp were studied."


def span(words, kind=None):
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "label": "Variant", "kind": kind}


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.jsonl"
    spans = [span("p.Gly12Asp"), span("deletion of 10 bp"), span("substitution of Gly13 with Asp")]
    document = {"id": 1, "text": TEXT, "spans": spans, "normalized": ["G12D", "G13D", "V600E"]}
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("mention", "kind"),
    [
        ("V600E", "standard"),
        ("Val 600 Glu", "standard"),
        ("c.35delG", "standard"),
        ("Gly-706 mutant", "semi-standard"),
        ("486-bp deletion", "semi-standard"),
        ("substitution of glutamine for arginine at position 505", "natural language"),
        ("mutation at codon 717", "natural language"),
    ],
)
def test_kind_by_words(mention, kind):
    assert kind_of(mention) == kind


def test_figures_and_predictions(corpus):
    figures, (prediction,) = measure(corpus)
    assert (figures["overlap"]["tp"], figures["overlap"]["fp"], figures["overlap"]["fn"]) == (3, 0, 0)
    assert figures["overlap, natural language"]["tp"] == 2
    assert (figures["point mutations"]["tp"], figures["point mutations"]["fn"]) == (2, 1)
    assert prediction.normalized == ["G12D", "G13D"]


def test_output_on_another_kind_is_neither_right_nor_wrong():
    document = {"id": 1, "text": TEXT, "spans": [span("p.Gly12Asp", 0), span("deletion of 10 bp", 1)]}
    start, end = document["spans"][0]["start"], document["spans"][0]["end"]
    prediction = Prediction("1", ((start, end, "G12D"), (0, 4, "KRAS")))
    figures = scored([document], [prediction])
    assert (figures["overlap"]["tp"], figures["overlap"]["fp"], figures["overlap"]["fn"]) == (1, 1, 1)
    standard = figures["overlap, standard and semi-standard"]
    assert (standard["tp"], standard["fp"], standard["fn"]) == (1, 1, 0)
    natural = figures["overlap, natural language"]
    assert (natural["tp"], natural["fp"], natural["fn"]) == (0, 0, 1)


def test_a_corpus_of_notations_is_told_by_its_kinds():
    assert marks_prose([{"text": TEXT, "spans": [span("p.Gly12Asp"), span("deletion of 10 bp")]}])
    assert not marks_prose([{"text": TEXT, "spans": [span("p.Gly12Asp", "ProteinMutation")]}])
    assert marks_prose([{"text": TEXT, "normalized": ["G12D"]}])


def test_the_command_writes_predictions_and_figures(corpus, tmp_path):
    out, figures = tmp_path / "out.jsonl", tmp_path / "figures.json"
    arguments = ["variants", str(corpus), "--predictions", str(out), "--json", str(figures)]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert "overlap, natural language" in done.output
    line = json.loads(out.read_text(encoding="utf-8"))
    assert line["id"] == "1"
    assert line["spans"][0] == {"start": 5, "end": 15, "label": "Variant", "norm": "G12D"}
    assert line["normalized"] == ["G12D", "G13D"]
    assert json.loads(figures.read_text(encoding="utf-8"))["exact"]["documents"] == 1


def test_notations_alone(corpus):
    done = CliRunner().invoke(command, ["variants", str(corpus), "--no-prose"], catch_exceptions=False)
    assert [line.split()[:3] for line in done.output.splitlines() if line.startswith("overlap ")] == [
        ["overlap", "3", "2"]
    ]


#: F1 by corpus, a little below what `casemill benchmark variants` prints (docs/benchmarks.md).
FLOORS = {
    "wei2013-train": {"exact": 0.935, "overlap": 0.955},
    "nala-train": {"overlap, standard and semi-standard": 0.92, "overlap, natural language": 0.68},
    "mutationfinder-devo": {"point mutations": 0.945},
}


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("name", list(FLOORS))
def test_local_corpora_score_above_their_floors(data, name):
    figures, _ = measure(data / "corpora" / "variants" / f"{name}.jsonl")
    assert {key: figures[key]["f1"] for key in FLOORS[name] if figures[key]["f1"] < FLOORS[name][key]} == {}
