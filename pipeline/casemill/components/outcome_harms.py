"""Reads harms blamed on a drug: "steroid-induced diabetes", "a rash caused by X", "X was stopped because of nausea".

A harm is a row only where words attribute it to a drug (specification, section 7): a complication that merely follows a
treatment is none. The forms of the words of harm (``outcomes/harms``): ``compound`` stands between drug and effect,
``blamed`` and ``adjacent`` between effect and drug, ``causing`` is the verb of a drug, ``exposed`` the start or giving of
a drug; ``named``, ``toxicity``, ``intolerance`` and ``complication`` are the harm themselves.
"""

from collections.abc import Iterator, Mapping

from casemill.components.narrative import Term
from casemill.components.outcome_changes import Reading
from casemill.components.outcome_credits import Credit, coordinated
from casemill.components.outcome_effects import (
    EFFECTS,
    drugs_among,
    effects_in,
    first_effects,
    joined_effects,
    last_listed,
    outside_brackets,
)
from casemill.components.outcome_exposures import after_exposure
from casemill.components.outcome_phrases import last_told, picked
from casemill.components.outcome_statements import BREAKS, Statement, Target, Treatment
from casemill.components.outcome_words import expression
from casemill.resources import Entry

__all__ = ["Harm", "read_harms"]

Harm = tuple[Reading, Credit]

# Characters that an effect, and a drug, may stand away from the words that blame.
_EFFECT, _DRUG, _NEAR, _LISTED = 60, 40, 30, 22
# Characters in which a list of drugs is read behind the words that blame.
_FAR = 80
# Roles of cues that part a harm from the drug before it.
_PARTING = BREAKS | {"verb", "treated", "next", "stopped"}
# Between an effect and the words that blame ("a rash which was caused by").
_LINK = r"(?: of [\d.,]+[^,;()]{0,16})?(?: \([^)]{0,50}\))?[\s,]*(?:(?:%(link)s)[\s,]*){0,7}"
_WHICH = r"(?:\s[\w-]+){0,3},?\s+(?:%(clause_which)s)\s(?:[\w-]+\s){0,6}"
_THEY = r"(?:%(meant)s)\s(?:[\w-]+\s){0,4}"
_ASIDE = r"(?: \([^)]{0,50}\))? "
_GENERIC = r"\b(?:%(generic_drug)s)$"
_MEANT_DRUG = r"\s+(?:%(such_drug)s)\b"
_MEANS_DRUG = r"\b(?:%(such_drug)s)\s+(?:[\w-]+\s+){0,2}$"
_FOR = r"\b(?:%(for_effect)s)\s+(?=[a-z])"
_LEADS = r"\s*(?:%(blame_lead)s)\b"
_LED = r"\b(?:of|to)$"
_MEANT = r"\b(?:%(meant)s)\b"
_AS = r"\b(?:%(as_a)s)\s*$"


def read_harms(statement: Statement, entries: Mapping[str, Entry]) -> Iterator[Harm]:
    """The harms that ``statement`` blames on drugs, each with the drugs blamed."""
    if not statement.harms and not statement.stops:
        return
    told = [(word, entries[word.id]) for word in statement.harms]
    blamable = drugs_among(statement.treatments) or drugs_among(statement.earlier)
    if not blamable and not any(entry["blames"] for _, entry in told):
        return  # nothing to blame, as in most sentences
    ends = [word.end for word, entry in told if entry["form"] in ("compound", "named")]
    for word, entry in told:
        form = entry["form"]
        if form == "compound":
            found = _compound(statement, word)
        elif form == "adjacent":
            found = _adjacent(statement, word)
        elif form == "blamed":
            found = _blamed(statement, word)
        elif form == "exposed":
            exposed = after_exposure(statement, word)
            found = _harm(statement, word, *exposed) if exposed else None
        elif form == "causing":
            found = _causing(statement, word)
        elif any(0 <= word.start - end <= 3 for end in ends):
            continue  # "gemcitabine-associated side effects", "immune-related adverse events" are one harm
        else:
            found = _named(statement, word, entry)
        if found is not None:
            yield found
    if statement.stops:
        yield from _stopped(statement)


