"""Actions whose drug stands elsewhere: "the dose was reduced", "she was switched to X", "a reduction to 75 mg", "X in its place".

Each function says whether an action is about a drug told before; which one, :mod:`~casemill.components.drug_courses`
resolves.
"""

import re
from functools import cache

from casemill.components.drug_names import Mention
from casemill.components.drug_passages import Cue, Passage
from casemill.components.phrases import phrase, words

__all__ = [
    "PHRASES",
    "appended",
    "caused",
    "coordinated",
    "elided_object",
    "elided_subject",
    "gapped",
    "led_to",
    "of_it",
    "patient_switched",
    "replaced",
]

#: The pattern file of phrases that these rules look for at one place.
PHRASES = "drug_doses/phrases"

_OBJECT = re.compile(
    r"\s(?:it\b|them\b|(?:(?:the|this|that|these|both|all|all\sthe|all\sher|all\shis|his|her|any|any\sprevious|all\sprevious|any\sother)\s(?:\w+\s)?)?(?:drugs?|medications?|treatments?|therap(?:y|ies)|dose|dosage|agents?)\b(?!\sof\b|\swith\b))"
)
_SUBJECT = re.compile(
    r"(?:^|[,;(.]\s*|\b(?:and|but|when|while|as|after|until|that|so|then|therefore|however|where|once|before|with|later|afterwards|thereafter|ago)\s|(?<=\s)(?=(?:all|both)\s))"
    r"(?:(?:the|this|that|these|those|his|her|its|their|initial|daily|maintenance|a|both|all|such|above|offending|same|study|total)\s)*"
    r"(?P<subject>dose|doses|dosage|dosages|drug|drugs|medication|medications|treatment|therapy|it|they|which|regimen|agent|agents|latter|former)\b"
    r"(?:\s[a-z]+){0,5}\s?$"
)
_PREDICATE_GOES_ON = re.compile(
    r"(?:\b(?:and|but|so)|,)\s(?:(?:then|therefore|thus|so|hence|finally|subsequently|eventually|soon|later)\s)?"
    r"(?:was|were|had\sto\sbe|has\sto\sbe|had\sbeen|has\sbeen|needed\sto\sbe)\s"
    r"(?:[a-z]+ly\s|then\s|soon\s|later\s|therefore\s|thus\s|hence\s){0,2}$"
)
_AND_LATER = re.compile(
    r"\band\s(?:(?:then|later|subsequently|gradually|slowly|further|progressively|finally)\s){0,2}$"
)
_PASSIVE_ENDS = re.compile(r"\s?(?:[.,;)]|$|(?:by|in|on|because|due|at|to|and|for|with|after|when|from|until|as)\b)")
_JOINED = re.compile(r"(?:\band|\bwhile|[,;])\s(?:the\s|her\s|his\s|both\s)?$")
_APPENDED = re.compile(
    r"(?:,\s(?:and\s)?(?:(?:then|gradually|slowly|rapidly|subsequently|progressively|finally|later|eventually)\s){0,2}"
    r"|\sand\s(?:(?:then|gradually|slowly|rapidly|subsequently|progressively|finally|later|eventually)\s){1,2})$"
)
_OVER = re.compile(
    r"\s(?:over|in|within|during|to|until|off|slowly|gradually|by|because|due|after|on|for|when)\b|\s?[.,;]|$"
)
_LED_TO = re.compile(
    r"\s(?:(?:of|in)\s(?:the\s|its\s)?(?:daily\s)?dos(?:e|age)\s)?(?:down\s)?to\s(?:a\sdose\sof\s|only\s)?$"
)


def elided_object(passage: Passage, cue: Cue) -> bool:
    """Whether the words after an action name its object without the drug: "stopped the drug", "reduce it"."""
    return _OBJECT.match(passage.folded, cue.end) is not None


def elided_subject(passage: Passage, cue: Cue) -> bool:
    """Whether the subject is "the dose", "it", "the drug", "the latter", with no name in the clause."""
    floor = max(passage.sentence.start, cue.start - 90)
    clause = passage.folded[floor : cue.start]
    cut = max(clause.rfind(";"), clause.rfind(". "), clause.rfind(", and "))
    match = _SUBJECT.search(clause[cut + 1 :].lstrip() if floor == passage.sentence.start or cut >= 0 else clause)
    if match is None:
        return False
    subject_start = cue.start - (len(match.string) - match.start("subject"))
    said = passage.words(subject_start, cue.start)
    return passage.fillers["predicate"].issuperset(said[1:]) and cue.form == "participle"


