"""Medications and their dosages in case reports (the layout of MACCROBAT) against what casemill reads.

A gold pair is a span labelled ``Dosage`` that a ``MODIFY`` relation ties to one labelled ``Medication``. An output pair is
a regimen's drug and all that is told of how much and how often, from the first to the last such piece: the corpus puts
"10 mg", "daily" and "high-dose" alike under ``Dosage``. A pair counts when both of its spans overlap those of a pair on
the other side.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casemill.benchmark.regimens import Regimen, distinct_names, read_regimens
from casemill.benchmark.spans import Span, figures, read_documents
from casemill.score.count import Counts

__all__ = ["Pair", "gold_pairs", "medications", "paired"]

Pair = tuple[Span, Span]
#: Cells that hold what the corpus calls a dosage.
_DOSAGE = ("dose", "dose_high", "unit", "frequency", "dose_words")


def medications(path: Path) -> dict[str, Any]:
    """Figures of the corpus at ``path``: ``pairs``, and ``names`` (distinct substances found).

    :raises UsageError: the file is no corpus in that layout.
    """
    documents = list(read_documents(path))
    counts: list[Counts] = []
    read: list[tuple[dict[str, Any], list[Regimen]]] = []
    for document, regimens in read_regimens(documents):
        read.append((document, regimens))
        counts.append(paired(gold_pairs(document), output_pairs(regimens)))
    return {"pairs": figures(counts), "names": distinct_names(read, "Medication")}


def gold_pairs(document: dict[str, Any]) -> list[Pair]:
    """Drug and dosage of each ``MODIFY`` relation from a ``Dosage`` to a ``Medication``."""
    spans = {one["id"]: one for one in document["spans"]}
    found = []
    for relation in document["relations"]:
        dosage, drug = spans.get(relation["head"]), spans.get(relation["tail"])
        if relation["type"] != "MODIFY" or not dosage or not drug:
            continue
        if (dosage["label"], drug["label"]) == ("Dosage", "Medication"):
            found.append(((drug["start"], drug["end"]), (dosage["start"], dosage["end"])))
    return found


def output_pairs(regimens: Sequence[Regimen]) -> list[Pair]:
    """Drug and dosage of each regimen that tells one, each pair once."""
    pairs = [(one.drug, dosage) for one in regimens if (dosage := one.span(*_DOSAGE)) is not None]
    return list(dict.fromkeys(pairs))


def paired(gold: Sequence[Pair], output: Sequence[Pair]) -> Counts:
    """Output pairs that answer a gold pair and those that don't, and gold pairs that no output pair answers.

    A regimen whose "10 mg" and "daily" the corpus marks apart answers both, and counts once.
    """
    found = sum(any(_overlaps(one, other) for other in gold) for one in output)
    missed = sum(not any(_overlaps(one, other) for other in output) for one in gold)
    return Counts(found, len(output) - found, missed)


def _overlaps(one: Pair, other: Pair) -> bool:
    return all(a[0] < b[1] and b[0] < a[1] for a, b in zip(one, other, strict=True))
