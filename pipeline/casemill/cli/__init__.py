"""The command line: one file a command, each imported only when it is called."""

from importlib import import_module

import click

from casemill.errors import CasemillError

__all__ = ["COMMANDS", "main"]

#: Commands by name, with the module that holds each and its one-line help (so that ``--help`` imports none of them).
COMMANDS = {
    "extract": ("casemill.cli.extract", "Extract fact tables from reports."),
    "evaluate": ("casemill.cli.evaluate", "Score a run against hand-annotated gold tables."),
    "benchmark": ("casemill.cli.benchmark", "Score casemill on corpora of annotated spans."),
    "diff": ("casemill.cli.diff", "Show the rows that one run has and another has not."),
    "show": ("casemill.cli.show", "Print a report with its mentions marked, and its rows."),
    "patterns": ("casemill.cli.patterns", "Check a folder of pattern files, or list the packaged ones."),
}


class _Lazy(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="casemill")
def _casemill() -> None:
    """Case reports in, scored and traceable fact rows out."""


def main() -> None:
    """Run the command line; what casemill raises on purpose is one clear line and exit code 2."""
    try:
        _casemill(prog_name="casemill")
    except CasemillError as error:
        click.echo(f"casemill: {error}", err=True)
        raise SystemExit(2) from error
