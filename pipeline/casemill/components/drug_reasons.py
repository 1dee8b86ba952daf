"""Why a drug's name makes no row: told as allergy, denied, measured, not taken, or only resisted by a microbe."""

import re
from collections.abc import Container

from casemill.components.drug_elisions import PHRASES
from casemill.components.drug_names import DrugNames, Mention
from casemill.components.drug_passages import Passage
from casemill.components.drug_steps import Step
from casemill.components.phrases import phrase

__all__ = ["ADMINISTERED", "not_given"]

#: The rows of ``drug_doses/exposures.tsv`` that tell a drug was started or taken.
ADMINISTERED = ("exposure.start", "exposure.receive")

# a word of each of the expressions below, without which none is tried
_DENYING = frozenset(("no", "not", "never", "denied", "denies", "denying", "neither", "nor"))
_TESTING = frozenset(("susceptible", "sensitive", "resistant", "susceptibility", "sensitivity", "resistance"))
# "The isolate was resistant to oxacillin and susceptible to ... including erythromycin"
_ISOLATE = re.compile(
    r"\b(?:susceptible|sensitive|resistant|susceptibility|sensitivity|resistance)\s(?:only\s)?(?:to|against)\b[^;]{0,160}$"
)
# Reasons that hold for a whole coordination: "allergic to penicillin and ibuprofen", "traces of morphine and oxazepam"
_SPREADING = ("allergy", "not_given", "background", "measurement")
# "No prophylaxis with heparin was used"
_NO = re.compile(r"\bno\s(?:[a-z-]+\s){0,4}$")
_WAS = re.compile(r"[^.;,]{0,40}\b(?:was|were|had\sbeen)\s")
# "Inotropes and vasopressors were not started"
_NOT_DONE = re.compile(
    r"(?:,\s[^,.;]{1,30},)?\s(?:(?:therapy|treatment|medication|administration|infusion)\s)?(?:was|were|has\sbeen|had\sbeen|is|are)\s(?:\w+\s)?"
    r"(?:not|never)\s(?:\w+ly\s|yet\s)?"
)
# "She denied the use of laxatives"
_DENIED = re.compile(r"\bden(?:ied|ies|ying)\b(?:(?!\bbut\b|\bwas\b|\bhad\b)[^.;]){0,160}$")
_NEVER = re.compile(
    r"\bno\s(?:[a-z-]+\s){0,6}?(?:use|intake|ingestion|consumption|history|exposure)\s(?:of|to)\s[^.;]{0,80}$"
)
# "not on long-term systemic anticoagulation"
_NOT_ON = re.compile(r"\bnot\s(?:on|taking|receiving|using|under)\s(?:any\s)?(?:[a-z-]+\s){0,3}$")
# "8 mg dexamethasone did not suppress cortisol" is a test
_TESTED = re.compile(
    r"\s(?:(?:did\snot|failed\sto|could\snot)\s(?:suppress|stimulate)|suppressed\s(?:the\s)?(?:serum|plasma|cortisol))"
)
# "neither did she take X", "he was neither using X nor Y"
_NEITHER = re.compile(
    r"\b(?:neither|nor)\s(?:(?:did|had|has|does|was)\s(?:the\spatient|he|she)|using|taking|received|took)\b[^.;]{0,110}$"
)
_RESISTANT = re.compile(r"\s(?:resistant|sensitive|susceptible)\b(?!\sto\b)")


def not_given(names: DrugNames, known: Container[str], passage: Passage, step: Step) -> str:
    """Why a name's surroundings show no drug given, blank if they don't; ``known`` are the drugs told before."""
    mention = step.mention
    if mention is None:
        return ""
    if mention.reason:
        return mention.reason
    if _TESTED.match(passage.folded, mention.end):
        return "measurement"
    if step.dosage or step.worded:
        return ""
    first = passage.group(mention)[0]
    if first is not mention and first.reason in _SPREADING:
        return first.reason
    if _denied(passage, mention, first):
        return "not_given"
    if (
        not _TESTING.isdisjoint(passage.said)
        and (
            _ISOLATE.search(passage.folded, passage.sentence.start, mention.start)
            or _RESISTANT.match(passage.folded, mention.end)
        )
        and _fights_infection(names, mention)
    ):
        return "susceptibility"
    if mention.guard == "abused":
        return "not_given"  # a drug of abuse is treatment only where a dose of it is told
    if mention.guard and not _administered(passage, mention):
        return "measurement" if mention.guard == "analyte" else "abbreviation"
    group = passage.group(mention)
    if any(group[0].start <= d.start <= group[-1].end + 40 for d in passage.dosages):
        return ""  # one of "prednisone 2 mg/kg, IVIg and splenectomy"
    if passage.exposures or mention.name in known or any(c.form == "switch" for c in passage.cues):
        return ""
    return "" if _prepositional(passage, mention) else "not_given"


def _denied(passage: Passage, mention: Mention, first: Mention) -> bool:
    """Whether the words around a coordination, ``first`` its first name, deny that it was given."""
    folded, start, said = passage.folded, passage.sentence.start, passage.said
    if _DENYING.isdisjoint(said):
        return False
    was = _WAS.match(folded, mention.end) if _NO.search(folded, max(start, first.start - 60), first.start) else None
    done = _NOT_DONE.match(folded, passage.group(mention)[-1].end)
    used = phrase(PHRASES, "used")
    if (was and used.match(folded, was.end())) or (done and used.match(folded, done.end())):
        return True
    return any(denial.search(folded, start, first.start) for denial in (_DENIED, _NEVER, _NOT_ON, _NEITHER))


def _fights_infection(names: DrugNames, mention: Mention) -> bool:
    parts = (mention.name, *mention.name.split(" + "))
    groups = {group for part in parts for group in (part, *names.group_of(part))}
    return not groups.isdisjoint(("antibiotic", "antifungal", "antituberculosis drug", "cephalosporin", "penicillin"))


def _administered(passage: Passage, mention: Mention) -> bool:
    """Whether words of administration stand close to a name that needs them."""
    floor, ceiling = mention.start - 50, mention.end + 30
    for term in passage.exposures:
        if floor <= term.start and term.end <= mention.start and _clear(passage.folded[term.end : mention.start]):
            return True
        if (
            term.id == "exposure.treatment"
            and mention.end <= term.start <= ceiling
            and _clear(passage.folded[mention.end : term.start])
        ):
            return True
        if (
            term.id in ADMINISTERED
            and mention.end <= term.start <= mention.end + 40
            and _clear(passage.folded[mention.end : term.start])
        ):
            return True
    return any(r.end <= mention.start <= r.end + 3 for r in passage.routes) or any(
        m is not mention and not m.guard and not m.reason for m in passage.group(mention)
    )


def _clear(between: str) -> bool:
    return not any(mark in between for mark in (";", ". ", "level", "%", " mmol", "/l", "/dl"))


def _prepositional(passage: Passage, mention: Mention) -> bool:
    """Whether the coordination of a name follows "with", "on", "after" and the like, or opens the sentence."""
    first = passage.group(mention)[0]
    words = passage.words(max(passage.sentence.start, first.start - 40), first.start)
    return first.start == passage.sentence.start or (bool(words) and words[-1] in passage.fillers["preposition"])
