"""Dask: the same bytes, whatever happens to its workers."""

import os
import signal
import warnings

import pytest

from casemill.errors import UsageError
from casemill.run.extraction import extract_to
from casemill.run.results import NONDETERMINISTIC
from casemill.run.settings import Limits

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

# Dask's own tasks and sockets at its end, and its servers in threads that outlive a test; nothing of ours.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster(harmful):
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as workers,
    ):
        yield workers


def test_the_same_bytes_though_a_worker_is_lost(undisturbed, quick, cluster, same_bytes, tmp_path):
    source, whole = undisturbed
    lost = []

    def lose_one(summary):
        if not lost:
            lost.append(next(iter(cluster.workers.values())).process.process.pid)
            os.kill(lost[0], signal.SIGKILL)

    run = tmp_path / "run"
    summary = extract_to(run, [source], settings=quick, cluster=cluster.scheduler_address, progress=lose_one)
    assert lost
    assert summary.reports == 1600
    same_bytes(run, whole)


def test_a_report_that_kills_costs_only_itself(reports, harmful, cluster, tmp_path):
    summary = extract_to(
        tmp_path / "run",
        [reports(10, r4="KILLS")],
        settings=harmful,
        limits=Limits(seconds=5),
        cluster=cluster.scheduler_address,
    )
    assert summary.reports == 9
    assert summary.workers_lost == 3
    assert summary.first_rejects[0].reason == f"{NONDETERMINISTIC}ended its worker (SIGKILL)"


def test_no_cluster_to_be_had_is_told(reports, quick, tmp_path):
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(UsageError, match="no Dask cluster to be had at 'tcp:"),
    ):
        extract_to(tmp_path / "run", [reports(1)], settings=quick, cluster="tcp://127.0.0.1:1")
