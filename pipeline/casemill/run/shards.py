"""Shards: the stream of reports cut into pieces that are extracted, retried and kept one by one."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from casemill.reading.sources import Reject
from casemill.reports import Report, Section

__all__ = ["Record", "Shard", "packed", "shards_of", "unpacked"]

# A second's work or less, so that little is lost with a worker. Both decide the bytes of texts.jsonl.gz: they are the same
# for all engines, and no options.
_REPORTS = 500
_CHARACTERS = 400_000

#: What reading gives: a report, or what made none.
Record = Report | Reject


@dataclass(frozen=True)
class Shard:
    """Records that follow each other in the input; ``number`` counts from 0."""

    number: int
    records: Sequence[Record]

    @cached_property
    def lines(self) -> bytes:
        """The records as a shard file holds them."""
        return packed(self.records)

    def name(self, run: str) -> str:
        """The shard's name in the run whose identity is ``run``: another for other records or another pipeline."""
        return f"{self.number:07d}-{hashlib.sha256(run.encode() + self.lines).hexdigest()[:24]}"


def shards_of(records: Iterable[Record]) -> Iterator[Shard]:
    """``records`` in shards, in order; one without records if there are none. Where a shard ends, only records decide."""
    number, held, characters = 0, list[Record](), 0
    for record in records:
        held.append(record)
        characters += len(record.text) if isinstance(record, Report) else 0
        if len(held) >= _REPORTS or characters >= _CHARACTERS:
            yield Shard(number, held)
            number, held, characters = number + 1, [], 0
    if held or not number:
        yield Shard(number, held)


def packed(records: Iterable[Record]) -> bytes:
    """``records``, one line of JSON each; a report's line is also its line in ``texts.jsonl.gz``."""
    return b"".join((json.dumps(_plain(record), ensure_ascii=False) + "\n").encode() for record in records)


def unpacked(lines: bytes) -> list[tuple[Record, bytes]]:
    """The records that :func:`packed` made ``lines`` of, each with its line."""
    return [(_record(line), line) for line in lines.splitlines(keepends=True)]


def _plain(record: Record) -> dict[str, object]:
    if isinstance(record, Reject):
        return {"reject": [record.source, record.place, record.reason]}
    return {
        "report_id": record.report_id,
        "title": record.title,
        "text": record.text,
        "sections": [[s.kind, s.title, s.start, s.end, s.extract] for s in record.sections],
        "metadata": dict(record.metadata),
    }


def _record(line: bytes) -> Record:
    plain = json.loads(line)
    if "reject" in plain:
        return Reject(*plain["reject"])
    return Report(
        plain["report_id"],
        plain["title"],
        plain["text"],
        tuple(Section(*section) for section in plain["sections"]),
        plain["metadata"],
    )
