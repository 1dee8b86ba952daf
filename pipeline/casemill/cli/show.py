"""``casemill show``: how a curator sees why a row is there."""

import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from casemill.errors import UsageError
from casemill.reports import Report, Section
from casemill.schema import TABLES

__all__ = ["command"]

# Columns of output that goes to a file or a pipe, where no terminal tells its width.
_PLAIN_WIDTH = 150
# One colour and one letter a table; a mention carries its row's number, so that it reads without colour too.
_STYLES = {
    "patients": ("bold white on grey37", "P"),
    "antibodies": ("black on light_goldenrod2", "A"),
    "mutations": ("black on plum2", "M"),
    "drug_doses": ("black on light_sky_blue1", "D"),
    "lab_values": ("black on pale_green1", "L"),
    "outcomes": ("black on light_salmon1", "O"),
}


@click.command("show")
@click.argument("report")
@click.option(
    "--run", type=click.Path(exists=True, file_okay=False, path_type=Path), help="REPORT is an id in this run."
)
@click.option(
    "--patterns", type=click.Path(path_type=Path), help="Folder of pattern files laid over the packaged ones."
)
@click.option("--dropped", is_flag=True, help="Also list the candidates that made no row, and why.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def command(report: str, run: Path | None, patterns: Path | None, dropped: bool, color: str) -> None:
    """Print REPORT (a file, or with --run the id of a report of that run) with its mentions marked, and its rows."""
    from rich.console import Console

    forced = {"auto": None, "always": True, "never": False}[color]
    width = None if sys.stdout.isatty() else _PLAIN_WIDTH
    console = Console(force_terminal=forced, no_color=color == "never", highlight=False, width=width)
    for one, tables in _of_run(run, report) if run else _of_file(Path(report), patterns):
        _print_report(console, one, tables, dropped=dropped)


def _of_file(path: Path, patterns: Path | None) -> list[tuple[Report, dict[str, list[dict[str, str]]]]]:
    from casemill.reading.sources import Reject
    from casemill.reading.stream import read_reports
    from casemill.run.documents import process
    from casemill.run.settings import PipelineSettings

    found: list[Report] = []
    for read in read_reports([path]):
        if isinstance(read, Reject):
            raise UsageError(f"{read.source}: {read.reason}")
        found.append(read)
    shown = []
    for report, tables in process(found, PipelineSettings.of(patterns=patterns)):
        if isinstance(tables, Reject):
            raise UsageError(f"{report.report_id}: {tables.reason}")
        shown.append((report, tables))
    return shown


def _of_run(run: Path, report_id: str) -> list[tuple[Report, dict[str, list[dict[str, str]]]]]:
    from casemill.tables import read_csv

    path = run / "texts.jsonl.gz"
    if not path.is_file():
        raise UsageError(f"no texts.jsonl.gz in {str(run)!r}; expected the folder of a run")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        record = next((r for r in map(json.loads, lines) if r["report_id"] == report_id), None)
    if record is None:
        raise UsageError(f"no report {report_id!r} in {str(run)!r}; its reports are listed in reports.csv")
    report = Report(report_id, record["title"], record["text"], tuple(Section(*s) for s in record["sections"]))
    tables = {}
    for name in (*TABLES, "dropped"):
        file = run / f"{name}.csv"
        tables[name] = [row for row in read_csv(file) if row["report_id"] == report_id] if file.is_file() else []
    return [(report, tables)]


def _print_report(
    console: Any, report: Report, tables: Mapping[str, Sequence[Mapping[str, str]]], *, dropped: bool
) -> None:
    from rich.rule import Rule
    from rich.text import Text

    console.print(Rule(Text(f"{report.report_id}  {report.title}"), align="left"))
    console.print(_marked(report.text, tables))
    for name in TABLES:
        if tables.get(name):
            console.print(_listed(name, tables[name]))
    if dropped and tables.get("dropped"):
        console.print(Text("\nmade no row", style="bold"))
        for row in tables["dropped"]:
            console.print(Text(f"  {row['table']}: {row['text']!r} ({row['reason']})"))


def _marked(text: str, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> Any:
    """The text with each row's place coloured and followed by its number; where places overlap, the first keeps the colour."""
    from rich.text import Text

    places = sorted(
        (int(row["start"]), int(row["end"]), name, number)
        for name in TABLES
        for number, row in enumerate(tables.get(name, ()), 1)
    )
    marked = Text()
    reached = 0
    for start, end, name, number in places:
        style, letter = _STYLES[name]
        if end > reached:
            marked.append(text[reached : max(start, reached)])
            marked.append(text[max(start, reached) : end], style)
            reached = end
        marked.append(f"[{letter}{number}]", "bold")
    marked.append(text[reached:])
    return marked


def _listed(name: str, rows: Sequence[Mapping[str, str]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    columns = [c for c in TABLES[name].facts[1:] if any(row.get(c) for row in rows)]
    style, letter = _STYLES[name]
    listed = Table(title=Text(name, style=style), title_justify="left")
    for column in ("", *columns, "rule", "quality"):
        listed.add_column(column, overflow="fold")
    for number, row in enumerate(rows, 1):
        cells = [
            f"{letter}{number}",
            *(row.get(c, "") for c in columns),
            row.get("rule_id", ""),
            row.get("quality", ""),
        ]
        listed.add_row(*(Text(cell) for cell in cells))
    return listed
