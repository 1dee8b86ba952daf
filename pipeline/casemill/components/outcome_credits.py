"""The treatment that an outcome's own sentence credits or blames (specification, sections 7 and 9).

Named in that sentence as the cause or as what went before (after, with, following, on, due to, despite), or meant by a
word for it ("with this treatment", "responded"); a treatment that the sentence before names is otherwise none of it.
"""

from collections.abc import Mapping

from casemill.components.narrative import Term
from casemill.components.outcome_changes import Reading
from casemill.components.outcome_statements import BREAKS, CREDITS, Statement, Treatment
from casemill.components.outcome_words import expression

__all__ = ["WITHDRAWAL", "Credit", "coordinated", "credit", "named"]

Credit = list[Treatment]
#: What the name of a treatment is followed by where its stopping is credited.
WITHDRAWAL = " withdrawal"
# Characters between two treatments of one list, and between the mention of a drug and a later one of its class.
_GAP, _COURSE = 45, 160
# Characters behind an object within which its verb belongs to the reading.
_OWN_VERB = 14
# Rules of weaning: what the patient was weaned from is no treatment that led to it; states of leaving hospital.
_WEANED, _WEANED_BY, _STATES = "wean.", ("after", "following", "thanks to"), ("condition.", "discharged.")
# Roles of cues that open an adverbial, that lead on from an outcome, and that end what an anaphor is sought in.
_OPENING = CREDITS | BREAKS | {"blame"}
_LEADING = CREDITS | BREAKS | {"credit_to", "withdrawal", "verb", "treated", "next"}
_NEXT_VERB = BREAKS | {"verb", "treated", "next"}
_GENERIC = ("supportive care", "conservative treatment")
# The verb that makes a treatment the subject of its own clause ("and timolol drops twice daily brought ...").
_PREDICATE = r"[^,;.()]{0,28}?\s(?:%(predicate)s)\b"
_SWITCH = r"\b(?:%(switch)s)\b"
_NEXT_CLAUSE = r"\b(?:%(plain_and)s)\b"
_RESPONDED, _RESPONSE = r"%(response)s", r"\b(?:%(response_noun)s)\b"
_REACHED = r"\b(?:%(achieving)s|%(showing)s)\b"
_OF_TIME = r"\b(?:%(time_of)s) of $"
_JOINT = r"\b(?:%(coordinator)s)\b|;"
_INTRODUCING = r"\(|\b(?:%(introducing)s)\b"
# "the PD-1 inhibitor nivolumab", "transfusion of platelets"
_APPOSED = r" (?:of )?(?:%(a)s )?"
# "nivolumab, an anti-PD-1 antibody", "paclitaxel chemotherapy"
_APPOSED_AFTER = r" |-based |, an? "
_LISTED = r"[^;]{0,90}\b(?:%(plain_and)s) (?:%(a)s )?$"
_UNNEEDED = r" (?:%(negated_be)s) (?:%(unneeded)s)\b"
_DRUG_MEANT, _DRUG_WORD = r" ?(?:%(withdrawn_drug)s)\b", r"\b(?:%(drug_word)s)\b"
_WITHOUT = r"\s+(?:%(without)s)\b"


def credit(statement: Statement, reading: Reading, before: Credit, floor: int) -> Credit:
    """Treatments credited for ``reading``.

    :param before: the credit of the reading before it in the same sentence, which ends at ``floor``.
    """
    told = statement.treatments_in(statement.sentence.start, reading.start)
    if told and reading.direct and statement.text[reading.start] == "-":
        return told[-1:]  # "imatinib-resistant leukemia" is of that drug, whatever follows
    if not told and expression(_WITHOUT).match(statement.text, reading.end):
        return []
    # without either there is nothing to lead to, as in most sentences
    if (statement.treatments or statement.told_as("withdrawal")) and (after := _after(statement, reading)):
        return after
    if reading.outcome in ("died", "alive"):
        if floor == statement.sentence.start:
            return _leading(statement, reading, floor)
        # "despite X she developed a rash and died": one list of what happened under the treatment
        return before if expression(_LISTED).match(statement.text, floor, reading.start) else []
    # a treatment introduced since the reading before takes its place ("whereas after infliximab ...")
    if before and not any(
        statement.treatments_in(cue.end, reading.start) for cue in statement.cued(CREDITS, floor, reading.start)
    ):
        return before
    return _leading(statement, reading, floor) or _meant(statement, reading)


def coordinated(statement: Statement, start: int, end: int) -> Credit:
    """Treatments coordinated from ``start`` on, the first of them not far behind it."""
    found: Credit = []
    edge = start
    for treatment in statement.treatments_in(start, end):
        apart = found and (
            statement.cued(("verb", "treated"), edge, treatment.start)
            or any(edge <= c.start and c.end <= treatment.start for c in statement.changes)
        )
        if treatment.start - edge > _GAP or apart or (found and _is_next(statement, edge, treatment)):
            break
        edge = treatment.end
        if all(treatment.name != t.name for t in found):
            found.append(treatment)
    return found