def _harm(statement: Statement, word: Term, effects: list[Target], blamed: Credit) -> Harm:
    start, sentence = word.start, statement.sentence
    negations = statement.cued("negation", max(sentence.start, start - 40), start)
    reason = ""
    if negations and "," not in statement.text[negations[-1].end : start]:
        reason = "negated"
    elif statement.cued("general", sentence.start, sentence.end):
        reason = "background"
    elif statement.cued("risk", max(sentence.start, start - _EFFECT), start):
        reason = "hypothetical"
    targets = picked(statement, effects) or [Target(start, word.end, "general", "weak", "")]
    return Reading("adverse_event", targets, start, word.end, word.id, reason=reason), blamed


def _compound(statement: Statement, word: Term) -> Harm | None:
    drugs = [t for t in drugs_among(statement.treatments) if 0 <= word.start - t.end <= 1]
    if not drugs and expression(_GENERIC).search(statement.text, max(0, word.start - 14), word.start):
        drugs = (
            drugs_among(last_listed(statement.treatments_in(statement.sentence.start, word.start)))
            or drugs_among(statement.earlier)[-1:]
        )
    effects = [t for t in first_effects(statement, word.end, word.end + _EFFECT) if t.start - word.end < _NEAR]
    return _harm(statement, word, effects, drugs) if drugs and effects else None


def _adjacent(statement: Statement, word: Term) -> Harm | None:
    """``neutropenia from bendamustine``: effect, word and drug stand side by side, a value in brackets between."""
    drugs = [t for t in drugs_among(coordinated(statement, word.end, word.end + _DRUG)) if t.start - word.end < 6]
    effects = outside_brackets(
        statement, effects_in(statement, max(statement.sentence.start, word.start - 90), word.start), word
    )
    if not drugs or not effects or not expression(_ASIDE).fullmatch(statement.text, effects[-1].end, word.start):
        return None
    return _harm(statement, word, joined_effects(statement, effects), drugs)


def _blamed(statement: Statement, word: Term) -> Harm | None:
    drugs = _blamed_drugs(statement, word)
    effects = effects_in(statement, max(statement.sentence.start, word.start - _EFFECT), word.start, (*EFFECTS, "lab"))
    effects = outside_brackets(statement, effects, word)
    if not drugs:
        return None
    if not effects:
        if not expression(_THEY).fullmatch(statement.text, statement.sentence.start, word.start):
            return None
        effects = last_told(statement.before)
        return _harm(statement, word, effects, drugs) if effects else None
    # the organ behind an effect belongs to it ("a rash of the scalp")
    near = outside_brackets(statement, statement.targets_in(effects[-1].start, word.start), word)
    edge = max(t.end for t in near if t.end <= effects[-1].end + _LISTED)
    if not (
        expression(_LINK).fullmatch(statement.text, edge, word.start)
        or expression(_WHICH).fullmatch(statement.text, edge, word.start)
    ):
        return None
    if any(c.start >= edge - 40 and c.end <= word.start for c in statement.changes):
        return None
    if statement.treatments_in(effects[-1].start, word.start):
        return None
    return _harm(statement, word, joined_effects(statement, effects), drugs)


def _blamed_drugs(statement: Statement, word: Term) -> Credit:
    """The drugs behind words that blame, or those that "the drug", "it" there mean."""
    if expression(_MEANT_DRUG).match(statement.text, word.end):
        return (
            drugs_among(last_listed(statement.treatments_in(statement.sentence.start, word.start)))[-1:]
            or drugs_among(statement.earlier)[-1:]
        )
    if not statement.treatments_in(word.end, min(word.end + _FAR, statement.sentence.end)):
        return []
    breaks = [cue.start for cue in statement.following(BREAKS, word.end)]
    drugs = drugs_among(coordinated(statement, word.end, min([word.end + _FAR, statement.sentence.end, *breaks])))
    if not drugs or drugs[0].start - word.end > _DRUG:
        return []
    return [t for t, before in zip(drugs, [drugs[0], *drugs], strict=False) if t.start - before.end < _LISTED]


def _causing(statement: Statement, word: Term) -> Harm | None:
    """``the infusion of X caused hypotension``: a drug is the subject, the effect the object."""
    drugs = drugs_among(last_listed(statement.treatments_in(statement.sentence.start, word.start)))
    meant = expression(_MEANS_DRUG).search(statement.text, max(statement.sentence.start, word.start - 40), word.start)
    if meant:
        drugs = [t._replace(start=meant.start(), end=meant.end()) for t in drugs or drugs_among(statement.earlier)[-1:]]
    if not drugs:
        return None
    effects = [t for t in first_effects(statement, word.end, word.end + _EFFECT) if t.kind in ("finding", "disease")]
    if word.start - drugs[-1].end > 2 * _NEAR or not effects or effects[0].start - word.end > _NEAR:
        return None
    if statement.cued("withdrawal", drugs[0].start - _NEAR, drugs[0].start):
        return None  # "tapering off prednisone caused a flare": its lack is blamed
    crossed = statement.cued(_PARTING, drugs[-1].end, word.start)
    return None if crossed else _harm(statement, word, effects, drugs)


