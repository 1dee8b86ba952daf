"""Bytes that mean no good: whatever comes, there are reports that hold together, rejects with reasons, and an end.

Each format has a maker of valid files from any words; they are read as they are, damaged, and packed. A format or a reader
without a maker fails.
"""

import csv
import io
import json
import tarfile
import zipfile
from contextlib import suppress
from html import escape
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

import casemill.reading
from casemill.errors import ReadingError
from casemill.reading.headings import read_heading
from casemill.reading.inputs import sources
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import FORMATS, ReadOptions, read_source
from casemill.reading.web_pages import read_web_page
from casemill.reports import SECTION_KINDS

#: Formats that tell of every character what section it stands in.
COVERED = {"pubmed_xml", "jats", "bioc_xml", "bioc_json", "medline", "pubtator"}
SUFFIXES = ["txt", "md", "html", "xml", "nxml", "nbib", "json", "jsonl", "csv", "tsv", "parquet", ""]
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><{root}>&i;</{root}>"
)


def holds(report):
    """Whether a report keeps the contract: a text that every file can hold, its sections in order and within it."""
    assert report.report_id
    assert report.text.strip()
    assert "\r" not in report.text
    assert "\x00" not in report.text
    for told in (report.report_id, report.text, report.title, *report.metadata.values()):
        told.encode()
    end = 0
    for section in report.sections:
        assert section.kind in SECTION_KINDS
        assert end <= section.start < section.end <= len(report.text)
        assert report.text[section.start : section.end].strip()
        end = section.end


def uncovered(report):
    """The characters of a report that stand in none of its sections."""
    ends = [0, *(section.end for section in report.sections)]
    starts = [*(section.start for section in report.sections), len(report.text)]
    return [report.text[end:start] for end, start in zip(ends, starts, strict=True)]


def sound(source, **options):
    """Read, and hold what comes to the rules for reports and rejects; the reports."""
    reports = []
    for found in read_source(source, ReadOptions(**options)):
        if isinstance(found, Reject):
            assert found.reason
            assert "reader failed" not in found.reason, found
            json.dumps([found.source, found.place, found.reason], ensure_ascii=False).encode()
            continue
        holds(found)
        if found.metadata["format"] in COVERED:
            assert not "".join(uncovered(found)).strip(), found
        reports.append(found)
    return reports


@given(st.binary(max_size=300), st.sampled_from(SUFFIXES), st.sampled_from(["", *sorted(FORMATS)]))
def test_any_bytes(ends_within, data, suffix, name):
    with ends_within(10):
        sound(Source(f"x.{suffix}", data), format=name)


def _separated(delimiter):
    def made(title, texts):
        file = io.StringIO()
        csv.writer(file, delimiter=delimiter).writerows(
            [("id", "title", "text"), *((1, title, text) for text in texts)]
        )
        return file.getvalue()

    return made


def _parquet(title, texts):
    import pyarrow as pa
    from pyarrow import parquet

    file = io.BytesIO()
    cells = [text.encode("utf-8", "replace").decode() for text in texts]
    table = pa.table({"id": ["1"] * len(cells), "text": pa.array(cells, pa.string())})
    parquet.write_table(table, file)
    return file.getvalue()


def _records(before, each, after):
    """A maker of marked-up records, the words of each in the places ``{title}`` and ``{text}``."""
    return lambda title, texts: (
        before + "".join(each.format(title=escape(title), text=escape(text)) for text in texts) + after
    )


def _lines(each):
    """A maker of records of tagged lines, a text in one line."""
    return lambda title, texts: "".join(
        each.format(number=number, title=" ".join(title.split()), text=" ".join(text.split()))
        for number, text in enumerate(texts, 1)
    )


