import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from casemill.errors import TableError
from casemill.run.parts import PARQUET
from casemill.schema import TABLES
from casemill.tables import columns_of, frame, kind_of, read_csv, write_csv

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


FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "+cmd", "-2", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "'quoted", "''",
)  # fmt: skip
#: Text columns by table: all that are not checked to hold numbers, the inputs' own identifiers among them.
TEXTS = [
    (name, column)
    for name in (*TABLES, "dropped", "reports", "rejects")
    for column in columns_of(name)
    if kind_of(name, column) == "string"
]


def test_what_the_issue_calls_free_text_is_text():
    assert {column for _, column in TEXTS} >= {
        "evidence",
        "target",
        "diagnoses",
        "title",
        "section",
        "text",
        "report_id",
    }


@pytest.mark.parametrize(("name", "column"), TEXTS, ids=map(".".join, TEXTS))
def test_text_never_runs_as_a_formula_and_reads_back_unchanged(tmp_path, name, column):
    path = tmp_path / "t.csv"
    write_csv(path, name, [{column: text} for text in (*FORMULAS, "plain")])
    with path.open(encoding="utf-8", newline="") as lines:
        raw = [row[column] for row in csv.DictReader(lines)]
    assert raw == [*(f"'{text}" for text in FORMULAS), "plain"]
    assert [row[column] for row in read_csv(path)] == [*FORMULAS, "plain"]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_any_cell_reads_back_unchanged(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("tables") / "t.csv"
    write_csv(path, "lab_values", [{**ROW, "evidence": text}])
    (back,) = read_csv(path)
    assert back["evidence"] == text


def test_a_cell_of_any_length_reads_back_unchanged(tmp_path):
    write_csv(tmp_path / "t.csv", "lab_values", [{**ROW, "evidence": "x" * 300_000}])
    (back,) = read_csv(tmp_path / "t.csv")
    assert len(back["evidence"]) == 300_000


def test_numbers_stay_numbers(tmp_path):
    write_csv(tmp_path / "t.csv", "lab_values", [{**ROW, "value": "-35.9", "ref_low": "-2", "ref_high": ".5"}])
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as lines:
        (raw,) = csv.DictReader(lines)
    assert (raw["value"], raw["ref_low"], raw["ref_high"]) == ("-35.9", "-2", ".5")


@pytest.mark.parametrize(
    "cell", ["=1", "-1+1", "+1", "1 ", "NaN", "Infinity", "1_000", "٣", "１", "--1", "'-1", "1,5", "0x1"]
)
@pytest.mark.parametrize(("name", "column"), [("lab_values", "value"), ("drug_doses", "dose"), ("patients", "start")])
def test_a_number_column_takes_plain_numbers_only(tmp_path, name, column, cell):
    with pytest.raises(TableError, match=rf"{name}\.{column}: .* is no plain number"):
        write_csv(tmp_path / "t.csv", name, [{column: cell}])


def test_parquet_has_no_guards(tmp_path):
    path = tmp_path / "lab_values.parquet"
    written = PARQUET.joined(path, "lab_values")
    written.add(PARQUET.part("lab_values", [{**ROW, "evidence": "=1+1"}]))
    written.close()
    (row,) = parquet.read_table(path).to_pylist()
    assert (row["evidence"], row["value"]) == ("=1+1", -35.9)


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


def test_a_clock_is_written_as_it_is_and_nothing_else_is_one(tmp_path):
    write_csv(tmp_path / "t.csv", "lab_values", [{**ROW, "clock": "-P3Y"}], clock=True)
    assert (tmp_path / "t.csv").read_text(encoding="utf-8").endswith(",-P3Y\n")
    with pytest.raises(TableError, match=r"lab_values\.clock: '-1\+1' is no clock"):
        write_csv(tmp_path / "t.csv", "lab_values", [{**ROW, "clock": "-1+1"}], clock=True)
