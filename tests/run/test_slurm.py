"""SLURM: job scripts are submitted and run, lost jobs replaced, refusals told; the bytes are those of a local run.

``sbatch``, ``squeue`` and ``scancel`` are stand-ins that run the job's script on this machine. Against SLURM itself:
``docs/scale.md`` tells how one machine becomes a cluster.
"""

import os
import sys
import time

import pytest

from casemill.errors import UsageError
from casemill.run.extraction import extract_to

dask = pytest.importorskip("dask")
pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed")

# Dask's own tasks and sockets at its end, and its servers in threads that outlive a test; nothing of ours.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

#: The queue is a folder: a script, the process of its job and what it wrote, each under the number of the job.
STAND_INS = {
    "sbatch": """
import contextlib, itertools, pathlib, shutil, subprocess, sys
for number in itertools.count(1):
    with contextlib.suppress(FileExistsError):
        pathlib.Path(QUEUE, f"{number}.sh").touch(exist_ok=False)
        break
script = shutil.copy(sys.argv[-1], pathlib.Path(QUEUE, f"{number}.sh"))
with open(pathlib.Path(QUEUE, f"slurm-{number}.out"), "wb") as out:
    job = subprocess.Popen(["sh", script], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
pathlib.Path(QUEUE, f"{number}.pid").write_text(str(job.pid))
print(f"Submitted batch job {number}")
""",
    "squeue": """
import pathlib
for file in pathlib.Path(QUEUE).glob("*.pid"):
    state = pathlib.Path("/proc", file.read_text(), "stat")
    if state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z":
        print(file.stem)
""",
    "scancel": """
import contextlib, os, pathlib, signal, sys
for number in sys.argv[1:]:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(int(pathlib.Path(QUEUE, f"{number}.pid").read_text()), signal.SIGTERM)
""",
}


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """The folder of the queue, with the stand-ins in front of all other programs and Dask told of jobs."""
    folder, programs = tmp_path / "queue", tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    for name, code in STAND_INS.items():
        program = programs / name
        program.write_text(f"#!{sys.executable}\nQUEUE = {str(folder)!r}{code}", encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("casemill.run.slurm.ASK_SECONDS", 1.0)
    described = {
        "queue": "normal",
        "cores": 1,
        "processes": 1,
        "memory": "2 GB",
        "walltime": "00:10:00",
        "interface": "lo",
        "local-directory": str(tmp_path),
        "scheduler-options": {"dashboard_address": ":0"},  # any port: others may test on this machine, too
    }
    known = dask.config.get("jobqueue.slurm", {})
    with dask.config.set({"jobqueue.slurm": {**known, **described}}):
        yield folder
    for file in folder.glob("*.pid"):
        os.system(f"{programs / 'scancel'} {file.stem}")


def test_the_same_bytes_from_jobs(undisturbed, quick, queue, same_bytes, tmp_path):
    source, whole = undisturbed
    summary = extract_to(tmp_path / "run", [source], settings=quick, cluster="slurm", workers=2)
    assert summary.reports == 1600
    same_bytes(tmp_path / "run", whole)
    assert sorted(file.name for file in queue.glob("*.sh")) == ["1.sh", "2.sh"]
    script = (queue / "1.sh").read_text(encoding="utf-8")
    assert "#SBATCH -p normal" in script
    assert "#SBATCH -t 00:10:00" in script
    assert sys.executable in script


def test_jobs_that_are_lost_are_replaced(undisturbed, quick, queue, same_bytes, tmp_path):
    source, whole = undisturbed
    lost, replaced = [], {"3.sh", "4.sh"}

    def lose_all(_summary):
        if not lost:
            lost.extend(file.stem for file in queue.glob("*.pid"))
            os.system(f"scancel {' '.join(lost)}")
            # the run is a short one: it waits here for what comes in their place
            patience = time.monotonic() + 60
            while not replaced <= {file.name for file in queue.glob("*.sh")} and time.monotonic() < patience:
                time.sleep(0.1)

    extract_to(tmp_path / "run", [source], settings=quick, cluster="slurm", workers=2, progress=lose_all)
    assert sorted(lost) == ["1", "2"]
    assert replaced <= {file.name for file in queue.glob("*.sh")}
    same_bytes(tmp_path / "run", whole)


def test_a_queue_slow_to_answer_gets_no_jobs_after_the_end(reports, quick, queue, tmp_path, monkeypatch):
    squeue = tmp_path / "programs" / "squeue"
    squeue.write_text(f"{squeue.read_text(encoding='utf-8')}\nimport time\ntime.sleep(2)\n", encoding="utf-8")
    monkeypatch.setattr("casemill.run.slurm.ASK_SECONDS", 0.1)  # so that it is being asked when the run ends
    assert extract_to(tmp_path / "run", [reports(1)], settings=quick, cluster="slurm", workers=2).reports == 1
    assert sorted(file.name for file in queue.glob("*.sh")) == ["1.sh", "2.sh"]


def test_a_job_that_slurm_refuses_is_told(reports, quick, queue, tmp_path):
    refusing = "import sys; sys.exit('sbatch: error: invalid partition specified: normal')"
    (tmp_path / "programs" / "sbatch").write_text(f"#!{sys.executable}\n{refusing}\n", encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"no Dask cluster to be had at 'slurm': .* invalid partition specified: normal"
    ):
        extract_to(tmp_path / "run", [reports(1)], settings=quick, cluster="slurm", workers=2)


def test_jobs_that_end_before_a_worker_comes_are_told(reports, quick, queue, tmp_path):
    with (
        dask.config.set({"jobqueue.slurm.python": "/no/such/python"}),
        pytest.raises(UsageError, match="the jobs 1, 2 have ended and no worker came"),
    ):
        extract_to(tmp_path / "run", [reports(1)], settings=quick, cluster="slurm", workers=2)
    assert "/no/such/python" in (queue / "slurm-1.out").read_text(encoding="utf-8")
