import pytest

from casemill.score.agreement import agree, key_of

SAME = [
    ("antibody", "anti-Jo1", "anti-Jo-1"),
    ("antibody", "antinuclear antibodies", "ANA"),
    ("antibody", "anti-TIF1-gamma", "anti-TIF1γ"),
    ("drug", "MMF", "mycophenolate mofetil"),
    ("drug", "abacavir + zidovudine", "zidovudine + abacavir"),
    ("treatment", "prednisone + MMF", "mycophenolate mofetil + prednisone"),
    ("analyte", "WBC", "white blood cell count"),
    ("assay", "NGS + Sanger", "Sanger + NGS"),
    ("unit", "mcg", "ug"),
    ("unit", "U/L", "[iU]/L"),
    ("unit", "mU/L", "m[iU]/L"),
    ("unit", "/mm3", "/uL"),
    ("unit", "10*3/uL", "10*9/L"),
    ("value", "69.0", "69"),
    ("dose", "0.50", "0.5"),
    ("specimen", "Pleural  fluid", "pleural fluid"),
    ("sex", "", ""),
]
DIFFERENT = [
    ("drug", "prednisone", "prednisolone"),
    ("drug", "prednisone", "methotrexate + prednisone"),
    ("unit", "mg/dL", "g/dL"),
    ("unit", "{BU}/mL", "[iU]/mL"),
    ("value", "69", "6.9"),
    ("duration", "P12M", "P1Y"),
    ("date", "", "2024"),
]


@pytest.mark.parametrize(("column", "gold", "output"), SAME)
def test_cells_that_say_the_same(column, gold, output):
    assert agree(column, gold, output)
    assert agree(column, output, gold)


@pytest.mark.parametrize(("column", "gold", "output"), DIFFERENT)
def test_cells_that_differ(column, gold, output):
    assert not agree(column, gold, output)


def test_the_flag_is_in_the_key_of_a_laboratory_row_without_a_value():
    normal = {"subject": "patient", "analyte": "creatine kinase", "flag": "normal"}
    assert key_of("lab_values", normal) != key_of("lab_values", {**normal, "flag": "high"})
    measured = {**normal, "value": "90", "unit": "U/L"}
    assert key_of("lab_values", measured) == key_of("lab_values", {**measured, "flag": "high"})
