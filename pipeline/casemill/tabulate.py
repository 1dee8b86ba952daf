"""A document to rows: one row a fact.

Frames that state the same fact (told again in a discussion, or less fully) become one row, which keeps the first
frame's place and takes blank cells from the later ones. The specification calls for it in section 1.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter

from spacy.tokens import Doc

from casemill.components.clock import timed
from casemill.components.drug_changes import settle_changes
from casemill.components.frames import Frame
from casemill.components.layers import layer
from casemill.components.narrative import Narrative
from casemill.components.stances import BACKGROUND
from casemill.schema import TABLES, Table
from casemill.tables import columns_of

__all__ = ["DROPPED", "rows"]

#: The name of the table of candidates that made no row.
DROPPED = "dropped"

# Key columns that a shorter retelling may leave blank: "prednisone" after "prednisone 30 mg" is no new fact.
_ELIDED = {
    "antibodies": ("result",),
    "mutations": ("variant",),
    "drug_doses": ("dose", "unit"),
    "lab_values": ("value", "unit"),
}

# Columns that make a shorter telling a fact of its own where the fuller one leaves them blank: "intrathecal methotrexate"
# is no retelling of "methotrexate 15 mg" (specification, section 9: one row, unless route or action differ).
_TELLING = {"drug_doses": ("route", "duration")}

# A column that tells facts of equal keys apart when they are told in different sentences: "the rash improved" and, a
# page later, "her erythema improved" are two observations of the skin.
_APART = {"outcomes": "target"}

# Results that a value told without one completes: "anti-TPO was positive" and then "anti-TPO 612 IU/mL", but no "negative".
_COMPLETED = {"antibodies": ("positive", "borderline")}

# The column that tells the level where a value is left out.
_LEVEL = {"lab_values": "flag"}

# The column whose opposite, told in between, makes a return of the first a fact of its own: positive, then negative, then
# positive again. A discussion tells the course anew and adds none.
_RETURNING = {"antibodies": "result", "mutations": "result"}
# The other columns of the key: what was tested in whom.
_TESTED = {
    name: tuple(column for column in TABLES[name].key if column != result) for name, result in _RETURNING.items()
}
_RETOLD_IN = ("title", "abstract", "discussion", "conclusion")

# Rules that read a new state of what was measured before: "CK normalized" is no retelling of "CK 900 U/L".
_ANEW = ("lab_values.return.",)

# Made once: ``json.dumps`` makes an encoder for each call that asks for more than its defaults.
_as_json = json.JSONEncoder(ensure_ascii=False).encode

_place = itemgetter("start", "end")

Row = dict[str, str]
# Frames in text order by what was tested in whom.
_Turns = dict[tuple[str, ...], list[Frame]]


def rows(doc: Doc, *, include_background: bool = False, clock: bool = False) -> dict[str, list[Row]]:
    """Rows by table name, in text order, plus ``dropped``: each row a dictionary of the table's columns, blank for missing.

    With ``include_background`` statements about the world are rows too, of the subject ``background``, and not in ``dropped``.
    With ``clock`` the rows of facts have the column ``clock`` too; which rows there are stays the same.
    """
    data = layer(doc)
    report_id = str(data.get("report_id", ""))
    narrative = Narrative.of(doc)
    settle_changes(narrative, data.get("frames", {}).get("drug_doses", []))
    found: dict[str, list[Row]] = {name: [] for name in TABLES}
    dropped: list[Row] = []
    told = {name: frames for name, frames in data.get("frames", {}).items() if frames}
    if include_background:
        told = {name: [_shown(one) for one in frames] for name, frames in told.items()}
    if clock:
        told = timed(narrative, told)
    for name, frames in told.items():
        table, columns = TABLES[name], columns_of(name, clock=clock)
        dropped += [_dropped(report_id, name, one, narrative) for one in frames if one["reason"]]
        kept = [one for one in frames if not one["reason"]]
        found[name] = [_row(report_id, columns, one, narrative) for one in _merged(table, kept, narrative)]
    found[DROPPED] = sorted(dropped, key=lambda row: (int(row["start"]), int(row["end"]), row["table"]))
    return found


def _shown(one: Frame) -> Frame:
    """``one``, or if it was set aside as background the same as a frame of that subject."""
    if one["reason"] != BACKGROUND:
        return one
    cells = {column: cell for column, cell in one["cells"].items() if column not in ("n", "of")}
    return {**one, "reason": "", "cells": {**cells, "subject": [BACKGROUND, []]}}


def _value(one: Frame, column: str) -> str:
    cell = one["cells"].get(column)
    return str(cell[0]) if cell else ""


def _values(one: Frame, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns' names and values of ``one``; a fact that names no subject is of the patient."""
    return (*columns, *(_subject(one) if column == "subject" else _value(one, column) for column in columns))


def _subject(one: Frame) -> str:
    return _value(one, "subject") or "patient"


def _merged(table: Table, frames: list[Frame], narrative: Narrative) -> Iterator[Frame]:
    """``frames`` in text order, each taken into an earlier or later one that states the same fact."""
    ordered = sorted(frames, key=_place)
    if len(ordered) == 1:
        yield _copied(ordered[0])
        return
    turns = _turning(table, ordered, narrative)
    elided = _ELIDED.get(table.name, ())
    telling = _TELLING.get(table.name, ())
    shorter = tuple(column for column in table.key if column not in elided)
    kept = _Kept(table.key, shorter)
    for one in ordered:
        if not _is_elided(one, elided):
            for known in kept.like(one, table.key):
                if _same_fact(table, known, one) and not _returns(table, turns, known, one):
                    _take(known, one)
                    break
            else:
                kept.add(one)
    for one in ordered:
        if _is_elided(one, elided):
            alike = [
                k
                for k in kept.like(one, shorter)
                if _same_fact(table, k, one) and not _tells_more(k, one, telling) and not _returns(table, turns, k, one)
            ]
            if table.name in _COMPLETED and _value(one, "value"):
                alike = [k for k in alike if _value(k, "result") in _COMPLETED[table.name]]
                if alike:
                    _take(alike[0], one)
            if not any(not _is_news(table, k, one) for k in alike):
                kept.add(one)
    yield from sorted(kept.frames, key=_place)


