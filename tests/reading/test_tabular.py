"""Tables of reports: which columns are taken, what becomes of bad rows, and limits on lines."""

import gzip
import io
import json

import pytest

from casemill.reading import table_rows
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source

CASE = "A 40-year-old man had gout. He received colchicine 1 mg daily."


def read(data, name, **options):
    return list(read_source(Source(name, data if isinstance(data, bytes) else data.encode()), ReadOptions(**options)))


def ids(found):
    return [r.report_id if not isinstance(r, Reject) else f"{r.place}: {r.reason}" for r in found]


def lines(*rows):
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (lines({"id": "a", "text": CASE}, {"id": 7, "text": CASE}), "x.jsonl", ["a", "7"]),
        (lines({"pmid": 12.0, "abstract": CASE}), "x.ndjson", ["12"]),
        (lines({"note_text": CASE}, {"note_text": CASE}), "x.json", ["x-1", "x-2"]),
        (json.dumps([{"id": "a", "text": CASE}, {"id": "b", "text": CASE}]), "x.json", ["a", "b"]),
        (json.dumps([{"id": "a", "text": CASE}], indent=2), "x.json", ["a"]),
        (json.dumps({"id": "a", "text": CASE}, indent=1), "x.json", ["a"]),
        (
            json.dumps({"version": 1, "reports": [{"id": "a", "text": CASE}, {"text": CASE}]}, indent=1),
            "x.json",
            ["a", "x-2"],
        ),
        (f"id,text\na,{CASE}\n", "x.csv", ["a"]),
        (f'PMID;Report Text\n1;"{CASE} ""So it was""; he\nleft."\n', "x.csv", ["1"]),
        (f'doc_id\ttext\na\t{CASE} "inch\n', "x.tsv", ["a"]),
        (f'doc_id\ttext\na\t"{CASE}"\n', "x.tab", ["a"]),
        (f"text|note_id\n{CASE}|n1\n\n", "x.csv", ["n1"]),
        (f"\ufeffid,text\r\na,{CASE}\r\n", "x.csv", ["a"]),
        (f"id,text\na,{CASE}\n".encode("utf-16"), "x.csv", ["a"]),
        (lines({"id": "a", "text": CASE}).encode("utf-16"), "x.jsonl", ["a"]),
    ],
)
def test_rows_become_reports(data, name, expected):
    found = read(data, name)
    assert ids(found) == expected
    assert all(CASE in report.text for report in found)


def test_quoted_cells_hold_line_breaks_and_quotes():
    (report,) = read('id,text\n1,"He said ""no"",\nand left. He was well."\n', "x.csv")
    assert report.text == 'He said "no",\nand left. He was well.'


def test_a_title_is_a_section_above_the_text():
    row = {
        "pmid": "9",
        "Title": " Gout in\na baker ",
        "abstract": CASE,
        "year": "2020-03-01",
        "authors": ["A B", "C D"],
        "doi": "10.9999/x",
    }
    (report,) = read(lines(row), "x.jsonl")
    assert report.text == f"Gout in a baker\n\n{CASE}"
    assert [(s.kind, s.extract, report.text[s.start : s.end]) for s in report.sections] == [
        ("title", False, "Gout in a baker")
    ]
    assert {k: v for k, v in report.metadata.items() if k not in {"source", "format"}} == {
        "pmid": "9",
        "title": "Gout in a baker",
        "year": "2020",
        "authors": "A B; C D",
        "doi": "10.9999/x",
    }


def test_a_text_that_begins_with_its_title_keeps_its_offsets():
    text = f"Gout in a baker\n{CASE}"
    (report,) = read(lines({"id": "a", "title": "Gout in a baker", "text": text}), "x.jsonl")
    assert report.text == text
    assert (report.sections[0].start, report.sections[0].end) == (0, 15)


def test_columns_can_be_named():
    row = {"k": "a", "other": "b", "text": "no", "words": CASE, "head": "Gout"}
    (report,) = read(lines(row), "x.jsonl", id_column="other", text_column="words", title_column="head")
    assert (report.report_id, report.title) == ("b", "Gout")