def _named(statement: Statement, word: Term, entry: Entry) -> Harm | None:
    text, sentence = statement.text, statement.sentence
    blamed = _drugs_of(statement, word, entry)
    if not blamed:
        return None
    if entry["form"] == "toxicity":
        effects = statement.targets_in(word.start, word.end)
    elif entry["form"] == "complication":
        effects = first_effects(statement, word.end, sentence.end)
    elif entry["form"] == "intolerance":
        effects = [t for t in effects_in(statement, word.end, sentence.end) if t.domain != "general"]
    else:
        effects = effects_in(statement, word.end, word.end + 70)
        if not effects and expression(_AS).search(text, max(0, word.start - 9), word.start):
            effects = joined_effects(statement, effects_in(statement, sentence.start, word.start, (*EFFECTS, "lab")))
    if not effects and expression(_MEANT).search(text, max(sentence.start, word.start - _NEAR), word.start):
        effects = last_told(statement.before)
    return _harm(statement, word, effects, blamed) if effects or entry["form"] != "complication" else None


def _drugs_of(statement: Statement, word: Term, entry: Entry) -> Credit:
    """The drugs that a word of harm blames: behind it, before it, its own kind of drug, or those meant by a pronoun."""
    text, sentence = statement.text, statement.sentence
    if expression(_LEADS).match(text, word.end) or expression(_LED).search(text, word.start, word.end):
        breaks = [cue.start for cue in statement.following(BREAKS, word.end)]
        if statement.cued("anaphor", word.end, word.end + 20):
            return drugs_among(statement.earlier)
        if after := drugs_among(coordinated(statement, word.end, min([sentence.end, *breaks]))):
            return after
    if entry["blames"]:
        return [Treatment(word.start, word.end, entry["blames"])]
    if before := drugs_among(last_listed(statement.treatments_in(statement.sentence.start, word.start))):
        return before
    if entry["form"] != "intolerance" or statement.cued("anaphor", sentence.start, sentence.end):
        return drugs_among(statement.earlier)
    return drugs_among(statement.earlier) if expression(_MEANT).search(text, sentence.start, word.start) else []


def _stopped(statement: Statement) -> Iterator[Harm]:
    """``X was discontinued because of Y``; ``because of Y, X was stopped``; ``X was reduced because of Y``."""
    sentence = statement.sentence
    for stop in statement.cued(("stopped", "lessened"), sentence.start, sentence.end):
        drugs = _ended(statement, stop)
        if not drugs:
            continue
        blames = statement.cued(("because_of", "blame"), stop.end, stop.end + _DRUG)[:1]
        blames = blames or statement.cued("because_of", drugs[0].start - 80, drugs[0].start)[-1:]
        if not blames and stop.canonical == "stopped":
            match = expression(_FOR).search(statement.text, stop.end, min(stop.end + _NEAR, sentence.end))
            blames = [Term(match.start(), match.end(), "harm.stopped", "because_of")] if match else []
        for word in blames:
            effects = first_effects(statement, word.end, word.end + _EFFECT)
            if not effects or effects[0].start - word.end > (12 if word.id == "harm.stopped" else 45):
                continue
            told = any(word.end <= h.start <= effects[0].end for h in (*statement.changes, *statement.harms))
            if not told:
                yield _harm(statement, word, effects, drugs)
                return


def _ended(statement: Statement, stop: Term) -> Credit:
    """The drugs that a word of stopping or lessening is said of: before it, in the active voice behind it, or "it"."""
    drugs = [t for t in drugs_among(statement.treatments) if 0 <= stop.start - t.end < _NEAR][-1:]
    if drugs or stop.canonical != "stopped":
        return drugs
    drugs = [t for t in drugs_among(statement.treatments) if 0 <= t.start - stop.end < 6][:1]
    if drugs:
        return drugs
    meant = expression(_MEANS_DRUG).search(statement.text, max(statement.sentence.start, stop.start - 24), stop.start)
    return drugs_among(statement.earlier)[-1:] if meant else []
