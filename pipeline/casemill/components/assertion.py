"""Drops what did not happen: planned, refused, considered, hypothetical, not done (specification, section 1).

Cues stand in ``patterns/assertion/cues.tsv``: the reason (``canonical``), where the cue reaches (``direction``, ``scope`` in
tokens) and which tables it can speak of. Their reach, its ends ("but", "therefore") and look-alikes ("recommended and
started") are worked out by medSpaCy's ConText, with these rules and none of its own, on those sentences alone that hold
both a frame and a cue; it is imported at the first such sentence.
"""

import re
from collections.abc import Mapping
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from casemill.components.context import import_context
from casemill.components.frames import Frame, drop
from casemill.components.layers import layer
from casemill.components.narrative import Narrative, Sentence, Term
from casemill.components.terms import find_terms, overlay
from casemill.components.texts import texts_of
from casemill.components.tokens import tokens_around
from casemill.resources import Entry, Patterns
from casemill.schema import FACT_TABLES

__all__ = ["CUES", "make_assertion"]

#: The lexicon of cues.
CUES = "assertion/cues"
_TARGETS = "casemill_targets"
# Cues that only shape the reach of others.
_SHAPING = frozenset({"terminate", "pseudo"})

# Cues that reach no further than their own clause.
_CLAUSAL = frozenset({"not_done", "planned", "hypothetical", "refused", "considered"})
# Conditions hold beyond their clause, and others than "risk of" take in both sides of an "and", too.
_CONDITION = re.compile(r"\b(?:if|whether|unless|in\s(?:the\s)?(?:case|event)|no|should|may|might|would)\b")
_RISK = re.compile(r"\brisk\b")
_PREDICATE = (
    r"(?P<subject>(?:[\w/%.+-]+\s){1,8}?)"
    r"(?:was|were|is|are|had|has|remained|became|showed|received|took|began|started|continued|underwent|achieved|improved)\b"
)
# "without bleeding, and prednisone was raised"; "to prevent relapse and she remained well"
_CLAUSE = re.compile(rf"(?:,\s|;\s|\s)(?:and|while|whereas)\s{_PREDICATE}")
# "to prevent relapse, azathioprine was added"
_MAIN_CLAUSE = re.compile(rf",\s{_PREDICATE}")
_DETERMINED = re.compile(r"(?:the|our|his|her|this|she|he|they|all|both)\b")

# The scope of what ends those of others: medspaCy lets none end another that lies within it, as a sentence's would be.
_TURN = 1
# No token of a report is longer on average, in characters with its space, over the width of a scope.
_TOKEN = 14
# The month, which the cue "may" would match too.
_MONTH = "May"


