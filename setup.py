"""The package list: `find:` alone would leave the pattern folders out of the wheel."""

from pathlib import Path

from setuptools import find_packages, setup

PATTERNS = Path(__file__).parent / "patterns"
families = sorted(p.name for p in PATTERNS.iterdir() if p.is_dir() and not p.name.startswith(("_", ".")))
pattern_packages = ["casemill.patterns", *(f"casemill.patterns.{name}" for name in families)]

setup(
    packages=[*find_packages("pipeline"), *pattern_packages],
    package_data={
        "casemill": ["py.typed", "default.cfg"],
        **{name: ["*.tsv", "*.jsonl"] for name in pattern_packages},
    },
)
