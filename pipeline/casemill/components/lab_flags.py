"""Levels told in words: which analytes "elevated", "within normal limits" or an arrow cover.

A level word before a name covers the names joined to it; one after a verb covers the names joined before it. Words of
change ("rose to", "gradually increased", "reduced from") tell no level (specification, section 9).
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from casemill.components.lab_covers import Cover
from casemill.components.lab_readings import Bounds, Reading
from casemill.components.lab_words import LabWords
from casemill.components.narrative import Term
from casemill.resources import Entry

__all__ = ["flag_all", "flag_readings"]

_TOKEN = re.compile(r"[^\W\d_]+|[^\s\w]")
_WORDS = re.compile(r"[^\W\d_]+")
_COUNTED = re.compile(
    r"in (?:all |only )?(?:\d{1,4}|[a-z]{3,9})(?: (?:out )?of (?:the |all )?(?:\d{1,4}|[a-z]{3,9}))?(?: patients| cases)?"
)
# "high levels of", "elevations in": a head that may lead a list, each name with its value.
_PLURAL = re.compile(r"s (?:of|in|for)(?: the)?\Z")
_CLOSING = re.compile(r"\s?[)\]]")
_OPPOSITE = {"normal": "abnormal", "positive": "negative", "negative": "positive"}
# The comparator that bounds a value on the other side than a diagnosis of this level; "up to" may be reached.
_OTHER_SIDE = {"high": "<", "low": ">"}


def flag_readings(
    readings: list[Reading], levels: Iterable[tuple[Term, Entry]], bounds: Bounds, words: LabWords
) -> None:
    """Set ``flag`` and ``flag_at`` of ``readings`` from the level words of their sentence."""
    levels = _without_passing(list(levels), bounds)
    cover = Cover(readings, bounds, words, frozenset(term.start for term, _ in levels))
    returned: list[Reading] = []
    for term, entry in levels:
        if _of_reference(term, readings, bounds) or _of_name(term, readings):
            continue
        for reading, flag in _flags(cover, term, entry):
            flagged = reading.quantity is None and reading.flag_at is not None and reading.flag_at[1] <= term.start
            if entry["kind"] == "return" and (flagged or cover.told_before(reading, term.start)):
                # "CK, 900 U/L in May, normalized in June": the level is of another time than the value
                back = Reading(reading.mention, term.end, start=reading.start, rule="return", flag=flag)
                back.flag_at = (term.start, term.end)
                returned.append(back)
            elif not reading.flag:
                reading.flag, reading.flag_at = flag, (term.start, term.end)
                if entry["kind"] == "return" and reading.quantity is None:
                    reading.rule = "return"
    _show(readings, bounds, words)
    _gap(readings, bounds, words)
    readings += returned
    _diagnose(readings, bounds, words)


def _without_passing(levels: list[tuple[Term, Entry]], bounds: Bounds) -> list[tuple[Term, Entry]]:
    """``levels`` with changes taken into the level that they end in: "was decreased, returning to the normal range"."""
    kept: list[tuple[Term, Entry]] = []
    for term, entry in levels:
        if kept and entry["kind"] == "return" and kept[-1][1]["kind"] == "participle":
            start = kept[-1][0].start
            if bounds.folded[kept[-1][0].end : term.start] in (", ", " ", " and ", ", and "):
                kept[-1] = (term._replace(start=start), entry)
                continue
        kept.append((term, entry))
    return kept


def flag_all(readings: list[Reading], term: Term, flag: str) -> None:
    """Set the level of all readings that have neither value nor level, as a later sentence tells it."""
    for reading in readings:
        if reading.quantity is None and not reading.flag and (said := reading.mention.level(flag)):
            reading.flag, reading.flag_at = said, (term.start, term.end)


def _show(readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
    """Findings that are abnormal by being shown: "electrophoresis revealed a monoclonal protein"."""
    for reading in readings:
        if reading.flag or reading.quantity is not None or reading.mention.says("qualitative") != "shown":
            continue
        start = max(bounds.start, reading.mention.start - 40)
        found = list(_WORDS.finditer(bounds.folded, start, reading.mention.start))[-5:]
        verb = next((m for m in reversed(found) if m.group() in words.of("finding")), None)
        if verb is not None and not any(m.group() in words.of("negation") for m in found):
            reading.flag, reading.flag_at = "abnormal", verb.span()


def _gap(readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
    """A level left out where only the count is told again: "A was raised in 8 of 9, and B in 7 of 9"."""
    for last, reading in pairwise(readings):
        if reading.flag or reading.quantity is not None or not last.flag or last.flag_at is None:
            continue
        gap = bounds.folded[max(last.mention.tail, last.flag_at[1]) : reading.mention.start]
        counted = _COUNTED.match(gap.lstrip())
        joined = counted is not None and words.only(
            gap.lstrip()[counted.end() :], "conjunction", "head", marks=",;", most=4
        )
        if joined and _COUNTED.match(bounds.folded[reading.mention.tail :].lstrip()):
            reading.flag, reading.flag_at = last.flag, last.flag_at


def _of_name(term: Term, readings: list[Reading]) -> bool:
    return any(r.mention.start < term.end and term.start < r.mention.end for r in readings)


def _of_reference(term: Term, readings: list[Reading], bounds: Bounds) -> bool:
    """Whether the word only heads a reference range; ``(normal)`` alone is a level."""
    for reading in readings:
        if (
            reading.quantity
            and reading.reference
            and reading.quantity.end <= term.start
            and term.end < reading.reference.end
        ):
            return _CLOSING.match(bounds.plain, term.end) is None
    return False


def _flags(cover: Cover, term: Term, entry: Entry) -> Iterator[tuple[Reading, str]]:
    folded, words = cover.bounds.folded, cover.words
    before = folded[max(cover.bounds.start, term.start - 40) : term.start]
    after = folded[term.end : min(cover.bounds.end, term.end + 24)]
    kind = entry["kind"]
    lead = _WORDS.findall(before)
    verb = _verb_before(lead, words)
    if _tells_change(kind, before, after, words) or (kind == "participle" and not verb and not _opens(before, words)):
        return
    flag = entry.canonical
    negated = not words.of("negation").isdisjoint(lead[-3:])
    if kind == "surplus":
        # "no excess blasts" says nothing of their number
        if negated or not _opens(before, words):
            return
        kind = "participle"
    if negated:
        flag = _OPPOSITE.get(flag, "normal")
    for reading in _covered(cover, term, kind, verb=verb):
        if kind == "participle" and not verb and _moves(reading, folded, words):
            continue
        if kind == "found" and reading.quantity is not None and term.end <= reading.start:
            # "a collection detected 6 g of protein" tells the amount only
            continue
        if said := _said(reading, flag, kind):
            yield reading, said


def _covered(cover: Cover, term: Term, kind: str, *, verb: bool) -> list[Reading]:
    folded = cover.bounds.folded
    if kind == "noun":
        return cover.forward(term.end, plural=_PLURAL.search(folded, term.start, term.end) is not None)
    if kind == "mark":
        return cover.backward(term.start, predicate=False)[:1] or cover.forward(term.end)[:1]
    if kind in ("predicate", "return") and folded.startswith(":", term.end):
        # "enzymes were within normal limits: AST was 20 U/L; ALT was 18 U/L"
        return [*cover.backward(term.start, predicate=True), *cover.forward(term.end, framed=True)]
    if kind == "return" and folded.endswith(("and ", ", "), 0, term.start) and (ahead := cover.forward(term.end)):
        # "it reversed the anemia and normalized LDH"
        return ahead
    if kind in ("predicate", "return"):
        return cover.backward(term.start, predicate=True) or cover.forward(_past_with(folded, term.end))
    if verb and (listed := _spelled_out(cover, term)):
        return listed
    if verb and (covered := cover.backward(term.start, predicate=True)):
        return [*covered, *cover.along(covered, term.end)]
    if verb and term.canonical == "abnormal" and folded.startswith(" (", term.end):
        # "renal function was disturbed (creatinine 16 mg/L)" names a syndrome
        return []
    covered = cover.forward(term.end)
    if covered or (kind == "participle" and not verb):
        return covered
    return cover.backward(term.start, predicate=verb)


def _spelled_out(cover: Cover, term: Term) -> list[Reading]:
    """The values that spell out what is said of a class: "tumor markers were high, with a CEA of 44 and an AFP of 90"."""
    folded, words = cover.bounds.folded, cover.words
    start = _past_with(folded, term.end)
    if start == term.end or term.canonical == "abnormal":
        return []
    subject = _WORDS.findall(folded[max(cover.bounds.start, term.start - 60) : term.start])
    noun = next((w for w in reversed(subject) if not (w in words.of("being", "adverb") or w.endswith("ly"))), "")
    if noun not in words.of("tested"):
        return []
    named = [r for r in cover.backward(term.start, predicate=True) if r.quantity is None]
    return [*named, *(r for r in cover.forward(start, framed=True) if r.quantity is not None)]


def _past_with(folded: str, end: int) -> int:
    """Past ``, with``: "function was within normal limits, with creatinine of 80"."""
    for opening in (", with ", " with "):
        if folded.startswith(opening, end):
            return end + len(opening)
    return end


def _verb_before(lead: list[str], words: LabWords) -> bool:
    """Whether the words before a level end in a form of "be", with adverbs at most behind it."""
    for token in reversed(lead[-4:]):
        if token in words.of("being"):
            return True
        if token not in words.of("adverb", "copula", "negation") and not token.endswith("ly"):
            return False
    return False


def _tells_change(kind: str, before: str, after: str, words: LabWords) -> bool:
    """Whether a level word tells a change: after "gradually", or a participle before "to", "from", "by"."""
    if kind not in ("participle", "adjective"):
        return False
    last = _last_token(before)
    if last in words.of("changing"):
        # "CRP has increased" is a change, "to have elevated CRP" none
        return kind == "participle" or last not in words.of("having")
    following = _WORDS.match(after.lstrip())
    return kind == "participle" and following is not None and following.group() in words.of("direction")


def _opens(before: str, words: LabWords) -> bool:
    """Whether a participle may be an adjective after the word before it: "with increased CRP", not "steroids reduced CRP"."""
    last = _last_token(before)
    if not last.isalpha() or last in words.of("opener", "adverb"):
        return True
    # "by constantly increased lipase": behind a preposition even an adverb and a participle describe a noun
    lead = before.removesuffix(" ").removesuffix(last)
    return last.endswith("ly") and _last_token(lead) in words.of("preposition")


def _last_token(before: str) -> str:
    """The word or mark that a text ends with, a space at its end left out; blank where it ends with neither."""
    end = before.removesuffix(" ").rpartition(" ")[2]
    tokens = _TOKEN.findall(end)
    return tokens[-1] if tokens and end.endswith(tokens[-1]) else ""


def _moves(reading: Reading, folded: str, words: LabWords) -> bool:
    """Whether the value is the end of a change: "reduced CRP from 90 to 20" is a verb."""
    quantity = reading.quantity
    return quantity is not None and words.any(folded[reading.mention.tail : quantity.number_at[0]], "toward")


def _said(reading: Reading, flag: str, kind: str) -> str:
    """The flag in the closed list for this analyte; blank where the word tells nothing of it."""
    mention = reading.mention
    if kind == "pH":
        return flag if "pH" in mention.name else ""
    if kind == "participle" and "{score}" in mention.units:
        # a score that is "decreased" has changed
        return ""
    if flag == "abnormal" and kind == "adjective" and {"10*9/L", "/uL"} & set(mention.units):
        # an abnormal cell is a finding of morphology, not of number
        return ""
    return mention.level(flag)


def _diagnose(readings: list[Reading], bounds: Bounds, words: LabWords) -> None:
    """A diagnosis word flags its own value, and the values of its analytes told right after it."""
    for index, reading in enumerate(readings):
        if reading.mention.rule != "diagnosis" or _denied(reading, bounds, words):
            continue
        at = (reading.mention.start, reading.mention.end)
        if reading.quantity is None:
            _flag_following(readings[index + 1 : index + 7], reading, at, bounds, words)
        elif (
            bounds.folded[reading.mention.tail : reading.quantity.start].strip() not in ("=", ":") and not reading.flag
        ):
            _flag(reading, reading.mention.flag, at)


def _flag(reading: Reading, flag: str, at: tuple[int, int]) -> None:
    """Flag a value by a diagnosis, but one bounded on the other side: "proteinuria below 0.3 g/day" is not high."""
    assert reading.quantity is not None
    if reading.quantity.comparator != _OTHER_SIDE.get(flag, flag):
        reading.flag, reading.flag_at = flag, at


def _denied(reading: Reading, bounds: Bounds, words: LabWords) -> bool:
    """Whether a diagnosis is said to be absent: "did not reveal anemia (Hb 13 g/dL)"."""
    before = bounds.folded[max(bounds.start, reading.mention.start - 30) : reading.mention.start]
    return not words.of("negation").isdisjoint(_WORDS.findall(before)[-3:])


def _flag_following(
    following: list[Reading], told: Reading, at: tuple[int, int], bounds: Bounds, words: LabWords
) -> None:
    families = set(told.mention.family)
    end = told.mention.tail
    classes = ("modifier", "glue", "copula", "adverb", "coordination", "head")
    for reading in following:
        mention = reading.mention
        gap = bounds.folded[end : min(reading.start, mention.start)]
        if len(gap) > 60 or not words.only(gap, *classes, marks="([,:;-)/="):
            break
        names = {
            mention.name,
            f"urine {mention.name.replace(' count', 's')}",
            mention.says("count"),
            mention.says("percent"),
        }
        if mention.rule != "diagnosis" and names & families and reading.quantity is not None and not reading.flag:
            _flag(reading, told.mention.flag, at)
        elif len(families) == 1 and mention.rule != "diagnosis" and reading.quantity is None:
            break
        end = reading.end