class _Kept:
    """Frames that stay, found again by the columns of each of ``keys``."""

    def __init__(self, *keys: tuple[str, ...]) -> None:
        self.frames: list[Frame] = []
        self._keys = set(keys)
        self._by_values: dict[tuple[str, ...], list[Frame]] = defaultdict(list)

    def add(self, one: Frame) -> None:
        """Keep a frame like ``one``."""
        copied = _copied(one)
        self.frames.append(copied)
        for key in self._keys:
            self._by_values[_values(copied, key)].append(copied)

    def like(self, one: Frame, key: tuple[str, ...]) -> list[Frame]:
        """The frames of the same ``key`` as ``one``, in the order in which they were added."""
        return self._by_values[_values(one, key)]


def _copied(one: Frame) -> Frame:
    """A frame that can take cells, and leaves the document's own as it is."""
    return {**one, "cells": dict(one["cells"])}


def _turning(table: Table, ordered: list[Frame], narrative: Narrative) -> _Turns:
    """The frames of ``ordered`` that may part two tellings of their opposite: results told in the course itself."""
    turns: _Turns = {}
    if table.name in _RETURNING and len(ordered) > 2:
        for one in ordered:
            if narrative.sentence_at(one["start"]).section not in _RETOLD_IN:
                turns.setdefault(_values(one, _TESTED[table.name]), []).append(one)
    return turns


def _returns(table: Table, turns: _Turns, known: Frame, one: Frame) -> bool:
    """Whether ``one`` comes back to the result of ``known`` after its opposite, told in between at another place."""
    if not turns or known["sentence"] == one["sentence"]:
        return False
    if (date := _value(one, "date")) and date == _value(known, "date"):
        return False
    same = turns.get(_values(one, _TESTED[table.name]), [])
    if one not in same:
        return False
    column = _RETURNING[table.name]
    before = [t for t in same if known["start"] < t["start"] < one["start"] and _value(t, column)]
    return bool(before) and _value(before[-1], column) != _value(one, column)


def _is_elided(one: Frame, columns: tuple[str, ...]) -> bool:
    return bool(columns) and not one["rule"].startswith(_ANEW) and not any(_value(one, column) for column in columns)


def _tells_more(known: Frame, one: Frame, columns: tuple[str, ...]) -> bool:
    """Whether ``one`` fills one of ``columns`` that ``known`` leaves blank."""
    return any(_value(one, column) and not _value(known, column) for column in columns)


def _is_news(table: Table, known: Frame, one: Frame) -> bool:
    """Whether a shorter telling in another sentence gives another level: "CK was normal" after "CK 8,450 U/L"."""
    column = _LEVEL.get(table.name)
    if column is None or known["sentence"] == one["sentence"]:
        return False
    return _value(known, column) != _value(one, column)


def _same_fact(table: Table, known: Frame, one: Frame) -> bool:
    """Whether ``one``, of the same key as ``known``, tells nothing that contradicts it: no attribute filled differently."""
    if (known["start"], known["end"]) == (one["start"], one["end"]):
        # two facts read from the same words ("in serum and CSF") are told apart by whatever differs
        return all(_value(known, column) == _value(one, column) for column in (*table.key, *table.scored))
    apart = _APART.get(table.name)
    if apart and known["sentence"] != one["sentence"] and _value(known, apart).lower() != _value(one, apart).lower():
        return False
    columns = (*table.scored, *(("hgvs_c",) if table.name == "mutations" else ()))
    return not any(_differs(known, one, column) for column in columns)


def _differs(known: Frame, one: Frame, column: str) -> bool:
    """Whether both tell the column, and not the same: a cell told blank (an antibody in *serum*) is told too."""
    new, old = one["cells"].get(column), known["cells"].get(column)
    return bool(new and old) and str(new[0]) != str(old[0])


def _take(known: Frame, one: Frame) -> None:
    for column, cell in one["cells"].items():
        known["cells"].setdefault(column, cell)


def _row(report_id: str, columns: tuple[str, ...], one: Frame, narrative: Narrative) -> Row:
    text = narrative.text
    start, end = one["sentence"]
    row = dict.fromkeys(columns, "")
    cells: dict[str, list[list[object]]] = {}
    for column, (value, pieces) in sorted(one["cells"].items()):
        if column in row:
            row[column] = str(value)
            if value and pieces:
                cells[column] = [[s, e, text[s:e]] for s, e in pieces]
    row["report_id"] = report_id
    row["subject"] = _subject(one)
    row["start"], row["end"] = str(one["start"]), str(one["end"])
    row["evidence"] = " ".join(text[start:end].split())
    row["section"] = narrative.sentence_at(one["start"]).section
    row["rule_id"] = one["rule"]
    row["quality"] = ";".join(dict.fromkeys(one["quality"]))
    row["cells"] = _as_json(cells)
    return row


def _dropped(report_id: str, name: str, one: Frame, narrative: Narrative) -> Row:
    return {
        "report_id": report_id,
        "table": name,
        "start": str(one["start"]),
        "end": str(one["end"]),
        "text": narrative.text[one["start"] : one["end"]],
        "reason": str(one["reason"]),
    }
