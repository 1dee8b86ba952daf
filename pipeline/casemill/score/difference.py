"""Two runs side by side: which rows a change of rules gained and lost."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from casemill.errors import UsageError
from casemill.schema import TABLES
from casemill.score.evaluation import read_tables

__all__ = ["Change", "differences"]


@dataclass(frozen=True, slots=True)
class Change:
    """A row that only one of two runs has; ``sign`` is ``+`` for gained, ``-`` for lost."""

    sign: str
    table: str
    row: Mapping[str, str]


def differences(before: Path, after: Path) -> Iterator[Change]:
    """Rows lost and gained from ``before`` to ``after``, by table and report; rows equal in all fact columns are the same.

    :raises UsageError: one of the folders holds no tables.
    """
    old, new = read_tables(before), read_tables(after)
    for folder, tables in ((before, old), (after, new)):
        if not tables:
            raise UsageError(f"no tables in {str(folder)!r}; expected a folder written by `casemill extract`")
    for name, table in TABLES.items():
        left, right = old.get(name, {}), new.get(name, {})
        for report in sorted({*left, *right}):
            rows = {"-": left.get(report, []), "+": right.get(report, [])}
            facts = {s: Counter(tuple(r.get(c, "") for c in table.facts) for r in rows[s]) for s in rows}
            changes = []
            for sign, other in (("-", "+"), ("+", "-")):
                surplus = facts[sign] - facts[other]
                for row in rows[sign]:
                    fact = tuple(row.get(c, "") for c in table.facts)
                    if surplus[fact] > 0:
                        surplus[fact] -= 1
                        changes.append(Change(sign, name, row))
            yield from sorted(changes, key=lambda c: (int(c.row.get("start") or 0), c.sign))
