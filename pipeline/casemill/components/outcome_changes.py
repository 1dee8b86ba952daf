"""Reads one word of change in its sentence: what became of what, or why it is no outcome.

The grammar works on half a dozen *forms* (column ``form`` of ``outcomes/changes``): where a verb, a noun, a predicate or
a phrase has its target. Negations and words of degree turn the outcome (columns ``negated``, ``partly``, ``wholly``,
``kept``). Rulings: section 7 and 9 of the specification.
"""

import re
from dataclasses import dataclass

from casemill.components.narrative import Term
from casemill.components.outcome_statements import Statement, Target
from casemill.resources import Entry

__all__ = ["Reading", "picked", "read_change"]

# How far (characters) a negation or a word of degree reaches to the word that it turns.
_REACH = 46
_HARD = re.compile(r"[;:]|\. ")
_OF = re.compile(r"\s*\([^)]{0,20}\)|\s+(?:(?:was\s+|were\s+|has been\s+|could be\s+)?(?:noted|observed|seen|found|noticed|achieved|recorded|obtained)\s+)?(?:of|in|to|on|for|regarding|concerning|with regard to|with respect to)\s+")
_AFTER_VERB = re.compile(r"\s+(?:(?:the|his|her|their|both|all|this|these|patient's|our)\s+|(?=[a-z]))")
_WORD = re.compile(r"\s*([\w'-]+)")
_BE = re.compile(r"\b(?:was|were|is|are|be|been|being|has|had|have)\b[\w\s]{0,30}$")
_LIST = re.compile(r",|\band\b|\bor\b|\bas well as\b|/")
_NOT_AFTER = re.compile(r"(?:\s+[\w-]+){0,5}?\s+(?:was|were|is|has been|have been|had been)\s+(?:not|never)\b")
_DETERMINED = re.compile(r",\s+(?:and\s+|but\s+)?(?=(?:the|his|her|their|its|patient)\b)")
_FOR = re.compile(r"\bfor (?:the past |the last |over |more than |at least |up to )?[\w-]+ (?:day|week|month|year)s?\b")
_COUNTED = re.compile(r"\b(?:\d+|all|both|two|three|four|five|six|seven|eight|nine|ten|one|our|these)(?: (?:out )?of)?(?: the| these| our)?(?: \d+)?\s+$", re.IGNORECASE)
_SUCH = re.compile(r"\s*\(|,? (?:of|such|like|includ|relat|due|caus|regard|includ|from|in|on|with)")
_RELATIVE_BREAKS = ("which", "that", "who")
#: Kinds of target that any other word beside them outweighs.
_VAGUE = ("weak", "person", "lesion", "whole")
_CLOSING = ("credit", "credit_to", "show", "break", "cause", "closing", "lasting")
_CONSTANT = ("tumor", "pain", "infection")


@dataclass(slots=True)
class Reading:
    """An outcome read from a statement: its class, what it is about, and the words that told it; or a ``reason`` against it."""

    outcome: str
    targets: list[Target]
    start: int
    end: int
    rule: str
    reason: str = ""


def read_change(statement: Statement, change: Term, entry: Entry, *, cancer: str = "") -> Reading | None:
    """The outcome that ``change`` tells.

    :param cancer: domain of the report's cancer (``blood``, ``tumor``), where it has one.
    :return: ``None`` where the words make no candidate (no target where one is needed).
    """
    needs = entry["needs"].split()
    start, end = change.start, change.end
    if entry["form"] == "none" or statement.text[start - 1 : start] == "-":
        return None
    lo = _clause_start(statement, change)
    if "base" in needs and not statement.cued("aspect", max(lo, start - 30), start) and not _negation(statement, lo, start):
        return None
    targets = _FORMS[entry["form"]](statement, change, lo, entry)
    if targets is None:
        return None
    if "quantity" in needs and _is_level(statement, change, lo, entry):
        return None
    strong = [t for t in targets if t.kind not in _VAGUE]
    if ("target" in needs or "quantity" in needs) and not strong:
        return None
    outcome = _outcome(statement, change, entry, lo)
    if "quantity" in needs:
        outcome = _by_direction(outcome, strong)
    if not outcome or outcome == "-":
        return None
    if "wellbeing" in needs and outcome == "no_relapse" and not _is_followed_up(statement, lo, start):
        return None
    if "modified" in needs and not _is_modified(statement, change, lo):
        return None
    if entry.id == "fail.verb" and not _names_treatment(statement, change):
        return None
    if entry.id == "resistance.noun" and change.end - change.start < 14 and not any(0 <= change.start - t.end <= 2 or 0 < t.start - change.end < 6 for t in statement.treatments):
        return None
    if "cancer" in needs and not (cancer and all(t.kind in ("cancer", *_VAGUE) or t.domain == cancer for t in targets)):
        return None
    reason = _reason(statement, change, needs, lo, outcome)
    if entry["domain"]:
        found = [Target(start, end, entry["domain"], "fixed", "")]
    else:
        whole = [t for t in targets if t.kind == "whole" and not _SUCH.match(statement.text, t.end)]
        found = picked(statement, sorted([*strong, *whole]) or targets)
        if cancer and (targets or "response" in needs) and all(t.kind == "lesion" or (t.kind == "person" and "response" in needs) for t in targets):
            found = [Target(start, end, cancer, "context", "")]
        elif not found:
            found = [Target(start, end, "general", "weak", "")]
    return Reading(outcome, found, start, end, entry.id, reason)


