import pytest

from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source

META = """<article-id pub-id-type="pmc">{pmc}</article-id><article-id pub-id-type="doi">10.9999/c</article-id>
<title-group><article-title>A tailor with <italic>MEFV</italic> disease<xref ref-type="fn"><sup>*</sup></xref></article-title>
<subtitle>a case</subtitle></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Roe</surname><given-names>Ann</given-names></name></contrib>
<contrib contrib-type="author"><collab>Needle Group</collab></contrib>
<contrib contrib-type="editor"><name><surname>Boss</surname></name></contrib></contrib-group>
<aff>Hospital with 12 mg/dL of creatinine</aff>
<pub-date pub-type="pmc-release"><year>2001</year></pub-date><pub-date pub-type="ppub"><year>2020</year></pub-date>
<pub-date pub-type="epub"><year>2019</year></pub-date>"""


def article(body="", *, front="", back="", attributes="", pmc="123", before="", behind=""):
    journal = "<journal-title-group><journal-title>Cloth and health</journal-title></journal-title-group>"
    return (
        f"{before}<article {attributes}><front><journal-meta>{journal}</journal-meta><article-meta>{META.format(pmc=pmc)}"
        f"{front}</article-meta></front><body>{body}</body><back>{back}</back>{behind}</article>"
    )


def outcomes(data, name="tailor.nxml"):
    return list(read_source(Source(name, data.encode()), ReadOptions()))


def read(*args, **kwargs):
    (report,) = outcomes(article(*args, **kwargs))
    return report


def shown(report):
    """Kind and text of each section but the title; a dash behind the kind of one that nothing is read from."""
    return [(s.kind + "-" * (not s.extract), report.text[s.start : s.end]) for s in report.sections][1:]


def test_front_matter():
    report = read("<p>Text.</p>")
    assert report.report_id == "tailor"
    assert report.text.startswith("A tailor with MEFV disease: a case\n\nText.")
    assert {**report.metadata, "source": ""} == {
        "pmcid": "PMC123",
        "doi": "10.9999/c",
        "title": "A tailor with MEFV disease: a case",
        "journal": "Cloth and health",
        "year": "2019",
        "authors": "Roe, Ann; Needle Group",
        "format": "jats",
        "source": "",
    }
    assert "creatinine" not in report.text


def test_only_a_title_is_read():
    (report,) = outcomes(
        "<article><front><article-meta><title-group><article-title>T</article-title></title-group>"
        "</article-meta></front></article>"
    )
    assert [(s.kind, s.extract) for s in report.sections] == [("title", True)]


@pytest.mark.parametrize(
    ("front", "sections"),
    [
        ("<abstract><p>Short.</p></abstract>", [("abstract", "Abstract\n\nShort.")]),
        (
            "<abstract><sec><title>Background</title><p>B.</p></sec><sec><title>Our case:</title><p>C.</p></sec></abstract>",
            [("abstract", "Abstract"), ("introduction", "Background\n\nB."), ("case", "Our case:\n\nC.")],
        ),
        (
            "<abstract><p><bold>Methods:</bold> M. <bold>Results:</bold> R.</p></abstract>",
            [("abstract", "Abstract"), ("methods", "Methods\n\nM."), ("results", "Results\n\nR.")],
        ),
        (
            '<abstract><title>Summary</title><p>S.</p></abstract><abstract abstract-type="graphical"><p>G.</p></abstract>'
            '<trans-abstract xml:lang="fr"><p>F.</p></trans-abstract>',
            [("abstract", "Summary\n\nS.")],
        ),
        (
            '<abstract xml:lang="es"><p>E.</p></abstract><trans-abstract xml:lang="en"><p>S.</p></trans-abstract>',
            [("abstract", "Abstract\n\nS.")],
        ),
    ],
)
def test_abstracts(front, sections):
    assert shown(read(front=front)) == sections


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("<sec><title>1. Case presentation</title><p>a</p></sec>", ["case"]),
        ('<sec sec-type="cases"><title>The tailor</title><p>a</p></sec>', ["case"]),
        ('<sec sec-type="materials|methods"><title>What we did</title><p>a</p></sec>', ["methods"]),
        ("<sec><title>Discussion</title><p>a</p><sec><title>Treatment</title><p>b</p></sec></sec>", ["discussion"] * 2),
        ("<sec><title>Case</title><sec><title>Patient 2</title><p>b</p></sec></sec>", ["case", "case"]),
        ("<sec><title>Treatment</title><p>b</p></sec>", ["case"]),
        (
            "<sec><title>Case 1</title><p>a</p><sec><title>Discussion</title><p>b</p></sec></sec>",
            ["case", "discussion"],
        ),
        ("<sec><title>Case 1</title><p>a</p><sec><title>Consent</title><p>b</p></sec></sec>", ["case", "furniture-"]),
        (
            "<p><bold>Case report.</bold> A tailor.</p><p>More.</p><p><bold>Discussion</bold></p><p>c</p>",
            ["case", "discussion"],
        ),
        ("<p><bold>She</bold> was ill.</p>", ["other"]),
        ("<sec><title>A seam</title><p>a</p></sec>", ["other"]),
        ("<p>a</p><sec sec-type='supplementary-material'><p>File.</p></sec>", ["other", "furniture-"]),
    ],
)
def test_kinds_of_sections(body, kinds):
    assert [kind for kind, _ in shown(read(body))] == kinds


