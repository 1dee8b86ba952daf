"""The treatment that an outcome's own sentence credits or blames (specification, sections 7 and 9).

Named in that sentence as the cause or as what went before (after, with, following, on, due to, despite), or meant by a
word for it ("with this treatment", "responded"); a treatment that the sentence before names is otherwise none of it.
"""

import re

from casemill.components.narrative import Term
from casemill.components.outcome_changes import Reading
from casemill.components.outcome_statements import Statement, Treatment

__all__ = ["Credit", "coordinated", "credit", "named"]

Credit = list[Treatment]
_GAP = 45
_LEADS = re.compile(r"\(|\bwith\b")
_JOINT = re.compile(r"\b(?:and|but|while|whereas)\b|;")


def credit(statement: Statement, reading: Reading, before: Credit, floor: int) -> Credit:
    """Treatments credited for ``reading``.

    :param before: the credit of the reading before it in the same sentence, which ends at ``floor``.
    """
    if any(_word(statement, c) == "without" and 0 < c.start - reading.end <= 2 for c in statement.cues):
        return []
    adverbial = _adverbial_end(statement, reading)
    after = _after(statement, reading, adverbial)
    if after or before:
        return after or before
    leading = _leading(statement, reading, floor)
    return leading or _meant(statement, reading, adverbial)


def _word(statement: Statement, cue: Term) -> str:
    return statement.text[cue.start : cue.end].lower()


def _adverbial_end(statement: Statement, reading: Reading) -> int:
    """Where the adverbial that opens the sentence and holds the reading ends ("Because of a relapse, ..."), else its end."""
    sentence = statement.sentence
    first = next(iter(statement.cues), None)
    opens = first is not None and first.start - sentence.start < 22 and first.canonical in ("credit", "break", "blame")
    if not opens or first is None or first.start > reading.start:
        return sentence.end
    comma = statement.text.find(",", reading.end, sentence.end)
    if comma >= 0 and any(c.canonical == "credit" and 0 < c.start - comma <= 2 for c in statement.cues):
        comma = statement.text.find(",", comma + 1, sentence.end)
    early = statement.text.find(",", first.end, reading.start)
    return comma if comma >= 0 and early < 0 else sentence.end


def _after(statement: Statement, reading: Reading, end: int) -> Credit:
    """The first treatments behind the change that a preposition of credit leads to."""
    following = (c.start for c in statement.changes if c.start > reading.end)
    end = min(next((start for start in following if _JOINT.search(statement.text, reading.end, start)), end), end)
    for cue in statement.cues:
        if cue.start < reading.end - 4 or cue.end > end:
            continue
        if cue.canonical in ("verb", "next") and cue.start - reading.end > 2 and not _is_seen(statement, cue):
            break
        if cue.canonical == "break" and _word(statement, cue) not in ("as", "when", "once"):
            break
        if cue.canonical not in ("credit", "credit_to", "withdrawal", "break"):
            continue
        found = coordinated(statement, cue.end, end)
        if found and not statement.cued("uncredited", cue.end, found[0].start):
            return _withdrawn(statement, found)
    responds = reading.rule.startswith(("refractory", "effective", "resistance", "fail"))
    if responds and (found := coordinated(statement, reading.end, end)):
        return _withdrawn(statement, found)
    return []


def _is_seen(statement: Statement, verb: Term) -> bool:
    """Whether ``verb`` only says that a change was seen ("no relapse has been observed since")."""
    return any(c.canonical == "show" and 0 < c.start - verb.end <= 8 for c in statement.cues)


def coordinated(statement: Statement, start: int, end: int) -> Credit:
    """Treatments coordinated from ``start`` on, the first of them not far behind it."""
    found: Credit = []
    edge = start
    for treatment in statement.treatments:
        if treatment.start < start or treatment.end > end:
            continue
        if treatment.start - edge > _GAP or (found and statement.cued("verb", edge, treatment.start)):
            break
        found.append(treatment)
        edge = treatment.end
    return found


def _leading(statement: Statement, reading: Reading, floor: int) -> Credit:
    """Treatments told before the change in its sentence, behind any change before."""
    found = [t for t in statement.treatments if floor <= t.start and t.end <= reading.start]
    kept = [t for t in found if not statement.cued("uncredited", t.start - 25, t.start)]
    if reading.outcome == "died" and not any(statement.cued("credit", t.start - 40, t.start) for t in kept):
        return []
    because = [c for c in statement.cues if c.canonical == "break" and _word(statement, c) in ("because", "as", "since")]
    if kept and any(kept[-1].end <= c.start < reading.start for c in because):
        return kept
    return _withdrawn(statement, kept)


def _withdrawn(statement: Statement, found: Credit) -> Credit:
    """``found`` with " withdrawal" added to those whose stopping is told; beside one that is started these don't count."""
    named = [t._replace(name=f"{t.name} withdrawal") if _is_withdrawn(statement, t, found) else t for t in found]
    started = [t for t in named if statement.cued("starting", t.start - 40, t.start)]
    return started if started and any(t.name.endswith(" withdrawal") for t in named) else named


def _is_withdrawn(statement: Statement, treatment: Treatment, found: Credit) -> bool:
    lead = statement.cued("withdrawal", min(t.start for t in found) - 45, treatment.start)
    if lead and not statement.cued("starting", lead[-1].end, treatment.start):
        return True
    last = max(t.end for t in found)
    verb = next((c for c in statement.cues if c.canonical in ("withdrawal", "stopped", "verb", "next") and c.start >= last), None)
    return verb is not None and verb.canonical in ("withdrawal", "stopped") and verb.start - last <= 60


def named(statement: Statement, found: Credit, classes: dict[str, frozenset[str]]) -> Credit:
    """``found`` with the word for a class put in place by the drugs of that class that were named before."""
    result: Credit = []
    plain = classes.get("class", frozenset())
    found = [t for t in found if not (t.name in plain and _introduces(statement, t, found))]
    for treatment in found:
        stem, stopped, _ = treatment.name.partition(" withdrawal")
        members = classes.get(stem, frozenset())
        told = [t for t in statement.history if t.name in members]
        if not told:
            result.append(treatment)
            continue
        near = [t for t in told if told[-1].start - t.start < 160]
        result += [Treatment(treatment.start, treatment.end, t.name + stopped) for t in near]
    return result


def _introduces(statement: Statement, treatment: Treatment, found: Credit) -> bool:
    """Whether the word for a class leads to the drugs that it means ("immunosuppressants including azathioprine")."""
    after = next((t for t in found if t.start > treatment.end), None)
    if after is None or after.start - treatment.end > 30:
        return False
    return bool(statement.cued("including", treatment.end, after.start)) or bool(
        _LEADS.search(statement.text, treatment.end, after.start)
    )


def _meant(statement: Statement, reading: Reading, end: int) -> Credit:
    """Treatments of the sentences before, where a word of this sentence means them."""
    if statement.treatments and min(t.start for t in statement.treatments) < reading.start:
        return []
    verbs = [c.start for c in statement.cues if c.canonical in ("verb", "next", "break") and c.start - reading.end > 2]
    end = min([end, reading.end + 60, *verbs])
    anaphors = statement.cued("anaphor", statement.sentence.start, max(end, reading.start))
    responds = reading.rule.startswith("effective") or "respons" in statement.text[reading.start : reading.end].lower()
    return list(statement.earlier) if anaphors or responds else []