@pytest.mark.parametrize(
    ("data", "name", "options", "told"),
    [
        (lines({"key": "a", "number": 3}), "x.jsonl", {}, "no column for the text; there are 'key', 'number'"),
        ("a,b\n1,2\n", "x.csv", {}, "no column for the text; there are 'a', 'b'"),
        ("id,text\n1,x\n", "x.csv", {"text_column": "note"}, "no column 'note'; there are 'id', 'text'"),
        ("id,text\n", "x.csv", {}, "no rows"),
        ("\n \n", "x.csv", {}, "empty file"),
        ("[1, 2]", "x.json", {"format": "jsonl"}, "JSON, but no object"),
        ("PAR1 and no more", "x.parquet", {}, "not Parquet that can be read"),
        ('[{"text": "abc def"}, {"te', "x.json", {}, "record 2: not JSON from here on"),
        ('[{"text": "abc def"}', "x.json", {}, "after record 1: the array is never closed"),
    ],
)
def test_what_is_no_table_is_told(data, name, options, told):
    *_, last = read(data, name, **options)
    assert isinstance(last, Reject)
    assert told in f"{last.place}: {last.reason}"


def test_a_bad_line_costs_only_itself():
    good = {"id": "a", "text": CASE}
    data = lines(
        good,
        '{"id": "b", "te',
        "[1]",
        good | {"text": ""},
        good | {"text": 3},
        good | {"text": "\x1b \x08"},
        "[" * 100_000,
        '{"text": "\\ud800 was lost."}',
        good,
    )
    assert ids(read(data, "x.jsonl")) == [
        "a",
        "line 2: not JSON; it may be cut short",
        "line 3: JSON, but no object",
        "line 4: no text: column 'text' is blank",
        "line 5: no text: column 'text' holds a int",
        "line 6: no text: column 'text' holds control characters only",
        "line 7: not JSON; it may be cut short",
        "x-5",
        "a",
    ]


def test_bad_lines_of_bytes_cost_only_themselves():
    good = lines({"id": "a", "text": CASE}).encode()
    data = good + b'{"id": "\x00"}\n' + '{"id": "é", "text": "Fièvre was high."}\n'.encode("latin-1") + good
    found = read(data, "x.jsonl")
    assert ids(found) == ["a", "line 2: binary data, not text", "é", "a"]


def test_bad_rows_of_csv_cost_only_themselves():
    data = f'id,text\na,{CASE}\nb,one,two\nc,"x" y\nd\ne,{CASE}\nf,"never closed\n'
    assert ids(read(data, "x.csv")) == [
        "a",
        "line 3: 3 cells under 2 columns",
        "line 4: not CSV: ',' expected after '\"'",
        "line 5: no text: column 'text' is blank",
        "e",
        "line 7: not CSV: unexpected end of data",
    ]


def test_a_line_without_end_is_no_memory(monkeypatch):
    monkeypatch.setattr(table_rows, "MAX_LINE", 1000)
    good = lines({"id": "a", "text": CASE})
    found = read(good + '{"text": "' + "x" * 5000 + '"}\n' + good, "x.jsonl")
    assert ids(found) == ["a", "line 2: a line of more than 1,000 bytes", "a"]
    rows = read(f"id,text\na,{CASE}\nb,{'x' * 5000}\nc,{CASE}\n", "x.csv")
    assert sorted(ids(rows)) == ["a", "c", "line 3: a line of more than 1,000 bytes"]


def test_a_huge_file_is_read_as_a_stream(tmp_path):
    from casemill.reading.stream import read_reports

    path = tmp_path / "x.jsonl.gz"
    with gzip.open(path, "wt") as file:
        for number in range(2000):
            file.write(json.dumps({"id": str(number), "text": CASE}) + "\n")
    path.write_bytes(path.read_bytes()[:-40])
    *reports, last = read_reports([path])
    assert all(not isinstance(report, Reject) for report in reports)
    assert len(reports) > 1000
    assert "can't be read" in last.reason


def test_parquet():
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pa.table({"pmid": [1, 2, None], "title": ["Gout", None, ""], "text": [CASE, None, CASE]})
    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    assert ids(read(buffer.getvalue(), "x.parquet")) == ["1", "row 2: no text: column 'text' is blank", "x-3"]
    cut = read(buffer.getvalue()[:-20], "x.parquet")
    assert ids(cut)[0].startswith(": not Parquet that can be read")


def test_a_page_in_a_cell_keeps_its_furniture_apart():
    page = f"Abstract\n{CASE} He was well again in a week.\nPubMed Disclaimer\nSimilar articles\n"
    (report,) = read(lines({"id": "a", "title": "Gout", "text": page}), "x.jsonl")
    assert ("furniture", False, "PubMed Disclaimer") in [
        (s.kind, s.extract, report.text[s.start : s.end]) for s in report.sections
    ]
