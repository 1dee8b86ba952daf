"""Gold rows matched one to one with output rows, by the assignment that maximises agreement."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from casemill.schema import Table
from casemill.score.agreement import agree, key_of

__all__ = ["Matching", "Row", "match"]

#: A row as it stands in a table: its cells by column.
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs whose keys agree, and the rows that found no partner; all as the rows were given."""

    pairs: tuple[tuple[Row, Row], ...]
    missed: tuple[Row, ...]
    spurious: tuple[Row, ...]


def match(table: Table, gold: Sequence[Row], output: Sequence[Row]) -> Matching:
    """Match the rows of one report and one table.

    Only pairs with equal keys can match; among them the assignment with the most agreeing attributes is taken
    (``scipy.optimize.linear_sum_assignment``), ties in the order given.
    """
    groups: defaultdict[object, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((gold, output)):
        for index, row in enumerate(rows):
            groups[key_of(table, row)][side].append(index)
    pairs: list[tuple[int, int]] = []
    for left, right in groups.values():
        if left and right:
            agreement = np.array(
                [
                    [sum(agree(c, gold[g].get(c, ""), output[o].get(c, "")) for c in table.scored) for o in right]
                    for g in left
                ]
            )
            rows_, columns_ = linear_sum_assignment(agreement, maximize=True)
            pairs += [(left[r], right[c]) for r, c in zip(rows_, columns_, strict=True)]
    pairs.sort()
    matched_gold, matched_output = {g for g, _ in pairs}, {o for _, o in pairs}
    return Matching(
        pairs=tuple((gold[g], output[o]) for g, o in pairs),
        missed=tuple(row for index, row in enumerate(gold) if index not in matched_gold),
        spurious=tuple(row for index, row in enumerate(output) if index not in matched_output),
    )
