"""Laboratory values in tables: analytes as rows or as columns; what a cell must hold to state a value."""

import pytest
import spacy

COLUMNS = ("analyte", "value", "unit", "flag", "ref_low", "ref_high", "date")

CASES = {
    "tabs": (
        "Test\tResult\tReference\nHemoglobin\t7.9 g/dL\t12.5-16.5\nCreatine kinase\t2 310 U/L\t<170",
        [("hemoglobin", "7.9", "g/dL", "", "12.5", "16.5", ""), ("creatine kinase", "2310", "U/L", "", "", "170", "")],
    ),
    "bars and dated columns": (
        "| Analyte (reference) | May 2019 | June 2020 |\n|---|---|---|\n| Creatinine, µmol/L (45-90) | 310 | ↑ 120 |\n"
        "| Ferritin (ng/mL) | 88 | normal |",
        [
            ("creatinine", "310", "umol/L", "", "45", "90", "2019-05"),
            ("creatinine", "120", "umol/L", "high", "45", "90", "2020-06"),
            ("ferritin", "88", "ng/mL", "", "", "", "2019-05"),
            ("ferritin", "", "", "normal", "", "", "2020-06"),
        ],
    ),
    "unit column, no header of results": (
        "Parameter | Value | Unit | Normal range\nSodium | 128 | mmol/L | 135-145\nPotassium | 5.9 H | mmol/L | 3.5-5.1",
        [("sodium", "128", "mmol/L", "", "135", "145", ""), ("potassium", "5.9", "mmol/L", "high", "3.5", "5.1", "")],
    ),
    "wide gaps": (
        "Hb        9.4 g/dL       12-16\nWBC       14.1 x10^9/L   4-10\nCRP       elevated       <5",
        [
            ("hemoglobin", "9.4", "g/dL", "", "12", "16", ""),
            ("white blood cell count", "14.1", "10*9/L", "", "4", "10", ""),
            ("C-reactive protein", "", "", "high", "", "", ""),
        ],
    ),
    "analytes as columns": (
        "Case\tAge\tCK (U/L)\tFVC (%)\n1\t44\t812\t61\n2\t50\t640\t58",
        [
            ("creatine kinase", "812", "U/L", "", "", "", ""),
            ("FVC", "61", "%", "", "", "", ""),
            ("creatine kinase", "640", "U/L", "", "", "", ""),
            ("FVC", "58", "%", "", "", "", ""),
        ],
    ),
    "statistics are no values": (
        "Variable | Patients | p value\nHemoglobin (g/dL) | 9.1 ± 2.0 | 0.01\nFerritin (ng/mL) | 12 (40%) | 0.2",
        [],
    ),
    "a heading of its part": (
        "Test\tResult\tReference\nCreatinine\t1.9 mg/dL\t0.5-1.1\nUrinalysis\nProtein\t2+\tnegative\nNitrite\tnegative\tnegative",
        [
            ("creatinine", "1.9", "mg/dL", "", "0.5", "1.1", ""),
            ("urine protein", "2", "{+}", "", "", "", ""),
            ("urine nitrite", "", "", "normal", "", "", ""),
        ],
    ),
    "no laboratory table": ("Drug\tDose\nPrednisone\t20 mg\nAspirin\t100 mg", []),
}


@pytest.fixture(scope="module")
def nlp():
    pipeline = spacy.blank("en")
    pipeline.add_pipe("casemill_lab_values")
    return pipeline


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_tables(nlp, text, expected):
    frames = nlp(text).user_data["casemill"]["frames"]["lab_values"]
    cells = [tuple(frame["cells"].get(column, [""])[0] for column in COLUMNS) for frame in frames]
    assert cells == expected


def test_cells_are_characters_of_the_text(nlp):
    text = "Test\tResult\tReference\nHemoglobin\t7.9 g/dL\t12.5-16.5\nPlatelets\t80 x10^9/L\t150-400"
    cells = nlp(text).user_data["casemill"]["frames"]["lab_values"][0]["cells"]
    pieces = {column: [text[s:e] for s, e in cell[1]] for column, cell in cells.items()}
    assert pieces == {
        "analyte": ["Hemoglobin"],
        "value": ["7.9"],
        "unit": ["g/dL"],
        "ref_low": ["12.5"],
        "ref_high": ["16.5"],
    }
