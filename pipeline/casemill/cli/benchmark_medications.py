"""``casemill benchmark medications``: drugs and dosages of annotated case reports."""

import json
from pathlib import Path

import click

from casemill.cli.benchmark_drug_events import print_names

__all__ = ["command"]


@click.command("medications")
@click.argument("corpus", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@click.option("--missed", is_flag=True, help="List the names that were not recognised.")
def command(corpus: Path, *, as_json: bool, missed: bool) -> None:
    """Score medication-dosage pairs and drug names in FILE, a corpus of case reports in the layout of MACCROBAT.

    A pair counts when its drug and its dosage overlap those that casemill read, whether they made a row or not.
    """
    from casemill.benchmark.case_reports_medications import medications

    found = medications(corpus)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    pairs = found["pairs"]
    click.echo(
        f"medication-dosage pairs, overlap: precision {pairs['precision']:.3f}, recall {pairs['recall']:.3f}, "
        f"F1 {pairs['f1']:.3f} [{pairs['f1_low']:.3f}, {pairs['f1_high']:.3f}] "
        f"(tp {pairs['tp']}, fp {pairs['fp']}, fn {pairs['fn']}; {pairs['documents']} reports)"
    )
    print_names(found["names"], missed=missed)