@Language.factory("casemill_assertion", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_assertion(nlp: Language, name: str, patterns: str | None) -> "Assertion":
    """A dropper of what did not happen; ``patterns`` is a folder laid over the packaged pattern files."""
    return Assertion(nlp, name, overlay(patterns))


class Assertion:
    """Sets the ``reason`` of frames whose sentence says that the fact is none."""

    def __init__(self, nlp: Language, name: str, patterns: Patterns) -> None:
        self.nlp = nlp
        self.name = name
        self.patterns = patterns
        self._context: Any = None

    def __call__(self, doc: Doc) -> Doc:
        """Weigh the frames of ``doc``."""
        written = layer(doc).get("frames", {})
        frames = [(table, one) for table in FACT_TABLES for one in written.get(table, ()) if not one["reason"]]
        if not frames:
            return doc
        find_terms(doc, self.patterns, CUES)
        narrative = Narrative.of(doc)
        for sentence, placed in _with_cues(narrative, frames, self.patterns.rows(CUES)):
            self._weigh(doc, sentence, placed)
        return doc

    def prepare(self) -> None:
        """Have ConText and its rules; called at first need, or before spaCy is made to forget strings."""
        if self._context is None:
            self._context = _context(self.nlp, self.patterns)

    def _weigh(self, doc: Doc, sentence: Sentence, placed: list[tuple[str, Frame]]) -> None:
        around, begin = tokens_around(self.nlp, texts_of(doc).text, sentence.start, sentence.end)
        span = around.char_span(sentence.start - begin, sentence.end - begin, alignment_mode="expand")
        if span is None:
            return
        # ConText asks for words alone; ``span.as_doc()`` would copy the attributes of the whole document first
        part = Doc(
            doc.vocab,
            words=[token.text for token in span],
            spaces=[bool(token.whitespace_) for token in span],
            sent_starts=[number == 0 for number in range(len(span))],
        )
        offset = begin + span.start_char
        targets: dict[tuple[str, int, int], list[Frame]] = {}
        spans: list[Span] = []
        for table, one in placed:
            target = part.char_span(one["start"] - offset, one["end"] - offset, label=table, alignment_mode="expand")
            if target is not None:
                key = (table, target.start, target.end)
                if key not in targets:
                    spans.append(target)
                targets.setdefault(key, []).append(one)
        part.spans[_TARGETS] = spans
        self.prepare()
        self._context(part)
        for target, modifier in part._.context_graph.edges:
            start, end = modifier.modifier_span
            if modifier.category.lower() not in _SHAPING and part[start:end].text != _MONTH:
                for one in targets[(target.label_, target.start, target.end)]:
                    reached = (offset + part[start:end].start_char, offset + part[start:end].end_char)
                    if modifier.category.lower() in _CLAUSAL and _in_next_clause(
                        doc, sentence, target.label_, one, reached
                    ):
                        continue
                    drop(one, modifier.category.lower())
        part._.context_graph = None


def _in_next_clause(doc: Doc, sentence: Sentence, table: str, one: Frame, cue: tuple[int, int]) -> bool:
    """Whether a frame after a cue at ``cue`` stands in a coordinate clause with a subject and a verb of its own."""
    folded = Narrative.of(doc).folded
    start, end = cue
    if one["start"] < end or _CONDITION.search(folded, start, end):
        return False
    far = min(one["end"] + 60, sentence.end)
    clauses = [_MAIN_CLAUSE.search(folded, end, far)]
    if not _RISK.search(folded, start, end):
        clauses.append(_CLAUSE.search(folded, end, far))
    clause = min((found for found in clauses if found), key=lambda found: found.start(), default=None)
    if clause is None or clause.start() > one["start"]:
        return False
    # "risk of relapse and death was": nouns alone go on, so an event needs a subject that is named
    return table == "drug_doses" or bool(_DETERMINED.match(clause["subject"]))


def _with_cues(
    narrative: Narrative, frames: list[tuple[str, Frame]], rows: Mapping[str, Entry]
) -> list[tuple[Sentence, list[tuple[str, Frame]]]]:
    """Sentences with frames that a cue can reach: it speaks of their table, and they lie in its direction and scope."""
    cued: dict[int, list[Term]] = {}
    for term in narrative.terms(CUES):
        if term.canonical not in _SHAPING:
            cued.setdefault(narrative.sentence_at(term.start).start, []).append(term)
    if not cued:
        return []
    found: dict[int, tuple[Sentence, list[tuple[str, Frame]]]] = {}
    for table, one in frames:
        sentence = narrative.sentence_at(one["start"])
        if any(_reaches(term, rows[term.id], table, one) for term in cued.get(sentence.start, ())):
            found.setdefault(sentence.start, (sentence, []))[1].append((table, one))
    return list(found.values())


def _reaches(term: Term, entry: Entry, table: str, one: Frame) -> bool:
    """Whether a cue may reach a frame, by characters; ConText has the word by tokens."""
    if table not in entry["tables"].split():
        return False
    reach = int(entry["scope"]) * _TOKEN if entry["scope"] else None
    ahead, behind = one["start"] - term.end, term.start - one["end"]
    forward = entry["direction"] != "BACKWARD" and one["end"] > term.start and (reach is None or ahead <= reach)
    backward = entry["direction"] != "FORWARD" and one["start"] < term.end and (reach is None or behind <= reach)
    return forward or backward


def _context(nlp: Language, patterns: Patterns) -> Any:
    """ConText with the rules of :data:`CUES`, and none of its own."""
    module = import_context()
    context = module.ConText(
        nlp,
        name="casemill_context",
        rules=None,
        span_attrs=None,
        input_span_type="group",
        span_group_name=_TARGETS,
        prune_on_target_overlap=True,
    )
    rules = []
    for entry in patterns.rows(CUES).values():
        tables = set(entry["tables"].split()) or None
        scope = int(entry["scope"]) if entry["scope"] else _TURN if entry["direction"] == "TERMINATE" else None
        for term in entry.terms:
            rules.append(
                module.ConTextRule(
                    term,
                    entry.canonical.upper(),
                    # a mark is a token pattern: ConText's token matcher warns when it has none
                    pattern=None if term[0].isalpha() else [{"ORTH": term}],
                    direction=entry["direction"],
                    allowed_types=tables,
                    max_scope=scope,
                )
            )
    context.add(rules)
    return context
