"""Reads outcomes: what became of the subject, of which body system, credited to which treatment, after what time."""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.frames import Frame, frame, store
from casemill.components.narrative import Narrative
from casemill.components.outcome_changes import Reading, read_change
from casemill.components.outcome_context import Diseases
from casemill.components.outcome_course import LEXICONS, Course
from casemill.components.outcome_credits import WITHDRAWAL, Credit, credit, named
from casemill.components.outcome_harms import read_harms
from casemill.components.outcome_meanings import meanings
from casemill.components.outcome_statements import Statement, statements
from casemill.components.outcome_times import Time, opening_before, time_of, times
from casemill.components.outcome_words import expression
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns

__all__ = ["Outcomes", "make_outcomes"]

#: An outcome as read, what it is credited to, and when it was reached.
Told = tuple[Reading, Credit, Time | None]

_GOOD = ("improved", "resolved", "no_relapse")
_JOINED = r"\b(?:%(plain_and)s)\b"
# Sections that tell the case again: what stands in both is told once, where the case is told.
_RETELLING = ("title", "abstract", "introduction", "discussion", "conclusion", "caption")


@Language.factory("casemill_outcomes", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_outcomes(nlp: Language, name: str, patterns: str | None) -> "Outcomes":
    """A reader of outcomes; ``patterns`` is a folder laid over the packaged pattern files."""
    return Outcomes(name, overlay(patterns))


class Outcomes:
    """Finds words of change and of harm, and writes a frame for each outcome and body system that a statement tells."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns
        self._changes = meanings(patterns)
        self._harms = patterns.rows("outcomes/harms")
        self._classes = {
            row.canonical: frozenset(row["members"].split("|")) for row in patterns.rows("outcomes/classes").values()
        }

    def __call__(self, doc: Doc) -> Doc:
        """Write the outcomes of ``doc``."""
        find_terms(doc, self.patterns, *LEXICONS)
        narrative = Narrative.of(doc)
        store(doc, "outcomes", _told_once(narrative, list(self._frames(narrative)), self._classes["class"]))
        return doc

    def _frames(self, narrative: Narrative) -> Iterator[Frame]:
        diseases = Diseases(narrative)
        openings: dict[int, Time | None] = {}
        for statement in statements(Course(narrative, self.patterns)):
            read = self._read(statement, diseases)
            harms = list(read_harms(statement, self._harms))
            if not read and not harms:
                continue
            readings = [reading for reading, _ in (*read, *harms)]
            live = "" in [reading.reason for reading in readings]
            told = times(narrative.folded, statement.sentence.start, statement.sentence.end) if live else []
            carries = read and live and not told
            carried = opening_before(narrative, statement.sentence, openings) if carries else None
            first = min([reading.start for reading in readings])
            outcomes = _shared(narrative, [(r, given, time_of(narrative, r, told, first)) for r, given in read])
            blamed = [(r, given, time_of(narrative, r, told, first)) for r, given in harms]
            for reading, given, time in [*((r, g, t or carried) for r, g, t in outcomes), *blamed]:
                yield from _frame(narrative, statement, reading, named(statement, given, self._classes), time)

    def _read(self, statement: Statement, diseases: Diseases) -> list[tuple[Reading, Credit]]:
        """The outcomes of one sentence, each with the treatments credited."""
        found: list[tuple[Reading, Credit]] = []
        given: Credit = []
        floor = statement.sentence.start
        for change in statement.changes:
            entry = self._changes[change.id]
            find = diseases.nearest if entry.form == "effect" else diseases.before
            reading = read_change(statement, change, entry, disease_at=find)
            if reading is not None:
                given = credit(statement, reading, given, floor)
                floor = reading.end
                found.append((reading, given))
        return found


def _shared(narrative: Narrative, found: list[Told]) -> list[Told]:
    """``found`` with the treatment and time of the last shared by good outcomes joined to it before."""
    shared = list(found)
    for index in range(len(shared) - 2, -1, -1):
        (reading, given, time), (following, after, later) = shared[index], shared[index + 1]
        joined = expression(_JOINED).search(narrative.folded, reading.end, following.start)
        if joined and reading.outcome in _GOOD and following.outcome in _GOOD:
            trailing = later if later and later.start > following.end else None
            shared[index] = (reading, given or after, time or trailing)
    return shared


def _frame(
    narrative: Narrative, statement: Statement, reading: Reading, given: Credit, time: Time | None
) -> Iterator[Frame]:
    names, pieces = _named(given) if given else ("", [])
    for target in reading.targets:
        start, end = min(target.start, reading.start), max(target.end, reading.end)
        cells: dict[str, tuple[str, list[list[int]]]] = {
            "outcome": (reading.outcome, [[reading.start, reading.end]]),
            "domain": (target.domain, [[target.start, target.end]]),
            "target": (
                "" if target.kind == "fixed" else narrative.text[target.start : target.end],
                [[target.start, target.end]],
            ),
            "treatment": (names, pieces),
            "time_to": (time.iso, [[time.start, time.end]]) if time else ("", []),
        }
        yield frame(start, end, reading.rule, cells, statement.sentence, reason=reading.reason)


def _named(given: Credit) -> tuple[str, list[list[int]]]:
    """What the ``treatment`` column prints for the treatments credited, and where they are told."""
    names = {part for treatment in given for part in _parts(treatment.name)}
    return " + ".join(sorted(names)), [list(piece) for piece in sorted({(t.start, t.end) for t in given})]


def _parts(name: str) -> list[str]:
    """The parts of a combination, each withdrawn if the whole is."""
    stem, stopped, _ = name.partition(WITHDRAWAL)
    return [part + stopped for part in stem.split(" + ")]


def _told_once(narrative: Narrative, found: list[Frame], classes: frozenset[str]) -> list[Frame]:
    """``found`` with those of retelling sections dropped that the case itself tells of the same treatment.

    A retelling may name no treatment, or only its class (one of ``classes``).
    """
    if not narrative.data.get("sections"):
        return found
    case: dict[tuple[str, str], set[str]] = {}
    sections = [narrative.sentence_at(one["start"]).section for one in found]
    for one, section in zip(found, sections, strict=True):
        if section == "case" and not one["reason"]:
            case.setdefault(_key(one), set()).update(_treatments(one))
    for one, section in zip(found, sections, strict=True):
        if section in _RETELLING and _key(one) in case:
            treatments = {name.removesuffix(WITHDRAWAL) for name in _treatments(one)}
            if treatments <= classes or treatments & case[_key(one)]:
                one["reason"] = one["reason"] or "retold"
    return found


def _key(one: Frame) -> tuple[str, str]:
    return one["cells"]["outcome"][0], one["cells"]["domain"][0]


def _treatments(one: Frame) -> set[str]:
    return set(one["cells"].get("treatment", [""])[0].split(" + ")) - {""}
