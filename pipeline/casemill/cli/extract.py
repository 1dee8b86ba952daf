"""``casemill extract``: reports to a folder of tables."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from casemill.errors import UsageError
from casemill.schema import TABLES

__all__ = ["command"]


@click.command("extract", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("inputs", nargs=-1, required=True)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the run's tables.")
@click.option(
    "--format", "form", default="both", type=click.Choice(["csv", "parquet", "both", "jsonl"]), show_default=True
)
@click.option("--tables", default="", help="Only these tables, separated by commas.")
@click.option(
    "--patterns", type=click.Path(path_type=Path), help="Folder of pattern files laid over the packaged ones."
)
@click.option("--config", type=click.Path(path_type=Path), help="A pipeline configuration instead of the packaged one.")
@click.option(
    "--include-background",
    is_flag=True,
    help="Also write what is said about the world, as facts of the subject background.",
)
@click.option(
    "--clock", is_flag=True, help="Also write when each fact was, told from its subject's first telling: column clock."
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that extract.")
@click.option("--cluster", default="", help="Extract on Dask: the address of a scheduler, or slurm for --workers jobs.")
@click.option("--max-characters", default=1_000_000, show_default=True, type=click.IntRange(1), help="Of one report.")
@click.option("--max-candidates", default=50_000, show_default=True, type=click.IntRange(1), help="In one report.")
@click.option(
    "--max-seconds", default=60.0, show_default=True, type=click.FloatRange(0), help="On one report; 0: no limit."
)
@click.option("--input-format", default="", help="Read every input as this format instead of detecting it.")
@click.option("--id-column", default="", help="Column of the report's id (JSONL, CSV, TSV, Parquet).")
@click.option("--text-column", default="", help="Column of the report's text.")
@click.option("--title-column", default="", help="Column of the report's title.")
@click.option("--strict", is_flag=True, help="End with exit code 1 if anything was rejected.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.pass_context
def command(ctx: click.Context, /, inputs: tuple[str, ...], output: Path, form: str, **options: Any) -> None:
    """Extract fact tables from INPUTS: files, folders, globs, archives, or - for standard input.

    Settings of the pipeline can be given as dotted options, as in --nlp.batch_size 16.
    """
    inputs, overrides = _dotted(inputs)
    from casemill.reading.stream import ReadOptions
    from casemill.run.extraction import extract_to
    from casemill.run.settings import Limits, PipelineSettings

    quiet = options["quiet"]
    with _Progress(quiet) as progress, _interruptible(output):
        summary = extract_to(
            output,
            inputs,
            settings=PipelineSettings.of(
                patterns=options["patterns"],
                config=options["config"],
                overrides=overrides,
                include_background=options["include_background"],
                clock=options["clock"],
            ),
            reading=ReadOptions(
                options["input_format"], options["id_column"], options["text_column"], options["title_column"]
            ),
            format=form,
            tables=[t.strip() for t in options["tables"].split(",") if t.strip()] or tuple(TABLES),
            limits=Limits(options["max_characters"], options["max_candidates"], options["max_seconds"]),
            workers=options["workers"],
            cluster=options["cluster"],
            progress=progress,
        )
    if not quiet:
        _print_summary(summary, output)
    if options["strict"] and summary.rejects:
        ctx.exit(1)


@contextmanager
def _interruptible(output: Path) -> Iterator[None]:
    """Ctrl-C ends the command with the usual exit code, and says what is left to do."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"interrupted; what is done is kept in {output}, and the same command goes on from there", err=True)
        raise SystemExit(130) from None


def _dotted(arguments: Iterable[str]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Inputs, and the dotted settings among them (``--a.b value`` or ``--a.b=value``)."""
    from ast import literal_eval

    inputs: list[str] = []
    overrides: dict[str, Any] = {}
    given = iter(arguments)
    for argument in given:
        if argument.startswith("--"):
            name, equals, value = argument[2:].partition("=")
            if "." not in name:
                raise UsageError(f"no option {argument!r}; `casemill extract --help` lists them")
            value = value if equals else next(given, "")
            try:
                overrides[name] = literal_eval(value)
            except (ValueError, SyntaxError):
                overrides[name] = value
        else:
            inputs.append(argument)
    if not inputs:
        raise UsageError("no input given; expected files, folders, globs, archives or -")
    return tuple(inputs), overrides


class _Progress:
    """A bar on a terminal, a plain line every thousand reports elsewhere."""

    EVERY = 1000

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self._bar: Any = None
        self._told = 0

    def __enter__(self) -> "_Progress":
        if not self.quiet and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(unit=" reports", smoothing=0.1)
        return self

    def __call__(self, summary: Any) -> None:
        if self._bar is not None:
            self._bar.update(summary.reports - self._told)
            self._told = summary.reports
        elif not self.quiet and summary.reports >= self._told + self.EVERY:
            self._told = summary.reports
            click.echo(f"{summary.reports} reports, {sum(summary.rows.values())} rows", err=True)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _print_summary(summary: Any, output: Path) -> None:
    from casemill.reading.sources import printable

    kept = f", {summary.kept} of them kept from before" if summary.kept else ""
    lost = f", {summary.workers_lost} workers lost" if summary.workers_lost else ""
    click.echo(f"{summary.reports} reports in {summary.seconds:.1f} s{kept}{lost}, tables in {output}")
    for name, count in summary.rows.items():
        click.echo(f"  {name:<12}{count:>8} rows")
    rejects = [f"{r.source}{f' ({r.place})' if r.place else ''}: {_discreet(r.reason)}" for r in summary.first_rejects]
    for title, count, first in (
        ("duplicate ids", summary.duplicates, summary.first_duplicates),
        ("rejects", summary.rejects, rejects),
    ):
        if count:
            click.echo(f"  {title:<12}{count:>8}")
            for entry in first:
                click.echo(f"    {printable(entry)}")
            if count > len(first):
                click.echo("    ... (all in rejects.csv and reports.csv)")


def _discreet(reason: str) -> str:
    """``reason`` without the words of an unforeseen error, which may hold a piece of the report; logs are to hold none."""
    failed, colon, error = reason.partition(" failed: ")
    return f"{failed}{colon}{error.partition(':')[0]} (its words are in rejects.csv)" if colon else reason