def _is_next(statement: Statement, edge: int, treatment: Treatment) -> bool:
    """Whether ``treatment`` begins a clause of its own, behind the list that ends at ``edge``."""
    between = statement.text[edge : treatment.start]
    if ";" in between or ":" in between or statement.cued("break", edge, treatment.start):
        return True
    return expression(_PREDICATE).match(statement.text, treatment.end) is not None


def named(statement: Statement, found: Credit, classes: Mapping[str, frozenset[str]]) -> Credit:
    """``found`` with the word for a class put in place by the drugs of that class that were named before."""
    result: Credit = []
    for treatment in found:
        if treatment.name in classes["class"] and _introduces(statement, treatment, found):
            continue
        stem, stopped, _ = treatment.name.partition(WITHDRAWAL)
        members = classes.get(stem)
        told = [t for t in statement.history if t.name in members] if members else []
        course = [t._replace(name=t.name + stopped) for t in told if told[-1].start - t.start < _COURSE]
        result += [Treatment(treatment.start, treatment.end, t.name) for t in course] or [treatment]
    return result


def _introduces(statement: Statement, treatment: Treatment, found: Credit) -> bool:
    """Whether the word for a class leads to the drugs that it means ("immunosuppressants including azathioprine")."""
    if any(expression(_APPOSED_AFTER).fullmatch(statement.text, t.end, treatment.start) for t in found):
        return True
    after = next((t for t in found if t.start > treatment.end), None)
    if after is None or after.start - treatment.end > 30:
        return False
    if expression(_APPOSED).fullmatch(statement.text, treatment.end, after.start):
        return True
    leads = expression(_INTRODUCING).search(statement.text, treatment.end, after.start)
    return bool(leads or statement.cued("including", treatment.end, after.start))


def _adverbial_end(statement: Statement, reading: Reading) -> int:
    """Where the adverbial that opens the sentence and holds the reading ends ("Because of a relapse, ..."), else its end."""
    sentence = statement.sentence
    first = next(iter(statement.cues), None)
    if first is None or first.start - sentence.start >= 22 or first.start > reading.start:
        return sentence.end
    if first.canonical not in _OPENING or statement.text.find(",", first.end, reading.start) >= 0:
        return sentence.end
    comma = statement.text.find(",", reading.end, sentence.end)
    if comma >= 0 and statement.cued(CREDITS, comma + 1, comma + 16):
        comma = statement.text.find(",", comma + 1, sentence.end)
    return comma if comma >= 0 else sentence.end


def _after(statement: Statement, reading: Reading) -> Credit:
    """The first treatments behind the change that a preposition of credit leads to."""
    end = _adverbial_end(statement, reading)
    starts = (c.start for c in statement.changes if c.start > reading.end)
    end = min(next((s for s in starts if expression(_JOINT).search(statement.text, reading.end, s)), end), end)
    # "no further bleeding has been seen": the verb behind the object is the reading's own
    told = max([reading.end, *(t.end for t in reading.targets if t.start - reading.end < _GAP)])
    own = 2 if told == reading.end else _OWN_VERB
    weaned = reading.rule.startswith(_WEANED)
    for cue in statement.cued(_LEADING, reading.end - 8, end):
        if weaned and cue.canonical == "credit" and statement.text[cue.start : cue.end] not in _WEANED_BY:
            continue
        if cue.canonical in ("verb", "treated", "next"):
            seen = statement.cued("show", cue.end, cue.end + 18)
            if cue.start - told > own and not (seen and seen[0].start - cue.end <= 8):
                break
        elif cue.canonical in BREAKS and cue.canonical != "when":
            break
        else:
            found = coordinated(statement, cue.end, end) or _meant_withdrawn(statement, cue, end)
            if found and not statement.cued("uncredited", cue.end, found[0].start):
                return _withdrawn(statement, found)
    timed = [t for t in statement.treatments_in(reading.end, end) if _is_timed(statement, t)]
    if timed:
        return _withdrawn(statement, coordinated(statement, timed[0].start, end))
    return _withdrawn(statement, coordinated(statement, reading.end, end)) if reading.direct else []


def _meant_withdrawn(statement: Statement, cue: Term, end: int) -> Credit:
    """Drugs told before whose stopping a word behind ``cue`` credits ("after withdrawal of the drug")."""
    stops = [cue] if cue.canonical == "withdrawal" else statement.cued("withdrawal", cue.end, min(cue.end + 24, end))
    for stop in stops[:1]:
        match = expression(_DRUG_MEANT).match(statement.text, stop.end)
        words = statement.text[stop.start : match.end()] if match else statement.text[cue.end : stop.end]
        told = [t for t in statement.earlier if t.is_drug]
        if expression(_DRUG_WORD).search(words) and len({t.name for t in told}) == 1:
            end = match.end() if match else stop.end
            return [Treatment(stop.start, end, told[0].name + WITHDRAWAL)]
    return []


