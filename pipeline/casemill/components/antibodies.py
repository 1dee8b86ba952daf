"""The component that reads antibody tests: which antibody, its result, value, unit, specimen and assay."""

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.antibody_classes import add_classes
from casemill.components.antibody_cues import CUES, Statement
from casemill.components.antibody_measures import Measure, read_course, read_measure, read_respective
from casemill.components.antibody_mentions import Mention
from casemill.components.antibody_names import LEXICON, names_of
from casemill.components.antibody_reader import Reader, is_triggered
from casemill.components.antibody_results import Linker
from casemill.components.antibody_samples import ASSAYS, SPECIMENS, find_assay, find_specimens
from casemill.components.antibody_words import words_of
from casemill.components.frames import Frame, frame, store
from casemill.components.narrative import Narrative, Sentence
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns

__all__ = ["Antibodies", "make_antibodies"]

#: The table this component fills.
TABLE = "antibodies"

_NEXT_WORD = re.compile(r"[\s-]{0,2}([^\W\d_]+)(?:\s[gma]\b)?")
_DRUG_NAME = re.compile(r"\b[a-z]{4,}(?:mab|cept)\b")
# From this rank on a mention is tied by a mere verb of having or finding.
_LOOSE = 6
# Up to this rank a result stands right beside it.
_CLOSE = 2
# Units of values that are told only of antibodies that are there: titres, Bethesda units, grades.
_QUALIFYING = frozenset(("titre", "{BU}/mL", "{BU}", "{+}"))


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
        find_terms(doc, self.patterns, LEXICON, CUES, ASSAYS, SPECIMENS)
        narrative = Narrative.of(doc)
        if is_triggered(narrative):
            store(doc, TABLE, self._frames(narrative))
        return doc

    def _frames(self, narrative: Narrative) -> Iterator[Frame]:
        by_sentence: dict[int, list[Mention]] = {}
        for mention in Reader(narrative, self.names, self.words).read():
            by_sentence.setdefault(narrative.sentence_at(mention.start).number, []).append(mention)
        for index, mentions in by_sentence.items():
            sentence = narrative.sentences[index]
            if sentence.extract:
                yield from self._read_sentence(narrative, sentence, mentions)

    def _read_sentence(self, narrative: Narrative, sentence: Sentence, named: list[Mention]) -> Iterator[Frame]:
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
        sure = any(not m.needs and not m.reason for m in mentions)
        for mention in mentions:
            if mention.reason == "specified":
                continue
            said = [one for one in linked if one.mention is mention]
            if mention.needs == "result" and not sure and said and said[0].rank > _CLOSE:
                mention.reason = "abbreviation"
            if mention.needs == "head" and said and said[0].rank >= _LOOSE and not self._has_head(narrative, mention):
                said = []
            if not said:
                said = [Statement(mention, "", 9, mention.rule)]
            for order, one in enumerate(said):
                yield from self._frames_of(narrative, sentence, mentions, one, later=order > 0)

    # -- what is no test ---------------------------------------------------------------------------------------------

    def _set_aside(self, narrative: Narrative, sentence: Sentence, mentions: list[Mention]) -> None:
        """Give a reason to mentions that name a disease, a drug or a stain, or mean something else here."""
        folded = narrative.folded
        said = folded[sentence.start : sentence.end]
        stained = any(word in said for word in self.words.phrases("stain"))
        sure = any(not m.needs and not m.reason for m in mentions)
        for mention in mentions:
            if mention.reason:
                continue
            word = _NEXT_WORD.match(folded, mention.tail)
            following = word[1] if word else ""
            around = (
                folded[max(sentence.start, mention.start - 45) : mention.start]
                + "|"
                + folded[mention.tail : mention.tail + 30]
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
            elif mention.needs == "result" and not sure and not any(w in said for w in self.words.phrases("serology")):
                mention.reason = "abbreviation"

    def _has_head(self, narrative: Narrative, mention: Mention) -> bool:
        """Whether an antibody word or a class belongs to the mention or to the list it stands in."""
        behind = narrative.folded[mention.start : mention.tail + 30]
        return "antibod" in behind or mention.name[-3:-1] == "Ig" or self.words.some(behind.split()[1:3], "head")

    # -- frames ------------------------------------------------------------------------------------------------------

    def _frames_of(
        self, narrative: Narrative, sentence: Sentence, mentions: list[Mention], one: Statement, *, later: bool
    ) -> Iterator[Frame]:
        """The frames of one statement: one for each specimen and each value of a course."""
        mention = one.mention
        stop = next((m.start for m in mentions if m.start >= mention.tail), sentence.end)
        end = max(one.cue_end, one.list_end, mention.tail)
        measure = self._measure(narrative, mentions, one, stop, sentence.end, later=later)
        course = measure and read_course(narrative, measure, stop, self.words, self.patterns)
        if later:
            # what follows the first result stands before this one
            specimens = find_specimens(narrative, sentence, one.cue_end, one.cue_end, sentence.end, self.patterns)
        else:
            limit = stop if stop > end else sentence.end
            specimens = find_specimens(narrative, sentence, mention.start, end, limit, self.patterns)
        assay = find_assay(narrative, sentence, mention.tail, stop if stop > mention.tail else sentence.end)
        for value in [measure, course] if course else [measure]:
            for specimen in specimens:
                yield self._frame(sentence, one, value, {"specimen": specimen, "assay": assay})

    def _frame(
        self, sentence: Sentence, one: Statement, measure: Measure | None, cells: dict[str, tuple[str, list[list[int]]]]
    ) -> Frame:
        mention, key = one.mention, [[one.mention.start, one.mention.end]]
        result, pieces = one.result, one.pieces
        if measure and measure.result and (not result or one.rank >= _LOOSE):
            result, pieces = measure.result, measure.result_pieces or measure.pieces
        elif measure and one.rank >= _LOOSE and measure.unit not in _QUALIFYING:
            # "showed RF 12 U/mL": found is the value, not the antibody
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
        return frame(mention.start, mention.end, one.rule, cells, sentence, quality=quality, reason=reason)

    def _measure(
        self, narrative: Narrative, mentions: list[Mention], one: Statement, stop: int, end: int, *, later: bool
    ) -> Measure | None:
        """The value of a mention: behind it, behind its own predicate, or its own of a list told respectively."""
        if later:
            return read_measure(narrative, one.cue_end, end, self.words, self.patterns)
        if "respectively" in narrative.folded[one.mention.start : end]:
            listed = [m for m in mentions if not m.reason]
            if one.mention in listed and (
                values := read_respective(narrative, listed[-1].tail, end, len(listed), self.patterns)
            ):
                return values[listed.index(one.mention)]
        found = read_measure(narrative, max(one.mention.end, one.mention.tail), stop, self.words, self.patterns)
        if found is None and one.alone and one.cue_end > one.mention.tail and stop >= one.cue_end:
            found = read_measure(narrative, one.cue_end, stop, self.words, self.patterns)
        return found

    def _antigen(self, name: str) -> str:
        """The HGNC symbol of the antigen where the pattern file names one with its source, else blank."""
        base, _ = self.names.without_class(name)
        entry = self.names.entries.get(base)
        return entry["antigen"] if entry is not None and entry["source"] else ""


def _inherit(mentions: list[Mention], linked: list[Statement]) -> None:
    """Classes of an antiglobulin test without a result of their own have the test's."""
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
