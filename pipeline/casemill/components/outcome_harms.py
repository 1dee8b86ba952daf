"""Reads harms blamed on a drug: "steroid-induced diabetes", "a rash caused by X", "X was stopped because of nausea".

A harm is a row only where words attribute it to a drug (specification, section 7): a complication that merely follows a
treatment is none.
"""

import re
from collections.abc import Iterator

from casemill.components.narrative import Term
from casemill.components.outcome_changes import Reading, picked
from casemill.components.outcome_credits import Credit, coordinated
from casemill.components.outcome_statements import Statement, Target, Treatment
from casemill.resources import Entry

__all__ = ["Harm", "read_harms"]

Harm = tuple[Reading, Credit]

_EFFECTS = ("finding", "disease", "measure", "cancer")
_REACH = 60
# Between an effect and the words that blame ("a rash which was caused by").
_LINK = re.compile(r"[\s,]*(?:(?:which|that|and|was|were|is|it|considered|thought|to|be|probably|likely|possibly|felt|levels?|of|the|in|\w+ly)[\s,]*){0,7}")


_TO = re.compile(r"\s*(?:of|to|from|with|by|after|due to|caused by|related to|following)\b")
_MEANT = re.compile(r"\b(?:both|it|they|which|this|these)\b")


def read_harms(statement: Statement, entries: dict[str, Entry]) -> Iterator[Harm]:
    """The harms that ``statement`` blames on drugs, each with the drugs blamed."""
    compounds = [w.end for w in statement.harms if entries[w.id]["form"] == "compound"]
    for word in statement.harms:
        form = entries[word.id]["form"]
        if form == "compound":
            found = _compound(statement, word)
        elif form == "blamed":
            found = _blamed(statement, word)
        elif any(0 <= word.start - end <= 3 for end in compounds):
            continue
        else:
            found = _named(statement, word, entries[word.id])
        if found is not None:
            yield found
    yield from _stopped(statement)


def _reading(statement: Statement, word: Term, effects: list[Target], blamed: Credit) -> Harm | None:
    before = statement.cued("negation", max(statement.sentence.start, word.start - 40), word.start)
    reason = ""
    if before and "," not in statement.text[before[-1].end : word.start]:
        reason = "negated"
    elif statement.cued("general", statement.sentence.start, statement.sentence.end):
        reason = "background"
    elif statement.cued("risk", max(statement.sentence.start, word.start - 60), word.start):
        reason = "hypothetical"
    targets = picked(statement, effects) or [Target(word.start, word.end, "general", "weak", "")]
    return Reading("adverse_event", targets, word.start, word.end, word.id, reason), blamed


def _compound(statement: Statement, word: Term) -> Harm | None:
    drug = next((t for t in statement.treatments if 0 <= word.start - t.end <= 1), None)
    end = min(word.end + _REACH, statement.sentence.end)
    effects = [t for t in _first(statement, word.end, end) if t.start - word.end < 30]
    if drug is None or not effects:
        return None
    return _reading(statement, word, effects, [drug])


def _first(statement: Statement, start: int, end: int) -> list[Target]:
    """The effects named from ``start`` on, up to the next verb or preposition."""
    stop = min((c.start for c in statement.cues if c.start >= start and c.canonical in ("verb", "break", "credit", "show", "cause", "next", "stopped")), default=end)
    stop = min([c.start for c in statement.changes if c.start >= start] + [stop, end])
    return [t for t in statement.targets_in(start, stop) if t.kind in _EFFECTS]


def _blamed(statement: Statement, word: Term) -> Harm | None:
    end = min([c.start for c in statement.cues if c.canonical == "break" and c.start >= word.end] + [word.end + 80, statement.sentence.end])
    drugs = [t for t in coordinated(statement, word.end, end) if t.start - word.end < 40]
    effects = [t for t in statement.targets_in(max(statement.sentence.start, word.start - _REACH), word.start) if t.kind in _EFFECTS]
    if not drugs or drugs[0].start - word.end > 40 or not effects:
        return None
    between = statement.text[effects[-1].end : word.start]
    if not _LINK.fullmatch(between) or any(c.start >= effects[-1].end - 40 and c.end <= word.start for c in statement.changes):
        return None
    if any(effects[0].start <= t.start < word.start for t in statement.treatments):
        return None
    return _reading(statement, word, effects[-1:], drugs)


