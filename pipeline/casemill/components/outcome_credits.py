"""The treatment that an outcome's own sentence credits or blames (specification, sections 7 and 9).

Named in that sentence as the cause or as what went before (after, with, following, on, due to, despite), or meant by a
word for it ("with this treatment", "responded"); a treatment that the sentence before names is otherwise none of it.
"""

from casemill.components.outcome_changes import Reading
from casemill.components.outcome_statements import Statement, Treatment

__all__ = ["Credit", "credit"]

Credit = list[Treatment]
_GAP = 45


def credit(statement: Statement, reading: Reading, before: Credit) -> Credit:
    """Treatments credited for ``reading``; ``before`` is the credit of the reading before it in the same sentence."""
    after = _after(statement, reading)
    if after:
        return after
    if before:
        return before
    leading = _leading(statement, reading)
    if leading:
        return leading
    return _meant(statement, reading)


def _after(statement: Statement, reading: Reading) -> Credit:
    """The first treatments behind the change that a preposition of credit leads to."""
    end = min([c.start for c in statement.changes if c.start > reading.end] + [statement.sentence.end])
    end = min([c.start for c in statement.cues if c.canonical == "break" and c.start > reading.end] + [end])
    for cue in statement.cues:
        if cue.start < reading.end - 4 or cue.end > end or cue.canonical not in ("credit", "credit_to", "withdrawal"):
            continue
        found = _list(statement, cue.end, end)
        if found and not statement.cued("uncredited", cue.end, found[0].start):
            return _withdrawn(statement, found)
    responds = reading.rule.startswith(("refractory", "effective", "resistance", "fail"))
    if responds and (found := _list(statement, reading.end, end)):
        return _withdrawn(statement, found)
    return []


def _list(statement: Statement, start: int, end: int) -> Credit:
    """Treatments coordinated from ``start`` on, the first of them not far behind it."""
    found: Credit = []
    edge = start
    for treatment in statement.treatments:
        if treatment.start < start or treatment.end > end:
            continue
        if treatment.start - edge > _GAP:
            break
        found.append(treatment)
        edge = treatment.end
    return found


def _leading(statement: Statement, reading: Reading) -> Credit:
    """Treatments told before the change in its sentence, behind any change before."""
    floor = max([c.end for c in statement.changes if c.end <= reading.start] + [statement.sentence.start])
    found = [t for t in statement.treatments if floor <= t.start and t.end <= reading.start]
    kept = [t for t in found if not statement.cued("uncredited", t.start - 25, t.start)]
    return _withdrawn(statement, kept)


def _withdrawn(statement: Statement, found: Credit) -> Credit:
    """``found`` with " withdrawal" added where the words tell of stopping."""
    if not found:
        return found
    first, last = found[0].start, found[-1].end
    stopped = statement.cued("withdrawal", first - 45, first) or [
        c for c in statement.cues if c.canonical in ("withdrawal", "stopped") and 0 <= c.start - last <= 25
    ]
    if not stopped:
        return found
    return [Treatment(t.start, t.end, f"{t.name} withdrawal") for t in found]


def _meant(statement: Statement, reading: Reading) -> Credit:
    """Treatments of the sentences before, where a word of this sentence means them."""
    if statement.treatments and min(t.start for t in statement.treatments) < reading.start:
        return []
    anaphors = [c for c in statement.cues if c.canonical == "anaphor" and abs(c.start - reading.start) < 120]
    responds = reading.rule.startswith("effective")
    return list(statement.earlier) if anaphors or responds else []
