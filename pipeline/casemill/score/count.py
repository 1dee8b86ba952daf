"""Counts that add up, and the ratios derived from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from casemill.schema import Table
from casemill.score.agreement import agree
from casemill.score.match import Matching

__all__ = ["Counts", "Scores", "count", "figures", "interval", "mean_interval", "merged"]


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives and false negatives; adding two loses nothing."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        """Share of the output that is right; 0 if there is no output."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 0 if there is no gold."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 if there is nothing."""
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else 0.0

    @property
    def empty(self) -> bool:
        """Whether there was neither gold nor output."""
        return not (self.tp or self.fp or self.fn)


@dataclass(frozen=True, slots=True)
class Scores:
    """Counts of one table: by key, by whole row, by filled cell, and by column."""

    key: Counts = Counts()
    row: Counts = Counts()
    cell: Counts = Counts()
    columns: dict[str, Counts] = field(default_factory=dict)

    def __add__(self, other: "Scores") -> "Scores":
        names = dict.fromkeys((*self.columns, *other.columns))
        return Scores(
            key=self.key + other.key,
            row=self.row + other.row,
            cell=self.cell + other.cell,
            columns={name: self.columns.get(name, Counts()) + other.columns.get(name, Counts()) for name in names},
        )


def count(table: Table, matching: Matching) -> Scores:
    """The scores of one report's matching."""
    matched = len(matching.pairs)
    whole = sum(
        all(agree(c, gold.get(c, ""), output.get(c, "")) for c in table.scored) for gold, output in matching.pairs
    )
    missed, spurious = len(matching.missed), len(matching.spurious)
    columns = {c: _column(c, matching) for c in (*table.key, *table.scored) if c != "subject"}
    return Scores(
        key=Counts(matched, spurious, missed),
        row=Counts(whole, spurious + matched - whole, missed + matched - whole),
        cell=sum(columns.values(), Counts()),
        columns=columns,
    )


def _column(column: str, matching: Matching) -> Counts:
    tp = fp = fn = 0
    for gold, output in matching.pairs:
        stated, given = bool(gold.get(column)), bool(output.get(column))
        if stated and given and agree(column, gold[column], output[column]):
            tp += 1
        else:
            fp += given
            fn += stated
    fn += sum(bool(row.get(column)) for row in matching.missed)
    fp += sum(bool(row.get(column)) for row in matching.spurious)
    return Counts(tp, fp, fn)


def merged(scores: Iterable[Scores]) -> Scores:
    """The sum over reports."""
    return sum(scores, Scores())


def figures(counts: Sequence[Counts]) -> dict[str, Any]:
    """Counts added over reports, their ratios, and the 95% bootstrap interval of F1, ready for JSON."""
    total = sum(counts, Counts())
    low, high = interval(counts)
    return {
        "tp": total.tp,
        "fp": total.fp,
        "fn": total.fn,
        "precision": round(total.precision, 4),
        "recall": round(total.recall, 4),
        "f1": round(total.f1, 4),
        "f1_low": round(low, 4),
        "f1_high": round(high, 4),
    }


def interval(counts: Sequence[Counts], *, rounds: int = 1000, seed: int = 0) -> tuple[float, float]:
    """The 95% bootstrap interval of the micro F1, resampling reports with replacement."""
    if not counts:
        return (0.0, 0.0)
    table = np.array([(c.tp, c.fp, c.fn) for c in counts])
    drawn = np.random.default_rng(seed).integers(0, len(table), size=(rounds, len(table)))
    tp, fp, fn = table[drawn].sum(axis=1).T
    total = 2 * tp + fp + fn
    f1 = np.divide(2 * tp, total, out=np.zeros(rounds), where=total > 0)
    low, high = np.percentile(f1, [2.5, 97.5])
    return (float(low), float(high))


def mean_interval(values: Sequence[float], *, rounds: int = 1000, seed: int = 0) -> tuple[float, float]:
    """The 95% bootstrap interval of the mean of ``values``, one a report (macro), resampling reports with replacement."""
    if not values:
        return (0.0, 0.0)
    drawn = np.random.default_rng(seed).integers(0, len(values), size=(rounds, len(values)))
    low, high = np.percentile(np.array(values)[drawn].mean(axis=1), [2.5, 97.5])
    return (float(low), float(high))
