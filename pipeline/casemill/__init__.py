"""casemill: case reports in, scored and traceable fact rows out.

The public face; everything is imported on first use, so that ``import casemill`` costs nothing.

>>> import casemill
>>> tables = casemill.extract(["ANA was positive (1:320)."])
>>> tables["antibodies"].loc[0, ["antibody", "result", "value"]].tolist()
['ANA', 'positive', '1:320']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casemill.loading import load
    from casemill.reading.stream import read_reports as read
    from casemill.reports import Report
    from casemill.run.extraction import extract
    from casemill.tabulate import rows

__all__ = ["Report", "__version__", "extract", "load", "read", "rows"]

__version__ = "0.1.0"

_HOMES = {
    "Report": ("casemill.reports", "Report"),
    "extract": ("casemill.run.extraction", "extract"),
    "load": ("casemill.loading", "load"),
    "read": ("casemill.reading.stream", "read_reports"),
    "rows": ("casemill.tabulate", "rows"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"casemill has no {name!r}; it has {', '.join(__all__)}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