#: A valid file of each format from a title and some texts, as text or as bytes.
MADE = {
    "text": lambda title, texts: "\n\n".join([title, *texts]),
    "markdown": lambda title, texts: f"# {title}\n\n## Case report\n\n" + "\n\n".join(texts),
    "saved_page": lambda title, texts: "\n".join(
        [
            "Full text links",
            title,
            "Ann Auk, Bo Tern",
            "PMID: 9",
            "Abstract",
            *texts,
            "Similar articles",
            title,
            "References",
        ]
    ),
    "html": _records("<!doctype html><html><body><h1>Gout</h1>", "<h2>{title}</h2><p>{text}</p>", "</body></html>"),
    "pubmed_xml": _records(
        "<?xml version='1.0'?><PubmedArticleSet>",
        "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{title}</ArticleTitle><Abstract>"
        "<AbstractText Label='CASE'>{text}<sup>2</sup>&#8211;&amp;</AbstractText></Abstract></Article></MedlineCitation>"
        "</PubmedArticle>",
        "</PubmedArticleSet>",
    ),
    "jats": _records(
        "<article xmlns:xlink='x'><front><article-meta><abstract><p>a</p></abstract></article-meta></front><body>",
        "<sec><title>{title}</title><p>{text} <xref ref-type='bibr'><sup>1</sup></xref><list><list-item><p>c</p></list-item>"
        "</list></p><table-wrap><label>1</label><table><tr><th rowspan='2' colspan='2'>d</th></tr><tr><td>{text}</td></tr>"
        "</table></table-wrap></sec>",
        "</body><sub-article><body><p>f</p></body></sub-article></article>",
    ),
    "bioc_xml": _records(
        "<collection>",
        "<document><id>1</id><passage><infon key='type'>title</infon><text>{title}</text></passage>"
        "<passage><infon key='type'>paragraph</infon><text>{text}</text></passage></document>",
        "</collection>",
    ),
    "bioc_json": lambda title, texts: json.dumps(
        {
            "documents": [
                {"id": "1", "passages": [{"infons": {"type": "table"}, "text": words} for words in (title, text)]}
                for text in texts
            ]
        }
    ),
    "medline": _lines("PMID- {number}\nTI  - {title}\n      b\nAB  - CASE: {text} RESULTS: d\n\n"),
    "pubtator": _lines("{number}|t|{title}\n{number}|a|CASE: {text}\n{number}\t0\t1\ta\tGene\t1\n\n"),
    "jsonl": lambda title, texts: "".join(f"{json.dumps({'title': title, 'text': text})}\n" for text in texts),
    "csv": _separated(","),
    "tsv": _separated("\t"),
    "parquet": _parquet,
}


def encoded(made, encoding="utf-8"):
    return made if isinstance(made, bytes) else made.encode(encoding, "surrogatepass")


def test_every_format_has_a_maker_and_every_reader_a_format():
    assert set(MADE) == set(FORMATS)
    modules = [module.name for module in iter_modules(casemill.reading.__path__)]
    readers = {name for name in modules if "read" in import_module(f"casemill.reading.{name}").__all__}
    assert readers == set(FORMATS.values())


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_is_read(name):
    words = ["A 34-year-old woman had gout.", "She was treated with 5 mg of it and she improved."]
    data = encoded(MADE[name]("Gout of the toe", words))
    for options in ({"format": name}, {}):
        reports = sound(Source(f"x.{'md' if name == 'markdown' else name}", data), **options)
        assert options or {report.metadata["format"] for report in reports} <= {name, "text"}
        text = "\n".join(report.text for report in reports)
        assert all(word in text for word in words)


@st.composite
def damaged(draw, data):
    """``data`` with bytes cut out, doubled, turned, or others put between, or cut off."""
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 30)))
        put = draw(
            st.one_of(
                st.sampled_from([b"", data[start:end] * 2, data[start:end][::-1]]),
                st.sampled_from(
                    [b"<", b"&", b"</", b'"', b"\x00", b"\xff", b"]]>", b"|", b"[", b"{", b"<!--", b"\n", b"\r"]
                ),
                st.binary(max_size=4),
            )
        )
        data = data[:start] + put + data[end:]
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 5)) == 0 else data


@pytest.mark.parametrize("name", MADE)
@given(st.data())
def test_any_words_damaged(any_report, any_text, ends_within, name, data):
    words = st.one_of(any_report(12), any_text(80, surrogates=True))
    title, texts = data.draw(words), data.draw(st.lists(words, max_size=3))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be"]))
    file = data.draw(damaged(encoded(MADE[name](title, texts), encoding)))
    suffix = data.draw(st.sampled_from(SUFFIXES))
    with ends_within(10):
        sound(Source("x", file), format=name)
        sound(Source(f"x.{suffix}", file))


@given(st.data())
def test_any_archive_damaged(any_text, ends_within, tmp_path, data):
    names = st.one_of(
        any_text(12, surrogates=True), st.sampled_from(["../../a.txt", "/a.txt", "C:\\a.txt", "a/", ".a", "x.gz"])
    )
    packed = io.BytesIO()
    kind = data.draw(st.sampled_from(["zip", "tar", "tar.gz", "tar.xz"]))
    drawn = data.draw(st.lists(st.tuples(names.filter(bool), st.binary(max_size=60)), max_size=3))
    members = {name.encode("utf-8", "replace").decode().replace("\0", "0"): content for name, content in drawn}
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(zipfile.ZipInfo(name), content)
    else:
        with tarfile.open(fileobj=packed, mode=f"w:{kind[4:]}") as archive:
            for name, content in members.items():
                told = tarfile.TarInfo(name)
                told.size = len(content)
                archive.addfile(told, io.BytesIO(content))
    path = tmp_path / f"x.{kind}"
    path.write_bytes(data.draw(damaged(packed.getvalue())))
    before = set(tmp_path.rglob("*"))
    with ends_within(10):
        for source in sources([path]):
            if isinstance(source, Source):
                sound(source)
            else:
                assert source.reason
                assert "reader failed" not in source.reason, source
    assert set(tmp_path.rglob("*")) == before


