import csv
from itertools import pairwise
from pathlib import Path

import pytest

from casemill.components.texts import plain
from casemill.notation.variant_forms import base_change, codon_of, is_coding, is_protein, is_standard, long_protein
from casemill.notation.variants import find_variants

CASES = Path(__file__).parents[1] / "cases" / "variants.tsv"


def cases():
    with CASES.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield pytest.param(line["text"], (line["expected"] or "").split(" || "), id=line["text"])


@pytest.mark.parametrize(("text", "expected"), list(cases()))
def test_variants(text, expected):
    assert [v.form for v in find_variants(plain(text))] == [form for form in expected if form]


STANDARD_FORMS = {
    "c": "NM_000001.1:",
    "g": "NC_000001.1:",
    "m": "NC_012920.1:",
    "n": "NR_000001.1:",
    "r": "NM_000001.1:",
}


def test_another_parser_reads_what_we_call_standard():
    """ferro-hgvs parses every description of the cases that we don't call malformed, and none of those we do."""
    ferro = pytest.importorskip("ferro_hgvs")
    found = {v for case in cases() for v in find_variants(plain(case.values[0]))}
    described = {
        STANDARD_FORMS[v.form[0]] + v.form: is_standard(v.form)
        for v in found
        if v.form[:2] in {f"{k}." for k in STANDARD_FORMS}
    }
    described |= {
        f"NP_000001.1:{long_protein(v.form)}": True for v in found if v.level == "protein" and long_protein(v.form)
    }
    assert len(described) > 50
    for form, standard in sorted(described.items()):
        try:
            ferro.parse(form)
        except ferro.ParseError:
            assert not standard, form
        else:
            assert standard, form


def test_offsets_hold_the_mention():
    text = "a heterozygous c.35delG (p.Gly12fs) was seen"
    assert [text[v.start : v.end] for v in find_variants(text)] == ["c.35delG", "p.Gly12fs"]


def test_none_overlaps_another():
    found = find_variants("G to A transition at nucleotide 1517 (c.1517A>G), p.Asp506Gly, ΔF508/F508del, c.1A>G")
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    "form", ["c.35del", "c.35_36insA", "c.-12G>A", "c.100-2A>G", "m.3243A>G", "c.76_78delinsTT", "g.12345678C>T"]
)
def test_well_formed_coding(form):
    assert is_coding(form)


@pytest.mark.parametrize("form", ["c.35G>G", "c.40_30del", "c.35", "35del", "c.35delX", "x.35del"])
def test_malformed_coding(form):
    assert not is_coding(form)


@pytest.mark.parametrize(
    ("form", "good"),
    [("V617F", True), ("V617V", False), ("B12A", False), ("Q61*", True), ("V617", False), ("A0V", False)],
)
def test_protein_check(form, good):
    assert is_protein(form) is good


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("V617F", "p.Val617Phe"),
        ("Q61*", "p.Gln61Ter"),
        ("K3fs", "p.Lys3fs"),
        ("E746_A750del", "p.Glu746_Ala750del"),
        ("Q712=", "p.Gln712="),
        ("ITD", ""),
        ("R-4Q", ""),
    ],
)
def test_long_protein(form, written):
    assert long_protein(form) == written


def test_short_ranges_are_written_out():
    assert base_change("c", "1782", "83", "del") == "c.1782_1783del"


@pytest.mark.parametrize(
    ("coding", "codon"), [("c.211G>A", 71), ("c.1A>G", 1), ("c.100-2A>G", None), ("c.*5G>A", None)]
)
def test_codon(coding, codon):
    assert codon_of(coding) == codon
