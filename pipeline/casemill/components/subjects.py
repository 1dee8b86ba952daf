"""Gives every frame its subject: ``patient``, ``patient-1``, ... or ``cohort`` with ``n`` and ``of`` (specification, 1).

Statements about the world become ``background`` and make no row; what is told of relatives as family history makes none
either. Individuals are numbered here, when it is known which relatives have facts of their own.
"""

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.attribution import Attribution, Attributor
from casemill.components.counts import Count, find_counts, find_total
from casemill.components.frames import Frame, drop, frames_of, put, store
from casemill.components.narrative import Narrative, Sentence
from casemill.components.patients import patient_frame, roster_of, subject_names
from casemill.components.persons import PERSONS, Person
from casemill.components.phrases import phrase
from casemill.components.rosters import Roster
from casemill.components.stances import BACKGROUND, REVIEW, STANCES, Stances
from casemill.components.terms import find_terms, overlay
from casemill.resources import Patterns
from casemill.schema import FACT_TABLES

__all__ = ["make_subjects"]

_Placed = tuple[str, Frame]
_RESULTS = ("mutations", "antibodies", "lab_values")


@Language.factory("casemill_subjects", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_subjects(nlp: Language, name: str, patterns: str | None) -> "Subjects":
    """A giver of subjects; ``patterns`` is a folder laid over the packaged pattern files."""
    return Subjects(name, overlay(patterns))


class Subjects:
    """Fills ``subject``, ``n`` and ``of`` of the frames of every table of facts, and numbers the individuals."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """Say of every frame of ``doc`` whose fact it is."""
        if not any(frames_of(doc, table) for table in FACT_TABLES):
            return doc
        find_terms(doc, self.patterns, PERSONS, STANCES)
        narrative = Narrative.of(doc)
        roster = roster_of(doc, narrative, self.patterns)
        given = _Giving(narrative, roster)
        for table in FACT_TABLES:
            frames = frames_of(doc, table)
            given.take(table, frames)
        given.give()
        for table, extra in given.clones.items():
            store(doc, table, extra)
        given.number(doc)
        return doc


class _Giving:
    """One document's frames on their way to their subjects."""

    def __init__(self, narrative: Narrative, roster: Roster) -> None:
        self.narrative = narrative
        self.roster = roster
        self.attributor = Attributor(narrative, roster)
        self.stances = Stances(narrative, roster)
        self.placed: list[_Placed] = []
        self.owners: list[tuple[str, Frame, int]] = []
        self.clones: dict[str, list[Frame]] = {}
        self.total = ""
        self.totals: list[str] = []
        self.section = ""

    def take(self, table: str, frames: list[Frame]) -> None:
        """Take in the frames of a table."""
        self.placed += [(table, one) for one in frames]

    def give(self) -> None:
        """Walk the sentences in order; each frame's subject depends on what came before."""
        by_sentence: dict[int, list[_Placed]] = {}
        for table, one in sorted(self.placed, key=lambda placed: placed[1]["start"]):
            by_sentence.setdefault(self.narrative.sentence_at(one["start"]).start, []).append((table, one))
        spoken = {person.sentence for person, _ in self.roster.mentions}
        for sentence in self.narrative.sentences:
            placed = by_sentence.get(sentence.start)
            if placed is None and sentence.start not in spoken:
                continue
            if sentence.section != self.section:
                self.section, self.total = sentence.section, ""
            self._give_sentence(sentence, placed or [])

    def _give_sentence(self, sentence: Sentence, placed: list[_Placed]) -> None:
        weighed = bool(placed) or self._counts_here(sentence)
        stance = self.stances.of(sentence, self.attributor.mentions(sentence)) if weighed else ""
        if stance == BACKGROUND and placed and self._told_of_review(sentence):
            stance = REVIEW
        if stance not in (REVIEW, BACKGROUND):
            self.attributor.enter(sentence)
        counts = self._counted(sentence) if stance == REVIEW or self._collective() else []
        if counts and (total := find_total(self.narrative.folded, sentence.start, sentence.end)) and int(total) > 1:
            self.total = total
            self.totals.append(total)
        for table, one in placed:
            if not sentence.extract:
                drop(one, BACKGROUND)
            if one["reason"]:
                continue
            if stance == BACKGROUND:
                drop(one, BACKGROUND)
            elif stance == REVIEW:
                self._give_cohort(one, sentence, counts, placed)
            else:
                self._give_own(table, one, sentence, counts, placed)

    def _told_of_review(self, sentence: Sentence) -> bool:
        """Whether an argued sentence counts within the group of this report's own review: "7 of the 9 patients"."""
        return bool(self.totals) and any(count.of in self.totals for count in self._counted(sentence) if count.of)

    def _counts_here(self, sentence: Sentence) -> bool:
        return sentence.section == "literature_review" or self._collective()

    def _collective(self) -> bool:
        """Whether the report speaks of a group alone."""
        return not self.roster.leading and bool(self.roster.groups)

    def _give_own(self, table: str, one: Frame, sentence: Sentence, counts: list[Count], placed: list[_Placed]) -> None:
        told = self.attributor.of(table, one, sentence)
        if told.who:
            if told.group is None or not self._is_generic(told, sentence):
                self._own(table, one, told)
            else:
                drop(one, BACKGROUND)
        elif told.group is not None and not self._collective():
            self._group(table, one, told, sentence)
        elif self._collective():
            self._give_cohort(one, sentence, counts or self._counted(sentence), placed)
        else:
            put(one, "subject", "patient", [])

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
        if group.determiner == "both" and group.noun in ("patients", "patient") and self.attributor.focus:
            # "both subjects" beside one patient: the patient and whoever was tested; the patient's fact is sure
            self._own(table, one, Attribution(self.attributor.focus, ((group.start, group.end),)))
        elif group.role == "parents" or group.noun in ("parents", "sister", "brother", "sibling"):
            self._cohort(one, Count(group.start, group.end, group.counted or "2", "", False))
        elif group.counted or group.determiner in ("all", "both", "our", "these"):
            counts = [c for c in self._counted(sentence) if c.start <= group.end and c.end >= group.start]
            self._cohort(one, counts[0] if counts else Count(group.start, group.end, group.counted, "", False))
        elif "affected" in self.narrative.folded[group.start : group.end] or group.noun in ("sons", "daughters"):
            self._cohort(one, Count(group.start, group.end, "", "", False))
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
        past = phrase("subjects/phrases", "past").search(told) and not phrase("subjects/phrases", "present").search(told)
        return bool(past) and not after.startswith((" with ", " who ", " on "))

    def _counted(self, sentence: Sentence) -> list[Count]:
        return find_counts(self.narrative.folded, sentence.start, sentence.end)

    def _give_cohort(self, one: Frame, sentence: Sentence, counts: list[Count], placed: list[_Placed]) -> None:
        """The count that a frame stands with: the last before it in the sentence, else the first after it."""
        before = [count for count in counts if count.start <= one["start"]]
        chosen = before[-1] if before else counts[0] if counts else None
        if chosen is not None and chosen.n not in ("", "1", "all") and self._distributed(chosen, counts, sentence, placed):
            chosen = chosen._replace(n="1")
        self._cohort(one, chosen)

    def _distributed(self, count: Count, counts: list[Count], sentence: Sentence, placed: list[_Placed]) -> bool:
        """ "Three cases had A, B and C, respectively": one each."""
        until = min((c.start for c in counts if c.start > count.start), default=sentence.end)
        if "respectively" not in self.narrative.folded[count.end : until]:
            return False
        return len([one for _, one in placed if count.start <= one["start"] < until]) == int(count.n)

    def _cohort(self, one: Frame, count: Count | None) -> None:
        put(one, "subject", "cohort", [[count.start, count.end]] if count else [])
        if count is None:
            return
        total = self.total or (self.totals[0] if self.totals else "")
        of = count.of or (total if count.partitive or self._within(count) else "")
        n = of if count.n == "all" else count.n
        piece = [[count.start, count.end]]
        if n:
            put(one, "n", n, piece)
        if of:
            put(one, "of", of, piece)

    def _within(self, count: Count) -> bool:
        """Whether a bare count is a part of the group that the section is about."""
        return bool(self.total) and not count.single and count.n.isdigit() and int(count.n) < int(self.total)

    def _own(self, table: str, one: Frame, told: Attribution) -> None:
        pieces = [list(piece) for piece in told.pieces]
        self.owners.append((table, one, told.who[0]))
        put(one, "subject", "", pieces)
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
        frames = frames_of(doc, "patients")
        frames.clear()
        store(doc, "patients", (patient_frame(self.narrative, one, names[one.index]) for one in counted))
