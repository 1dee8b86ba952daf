"""``casemill benchmark variants``: variant mentions against a corpus of annotated variants."""

import json
from pathlib import Path

import click

__all__ = ["command"]


@click.command("variants")
@click.argument("corpus", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--predictions", "predictions_file", type=click.Path(path_type=Path), help="Write what was found to this JSONL."
)
@click.option(
    "--prose/--no-prose",
    default=None,
    help="Count what is told in natural language; without it, as the corpus does: if a twentieth of its spans is.",
)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Also write all figures to this file.")
def command(corpus: Path, predictions_file: Path | None, prose: bool | None, json_file: Path | None) -> None:
    """Score every variant mention against the spans of FILE (JSONL), whoever the variant belongs to.

    FILE holds a document a line: "id", "text", "spans" ("start", "end", and "kind" where it is known), and "normalized"
    where the point mutations of the document are listed. Exact and overlap figures go by characters; figures by kind
    leave out what stands on variants of other kinds. In brackets: 95% bootstrap interval of F1 over documents.
    """
    from casemill.benchmark.variants import measure

    found, predictions = measure(corpus, prose=prose)
    click.echo(f"{'':<38}{'gold':>6}{'out':>6}{'precision':>11}{'recall':>8}  F1")
    for name, figure in found.items():
        gold, output = figure["tp"] + figure["fn"], figure["tp"] + figure["fp"]
        f1 = f"{figure['f1']:.3f} [{figure['f1_low']:.3f}, {figure['f1_high']:.3f}]"
        click.echo(f"{name:<38}{gold:>6}{output:>6}{figure['precision']:>11.3f}{figure['recall']:>8.3f}  {f1}")
    if predictions_file:
        lines = (json.dumps(one.to_json(), ensure_ascii=False) for one in predictions)
        predictions_file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if json_file:
        json_file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
