"""What becomes of a report: its tables, or why there are none."""

from casemill.reading.sources import Reject
from casemill.reports import Report
from casemill.run.settings import Limits

__all__ = ["NONDETERMINISTIC", "Tables", "overdue", "rejected"]

#: How the reason of a reject begins that another run, on another machine, might not give.
NONDETERMINISTIC = "nondeterministic: "

#: Rows by table, ``dropped`` among them.
Tables = dict[str, list[dict[str, str]]]


def rejected(report: Report, reason: str) -> Reject:
    """``report`` set aside for ``reason``."""
    return Reject(report.metadata.get("source", "") or report.report_id, report.report_id, reason)


def overdue(limits: Limits) -> str:
    """The reason to set a report aside that took too long."""
    return f"{NONDETERMINISTIC}took more than {limits.seconds:g} s"
