"""``casemill benchmark tests``: test-value pairs of annotated case reports."""

import json
from pathlib import Path

import click

__all__ = ["command"]


@click.command("tests")
@click.argument("corpus", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Also write all figures to this file.")
@click.option("--errors", is_flag=True, help="List the pairs missed and the spurious ones.")
def command(corpus: Path, json_file: Path | None, errors: bool) -> None:
    """Score the laboratory values read from FILE against its links of Lab_value to Diagnostic_procedure.

    A pair counts when test and value both overlap the annotated ones. Left out are values without a digit and tests that
    the row specification takes for no laboratory value (patterns/lab_values/out_of_scope.tsv).
    """
    from casemill.benchmark.case_reports_tests import comparisons, summary

    found = []
    for document, comparison in comparisons(corpus):
        found.append(comparison)
        if errors:
            for kind, pairs in (("missed", comparison.missed), ("spurious", comparison.spurious)):
                for test, value in pairs:
                    text = document["text"]
                    click.echo(f"{kind:<9}{document['id']}: {text[slice(*test)]!r} {text[slice(*value)]!r}")
    figures = summary(found)
    pairs, tests = figures["pairs"], figures["tests"]
    click.echo(
        f"test-value pairs    P {pairs['precision']:.3f}  R {pairs['recall']:.3f}  "
        f"F1 {pairs['f1']:.3f} [{pairs['f1_low']:.3f}, {pairs['f1_high']:.3f}]  "
        f"(tp {pairs['tp']}, fp {pairs['fp']}, fn {pairs['fn']}; {pairs['documents']} documents)"
    )
    click.echo(f"tests recognised    {tests['recognised']} of {tests['distinct']} distinct names: {tests['share']:.3f}")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
