"""Laboratory values: the component alone, its trace, and its pattern files."""

import spacy

from casemill.components.frames import frames_of
from casemill.components.lab_words import lab_words
from casemill.notation.units import dimension
from casemill.resources import load_patterns


def lab_frames(text):
    nlp = spacy.blank("en")
    nlp.add_pipe("casemill_lab_values")
    return nlp(text), frames_of(nlp(text), "lab_values")


def test_component_works_alone():
    _, frames = lab_frames("Serum ferritin was elevated (940 ng/mL, normal 20-250).")
    assert [{c: v for c, (v, _) in f["cells"].items()} for f in frames] == [
        {"analyte": "ferritin", "value": "940", "unit": "ng/mL", "flag": "high", "ref_low": "20", "ref_high": "250"}
    ]


def test_every_piece_stands_in_the_text():
    text = "Urinalysis showed 3+ protein. Hb, Ht and CK were 9.1 g/dL, 30% and 500 U/L. C3 was low (0.4 g/L)."
    doc, frames = lab_frames(text)
    assert frames
    for found in frames:
        for value, pieces in found["cells"].values():
            assert pieces, value
            assert all(0 <= start < end <= len(doc.text) for start, end in pieces)


def test_nothing_without_names():
    assert lab_frames("The boy had a rash on both arms for 3 days.")[1] == []


def test_analyte_units_are_of_a_known_kind():
    entries = load_patterns().rows("lab_values/analytes").values()
    unknown = {
        u for e in entries for u in e["units"].split() if u not in ("1", "[pH]", "{+}", "%{IS}") and not dimension(u)
    }
    assert not unknown


def test_abbreviations_name_known_analytes():
    patterns = load_patterns()
    names = {entry.canonical for entry in patterns.rows("lab_values/analytes").values()}
    assert {entry.canonical for entry in patterns.rows("lab_values/abbreviations").values()} <= names


def test_gaps_of_linking_words():
    words = lab_words(load_patterns())
    assert words.only(" level was found to be ", "head", "copula", "glue")
    assert not words.only(" and the dog had ", "head", "copula")
