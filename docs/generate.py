"""Writes what is derived from the code: ``python docs/generate.py`` renews docs/cli.md and the figures in README.md."""

import os
import re
import tempfile
from importlib import import_module
from pathlib import Path

import click
from click.testing import CliRunner

from casemill.cli import COMMANDS, _casemill

ROOT = Path(__file__).parents[1]
HEAD = """# The command line

Generated from the commands (`python docs/generate.py`); a test holds it current.
"""


def reference() -> str:
    """docs/cli.md: every command with its help, subcommands below it."""
    parts = [HEAD]
    for name, (module, _) in COMMANDS.items():
        command = import_module(module).command
        parts.append(_described(f"casemill {name}", command))
        if isinstance(command, click.Group):
            context = click.Context(command)
            for sub in sorted(command.list_commands(context)):
                parts.append(_described(f"casemill {name} {sub}", command.get_command(context, sub)))
    return "\n".join(parts)


def _described(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path, terminal_width=100, help_option_names=["-h", "--help"])
    return f"## {path}\n\n```\n{command.get_help(context)}\n```\n"


def corpus_scores(root: Path = ROOT) -> str:
    """What ``casemill evaluate`` prints for the corpus."""
    return scores(root / "corpus" / "reports", root / "corpus" / "gold")


def kept_out_scores(root: Path = ROOT) -> str:
    """The same for the reports that no rule was made on."""
    corpus = root / "corpus"
    return scores(corpus / "reports", corpus / "gold", "--reports", str(corpus / "kept_out.csv"))


def scores(reports: Path, gold: Path, *more: str) -> str:
    """What ``casemill evaluate GOLD RUN`` prints for a fresh run over ``reports``."""
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (
            ["extract", str(reports), "-o", f"{folder}/run", "--quiet"],
            ["evaluate", str(gold), f"{folder}/run", *more],
        ):
            done = CliRunner().invoke(_casemill, arguments, catch_exceptions=False)
    return "\n".join(line.rstrip() for line in done.output.splitlines())


def renewed(page: str, mark: str, text: str) -> str:
    """``page`` with ``text`` as a code block between ``<!-- mark... -->`` and ``<!-- end of mark -->``."""
    return re.sub(
        rf"(<!-- {mark}[^\n]*-->\n).*?(<!-- end of {mark} -->)",
        lambda found: f"{found.group(1)}```\n{text}\n```\n{found.group(2)}",
        page,
        flags=re.DOTALL,
    )


def main() -> None:
    """Renew all pages; the figures on local evaluation data only where it is there."""
    (ROOT / "docs" / "cli.md").write_text(reference(), encoding="utf-8")
    readme = ROOT / "README.md"
    page = renewed(readme.read_text(encoding="utf-8"), "scores", corpus_scores())
    page = renewed(page, "kept out", kept_out_scores())
    data = Path(os.environ.get("CASEMILL_DATA", ROOT.parent / "shared"))
    if (data / "gold" / "reports.csv").is_file():
        page = renewed(page, "gold scores", scores(data / "gold" / "texts", data / "gold"))
    readme.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
