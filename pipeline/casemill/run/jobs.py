"""What a run does with every report, and which files come of it."""

import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from casemill.errors import UsageError
from casemill.run.parts import CSV, KINDS, Kind
from casemill.run.settings import Limits, PipelineSettings
from casemill.schema import TABLES

__all__ = ["Job", "versions"]

# The packages whose versions decide what comes out.
_PACKAGES = ("casemill", "spacy", "scispacy", "medspacy", "pandas", "numpy", "pyarrow")


@dataclass(frozen=True)
class Job:
    """The pipeline's settings, the limits of a report, and the tables and format to write.

    :raises UsageError: ``format`` or ``tables`` name what does not exist.
    """

    settings: PipelineSettings = field(default_factory=PipelineSettings)
    limits: Limits = field(default_factory=Limits)
    format: str = "both"
    tables: tuple[str, ...] = tuple(TABLES)

    def __post_init__(self) -> None:
        if unknown := set(self.tables).difference(TABLES):
            raise UsageError(f"no table {min(unknown)!r}; there are {', '.join(TABLES)}")
        if self.format not in KINDS:
            raise UsageError(f"no output format {self.format!r}; there are {', '.join(KINDS)}")
        object.__setattr__(self, "tables", tuple(name for name in TABLES if name in self.tables))

    def files(self) -> list[tuple[str, Kind]]:
        """The table and kind of each file of the run but its texts."""
        facts = [(name, kind) for name in self.tables for kind in KINDS[self.format]]
        return [*facts, *((name, CSV) for name in ("dropped", "reports", "rejects"))]

    @cached_property
    def identity(self) -> str:
        """What tells this job from one that could make other tables: its settings, and what stands behind them."""
        told = hashlib.sha256(f"{self.to_json()}{versions()}".encode())
        for name, path in _sources(self.settings):
            told.update(f"\0{name}\0".encode() + path.read_bytes())
        return told.hexdigest()

    def to_json(self) -> str:
        """The job as a line of text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Job":
        """The job that :meth:`to_json` told."""
        plain = json.loads(line)
        settings = plain["settings"]
        overrides = tuple((name, value) for name, value in settings.pop("overrides"))
        return cls(
            PipelineSettings(**settings, overrides=overrides),
            Limits(**plain["limits"]),
            plain["format"],
            tuple(plain["tables"]),
        )


def versions() -> dict[str, str]:
    """The versions that decide what comes out."""
    return {name: version(name) for name in _PACKAGES} | {"python": platform.python_version()}


def _sources(settings: PipelineSettings) -> Iterator[tuple[str, Path]]:
    """The files that decide what comes out, under names that don't tell where they lie: casemill's and the user's own."""
    roots = [Path(str(files(package))) for package in ("casemill", "casemill.patterns")]
    if settings.patterns:
        roots.append(Path(settings.patterns))
    for number, root in enumerate(roots):
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield f"{number}/{path.relative_to(root)}", path
    if settings.config:
        yield "config", Path(settings.config)
