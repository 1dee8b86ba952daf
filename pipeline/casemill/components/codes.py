"""Codes of what is named, from pattern rows that tell where a code is from; without a source none is printed."""

from collections.abc import Iterable, Iterator

from casemill.components.frames import Frame, put
from casemill.resources import Patterns

__all__ = ["Codes"]


class Codes:
    """The codes in column ``code`` of the lexicon ``lexicon``, for frames whose cell ``named`` holds a canonical name."""

    def __init__(self, patterns: Patterns, lexicon: str, named: str, code: str) -> None:
        self._named, self._code = named, code
        rows = patterns.rows(lexicon).values()
        self._codes = {row.canonical: row[code] for row in rows if row[code] and row["source"]}

    def put_on(self, frames: Iterable[Frame]) -> Iterable[Frame]:
        """``frames`` with the codes there are; a code is read from the words of the name."""
        return self._coded(frames) if self._codes else frames

    def _coded(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        for one in frames:
            name, pieces = one["cells"].get(self._named, ("", []))
            if name in self._codes:
                put(one, self._code, self._codes[name], pieces)
            yield one
