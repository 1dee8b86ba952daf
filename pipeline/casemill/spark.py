"""casemill on Spark: a thin ``mapInPandas`` over a frame of texts.

Every report becomes rows of one long frame, ``report_id, table, row``, the row as JSON with the cells that the CSV files of
``casemill extract`` hold, filled ones only; :func:`table` picks one table out of it, typed. Keep the long frame
(``write`` or ``persist``) before picking several tables, or Spark extracts anew for each.
"""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source
from casemill.reports import Report
from casemill.run.documents import Extractor
from casemill.run.results import Tables
from casemill.run.settings import Limits, PipelineSettings
from casemill.tables import columns_of, kind_of

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame

__all__ = ["SCHEMA", "extract", "table"]

#: The schema of the long frame.
SCHEMA = "report_id string, table string, row string"

_TYPES = {"Int64": "bigint", "Float64": "double", "string": "string"}


def extract(
    df: "DataFrame",
    *,
    id_column: str = "",
    text_column: str = "",
    title_column: str = "",
    patterns: str | None = None,
    config: str | None = None,
    clock: bool = False,
    limits: Limits | None = None,
) -> "DataFrame":
    """The facts of the texts in ``df``, as a long frame (:data:`SCHEMA`); ``rejects`` and ``dropped`` are tables too.

    Rows of ``df`` are read like those of a Parquet file (columns without a name here are guessed from the usual ones), but
    ids are not made unique. ``patterns`` and ``config`` are paths that all executors see. With ``clock`` facts have their
    ``clock`` too; :func:`table` has to be told likewise.
    """
    settings = PipelineSettings.of(patterns=patterns, config=config, clock=clock)
    options = ReadOptions("parquet", id_column, text_column, title_column)

    def rows(batches: Iterable["pd.DataFrame"]) -> Iterator["pd.DataFrame"]:
        import pandas as pd

        extractor = Extractor(settings, limits or Limits())
        for batch in batches:
            read = list(read_source(Source("spark", batch.to_parquet(index=False)), options))
            extracted = iter(extractor.tables_of_all([one for one in read if isinstance(one, Report)]))
            found = [row for one in read for row in _rows(one, next(extracted) if isinstance(one, Report) else one)]
            extractor.forget()
            yield pd.DataFrame(found, columns=["report_id", "table", "row"], dtype="string")

    return df.mapInPandas(rows, SCHEMA)


def _rows(read: Report | Reject, tables: Tables | Reject) -> Iterator[tuple[str, str, str]]:
    """The rows of the long frame that one row of texts makes."""
    report_id = read.report_id if isinstance(read, Report) else read.place
    if isinstance(tables, Reject):
        tables = {"rejects": [{"source": tables.source, "place": tables.place, "reason": tables.reason}]}
    for name, rows in tables.items():
        for row in rows:
            filled = {column: cell for column, cell in row.items() if cell}
            yield report_id, name, json.dumps(filled, ensure_ascii=False)


def table(facts: "DataFrame", name: str, *, clock: bool = False) -> "DataFrame":
    """The table ``name`` out of a long frame that :func:`extract` made, with the columns and types of its Parquet file.

    :raises TableError: there is no such table.
    """
    from pyspark.sql import functions

    columns = columns_of(name, clock=clock)
    cells = functions.from_json("row", ", ".join(f"`{column}` string" for column in columns))
    rows = facts.where(functions.col("table") == name).select(cells.alias("cells"))
    return rows.select(*(rows["cells"][column].cast(_TYPES[kind_of(name, column)]).alias(column) for column in columns))
