"""Outcomes: what the row cases don't show (cells that trace back, reasons, retellings, overlays)."""

import spacy

from casemill.loading import make_doc
from casemill.reports import Report, Section
from casemill.tabulate import rows


def alone():
    nlp = spacy.blank("en")
    nlp.add_pipe("casemill_outcomes")
    return nlp


def frames(text, sections=()):
    doc = alone()(make_doc(alone(), Report("r", "", text, sections)))
    return doc, doc.user_data["casemill"]["frames"]["outcomes"]


def test_every_cell_traces_back_to_its_characters():
    text = "She received methotrexate. Three months after rituximab, the rash and the arthritis had resolved."
    _, found = frames(text)
    told = {f["cells"]["domain"][0]: f["cells"] for f in found}
    assert set(told) == {"skin", "joint"}
    for cells in told.values():
        pieces = {column: [text[s:e] for s, e in where] for column, (_, where) in cells.items()}
        assert pieces["outcome"] == ["resolved"]
        assert pieces["treatment"] == ["rituximab"]
        assert pieces["time_to"] == ["Three months"]


def test_a_candidate_that_is_no_fact_says_why():
    doc, _ = frames("Prednisone may improve the rash.")
    assert [row["reason"] for row in rows(doc)["dropped"]] == ["hypothetical"]
    doc, _ = frames("Her weakness worsened over a year.")
    assert [row["reason"] for row in rows(doc)["dropped"]] == ["before_treatment"]


def test_what_the_abstract_tells_again_is_one_row():
    abstract = "Her rash improved with dapsone."
    case = "She was given dapsone. After dapsone the eruption improved within two weeks."
    text = f"{abstract}\n{case}"
    sections = (
        Section("abstract", "Abstract", 0, len(abstract)),
        Section("case", "Case", len(abstract) + 1, len(text)),
    )
    doc, _ = frames(text, sections)
    (row,) = rows(doc)["outcomes"]
    assert (row["treatment"], row["time_to"]) == ("dapsone", "P2W")
    assert [dropped["reason"] for dropped in rows(doc)["dropped"]] == ["retold"]


def test_observations_of_different_targets_stay_apart():
    doc, _ = frames("She took dapsone. The rash improved. A week later the leg ulcer improved.")
    assert [row["target"] for row in rows(doc)["outcomes"]] == ["rash", "leg ulcer"]


def test_a_document_without_candidates_has_no_frames():
    _, found = frames("Written informed consent was obtained from the patient.")
    assert found == []


def test_the_words_of_an_overlay_count(tmp_path):
    (tmp_path / "outcomes").mkdir()
    (tmp_path / "outcomes" / "changes.tsv").write_text(
        "id\tcanonical\tterms\tform\tnegated\nown.verb\timproved\tmellowed\tverb\tunchanged\n", encoding="utf-8"
    )
    nlp = spacy.blank("en")
    nlp.add_pipe("casemill_outcomes", config={"patterns": str(tmp_path)})
    doc = nlp("He took prednisone. The rash mellowed.")
    assert [row["outcome"] for row in rows(doc)["outcomes"]] == ["improved"]