@given(st.data())
def test_any_heading_and_any_page(any_report, any_text, ends_within, data):
    """What takes characters, not bytes: a caller's need not be such as a file can hold."""
    words = data.draw(st.one_of(any_report(12), any_text(80, surrogates=True)))
    with ends_within(10):
        heading = read_heading(words)
        assert heading is None or heading.kind in SECTION_KINDS
        with suppress(ReadingError):
            holds(read_web_page(words, "x"))


WORDS = st.sampled_from(
    [
        *(
            "Abstract",
            "References",
            "Similar articles",
            "LinkOut - more resources",
            "PubMed Disclaimer",
            "Keywords: ",
            "Figure 1",
            "doi: 10.9999/x",
        ),
        *(
            "Full size image",
            "Case report",
            "1. Doe J. Gout. J Toe. 1999;1:2.",
            "A man was treated with 5 mg of it and he improved.",
            "Affiliations",
        ),
        *(
            "\n",
            "\n\n",
            "\t",
            " ",
            ". ",
            ": ",
            "J Toe. 2001;3:4.",
            "Ann Auk, Bo Tern",
            "Conflict of interest statement",
            "© 2020",
            "PMID: 9",
        ),
    ]
)


@given(st.lists(WORDS, max_size=40), st.sampled_from(["\n", " ", ""]))
def test_any_page(ends_within, words, joint):
    with ends_within(10):
        assert len(sound(Source("x.txt", joint.join(words).encode()), format="saved_page")) <= 1


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<p>",
                    "</p>",
                    "<h2>Abstract</h2>",
                    "<h1>Gout</h1>",
                    "<table>",
                    "<tr><td>",
                    "</table>",
                    "<div class=share>",
                    "</div>",
                    "<li>",
                ),
                *(
                    "A man was treated with 5 mg of it. ",
                    "<figure>",
                    "<figcaption>Figure 1. A toe.",
                    "<sup><a href='#r1'>1</a></sup>",
                    "<pre>",
                ),
                *(
                    "<script>",
                    "</script>",
                    "<!--",
                    "-->",
                    "<body>",
                    "</body>",
                    "<td colspan=99999>",
                    "<td rowspan=99999>",
                    "<h2>References</h2>",
                    "\x0c",
                ),
            ]
        ),
        max_size=40,
    )
)
def test_any_markup(ends_within, tags):
    with ends_within(10):
        sound(Source("x.html", ("<html>" + "".join(tags)).encode()))


@pytest.mark.parametrize("root", ["article", "PubmedArticleSet", "collection", "html"])
def test_entity_bombs(root):
    found = list(read_source(Source("x.xml", BOMB.replace("{root}", root).encode()), ReadOptions()))
    assert all(isinstance(f, Reject) for f in found)
    assert found


@pytest.mark.parametrize("root", ["article", "PubmedArticleSet", "collection"])
def test_nothing_is_fetched(root):
    data = f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}>&x;</{root}>'
    for found in read_source(Source("x.xml", data.encode()), ReadOptions()):
        assert isinstance(found, Reject) or "root:" not in found.text


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "a",
            " ",
            "\n",
            "\t",
            "\n\n",
            ".",
            "a ",
            "A ",
            "1 ",
            "1. ",
            "(",
            "[",
            "Abstract ",
            "References 1. Doe J ",
            "Keywords: a. ",
            "doi: ",
        ),
        *(
            "Similar articles ",
            "Fig. 1\n",
            "a\tb\n",
            "é",
            "| ",
            "- ",
            "Ann Auk, ",
            "- PubMed LinkOut - more resources ",
            "2001;",
            "A. B. ",
            "(c) ",
        ),
        *(
            "<p>",
            "<div>",
            "<b>",
            "<td>",
            "<h2>Abstract</h2>",
            "&amp;",
            "&",
            "<a href='#r1'>1</a>",
            "<sup>1</sup>",
            "<table><tr><td>1<td>2",
        ),
    ],
)
@pytest.mark.parametrize("name", ["saved_page", "html", "text", "csv", "jsonl"])
def test_repetition_ends(ends_within, unit, name):
    """Nothing here may take time by the square of its length."""
    with ends_within(20):
        sound(Source("x", (unit * (200_000 // len(unit))).encode()), format=name)


def test_text_in_the_wrong_format_is_refused_by_name():
    page = b"<html><head><title>Sorry</title></head><body><p>Gone.</p></body></html>"
    for name in ("jats", "pubmed_xml", "bioc_xml", "bioc_json", "medline", "pubtator", "parquet"):
        (found,) = read_source(Source("x.xml", page), ReadOptions(format=name))
        assert isinstance(found, Reject)
        assert found.reason


def test_local_samples_hold_together(data):
    for path in sorted((data / "formats").rglob("*")):
        if path.is_file() and path.stat().st_size < 200_000:
            sound(Source(path.name, path.read_bytes()))
