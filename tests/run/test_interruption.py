"""Whatever interrupts a run, the same command goes on from there and makes the same bytes."""

import errno
import json
import os
import signal
import time

import pytest

from casemill.errors import RunError, UsageError
from casemill.run.extraction import extract_to
from casemill.run.workplace import UNFINISHED, Workplace


def shards_done(run):
    return len(list((run / UNFINISHED).glob("*.zip")))


def waited_for(run):
    """Until a shard of the run is done."""
    until = time.monotonic() + 120
    while not shards_done(run):
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.01)


@pytest.fixture
def interrupted(tmp_path, quick):
    """Runs on some inputs that are stopped after their second shard."""

    def stop(summary):
        if summary.reports >= 1000:
            raise KeyboardInterrupt

    def made(*inputs, **more):
        with pytest.raises(KeyboardInterrupt):
            extract_to(tmp_path / "run", inputs, settings=quick, progress=stop, **more)
        assert shards_done(tmp_path / "run") == 2
        return tmp_path / "run"

    return made


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_run_goes_on_and_makes_the_same_bytes(undisturbed, quick, command, same_bytes, tmp_path, workers):
    source, whole = undisturbed
    run = tmp_path / "run"
    with command("extract", source, "-o", run, "--workers", workers, "--config", quick.config) as killed:
        waited_for(run)
        killed.kill()
    assert not (run / "reports.csv").exists()
    assert extract_to(run, [source], settings=quick).kept >= 500
    same_bytes(run, whole)


def test_ctrl_c_says_how_to_go_on(undisturbed, quick, command, same_bytes, tmp_path):
    source, whole = undisturbed
    run = tmp_path / "run"
    arguments = ("extract", source, "-o", run, "--workers", 2, "--config", quick.config)
    with command(*arguments, start_new_session=True) as stopped:
        waited_for(run)
        os.killpg(stopped.pid, signal.SIGINT)  # as a terminal does, to the workers too
        told = stopped.communicate()[1]
    assert stopped.returncode == 130
    assert "the same command goes on" in told
    assert "Traceback" not in told
    assert extract_to(run, [source], settings=quick).kept >= 500
    same_bytes(run, whole)


@pytest.mark.parametrize("place", ["a shard", "the files of the run"])
def test_a_full_disk_is_told_and_leaves_what_is_done(undisturbed, quick, same_bytes, tmp_path, monkeypatch, place):
    source, whole = undisturbed
    run = tmp_path / "run"
    replace, left = os.replace, iter(range(2))

    def full(*paths):
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a file")
        if paths[0] != run:
            replace(*paths)

    with monkeypatch.context() as patch:
        if place == "a shard":
            patch.setattr("casemill.run.workplace.os.replace", full)
        else:
            patch.setattr("casemill.run.parts._Appended.add", lambda *_: full(run))
        with pytest.raises(RunError, match=r"No space left on device: 'a file'; what is done is kept"):
            extract_to(run, [source], settings=quick)
    assert not list((run / UNFINISHED).glob("*.tmp"))
    assert extract_to(run, [source], settings=quick).kept >= 1000
    same_bytes(run, whole)


def test_what_a_worker_can_not_write_is_told(reports, quick, tmp_path, monkeypatch):
    monkeypatch.setattr(Workplace, "tables", lambda self, name: tmp_path / "no such folder" / name)
    with pytest.raises(RunError, match="No such file or directory"):
        extract_to(tmp_path / "run", [reports(10)], settings=quick, workers=2)


@pytest.mark.parametrize("bytes_left", [0, 5000])
def test_a_torn_shard_is_made_again(undisturbed, quick, interrupted, same_bytes, bytes_left):
    source, whole = undisturbed
    run = interrupted(source)
    torn = min((run / UNFINISHED).glob("*.zip"))
    torn.write_bytes(torn.read_bytes()[:bytes_left])
    assert extract_to(run, [source], settings=quick).kept == 500
    same_bytes(run, whole)


def test_only_what_other_inputs_share_is_kept(quick, interrupted, reports):
    source = reports(1600)
    run = interrupted(source)
    source.write_text(source.read_text(encoding="utf-8").replace("(800 U/L)", "(8 U/L)"), encoding="utf-8")
    extract_to(run, [source], settings=quick)
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["this_run"]["kept_reports"] == 500


def test_other_settings_keep_nothing(undisturbed, quick, interrupted):
    run = interrupted(undisturbed[0])
    assert extract_to(run, [undisturbed[0]], settings=quick, format="csv", tables=["antibodies"]).kept == 0
    assert not (run / "antibodies.parquet").exists()


def test_one_run_at_a_time(reports, quick, tmp_path):
    source = reports(1)
    at_work = Workplace(tmp_path / "run")
    with pytest.raises(UsageError, match="another run is writing"):
        extract_to(tmp_path / "run", [source], settings=quick)
    at_work.close()
    assert extract_to(tmp_path / "run", [source], settings=quick).reports == 1
