"""``casemill patterns``: pattern files checked, or listed."""

from pathlib import Path

import click

__all__ = ["command"]


@click.group("patterns")
def command() -> None:
    """Check a folder of pattern files, or list the packaged ones."""


@command.command("check")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Validate the pattern files in DIR, to be laid over the packaged ones; names file, line and id of each fault."""
    from casemill.checking import check_patterns

    faults = list(check_patterns(folder))
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo(f"{folder}: no faults")


@command.command("list")
def list_files() -> None:
    """List the packaged pattern files with their number of rows."""
    from casemill.resources import load_patterns

    patterns = load_patterns()
    for name in patterns.names():
        click.echo(f"{name:<36}{len(patterns.rows(name)):>7} rows")
