"""Where a document may name an antibody: "anti", the word antibody, a class, an inhibitor, "seropositive".

Most documents hold none of them and most "anti" stand before other words. So a plain substring is looked for first, and
every expression here begins with its literal, which the engine finds much faster than a boundary before it.
"""

import re
from collections.abc import Iterator
from functools import cache

from casemill.components.antibody_names import CLASS_WORD, LEXICON, Names
from casemill.components.antibody_samples import ASSAYS
from casemill.components.antibody_words import Words
from casemill.components.narrative import Narrative
from casemill.components.texts import fold

__all__ = [
    "ANTIBODY_ASSAYS",
    "find_antis",
    "find_classes",
    "find_heads",
    "find_inhibitors",
    "is_triggered",
]

_SHORT_CLASS = re.compile(r"ig[gma](?<![^\W_]...)(?![^\W_\d])")
_SPELLED_CLASS = re.compile(r"immunoglobulins? [gma]\b")
_HEAD = re.compile(r"anti-?bod(?:y|ies|i|is)(?![^\W_])")
_BEFORE_HEAD = re.compile(r"(?<![^\W_])(?:auto|allo|iso)?-?(?:anti)?$")
_SHORT_HEAD = re.compile(r"A(?<![^\W_].)(?:Abs?|bs?|c)(?![^\W_])")
_INHIBITOR = re.compile(
    r"inhibitors?(?=\s(?:titer|titre|level|was|were|assay|screen|of\s[\d<>]|against\s|to\sfactor|\()|\s?[:=(])"
)
_SERO = re.compile(r"sero-?(?:pos|neg)|serolog[^.;]{1,40}\big[gma]\b")
_REACTIVE = re.compile(r"(?:positive|negative|reactive|borderline)\s(?:for|to|against)\s|blot\s?:")
#: Assays that look for antibodies only, whatever agent is named before them.
ANTIBODY_ASSAYS = frozenset(("assay.agglutination", "assay.complement_fixation", "assay.neutralization"))
# So many letters tell an antigen from another word that begins like it.
_OWN = 12
# Longest word before "antibody" that belongs to it, in characters: "auto-anti".
_BEFORE = 10


@cache
def _anti(words: Words, names: Names) -> re.Pattern[str]:
    """ "Anti" before anything but the words that are other words altogether ("antibiotic", "anticoagulant").

    Antigens of the lexicon that begin like one of those are let through ("anti-fibrinogen" beside "antifibrinolytic").
    """
    begins, exact = words.stops("word")
    other = "|".join([*map(re.escape, begins), *(rf"{re.escape(word)}(?![^\s,.;:)(/])" for word in sorted(exact))])
    spelled = (fold(term) for entry in names.entries.values() for term in entry.terms)
    antigens = {term[4:].lstrip("- ") for term in spelled if term.startswith("anti") and not term.startswith("antibod")}
    own = "|".join(sorted({re.escape(antigen[:_OWN]) for antigen in antigens if words.is_stop(antigen, "word")}))
    return re.compile(rf"anti(?<![^\W_]....)(?:\s?-\s?|\s)?+(?=[^\W_(])(?:(?!{other})|(?={own}))")


def is_triggered(narrative: Narrative, words: Words, names: Names) -> bool:
    """Whether an antibody may be named at all."""
    if narrative.terms(LEXICON):
        return True
    folded = narrative.folded
    return bool(
        ("anti" in folded and (_anti(words, names).search(folded) or find_heads(narrative.plain, folded)))
        or _SHORT_HEAD.search(narrative.plain)
        or _SHORT_CLASS.search(folded)
        or ("immunoglobulin" in folded and _SPELLED_CLASS.search(folded))
        or ("inhibitor" in folded and _INHIBITOR.search(folded))
        or ("blot" in folded and _REACTIVE.search(folded))
        or ("sero" in folded and _SERO.search(folded))
        or not ANTIBODY_ASSAYS.isdisjoint(term.id for term in narrative.terms(ASSAYS))
    )


def find_antis(folded: str, words: Words, names: Names) -> Iterator[re.Match[str]]:
    """ "Anti" with its hyphen or blank wherever an antigen may follow; ``match.end()`` is where the antigen begins."""
    return _anti(words, names).finditer(folded)


def find_heads(text: str, folded: str) -> list[tuple[int, int]]:
    """Where the word antibody stands, in full (prefixes included) or as "Ab", "AAbs", "Ac"; in text order."""
    found: list[tuple[int, int]] = []
    for match in _HEAD.finditer(folded):
        if before := _BEFORE_HEAD.search(folded, max(0, match.start() - _BEFORE), match.start()):
            found.append((before.start(), match.end()))
    found += [match.span() for match in _SHORT_HEAD.finditer(text)]
    found.sort()
    return found


def find_classes(text: str, folded: str) -> Iterator[re.Match[str]]:
    """Immunoglobulin classes as words."""
    return CLASS_WORD.finditer(text) if "ig" in folded or "immunoglobulin" in folded else iter(())


def find_inhibitors(folded: str) -> Iterator[re.Match[str]]:
    """The word inhibitor where it is tested for."""
    if "inhibitor" in folded:
        for match in _INHIBITOR.finditer(folded):
            if not (match.start() and folded[match.start() - 1].isalnum()):
                yield match
