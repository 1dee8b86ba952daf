"""Drugs, dosages and routes in sentences on drug events (the layout of PHEE) against what casemill reads.

Only drugs that take part in the annotated event are marked, so only recall is told. A dosage is asked for where its span
holds a number and a unit, a route where its span names one that rows have (specification, section 5).
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from casemill.benchmark.regimens import Regimen, distinct_names, read_regimens, spans_labelled
from casemill.benchmark.spans import Span, figures, read_documents
from casemill.components.texts import fold
from casemill.resources import load_patterns
from casemill.score.count import Counts

__all__ = ["drug_events", "has_number_and_unit", "named_routes"]

# a number and a word right behind it that counts no doses, times or days
_NUMBER_AND_UNIT = re.compile(
    r"\d\s?-?\s?(?!(?:doses?|times?|x|courses?|cycles?|days?|weeks?|months?|hours?|h|injections?|and|to|or)\b)[a-zμ%]"
)
#: The routes of the specification, section 5, and those that ``routes.tsv`` adds under "other".
_ROUTES = "drug_doses/routes"
_NAMELESS = frozenset(("infusion", "infusions", "infused", "drip", "injection"))


def drug_events(path: Path) -> dict[str, Any]:
    """Figures of the corpus at ``path``: recall of ``dosage``, ``route``, ``frequency``, ``duration``, and ``names``.

    :raises UsageError: the file is no corpus in that layout.
    """
    documents = list(read_documents(path))
    kinds: dict[str, tuple[str, tuple[str, ...], Callable[[str], bool]]] = {
        "dosage": ("Treatment.Dosage", ("dose", "dose_high", "unit"), has_number_and_unit),
        "route": ("Treatment.Route", ("route",), lambda text: bool(named_routes(text))),
        "frequency": ("Treatment.Freq", ("frequency",), lambda text: True),
        "duration": ("Treatment.Duration", ("duration",), lambda text: True),
    }
    counts: dict[str, list[Counts]] = {kind: [] for kind in kinds}
    read: list[tuple[dict[str, Any], list[Regimen]]] = []
    for document, regimens in read_regimens(documents):
        read.append((document, regimens))
        for kind, (label, columns, asked) in kinds.items():
            wanted = [s for s in spans_labelled(document, label) if asked(fold(document["text"][slice(*s)]))]
            found = sum(any(_overlaps(span, one.span(*columns)) for one in regimens) for span in wanted)
            counts[kind].append(Counts(found, 0, len(wanted) - found))
    return {kind: figures(of_kind) for kind, of_kind in counts.items()} | {
        "names": distinct_names(read, "Treatment.Drug")
    }


def has_number_and_unit(text: str) -> bool:
    """Whether a dosage (lower case) holds a number with a unit: "400 mg/d", not "a single dose" or "3 doses"."""
    return _NUMBER_AND_UNIT.search(text) is not None


def named_routes(text: str) -> set[str]:
    """The routes that ``text`` (lower case) names; "injection" and "infusion" alone tell how, not where."""
    words = f" {' '.join(re.findall(r'[a-z.-]+', text))} "
    return {
        row.canonical
        for row in load_patterns().rows(_ROUTES).values()
        for term in row.terms
        if term.lower() not in _NAMELESS and f" {term.lower()} " in words
    }


def _overlaps(one: Span, other: Span | None) -> bool:
    return other is not None and one[0] < other[1] and other[0] < one[1]
