"""Laboratory values, clinical scores and function tests: analyte, value, unit, level and reference range.

One sentence at a time: :mod:`lab_mentions` finds the names, :mod:`lab_links` the values, :mod:`lab_flags` the levels;
here names are completed by specimen and unit, and readings become frames of the table ``lab_values``.
"""

import re
from collections.abc import Iterator
from functools import partial

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.codes import Codes
from casemill.components.frames import Frame, drop, frame, frames_of, put, store
from casemill.components.grids import Grid, find_grids
from casemill.components.lab_anaphors import ANAPHORS, CONTEXTUAL
from casemill.components.lab_facts import states_fact
from casemill.components.lab_flags import flag_all, flag_readings
from casemill.components.lab_links import link
from casemill.components.lab_lists import share_units
from casemill.components.lab_mentions import ABBREVIATIONS, ANALYTES, DIAGNOSES, GROUPS, Mentions
from casemill.components.lab_names import MEASURES, Mention
from casemill.components.lab_readings import Bounds, Reading, values_in
from casemill.components.lab_references import read_reference
from casemill.components.lab_specimens import Specimens
from casemill.components.lab_tables import TableReading, Tables
from casemill.components.lab_words import LabWords, lab_words
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.components.terms import find_terms, overlay
from casemill.notation.units import dimension
from casemill.resources import Patterns

__all__ = ["LabValues", "make_lab_values"]

LEVELS = "lab_values/levels"
SPECIMENS = "lab_values/specimens"
_OTHERS = ("antibodies/antibodies", "drug_doses/drugs")
_LEXICONS = (ANALYTES, ABBREVIATIONS, DIAGNOSES, GROUPS, MEASURES, LEVELS, SPECIMENS, ANAPHORS, CONTEXTUAL, *_OTHERS)
# What a day's urine holds is an excretion a day: "6 g of protein in a 24-hour urine".
_URINE, _MASSES, _A_DAY = "urine ", frozenset({"g", "mg", "ug"}), re.compile(r"\b24[- ]?(?:h|hr|hrs|hours?)\b")
_COUNTABLE = re.compile(r"[\d+]")
# Sections without facts.
_CLOSED = frozenset({"references", "furniture", "affiliations"})


