"""Names of drugs in a narrative: lexicon, INN stems, the document's own abbreviations, combinations, and guards.

A name that is measured, tested, allergic to or merely compared with is kept with the ``reason`` why it is no drug that
was given, so that nothing vanishes unseen. Spellings, stems, classes and guards are pattern files (``drug_doses/*.tsv``).
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from casemill.components.drug_guards import (
    Guards,
    expression,
    guards_after,
    guards_before,
    last_word,
    next_word,
    single_spaced,
)
from casemill.components.drug_unlisted import Unlisted
from casemill.components.narrative import Narrative
from casemill.components.phrases import phrase
from casemill.resources import Patterns

__all__ = ["DrugNames", "Mention"]

DRUGS, CLASSES, ROUTES = "drug_doses/drugs", "drug_doses/classes", "drug_doses/routes"


class Mention(NamedTuple):
    """A drug's name at ``text[start:end]``; ``kind`` is ``drug`` or ``class``, ``guard`` what it needs to count.

    ``guard`` is ``analyte`` for substances of the body too (insulin, calcium) and ``acronym`` for short forms that mean
    other things elsewhere; both need words of administration close by. ``reason``: blank, or why it makes no row.
    """

    start: int
    end: int
    name: str
    kind: str = "drug"
    guard: str = ""
    reason: str = ""


# "tacrolimus (TAC)", "methylprednisolone pulse therapy (MPT)": the short form, after at most three words
_SHORT_FORM = re.compile(
    r"(?P<words>(?:\s[A-Za-z-]{2,20}){0,3})\s?[(\[]\s?(?P<short>[A-Z][A-Za-z0-9]{0,6}(?:-[A-Za-z0-9]{1,4})?)\s?[);,\]]"
)
#: Characters from a name to the bracket of its short form at most.
_SHORT_FORM_REACH = 65
_TREATMENT = re.compile(r"therap|treatment|supplement|replacement|antibiotic", re.IGNORECASE)
# "DOP, dopamine;" and "MAC macitentan," in a list of abbreviations under a figure
_LEGEND_BEFORE = re.compile(r"(?:^|[;.,:(]\s?)([A-Z][A-Za-z0-9/-]{1,7})s?\s?[,:=]?\s?$")
_LEGEND_AFTER = re.compile(r"\s?(?:[,;.]|$)")
_HYPHENS = frozenset("-\u2010\u2011")
_HYPHEN_TAIL = re.compile(r"-(?!based|containing|treated|plus|pulse|therapy|and-)[a-z]{3,}")
_SOLD_COMBINED = frozenset(("antibiotic", "antiviral", "antiretroviral", "antihypertensive", "antimalarial"))
_INDUCED = re.compile(r"-(?:induced|related)\s")
_COMBINED = re.compile(r"\s?(?:/|-)\s?$")
_MEASURED = re.compile(
    r"\s?(?:\(|:|=|of|was|were|at|,|is)?\s?(?:[<>~]\s?)?\d[\d.,]*\s?(?:[munpμ]?[gu]|[mμnp]?mol|[mμ]?iu|meq|mu|%)?\s?/\s?(?:d?l|ml|μl|g)\b"
)
_OPENS = re.compile(r"(?:\(?®\)?|™)?\s?[(\[]\s?")
_CLOSES = re.compile(r"(?:®|\(®\)|™)?(?:[,;]\s[^()\d]{1,60})?\s?[)\]]")
_DOSE_NEXT = re.compile(r"[,;:]?\s?\d")  # "isoniazid (INH, 300 mg/d)"
_SHORT_BRACKET = re.compile(r"^\s?\([a-z]{1,6}\)")
_SALT = re.compile(
    r"\s(?:hydrochloride|sodium|acetate|sulfate|sulphate|phosphate|citrate|maleate|tartrate|mesylate|besylate|succinate|fumarate|calcium|potassium)\b"
)


@dataclass(slots=True)
class DrugNames:
    """The names of one set of pattern files; make it once, call :meth:`find` for each narrative."""

    patterns: Patterns
    groups: dict[str, frozenset[str]] = field(init=False)
    _listed_groups: dict[str, frozenset[str]] = field(init=False)
    _guards: dict[str, str] = field(init=False)
    _unlisted: Unlisted = field(init=False)
    _after: Guards = field(init=False)
    _before: Guards = field(init=False)
    _trusted: frozenset[str] = field(init=False)
    _short_words: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.patterns.rows
        self.groups = {
            row.canonical: frozenset(m for m in row["members"].split("|") if m) for row in rows(CLASSES).values()
        }
        members = {member for listed in self.groups.values() for member in listed}
        self._listed_groups = {
            member: frozenset(group for group, listed in self.groups.items() if member in listed) for member in members
        }
        self._guards = {row.canonical: row["guard"] for row in rows(DRUGS).values() if row["guard"]}
        self._trusted = frozenset(rows("drug_doses/acronyms")["acronym.trusted"]["spellings"].split("|"))
        self._short_words = frozenset(rows("drug_doses/fillers")["filler.short-form"]["spellings"].split("|"))
        self._unlisted = Unlisted(self.patterns)
        heads, befores = rows("drug_doses/heads").values(), rows("drug_doses/befores").values()
        self._after, self._before = guards_after(heads), guards_before(befores)

    def group_of(self, name: str) -> frozenset[str]:
        """The classes that ``name`` belongs to, by the lists of classes or by its INN stem."""
        listed = self._listed_groups.get(name, frozenset())
        group = self._unlisted.group_of(name)
        return listed | {group} if group else listed

    def find(self, narrative: Narrative) -> list[Mention]:
        """All mentions in text order, none overlapping; those with a ``reason`` make no row."""
        listed = self._listed(narrative)
        found = [*listed, *self._by_word(narrative, listed)]
        if not found:
            return []
        found.sort(key=_start)
        found = self._with_short_forms(narrative, found)
        found = _told_twice(narrative.folded, self._combined(narrative.folded, found))
        starts = {m.start for m in found}
        judged = [self._judged(narrative, mention, starts) for mention in found]
        for index, later in enumerate(judged[1:]):
            if (
                later.reason == "abbreviation"
                and judged[index].name == later.name
                and later.start - judged[index].end <= 3
            ):
                judged[index] = judged[index]._replace(reason="abbreviation")
        return judged

    def _listed(self, narrative: Narrative) -> list[Mention]:
        terms = [*narrative.terms(DRUGS), *narrative.terms(CLASSES)]
        terms.sort(key=lambda t: (t.start, -t.end))
        kept: list[Mention] = []
        reached = 0
        for start, end, _, name in terms:
            if start < reached:
                continue
            reached = end
            word, guard = narrative.text[start:end], self._guards.get(name, "")
            if guard and _TREATMENT.search(word):
                guard = ""
            if len(word) <= 5 and word.isupper() and word not in self._trusted:
                guard = "acronym"
            kept.append(Mention(start, end, name, "class" if name in self.groups else "drug", guard))
        return kept

    def _by_word(self, narrative: Narrative, known: list[Mention]) -> list[Mention]:
        """Names that no list has: by their INN stem, or with a letter wrong."""
        unlisted = self._unlisted.find(narrative.folded)
        if not unlisted:
            return []
        starts = [m.start for m in known]
        found = []
        for start, end, name in unlisted:
            before = bisect_left(starts, end) - 1
            if before < 0 or known[before].end <= start:
                kind = "class" if name in self.groups else "drug"
                found.append(Mention(start, end, name, kind, self._guards.get(name, "")))
        return found

    def _with_short_forms(self, narrative: Narrative, found: list[Mention]) -> list[Mention]:
        """Short forms the document defines for a drug become mentions; those it defines for something else go."""
        text = narrative.text
        meant: dict[str, Mention] = {}
        for mention in found:
            if "(" not in (behind := text[mention.end : mention.end + _SHORT_FORM_REACH]) and "[" not in behind:
                continue
            if match := _SHORT_FORM.match(text, mention.end):
                short = match["short"]
                words = text[mention.start : match.start("short")].lower().split()
                if not self._short_words.issuperset(match["words"].lower().split()):
                    continue
                if sum(c.isupper() for c in short) > 1 and any(w.startswith(short[0].lower()) for w in words):
                    meant.setdefault(short, mention)
        foreign = _foreign_short_forms(text, found)
        if not meant and not foreign:
            return found
        kept = [
            m._replace(guard="") if text[m.start : m.end] in meant else m
            for m in found
            if not (m.guard == "acronym" and text[m.start : m.end] in foreign and text[m.start : m.end] not in meant)
        ]
        spans = {(m.start, m.end) for m in kept}
        for short, mention in meant.items():
            for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w])", text):
                if not any(s < match.end() and match.start() < e for s, e in spans):
                    kept.append(mention._replace(start=match.start(), end=match.end(), guard=""))
                    spans.add(match.span())
        return sorted(kept, key=_start)

    def _combined(self, folded: str, found: list[Mention]) -> list[Mention]:
        """``A/B`` and ``A-B`` of two drugs of one of the classes that are sold combined as one combination product."""
        kept: list[Mention] = []
        for mention in found:
            last = kept[-1] if kept else None
            if (
                last is not None
                and last.kind == mention.kind == "drug"
                and last.name != mention.name
                and _COMBINED.fullmatch(folded[last.end : mention.start])
                and (
                    mention.name.endswith("bactam")
                    or _SOLD_COMBINED & self.group_of(last.name) & self.group_of(mention.name)
                )
            ):
                names = sorted({*last.name.split(" + "), *mention.name.split(" + ")})
                kept[-1] = last._replace(end=mention.end, name=" + ".join(names), guard="")
            else:
                kept.append(mention)
        return kept

    def _judged(self, narrative: Narrative, mention: Mention, starts: set[int]) -> Mention:
        """``mention`` with the reason why its own surroundings show no drug given, if they do.

        ``starts`` are where names begin: "carboplatin-etoposide" is two of them.
        """
        folded, start, end = narrative.folded, mention.start, mention.end
        before, after = folded[max(0, start - 40) : start], folded[end : end + 40]
        if "(" in after[:2]:
            after = _SHORT_BRACKET.sub("", after)
        # a dash between clauses is no hyphen
        hyphen = narrative.text[end : end + 1] in _HYPHENS
        if before.endswith(("anti-", "non-", "anti ")) or (
            hyphen and end + 1 not in starts and _HYPHEN_TAIL.match(folded, end) and not _harmed(folded, mention)
        ):
            return mention._replace(reason="part_of_word")
        legend = None
        if before[-12:] != narrative.plain[max(0, start - 12) : start]:  # a capital stands there
            legend = _LEGEND_BEFORE.search(narrative.text, max(0, start - 12), start)
        printed = legend is not None and sum(c.isupper() or c.isdigit() for c in legend[1]) > 1
        if legend and printed and legend[1][0].lower() == folded[start] and _LEGEND_AFTER.match(after):
            return mention._replace(reason="abbreviation")
        for key, reason, _, source in self._after.get(next_word(after), ()):
            if (mention.guard == "analyte" or not key.endswith("analyte")) and expression(source).match(after):
                return mention._replace(reason=reason)
        for key, reason, said, source in self._before.get(last_word(before), ()):
            if mention.guard != "analyte" and key.endswith("specimen"):
                continue
            # a test of endings costs a tenth of the search
            if single_spaced(before).endswith(said) and expression(source).search(before):
                if key.endswith("specimen") and before.endswith((" and ", " of ", "including ")):
                    continue
                return mention._replace(reason=reason)
        if "/" in after and _MEASURED.match(after) and not _SALT.match(after):
            return mention._replace(reason="measurement")
        return mention


_start = attrgetter("start")


def _harmed(folded: str, mention: Mention) -> bool:
    """Whether "X-induced" tells of a subject's own harm, so that X was taken: "nivolumab-induced arthritis was diagnosed"."""
    tail = _INDUCED.match(folded, mention.end)
    if tail is None or mention.kind != "drug" or mention.guard:
        return False
    near = phrase("drug_doses/phrases", "harm")
    return bool(
        near.search(folded, max(0, mention.start - 40), mention.start)
        or near.search(folded, tail.end(), tail.end() + 60)
    )


