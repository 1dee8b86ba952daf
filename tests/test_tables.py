import csv

import pytest

from casemill.errors import TableError
from casemill.schema import TABLES
from casemill.tables import columns_of, frame, read_csv, write_csv

ROW = {"report_id": "r", "subject": "patient", "analyte": "base excess", "value": "-35.9", "start": "0", "end": "5"}

HEADERS = """
patients:   report_id,subject,age,age_unit,sex,diagnoses,start,end,evidence,section,rule_id,confidence,quality,cells
antibodies: report_id,subject,antibody,result,value,unit,specimen,assay,date,n,of,start,end,evidence,section,rule_id,confidence,quality,cells,antigen
mutations:  report_id,subject,gene,variant,hgvs_c,result,zygosity,origin,allele_fraction,assay,date,n,of,start,end,evidence,section,rule_id,confidence,quality,cells,hgvs_p,rsid
drug_doses: report_id,subject,drug,dose,dose_high,unit,frequency,route,action,duration,date,n,of,start,end,evidence,section,rule_id,confidence,quality,cells,rxcui
lab_values: report_id,subject,analyte,comparator,value,value_high,unit,flag,ref_low,ref_high,date,n,of,start,end,evidence,section,rule_id,confidence,quality,cells,loinc
outcomes:   report_id,subject,outcome,domain,target,treatment,time_to,date,n,of,start,end,evidence,section,rule_id,confidence,quality,cells
dropped:    report_id,table,start,end,text,reason
"""


@pytest.mark.parametrize("line", HEADERS.split("\n")[1:-1], ids=lambda line: line.split(":")[0])
def test_the_literal_headers_of_the_specification(line):
    name, header = line.split(":")
    assert ",".join(columns_of(name)) == header.strip()


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@SUM(A1)", "'quoted", "plain", "\tx"])
def test_free_text_never_runs_as_a_formula_and_reads_back_unchanged(tmp_path, text):
    write_csv(tmp_path / "t.csv", "lab_values", [{**ROW, "evidence": text}])
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as lines:
        (raw,) = csv.DictReader(lines)
    assert not raw["evidence"].startswith(("=", "+", "-", "@", "\t"))
    assert raw["value"] == "-35.9"
    (back,) = read_csv(tmp_path / "t.csv")
    assert back["evidence"] == text


def test_a_number_column_takes_numbers_only(tmp_path):
    with pytest.raises(TableError, match=r"lab_values\.value: '=1' is no plain number"):
        write_csv(tmp_path / "t.csv", "lab_values", [{**ROW, "value": "=1"}])


def test_frames_are_typed_and_validated():
    table = frame("lab_values", [ROW])
    assert table.loc[0, "value"] == -35.9
    assert table["unit"].isna().all()
    with pytest.raises(TableError, match="flag"):
        frame("lab_values", [{**ROW, "flag": "elevated"}])


def test_an_empty_frame_has_all_columns():
    for name, table in TABLES.items():
        assert tuple(frame(name, []).columns) == table.columns


def test_a_frame_with_clocks():
    timed = frame("lab_values", [{**ROW, "clock": ">P14D"}, ROW], clock=True)
    assert list(timed["clock"].fillna("")) == [">P14D", ""]
    assert timed.columns[-1] == "clock"
    with pytest.raises(TableError, match="clock"):
        frame("lab_values", [{**ROW, "clock": "two weeks"}], clock=True)