@Language.factory("casemill_lab_values", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_lab_values(nlp: Language, name: str, patterns: str | None) -> "LabValues":
    """Laboratory values; ``patterns`` is a folder laid over the packaged pattern files."""
    return LabValues(name, overlay(patterns))


class LabValues:
    """Reads laboratory values and writes them as frames of the table ``lab_values``."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns
        self.words = lab_words(patterns)
        self.mentions = Mentions(patterns, self.words)
        self.specimens = Specimens(self.mentions, self.words)
        self._levels = patterns.rows(LEVELS)
        self._codes = Codes(patterns, ANALYTES, "analyte", "loinc")
        # the large expressions of units and reference ranges are made with the pipeline, not at its first document
        read_reference(" (normal < 5 mg/L)", 0, 18, "", self.words)

    def __call__(self, doc: Doc) -> Doc:
        """Find the laboratory values of ``doc``."""
        find_terms(doc, self.patterns, *_LEXICONS)
        narrative = Narrative.of(doc)
        store(doc, "lab_values", self._codes.put_on(self._frames(doc, narrative)))
        return doc

    def _frames(self, doc: Doc, narrative: Narrative) -> Iterator[Frame]:
        mentions = self.mentions.find(narrative)
        if not mentions:
            return
        named = [piece for one in frames_of(doc, "antibodies") for piece in one["cells"].get("antibody", ("", []))[1]]
        if named:
            # "thyroid antibodies: thyroglobulin 90 IU/mL" has been read as the antibody
            mentions = [m for m in mentions if [m.start, m.end] not in named]
        tabled: list[Grid] = []
        told: set[tuple[str, ...]] = set()
        for grid, readings in self._tables(narrative, mentions):
            tabled.append(grid)
            for one in readings:
                yield self._table_frame(one, narrative)
        if tabled:
            mentions = [m for m in mentions if not any(g.start <= m.start < g.end for g in tabled)]
        for sentence, inside in _by_sentence(narrative, mentions):
            if sentence.extract and sentence.section not in _CLOSED:
                found = list(self._sentence(narrative, sentence, inside))
                for fact, reading in found:
                    if _changes_from(reading) and _measured(fact) in told:
                        # "improved from 65 to 53": where it came from has been told at its own time
                        drop(fact, "told_before")
                    yield fact
                told.update(_measured(fact) for fact, _ in found)

    def _sentence(
        self, narrative: Narrative, sentence: Sentence, inside: list[Mention]
    ) -> Iterator[tuple[Frame, Reading]]:
        """The frames of one sentence, each with its reading."""
        if self.words.reference_opening.match(narrative.folded, sentence.start, sentence.end):
            return
        bounds = Bounds(narrative.plain, narrative.folded, sentence.start, sentence.end)
        told = [(t, self._levels[t.id]) for t in narrative.terms_in(LEVELS, sentence.start, sentence.end)]
        after = self._told_after(narrative, sentence)
        worded = bool(told or after) or any(m.says("qualitative") == "shown" for m in inside)
        if not worded and _COUNTABLE.search(narrative.plain, sentence.start, sentence.end) is None:
            return
        quantities = values_in(inside, bounds, self.words)
        if not (quantities or worded):
            return
        readings = link(inside, quantities, bounds, self.words, foreign=partial(_foreign, narrative, sentence))
        share_units(readings, bounds)
        flag_readings(readings, told, bounds, self.words)
        if after is not None:
            flag_all(readings, after, self._levels[after.id].canonical)
        _told_anew(readings, bounds, self.words)
        facts = [reading for reading in readings if states_fact(reading, readings, bounds, self.words)]
        if not facts:
            return
        told_of = narrative.terms_in(SPECIMENS, sentence.start, sentence.end)
        # "G-CSF" is a growth factor
        specimens = [t for t in told_of if not _of_cells(t, inside) and narrative.plain[t.start - 1 : t.start] != "-"]
        if not specimens and any(narrative.folded.startswith("protein", m.start) for m in inside):
            specimens = self._fluid_before(narrative, sentence)
        for reading in facts:
            yield self._frame(reading, sentence, bounds, specimens), reading

    def _fluid_before(self, narrative: Narrative, sentence: Sentence) -> list[Term]:
        """The cerebrospinal fluid of the sentence before, where this one goes on with its protein."""
        if not sentence.number:
            return []
        before = narrative.sentences[sentence.number - 1]
        told = narrative.terms_in(SPECIMENS, before.start, before.end)
        return told[-1:] if told and told[-1].id == "specimen.csf" else []

    def _told_after(self, narrative: Narrative, sentence: Sentence) -> Term | None:
        """The level that the next sentence tells of the tests that this one names: "These tests were normal." """
        if sentence.number + 1 >= len(narrative.sentences):
            return None
        following = narrative.sentences[sentence.number + 1]
        if self.words.collective.match(narrative.folded, following.start, following.end) is None:
            return None
        if following.start - sentence.end > 2 or narrative.terms_in(ANALYTES, following.start, following.end):
            return None
        levels = narrative.terms_in(LEVELS, following.start, min(following.end, following.start + 90))
        flags = {"normal", "high", "low", "abnormal"}
        return levels[0] if len(levels) == 1 and levels[0].canonical in flags else None

    def _tables(self, narrative: Narrative, mentions: list[Mention]) -> Iterator[tuple[Grid, list[TableReading]]]:
        """The tables of laboratory values, with what was read from them."""
        for grid in find_grids(narrative.text):
            sentence = narrative.sentence_at(grid.start)
            if not sentence.extract or sentence.section in _CLOSED:
                continue
            inside = [m for m in mentions if grid.start <= m.start < grid.end]
            if inside and (readings := Tables(narrative, inside, self._levels, self.words).read(grid)):
                yield grid, readings

    def _table_frame(self, one: TableReading, narrative: Narrative) -> Frame:
        reading = one.reading
        mention = reading.mention
        sentence = narrative.sentence_at(reading.start)
        bounds = Bounds(narrative.plain, narrative.folded, mention.start - 40, mention.tail)
        places = narrative.terms_in(SPECIMENS, max(0, mention.start - 40), mention.tail)
        places = [term for term in places if "\n" not in narrative.text[term.start : mention.start]]
        found = self._frame(reading, sentence, bounds, places)
        if (
            one.heading is not None
            and (part := narrative.terms_in(SPECIMENS, *one.heading))
            and part[0].canonical != "blood"
        ):
            name = self.specimens.prefixed(part[0].canonical, found["cells"]["analyte"][0], reading)
            put(found, "analyte", name, [[mention.start, mention.end], [part[0].start, part[0].end]])
        if one.date is not None:
            put(found, "date", one.date.iso, [[one.date.start, one.date.end]])
        return found

    def _frame(self, reading: Reading, sentence: Sentence, bounds: Bounds, specimens: list[Term]) -> Frame:
        mention, quantity = reading.mention, reading.quantity
        name, pieces = self.specimens.name(reading, bounds, specimens)
        cells: dict[str, tuple[str, list[list[int]]]] = {"analyte": (name, [[mention.start, mention.end], *pieces])}
        quality: list[str] = []
        end = mention.end
        if quantity is not None:
            unit, unit_at = _unit(reading)
            unit_pieces = [list(unit_at)] if unit_at else [[mention.start, mention.end]]
            if (
                name.startswith(_URINE)
                and unit in _MASSES
                and (day := _A_DAY.search(bounds.folded, bounds.start, bounds.end))
            ):
                unit, unit_pieces = f"{unit}/d", sorted([*unit_pieces, list(day.span())])
            cells["value"] = (_whole(quantity.value, unit), [list(quantity.number_at)])
            if quantity.comparator_at and not _peak(bounds.folded, quantity.comparator_at):
                cells["comparator"] = (quantity.comparator, [list(quantity.comparator_at)])
            if quantity.high_at:
                cells["value_high"] = (quantity.value_high, [list(quantity.high_at)])
            cells["unit"] = (unit, unit_pieces)
            quality = _doubts(reading, unit)
            end = max(end, quantity.end)
        if reading.flag and reading.flag_at:
            cells["flag"] = (reading.flag, [list(reading.flag_at)])
        if reference := reading.reference:
            cells["ref_low"] = (reference.low, [list(reference.low_at)] if reference.low_at else [])
            cells["ref_high"] = (reference.high, [list(reference.high_at)] if reference.high_at else [])
        start = min(mention.start, quantity.start) if quantity is not None else mention.start
        if reading.rule == "table":
            start, end = reading.start, reading.end
        elif reading.rule == "further" and quantity is not None:
            # the characters of this value: a date told with it stands beside it
            start = quantity.start
        elif reading.rule == "return" and reading.flag_at is not None:
            start, end = min(reading.flag_at[0], mention.start), max(reading.flag_at[1], end)
        rule = f"lab_values.{reading.rule or 'level'}.{mention.rule}"
        return frame(start, end, rule, cells, sentence, quality=quality)


def _foreign(narrative: Narrative, sentence: Sentence) -> list[tuple[int, int]]:
    """Where a sentence names drugs and antibodies."""
    return [(t.start, t.end) for name in _OTHERS for t in narrative.terms_in(name, sentence.start, sentence.end)]


def _by_sentence(narrative: Narrative, mentions: list[Mention]) -> Iterator[tuple[Sentence, list[Mention]]]:
    inside: list[Mention] = []
    current: Sentence | None = None
    for mention in mentions:
        sentence = narrative.sentence_at(mention.start)
        if sentence is not current and current is not None:
            yield current, inside
            inside = []
        current = sentence
        inside.append(mention)
    if current is not None:
        yield current, inside


def _told_anew(readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
    """Mark levels without a value that a value of the same analyte follows at another time, told in the same sentence.

    "Glucose was normal, but after the infusion glucose rose to 50 mmol/L" are two facts.
    """
    for first in readings:
        if first.flag and first.quantity is None and not first.rule:
            later = [r for r in readings if r.mention.name == first.mention.name and r.start > first.mention.tail]
            if later and later[0].quantity is not None and not later[0].flag:
                gap = bounds.folded[first.mention.tail : later[0].start]
                first.rule = "return" if words.any(gap, "parting") else first.rule


def _changes_from(reading: Reading) -> bool:
    """Whether the value is the first of a change: the 65 of "from 65 to 53"."""
    return reading.quantity is not None and reading.quantity.changing and reading.rule != "further"


def _measured(one: Frame) -> tuple[str, ...]:
    return tuple(str(one["cells"][c][0]) if c in one["cells"] else "" for c in ("analyte", "value", "unit"))


def _of_cells(term: Term, mentions: list[Mention]) -> bool:
    """Whether the specimen's word is a part of the name of cells: ``red blood cells``, ``plasma cells``."""
    cells = {"10*9/L", "/uL", "10*12/L"}
    return any(m.start <= term.start and term.end <= m.end and cells & set(m.units) for m in mentions)


def _unit(reading: Reading) -> tuple[str, tuple[int, int] | None]:
    """The unit as the row prints it: pH and scores have theirs without a printed one."""
    mention, quantity = reading.mention, reading.quantity
    if reading.unit in ("", "[pH]") and "[pH]" in mention.units and mention.name == "pH":
        return "[pH]", reading.unit_at
    if not reading.unit and "{score}" in mention.units and quantity is not None and not quantity.unknown_unit:
        return "{score}", reading.unit_at
    return reading.unit, reading.unit_at


def _whole(value: str, unit: str) -> str:
    """``value``, thousands by full stop read as such where a fraction makes no sense: ``130.000/mm3`` cells."""
    return value.replace(".", "") if unit == "/uL" and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", value) else value


def _peak(folded: str, at: tuple[int, int]) -> bool:
    """Whether the comparator only says how far a value went: ``a rise of up to 200 mg/L`` reached 200."""
    return folded[at[0] : at[1]] == "up to"


def _doubts(reading: Reading, unit: str) -> list[str]:
    quantity, found = reading.quantity, list(reading.quality)
    if quantity is None:
        return found
    if quantity.unknown_unit and not unit:
        found.append("unit_unknown:unit")
    elif not unit and "1" not in reading.mention.units:
        found.append("unit_missing:value")
    if quantity.repaired:
        found.append("print_damage:value")
    if unit and reading.mention.units and unit not in reading.mention.units and dimension(unit) == "multiplier":
        found.append("malformed:unit")
    return found