# --- ranges -------------------------------------------------------------------------------------------------------------


def _clause_start(statement: Statement, change: Term) -> int:
    """Where the clause of ``change`` begins: after a conjunction, a semicolon, or the change before it."""
    lo = statement.sentence.start
    for match in _HARD.finditer(statement.text, lo, change.start):
        lo = match.end()
    for cue in statement.cued("break", lo, change.start):
        lo = max(lo, cue.end)
    return lo


def _subject(statement: Statement, change: Term, lo: int) -> list[Target]:
    """Targets of the noun phrase before a predicate; those of the change before where it shares their subject."""
    hi = change.start
    before = [c for c in statement.changes if lo <= c.start and c.end <= hi]
    floor = before[-1].end if before else lo
    floor = _after_adverbial(statement, floor, hi)
    verbs = [v for v in statement.cues if v.canonical in ("verb", "show", "cause") and v.start >= floor and v.end <= hi]
    own = _BE.search(statement.text, max(floor, hi - 60), hi)
    limit = own.start() if own else hi
    if commas := list(_DETERMINED.finditer(statement.text, floor, limit)):
        floor = commas[-1].end() if len(commas) == 1 else floor
    verb = max((v.end for v in verbs if v.end <= limit and not v.id.startswith("show.with")), default=floor)
    found = _without_tests(statement, statement.targets_in(verb, hi))
    if not found:
        found = _without_tests(statement, statement.targets_in(floor, hi))
    if not found and before and _WORD.match(statement.text, floor):
        found = _subject(statement, before[-1], lo) if hi - floor < 40 else []
    if not found and lo > statement.sentence.start:
        cue = statement.text[max(0, lo - 5) : lo].strip()
        if cue.endswith(_RELATIVE_BREAKS):
            found = statement.targets_in(max(statement.sentence.start, lo - 70), lo)[-1:]
    return found


def _after_adverbial(statement: Statement, floor: int, hi: int) -> int:
    """``floor`` moved behind a leading adverbial ("After prednisone, ..."): its comma is the first after its treatments."""
    first = next((cue for cue in statement.cues if cue.start >= floor), None)
    if first is None or first.canonical not in ("credit", "uncredited", "withdrawal", "anaphor") or first.start - floor > 12:
        return floor
    last = max((t.end for t in statement.treatments if floor <= t.start and t.end <= hi), default=floor)
    comma = statement.text.find(",", last, hi)
    return comma + 1 if comma >= 0 else floor


def _without_tests(statement: Statement, targets: list[Target]) -> list[Target]:
    """``targets`` without those that a word of testing follows ("liver ultrasound")."""
    return [
        t for t in targets
        if not any(c.canonical == "test" and 0 <= c.start - t.end <= 2 for c in statement.cues)
    ]


def _stop(statement: Statement, start: int) -> int:
    """Where the noun phrase that begins at ``start`` ends: at a verb, a preposition of credit, or a break."""
    end = statement.sentence.end
    match = _HARD.search(statement.text, start, end)
    end = match.start() if match else end
    roles = ("break", "credit", "verb", "show", "cause", "stopped", "next", "anaphor", "withdrawal")
    stops = [c.start for c in statement.cues if c.canonical in roles and c.start >= start]
    stops += [c.start for c in statement.cued("negation", start, end) if statement.text[max(0, c.start - 3) : c.start].strip() in (",", ", and")]
    stops += [c.start for c in statement.cued("kept", start, end) if statement.text[max(0, c.start - 5) : c.start].strip() in (",", ", and", "and")]
    return min([*stops, end])


