"""casemill on Spark: a thin ``mapInPandas`` over a frame of texts.

Every report becomes rows of one long frame, ``report_id, table, row``, the row as JSON with the cells that the CSV files of
``casemill extract`` hold, filled ones only; :func:`table` picks one table out of it, typed. Keep the long frame
(``write`` or ``persist``) before picking several tables, or Spark extracts anew for each.
"""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from casemill.reading.sources import Reject
from casemill.reading.text import clean
from casemill.reports import Report
from casemill.run.documents import Extractor
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
    id_column: str = "report_id",
    text_column: str = "text",
    title_column: str = "",
    patterns: str | None = None,
    config: str | None = None,
    limits: Limits | None = None,
) -> "DataFrame":
    """The facts of the texts in ``df``, as a long frame (:data:`SCHEMA`); ``rejects`` and ``dropped`` are tables too.

    Reports are taken as they stand: ids are not made unique, and sections are found in the text. ``patterns`` and ``config``
    are paths that all executors see.
    """
    settings = PipelineSettings.of(patterns=patterns, config=config)

    def rows(batches: Iterable["pd.DataFrame"]) -> Iterator["pd.DataFrame"]:
        import pandas as pd

        extractor = Extractor(settings, limits or Limits())
        for batch in batches:
            texts = zip(
                batch[id_column],
                batch[text_column],
                batch[title_column] if title_column else batch[id_column],
                strict=True,
            )
            reports = [
                Report(str(report_id), str(title) if title_column else "", clean(text or ""))
                for report_id, text, title in texts
            ]
            found = [row for report in reports for row in _rows(report, extractor)]
            extractor.forget()
            yield pd.DataFrame(found, columns=["report_id", "table", "row"], dtype="string")

    chosen = [id_column, text_column, *([title_column] if title_column else [])]
    return df.select(*chosen).mapInPandas(rows, SCHEMA)


def _rows(report: Report, extractor: Extractor) -> Iterator[tuple[str, str, str]]:
    tables = extractor.tables_of(report)
    if isinstance(tables, Reject):
        told = {"source": tables.source, "place": tables.place, "reason": tables.reason}
        yield report.report_id, "rejects", json.dumps(told, ensure_ascii=False)
        return
    for name, rows in tables.items():
        for row in rows:
            filled = {column: cell for column, cell in row.items() if cell}
            yield report.report_id, name, json.dumps(filled, ensure_ascii=False)


def table(facts: "DataFrame", name: str) -> "DataFrame":
    """The table ``name`` out of a long frame that :func:`extract` made, with the columns and types of its Parquet file.

    :raises TableError: there is no such table.
    """
    from pyspark.sql import functions

    columns = columns_of(name)
    cells = functions.from_json("row", ", ".join(f"`{column}` string" for column in columns))
    rows = facts.where(functions.col("table") == name).select(cells.alias("cells"))
    return rows.select(*(rows["cells"][column].cast(_TYPES[kind_of(name, column)]).alias(column) for column in columns))
