"""Everything casemill raises on purpose.

::

    CasemillError
    ├── UsageError          a call or a command that can't be carried out as asked
    ├── ReadingError        bytes that no reader turns into a report
    ├── PatternError        a pattern file that breaks its own rules (file, line and id are named)
    ├── NotationError       a piece of text that is no value of the notation asked for
    ├── TableError          a table that doesn't hold what its schema says
    └── RunError            a run that can't go on; what it has done is kept
"""

__all__ = ["CasemillError", "NotationError", "PatternError", "ReadingError", "RunError", "TableError", "UsageError"]


class CasemillError(Exception):
    """Root of all exceptions raised by casemill."""


class UsageError(CasemillError):
    """A call or a command that can't be carried out as asked."""


class ReadingError(CasemillError):
    """Bytes that no reader turns into a report.

    ``place`` tells where in the input (``line 3``, ``record 12``, ``byte 4096``); blank if the whole input is meant.
    """

    def __init__(self, reason: str, *, place: str = "") -> None:
        super().__init__(reason if not place else f"{place}: {reason}")
        self.reason = reason
        self.place = place


class PatternError(CasemillError):
    """A pattern file that breaks its own rules; the message names file, line and id."""


class NotationError(CasemillError):
    """A piece of text that is no value of the notation asked for."""


class TableError(CasemillError):
    """A table that doesn't hold what its schema says."""


class RunError(CasemillError):
    """A run that can't go on: a full disk, workers that die over no report. What it has done is kept."""
