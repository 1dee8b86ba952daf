import pytest

from casemill.errors import ReadingError
from casemill.reading import markup
from casemill.reading.markup import each_record, parse, root_name
from casemill.reading.sources import Reject, Source
from casemill.reports import Report


def outcomes(data, *, names=("item",)):
    """Texts of the records read, and places and reasons of what was rejected; a last error counts as a reject."""
    found = []
    source = Source("x.xml", data.encode() if isinstance(data, str) else data)
    try:
        for one in each_record(source, names, lambda r: iter([Report("r", "", "".join(r.element.itertext()))])):
            found.append((one.place, one.reason) if isinstance(one, Reject) else one.text)
    except ReadingError as error:
        found.append((error.place, error.reason))
    return found


def test_records_are_read_in_order_whatever_is_around_them():
    assert outcomes("<set><item>a</item> junk <item n='1'>b</item></set>") == ["a", "b"]


def test_exports_pasted_together_read_like_one():
    one = "<?xml version='1.0'?><set><item>{}</item></set>"
    assert outcomes(one.format("a") + "\n" + one.format("b")) == ["a", "b"]


def test_a_broken_record_costs_only_itself():
    read, broken, after = outcomes("<set>\n<item>a</item>\n<item><b>x</item>\n<item>c</item></set>")
    assert (read, after) == ("a", "c")
    assert broken[0] == "record 2, line 3"
    assert "not well-formed" in broken[1]


def test_a_record_that_never_closes_is_cut_short_and_the_next_is_read():
    assert outcomes("<set><item>a <item>b</item></set>") == [
        ("record 1, line 1", "its closing tag is missing; it is cut short"),
        "b",
    ]


@pytest.mark.parametrize(
    "cut", ["<set><item>a</item>", "<set><item>a</item></s", "<o:set xmlns:o='urn:o'><o:item>a</o:item>"]
)
def test_a_file_that_ends_before_its_root_does_is_told(cut):
    assert outcomes(cut) == ["a", ("after record 1", "ends before </set>; the file is cut short")]


def test_a_file_cut_within_a_record_gives_those_before():
    assert outcomes("<set><item>a</item>\n<item>b") == [
        "a",
        ("record 2, line 2", "its closing tag is missing; it is cut short"),
    ]


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY a "x">', '<!ENTITY % a "x"> %a;', '<!ENTITY a SYSTEM "file:///etc/passwd">', '<!ENTITY a "&b;&b;">'],
)
def test_declared_entities_are_refused(declared):
    ((place, reason),) = outcomes(f"<!DOCTYPE set [{declared}]><set><item>&a;</item></set>")
    assert place == ""
    assert "<!ENTITY" in reason


def test_nothing_is_included():
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    assert outcomes(f"<set><item>a{include}</item></set>") == ["a"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("5&nbsp;&mu;g &beta;", "5\u00a0μg β"),
        ("&lt;5 &amp; &#8805;3", "<5 & ≥3"),
        ("p < 0.05 & more", "p < 0.05 & more"),
        ("<![CDATA[p < 0.05]]>", "p < 0.05"),
        ("a\x0bb", "a b"),
        ("&unheard-of; &unheard;", "&unheard-of; &unheard;"),
    ],
)
def test_characters_are_decoded_and_slips_mended(written, text):
    assert outcomes(f"<set><item>{written}</item></set>") == [text]


@pytest.mark.parametrize(
    "data",
    [
        "<?xml version='1.0' encoding='ISO-8859-1'?><set><item>é</item></set>".encode("latin-1"),
        "<?xml version='1.0' encoding='windows-1252'?><set><item>é</item></set>".encode("cp1252"),
        "\ufeff<set><item>é</item></set>".encode("utf-16"),
        "\ufeff<set><item>é</item></set>".encode(),
        "<set><item>é</item></set>".encode("cp1252"),
    ],
)
def test_encodings(data):
    assert outcomes(data) == ["é"]


def test_an_unknown_encoding_is_told():
    (told,) = outcomes("<?xml version='1.0' encoding='klingon'?><set><item>a</item></set>")
    assert "'klingon'" in told[1]


def test_prefixes_are_dissolved_wherever_they_are_declared():
    element = parse('<a:item xmlns:a="urn:a"><mml:math/><b xmlns="urn:b"/><x:c/></a:item>', {"x": "urn:x"})
    assert [e.tag for e in element.iter()] == ["item", "math", "b", "c"]


def test_a_record_has_a_most_size(monkeypatch):
    monkeypatch.setattr(markup, "MAX_RECORD_BYTES", 1000)
    large, small = f"<item>{'a' * 1000}</item>", "<item>b</item>"
    assert outcomes(f"<set>{small}{large}{small}</set>") == [
        "b",
        ("record 2, line 1", "a record of 1,013 bytes; the most is 1,000"),
        "b",
    ]


def test_nesting_has_a_limit():
    with pytest.raises(ReadingError, match="nested more than 100 deep"):
        parse("<item>" * 150 + "</item>" * 150)


@pytest.mark.parametrize(
    ("data", "root"),
    [
        (b"<?xml version='1.0'?><!-- <no> --><!DOCTYPE a [<!ELEMENT b ANY>]><x:root a='b'>", "root"),
        (b"<root/>", "root"),
        (b"no markup", ""),
    ],
)
def test_root_name(data, root):
    assert root_name(data) == root


def test_an_empty_set_tells_its_root():
    assert outcomes("<set></set>") == [("", "no <item> in it, the root is <set>")]


def test_reading_is_linear():
    # Ten seconds would be quadratic; this takes a tenth of one.
    assert len(outcomes("<item " * 20_000)) == 20_000
    assert len(outcomes("<set>" + "<item/>" * 5_000 + "</set>")) == 5_000
