"""Gives every frame its subject: ``patient``, ``patient-1``, ... or ``cohort`` with ``n`` and ``of`` (specification, 1).

Statements about the world become ``background`` and make no row; what is told of relatives as family history makes none
either. Individuals are numbered here, when it is known which relatives have facts of their own.
"""

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.attribution import Attribution, Attributor
from casemill.components.cohorts import Cohorts
from casemill.components.counts import Count, choose_count, find_counts, find_total
from casemill.components.frames import Frame, drop, frames_of, put, store
from casemill.components.narrative import Narrative, Sentence
from casemill.components.patients import patient_frames, roster_of, subject_names
from casemill.components.persons import PERSONS, Person
from casemill.components.phrases import phrase
from casemill.components.rosters import Roster, label_position
from casemill.components.stances import BACKGROUND, REVIEW, STANCES, Stances
from casemill.components.studies import drop_facts_of_nobody
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns
from casemill.schema import FACT_TABLES

__all__ = ["make_subjects"]

_Placed = tuple[str, Frame]
# The cells that hold what a fact measures.
_MEASURED = ("value", "value_high")
# So many individuals are a series.
_SERIES = 4
# The column that tells what was measured.
_NAMED = {"lab_values": "analyte", "antibodies": "antibody"}
_RESULTS = ("mutations", "antibodies", "lab_values")


