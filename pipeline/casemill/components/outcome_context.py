"""The disease that a report is about: what a bare "remission", "relapse" or "the disease" is of.

A report names many diseases; the one that it treats is named first, most often, or last before the statement. Diseases
that it excludes, or finds in the past, don't count.
"""

from bisect import bisect_right
from operator import itemgetter
from typing import NamedTuple

from casemill.components.narrative import Narrative
from casemill.components.outcome_words import expression, once

__all__ = ["Disease", "Diseases"]

_NOT_OURS = r"\b(?:%(no_cancer)s)\b"
# "his cancer" of a leukemia: a word for any cancer names none
_ANY = r"(?:%(any_cancer)s)"
_BEFORE = 40
# What a mention weighs: at the head of a report (its first characters), of a cancer, of any other; of an infection
# or a hormone's disease, which is more often a companion than what goes into remission.
_HEAD = 400
_HEAD_WEIGHT, _CANCER, _OTHER, _COMPANION = 3, 4, 2, 1
_COMPANIONS = ("infection", "endocrine")
# A disease that is named nearly as much as the main one is meant where it was named last.
_NEARLY = 0.5


class Disease(NamedTuple):
    """A disease by its ``domain``; ``is_cancer`` also makes lesions and masses its own."""

    domain: str
    is_cancer: bool

    @property
    def has_responses(self) -> bool:
        """Whether a bare "remission" or "relapse" is of its organ: of a cancer or of the blood; else it is ``general``."""
        return self.is_cancer or self.domain == "blood"


class Diseases:
    """The diseases that a narrative is about, in text order."""

    def __init__(self, narrative: Narrative) -> None:
        self._narrative = narrative

    @once
    def _all(self) -> list[tuple[int, Disease]]:
        """All diseases with their offsets; where none is named, the tumors."""
        terms = self._narrative.data.get("terms", {}).get("diseases/body_systems", ())
        found = [
            (term[0], Disease(term[3], term[2].endswith(".cancer")))
            for term in terms
            if term[2].endswith((".cancer", ".disease"))
            and self._is_ours(term[0])
            and not expression(_ANY).fullmatch(self._narrative.folded, term[0], term[1])
        ]
        return found or [
            (term[0], Disease("tumor", is_cancer=True))
            for term in terms
            if term[3] == "tumor" and self._is_ours(term[0])
        ]

    @once
    def _found(self) -> list[tuple[int, Disease]]:
        """Those that the report is most about."""
        weights = _weights(self._all)
        least = _NEARLY * max(weights.values(), default=0)
        told = [(start, disease) for start, disease in self._all if weights[disease.domain] >= least]
        # words of response are oncologic first
        return [(start, disease) for start, disease in told if disease.is_cancer] or told

    def _is_ours(self, start: int) -> bool:
        return not expression(_NOT_OURS).search(self._narrative.folded, max(0, start - _BEFORE), start)

    def before(self, offset: int) -> Disease | None:
        """The disease last named before ``offset``, else the first one named; ``None`` if the report names none."""
        if not self._found:
            return None
        return self._found[max(0, bisect_right(self._found, offset, key=itemgetter(0)) - 1)][1]

    def nearest(self, offset: int) -> Disease | None:
        """The disease last named before ``offset``, be it the main one or not."""
        number = bisect_right(self._all, offset, key=itemgetter(0))
        return self._all[number - 1][1] if number else self.before(offset)


def _weights(found: list[tuple[int, Disease]]) -> dict[str, int]:
    """How much the report is about the diseases of each domain."""
    weights: dict[str, int] = {}
    for start, disease in found:
        weight = _CANCER if disease.is_cancer else _COMPANION if disease.domain in _COMPANIONS else _OTHER
        weight *= _HEAD_WEIGHT if start < _HEAD else 1
        weights[disease.domain] = weights.get(disease.domain, 0) + weight
    return weights
