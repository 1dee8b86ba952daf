import pytest

from casemill.reading.headings import read_heading


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Discussion", "discussion"),
        ("IV. DISCUSSION", "discussion"),
        ("3.2 Results:", "results"),
        ("Materials & Methods", "methods"),
        ("Authors’ contributions", "furniture"),
        ("Case 3", "case"),
        ("2.1. Patient B", "case"),
        ("Case 2: the brother", "case"),
        ("Case report – an odd rash", "case"),
        ("Methodology/Principal Findings", "methods"),
        ("References", "references"),
        ("Our tailor", None),
        ("A case for tailors", None),
        ("Discussions with the tailor about methods", None),
        ("", None),
        ("x" * 300, None),
    ],
)
def test_headings(words, kind):
    found = read_heading(words)
    assert (found and found.kind) == kind


def test_furniture_is_not_read_and_parts_of_an_account_are_told():
    assert not read_heading("Funding").extract
    assert read_heading("Treatment").part
    assert not read_heading("Case presentation").part
