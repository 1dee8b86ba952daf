"""Inputs to reports: ids, and what a reader's own failure comes to."""

import pytest

from casemill.errors import ReadingError, UsageError
from casemill.reading import stream, text
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_reports, read_source


def test_ids_are_never_the_same_twice(tmp_path):
    for name in ("a/x.txt", "b/x.txt", "c/x.txt", "d/x#2.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("A man was ill.")
    found = [(r.report_id, r.metadata.get("duplicate_of", "")) for r in read_reports([tmp_path])]
    assert found == [("x", ""), ("x#2", "x"), ("x#3", "x"), ("x#2#2", "x#2")]


def test_the_format_may_be_forced(tmp_path):
    (tmp_path / "x.dat").write_text("id,text\na,A man was ill.\n")
    (report,) = read_reports([tmp_path / "x.dat"], ReadOptions(format="csv"))
    assert report.report_id == "a"
    with pytest.raises(UsageError, match="no format 'cvs'; there are bioc_json"):
        list(read_reports([tmp_path], ReadOptions(format="cvs")))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ZeroDivisionError("1/0"), "reader failed: ZeroDivisionError: 1/0"),
        (RecursionError("too deep"), "reader failed: RecursionError: too deep"),
        (MemoryError(), "reader failed: MemoryError: "),
        (ReadingError("no text", place="line 3"), "no text"),
    ],
)
def test_a_reader_that_fails_costs_only_its_file(tmp_path, monkeypatch, error, told):
    def fail(source, *, format, options):
        if source.stem == "bad":
            raise error
        yield from whole(source, format=format, options=options)

    whole = text.read
    monkeypatch.setattr(text, "read", fail)
    for name in ("a.txt", "bad.txt", "c.txt"):
        (tmp_path / name).write_text("A man was ill.")
    first, bad, last = read_reports([tmp_path])
    assert (first.report_id, bad.reason, last.report_id) == ("a", told, "c")


def test_every_format_has_its_module():
    for name in stream.FORMATS:
        found = list(read_source(Source("x", b"nothing of the kind"), ReadOptions(format=name)))
        assert all(isinstance(f, Reject) or name in {"text", "markdown", "saved_page"} for f in found), (name, found)
        assert not any("reader failed" in f.reason for f in found if isinstance(f, Reject)), (name, found)
