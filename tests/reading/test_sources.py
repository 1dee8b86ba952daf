"""Files, folders, archives and standard input as sources."""

import bz2
import gzip
import io
import os
import sys
import tarfile
import zipfile

import pytest

from casemill.reading import archives
from casemill.reading import sources as sources_module
from casemill.reading.inputs import sources
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import read_reports

CASE = b"A 40-year-old man had gout and was treated."


def told(*inputs):
    """Labels' last parts with the bytes, or with why there are none."""
    return [
        (s.source.rsplit("/", 1)[-1], s.reason) if isinstance(s, Reject) else (s.label.rsplit("/", 1)[-1], s.data)
        for s in sources(inputs)
    ]


def write_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_folder_is_read_in_order_without_hidden_files_and_loops(tmp_path):
    for name in ("b.txt", "a.txt", ".hidden.txt", "c/d.txt", "__MACOSX/a.txt", ".git/config"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(CASE)
    (tmp_path / "c" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert told(tmp_path) == [("a.txt", CASE), ("b.txt", CASE), ("d.txt", CASE)]


def test_what_is_not_there_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    assert [reason for _, reason in told(tmp_path / "empty", tmp_path / "no*.txt", "x" * 5000, "a\0b")] == [
        "no such file, folder or glob match, or an empty folder",
        "no such file, folder or glob match, or an empty folder",
        "no path: can't be read: File name too long",
        "no such file, folder or glob match, or an empty folder",
    ]
    ((name, found),) = _all(tmp_path / "dangling.txt")
    assert (name, found) == ("dangling.txt", "can't be read: No such file or directory")


def _all(*inputs):
    return [(r.source.rsplit("/", 1)[-1], r.reason) for r in read_reports(inputs)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path):
    (tmp_path / "shut.txt").write_bytes(CASE)
    (tmp_path / "shut.txt").chmod(0)
    assert _all(tmp_path / "shut.txt") == [("shut.txt", "can't be read: Permission denied")]


def test_globs(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("a.txt", "b.xml", "sub/c.txt", "with[brackets].txt"):
        (tmp_path / name).write_bytes(CASE)
    assert [name for name, _ in told(tmp_path / "*.txt")] == ["a.txt", "with[brackets].txt"]
    assert [name for name, _ in told(tmp_path / "**" / "*.txt")] == ["a.txt", "c.txt", "with[brackets].txt"]
    assert [name for name, _ in told(tmp_path / "with[brackets].txt")] == ["with[brackets].txt"]
    assert [name for name, _ in told(tmp_path / "s*")] == ["c.txt"]


def test_packed_files_are_unpacked_and_named_without_the_suffix(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(CASE))
    (tmp_path / "b.txt.bz2").write_bytes(bz2.compress(CASE))
    (tmp_path / "c.txt.gz").write_bytes(b"no gzip")
    (tmp_path / "d.txt.gz").write_bytes(gzip.compress(os.urandom(100_000))[:-5000])
    reports = list(read_reports([tmp_path]))
    assert [r.report_id for r in reports[:2]] == ["a", "b"]
    assert reports[2].reason.startswith("can't be read: Not a gzipped file")
    assert isinstance(reports[3], Reject)


def test_standard_input(monkeypatch):
    class Given:
        buffer = io.BytesIO(CASE)

    monkeypatch.setattr(sys, "stdin", Given())
    (report,) = read_reports(["-"])
    assert (report.report_id, report.text) == ("stdin", CASE.decode())
    assert not Given.buffer.closed


def test_a_zip(tmp_path):
    inner = io.BytesIO()
    write_zip(inner, {"x.txt": CASE})
    path = write_zip(
        tmp_path / "a.zip",
        {
            "../../evil.txt": CASE,
            "/etc/absolute.txt": CASE,
            "b.txt.gz": gzip.compress(CASE),
            "inner.zip": inner.getvalue(),
            "__MACOSX/b.txt": b"",
            "folder/": b"",
            "line\nbreak.txt": CASE,
        },
    )
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert told(path) == [
        ("evil.txt", CASE),
        ("absolute.txt", CASE),
        ("a.zip!b.txt.gz", CASE),
        ("a.zip!inner.zip", "an archive within an archive is not opened; unpack it first"),
        ("a.zip!line\ufffdbreak.txt", CASE),
        ("a.zip!link.txt", "a link or device, no file"),
    ]
    assert [r.report_id for r in read_reports([path]) if not isinstance(r, Reject)] == [
        "evil",
        "absolute",
        "b",
        "line\ufffdbreak",
    ]
    assert not (tmp_path.parent / "evil.txt").exists()


def test_a_tar_with_links_and_devices(tmp_path):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, kind in (
            ("a.txt", tarfile.REGTYPE),
            ("l.txt", tarfile.SYMTYPE),
            ("h.txt", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            info.size = len(CASE) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(CASE))
    assert told(path) == [("a.tar.gz!a.txt", CASE)] + [
        (f"a.tar.gz!{n}", "a link or device, no file") for n in ("l.txt", "h.txt", "d")
    ]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_a_truncated_archive_gives_rejects_and_no_error(tmp_path, name, keep):
    path = tmp_path / name
    if name == "a.zip":
        write_zip(path, {f"{n}.txt": os.urandom(3000) for n in range(5)})
    else:
        with tarfile.open(path, f"w:{name[6:]}") as archive:
            for number in range(5):
                info = tarfile.TarInfo(f"{number}.txt")
                info.size = 3000
                archive.addfile(info, io.BytesIO(os.urandom(3000)))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    assert all(isinstance(found, Reject) for found in read_reports([path]))


def test_an_encrypted_zip(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.txt": CASE})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert _all(path) == [("a.zip!a.txt", "encrypted; unpack it with its password first")]


def test_a_damaged_member_costs_only_itself(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.txt": CASE * 9, "b.txt": CASE})
    data = bytearray(path.read_bytes())
    data[40] ^= 0xFF
    path.write_bytes(data)
    first, second = read_reports([path])
    assert isinstance(first, Reject)
    assert second.report_id == "b"


def test_bombs(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "SMALL", 1000)
    monkeypatch.setattr(archives, "MAX_RATIO", 100)
    path = write_zip(tmp_path / "a.zip", {"a.txt": CASE, "bomb.txt": b"a" * 1_000_000, "c.txt": CASE})
    assert told(path) == [
        ("a.zip!a.txt", CASE),
        ("a.zip", "the archive grows too large on unpacking, or has too many members; the rest is not read"),
    ]
    monkeypatch.setattr(archives, "MAX_RATIO", 3000)
    monkeypatch.setattr(sources_module, "MAX_BYTES", 100_000)
    assert [r.reason for r in read_reports([path]) if isinstance(r, Reject)] == [
        "more than 100,000 bytes; split the file"
    ]
    tarred = tmp_path / "b.tar.gz"
    monkeypatch.setattr(archives, "MAX_RATIO", 10)
    with tarfile.open(tarred, "w:gz") as archive:
        info = tarfile.TarInfo("bomb.txt")
        info.size = 1_000_000
        archive.addfile(info, io.BytesIO(b"a" * info.size))
    assert "grows too large" in told(tarred)[0][1]


def test_names_that_are_no_text(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:
        file.write(CASE)
    (report,) = read_reports([tmp_path])
    report.report_id.encode()
    report.metadata["source"].encode()


def test_a_source_gives_its_bytes_once_read_again_and_as_a_stream():
    opened = []

    def content():
        opened.append(1)
        return io.BytesIO(b"x" * 200_000 + b"\nend")

    source = Source("folder/a.b.txt.gz", content)
    assert (source.name, source.stem, source.suffix) == ("a.b.txt", "a.b", ".txt")
    assert not opened
    assert len(source.head) == 1 << 16
    assert source.stream().readlines()[1] == b"end"
    source.close()
    assert len(source.data) == len(source.data) == 200_004
    assert len(opened) == 2


def test_a_zip_with_a_member_without_a_name(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"<~>": b"1", "b.txt": CASE})
    path.write_bytes(path.read_bytes().replace(b"<~>", b"\x00~>"))  # where a name ends, for zipfile
    assert told(path) == [("a.zip!", "a member without a name"), ("a.zip!b.txt", CASE)]