@Language.factory("casemill_subjects", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_subjects(nlp: Language, name: str, patterns: str | None) -> "Subjects":
    """A giver of subjects; ``patterns`` is a folder laid over the packaged pattern files."""
    return Subjects(name, overlay(patterns))


def _place(placed: _Placed) -> int:
    """Where a frame begins."""
    return int(placed[1]["start"])


def _value_at(one: Frame) -> int:
    """Where the value of a measurement begins."""
    return int(one["cells"]["value"][1][0][0])


class Subjects:
    """Fills ``subject``, ``n`` and ``of`` of the frames of every table of facts, and numbers the individuals."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """Say of every frame of ``doc`` whose fact it is."""
        placed = [(table, one) for table in FACT_TABLES for one in frames_of(doc, table)]
        if not placed:
            return doc
        find_terms(doc, self.patterns, PERSONS, STANCES)
        narrative = Narrative.of(doc)
        roster = roster_of(doc, narrative, self.patterns)
        given = _Giving(narrative, roster)
        given.give(sorted(placed, key=_place))
        for table, extra in given.clones.items():
            store(doc, table, extra)
        given.number(doc)
        drop_facts_of_nobody(doc, narrative, roster, self.patterns)
        return doc


class _Giving:
    """One document's frames on their way to their subjects."""

    def __init__(self, narrative: Narrative, roster: Roster) -> None:
        self.narrative = narrative
        self.roster = roster
        self.attributor = Attributor(narrative, roster)
        self.stances = Stances(narrative, roster)
        self.owners: list[tuple[str, Frame, int]] = []
        self.clones: dict[str, list[Frame]] = {}
        self.cohorts = Cohorts(narrative)
        self.section = ""
        self.described = len(roster.leading)
        # whether the report speaks of a group alone
        self.collective = not self.described and bool(roster.groups)
        self.grouped = self.collective or self._is_grouped()
        self.aggregate = self.grouped and self.described < 3

    def give(self, frames: list[_Placed]) -> None:
        """Walk the sentences of ``frames`` in order; each frame's subject depends on what came before."""
        by_sentence: dict[int, list[_Placed]] = {}
        for table, one in frames:
            by_sentence.setdefault(self.narrative.sentence_at(one["start"]).start, []).append((table, one))
        spoken = {person.sentence for person, _ in self.roster.mentions}
        last = max(by_sentence)
        for sentence in self.narrative.sentences:
            if sentence.start > last:
                # nobody asks any more of whom the text speaks
                break
            placed = by_sentence.get(sentence.start)
            if placed is None and sentence.start not in spoken:
                continue
            if sentence.section != self.section:
                self.section, self.cohorts.total = sentence.section, ""
            self._give_sentence(sentence, placed or [])

    def _give_sentence(self, sentence: Sentence, placed: list[_Placed]) -> None:
        weighed = bool(placed) or self._counts_here(sentence)
        stance = self.stances.of(sentence, self.attributor.mentions(sentence)) if weighed else ""
        if stance == BACKGROUND and placed and self._told_of_review(sentence):
            stance = REVIEW
        if stance not in (REVIEW, BACKGROUND):
            self.attributor.enter(sentence)
            self._turn(sentence)
        counts = self._counted(sentence, placed) if stance == REVIEW or self.grouped else []
        if counts and self.cohorts.take_total(sentence):
            self.aggregate = self.grouped
        for table, one in placed:
            if not sentence.extract:
                drop(one, BACKGROUND)
            if one["reason"]:
                continue
            if stance == BACKGROUND or self.stances.is_in_aside(sentence, one["start"]):
                drop(one, BACKGROUND)
            elif stance == REVIEW:
                self.cohorts.give(one, sentence, counts, placed)
            else:
                self._give_own(table, one, sentence, counts, placed)

    def _told_of_review(self, sentence: Sentence) -> bool:
        """Whether an argued sentence counts within the group of this report's own review: "7 of the 9 patients"."""
        return bool(self.cohorts.totals) and any(
            count.of in self.cohorts.totals for count in self._counted(sentence) if count.of
        )

    def _counts_here(self, sentence: Sentence) -> bool:
        return sentence.section == "literature_review" or self.collective

    def _is_grouped(self) -> bool:
        """Whether the report speaks of more subjects than it describes one by one: a series in aggregate."""
        if self.described > 2:
            return True
        starts = {self.narrative.sentence_at(person.start) for person in self.roster.groups}
        for sentence in {*self.narrative.sentences[:1], *starts}:
            if sentence.section in ("introduction", "discussion", "conclusion", "literature_review"):
                continue
            total = find_total(self.narrative.folded, sentence.start, sentence.end)
            if total and int(total) > max(self.described, 2):
                return True
        return False

    def _turn(self, sentence: Sentence) -> None:
        """Whether the text tells of one individual from here on, or again of the group."""
        if not self.aggregate:
            return
        for person, who in self.attributor.mentions(sentence):
            if who and (person.label or person.age is not None) and not self.roster.individuals[who[0]].related:
                self.aggregate = False

    def _of_group(self, one: Frame, sentence: Sentence, counts: list[Count]) -> Count | None:
        """The count by which a fact is of the group, in a report that describes individuals too."""
        if not counts or any(who and (p.label or p.age) for p, who in self.attributor.mentions(sentence)):
            return None
        chosen = choose_count(counts, self.narrative.folded, one["start"], one["end"])
        if chosen is None or chosen.single or chosen.whole:
            return None
        if chosen.of:
            # "all three patients" are each of those described; of a longer row the group is spoken of
            return None if chosen.n == chosen.of == str(self.described) and self.described < _SERIES else chosen
        if chosen.bare or chosen.n == "all":
            return chosen if self.aggregate else None
        return chosen if chosen.n.isdigit() and int(chosen.n) > self.described else None

    def _give_own(self, table: str, one: Frame, sentence: Sentence, counts: list[Count], placed: list[_Placed]) -> None:
        if self.grouped and not self.collective:
            if self._of_group(one, sentence, counts):
                self.cohorts.give(one, sentence, counts, placed)
                return
            if self.aggregate and not any(who for _, who in self.attributor.mentions(sentence)):
                self.cohorts.put(one, None)
                return
        if self.described > 1 and (single := self._one_of_them(one, sentence)):
            self.cohorts.put(one, single)
            return
        told = self.attributor.of(table, one, sentence)
        if (
            len(told.who) > 1
            and table in _NAMED
            and one["cells"].get("value")
            and "respectively" in self.narrative.folded[one["end"] : sentence.end]
        ):
            told = told._replace(who=self._respective(table, one, told.who, placed))
        if told.who:
            if told.group is None or not self._is_generic(told, sentence):
                self._own(table, one, told)
            else:
                drop(one, BACKGROUND)
        elif told.group is not None and not self.collective:
            self._group(table, one, told, sentence)
        elif self.collective:
            self.cohorts.give(one, sentence, counts or self._counted(sentence), placed)
        else:
            put(one, "subject", "patient", [])

    def _one_of_them(self, one: Frame, sentence: Sentence) -> Count | None:
        """ "One of them died": one of those described, and which is not told."""
        match = phrase("subjects/phrases", "one_of_them").search(self.narrative.folded, sentence.start, one["start"])
        named = [p for p, who in self.attributor.mentions(sentence) if match and who and p.start >= match.end()]
        if match is None or any(p.start < one["start"] for p in named):
            return None
        return Count(match.start(), match.end(), "1", str(self.described), True)

    def _respective(self, table: str, one: Frame, who: tuple[int, ...], placed: list[_Placed]) -> tuple[int, ...]:
        """ "Potassium was 2.5, 2.9 and 1.5, respectively": the first value is of the first individual."""
        column = _NAMED[table]
        same = sorted(
            _value_at(each)
            for kind, each in placed
            if kind == table and each["cells"].get("value") and each["cells"][column][0] == one["cells"][column][0]
        )
        place = same.index(_value_at(one))
        individuals = self.roster.individuals
        in_order = sorted(who, key=lambda index: (label_position(individuals[index].label) or 0, index))
        return (in_order[place],) if len(same) <= len(who) else who

    def _is_generic(self, told: Attribution, sentence: Sentence) -> bool:
        """Whether a group named beside no individual makes the statement a general one: "... in patients with"."""
        group = told.group
        if group is None or group.noun not in ("patients", "patient", "case", "child"):
            return False
        if group.counted or group.determiner in ("our", "these", "both"):
            return False
        return "we " not in self.narrative.folded[sentence.start : sentence.end]

    def _group(self, table: str, one: Frame, told: Attribution, sentence: Sentence) -> None:
        """A group in a report of individuals: parents, relatives; a mere plural is background."""
        group = told.group
        assert group is not None
        if group.determiner == "one" and group.role != "group":
            whole = Count(group.start, group.end, "1", str(self.described), True)
            self.cohorts.put(one, whole)
        elif group.determiner == "both" and group.noun in ("patients", "patient") and self.attributor.focus:
            # "both subjects" beside one patient: the patient and whoever was tested; the patient's fact is sure
            self._own(table, one, Attribution(self.attributor.focus, ((group.start, group.end),)))
        elif group.role == "parents" or group.noun in ("parents", "sister", "brother", "sibling"):
            self.cohorts.put(one, Count(group.start, group.end, group.counted or "2", "", False))
        elif group.counted or group.determiner in ("all", "both", "our", "these"):
            counts = [c for c in self._counted(sentence) if c.start <= group.end and c.end >= group.start]
            self.cohorts.put(one, counts[0] if counts else Count(group.start, group.end, group.counted, "", False))
        elif "affected" in self.narrative.folded[group.start : group.end] or group.noun in ("sons", "daughters"):
            self.cohorts.put(one, Count(group.start, group.end, "", "", False))
        elif self._narrates(group, sentence) and self.attributor.focus:
            # "the patients became free of symptoms": those whom the report is about
            leading = tuple(each.index for each in self.roster.leading)
            self._own(table, one, Attribution(leading, ((group.start, group.end),)))
        else:
            drop(one, BACKGROUND)

    def _narrates(self, group: Person, sentence: Sentence) -> bool:
        """Whether a bare plural tells what happened ("patients then received"), and not what is known of "patients with"."""
        told = self.narrative.folded[sentence.start : sentence.end]
        after = self.narrative.folded[group.end : group.end + 6]
        past = phrase("subjects/phrases", "past").search(told) and not phrase("subjects/phrases", "present").search(
            told
        )
        return bool(past) and not after.startswith((" with ", " who ", " on "))

    def _counted(self, sentence: Sentence, placed: Sequence[_Placed] = ()) -> list[Count]:
        """The counts of persons in a sentence; what a fact of ``placed`` measures is none: "GCS was 4/15"."""
        bare = self.grouped or sentence.section == "literature_review"
        found = find_counts(self.narrative.folded, sentence.start, sentence.end, bare=bare)
        if not found:
            return []
        cells = [one["cells"][column] for _, one in placed for column in _MEASURED if column in one["cells"]]
        values = [piece for _, pieces in cells for piece in pieces]
        return [count for count in found if not any(s < count.end and count.start < e for s, e in values)]

    def _own(self, table: str, one: Frame, told: Attribution) -> None:
        self.owners.append((table, one, told.who[0]))
        put(one, "subject", "", told.pieces)
        for index in told.who[1:]:
            cells = {column: list(cell) for column, cell in one["cells"].items()}
            clone: Frame = {**one, "cells": cells, "quality": list(one["quality"])}
            self.clones.setdefault(table, []).append(clone)
            self.owners.append((table, clone, index))

    def number(self, doc: Doc) -> None:
        """Number the individuals that count, and give them their rows and their facts."""
        individuals = self.roster.individuals
        with_results = {who for table, one, who in self.owners if table in _RESULTS and not one["reason"]}
        for table, one, who in self.owners:
            if individuals[who].related and who not in with_results and table not in _RESULTS:
                drop(one, "family_history")
        counted = [one for one in individuals if not one.related or one.index in with_results]
        names = subject_names(counted)
        for _, one, who in self.owners:
            cell = one["cells"].get("subject", ["", []])
            if who in names:
                put(one, "subject", names[who], cell[1] or [[individuals[who].start, individuals[who].end]])
        if len(counted) == self.described and frames_of(doc, "patients"):
            # nobody has come to those who have their rows already
            return
        frames = frames_of(doc, "patients")
        frames.clear()
        store(doc, "patients", patient_frames(self.narrative, self.roster, counted, names))
