"""The Spark adapter in Spark's local mode."""

import json
import shutil
import sys

import pytest

from casemill.schema import TABLES

TEXTS = [
    ("a", "ANA was positive (1:320). She received prednisone 30 mg daily. CK was 8,450 U/L."),
    ("b", "RF was negative in a 7-month-old boy."),
    ("c", "long " * 300),
]


@pytest.fixture(scope="module")
def session():
    pyspark = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        spark = pyspark.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
        yield spark
        spark.stop()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_rows_of_the_command_line(session):
    import casemill
    from casemill.run.settings import Limits
    from casemill.spark import extract, table

    df = session.createDataFrame(TEXTS, "report_id string, text string")
    facts = extract(df, limits=Limits(characters=1000)).persist()
    expected = casemill.extract(TEXTS[:2])
    for name in TABLES:
        found = table(facts, name).toPandas()
        assert list(found.columns) == list(expected[name].columns)
        assert found.astype(object).where(found.notna(), None).values.tolist() == (
            expected[name].astype(object).where(expected[name].notna(), None).values.tolist()
        )
    (reject,) = facts.where("table = 'rejects'").collect()
    assert reject.report_id == "c"
    assert "1,500 characters" in json.loads(reject.row)["reason"]