def test_a_section_without_title_repeats_none():
    assert shown(read("<sec><title>Case</title><p>a</p><sec><p>b</p></sec></sec>")) == [("case", "Case\n\na\n\nb")]


def test_a_short_case_report_is_all_case():
    assert [kind for kind, _ in shown(read("<p>a</p>", attributes='article-type="case-report"'))] == ["case"]


def test_floats_stand_behind_their_paragraph_and_the_section_goes_on():
    body = """<sec><title>Case report</title><p>A tailor <fig id="f"><label>Figure 1</label><caption><title>The seam</title>
    <p>An arrow.</p></caption><graphic/></fig>had fever.</p><p>He recovered.</p></sec>"""
    assert shown(read(body)) == [
        ("case", "Case report\n\nA tailor had fever."),
        ("caption", "Figure 1. The seam. An arrow."),
        ("case", "He recovered."),
    ]


def test_lists_boxes_quotes_and_definitions():
    body = """<sec><title>Case</title><p>He took: <list><title>Drugs</title><list-item><p>colchicine 1 mg</p></list-item>
    <list-item><label>2.</label><p>ibuprofen</p><p>as needed</p></list-item></list> and slept.</p>
    <disp-quote><p>It aches.</p></disp-quote>
    <def-list><def-item><term>CRP</term><def><p>C-reactive protein</p></def></def-item></def-list>
    <boxed-text><caption><title>Learning points</title></caption><p>Ask for fever.</p></boxed-text></sec>"""
    assert shown(read(body)) == [
        (
            "case",
            "Case\n\nHe took:\n\nDrugs\n- colchicine 1 mg\n- 2. ibuprofen\nas needed\n\nand slept.\n\nIt aches.\n"
            "- CRP: C-reactive protein",
        ),
        ("introduction", "Learning points\n\nAsk for fever."),
    ]


TABLE = """<table-wrap id="t"><label>Table 1</label><caption><title>Blood</title></caption>{}
<table-wrap-foot><fn><label>a</label><p>On steroids.</p></fn><p>n.d., not done</p></table-wrap-foot></table-wrap>"""


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        (
            "<table><thead><tr><th>Test</th><th>May</th><th>June</th></tr></thead><tbody>"
            "<tr><td>CRP, mg/L</td><td>12<sup>a</sup></td><td>&lt;3</td></tr><tr><td>ESR</td><td/><td>9</td></tr>"
            "<tr><td>ANA</td><td>1:80</td><td/></tr></tbody></table>",
            ["Test | May | June", "CRP, mg/L | 12 [a] | <3", "ESR | | 9", "ANA | 1:80"],
        ),
        (
            "<table><thead><tr><th rowspan='2'>Test</th><th colspan='2'>Weight, kg</th></tr><tr><th>before</th><th>after</th>"
            "</tr></thead><tbody><tr><td>Tailor</td><td>70</td><td>60</td></tr></tbody></table>",
            ["Test | Weight, kg, before | Weight, kg, after", "Tailor | 70 | 60"],
        ),
        (
            "<table><tbody><tr><td rowspan='2'>Patient 1</td><td>CRP</td><td>9</td></tr><tr><td>ESR</td><td>8</td></tr>"
            "<tr><td colspan='3'>Others</td></tr><tr><td>Patient 2</td><td>CRP</td><td>7</td></tr></tbody></table>",
            ["Patient 1 | CRP | 9", "Patient 1 | ESR | 8", "Others |", "Patient 2 | CRP | 7"],
        ),
        (
            "<table><tr><th>Test</th><th>May</th></tr><tr><th>CRP</th><td>9</td></tr></table>",
            ["Test | May", "CRP | 9"],
        ),
        (
            "<table><thead><tr><th colspan='2'>All of it</th></tr><tr><th>A</th><th>B</th></tr></thead>"
            "<tr><td>1</td><td><p>x</p><p>y</p><table><tr><td>inner</td></tr></table></td></tr></table>",
            ["All of it |", "A | B", "1 | x y inner"],
        ),
        (
            '<table><tgroup cols="3"><thead><row><entry>T</entry><entry namest="c2" nameend="c3">V</entry></row></thead><tbody><row>'
            '<entry morerows="1">CRP</entry><entry>1</entry><entry>2</entry></row><row><entry>3</entry><entry>4</entry></row>'
            "</tbody></tgroup></table>",
            ["T | V | V", "CRP | 1 | 2", "CRP | 3 | 4"],
        ),
    ],
)
def test_tables_keep_row_and_column(table, lines):
    ((kind, text),) = shown(read(TABLE.format(table)))
    assert kind == "table"
    assert text == "\n".join(["Table 1. Blood\n", *lines, "", "a On steroids.", "n.d., not done"])