def _named(statement: Statement, word: Term, entry: Entry) -> Harm | None:
    form = entry["form"]
    sentence = statement.sentence
    end = min([c.start for c in statement.cues if c.canonical == "break" and c.start >= word.end] + [sentence.end])
    leads = statement.text[word.end - 3 : word.end].rstrip() in ("of", "to") or _TO.match(statement.text, word.end)
    after = [t for t in coordinated(statement, word.end, end) if t.start - word.end < 45] if leads else []
    before = _group_before(statement, word.start)
    meant = statement.cued("anaphor", sentence.start, sentence.end) or form != "intolerance" or _MEANT.search(statement.text, sentence.start, word.start)
    blamed = after or before or (list(statement.earlier) if meant else [])
    if entry["blames"] and not after:
        blamed = [Treatment(word.start, word.end, entry["blames"])]
    if not blamed:
        return None
    if form == "toxicity":
        effects = statement.targets_in(word.start, word.end) or [Target(word.start, word.end, "general", "weak", "")]
    elif form == "complication":
        effects = _first(statement, word.end, end)
        if not effects:
            return None
    elif form == "intolerance":
        effects = [t for t in statement.targets_in(word.end, sentence.end) if t.kind in _EFFECTS and t.domain != "general"]
    else:
        effects = [t for t in statement.targets_in(word.end, min(word.end + 70, sentence.end)) if t.kind in _EFFECTS]
        if not effects and (statement.text[max(0, word.start - 9) : word.start].rstrip().endswith((" as an", " as a", "as"))):
            effects = [t for t in statement.targets_in(sentence.start, word.start) if t.kind in _EFFECTS][-1:]
    if not effects and _MEANT.search(statement.text, max(sentence.start, word.start - 30), word.start):
        effects = [t for t in statement.before if t.kind in ("finding", "disease")][-1:]
    return _reading(statement, word, effects, blamed)


def _group_before(statement: Statement, hi: int) -> Credit:
    """The last coordinated treatments before ``hi``."""
    found: Credit = []
    for treatment in reversed([t for t in statement.treatments if t.end <= hi]):
        if found and found[0].start - treatment.end > 14:
            break
        found.insert(0, treatment)
    return found


def _stopped(statement: Statement) -> Iterator[Harm]:
    """``X was discontinued because of Y``; ``because of Y, X was stopped``."""
    for stop in statement.cued("stopped", statement.sentence.start, statement.sentence.end):
        drugs = [t for t in statement.treatments if t.end <= stop.start and stop.start - t.end < 30]
        blames = [c for c in statement.cues if c.canonical in ("blame", "credit") and 0 <= c.start - stop.end < 40 and c.end - c.start > 2]
        if drugs and (found := _blame(statement, blames[:1], drugs[-1:])):
            yield found
        elif drugs:
            blames = [c for c in statement.cues if c.canonical in ("blame", "credit") and c.end < drugs[-1].start and drugs[-1].start - c.end < 80
                      and statement.text[c.start : c.end].lower() in ("because of", "due to", "owing to")]
            if found := _blame(statement, blames[-1:], drugs[-1:]):
                yield found


def _blame(statement: Statement, blames: list[Term], drugs: Credit) -> Harm | None:
    if not blames:
        return None
    word = blames[0]
    if statement.text[word.start : word.end].lower() in ("after", "following", "for", "with", "since", "by", "during"):
        return None
    end = min(word.end + _REACH, statement.sentence.end)
    effects = [t for t in _first(statement, word.end, end) if t.kind in ("finding", "disease", "measure")]
    if not effects or effects[0].start - word.end > 45 or any(word.end <= c.start <= effects[0].end for c in statement.changes):
        return None
    if any(h.start <= effects[0].end and h.end >= word.start for h in statement.harms if h.start >= word.end):
        return None
    return _reading(statement, word, effects, drugs)
