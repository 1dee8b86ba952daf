"""Writes docs/cli.md from the commands themselves: ``python docs/generate.py``."""

from importlib import import_module
from pathlib import Path

import click

from casemill.cli import COMMANDS

HEAD = """# The command line

Generated from the commands (`python docs/generate.py`); a test holds it current.
"""


def reference() -> str:
    """The page: every command with its help, subcommands below it."""
    parts = [HEAD]
    for name, (module, _) in COMMANDS.items():
        command = import_module(module).command
        parts.append(_described(f"casemill {name}", command))
        if isinstance(command, click.Group):
            parts += [_described(f"casemill {name} {sub}", c) for sub, c in sorted(command.commands.items())]
    return "\n".join(parts)


def _described(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
    return f"## {path}\n\n```\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(reference(), encoding="utf-8")
