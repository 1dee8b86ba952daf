"""The zero of a subject's clock: where the narrative first tells of the patient, at presentation or admission if it can."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from casemill.components.clock_steps import EVENTS, MEASURED, Step
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import phrase, words

__all__ = ["Line", "Zero", "admission_in", "zero_of"]

_AT = re.compile(r"\b(?:on|at|upon|the\stime\sof|of|day\sof)\s(?:the\s|his\s|her\s|hospital\s|initial\s|first\s){0,2}$")


@cache
def _looked_back() -> re.Pattern[str]:
    """ "She had been admitted", "before admission"; but not "a previously healthy man was admitted"."""
    return re.compile(rf"\b{words(EVENTS, 'looking_back')}(?:\s[\w-]+){{0,2}}\s$")


class Line(NamedTuple):
    """A sentence of a course with the steps told in it; ``given`` tells that a drug is given in it, in the course itself.

    ``date`` is the calendar date that runs there, blank if none is known.
    """

    sentence: Sentence
    steps: list[Step]
    given: bool
    date: str


class Zero(NamedTuple):
    """The zero lies in the sentence ``number`` of its lines; ``piece`` are the words of an admission, ``0, 0`` for none."""

    number: int
    piece: tuple[int, int] = (0, 0)

    @property
    def admits(self) -> bool:
        """Whether it is an admission or presentation."""
        return self.piece != (0, 0)


def admission_in(narrative: Narrative, sentence: Sentence) -> tuple[int, int] | None:
    """The words of an admission or presentation that ``sentence`` tells as happening, if any."""
    folded = narrative.folded
    for expression in (phrase("dates/phrases", "admitted"), phrase(EVENTS, "arrives")):
        for match in expression.finditer(folded, sentence.start, sentence.end):
            lead = re.split(r"[,;:]", folded[max(sentence.start, match.start() - 60) : match.start()])[-1]
            if not _looked_back().search(lead) and (match.group() != "admission" or _AT.search(lead)):
                return match.span()
    return None


def zero_of(narrative: Narrative, lines: Sequence[Line]) -> Zero:
    """Where the clock of a subject begins, from the lines that tell of it (one at least).

    At the first admission or presentation, if nothing of the course is told before: no step in time and no drug. At a later
    one if its calendar date is known more precisely than that of the beginning. Else at the first line that is no summary.
    """
    folded = narrative.folded
    first: int | None = None
    begun = False
    for number, line in enumerate(lines):
        bounds = line.sentence.start, line.sentence.end
        piece = admission_in(narrative, line.sentence)
        ago = any(step.ago and piece and step.start > piece[0] for step in line.steps)
        if piece is not None and not ago and not phrase(EVENTS, "again").search(folded, *bounds):
            date = lines[first].date if first is not None else ""
            if not begun or (date and len(date) < len("2020-01") <= len(line.date)):
                return Zero(number, piece)
        if phrase(EVENTS, "summary").search(folded, *bounds):
            continue
        first = number if first is None else first
        begun = begun or line.given or any(s.kind in MEASURED and not s.passing for s in line.steps)
    return Zero(first or 0)
