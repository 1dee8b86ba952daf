"""Reads outcomes: what became of the subject, of which body system, credited to which treatment, after what time."""

import re
from collections import Counter
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.frames import Frame, frame, store
from casemill.components.narrative import Narrative, Sentence
from casemill.components.outcome_changes import Reading, read_change
from casemill.components.outcome_credits import Credit, credit, named
from casemill.components.outcome_harms import read_harms
from casemill.components.outcome_statements import LEXICONS, Statement, statements
from casemill.components.outcome_times import Time, times
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns

Running = tuple[Sentence, Time] | None

__all__ = ["Outcomes", "make_outcomes"]


@Language.factory("casemill_outcomes", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_outcomes(nlp: Language, name: str, patterns: str | None) -> "Outcomes":
    """A reader of outcomes; ``patterns`` is a folder laid over the packaged pattern files."""
    return Outcomes(name, overlay(patterns))


class Outcomes:
    """Finds words of change and of harm, and writes a frame for each outcome and body system that a statement tells."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """Write the outcomes of ``doc``."""
        find_terms(doc, self.patterns, *LEXICONS)
        narrative = Narrative.of(doc)
        store(doc, "outcomes", self._frames(narrative))
        return doc

    def _frames(self, narrative: Narrative) -> Iterator[Frame]:
        rows = self.patterns.rows("outcomes/changes")
        harms = dict(self.patterns.rows("outcomes/harms"))
        classes = {
            row.canonical: frozenset(row["members"].split("|")) for row in self.patterns.rows("outcomes/classes").values()
        }
        cancer = _cancer(narrative)
        running: Running = None
        for statement in statements(narrative, self.patterns):
            told = times(narrative, statement.sentence)
            running = _carried(narrative, statement, told, running)
            given: Credit = []
            floor = statement.sentence.start
            for change in statement.changes:
                reading = read_change(statement, change, rows[change.id], cancer=cancer)
                if reading is None:
                    continue
                given = credit(statement, reading, given, floor)
                floor = reading.end
                yield from _frame(narrative, statement, reading, named(statement, given, classes), _time(narrative, reading, told, running))
            for reading, blamed in read_harms(statement, harms):
                yield from _frame(narrative, statement, reading, named(statement, blamed, classes), _time(narrative, reading, told, running))


def _cancer(narrative: Narrative) -> str:
    """The domain of the cancer that the report is about; blank if it names another disease first or more often."""
    counts: Counter[str] = Counter()
    first = ""
    for term in narrative.terms("diseases/body_systems"):
        family = term.id.rpartition(".")[2]
        if family not in ("cancer", "disease"):
            continue
        before = narrative.folded[max(0, term.start - 40) : term.start]
        if any(word in before for word in ("no ", "not ", "exclu", "ruled out", "without", "history of")):
            continue
        name = term.canonical if family == "cancer" else ""
        counts[name or term.id] += 1
        first = first or (name or term.id)
    if not counts:
        return ""
    cancer = max(("blood", "tumor"), key=lambda domain: counts[domain])
    return cancer if first == cancer or (counts[cancer] and counts[cancer] >= max(counts.values())) else ""


def _carried(narrative: Narrative, statement: Statement, told: list[Time], running: Running) -> Running:
    """The time that opened this sentence, or one of the three before it in the same paragraph, and still holds."""
    sentence = statement.sentence
    if opening := next((t for t in told if t.leading and t.opens), None):
        return sentence, opening
    if running is None:
        return None
    first, _ = running
    apart = narrative.text[first.end : sentence.start]
    return running if sentence.number - first.number <= 3 and "\n\n" not in apart and not _CALENDAR.search(apart) else None


_CALENDAR = re.compile(r"\b(?:19|20)\d\d\b")
_JOINT = re.compile(r"\band\b|[;:]|\bwas\b|\bwere\b")


def _time(narrative: Narrative, reading: Reading, told: list[Time], running: Running) -> Time | None:
    """The time of the reading's own clause: behind it, else before it; else the one that opens the sentence."""
    text = narrative.plain
    if reading.outcome == "no_relapse":
        told = [t for t in told if not t.lasts]
    behind = next((t for t in told if t.start >= reading.end), None)
    if behind and behind.start - reading.end < 60 and not _JOINT.search(text, reading.end, behind.start):
        return behind
    before = [t for t in told if t.end <= reading.start]
    if before and not before[-1].leading and before[-1].start > reading.start - 60 and not _JOINT.search(text, before[-1].end, reading.start):
        return before[-1]
    opening = next((t for t in told if t.leading and t.end <= reading.start), None)
    return opening or (running[1] if running and not told else None)


def _frame(
    narrative: Narrative, statement: Statement, reading: Reading, given: Credit, time: Time | None
) -> Iterator[Frame]:
    names = sorted({part for t in given for part in _parts(t.name)})
    for target in reading.targets:
        start, end = min(target.start, reading.start), max(target.end, reading.end)
        cells = {
            "outcome": (reading.outcome, [[reading.start, reading.end]]),
            "domain": (target.domain, [[target.start, target.end]]),
            "target": (narrative.text[target.start : target.end], [[target.start, target.end]]),
            "treatment": (" + ".join(names), [[t.start, t.end] for t in given]),
        }
        if time is not None:
            cells["time_to"] = (time.iso, [[time.start, time.end]])
        yield frame(start, end, reading.rule, cells, statement.sentence, reason=reading.reason)


def _parts(name: str) -> list[str]:
    stem, stopped, _ = name.partition(" withdrawal")
    return [part + stopped for part in stem.split(" + ")]
