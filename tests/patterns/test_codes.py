"""Codes of names: only from a row that tells their source, and checked where a check digit tells."""

import pytest
import spacy

import casemill
from casemill.checking import CODES, check_patterns
from casemill.resources import load_patterns

TEXT = "Sodium was 128 mmol/L. She received prednisone 10 mg daily."


@pytest.fixture
def overlay(tmp_path):
    def write(name, line, columns):
        file = tmp_path / f"{name}.tsv"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{columns}\n{line}\n", encoding="utf-8")
        return tmp_path

    return write


def rows(folder):
    nlp = spacy.blank("en")
    for component in ("casemill_drug_doses", "casemill_lab_values"):
        nlp.add_pipe(component, config={"patterns": str(folder)})
    return casemill.rows(nlp(TEXT))


def test_a_code_with_its_source_is_printed_and_traced_to_the_name(overlay):
    folder = overlay(
        "lab_values/analytes", "own.sodium\tsodium\tsodium\t2951-2\tLOINC", "id\tcanonical\tterms\tloinc\tsource"
    )
    overlay(
        "drug_doses/drugs",
        "own.prednisone\tprednisone\tprednisone\t8640\tRxNorm",
        "id\tcanonical\tterms\trxcui\tsource",
    )
    assert list(check_patterns(folder)) == []
    found = rows(folder)
    assert found["lab_values"][0]["loinc"] == "2951-2"
    assert '"loinc": [[0, 6, "Sodium"]]' in found["lab_values"][0]["cells"]
    assert found["drug_doses"][0]["rxcui"] == "8640"


def test_a_code_without_a_source_stays_blank_and_is_told(overlay):
    folder = overlay("lab_values/analytes", "own.sodium\tsodium\tsodium\t2951-2", "id\tcanonical\tterms\tloinc")
    assert rows(folder)["lab_values"][0]["loinc"] == ""
    assert [fault.split(": ", 1)[1] for fault in check_patterns(folder)] == [
        "id 'own.sodium': the loinc '2951-2' has no source, so it is not printed; name where it is from in the column 'source'"
    ]


def test_a_wrong_check_digit_is_told(overlay):
    folder = overlay(
        "lab_values/analytes", "own.sodium\tsodium\tsodium\t2951-3\tLOINC", "id\tcanonical\tterms\tloinc\tsource"
    )
    assert any("analytes.tsv:2" in fault and "'2951-3' is no LOINC code" in fault for fault in check_patterns(folder))


@pytest.mark.parametrize(("name", "column"), CODES.items())
def test_packaged_codes_name_their_source(name, column):
    assert [entry.id for entry in load_patterns().rows(name).values() if entry[column] and not entry["source"]] == []
