"""``casemill benchmark``: casemill measured on annotated corpora of spans."""

from importlib import import_module

import click

__all__ = ["SUBCOMMANDS", "command"]

#: Subcommands by name, with the module that holds each as ``command``.
SUBCOMMANDS: dict[str, str] = {
    "variants": "casemill.cli.benchmark_variants",
    "tests": "casemill.cli.benchmark_tests",
    "drug-events": "casemill.cli.benchmark_drug_events",
    "medications": "casemill.cli.benchmark_medications",
}


class _Kinds(click.Group):
    """A group with one subcommand a kind of corpus, imported when it is called or described."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        command: click.Command = import_module(SUBCOMMANDS[cmd_name]).command
        return command


@click.group("benchmark", cls=_Kinds)
def command() -> None:
    """Score casemill on a corpus of annotated spans (JSONL), each figure with its 95% interval over documents."""
