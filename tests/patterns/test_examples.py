import pytest
import spacy

import casemill
from casemill.checking import check_patterns, example_faults
from casemill.errors import PatternError
from casemill.resources import Patterns, load_patterns


@pytest.mark.parametrize("name", load_patterns().names())
def test_every_example_is_found_and_no_counterexample(name):
    faults = [f"{entry.id}: {fault}" for fault, entry in example_faults(name, load_patterns())]
    assert not faults


def test_every_pattern_file_has_its_row_in_the_readme(root):
    readme = (root / "patterns" / "README.md").read_text(encoding="utf-8")
    missing = [name for name in load_patterns().names() if f"`{name}.tsv`" not in readme]
    assert not missing


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "drug_doses").mkdir()
    return tmp_path


def write(folder, *lines):
    (folder / "drug_doses" / "drugs.tsv").write_text(
        "id\tcanonical\tterms\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    return folder


def test_an_overlay_adds_replaces_and_takes_away(folder):
    write(folder, "own.casemillin\tcasemillin\tcasemillin|CSM", "-drug_doses.prednisone\t\t")
    terms = Patterns(folder).terms("drug_doses/drugs")
    assert terms["CSM"] == "own.casemillin"
    assert "prednisone" not in terms
    assert "prednisolone" in terms


def test_what_is_compiled_is_kept_by_content(folder):
    write(folder, "own.casemillin\tcasemillin\tcasemillin")
    before = load_patterns(folder)
    terms = before.terms("drug_doses/drugs")
    write(folder, "own.casemillin\tcasemillin\tcasemillin")
    assert load_patterns(folder) is before
    write(folder, "own.casemillin\tcasemillin\tcasemillin|CSM")
    after = load_patterns(folder)
    assert after.terms("drug_doses/drugs")["CSM"] == "own.casemillin"
    assert "CSM" not in terms


def test_a_pipeline_loaded_after_a_change_knows_it(folder):
    def drugs():
        nlp = spacy.blank("en")
        nlp.add_pipe("casemill_drug_doses", config={"patterns": str(folder)})
        return [row["drug"] for row in casemill.rows(nlp("She received casemillin 10 mg daily."))["drug_doses"]]

    write(folder, "own.other\totherin\totherin")
    assert drugs() == []
    write(folder, "own.casemillin\tcasemillin\tcasemillin")
    assert drugs() == ["casemillin"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("\tx\tx", "drugs.tsv:2: id '' is blank"),
        ("a\tb\tc\td", "drugs.tsv:2: 4 cells under 3 columns"),
        ("-nobody\t\t", "takes away a row that does not exist"),
    ],
)
def test_faults_name_file_line_and_id(folder, line, told):
    write(folder, line)
    assert any(told in fault for fault in check_patterns(folder))
    with pytest.raises(PatternError):
        Patterns(folder).rows("drug_doses/drugs")


def test_a_sound_overlay_has_no_faults(folder):
    assert list(check_patterns(write(folder, "own.casemillin\tcasemillin\tcasemillin"))) == []


def test_a_file_that_nothing_reads_is_told(folder):
    (folder / "drug_doses" / "drogues.tsv").write_text("id\tcanonical\tterms\n", encoding="utf-8")
    assert any("no packaged file of this name" in fault for fault in check_patterns(folder))
