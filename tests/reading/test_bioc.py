import json

import pytest

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source

FULL_TEXT = [
    (
        {
            "section_type": "TITLE",
            "type": "front",
            "article-id_pmid": "9",
            "article-id_pmc": "8",
            "year": "2018",
            "name_0": "surname:Roe;given-names:Ann",
            "name_1": "surname:Doe;given-names:Jo",
        },
        "A smith with gout",
    ),
    ({"section_type": "ABSTRACT", "type": "abstract_title_1"}, "Summary"),
    ({"section_type": "ABSTRACT", "type": "abstract"}, "It hurt."),
    ({"section_type": "INTRO", "type": "title_1"}, "1. Introduction"),
    ({"section_type": "INTRO", "type": "paragraph"}, "Gout is old."),
    ({"section_type": "CASE", "type": "title_1"}, "The smith"),
    ({"section_type": "CASE", "type": "paragraph"}, "Urate was 11 mg/dL."),
    ({"section_type": "FIG", "type": "fig_caption", "id": "F1"}, "A toe."),
    ({"section_type": "CASE", "type": "paragraph"}, "He took allopurinol."),
    ({"section_type": "TABLE", "type": "table_caption", "id": "T1"}, "Values"),
    (
        {
            "section_type": "TABLE",
            "type": "table",
            "id": "T1",
            "xml": '<?xml version="1.0"?>\n<table><tr><th>Test</th><th>May</th></tr><tr><td>CRP</td><td>9</td></tr></table>',
        },
        "Test\tMay\nCRP\t9",
    ),
    ({"section_type": "TABLE", "type": "table", "id": "T2"}, "Test\tMay\nCRP\t9"),
    ({"section_type": "DISCUSS", "type": "title_2"}, "Treatment"),
    ({"section_type": "DISCUSS", "type": "paragraph"}, "Drugs help."),
    ({"section_type": "ACK_FUND", "type": "paragraph"}, "Thanks."),
    ({"section_type": "REF", "type": "ref"}, "Old gout, 1900"),
]
SHOWN = [
    ("title-", "A smith with gout"),
    ("abstract", "Summary\n\nIt hurt."),
    ("introduction", "1. Introduction\n\nGout is old."),
    ("case", "The smith\n\nUrate was 11 mg/dL."),
    ("caption", "A toe."),
    ("case", "He took allopurinol."),
    ("table", "Values\n\nTest | May\nCRP | 9"),
    ("table", "Test | May\nCRP | 9"),
    ("discussion", "Treatment\n\nDrugs help."),
    ("furniture-", "Thanks."),
]


def document(passages, name="d1"):
    return {
        "id": name,
        "infons": {},
        "passages": [{"offset": 0, "infons": i, "text": t, "annotations": []} for i, t in passages],
    }


def as_xml(passages, name="d1"):
    def escaped(text):
        return text.replace("&", "&amp;").replace("<", "&lt;")

    inside = "".join(
        "<passage>"
        + "".join(f'<infon key="{k}">{escaped(v)}</infon>' for k, v in infons.items())
        + f"<offset>0</offset><text>{escaped(text)}</text><annotation id='1'><text>smith</text></annotation></passage>"
        for infons, text in passages
    )
    return f"<document><id>{name}</id>{inside}</document>"


def outcomes(data, name="c.json"):
    data = data if isinstance(data, str) else json.dumps(data)
    return list(read_source(Source(name, data.encode()), ReadOptions()))


def shown(report):
    return [(s.kind + "-" * (not s.extract), report.text[s.start : s.end]) for s in report.sections]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"source": "PMC", "documents": [document(FULL_TEXT)]}, "c.json"),
        ([{"documents": [document(FULL_TEXT)]}], "c.json"),
        (document(FULL_TEXT), "c.json"),
        ({"PubTator3": [document(FULL_TEXT)]}, "c.json"),
        (f"<collection><source>PMC</source>{as_xml(FULL_TEXT)}</collection>", "c.xml"),
    ],
)
def test_full_text(data, name):
    (report,) = outcomes(data, name)
    assert shown(report) == SHOWN
    assert (report.report_id, report.title) == ("d1", "A smith with gout")
    wanted = {
        "pmid": "9",
        "pmcid": "PMC8",
        "year": "2018",
        "authors": "Roe, Ann; Doe, Jo",
        "title": "A smith with gout",
    }
    assert wanted.items() <= report.metadata.items()


def test_title_and_abstract_as_pubtator_gives_them():
    given = document([({"type": "title"}, "Gout."), ({"type": "abstract"}, "CASE: A smith. OUTCOME: Well.")], "77")
    given |= {"pmid": 77, "journal": "Iron", "year": 2001, "authors": ["Roe A", "Doe J"]}
    (report,) = outcomes(json.dumps(given) + "\n" + json.dumps({"x": 1}) + "\n")
    assert shown(report) == [("title-", "Gout."), ("case", "CASE\n\nA smith."), ("case", "OUTCOME\n\nWell.")]
    wanted = {"pmid": "77", "journal": "Iron", "year": "2001", "authors": "Roe A; Doe J"}
    assert wanted.items() <= report.metadata.items()


def test_sentences_make_up_a_passage_without_text():
    given = {"id": "1", "passages": [{"infons": {}, "sentences": [{"text": "One."}, {"text": "Two."}]}]}
    assert outcomes({"documents": [given]})[0].text == "One. Two."
    xml = "<collection><document><id>1</id><passage><sentence><text>One.</text></sentence></passage></document></collection>"
    assert outcomes(xml, "c.xml")[0].text == "One."


def test_a_bad_document_costs_only_itself():
    good = document([({"type": "title"}, "T")], "good")
    bad, empty, read = outcomes({"documents": [{"id": "bad"}, document([], "empty"), good]})
    assert bad == Reject("c.json", "record 1", "not a BioC document: an object with a list of passages")
    assert empty.reason == "a document without text"
    assert (read.report_id, shown(read)) == ("good", [("title", "T")])


@pytest.mark.parametrize("shape", ["collection", "lines"])
def test_broken_json_gives_the_documents_before_the_break(shape):
    documents = [json.dumps(document([({"type": "title"}, f"T{n}")], str(n))) for n in range(3)]
    data = '{"documents": [' + ", ".join(documents) + "]}" if shape == "collection" else "\n".join(documents)
    *read, reject = outcomes(data[:-25])
    assert [r.report_id for r in read] == ["0", "1"]
    assert "broken JSON" in reject.reason
    assert reject.place.startswith("line ")


@pytest.mark.parametrize(
    "data",
    [
        '{"documents": []}',
        '{"documents": {}}',
        '{"documents": [' + "[" * 50_000,
        '{"documents":["a",' * 5_000,
        '{"passages": [1]}',
        '{"passages": [{"text": 5, "infons": [], "sentences": 3}]}',
        '{"documents": [' + "9" * 10_000 + "]}",
        "<collection></collection>",
        "<collection><document>",
        "<collection><document><passage/></document></collection>",
    ],
)
def test_what_holds_no_text_is_rejected_with_a_reason(data):
    found = outcomes(data, "c.xml" if data.startswith("<") else "c.json")
    assert found
    assert all(isinstance(one, Reject) and one.reason for one in found)
