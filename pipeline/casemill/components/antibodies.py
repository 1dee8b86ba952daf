"""The component that reads antibody tests: which antibody, its result, value, unit, specimen and assay."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.antibody_classes import add_classes
from casemill.components.antibody_courses import falls, read_courses, read_respective
from casemill.components.antibody_cues import CUES, Statement
from casemill.components.antibody_measures import Measure, read_measure
from casemill.components.antibody_mentions import Mention
from casemill.components.antibody_names import LEXICON, names_of
from casemill.components.antibody_reader import Reader
from casemill.components.antibody_results import Linker
from casemill.components.antibody_samples import ASSAYS, SPECIMENS, Group, Sample, find_assay, find_specimens, set_apart
from casemill.components.antibody_sequels import Sequel, find_anaphors, find_sequel
from casemill.components.antibody_tables import Tables
from casemill.components.antibody_triggers import is_triggered
from casemill.components.antibody_words import words_of
from casemill.components.frames import Frame, frame, put, store
from casemill.components.grids import find_grids
from casemill.components.narrative import Narrative, Sentence
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns

__all__ = ["Antibodies", "make_antibodies"]

#: The table this component fills.
TABLE = "antibodies"

_NEXT_WORD = re.compile(r"[\s-]{0,2}([^\W\d_]+)(?:\s[gma]\b)?")
_DRUG_NAME = re.compile(r"\b[a-z]{4,}(?:mab|cept)\b")
# "Fell to 16 U, and antibodies were undetectable later"
_LATER_CLAUSE = re.compile(
    r",\s(?:and|but)\s[^,;]*\b(?:antibod\w+|titres?|titers?|levels?|it|they)\s(?:was|were|became|turned)\b"
)
# From this rank on a mention is tied by a mere verb of having or finding.
_LOOSE = 6
# How near the members of a bare list stand.
_LISTED = 8
# How many members of a bare list share what stands behind the last.
_MEMBERS = 40
# Up to this rank a result stands right beside it.
_CLOSE = 2
# Units of values that are told only of antibodies that are there: titres, Bethesda units, grades, fluorescence.
_QUALIFYING = frozenset(("titre", "{BU}/mL", "{BU}", "{+}", "{MFI}"))


class Scene(NamedTuple):
    """A sentence and its mentions, by their ``starts`` too.

    ``told`` are the starts of those of which something is said or measured; ``shared`` the values told respectively.
    """

    narrative: Narrative
    sentence: Sentence
    mentions: list[Mention]
    starts: list[int]
    told: frozenset[int]
    shared: dict[int, Measure]

    def first_from(self, offset: int) -> int:
        """Where the first mention at or behind ``offset`` begins, or the sentence ends."""
        index = bisect_left(self.starts, offset)
        return self.starts[index] if index < len(self.starts) else self.sentence.end


@Language.factory("casemill_antibodies", default_config={"patterns": None}, assigns=["doc.spans", "doc.user_data"])
def make_antibodies(nlp: Language, name: str, patterns: str | None) -> "Antibodies":
    """A reader of antibody tests; ``patterns`` is a folder laid over the packaged pattern files."""
    return Antibodies(name, overlay(patterns))


class Antibodies:
    """Writes a frame for each result of each antibody that a document names."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns
        self.names = names_of(patterns)
        self.words = words_of(patterns)

    def __call__(self, doc: Doc) -> Doc:
        """Find the antibody tests of ``doc``."""
        find_terms(doc, self.patterns, LEXICON, ASSAYS, SPECIMENS)
        narrative = Narrative.of(doc)
        if is_triggered(narrative, self.words, self.names):
            mentions = Reader(narrative, self.names, self.words).read()
            if mentions:
                find_terms(doc, self.patterns, CUES)
            store(doc, TABLE, self._frames(narrative, mentions))
        return doc

    def _frames(self, narrative: Narrative, mentions: list[Mention]) -> Iterator[Frame]:
        if not mentions:
            return
        tables = Tables(narrative, mentions, self.names, self.words, self.patterns)
        grids = []
        for grid in find_grids(narrative.text):
            found = tables.read(grid) if narrative.sentence_at(grid.start).extract else []
            if found:
                grids.append(grid)
                yield from found
        mentions = [m for m in mentions if not any(grid.start <= m.start < grid.end for grid in grids)]
        mentions = sorted([*mentions, *find_anaphors(narrative, mentions)], key=lambda m: m.start)
        yield from set_apart(list(self._prose(narrative, mentions)))

    def _prose(self, narrative: Narrative, mentions: list[Mention]) -> Iterator[Frame]:
        by_sentence: dict[int, list[Mention]] = {}
        for mention in mentions:
            by_sentence.setdefault(narrative.sentence_at(mention.start).number, []).append(mention)
        for index, named in by_sentence.items():
            sentence = narrative.sentences[index]
            if sentence.extract:
                sequel = None if index + 1 in by_sentence else find_sequel(narrative, index + 1, self.patterns)
                yield from self._read_sentence(narrative, sentence, named, sequel)

    def _read_sentence(
        self, narrative: Narrative, sentence: Sentence, named: list[Mention], sequel: Sequel | None
    ) -> Iterator[Frame]:
        mentions = add_classes(named, narrative.plain, narrative.folded, self.names, self.words, sentence.end)
        self._set_aside(narrative, sentence, mentions)
        linked = Linker(
            narrative,
            sentence,
            [m for m in mentions if not m.reason or m.reason == "specified"],
            self.words,
            self.patterns,
        ).link()
        _inherit(mentions, linked)
        told = {one.mention.start for one in linked} | {m.start for m in mentions if m.rule == "antibody.assayed"}
        mentions.sort(key=lambda m: m.start)
        starts = [m.start for m in mentions]
        scene = Scene(
            narrative, sentence, mentions, starts, frozenset(told), self._shared(narrative, mentions, sentence.end)
        )
        said_of: dict[int, list[Statement]] = {}
        for one in linked:
            said_of.setdefault(id(one.mention), []).append(one)
        sure = any(not m.needs and not m.reason for m in mentions)
        untold = [m for m in mentions if not m.reason and m.start not in scene.told]
        for mention in mentions:
            if mention.reason == "specified":
                continue
            said = said_of.get(id(mention), [])
            if mention.needs == "result" and not sure and said and said[0].rank > _CLOSE:
                mention.reason = "abbreviation"
            if mention.needs == "head" and said and said[0].rank >= _LOOSE and not self._has_head(narrative, mention):
                said = []
            if not said and sequel is not None and not linked and sequel.fits(len(untold)):
                said = [sequel.of(mention)]
            if not said:
                said = [Statement(mention, "", 9, mention.rule)]
            for order, one in enumerate(said):
                until = said[order + 1].pieces[0][0] if order + 1 < len(said) else sentence.end
                yield from self._frames_of(scene, one, until=until, later=order > 0)

    # -- what is no test ---------------------------------------------------------------------------------------------

    def _set_aside(self, narrative: Narrative, sentence: Sentence, mentions: list[Mention]) -> None:
        """Give a reason to mentions that name a disease, a drug or a stain, or mean something else here."""
        folded = narrative.folded
        said = folded[sentence.start : sentence.end]
        stained = any(map(said.__contains__, self.words.phrases("stain")))
        sure = any(not m.needs and not m.reason for m in mentions)
        for mention in mentions:
            if mention.reason:
                continue
            word = _NEXT_WORD.match(folded, mention.tail)
            following = word[1] if word else ""
            around = (
                folded[max(sentence.start, mention.start - 45) : mention.start]
                + "|"
                + folded[mention.tail : min(sentence.end, mention.tail + 30)]
            )
            if following in self.words["disease"] or following in self.words["linked"]:
                mention.reason = "disease_name"
            elif (
                following in self.words["therapy"]
                and not re.match(r"[\s-]{0,2}immunoglobulins? [gma]\b", folded[mention.tail :])
            ) or (
                _DRUG_NAME.search(around)
                and not mention.name.endswith(("mab", "cept"))
                and " the patient" not in around
            ):
                mention.reason = "therapy"
            elif stained:
                mention.reason = "stain"
            elif (
                mention.needs == "result"
                and not sure
                and not any(map(said.__contains__, self.words.phrases("serology")))
            ):
                mention.reason = "abbreviation"

    def _has_head(self, narrative: Narrative, mention: Mention) -> bool:
        """Whether an antibody word or a class belongs to the mention or to the list it stands in."""
        behind = narrative.folded[mention.start : mention.tail + 30]
        return "antibod" in behind or mention.name[-3:-1] == "Ig" or self.words.some(behind.split()[1:3], "head")

    # -- frames ------------------------------------------------------------------------------------------------------

    def _frames_of(self, scene: "Scene", one: Statement, *, until: int, later: bool) -> Iterator[Frame]:
        """The frames of one statement, which ends before ``until``: one for each specimen and each value of a course."""
        narrative, sentence = scene.narrative, scene.sentence
        mention = one.mention
        stop = scene.first_from(mention.tail)
        end = max(one.cue_end, one.list_end, mention.tail)
        measure = self._measure(scene, one, stop, later=later)
        later_values = read_courses(narrative, measure, stop, self.words, self.patterns) if measure else []
        limit = min(stop if stop > end else sentence.end, until)
        spots = [(end, limit), (mention.tail, min(end, stop)), (one.list_end, one.cue_end)]
        if later:
            # what follows the first result stands before this one
            spots = [(one.cue_end, sentence.end)]
        samples = find_specimens(narrative, sentence, spots[0][0] if later else mention.start, spots, self.patterns)
        if not one.result:
            end = max(end, _list_end(mention, scene))
        following = scene.first_from(end)
        group = Group(end, following, min(stop, following), scene.told)
        assay = find_assay(narrative, sentence, mention, group, self.patterns)
        own = self._measures_of(narrative, samples, following) if len(samples) > 1 else {}
        values = [measure, *later_values]
        if measure and one.pieces and measure.end <= one.pieces[0][0] and self._is_turned(narrative, one, measure.end):
            # what was measured before it turned, and then what it turned to
            for value in values:
                cells = {"specimen": (samples[0].prints, samples[0].pieces), "assay": assay}
                yield self._frame(sentence, replace(one, result="", pieces=[]), value, cells)
            values = [read_measure(narrative, one.cue_end, stop, self.words, self.patterns)]
        for index, value in enumerate(values):
            if index and value and (last := values[index - 1]) and falls(narrative, last, value):
                one = replace(one, result="", pieces=[])
            for sample in samples:
                cells = {"specimen": (sample.prints, sample.pieces), "assay": assay}
                yield self._frame(sentence, one, own.get(sample.end, value), cells)

    def _is_turned(self, narrative: Narrative, one: Statement, start: int) -> bool:
        """Whether a result is told of a later time than the value that ends at ``start``."""
        return (
            one.rule.endswith(".turned") or _LATER_CLAUSE.search(narrative.folded, start, one.pieces[0][0]) is not None
        )

    def _measures_of(self, narrative: Narrative, samples: list[Sample], stop: int) -> dict[int, Measure | None]:
        """The value told behind each specimen, "in serum (1:3200) and in CSF (1:128)"; none where only one value is told."""
        ends = [sample.end for sample in samples]
        if min(ends) < 0:
            return {}
        limits = [*(sample.pieces[0][0] for sample in samples[1:]), stop]
        found = {
            end: read_measure(narrative, end, limit, self.words, self.patterns)
            for end, limit in zip(ends, limits, strict=True)
        }
        return found if found[ends[0]] is not None else {}

    def _frame(
        self, sentence: Sentence, one: Statement, measure: Measure | None, cells: dict[str, tuple[str, list[list[int]]]]
    ) -> Frame:
        mention, key = one.mention, [[one.mention.start, one.mention.end]]
        result, pieces = one.result, one.pieces
        if measure and measure.result and (not result or one.rank >= _LOOSE):
            result, pieces = measure.result, measure.result_pieces or measure.pieces
        elif (
            measure
            and one.rank >= _LOOSE
            and measure.unit not in _QUALIFYING
            and one.rule != "result.found.sure"
            and not (mention.anti and measure.boxed)
        ):
            # "showed RF 12 U/mL": found is the value, not the antibody
            result, pieces = "", []
        if measure and result == "positive" and measure.value.startswith("<") and not measure.result:
            # "positive for X IgG 1:256, IgM <1:20": below what the test can tell
            result, pieces = "", []
        cells = {
            "antibody": (mention.name, key),
            "result": (result, pieces),
            **cells,
            "antigen": (self._antigen(mention.name), key),
        }
        if measure:
            cells |= {"value": (measure.value, measure.pieces), "unit": (measure.unit, measure.unit_pieces)}
        reason = mention.reason or one.reason or ("" if result or measure else "no_result")
        quality = measure.quality if measure else []
        found = frame(mention.start, mention.end, one.rule, cells, sentence, quality=quality, reason=reason)
        if cells.get("specimen", ("", []))[1]:
            # blood that is told prints blank, and stays apart from what is told of another specimen
            put(found, "specimen", *cells["specimen"])
        return found

    def _shared(self, narrative: Narrative, mentions: list[Mention], end: int) -> dict[int, Measure]:
        """The values told behind a list, one for each of its last tests, by where those begin."""
        listed = [m.start for m in mentions if not m.reason]
        if len(listed) < 2:
            return {}
        last = max(m.tail for m in mentions if m.start == listed[-1])
        values = read_respective(narrative, last, end, len(listed), self.patterns)
        return dict(zip(listed[-len(values) :], values, strict=True)) if values else {}

    def _measure(self, scene: "Scene", one: Statement, stop: int, *, later: bool) -> Measure | None:
        """The value of a mention: behind it, behind its own predicate, or its own of a list told respectively."""
        narrative = scene.narrative
        if later:
            end = scene.sentence.end
            return read_measure(narrative, one.cue_end, end, self.words, self.patterns) if one.alone else None
        if not one.mention.reason and one.mention.start in scene.shared:
            return scene.shared[one.mention.start]
        if one.mention.rule == "antibody.antiglobulin" and (graded := self._graded(scene, one.mention)):
            return graded
        found = read_measure(narrative, max(one.mention.end, one.mention.tail), stop, self.words, self.patterns)
        if found is None and one.alone and one.cue_end > one.mention.tail and stop >= one.cue_end:
            found = read_measure(narrative, one.cue_end, stop, self.words, self.patterns)
        if found is None and one.sequel:
            found = read_measure(narrative, *one.sequel, self.words, self.patterns)
        return found

    def _graded(self, scene: "Scene", mention: Mention) -> Measure | None:
        """The grade of an antiglobulin test told before what it found first: "positive (4+) for IgG"."""
        index = bisect_left(scene.starts, mention.start)
        test = scene.mentions[index - 1] if index else None
        if test is None or test.reason != "specified":
            return None
        return read_measure(scene.narrative, test.tail, mention.start, self.words, self.patterns)

    def _antigen(self, name: str) -> str:
        """The HGNC symbol of the antigen where the pattern file names one with its source, else blank."""
        base, _ = self.names.without_class(name)
        entry = self.names.entries.get(base)
        return entry["antigen"] if entry is not None and entry["source"] else ""


