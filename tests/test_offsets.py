"""Every cell is read from the text: for each piece that `cells` records, text[start:end] is that piece."""

import gzip
import json

import pytest

from casemill.loading import make_doc
from casemill.reading.stream import read_reports
from casemill.reports import Report
from casemill.schema import TABLES
from casemill.tabulate import rows

SAMPLE = 25  # every 25th of the raw texts


def untrue(nlp, report):
    """Cells whose pieces are not the text's, rows out of the text, and filled cells that point nowhere."""
    for name, found in rows(nlp(make_doc(nlp, report))).items():
        for row in found:
            if not 0 <= int(row["start"]) < int(row["end"]) <= len(report.text):
                yield name, row
            if name not in TABLES:
                continue
            cells = json.loads(row["cells"])
            for pieces in cells.values():
                if any(report.text[start:end] != piece or not piece for start, end, piece in pieces):
                    yield name, row
            filled = {c for c in TABLES[name].facts[2:] if row[c]}
            if missing := filled - set(cells):
                yield name, missing, row["rule_id"], row["evidence"]


@pytest.mark.slow
def test_cells_of_the_corpus(nlp, root):
    reports = [r for r in read_reports([root / "corpus" / "reports"]) if isinstance(r, Report)]
    assert [fault for report in reports for fault in untrue(nlp, report)] == []


@pytest.mark.slow
@pytest.mark.data
def test_cells_of_raw_texts(nlp, data):
    with gzip.open(data / "corpora" / "raw" / "e3c-layer3.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for number, line in enumerate(lines) if number % SAMPLE == 0]
    assert [fault for text in texts for fault in untrue(nlp, Report("raw", "", text))] == []
