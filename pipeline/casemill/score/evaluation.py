"""A run against a gold folder: which rows were found, missed and made up."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casemill.errors import UsageError
from casemill.schema import FACT_TABLES, TABLES
from casemill.score.agreement import agree
from casemill.score.count import Scores, count, interval, merged
from casemill.score.discourse import date_figures, subject_figures
from casemill.score.match import Matching, Row, match
from casemill.tables import read_csv

__all__ = ["Evaluation", "WrongValue", "evaluate", "read_tables", "read_texts"]


@dataclass(frozen=True, slots=True)
class WrongValue:
    """An output row whose number stands where gold has another number or unit."""

    table: str
    output: Row
    gold: tuple[Row, ...]


@dataclass(frozen=True)
class Evaluation:
    """All matchings of a run, by table and report; every figure is derived from them."""

    matchings: Mapping[str, Mapping[str, Matching]]
    left_out: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def scores(self, table: str) -> Scores:
        """The scores of one table, added over reports (micro)."""
        return merged(self.by_report(table).values())

    def by_report(self, table: str) -> dict[str, Scores]:
        """The scores of one table, by report."""
        return {report: count(TABLES[table], matching) for report, matching in self.matchings[table].items()}

    def summary(self, table: str) -> dict[str, Any]:
        """One table's figures, ready for JSON: micro, macro and intervals for key, row and cell; micro by column."""
        by_report = self.by_report(table)
        total = merged(by_report.values())
        figures: dict[str, Any] = {}
        for level in ("key", "row", "cell"):
            micro = getattr(total, level)
            counts = [getattr(scores, level) for scores in by_report.values()]
            filled = [c.f1 for c in counts if not c.empty]
            low, high = interval(counts)
            figures[level] = {
                "tp": micro.tp,
                "fp": micro.fp,
                "fn": micro.fn,
                "precision": round(micro.precision, 4),
                "recall": round(micro.recall, 4),
                "f1": round(micro.f1, 4),
                "f1_low": round(low, 4),
                "f1_high": round(high, 4),
                "macro_f1": round(sum(filled) / len(filled), 4) if filled else 0.0,
                "macro_reports": len(filled),
            }
        figures["columns"] = {
            name: {"tp": c.tp, "fp": c.fp, "fn": c.fn, "f1": round(c.f1, 4)} for name, c in total.columns.items()
        }
        return figures

    def to_json(self) -> dict[str, Any]:
        """All figures; ``mean``, ``subjects`` and ``dates`` are over the five tables of facts."""
        tables = {name: self.summary(name) for name in self.matchings}
        facts = [tables[name] for name in FACT_TABLES if name in tables]
        mean = (
            {f"{k}_f1": round(sum(t[k]["f1"] for t in facts) / len(facts), 4) for k in ("key", "row", "cell")}
            if facts
            else {}
        )
        reports = len(next(iter(self.matchings.values()), {}))
        return {
            "reports": reports,
            "left_out": len(self.left_out),
            "absent": list(self.absent),
            "mean": mean,
            "tables": tables,
            "subjects": subject_figures(self.matchings),
            "dates": date_figures(self.matchings),
        }

    def wrong_values(self) -> Iterator[WrongValue]:
        """Output rows of doses and laboratory values whose number overlaps gold characters and differs in number or unit."""
        for table, column in (("drug_doses", "dose"), ("lab_values", "value")):
            for matching in self.matchings.get(table, {}).values():
                gold = [*(g for g, _ in matching.pairs), *matching.missed]
                for output in (*(o for _, o in matching.pairs), *matching.spurious):
                    there = tuple(g for g in gold if g.get(column) and _overlaps(output, column, g))
                    if there and not any(_same_number(column, g, output) for g in there):
                        yield WrongValue(table, output, there)


def _overlaps(output: Row, column: str, gold: Row) -> bool:
    pieces = json.loads(output.get("cells") or "{}").get(column, ())
    return any(start < int(gold["end"]) and int(gold["start"]) < end for start, end, _ in pieces)


def _same_number(column: str, gold: Row, output: Row) -> bool:
    return all(agree(c, gold.get(c, ""), output.get(c, "")) for c in (column, "unit"))


def evaluate(gold: Path, output: Path, *, reports: Path | None = None) -> Evaluation:
    """Score the tables in the folder ``output`` against those in ``gold``.

    The reports scored are those of ``gold/reports.csv``, or of the file ``reports`` (a CSV with a column ``report_id``)
    in its place; a table that gold does not have is not scored.

    :raises UsageError: a folder has no tables.
    """
    wanted = [row["report_id"] for row in read_csv(_needed(reports or gold / "reports.csv"))]
    given = {row["report_id"] for row in read_csv(_needed(output / "reports.csv"))}
    gold_tables, output_tables = read_tables(gold), read_tables(output)
    if not gold_tables:
        raise UsageError(f"no table in {str(gold)!r}; expected one or more of {', '.join(f'{t}.csv' for t in TABLES)}")
    matchings = {
        name: {
            report: match(TABLES[name], by_report.get(report, []), output_tables.get(name, {}).get(report, []))
            for report in wanted
        }
        for name, by_report in gold_tables.items()
    }
    known = set(wanted)
    return Evaluation(
        matchings,
        left_out=tuple(sorted(given - known)),
        absent=tuple(report for report in wanted if report not in given),
    )


def _needed(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(
            f"no {path.name} in {str(path.parent)!r}; expected a folder of tables, as `casemill extract` writes it"
        )
    return path


def read_tables(folder: Path) -> dict[str, dict[str, list[dict[str, str]]]]:
    """The fact tables of a folder (those that are there), rows by report."""
    tables = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        if path.is_file():
            by_report: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
            for row in read_csv(path, name):
                by_report[row["report_id"]].append(row)
            tables[name] = dict(by_report)
    return tables


def read_texts(folder: Path) -> dict[str, str]:
    """The texts stored with a run, by report id; empty if there are none."""
    path = folder / "texts.jsonl.gz"
    if not path.is_file():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {record["report_id"]: record["text"] for record in map(json.loads, lines)}
