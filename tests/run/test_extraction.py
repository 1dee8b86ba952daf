import csv
import json

import pandas as pd
import pytest

import casemill
from casemill.errors import ReadingError, UsageError
from casemill.run.extraction import extract_to
from casemill.run.jobs import Job
from casemill.run.settings import PipelineSettings
from casemill.schema import TABLES

TEXT = (
    "A 34-year-old woman had a rash. ANA was positive (1:320). She received prednisone 30 mg daily. CK was 8,450 U/L."
)


@pytest.fixture
def inputs(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    (folder / "two.txt").write_text("RF was negative in a 7-month-old boy.", encoding="utf-8")
    (folder / "paper.pdf").write_bytes(b"%PDF-1.7 ...")
    return folder


def read(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_run_holds_every_file_and_lists_what_was_rejected(inputs, tmp_path):
    summary = extract_to(tmp_path / "run", [inputs])
    files = {p.name for p in (tmp_path / "run").iterdir()}
    assert files == {
        *(f"{name}{suffix}" for name in TABLES for suffix in (".csv", ".parquet")),
        "dropped.csv",
        "reports.csv",
        "rejects.csv",
        "texts.jsonl.gz",
        "run.json",
    }
    assert [row["report_id"] for row in read(tmp_path / "run", "reports")] == ["one", "two"]
    (reject,) = read(tmp_path / "run", "rejects")
    assert reject["source"].endswith("paper.pdf")
    assert "PDF" in reject["reason"]
    assert summary.reports == 2
    record = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert record["counts"]["rows"]["antibodies"] == len(read(tmp_path / "run", "antibodies")) == 2


def test_what_is_said_about_the_world_makes_rows_only_if_asked_for(tmp_path):
    (tmp_path / "a.txt").write_text(
        "A 40-year-old man had gout. He took colchicine. Allopurinol is widely used in patients with gout.", "utf-8"
    )
    for name, asked in (("plain", False), ("whole", True)):
        extract_to(
            tmp_path / name, [tmp_path / "a.txt"], settings=PipelineSettings.of(include_background=asked), format="csv"
        )
    facts, dropped = (read(tmp_path / "plain", name) for name in ("drug_doses", "dropped"))
    assert [row["drug"] for row in facts] == ["colchicine"]
    assert [(row["text"], row["reason"]) for row in dropped] == [("Allopurinol", "background")]
    facts, dropped = (read(tmp_path / "whole", name) for name in ("drug_doses", "dropped"))
    assert [(row["drug"], row["subject"]) for row in facts] == [
        ("colchicine", "patient"),
        ("allopurinol", "background"),
    ]
    assert dropped == []
    frame = casemill.extract([tmp_path / "a.txt"], include_background=True)["drug_doses"]
    assert list(frame["subject"]) == ["patient", "background"]


COURSE = (
    "A 34-year-old woman was admitted with a rash. CK was 8,450 U/L. She received prednisone 30 mg daily. "
    "Two weeks later, CK was 300 U/L. Three years before admission she had received rituximab."
)


def test_the_clock_is_a_column_only_if_asked_for(tmp_path):
    (tmp_path / "a.txt").write_text(COURSE, "utf-8")
    for name, asked in (("plain", False), ("timed", True), ("again", True)):
        extract_to(tmp_path / name, [tmp_path / "a.txt"], settings=PipelineSettings.of(clock=asked))
    for name, table in TABLES.items():
        plain, timed, again = (
            (tmp_path / run / f"{name}.csv").read_text("utf-8") for run in ("plain", "timed", "again")
        )
        assert plain.splitlines()[0] == ",".join(table.columns)
        added = "" if name == "patients" else ",clock"
        assert timed.splitlines()[0] == plain.splitlines()[0] + added
        assert timed == again
        columns = pd.read_parquet(tmp_path / "timed" / f"{name}.parquet").columns
        assert ",".join(columns) == timed.splitlines()[0]
        before, after = read(tmp_path / "plain", name), read(tmp_path / "timed", name)
        assert [{**row, "cells": ""} for row in before] == [
            {**{column: cell for column, cell in row.items() if column != "clock"}, "cells": ""} for row in after
        ]
    assert [row["clock"] for row in read(tmp_path / "timed", "lab_values")] == ["P0D", "P14D"]
    assert [row["clock"] for row in read(tmp_path / "timed", "drug_doses")] == ["P0D", "-P3Y"]
    for name, asked in (("plain", False), ("timed", True)):
        record = json.loads((tmp_path / name / "run.json").read_text("utf-8"))
        assert record["configuration"]["clock"] is asked


def test_the_clock_of_frames(tmp_path):
    frames = casemill.extract([COURSE], clock=True)
    assert list(frames["lab_values"]["clock"]) == ["P0D", "P14D"]
    assert "clock" not in frames["patients"]
    assert "clock" not in casemill.extract([COURSE])["lab_values"]


def test_the_clock_is_part_of_what_a_job_is():
    plain, timed = Job(), Job(PipelineSettings.of(clock=True))
    assert plain.identity != timed.identity
    assert Job.from_json(timed.to_json()) == timed


def test_same_input_same_bytes_for_any_number_of_workers(inputs, tmp_path):
    for name, workers in (("a", 1), ("b", 1), ("c", 2)):
        extract_to(tmp_path / name, [inputs], workers=workers)
    for path in (tmp_path / "a").iterdir():
        if path.name != "run.json":
            assert (
                path.read_bytes()
                == (tmp_path / "b" / path.name).read_bytes()
                == (tmp_path / "c" / path.name).read_bytes()
            )


def test_csv_and_parquet_tell_the_same(inputs, tmp_path):
    extract_to(tmp_path / "run", [inputs])
    parquet = pd.read_parquet(tmp_path / "run" / "lab_values.parquet")
    assert parquet["value"].tolist() == [float(row["value"]) for row in read(tmp_path / "run", "lab_values")]


def test_a_run_again_replaces_its_own_files_but_never_others(inputs, tmp_path):
    extract_to(tmp_path / "run", [inputs])
    extract_to(tmp_path / "run", [inputs], format="csv", tables=["antibodies"])
    assert not (tmp_path / "run" / "lab_values.csv").exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.doc").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="no run of casemill"):
        extract_to(tmp_path / "other", [inputs])


@pytest.mark.parametrize(
    ("wrong", "told"), [({"format": "xls"}, "no output format 'xls'"), ({"tables": ["labs"]}, "no table 'labs'")]
)
def test_what_does_not_exist_is_named(inputs, tmp_path, wrong, told):
    with pytest.raises(UsageError, match=told):
        extract_to(tmp_path / "run", [inputs], **wrong)


def test_extract_takes_texts_pairs_files_and_reports(inputs):
    tables = casemill.extract([TEXT, ("named", TEXT), inputs / "one.txt", casemill.Report("r", "", TEXT)])
    assert tables["antibodies"]["report_id"].tolist() == ["report-1", "named", "one", "r"]
    assert set(tables) == {*TABLES, "dropped"}


def test_extract_says_what_it_wants(inputs):
    with pytest.raises(UsageError, match="put it in a list"):
        casemill.extract(TEXT)
    with pytest.raises(UsageError, match="report 1 is a int"):
        casemill.extract([7])
    with pytest.raises(ReadingError, match="PDF"):
        casemill.extract([inputs / "paper.pdf"])


def test_every_cell_is_its_piece_of_the_text(inputs, tmp_path):
    extract_to(tmp_path / "run", [inputs])
    for name in TABLES:
        for row in read(tmp_path / "run", name):
            text = (inputs / f"{row['report_id']}.txt").read_text(encoding="utf-8")
            for pieces in json.loads(row["cells"]).values():
                assert all(text[start:end] == piece for start, end, piece in pieces)