def _is_timed(statement: Statement, treatment: Treatment) -> bool:
    """Whether a length of time leads to ``treatment`` ("within two weeks of prednisolone")."""
    return expression(_OF_TIME).search(statement.text, treatment.start - 12, treatment.start) is not None


def _leading(statement: Statement, reading: Reading, floor: int) -> Credit:
    """Treatments told before the change in its sentence, behind the reading before."""
    found = [
        t
        for t in statement.treatments_in(floor, reading.start)
        if not statement.cued("uncredited", t.start - 25, t.start)
        and not statement.cued("negation", t.start - 4, t.start)
        and not expression(_UNNEEDED).match(statement.text, t.end)
    ]
    if not found:
        return []
    found = _latest(statement, found)
    if reading.direct:
        found = _last_group(statement, found)
    bare = reading.outcome in ("died", "alive") or reading.rule.startswith(_STATES)
    if bare and not any(statement.cued(CREDITS, t.start - 40, t.start) for t in found):
        return []
    if found and statement.cued(("because", "when"), found[-1].end, reading.start):
        # "X was stopped because the pain increased": the pain is no outcome of the stopping
        return found
    return _withdrawn(statement, found, reading.start)


def _last_group(statement: Statement, found: Credit) -> Credit:
    """The last coordinated ones of ``found``: what "was without effect" is said of."""
    for index in range(len(found) - 1, 0, -1):
        before, after = found[index - 1].end, found[index].start
        if after - before > _GAP or statement.cued(("verb", "treated", "next"), before, after):
            return found[index:]
    return found


def _latest(statement: Statement, found: Credit) -> Credit:
    """``found`` without those that others replaced, and those that a harm is blamed on."""
    for index in range(len(found) - 1, 0, -1):
        if expression(_SWITCH).search(statement.text, found[index - 1].end, found[index].start):
            found = found[index:]
            break
    blamed = [harm.end for harm in statement.harms if harm.canonical == "adverse_event"]
    return [t for t in found if not any(0 <= t.start - end <= 2 for end in blamed)]


def _withdrawn(statement: Statement, found: Credit, limit: int = -1) -> Credit:
    """``found`` marked as withdrawn where their stopping is told; beside one that is started these don't count."""
    if found and found[0].name.endswith(WITHDRAWAL):
        return found
    told = [t._replace(name=t.name + WITHDRAWAL) if _is_withdrawn(statement, t, found, limit) else t for t in found]
    stopped = {t.name for t in told}
    told = [t for t in told if t.name + WITHDRAWAL not in stopped]
    started = [t for t in told if statement.cued("starting", t.start - 40, t.start)]
    return started if started and any(t.name.endswith(WITHDRAWAL) for t in told) else told


def _is_withdrawn(statement: Statement, treatment: Treatment, found: Credit, limit: int) -> bool:
    lead = statement.cued("withdrawal", found[0].start - 45, treatment.start)
    if lead and not statement.cued("starting", lead[-1].end, treatment.start):
        return True
    verbs = statement.following(("withdrawal", "stopped", "verb", "treated", "next"), found[-1].end)
    if limit >= 0:
        # told after the outcome, the stopping did not lead to it ("brought no benefit and was stopped")
        verbs = [cue for cue in verbs if cue.start < limit]
    elif expression(_NEXT_CLAUSE).search(statement.text, found[-1].end, verbs[0].start if verbs else found[-1].end):
        return False
    return bool(verbs) and verbs[0].canonical in ("withdrawal", "stopped") and verbs[0].start - found[-1].end <= 60


def _meant(statement: Statement, reading: Reading) -> Credit:
    """Treatments of the sentences before, where a word of this sentence means them."""
    if statement.treatments_in(statement.sentence.start, reading.start):
        return []
    if not reading.direct and not _is_response(statement, reading):
        if not statement.told_as("anaphor"):
            return []
        verbs = statement.following(_NEXT_VERB, reading.end + 3)
        reach = min([_adverbial_end(statement, reading), reading.end + 60, *(cue.start for cue in verbs)])
        if not statement.cued("anaphor", statement.sentence.start, max(reach, reading.start)):
            return []
    return [t for t in statement.earlier if t.name not in _GENERIC] or list(statement.earlier)


def _is_response(statement: Statement, reading: Reading) -> bool:
    """Whether the words are of a response reached ("responded", "achieved a partial response"): one to a treatment."""
    text, start = statement.text, reading.start
    if expression(_RESPONDED).search(text, start, reading.end):
        return True
    reached = expression(_REACHED).search(text, max(statement.sentence.start, start - 45), start)
    return bool(reached and expression(_RESPONSE).search(text, start, reading.end))