def _object(statement: Statement, start: int) -> list[Target]:
    """Targets of the noun phrase that begins at ``start``, up to the next word of change."""
    stop = min(_stop(statement, start), statement.sentence.end)
    following = [c.start for c in statement.changes if c.start > start]
    return statement.targets_in(start, min([stop, *following]))


# --- forms --------------------------------------------------------------------------------------------------------------


def _verb(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    text, hi = statement.text, change.start
    needs = entry["needs"].split()
    active = None if "intransitive" in needs else _AFTER_VERB.match(text, change.end)
    passive = _BE.search(text, max(lo, hi - 40), hi)
    following = _WORD.match(text, change.end)
    if active and following and not passive:
        target = [t for t in _object(statement, active.end()) if t.kind not in _VAGUE or t.start - active.end() < 25]
        nearest = target[0].start - change.end if target else 99
        closes = any(c.start == following.start(1) for c in statement.cues if c.canonical in _CLOSING)
        if nearest < 40 and not closes:
            caused = active.group().strip() or statement.cued("anaphor", lo, hi) or any(lo <= t.start < hi for t in statement.treatments)
            return target if caused or "participle" not in needs else None
    elif "intransitive" in needs and following and _is_attributive(statement, change):
        return None
    if following and following[1] == "from" and (origin := _object(statement, following.end())):
        return origin
    found = _subject(statement, change, lo)
    elided = lo > statement.sentence.start and hi - lo < 16
    return found if found or elided else None


def _is_attributive(statement: Statement, change: Term) -> bool:
    """Whether a participle stands before its noun ("a relapsed carcinoma")."""
    return any(0 < t.start - change.end <= 2 and t.kind not in _VAGUE for t in statement.targets)


def _noun(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    text = statement.text
    if match := _OF.match(text, change.end):
        found = _object(statement, match.end())
        if any(t.kind not in _VAGUE for t in found) or (found and found[0].start - match.end() < 20):
            return found
    if found := _modifiers(statement, change, lo):
        return found
    shows = [c for c in statement.cues if c.canonical in ("show", "cause") and c.start >= lo and c.end <= change.start]
    if shows and change.start - shows[-1].end < 40:
        found = [t for t in _subject_before(statement, lo, shows[-1].start) if t.kind not in _VAGUE]
        return found
    return []


def _subject_before(statement: Statement, lo: int, hi: int) -> list[Target]:
    lo = _after_adverbial(statement, lo, hi)
    verb = max((c.end for c in statement.cues if c.canonical in ("verb", "show", "cause") and c.start >= lo and c.end <= hi), default=lo)
    return _without_tests(statement, statement.targets_in(verb, hi))


def _modifiers(statement: Statement, change: Term, lo: int) -> list[Target]:
    """Targets in the words before a noun: "complete hematological and molecular remission"."""
    found: list[Target] = []
    edge = change.start
    for target in reversed(statement.targets_in(max(lo, change.start - 60), change.start)):
        between = statement.text[target.end : edge]
        if target.kind in _VAGUE and target.end < change.start - 1:
            break
        if len(between.split()) > 2 or "," in between or (" and " in between and target.kind != "organ") or any(
            c.canonical in ("credit", "credit_to", "verb", "show", "cause", "break", "negation") and c.start >= target.end and c.end <= edge
            for c in statement.cues
        ):
            break
        found.insert(0, target)
        edge = target.start
    return found


def _predicate(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    if not statement.text[lo : change.start].strip():
        lo = statement.sentence.start
    if found := _OF.match(statement.text, change.end):
        after = [t for t in _object(statement, found.end()) if t.kind not in (*_VAGUE, "lab")]
        if after and all(t.kind in _VAGUE for t in statement.targets_in(lo, change.start)):
            return after
    return _subject(statement, change, lo)


def _attributive(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    """``despite persistent fever``: a state that goes on or comes back, where the words before it tell a course."""
    lead = [c for c in statement.cues if 0 < change.start - c.end <= 14 and c.canonical in ("credit", "cause", "goes_on", "show")]
    if not lead:
        return None
    word = statement.text[lead[-1].start : lead[-1].end].lower()
    told = lead[-1].canonical in ("cause", "goes_on") or word in ("despite", "because of", "due to", "in spite of", "owing to")
    if not told and not (word == "with" and entry.canonical == "unchanged" and any(t.end < change.start for t in statement.treatments)):
        return None
    found = _object(statement, change.end)
    return found if found and found[0].start - change.end < 16 else None


def _phrase(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    start = next((c.end for c in statement.changes if 0 <= c.start - change.end <= 2), change.end)
    found = _object(statement, start)
    if "finding" in entry["needs"].split():
        found = [t for t in found if t.kind in ("finding", "disease")]
    return found if found and found[0].start - start < 40 else None


def _patient(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    found = [t for t in _subject(statement, change, lo) if t.kind not in (*_VAGUE, "lab")]
    if not found and (match := _OF.match(statement.text, change.end)):
        found = [t for t in _object(statement, match.end()) if t.kind not in (*_VAGUE, "lab")]
    return found


def _remain(statement: Statement, change: Term, lo: int, entry: Entry) -> list[Target] | None:
    """``remained febrile``, ``remained low``: a state that goes on, of the subject or in the complement."""
    if any(0 <= c.start - change.end <= 2 for c in statement.changes):
        return None
    stop = min(_stop(statement, change.end), change.end + 50)
    states = statement.cued("state", change.end, change.end + 40)
    complement = [
        t for t in statement.targets_in(change.end, stop) if t.kind in ("finding", "disease") and t.start - change.end < 25
    ][:1]
    subject = _subject(statement, change, lo)
    if complement:
        return [t for t in subject if t.kind not in _VAGUE] or complement
    if states and states[0].start - change.end < 20:
        return subject or []
    return None


_FORMS = {
    "verb": _verb,
    "noun": _noun,
    "predicate": _predicate,
    "attributive": _attributive,
    "object": _phrase,
    "patient": _patient,
    "remain": _remain,
}


# --- the outcome --------------------------------------------------------------------------------------------------------


def _negation(statement: Statement, lo: int, hi: int) -> Term | None:
    """The negation that reaches from within ``[lo, hi)`` to a word at ``hi``, over no comma and no other change."""
    for cue in reversed(statement.cued("negation", max(lo, hi - _REACH), hi)):
        between = statement.text[cue.end : hi]
        crossed = any(c.start >= cue.end and c.end <= hi for c in statement.changes)
        return None if "," in between or crossed else cue
    return None


def _degrees(statement: Statement, change: Term, lo: int) -> set[str]:
    """Roles of the words of degree around ``change``: ``partly``, ``wholly``, ``kept``."""
    hi = change.start
    found = {
        cue.canonical
        for cue in statement.cues
        if cue.canonical in ("partly", "wholly", "kept")
        and max(lo, hi - 40) <= cue.start < hi
        and not any(c.start >= cue.end and c.end <= hi for c in statement.changes)
        and "," not in statement.text[cue.end : hi]
    }
    for cue in statement.cues:
        if cue.canonical in ("partly", "wholly") and 0 < cue.start - change.end <= 2:
            found.add(cue.canonical)
        if cue.canonical == "kept" and 0 < cue.start - change.end <= 22 and cue.id.endswith("kept.word"):
            found.add("kept")
    return found


def _outcome(statement: Statement, change: Term, entry: Entry, lo: int) -> str:
    needs = entry["needs"].split()
    degrees = _degrees(statement, change, lo)
    negated = _negation(statement, lo, change.start) or _NOT_AFTER.match(statement.text, change.end)
    if negated:
        if "wholly" in degrees and entry.canonical in ("improved", "resolved"):
            return "improved"
        return entry["negated"] or entry.canonical
    if "negation" in needs:
        return ""
    for degree in ("partly", "kept", "wholly"):
        if degree in degrees and entry[degree]:
            return entry[degree]
    return entry.canonical


def _by_direction(outcome: str, targets: list[Target]) -> str:
    """Better or worse, by what falls or rises: a fall betters all but functions and the measures that are low in disease."""
    if outcome not in ("improved", "worsened"):
        return outcome
    better = {t.better or ("down" if t.kind in ("finding", "cancer", *_VAGUE) else "") for t in targets}
    better.discard("")
    if len(better) != 1 or "none" in better or any(t.kind == "measure" and not t.better for t in targets):
        return ""
    fell = outcome == "improved"
    return "improved" if (better == {"down"}) == fell else "worsened"


_LEVEL = re.compile(r"\s*(?:to|from|by|within|after|over|significantly|gradually|rapidly|further|progressively|markedly|dramatically|and|,|\.|;|on|during|following|slightly|again|steadily|in\s+the)")


def _is_level(statement: Statement, change: Term, lo: int, entry: Entry) -> bool:
    """Whether a word of rise or fall tells a level ("were increased", "reduced IgG") or a dose, and no change."""
    hi = change.start
    near = max(lo, hi - 60)
    doses = [c.end for c in statement.cued("dose", near, hi)] + [t.end for t in statement.treatments if near <= t.start < hi]
    if entry["form"] == "verb":
        measured = [t.end for t in statement.targets_in(near, hi) if t.kind not in _VAGUE]
        if doses and max(doses) > max(measured, default=0) and not statement.text[change.end : change.end + 5] in (" the ", " his ", " her "):
            return True
    elif match := _OF.match(statement.text, change.end):
        end = match.end() + 25
        if statement.cued("dose", match.end(), end) or any(match.end() <= t.start < end for t in statement.treatments):
            return True
    if entry["form"] != "verb":
        return False
    if not _LEVEL.match(statement.text, change.end):
        return not statement.cued("anaphor", near, hi)
    own = _BE.search(statement.text, near, hi)
    return bool(own and re.match(r"(?:was|were|is|are)\b", own.group()) and not re.match(r"\s*(?:to|from|by)\b", statement.text[change.end:change.end+6])
        and not statement.cued("quality", near, hi) and not re.search(r"(?:significantly|gradually|rapidly|further|progressively)\W*$", statement.text[near:hi]))


def _is_modified(statement: Statement, change: Term, lo: int) -> bool:
    if _negation(statement, lo, change.start) or _modifiers(statement, change, lo):
        return True
    return any(c.canonical in ("quality", "partly", "wholly", "kept") and 0 <= change.start - c.end <= 12 for c in statement.cues)


def _names_treatment(statement: Statement, change: Term) -> bool:
    """Whether "failed" is said of a treatment; longer words of failure need none."""
    if change.end - change.start > 12:
        return True
    near = [t for t in statement.treatments if -40 < t.end - change.start <= 0 or 0 <= t.start - change.end < 40]
    words = [c for c in statement.cues if c.canonical in ("anaphor", "giving") and (0 <= c.start - change.end < 40 or 0 <= change.start - c.end < 40)]
    return bool(near or words)


def _is_followed_up(statement: Statement, lo: int, start: int) -> bool:
    """Whether a state of being well is told as lasting ("remained", "is now", "months later"), not as a finding."""
    return bool(_FOR.search(statement.text, start, statement.sentence.end) or statement.cued("kept", max(lo, start - 30), start) or statement.cued("lasting", *statement.sentence[1:3]))


def _reason(statement: Statement, change: Term, needs: list[str], lo: int, outcome: str) -> str:
    """Why an outcome's own grammar shows it to be no fact of the report; blank if it is one."""
    hi = change.start
    if statement.cued("aim", max(lo, hi - 50), hi):
        return "planned"
    possible = statement.cued("possible", max(lo, hi - 60), min(change.end + 12, statement.sentence.end))
    if any("," not in statement.text[c.end : hi] for c in possible):
        return "hypothetical"
    general = statement.cued("general", max(lo, hi - 90), min(change.end + 60, statement.sentence.end))
    if any(not _COUNTED.search(statement.text, max(statement.sentence.start, c.start - 24), c.start) for c in general):
        return "background"
    if outcome in ("died", "alive") and statement.cued("relative", statement.sentence.start, hi):
        return "background"
    if "treated" in needs and not statement.treated:
        return "before_treatment"
    if outcome in ("worsened", "relapsed") and not statement.treated:
        return "before_treatment"
    return ""


def picked(statement: Statement, targets: list[Target]) -> list[Target]:
    """One target a conjunct ("rash and muscle strength"), the weightiest of its words, and one of each domain."""
    groups: list[list[Target]] = []
    for target in targets:
        if groups and not _LIST.search(statement.text, groups[-1][-1].end, target.start):
            groups[-1].append(target)
        else:
            groups.append([target])
    found: dict[str, Target] = {}
    for group in groups:
        if group[-1].domain == "pain" and not found.keys() - {g.domain for g in group} and groups.index(group):
            found.clear() if all(t.kind == "organ" for g in groups[: groups.index(group)] for t in g) else None
        heads = [t for t in group if t.domain in _CONSTANT and t.kind not in _VAGUE] or [t for t in group if t.kind not in (*_VAGUE, "organ")]
        head = (heads or [t for t in group if t.kind not in _VAGUE] or group)[-1]
        if head.domain == "general":
            head = next((t for t in group if t.domain != "general" and t.kind == "organ"), head)
        found.setdefault(head.domain, head)
    return list(found.values())