def _list_end(mention: Mention, scene: Scene) -> int:
    """Where the list of bare antigens ends that a mention opens: "anti-desmoglein 1 and 3 antibodies"."""
    end = mention.tail
    first = bisect_left(scene.starts, end)
    for listed in scene.mentions[first : first + _MEMBERS]:
        if listed.rule != "antibody.list" or listed.start - end >= _LISTED:
            break
        end = listed.tail
    return end


def _inherit(mentions: list[Mention], linked: list[Statement]) -> None:
    """Classes of an antiglobulin test, and antigens told of a test, have its result where they have none of their own."""
    for index, mention in enumerate(mentions):
        if mention.reason != "specified":
            continue
        whole = next((one for one in linked if one.mention is mention), None)
        told = {one.mention.start for one in linked}
        for part in mentions[index + 1 :]:
            if not part.name.startswith(f"{mention.name} "):
                break
            if whole is not None and part.start not in told:
                linked.append(Statement(part, whole.result, whole.rank, whole.rule, whole.pieces, whole.cue_end, False))
    for index, mention in enumerate(mentions):
        if mention.rule != "antibody.specified" or any(one.mention is mention for one in linked):
            continue
        told_of = {m.start for m in mentions[:index]}
        before = [one for one in linked if one.mention.start in told_of]
        if before:
            last = max(before, key=lambda one: one.mention.start)
            linked.append(Statement(mention, last.result, last.rank, last.rule, last.pieces, mention.tail))
