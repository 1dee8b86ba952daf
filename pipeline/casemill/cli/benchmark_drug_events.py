"""``casemill benchmark drug-events``: drugs, dosages and routes of annotated sentences on drug events."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

__all__ = ["command", "print_names"]


@click.command("drug-events")
@click.argument("corpus", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@click.option("--missed", is_flag=True, help="List the names that were not recognised.")
def command(corpus: Path, *, as_json: bool, missed: bool) -> None:
    """Score dosages, routes and drug names in FILE, a corpus of sentences on drug events in the layout of PHEE.

    Only what belongs to an annotated event is marked there, so recall is told.
    """
    from casemill.benchmark.drug_events import drug_events

    found = drug_events(corpus)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for kind in ("dosage", "route", "frequency", "duration"):
        one = found[kind]
        click.echo(f"{kind:<10} recall {one['recall']:.3f} ({one['tp']} of {one['tp'] + one['fn']})")
    print_names(found["names"], missed=missed)


def print_names(names: Mapping[str, Any], *, missed: bool) -> None:
    """Print the share of distinct drug names recognised, and with ``missed`` the others."""
    click.echo(f"distinct drug names in scope: {names['recognised']} of {names['names']} ({names['share']:.3f})")
    if missed:
        for name in names["missed"]:
            click.echo(f"  {name}")
