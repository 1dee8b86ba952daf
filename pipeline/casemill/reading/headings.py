"""What a heading, a label of an abstract or a section's type says about the text under it.

The words are those of ``patterns/sections/headings.tsv``. Numbering before and punctuation behind a heading don't count,
``Case 3`` is looked up as ``case #``, and of ``Case 2: the brother`` and ``Methods/Principal findings`` the first words may
decide.
"""

import re
from functools import cache
from typing import NamedTuple

from casemill.resources import load_patterns

__all__ = ["Heading", "read_heading"]

_NUMBERING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}|[ivx]{1,4})(?:[.)]\s*|\s+)(?=\w)")
_ORDINAL = re.compile(r"\b(?:\d{1,2}|[a-h]|[ivx]{1,4})$")
_LEAD = re.compile(r"^([^:./–—]{3,60})(?:[:.–—]\s| - | ?/ ?)")
_TO_PLAIN = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "‐": "-", "‑": "-"})


class Heading(NamedTuple):
    """The ``kind`` of section (of :data:`casemill.reports.SECTION_KINDS`) and whether facts may be read there.

    ``part``: the words name a part of any account (``Treatment``) and open nothing new where they stand inside another.
    """

    kind: str
    extract: bool
    part: bool = False


def read_heading(words: str) -> Heading | None:
    """What the heading ``words`` opens; None for words that no row of the table holds."""
    plain = " ".join(words.translate(_TO_PLAIN).lower().replace(" & ", " and ").split()).strip(" .:;*")
    if not plain or len(plain) > 200:
        return None
    bare = _NUMBERING.sub("", plain)
    known = _known()
    found = known.get(plain) or known.get(bare) or known.get(_ORDINAL.sub("#", bare))
    if found is None and (lead := _LEAD.match(bare)):
        found = known.get(lead[1].strip()) or known.get(_ORDINAL.sub("#", lead[1].strip()))
    return found


@cache
def _known() -> dict[str, Heading]:
    return {
        words: Heading(entry.canonical, entry["extract"] != "no", entry["part"] == "yes")
        for entry in load_patterns().rows("sections/headings").values()
        for words in entry["headings"].split("|")
    }
