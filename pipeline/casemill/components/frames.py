"""Frames: what a family component writes for each fact it reads, as plain dictionaries.

A frame is ``{"start", "end", "rule", "cells", "quality", "sentence", "reason"}``:

- ``start``, ``end``: half-open characters of the words that carry the key;
- ``rule``: the id of the rule that read it;
- ``cells``: ``{column: [value, [[start, end], ...]]}``, each value as the row will print it, with the pieces of text
  that it was read from (for a concluded cell, the words that triggered the conclusion);
- ``quality``: list of ``code:column``;
- ``sentence``: ``[start, end]`` of the sentence, the row's evidence;
- ``reason``: blank, or why this candidate makes no row (``background``, ``planned``, ``unit_unknown``, ...).

Frames of a table stand in ``doc.user_data["casemill"]["frames"][table]``. Later components fill ``subject``, ``n``, ``of``
and ``date`` as cells, or set ``reason``.
"""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from spacy.tokens import Doc, Span

from casemill.components.layers import layer
from casemill.components.narrative import Sentence
from casemill.schema import TABLES

__all__ = ["Cells", "Frame", "drop", "frame", "frames_of", "put", "store"]

_place = itemgetter("start", "end")

Frame = dict[str, Any]
#: A cell: its value as printed in the row, and the pieces of text it was read from.
Cells = Mapping[str, tuple[str, list[list[int]]]]


def frame(
    start: int,
    end: int,
    rule: str,
    cells: Cells,
    sentence: Sentence,
    *,
    quality: Iterable[str] = (),
    reason: str = "",
) -> Frame:
    """A frame from its parts; cells with a blank value are left out."""
    return {
        "start": start,
        "end": end,
        "rule": rule,
        "cells": {column: [value, [list(p) for p in pieces]] for column, (value, pieces) in cells.items() if value},
        "quality": list(quality),
        "sentence": [sentence.start, sentence.end],
        "reason": reason,
    }


def put(found: Frame, column: str, value: str, pieces: Iterable[Iterable[int]]) -> None:
    """Fill a cell of a frame, in place of what stood there."""
    found["cells"][column] = [value, [list(piece) for piece in pieces]]


def drop(found: Frame, reason: str) -> None:
    """Say why a candidate makes no row; the first reason stays."""
    found["reason"] = found["reason"] or reason


def frames_of(doc: Doc, table: str) -> list[Frame]:
    """The frames of one table, in place (changes are kept)."""
    kept: list[Frame] = layer(doc).setdefault("frames", {}).setdefault(table, [])
    return kept


def store(doc: Doc, table: str, found: Iterable[Frame]) -> None:
    """Write frames to the layer and their mentions to ``doc.spans[table]`` (aligned outwards to tokens, for display).

    A document without tokens has no spans.
    """
    if table not in TABLES:
        raise KeyError(f"no table {table!r}; there are {', '.join(TABLES)}")
    kept = frames_of(doc, table)
    kept.extend(sorted(found, key=_place))
    if not len(doc):
        return
    spans: list[Span] = []
    label = doc.vocab.strings.add(table)
    for one in kept:
        span = doc.char_span(one["start"], one["end"], label=label, alignment_mode="expand")
        if span is not None:
            spans.append(span)
    doc.spans[table] = spans
