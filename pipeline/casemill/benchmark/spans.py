"""Spans of output against spans of gold: exact and overlap counts, and the figures of a whole corpus.

Spans are half-open character offsets into the text of their own document.
"""

import gzip
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from casemill.errors import UsageError
from casemill.score import count
from casemill.score.count import Counts

__all__ = ["Span", "exact", "figures", "overlap", "read_documents"]

Span = tuple[int, int]


def exact(gold: Collection[Span], output: Collection[Span]) -> Counts:
    """Spans with equal offsets count; a span told twice counts once."""
    wanted, given = set(gold), set(output)
    return Counts(len(wanted & given), len(given - wanted), len(wanted - given))


def overlap(gold: Collection[Span], output: Collection[Span]) -> Counts:
    """Spans that share a character count, matched one to one in text order."""
    wanted, given = sorted(set(gold)), sorted(set(output))
    found = w = g = 0
    while w < len(wanted) and g < len(given):
        if wanted[w][0] < given[g][1] and given[g][0] < wanted[w][1]:
            found, w, g = found + 1, w + 1, g + 1
        elif wanted[w][1] <= given[g][0]:
            w += 1
        else:
            g += 1
    return Counts(found, len(given) - found, len(wanted) - found)


def figures(by_document: Sequence[Counts]) -> dict[str, Any]:
    """Micro precision, recall and F1 of a corpus with the 95% bootstrap interval of F1 over documents."""
    return {"documents": len(by_document), **count.figures(by_document)}


def read_documents(path: Path) -> Iterator[dict[str, Any]]:
    """The documents of a JSONL file (``.gz`` too): ``{"id", "text", "spans": [...], ...}`` a line.

    :raises UsageError: a line is no JSON object with ``id`` and ``text``; file and line are named.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                document = json.loads(line)
                document["id"], document["text"]
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(f"{path}:{number}: expected a JSON object with 'id' and 'text' ({error})") from error
            yield document