def _foreign_short_forms(text: str, found: list[Mention]) -> set[str]:
    """Short forms that stand in brackets after words of which none ends in a drug's name: "pheochromocytoma (PCC)"."""
    bracketed = [m for m in found if m.guard == "acronym" and text[m.start - 1 : m.start] == "("]
    if not bracketed:
        return set()
    ends = {m.end for m in found}
    foreign = set()
    for mention in bracketed:
        before = text[max(0, mention.start - 12) : mention.start - 1]
        end = mention.start - 1 - (len(before) - len(before.rstrip()))
        if text[mention.end : mention.end + 1] == ")" and text[end - 1 : end].isalpha() and end not in ends:
            foreign.add(text[mention.start : mention.end])
    return foreign


def _told_twice(folded: str, found: list[Mention]) -> list[Mention]:
    """A brand with its name in brackets ("Cortancyl (prednisone)", "mycophenolate mofetil (MMF)") as one mention."""
    kept: list[Mention] = []
    for mention in found:
        last = kept[-1] if kept else None
        if last is not None and mention.guard == "analyte" and _SALT.fullmatch(folded, last.end, mention.end):
            kept[-1] = last._replace(end=mention.end)  # "losartan potassium"
            continue
        if last is not None and last.name == mention.name and _OPENS.fullmatch(folded[last.end : mention.start]):
            closed = _CLOSES.match(folded, mention.end)
            if closed or _DOSE_NEXT.match(folded, mention.end):
                end = closed.end() if closed else mention.end
                kept[-1] = last._replace(end=end, guard="" if not mention.guard else last.guard)
                continue
        kept.append(mention)
    return kept
