"""``casemill diff``: what a change of rules gained and lost."""

from pathlib import Path

import click

from casemill.schema import TABLES

__all__ = ["command"]


@click.command("diff")
@click.argument("before", metavar="RUN1", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("after", metavar="RUN2", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--evidence/--no-evidence", default=True, show_default=True, help="Print the sentence of each row.")
def command(before: Path, after: Path, evidence: bool) -> None:
    """Show rows lost (-) and gained (+) from RUN1 to RUN2, row by row."""
    from collections import Counter

    from casemill.score.difference import differences

    counts: Counter[tuple[str, str]] = Counter()
    for change in differences(before, after):
        counts[change.table, change.sign] += 1
        row = change.row
        fact = ", ".join(f"{c}={row[c]}" for c in TABLES[change.table].facts[1:] if row.get(c))
        click.echo(f"{change.sign} {change.table} {row.get('report_id', '')}: {fact}")
        if evidence and row.get("evidence"):
            click.echo(f"    {row['evidence']}")
    for name in TABLES:
        if counts[name, "+"] or counts[name, "-"]:
            click.echo(f"{name}: {counts[name, '+']} gained, {counts[name, '-']} lost")
    if not counts:
        click.echo("the two runs state the same facts")
