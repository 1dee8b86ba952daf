"""What a pipeline is made of, and what one report may cost it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Limits", "PipelineSettings"]


@dataclass(frozen=True)
class PipelineSettings:
    """What :func:`casemill.loading.load` is called with; hashable, so that a worker builds its pipeline once.

    ``include_background`` and ``clock`` are for :func:`casemill.tabulate.rows`.
    """

    patterns: str | None = None
    config: str | None = None
    overrides: tuple[tuple[str, Any], ...] = field(default=())
    include_background: bool = False
    clock: bool = False

    @classmethod
    def of(
        cls,
        *,
        patterns: Any = None,
        config: Any = None,
        overrides: Mapping[str, Any] | None = None,
        include_background: bool = False,
        clock: bool = False,
    ) -> "PipelineSettings":
        """Settings from what a caller gave."""
        return cls(
            str(patterns) if patterns else None,
            str(config) if config else None,
            tuple(sorted((overrides or {}).items())),
            include_background,
            clock,
        )


@dataclass(frozen=True)
class Limits:
    """What one report may cost. ``characters`` and ``candidates`` (terms found in it) are the same on every machine.

    ``seconds`` is the last resort, against what the others don't foresee; ``0`` sets none.
    """

    characters: int = 1_000_000
    candidates: int = 50_000
    seconds: float = 60.0
