import pytest
from click.testing import CliRunner

from casemill.cli import COMMANDS, _casemill, main

TEXT = "A 34-year-old woman had a rash. ANA was positive (1:320). She received prednisone 30 mg daily."


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").write_text(TEXT, encoding="utf-8")
    return lambda *arguments, **more: CliRunner().invoke(_casemill, [str(a) for a in arguments], **more)


def test_extract_prints_a_summary(call):
    done = call("extract", "note.txt", "-o", "run")
    assert done.exit_code == 0, done.output
    assert "1 reports in" in done.output
    assert "antibodies         1 rows" in done.output


def test_strict_fails_on_rejects_and_plain_does_not(call, tmp_path):
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7")
    assert call("extract", "paper.pdf", "note.txt", "-o", "run").exit_code == 0
    assert call("extract", "paper.pdf", "note.txt", "-o", "run", "--strict").exit_code == 1


def test_standard_input(call):
    assert "1 reports in" in call("extract", "-", "-o", "run", input=TEXT).output


def test_dotted_settings_reach_the_pipeline(call):
    assert call("extract", "note.txt", "-o", "run", "--nlp.batch_size", "8").exit_code == 0
    assert "no option '--batch'" in str(call("extract", "note.txt", "-o", "run", "--batch", "8").exception)


def test_a_run_scores_full_marks_against_itself(call):
    call("extract", "note.txt", "-o", "run")
    done = call("evaluate", "run", "run", "--json", "scores.json", "--columns")
    assert "mean of the fact tables" in done.output
    assert "1.000 [1.000, 1.000]" in done.output
    assert call("evaluate", "run", "run", "--errors").output == ""
    assert call("evaluate", "run", "run", "--errors", "wrong-value").output.startswith("0 output rows")


def test_diff_of_a_run_with_itself_and_with_another(call):
    call("extract", "note.txt", "-o", "run")
    assert "the same facts" in call("diff", "run", "run").output
    call("extract", "note.txt", "-o", "fewer", "--tables", "drug_doses")
    assert "antibodies: 0 gained, 1 lost" in call("diff", "run", "fewer").output


def test_show_marks_mentions_and_lists_rows(call):
    by_file = call("show", "note.txt").output
    assert "ANA" in by_file
    assert "[A1]" in by_file
    call("extract", "note.txt", "-o", "run")
    assert call("show", "note", "--run", "run").output == by_file
    assert "no report 'nobody'" in str(call("show", "nobody", "--run", "run").exception)


def test_patterns_are_listed_and_checked(call, tmp_path):
    assert "drug_doses/drugs" in call("patterns", "list").output
    (tmp_path / "mine" / "drug_doses").mkdir(parents=True)
    (tmp_path / "mine" / "drug_doses" / "drugs.tsv").write_text("id\tcanonical\tterms\n\tx\tx\n", encoding="utf-8")
    done = call("patterns", "check", "mine")
    assert done.exit_code == 1
    assert "drugs.tsv:2" in done.output


def test_errors_are_one_line_and_exit_code_two(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["casemill", "extract", "x", "-o", str(tmp_path / "file")])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("casemill: ")


def test_every_command_is_documented(root):
    page = (root / "docs" / "cli.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"## casemill {name}" in page
