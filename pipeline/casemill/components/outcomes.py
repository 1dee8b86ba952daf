"""Reads outcomes: what became of the subject, of which body system, credited to which treatment, after what time."""

import re
from collections import Counter
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.frames import Frame, frame, store
from casemill.components.narrative import Narrative
from casemill.components.outcome_changes import Reading, read_change
from casemill.components.outcome_credits import Credit, credit, named
from casemill.components.outcome_harms import read_harms
from casemill.components.outcome_statements import LEXICONS, Statement, statements
from casemill.components.outcome_times import Time, opening_before, time_of, times
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns

#: An outcome as read, what it is credited to, and when it was reached.
Told = tuple[Reading, Credit, Time | None]

_GOOD = ("improved", "resolved", "no_relapse")
_JOINED = re.compile(r"\band\b")

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
        changes, harms = self.patterns.rows("outcomes/changes"), dict(self.patterns.rows("outcomes/harms"))
        classes = {
            row.canonical: frozenset(row["members"].split("|")) for row in self.patterns.rows("outcomes/classes").values()
        }
        cancer = _cancer(narrative)
        for statement in statements(narrative, self.patterns):
            told = times(narrative, statement.sentence)
            found: list[Told] = []
            given: Credit = []
            floor = statement.sentence.start
            for change in statement.changes:
                reading = read_change(statement, change, changes[change.id], cancer=cancer)
                if reading is not None:
                    given = credit(statement, reading, given, floor)
                    floor = reading.end
                    found.append((reading, given, time_of(narrative, reading, told)))
            found = _shared(narrative, found)
            found += [(r, blamed, time_of(narrative, r, told)) for r, blamed in read_harms(statement, harms)]
            carried = opening_before(narrative, statement.sentence) if found and not told else None
            for reading, given, time in found:
                own = carried if reading.outcome != "adverse_event" else None
                yield from _frame(narrative, statement, reading, named(statement, given, classes), time or own)


def _shared(narrative: Narrative, found: list[Told]) -> list[Told]:
    """``found`` with the treatment and time of the last shared by good outcomes joined to it before."""
    for index in range(len(found) - 2, -1, -1):
        (reading, given, time), (following, after, later) = found[index], found[index + 1]
        between = narrative.plain[reading.end : following.start]
        if reading.outcome in _GOOD and following.outcome in _GOOD and _JOINED.search(between):
            found[index] = (reading, given or after, time or (later if later and later.start > following.end else None))
    return found


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
