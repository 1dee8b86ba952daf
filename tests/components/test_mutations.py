import spacy
from spacy.tokens import DocBin

from casemill.components.frames import frames_of
from casemill.components.layers import layer

TEXT = "Sequencing revealed a heterozygous variant, c.1211C > T (p.Thr404Met), in COL4A5. A KIT mutation was not found."


def read(text=TEXT):
    nlp = spacy.blank("en")
    nlp.add_pipe("casemill_mutations")
    return nlp, nlp(text)


def test_works_alone():
    _, doc = read()
    values = [{column: cell[0] for column, cell in one["cells"].items()} for one in frames_of(doc, "mutations")]
    assert [(v["gene"], v.get("variant", ""), v["result"]) for v in values] == [
        ("COL4A5", "T404M", "detected"),
        ("KIT", "", "not_detected"),
    ]


def test_every_piece_is_text_of_the_report():
    _, doc = read()
    for one in frames_of(doc, "mutations"):
        for _, pieces in one["cells"].values():
            assert pieces
            assert all(0 <= start < end <= len(TEXT) for start, end in pieces)


def test_mentions_are_a_layer_of_their_own():
    _, doc = read(
        "Several reports describe BRAF p.Val600Glu in melanoma cell lines in vitro. The exon 19 deletion of EGFR is common."
    )
    assert layer(doc)["variants"] == [[30, 41, "V600E"]]
    assert [span.text for span in doc.spans["variants"]] == ["p.Val600Glu"]
    assert [f[2] for f in layer(doc)["gene_findings"]] == ["EGFR"]


def test_nothing_in_a_text_without_genetics():
    _, doc = read("The patient took 5 mg of prednisone daily. His temperature was 38.2 C.")
    assert layer(doc)["variants"] == []
    assert not frames_of(doc, "mutations")


def test_survives_docbin():
    nlp, doc = read()
    data = DocBin(store_user_data=True)
    data.add(doc)
    again = next(iter(DocBin().from_bytes(data.to_bytes()).get_docs(nlp.vocab)))
    assert [list(v) for v in layer(again)["variants"]] == layer(doc)["variants"]


def test_the_same_variant_of_a_relative_has_its_own_frame():
    _, doc = read(
        "The boy carried p.Thr404Met in COL4A5. The same variant was found in his mother but not in his father."
    )
    results = [one["cells"]["result"][0] for one in frames_of(doc, "mutations")]
    assert results == ["detected", "detected", "not_detected"]


def test_changes_told_by_place_or_size_stand_apart():
    _, doc = read("Mutations of Tyr-615 and a 3-bp deletion were studied beside KIT p.Asp816Val.")
    assert layer(doc)["variants"] == [[65, 76, "D816V"]]
    assert [form for _, _, form in layer(doc)["variant_descriptions"]] == ["Mutations of Tyr-615", "3-bp deletion"]
    assert {span.id_ for span in doc.spans["variant_descriptions"]} == {"told.place.of", "told.sized"}
