"""BioC documents out of JSON: a collection, a list of collections, single documents, or one of these on each line."""

import json
import re
from collections.abc import Iterator

from casemill.errors import ReadingError
from casemill.reading.detect import decoded

__all__ = ["json_documents"]

_DOCUMENTS = re.compile(r'(?<!\\)"(?:documents|PubTator3)"\s*:\s*\[')
# After so many places that can't be read, nothing more is looked for.
_MAX_FAULTS = 10
_BLANK = re.compile(r"[\s,]*")


def json_documents(data: bytes) -> Iterator[object]:
    """The documents, as JSON gives them.

    :raises ReadingError: no JSON, or no document in it; if it's broken somewhere, after the documents before the break.
    """
    text = decoded(data).lstrip("\ufeff \t\r\n")
    try:
        values = list(_values(text))
    except (ValueError, RecursionError) as error:
        yield from _before_the_break(text)
        raise ReadingError(f"broken JSON: {_reason(error)}", place=_place(error)) from error
    documents = [document for value in values for document in _documents(value)]
    if not documents:
        raise ReadingError("no BioC document (an object with passages) in it")
    yield from documents


def _values(text: str) -> Iterator[object]:
    """The JSON values that stand one behind another: one in most files, one a line in PubTator's exports."""
    decoder = json.JSONDecoder()
    position = 0
    while position < len(text):
        value, position = decoder.raw_decode(text, position)
        yield value
        blank = _BLANK.match(text, position)
        position = blank.end() if blank else position


def _documents(value: object) -> Iterator[object]:
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        inside = item.get("documents", item.get("PubTator3"))
        if isinstance(inside, list):
            yield from inside
        elif "passages" in item:
            yield item


def _before_the_break(text: str) -> Iterator[object]:
    """Documents that are whole in a text that isn't: items of its lists of documents, or values one a line."""
    decoder = json.JSONDecoder()
    starts = (found.end() for found in _DOCUMENTS.finditer(text)) if _DOCUMENTS.search(text) else iter((0,))
    position, faults = 0, 0
    for start in starts:
        if start < position:
            continue
        position = start
        while faults < _MAX_FAULTS:
            blank = _BLANK.match(text, position)
            position = blank.end() if blank else position
            if text[position : position + 1] in {"", "]"}:
                break
            try:
                document, position = decoder.raw_decode(text, position)
            except (ValueError, RecursionError):
                faults += 1
                break
            yield from _documents(document)


def _reason(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "nested too deep, or a number too long"


def _place(error: Exception) -> str:
    return f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
