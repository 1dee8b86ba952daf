"""Whose fact a frame states: by what its sentence is about, and by whom the text was speaking of.

The rules, in order:

1. persons named after it as its carriers ("was found in the boy, his brother and his mother");
2. a person named within it, or before it in its sentence as the one spoken of ("his mother was heterozygous");
3. both or all, where the sentence says so ("both developed renal failure");
4. whom the text was speaking of: "case 2" or a newly introduced individual moves it, a relative only while that
   relative's results go on.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from casemill.components.agents import NOT_AGENT, RESULTS, is_agent, parent_of, speaks
from casemill.components.frames import Frame
from casemill.components.mention_signs import is_compared
from casemill.components.narrative import Narrative, Sentence
from casemill.components.persons import Person
from casemill.components.phrases import phrase
from casemill.components.rosters import NO_AGE, Individual, Mention, Roster
from casemill.components.tabled_persons import find_columns

__all__ = ["Attribution", "Attributor"]

_ALL = frozenset({"these", "our", "all", "both", "the"})
_CARRIED = re.compile(
    r"^[^;.]{0,90}?\b(?:in|from|of|by|for)\s(?:both\s|all\s|either\s)?(?:(?:the|his|her|this|our|their|these|an?)\s)?(?:[\w-]+\s){0,4}$"
)
_AND = re.compile(
    r"^(?:[^.;]{0,60}?)(?:,|,?\sand|,?\sas\swell\sas|\sor)\s(?:also\s)?(?:(?:in|from|of)\s)?(?:both\s)?"
    r"(?:(?:the|his|her|their|one|an?)\s)?(?:[\w-]+\s){0,2}$"
)
_NOT = re.compile(r"\b(?:not|but|except|nor|neither|without|unlike|whereas|while)\b")
_JOINT = re.compile(
    r"(?:(?:\w+,\s)?(?:both(?!\s(?:the|his|her|their|of\s(?:the|his|her))\b)|they|all\sthree|all\sfour|these\stwins|the\stwins|the\ssiblings)\b)"
)
_PRONOUN = re.compile(r"\b(?:(?P<female>she|her)|(?P<male>he|his|him))\b")
# Plurals that can mean the individuals of the report: they are found as plurals of these nouns too.
_ANYBODY = frozenset({"patients", "patient", "case"})
_MEASURED = frozenset({"antibodies", "lab_values"})


# The most characters of a heading that names a relative.
_TITLE_LENGTH = 30


class Attribution(NamedTuple):
    """The individuals a fact is of, with the words that told it; no individuals: a group (``group`` is its mention)."""

    who: tuple[int, ...]
    pieces: tuple[tuple[int, int], ...]
    group: Person | None = None


class Attributor:
    """Follows one document's discourse; ask frame by frame, in text order."""

    def __init__(self, narrative: Narrative, roster: Roster) -> None:
        self.narrative = narrative
        self.roster = roster
        leading = roster.leading
        announced = tuple(one.index for one in leading if one.announced)
        self.focus: tuple[int, ...] = announced or ((leading[0].index,) if leading else ())
        self._leading = tuple(one.index for one in leading)
        self._main = self.focus
        self._told = ""
        self._columns = find_columns(narrative) if len(leading) > 1 else []
        self._of = roster.by_sentence()

    def mentions(self, sentence: Sentence) -> list[Mention]:
        """The mentions of persons in ``sentence``, in text order."""
        return self._of.get(sentence.start, [])

    def enter(self, sentence: Sentence) -> None:
        """Move to ``sentence``: an individual newly spoken of becomes the focus; a pronoun returns from a relative."""
        spoken = [
            meant if person.role == "siblings" else meant[-1:]
            for person, meant in self.mentions(sentence)
            if meant
            and not self._individual(meant[0]).related
            and (person.preposition not in NOT_AGENT or person.label or self._is_recipient(person))
            and not is_compared(self.narrative, person)
        ]
        if titled := self._titled(sentence):
            self.focus = self._main = titled
            return
        if spoken:
            new = {index for who in spoken for index in who if self._individual(index).sentence == sentence.start}
            # three patients introduced in one breath are spoken of together until one is singled out
            self.focus = self._main = tuple(sorted(new)) if len(new) > 1 else spoken[0]
            return
        if len(self._leading) > 1 and any(
            p.role == "group" and p.determiner in _ALL for p, _ in self.mentions(sentence)
        ):
            self.focus = self._main = self._leading
            return
        if self.focus != self._main and not self._goes_on(sentence):
            self.focus = self._main
        known = self._individual(self.focus[0]).sex if self.focus else ""
        if known and (match := self._pronoun(sentence)) and (sex := match.lastgroup or "") != known:
            if relative := self._relative_before(sentence, sex):
                self.focus = relative
                return
            fitting = [one.index for one in self.roster.leading if one.sex == sex]
            self.focus = self._main = (fitting[0],) if len(fitting) == 1 else self._main

    def _pronoun(self, sentence: Sentence) -> "re.Match[str] | None":
        """The first pronoun of ``sentence`` that tells a sex."""
        return _PRONOUN.search(self.narrative.folded, sentence.start, sentence.end)

    def _titled(self, sentence: Sentence) -> tuple[int, ...]:
        """The relative whom a heading names ("Her mother" on a line of its own): what follows is told of them."""
        text, start, end = self.narrative.text, sentence.start, sentence.end
        if end - start > _TITLE_LENGTH or not text.startswith("\n", end) or text[end - 1] in ".:;,!?":
            return ()
        if start and text[start - 1] != "\n":
            return ()
        relatives = [meant for person, meant in self.mentions(sentence) if meant and person.role == "relative"]
        return relatives[0] if len(relatives) == 1 and len(self.mentions(sentence)) == 1 else ()

    @staticmethod
    def _is_recipient(person: Person) -> bool:
        """ "Prescribed to the index patient"."""
        return person.preposition == "to" and person.noun == "patient" and person.determiner == "the"

    def _relative_before(self, sentence: Sentence, sex: str) -> tuple[int, ...]:
        """The relative of that sex who was spoken of in the sentence before: "His mother was well. She carried ..."."""
        if sentence.number == 0 or any(one.sex == sex for one in self.roster.leading):
            return ()
        before = self.narrative.sentences[sentence.number - 1]
        if "\n\n" in self.narrative.text[before.end : sentence.start]:
            return ()
        for person, meant in self.mentions(before):
            if meant and person.role == "relative" and person.sex == sex and person.preposition not in NOT_AGENT:
                return meant
        return self.focus if self.focus and self._individual(self.focus[0]).sex == sex else ()

    def _goes_on(self, sentence: Sentence) -> bool:
        """Whether a relative's results may go on in ``sentence``: nothing in it speaks of anybody else."""
        related = self._individual(self.focus[0])
        before = self.narrative.sentences[max(0, sentence.number - 1)]
        if not related.related or "\n" in self.narrative.text[before.end : sentence.start]:
            return False
        if match := self._pronoun(sentence):
            others = {self._individual(index).sex for index in self._main}
            return related.sex == match.lastgroup and related.sex not in others
        told = any(who == self.focus for _, who in self.mentions(before))
        return told and (related.age != NO_AGE or self._told in _MEASURED)

    def _individual(self, index: int) -> Individual:
        return self.roster.individuals[index]

    def of(self, table: str, frame: Frame, sentence: Sentence) -> Attribution:
        """Whose fact ``frame`` of ``table`` in ``sentence`` is."""
        mentions = self.mentions(sentence)
        if standing := self._standing(frame, mentions) or self._parent(table, frame):
            return standing
        if table in RESULTS and (carried := self._carried(frame, sentence, mentions)):
            return carried
        if joint := self._joint(table, sentence, mentions, frame):
            return joint
        if named := self._named(table, frame, sentence, mentions):
            return named
        if mentions:
            return Attribution(self.focus, (), self._worldly(frame, sentence, mentions))
        if self.focus != self._main and table not in _MEASURED and not self._pronoun(sentence):
            # a relative's measurements go on without a word for the relative; nothing else does
            return Attribution(self._main, ())
        return Attribution(self.focus, ())

    def _worldly(self, frame: Frame, sentence: Sentence, mentions: Sequence[Mention]) -> Person | None:
        """The group behind a frame that makes it a statement about the world: "... lowers urate in patients"."""
        if any(meant for _, meant in mentions):
            return None
        for group, _ in mentions:
            bare = group.preposition and not group.determiner and not group.counted
            if group.start >= frame["end"] and (group.role == "parents" or (group.role == "group" and bare)):
                # "a variant that segregated in relatives" is first the patient's
                segregated = "segregat" in self.narrative.folded[frame["end"] : sentence.end]
                return None if segregated or self._pronoun(sentence) else group
        return None

    def _standing(self, frame: Frame, mentions: Sequence[Mention]) -> Attribution | None:
        """Of a frame that stands in the column of an individual, or on the words for its carrier."""
        for start, end, label in self._columns:
            headed = [one.index for one in self.roster.leading if one.label == label]
            if headed and start <= frame["start"] < end:
                return Attribution((headed[0],), ((start, end),))
        for person, meant in mentions:
            if meant and person.start <= frame["start"] and frame["end"] <= person.end:
                return Attribution(meant, ((person.start, person.end),))
        return None

    def _parent(self, table: str, frame: Frame) -> Attribution | None:
        """Of the mother or father whom the adjective before a frame names, where the report knows them."""
        if (told := parent_of(self.narrative, table, frame)) is None:
            return None
        known = [one.index for one in self.roster.individuals if one.noun == told[0]]
        return Attribution((known[-1],), (told[1],)) if known else None

    def _named(self, table: str, frame: Frame, sentence: Sentence, mentions: Sequence[Mention]) -> Attribution | None:
        """Rule 2: the person named last before the frame as the one spoken of."""
        for person, meant in reversed(mentions):
            if person.start >= frame["end"]:
                continue
            bare = person.role == "group" and not (person.counted or person.determiner)
            if bare and (pronoun := self._pronoun(sentence)) and pronoun.start() < person.start:
                continue
            if person.role in ("group", "parents", "siblings") and speaks(person, frame):
                who = meant or (self._parents() if person.role == "parents" else ())
                return Attribution(who, ((person.start, person.end),), None if who else person)
            if not meant and person.determiner == "one" and len(self._leading) > 1:
                # "one patient died": one of them, and which is not told
                return Attribution((), ((person.start, person.end),), person)
            if not meant:
                continue
            if self._individual(meant[0]).related and not is_agent(self.narrative, table, person, sentence, frame):
                continue
            if self._individual(meant[0]).related:
                self.focus, self._told = meant[-1:], table
            return Attribution(meant, ((person.start, person.end),))
        return None

    def _carried(self, frame: Frame, sentence: Sentence, mentions: Sequence[Mention]) -> Attribution | None:
        """Rule 1: carriers named after a result, all of them that a coordination joins."""
        after = [(p, who) for p, who in mentions if p.start >= frame["end"]]
        if not after:
            return None
        first = after[0][0]
        gap = self.narrative.folded[frame["end"] : first.start]
        lead = _CARRIED.match(gap) if first.preposition in ("in", "from", "of", "by", "for") else None
        if (
            not lead
            or _NOT.search(gap)
            or "segregat" in gap
            or first.role == "case"
            or phrase("subjects/phrases", "inherited").search(gap)
        ):
            return None
        who: list[int] = []
        pieces: list[tuple[int, int]] = []
        previous = None
        for person, meant in after:
            if previous is not None:
                between = self.narrative.folded[previous.end : person.start]
                if not _AND.match(between) or _NOT.search(between):
                    break
            if not meant and person.role in ("group", "parents"):
                both = self._parents() if person.role == "parents" else self._all_of(person)
                if not both:
                    return (
                        None
                        if who or person.role == "group"
                        else Attribution((), ((person.start, person.end),), person)
                    )
                meant = both  # noqa: PLW2901
            who += [index for index in meant if index not in who]
            pieces.append((person.start, person.end))
            previous = person
        if not who or (len(who) == 1 and not self._individual(who[0]).related and who == list(self.focus)):
            return None
        return Attribution(tuple(who), tuple(pieces))

    def _parents(self) -> tuple[int, ...]:
        """Mother and father, where both are individuals already."""
        found = {one.noun: one.index for one in self.roster.individuals if one.related}
        return (found["mother"], found["father"]) if {"mother", "father"} <= found.keys() else ()

    def _all_of(self, group: Person) -> tuple[int, ...]:
        """ "In both cases", "in all three patients": the individuals, where they are as many."""
        leading = self._leading
        told = group.counted or ("2" if group.determiner == "both" else "")
        if group.noun not in _ANYBODY or group.determiner not in _ALL:
            return ()
        if group.sex and any(self._individual(index).sex not in ("", group.sex) for index in leading):
            return ()
        if len(leading) > 1:
            return leading if told in ("", str(len(leading))) and group.determiner != "the" else ()
        everyone = tuple(one.index for one in self.roster.individuals)
        return everyone if told == "2" == str(len(everyone)) else ()

    def _joint(self, table: str, sentence: Sentence, mentions: Sequence[Mention], frame: Frame) -> Attribution | None:
        """Rule 3: "both", "they": all leading individuals if there are as many, else the pair last spoken of."""
        leading = self._leading
        if len(leading) >= 2 and (match := _JOINT.match(self.narrative.folded, sentence.start, sentence.end)):
            return Attribution(leading, ((sentence.start, match.end()),))
        for person, meant in mentions:
            if meant or person.role != "group" or person.noun in ("grandparents", "parents"):
                continue
            if person.start >= frame["end"] or sentence.section == "literature_review":
                continue
            if person.sex and any(self._individual(index).sex not in ("", person.sex) for index in leading):
                continue
            told = person.counted or ("2" if person.determiner == "both" else "")
            told = told or (str(len(leading)) if person.determiner in ("our", "these") else "")
            if told == str(len(leading)) and len(leading) >= 2:
                return Attribution(leading, ((person.start, person.end),))
            if table in RESULTS and (everyone := self._all_of(person)):
                return Attribution(everyone, ((person.start, person.end),))
        return None
