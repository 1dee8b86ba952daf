"""Whose fact and when: marked facts in small texts, with the subject, count, date or reason that they get.

``{table:words}`` marks a fact; ``expected`` has one entry a fact, joined by `` || ``: the subject (several by `` ; ``),
then ``;n=``, ``;of=``, ``;date=``; or ``#reason`` for a fact that makes no row.
"""

import csv
import re
from pathlib import Path

import pytest

from casemill.components.frames import frame, frames_of, store
from casemill.components.narrative import Narrative
from casemill.loading import make_doc
from casemill.reports import Report

MARK = re.compile(r"\{(?P<table>\w+):(?P<words>[^}]*)\}")
BEFORE = ("casemill_sentences", "casemill_sections", "casemill_terms")
AFTER = ("casemill_patients", "casemill_assertion", "casemill_subjects", "casemill_dates")


def cases():
    with (Path(__file__).parents[1] / "cases" / "facts_in_discourse.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield pytest.param(row["text"].replace("\\n", "\n"), row["expected"].split(" || "), id=row["case"])


def unmarked(text):
    """The text without its marks, and ``table, start, end`` of each fact."""
    facts, plain, last = [], "", 0
    for match in MARK.finditer(text):
        plain += text[last : match.start()]
        facts.append((match["table"], len(plain), len(plain) + len(match["words"])))
        plain += match["words"]
        last = match.end()
    return plain + text[last:], facts


def told(one):
    if one["reason"]:
        return f"#{one['reason']}"
    value = {column: cell[0] for column, cell in one["cells"].items()}
    return "".join([value["subject"], *(f";{c}={value[c]}" for c in ("n", "of", "date") if c in value)])


@pytest.mark.parametrize(("text", "expected"), list(cases()))
def test_whose_and_when(nlp, text, expected):
    plain, facts = unmarked(text)
    doc = make_doc(nlp, Report("r", "", plain))
    for name in BEFORE:
        doc = nlp.get_pipe(name)(doc)
    narrative = Narrative.of(doc)
    for table, start, end in facts:
        store(doc, table, [frame(start, end, "test", {"action": ("given", [])}, narrative.sentence_at(start))])
    for name in AFTER:
        doc = nlp.get_pipe(name)(doc)
    found = []
    for table, start, _ in facts:
        same = {told(one) for one in frames_of(doc, table) if one["start"] == start}
        found.append(" ; ".join(sorted(same)))
    assert found == expected
