"""What all tests share: the pipeline, loaded once, and the local evaluation data where it is there."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("CASEMILL_DATA", "../shared"))
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def data():
    """The folder of local evaluation data ($CASEMILL_DATA, not distributed)."""
    if not (DATA / "gold" / "reports.csv").is_file():
        pytest.skip("local evaluation data ($CASEMILL_DATA) is not there")
    return DATA


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def nlp():
    from casemill.loading import load

    return load()


@pytest.fixture(scope="session")
def extracted(nlp):
    """A function from text to rows by table."""
    from casemill.loading import make_doc
    from casemill.reports import Report
    from casemill.tabulate import rows

    return lambda text: rows(nlp(make_doc(nlp, Report("r", "", text))))
