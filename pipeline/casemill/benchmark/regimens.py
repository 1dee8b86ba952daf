"""Drug regimens as the benchmarks see them: the frames of ``drug_doses`` of a document, all reasons included.

A corpus marks what a text says of a drug, whoever's it is; so mentions count here that make no row ("planned",
"background", "retold").
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from casemill.benchmark.spans import Span
from casemill.components.frames import frames_of
from casemill.components.texts import fold
from casemill.loading import load, pipe
from casemill.reports import Report
from casemill.resources import load_patterns

__all__ = ["Regimen", "distinct_names", "in_scope", "read_regimens", "spans_labelled"]


class Regimen(NamedTuple):
    """One step as read: the drug's name, the pieces of text that its cells were read from (half-open characters)."""

    name: str
    drug: Span
    pieces: dict[str, list[Span]]

    def span(self, *columns: str) -> Span | None:
        """From the first to the last character of these cells, ``None`` if none of them is filled."""
        told = [piece for column in columns for piece in self.pieces.get(column, ())]
        return (min(start for start, _ in told), max(end for _, end in told)) if told else None


def read_regimens(documents: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[Regimen]]]:
    """Each document (``{"id", "text", ...}``) with the regimens the pipeline reads in it, in text order."""
    nlp = load()
    reports = (Report(report_id=str(one["id"]), title="", text=one["text"]) for one in documents)
    for document, doc in zip(documents, pipe(nlp, reports), strict=True):
        yield document, _regimens(frames_of(doc, "drug_doses"))


def _regimens(frames: Iterable[dict[str, Any]]) -> list[Regimen]:
    """The regimens of a document's frames; a step that names no drug has the name that it continues."""
    found: list[Regimen] = []
    named: dict[str, Span] = {}
    for one in frames:
        cells = one["cells"]
        name, told = str(cells["drug"][0]) if "drug" in cells else "", cells.get("drug", ("", []))[1]
        pieces = {column: [(start, end) for start, end in cell[1]] for column, cell in cells.items()}
        if not told:
            continue
        drug = (told[0][0], told[-1][1])
        if one["rule"].startswith("drug_doses.elided"):
            drug = named.get(name, drug)
        else:
            named[name] = drug
        if words := one.get("dose_words"):
            pieces["dose_words"] = [(words[0], words[1])]
        found.append(Regimen(name, drug, pieces))
    return found


def spans_labelled(document: dict[str, Any], label: str) -> list[Span]:
    """The spans of a document with this label."""
    return [(one["start"], one["end"]) for one in document.get("spans", ()) if one["label"] == label]


def in_scope(text: str) -> bool:
    """Whether an annotated name is of a substance or class that rows name, by ``drug_doses/out_of_scope.tsv``.

    It is not if nothing but the words and phrases listed there is in it ("new medications", "saline solution").
    """
    rows = load_patterns().rows("drug_doses/out_of_scope").values()
    phrases = sorted((p for row in rows for p in row["spellings"].split("|")), key=len, reverse=True)
    left = f" {' '.join(fold(text).replace('-', ' ').split())} "
    for phrase in phrases:
        while f" {phrase} " in left:
            left = left.replace(f" {phrase} ", " ")
    return any(c.isalpha() for c in left)


def distinct_names(read: Iterable[tuple[dict[str, Any], list[Regimen]]], label: str) -> dict[str, Any]:
    """How many distinct names in scope, among the spans with ``label``, casemill recognises, and which it misses.

    A name is the span's text folded; it is recognised if somewhere a regimen's drug overlaps it.
    """
    found: dict[str, bool] = {}
    for document, regimens in read:
        for start, end in spans_labelled(document, label):
            name = " ".join(fold(document["text"][start:end]).split())
            if in_scope(name):
                known = any(one.drug[0] < end and start < one.drug[1] for one in regimens)
                found[name] = found.get(name, False) or known
    recognised = sum(found.values())
    return {
        "names": len(found),
        "recognised": recognised,
        "share": round(recognised / len(found), 4) if found else 0.0,
        "missed": sorted(name for name, known in found.items() if not known),
    }