def of_it(passage: Passage, cue: Cue) -> bool:
    """Whether a noun is of a drug told before: "after its withdrawal"."""
    return cue.form == "noun" and passage.folded.endswith((" its ", " their "), passage.sentence.start, cue.start)


def appended(passage: Passage, mention: Mention, cue: Cue) -> bool:
    """Whether a participle alone is appended to a course: "prednisolone 2 mg/kg/day, tapered over 6 weeks"."""
    between = passage.folded[mention.end : cue.start]
    said = passage.words(mention.end, cue.start)
    return (
        cue.action in ("decreased", "stopped")
        and bool(_APPENDED.search(between))
        and passage.fillers["chain"].union(passage.fillers["predicate"]).issuperset(said)
        and _OVER.match(passage.folded, cue.end) is not None
    )


def led_to(passage: Passage, cue: Cue) -> bool:
    """Whether a noun tells the dose it led to: "a reduction to 75 mg daily"."""
    return cue.form == "noun" and any(
        cue.end <= d.start <= cue.end + 40 and _LED_TO.fullmatch(passage.folded, cue.end, d.start)
        for d in passage.dosages
    )


@cache
def _switching() -> re.Pattern[str]:
    return re.compile(
        rf"\b{words(PHRASES, 'patient')}\s(?:was|were|had\sbeen|has\sbeen|had|has)?\s?"
        r"(?:(?:\w+ly|then|therefore|thus|later|soon|instead)\s){0,2}$"
    )


def patient_switched(passage: Passage, cue: Cue) -> bool:
    """Whether the patient or the treatment is the subject of a switch: "he was switched to rituximab"."""
    if not _switching().search(passage.folded, max(passage.sentence.start, cue.start - 60), cue.start):
        return False
    after = passage.next_mention(cue.end)
    return after is not None and after.start - cue.end <= 60 and ";" not in passage.folded[cue.end : after.start]


def gapped(passage: Passage, mention: Mention, cue: Cue) -> bool:
    """Whether a participle shares the auxiliary of the clause before: "X was suspended and Y replaced by Z"."""
    first = passage.group(mention)[0]
    return (
        cue.start - mention.end <= 2
        and _PASSIVE_ENDS.match(passage.folded, cue.end) is not None
        and _JOINED.search(passage.folded, max(passage.sentence.start, first.start - 12), first.start) is not None
        and phrase(PHRASES, "auxiliary").search(passage.folded, passage.sentence.start, first.start) is not None
    )


def coordinated(passage: Passage, mention: Mention, cue: Cue) -> bool:
    """Whether a second predicate of a drug that opens its clause follows: "X brought no benefit and was stopped"."""
    if cue.form != "participle" or cue.start - mention.end > 140:
        return False
    said = max(mention.end, cue.start - 50)
    if not _PREDICATE_GOES_ON.search(passage.folded, said, cue.start) and not (
        _AND_LATER.search(passage.folded, said, cue.start)
        and phrase(PHRASES, "auxiliary").search(passage.folded, mention.end, cue.start)
    ):
        return False
    first = passage.group(mention)[0]
    opening = max(passage.folded.rfind("; ", passage.sentence.start, first.start) + 2, passage.sentence.start)
    led = passage.words(opening, first.start)
    return ";" not in passage.folded[mention.end : cue.start] and passage.fillers["object"].issuperset(led)


def replaced(passage: Passage, cue: Cue) -> Mention | None:
    """The drug whose place another took, if its sentence names it: "X led to olanzapine in its stead"."""
    before = [m for m in passage.mentions if m.end <= cue.start]
    if len(before) < 2:
        return None
    successor = before[-1] if cue.word.startswith("took") else passage.group(before[-1])[0]
    return passage.last_mention(successor.start)


def caused(passage: Passage, mention: Mention) -> bool:
    """Whether a name is the cause of a predicate's subject, not the subject: "thyroiditis due to X was treated"."""
    first = passage.group(mention)[0]
    before = passage.folded[max(passage.sentence.start, first.start - 40) : first.start].rstrip()
    causes = [match for match in phrase(PHRASES, "cause").finditer(before) if match.end() == len(before)]
    effect = before[: causes[0].start()].rstrip() if causes else ""
    return effect[-1:].isalnum()
