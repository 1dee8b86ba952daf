"""What a shard or a run read and made."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from casemill.reading.sources import Reject
from casemill.reports import Report
from casemill.run.results import NONDETERMINISTIC, Tables

__all__ = ["Counts"]

_TOLD = 10


@dataclass
class Counts:
    """Counts that can be added; of rejects and duplicates the first ten are told, all are in the tables."""

    reports: int = 0
    rejects: int = 0
    nondeterministic: int = 0
    duplicates: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    first_rejects: list[Reject] = field(default_factory=list)
    first_duplicates: list[str] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        """Take in what follows."""
        self.reports += other.reports
        self.rejects += other.rejects
        self.nondeterministic += other.nondeterministic
        self.duplicates += other.duplicates
        self.rows.update(other.rows)
        self.first_rejects = [*self.first_rejects, *other.first_rejects][:_TOLD]
        self.first_duplicates = [*self.first_duplicates, *other.first_duplicates][:_TOLD]

    def add_reject(self, found: Reject) -> None:
        """Take in what made no report or no rows."""
        self.rejects += 1
        self.nondeterministic += found.reason.startswith(NONDETERMINISTIC)
        self.first_rejects = [*self.first_rejects, found][:_TOLD]

    def add_report(self, report: Report, tables: Tables, chosen: Iterable[str]) -> None:
        """Take in a report and its rows in the ``chosen`` tables."""
        self.reports += 1
        self.rows.update({name: len(tables[name]) for name in chosen})
        if original := report.metadata.get("duplicate_of"):
            self.duplicates += 1
            told = f"{report.report_id} (there was a {original} before)"
            self.first_duplicates = [*self.first_duplicates, told][:_TOLD]

    def to_json(self) -> str:
        """The counts as a line of text."""
        return json.dumps({**vars(self), "first_rejects": [asdict(told) for told in self.first_rejects]})

    @classmethod
    def from_json(cls, line: str | bytes) -> "Counts":
        """The counts that :meth:`to_json` told.

        :raises ValueError, TypeError, KeyError: it told none.
        """
        plain = json.loads(line)
        plain["rows"] = Counter(plain["rows"])
        plain["first_rejects"] = [Reject(**told) for told in plain["first_rejects"]]
        return cls(**plain)
