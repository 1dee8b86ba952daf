"""``casemill evaluate``: a run against gold tables."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from casemill.schema import TABLES

__all__ = ["command"]


@click.command("evaluate")
@click.argument("gold", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("output", metavar="PRED", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Also write all figures to this file.")
@click.option(
    "--reports", type=click.Path(path_type=Path), help="Score only the reports of this CSV (column report_id)."
)
@click.option("--columns", is_flag=True, help="Also print the cell F1 of every column.")
@click.option(
    "--subjects",
    is_flag=True,
    help="Also print the share of facts with the right subject; with --errors, list the others.",
)
@click.option(
    "--dates", is_flag=True, help="Also print the F1 of dates over matched rows; with --errors, list the others."
)
@click.option(
    "--errors", type=click.Choice(["all", "wrong-value"]), is_flag=False, flag_value="all", help="List the errors."
)
@click.option("--table", "only", multiple=True, type=click.Choice(list(TABLES)), help="List errors of this table only.")
def command(
    gold: Path,
    output: Path,
    reports: Path | None,
    json_file: Path | None,
    columns: bool,
    subjects: bool,
    dates: bool,
    errors: str | None,
    only: tuple[str, ...],
) -> None:
    """Score the tables in PRED (a run's folder) against those in GOLD.

    A row counts by its key, and by key and all scored attributes; cells count where they are filled. Names are folded
    through the register of names, units by notation. In brackets: 95% bootstrap interval over reports.
    """
    from casemill.score.evaluation import evaluate, read_texts

    evaluation = evaluate(gold, output, reports=reports)
    figures = evaluation.to_json()
    if errors == "wrong-value":
        _print_wrong_values(evaluation)
    elif errors and (subjects or dates):
        _print_misplaced(evaluation, only, subjects=subjects, dates=dates)
    elif errors:
        _print_errors(evaluation, read_texts(output), only)
    else:
        _print_figures(figures, columns=columns)
        if subjects:
            _print_subjects(figures["subjects"])
        if dates:
            _print_dates(figures["dates"])
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _print_figures(figures: Mapping[str, Any], *, columns: bool) -> None:
    click.echo(f"{figures['reports']} reports scored; {figures['left_out']} other reports in the run left out")
    if figures["absent"]:
        click.echo(
            f"{len(figures['absent'])} reports of the gold are not in the run: {', '.join(figures['absent'][:5])}"
        )
    click.echo(f"{'table':<12}{'gold':>6}{'out':>6}  {'key F1':<22}{'row F1':<22}{'cell F1':<22}{'macro key/row'}")
    for name, table in figures["tables"].items():
        key = table["key"]
        cells = "".join(f"{_figure(table[level]):<22}" for level in ("key", "row", "cell"))
        macro = f"{key['macro_f1']:.3f} / {table['row']['macro_f1']:.3f}"
        click.echo(f"{name:<12}{key['tp'] + key['fn']:>6}{key['tp'] + key['fp']:>6}  {cells}{macro}")
        if columns:
            for column, counts in table["columns"].items():
                click.echo(
                    f"    {column:<18}{counts['f1']:.3f}  (tp {counts['tp']}, fp {counts['fp']}, fn {counts['fn']})"
                )
    if figures["mean"]:
        mean = figures["mean"]
        click.echo(
            f"mean of the fact tables: key F1 {mean['key_f1']:.3f}, row F1 {mean['row_f1']:.3f}, cell F1 {mean['cell_f1']:.3f}"
        )


def _print_subjects(figures: Mapping[str, Any]) -> None:
    for name, told in (("all reports", figures["all"]), ("reports with several subjects", figures["several"])):
        share = f"{told['share']:.3f} [{told['share_low']:.3f}, {told['share_high']:.3f}]"
        click.echo(
            f"right subject, {name}: {share}  ({told['right']} of {told['facts']} facts, {told['reports']} reports)"
        )


def _print_dates(figures: Mapping[str, Any]) -> None:
    counts = f"tp {figures['tp']}, fp {figures['fp']}, fn {figures['fn']}"
    click.echo(f"date F1 over matched rows: {_figure(figures)}  ({counts})")
    macro = f"{figures['macro_f1']:.3f} [{figures['macro_f1_low']:.3f}, {figures['macro_f1_high']:.3f}]"
    click.echo(f"date F1, mean of reports: {macro}  ({figures['macro_reports']} reports with dates)")


def _figure(level: Mapping[str, float]) -> str:
    return f"{level['f1']:.3f} [{level['f1_low']:.3f}, {level['f1_high']:.3f}]"


def _print_errors(evaluation: Any, texts: Mapping[str, str], only: tuple[str, ...]) -> None:
    for name, matchings in evaluation.matchings.items():
        if only and name not in only:
            continue
        for report, matching in matchings.items():
            for sign, rows in (("missed", matching.missed), ("spurious", matching.spurious)):
                for row in rows:
                    click.echo(f"{sign:<9}{name} {report}: {_fact(name, row)}")
                    click.echo(f"         {row.get('evidence') or _around(texts.get(report, ''), row)}")
            for gold, output in matching.pairs:
                if wrong := list(_disagreements(name, gold, output)):
                    click.echo(f"cells    {name} {report}: {_fact(name, gold)}")
                    click.echo(f"         {'; '.join(wrong)}")
                    click.echo(f"         {output.get('evidence', '')}")


def _print_misplaced(evaluation: Any, only: tuple[str, ...], *, subjects: bool, dates: bool) -> None:
    """Facts that were found, and given to a wrong subject or a wrong time."""
    from casemill.score.discourse import subject_pairs

    for name, matchings in evaluation.matchings.items():
        if (only and name not in only) or name == "patients":
            continue
        for report, matching in matchings.items():
            pairs = [("subject", *pair) for pair in subject_pairs(name, matching)] if subjects else []
            pairs += [("date", *pair) for pair in matching.pairs] if dates else []
            for column, gold, output in pairs:
                if gold.get(column, "") != output.get(column, ""):
                    told, given = (row.get(column) or "(blank)" for row in (gold, output))
                    click.echo(f"{column:<9}{name} {report}: {_fact(name, gold)}")
                    click.echo(f"         gold {told}, output {given}")
                    click.echo(f"         {output.get('evidence', '')}")


def _disagreements(name: str, gold: Mapping[str, str], output: Mapping[str, str]) -> Iterator[str]:
    from casemill.score.agreement import agree

    for column in TABLES[name].scored:
        if not agree(column, gold.get(column, ""), output.get(column, "")):
            yield f"{column}: gold {gold.get(column, '') or '(blank)'}, output {output.get(column, '') or '(blank)'}"


def _print_wrong_values(evaluation: Any) -> None:
    count = 0
    for wrong in evaluation.wrong_values():
        count += 1
        click.echo(f"{wrong.table} {wrong.output['report_id']}: output {_fact(wrong.table, wrong.output)}")
        for gold in wrong.gold:
            click.echo(f"    gold   {_fact(wrong.table, gold)}")
        click.echo(f"    {wrong.output.get('evidence', '')}")
    click.echo(f"{count} output rows whose number stands where gold has another number or unit")


def _fact(name: str, row: Mapping[str, str]) -> str:
    return ", ".join(f"{column}={row[column]}" for column in TABLES[name].facts[1:] if row.get(column))


def _around(text: str, row: Mapping[str, str], reach: int = 60) -> str:
    """The words around a gold row's place, from the text stored with the run."""
    if not text or not row.get("start"):
        return ""
    start, end = int(row["start"]), int(row["end"])
    before, fact, after = text[max(0, start - reach) : start], text[start:end], text[end : end + reach]
    return " ".join(f"...{before}[{fact}]{after}...".split())
