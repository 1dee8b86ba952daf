"""Variant mentions against corpora of annotated variants: by place, by kind, and by document as point mutations.

Output is what ``casemill_mutations`` leaves in the layer's ``variants``, whoever the variant belongs to, and where a corpus
marks natural language also the changes told by their place, size or kind alone (``variant_descriptions``). A corpus of
notations leaves natural language out by its guidelines ("a G to A transition at nucleotide 1138" beside ``c.1138G>A``), and
so does the output measured on it.

The kinds ``standard`` (0), ``natural language`` (1) and ``semi-standard`` (2) are those of nala (Cejuela et al. 2017,
Bioinformatics 33:1852). Where spans carry no kind, their own words give it (:func:`kind_of`), output's always do.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casemill.benchmark.spans import Span, exact, figures, overlap, read_documents
from casemill.components.layers import layer
from casemill.loading import load, make_doc
from casemill.reports import Report
from casemill.score.count import Counts

__all__ = ["Prediction", "kind_of", "marks_prose", "measure", "predict", "scored"]

STANDARD, NATURAL, SEMI = "standard", "natural language", "semi-standard"
_KINDS = {0: STANDARD, 1: NATURAL, 2: SEMI}
# Kinds that are measured together: what a notation tells, with or without a word beside it.
_GROUPS = {"standard and semi-standard": (STANDARD, SEMI), NATURAL: (NATURAL,)}
# A corpus marks natural language if this share of its variants is told in it.
_SHARE = 0.05
_MANY_WORDS = 4
_WORD = re.compile(r" +|(?<=[A-Za-z])[-/](?=[A-Za-z])")
# A word of prose: four small letters, the codes of residues are three.
_PROSE = re.compile(r"[A-Za-z]?[a-z]{4,}|\b(?:to|by|with|for|of|in|at)\b")
_NOTATION = re.compile(r"[^\s,;]*\d[^\s]*$")
_POINT = re.compile(r"[A-Z]\d+[A-Z]")
_PIPELINE = [f"casemill_{name}" for name in ("sentences", "sections", "terms", "abbreviations", "mutations")]


@dataclass(frozen=True)
class Prediction:
    """The variants of one document as ``(start, end, standard form)``, half-open characters."""

    id: str
    spans: tuple[tuple[int, int, str], ...]

    @property
    def normalized(self) -> list[str]:
        """The point mutations of proteins, each once, sorted: ``R139C``."""
        return sorted({form for _, _, form in self.spans if _POINT.fullmatch(form)})

    def to_json(self) -> dict[str, Any]:
        """As a line of a file of predictions."""
        spans = [{"start": start, "end": end, "label": "Variant", "norm": form} for start, end, form in self.spans]
        return {"id": self.id, "spans": spans, "normalized": self.normalized}


def kind_of(mention: str) -> str:
    """Standard, semi-standard or natural language, by the words of the mention itself.

    Natural language has more than four words, or two words of prose; semi-standard has one; standard has none.
    """
    prose = len(_PROSE.findall(mention))
    if not prose or _NOTATION.fullmatch(mention):
        return STANDARD
    return NATURAL if prose > 1 or len(_WORD.split(mention)) > _MANY_WORDS else SEMI


def marks_prose(documents: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the corpus marks changes told in natural language, and not notations alone."""
    kinds = [kind for document in documents for _, _, kind in _gold(document)]
    return not kinds or kinds.count(NATURAL) > _SHARE * len(kinds)


def predict(documents: Iterable[Mapping[str, Any]], *, prose: bool) -> Iterator[Prediction]:
    """The variants of each document; without ``prose`` only those whose own words are a notation."""
    nlp = load(overrides={"nlp.pipeline": _PIPELINE})
    groups = ("variants", "variant_descriptions") if prose else ("variants",)
    for document in documents:
        data = layer(nlp(make_doc(nlp, Report(str(document["id"]), "", document["text"]))))
        found = {(start, end, form) for group in groups for start, end, form in data[group]}
        if not prose:
            found = {one for one in found if kind_of(document["text"][one[0] : one[1]]) != NATURAL}
        yield Prediction(str(document["id"]), tuple(sorted(found)))


def measure(path: Path, *, prose: bool | None = None) -> tuple[dict[str, Any], list[Prediction]]:
    """Figures on the corpus at ``path``, and the predictions they are of.

    ``prose`` tells whether natural language counts; ``None``: as the corpus does (:func:`marks_prose`).

    :raises UsageError: a line is no document; file and line are named.
    """
    documents = list(read_documents(path))
    prose = marks_prose(documents) if prose is None else prose
    predictions = list(predict(documents, prose=prose))
    return scored(documents, predictions), predictions


def scored(documents: list[dict[str, Any]], predictions: list[Prediction]) -> dict[str, Any]:
    """Figures by name: ``exact``, ``overlap``, ``overlap, KIND``, and ``documents`` (point mutations)."""
    found: dict[str, list[Counts]] = {}
    names = {kind for document in documents for _, _, kind in _gold(document)}
    groups = {name: kinds for name, kinds in _GROUPS.items() if names & set(kinds)} if names & {NATURAL, SEMI} else {}
    groups |= {name: (name,) for name in sorted(names) if name not in (STANDARD, NATURAL)}
    for document, prediction in zip(documents, predictions, strict=True):
        gold = list(_gold(document))
        places, output = [(s, e) for s, e, _ in gold], [(s, e) for s, e, _ in prediction.spans]
        if names:
            found.setdefault("exact", []).append(exact(places, output))
            found.setdefault("overlap", []).append(overlap(places, output))
        for name, kinds in groups.items():
            found.setdefault(f"overlap, {name}", []).append(_of_kinds(kinds, gold, output, document["text"]))
        if "normalized" in document:
            found.setdefault("point mutations", []).append(_points(document["normalized"], prediction.normalized))
    return {name: figures(counts) for name, counts in found.items()}


def _of_kinds(kinds: tuple[str, ...], gold: list[tuple[int, int, str]], output: list[Span], text: str) -> Counts:
    """Counts of the gold of ``kinds``, with the output that stands on it or, standing on no gold, is of these kinds.

    Output that stands on gold of other kinds only is neither right nor wrong here.
    """
    own = [(start, end) for start, end, kind in gold if kind in kinds]
    others = [(start, end) for start, end, kind in gold if kind not in kinds]
    counted = [
        (start, end)
        for start, end in output
        if _touches((start, end), own) or (not _touches((start, end), others) and kind_of(text[start:end]) in kinds)
    ]
    return overlap(own, counted)


def _touches(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _points(gold: Iterable[str], output: Iterable[str]) -> Counts:
    wanted, given = set(gold), set(output)
    return Counts(len(wanted & given), len(given - wanted), len(wanted - given))


def _gold(document: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Spans of the gold with their kind: nala's number named, a name as it is, else what the words themselves say."""
    for span in document.get("spans", ()):
        start, end, kind = span["start"], span["end"], span.get("kind")
        if kind is None:
            kind = kind_of(document["text"][start:end])
        yield start, end, _KINDS.get(kind, str(kind))
