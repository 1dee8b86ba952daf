"""Antibodies: the component alone, its trace, its reasons and its pattern files."""

import csv

import pytest
import spacy

from casemill.components.antibody_names import names_of, squash
from casemill.components.antibody_words import words_of
from casemill.components.frames import frames_of
from casemill.resources import load_patterns


def antibody_frames(text):
    nlp = spacy.blank("en")
    nlp.add_pipe("casemill_antibodies")
    doc = nlp(text)
    return doc, frames_of(doc, "antibodies")


def test_component_works_alone():
    _, frames = antibody_frames("Serum anti-MPO antibody was elevated by ELISA (98 U/mL; normal <3.5 U/mL).")
    assert [{column: value for column, (value, _) in f["cells"].items()} for f in frames] == [
        {
            "antibody": "anti-MPO",
            "result": "positive",
            "value": "98",
            "unit": "U/mL",
            "assay": "ELISA",
            "antigen": "MPO",
            # blood that is told prints blank
            "specimen": "",
        }
    ]


def test_every_piece_stands_in_the_text():
    text = "ANA (1:320) and CSF anti-Hu were positive by line blot; HBe+ Ac, RF 12 IU/mL (0-20). A Coombs test (IgG 3+) too."
    doc, frames = antibody_frames(text)
    assert len(frames) >= 5
    for found in frames:
        for value, pieces in found["cells"].values():
            assert pieces, value
            assert all(0 <= start < end <= len(doc.text) for start, end in pieces)


def test_nothing_without_antibodies():
    assert antibody_frames("Antibiotics and antihypertensive drugs were continued.")[1] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("He had anti-GBM disease.", "disease_name"),
        ("He received anti-thyroid drugs.", "therapy"),
        ("Nivolumab, an anti-XYZ1 antibody, was stopped.", "therapy"),
        ("Tumor cells were negative for anti-SMA.", "stain"),
        ("Anti-GAD antibodies were requested.", "no_result"),
        ("Anti-Sm antibodies may be positive.", "background"),
        ("EMA was high in the rest of the lesion.", "abbreviation"),
    ],
)
def test_reason(text, reason):
    assert {found["reason"] for found in antibody_frames(text)[1]} == {reason}


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("Anti Jo 1", "anti-Jo-1"),
        ("antiMi2", "anti-Mi-2"),
        ("anti-TIF1-gamma", "anti-TIF1γ"),
        ("anti–TIF‑1γ", "anti-TIF1γ"),
        ("AQP4 IgG", "anti-AQP4"),
    ],
)
def test_spellings_fold(spelling, name):
    assert names_of(load_patterns()).name(spelling) == name


def test_one_letter_antigens_keep_their_case():
    letters = names_of(load_patterns()).letters
    assert (letters["C"], letters["c"], letters["E"], letters["e"]) == (
        "anti-C",
        "anti-little c",
        "anti-E",
        "anti-little e",
    )


def test_antigen_codes_have_a_source():
    rows = load_patterns().rows("antibodies/antibodies").values()
    assert not [row.id for row in rows if bool(row["antigen"]) != bool(row["source"])]


@pytest.mark.data
def test_antigen_codes_are_approved_symbols(data):
    with (data / "lexicons" / "hgnc-symbols.tsv").open(encoding="utf-8", newline="") as lines:
        approved = {row["approved_symbol"] for row in csv.DictReader(lines, delimiter="\t")}
    antigens = {row["antigen"] for row in load_patterns().rows("antibodies/antibodies").values()} - {""}
    assert antigens <= approved


def test_no_spelling_means_two_antibodies():
    claims = {}
    for row in load_patterns().rows("antibodies/antibodies").values():
        for spelling in (row.canonical, *row.terms):
            claims.setdefault(squash(spelling), set()).add(row.canonical)
    # the register of names tells blood groups apart by case alone
    assert {s: names for s, names in claims.items() if len(names) > 1} == {}


def test_words_are_told_apart():
    words = words_of(load_patterns())
    assert words.is_stop("inflammatory drugs", "word")
    assert not words.is_stop("infliximab antibodies", "word")
    assert words.only(["was", "strongly"], "copula", "adverb")
    assert "less than" in words.phrases("less")