def test_a_table_that_is_a_picture_has_its_caption():
    assert shown(read("<table-wrap><label>Table 2.</label><caption><p>Doses</p></caption><graphic/></table-wrap>")) == [
        ("table", "Table 2. Doses")
    ]


def test_back_matter_is_not_read_and_references_are_left_out():
    back = """<ack><title>Thanks</title><p>To all.</p></ack><fn-group><fn><p>No funds.</p></fn></fn-group>
    <app-group><app><title>Appendix</title><p>More values.</p></app></app-group>
    <ref-list><title>References</title><ref><mixed-citation>CRP 99 mg/L in a tailor</mixed-citation></ref></ref-list>"""
    assert shown(read("<p>a</p>", back=back)) == [
        ("other", "a"),
        ("furniture-", "Thanks\n\nTo all."),
        ("furniture-", "No funds."),
        ("other", "Appendix\n\nMore values."),
    ]


def test_supplementary_files_are_only_announced():
    body = "<supplementary-material><label>File S1</label><caption><p>Doses.</p></caption></supplementary-material>"
    assert shown(read(f"<p>a</p>{body}")) == [("other", "a"), ("furniture-", "File S1. Doses.")]


def test_floats_groups_and_formulae():
    report = read(
        "<p>So <disp-formula><label>(1)</label><mml:math><mml:mi>a</mml:mi></mml:math></disp-formula> holds.</p>",
        behind="<floats-group><fig><label>Fig 1</label><caption><p>Seam</p></caption></fig></floats-group>",
    )
    assert shown(report) == [("other", "So\n\n(1)a\n\nholds."), ("caption", "Fig 1. Seam")]


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS-archivearticle1.dtd">',
        "<?xml version='1.0' encoding='UTF-8'?><?xml-stylesheet href='x'?><!-- an <article> follows -->",
        "\ufeff",
    ],
)
def test_prologues(before):
    assert shown(read("<p>a&nbsp;b</p>", before=before)) == [("other", "a\u00a0b")]


def test_a_namespace_of_its_own():
    text = article("<p>a</p>").replace("<article ", '<j:article xmlns:j="https://jats.nlm.nih.gov/ns/archiving/1.3/" ')
    default = article("<p>a</p>", attributes='xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/"')
    assert [r.text for r in outcomes(default)] == ["A tailor with MEFV disease: a case\n\na"]
    assert isinstance(outcomes(text)[0], Reject)


def test_a_set_of_articles_under_their_own_ids():
    data = f"<pmc-articleset>{article('<p>a</p>')}{article('<p><b></p>', pmc='5')}{article('<p>c</p>', pmc='PMC6')}</pmc-articleset>"
    first, broken, third = outcomes(data)
    assert (first.report_id, third.report_id) == ("PMC123", "PMC6")
    assert broken.place.startswith("record 2, line ")


SUB = """<sub-article article-type="{}"><front-stub><title-group><article-title>{}</article-title></title-group></front-stub>
<body><p>Other words.</p></body></sub-article>"""


def test_articles_within_are_not_merged():
    behind = (
        SUB.format("reply", "We agree")
        + SUB.format("abstract", "P11: a second tailor")
        + "<response><body/></response>"
    )
    own, reply, second, response = outcomes(article("<p>a</p>", behind=behind))
    assert "Other words" not in own.text
    assert reply.reason == "a reply to the article 'tailor', not read as part of it"
    assert (second.report_id, second.title, second.metadata["journal"]) == (
        "tailor-2",
        "P11: a second tailor",
        "Cloth and health",
    )
    assert response.reason.startswith("a response")


def test_an_article_without_anything_is_rejected():
    (found,) = outcomes("<article><front/></article>")
    assert found.reason == "an article without title, abstract and text"


def test_a_truncated_article_is_rejected_with_its_place():
    (found,) = outcomes(article("<p>a</p>")[:-30])
    assert found == Reject("tailor.nxml", "record 1, line 1", "its closing tag is missing; it is cut short")
