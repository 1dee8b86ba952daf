"""Any number of workers, the same bytes; a report that ends or stalls its worker costs only itself."""

import csv
import signal
import subprocess
import time

import pytest

from casemill.errors import RunError, UsageError
from casemill.reports import Report
from casemill.run import documents
from casemill.run.documents import Extractor
from casemill.run.extraction import extract_to
from casemill.run.results import NONDETERMINISTIC
from casemill.run.settings import Limits, PipelineSettings


def rejects(folder):
    with (folder / "rejects.csv").open(encoding="utf-8", newline="") as lines:
        return {row["place"]: row["reason"] for row in csv.DictReader(lines)}


def listed(folder):
    with (folder / "reports.csv").open(encoding="utf-8", newline="") as lines:
        return [row["report_id"] for row in csv.DictReader(lines)]


def test_the_same_bytes_from_one_and_two_workers_with_all_components(reports, same_bytes, tmp_path):
    told = (
        "A 34-year-old woman had a rash. ANA was positive (1:320). She received prednisone 30 mg daily. CK was 900 U/L."
    )
    source = reports(600, r3=told, r590=told)
    one = extract_to(tmp_path / "one", [source])
    two = extract_to(tmp_path / "two", [source], workers=2)
    same_bytes(tmp_path / "one", tmp_path / "two")
    assert (one.rows, one.rejects) == (two.rows, two.rejects)
    assert one.rows["drug_doses"] == 2


def test_reports_that_kill_stall_and_fail_are_told_apart(reports, harmful, same_bytes, tmp_path):
    source = reports(30, r3="KILLS", r7="HANGS", r12="FAILS", r20="STALLS")
    limits = Limits(seconds=2)
    summary = extract_to(tmp_path / "run", [source], settings=harmful, limits=limits, workers=2)
    found = rejects(tmp_path / "run")
    assert found.pop("line 31")
    assert found == {
        "r3": f"{NONDETERMINISTIC}ended its worker (SIGKILL)",
        "r7": f"{NONDETERMINISTIC}took more than 2 s",
        "r12": "extraction failed: ValueError: as asked",
        "r20": f"{NONDETERMINISTIC}took more than 2 s",
    }
    assert listed(tmp_path / "run") == [f"r{n}" for n in range(30) if n not in (3, 7, 12, 20)]
    assert summary.nondeterministic == 3
    assert summary.rows["antibodies"] == 26
    assert summary.workers_lost == 5  # each twice: among the others, and alone


def test_this_process_dies_of_a_report_once_only(reports, harmful, command, tmp_path):
    source = reports(10, r3="KILLS")
    arguments = ("extract", source, "-o", tmp_path / "run", "--config", harmful.config)
    with command(*arguments) as killed:
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    with command(*arguments) as done:
        out, err = done.communicate()
    assert done.returncode == 0, err
    assert "9 reports in" in out
    assert rejects(tmp_path / "run")["r3"] == f"{NONDETERMINISTIC}ended its worker (SIGKILL)"


def test_workers_killed_from_outside_cost_no_report(undisturbed, quick, same_bytes, tmp_path, monkeypatch):
    source, whole = undisturbed
    started, popen = [], subprocess.Popen

    def noted(*arguments, **more):
        started.append(popen(*arguments, **more))
        return started[-1]

    def kill(summary):
        for worker in started[:2] if summary.reports <= 1000 else ():
            worker.kill()

    monkeypatch.setattr("casemill.run.supervision.subprocess.Popen", noted)
    summary = extract_to(tmp_path / "run", [source], settings=quick, workers=2, progress=kill)
    assert len(started) > 2
    assert not summary.nondeterministic
    same_bytes(tmp_path / "run", whole)


def test_limits_are_the_same_everywhere(reports, quick, same_bytes, tmp_path):
    source = reports(5, r1="ANA was positive. " * 60, r2="word " * 400)
    limits = Limits(characters=1900, candidates=50)
    for name, workers in (("one", 1), ("two", 2)):
        extract_to(tmp_path / name, [source], settings=quick, limits=limits, workers=workers)
    same_bytes(tmp_path / "one", tmp_path / "two")
    found = rejects(tmp_path / "one")
    assert "candidates; the most is 50: split the report" in found["r1"]
    assert found["r2"] == "2,000 characters; the most is 1,900: split the report"


def test_a_row_that_breaks_its_table_costs_its_report_only(reports, quick, tmp_path, monkeypatch):
    rows = documents.rows

    def broken(doc, **more):
        tables = rows(doc, **more)
        for row in tables["antibodies"]:
            row["start"] = "many" if row["value"] == "102" else row["start"]
        return tables

    monkeypatch.setattr(documents, "rows", broken)
    assert extract_to(tmp_path / "run", [reports(5)], settings=quick).reports == 4
    assert "antibodies.start: 'many' is no plain number" in rejects(tmp_path / "run")["r2"]


def test_what_can_not_be_loaded_is_told_before_an_earlier_run_gives_way(reports, quick, tmp_path):
    source = reports(2)
    extract_to(tmp_path / "run", [source], settings=quick)
    for workers in (1, 2):
        with pytest.raises(UsageError, match="can't read the configuration"):
            extract_to(tmp_path / "run", [source], settings=PipelineSettings.of(config="no.cfg"), workers=workers)
    assert listed(tmp_path / "run") == ["r0", "r1"]


def test_workers_that_never_get_to_work_end_the_run(reports, tmp_path, monkeypatch):
    monkeypatch.setattr("casemill.run.supervision.sys.executable", "/bin/false")
    began = time.monotonic()
    with pytest.raises(RunError, match="no worker gets to work"):
        extract_to(tmp_path / "run", [reports(2)], workers=2)
    assert time.monotonic() - began < 20


def test_reports_taken_together_make_the_rows_that_each_makes_alone(root):
    found = [
        Report(path.stem, "", path.read_text(encoding="utf-8"))
        for path in sorted((root / "corpus" / "reports").glob("*.txt"))
    ]
    extractor = Extractor(PipelineSettings(), Limits())
    assert extractor.tables_of_all(found) == [extractor.tables_of(report) for report in found]


def test_forgetting_changes_nothing_and_keeps_the_store_small():
    # tokens, and so strings, are made of sentences in which a cue may reach a fact
    found = [Report(f"r{n}", "", f"Treatment with rituximab was considered in case{n}.") for n in range(100)]
    extractor = Extractor(PipelineSettings(), Limits())
    extractor.tables_of(found[0])
    extractor.forget(most=0)
    strings = extractor.strings
    extractor.tables_of(found[0])
    most = extractor.strings - strings + 40  # beyond what components learn once
    told, sizes = [], []
    for report in found:
        told.append(extractor.tables_of(report))
        sizes.append(extractor.strings)
        extractor.forget(most=most)
    assert sizes[9] == sizes[0] + 18  # two a report
    assert max(sizes) <= strings + most + 2
    assert told == [extractor.tables_of(report) for report in found]
    extractor.close()
