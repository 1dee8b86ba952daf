"""Immunoglobulin classes told with a test, and what a direct antiglobulin test was positive for.

"IgG and IgM anticardiolipin", "anti-VCA (IgG 3.1, IgM 0.4)", "direct Coombs test positive for IgG and C3d": each class is a
test of its own.
"""

import re

from casemill.components.antibody_mentions import Mention
from casemill.components.antibody_names import CLASS, CLASS_WORD, Names
from casemill.components.antibody_words import Words

__all__ = ["add_classes"]

_LEFT = re.compile(
    rf"(?:(?<![^\W_]){CLASS}\s?(?:,\s?(?:and\s|or\s)?|/|\s?and\s|\s?or\s|\s?&\s?|\s?\+\s?))*(?<![^\W_]){CLASS}"
    r"\)?[\s-](?:class |isotype |type |positive |negative |auto)?$"
)
# "IgG and" before "IgM anticardiolipin".
_JOINED = re.compile(rf"(?:(?<![^\W_]){CLASS}\s?(?:,\s?(?:and\s|or\s)?|/|\s?and\s|\s?or\s|\s?&\s?|\s?\+\s?))+$")
_ADJACENT = re.compile(
    r"(?:\s(?:was|were)\s(?:done|performed|sent)\sand)?[\s,:-]{0,2}\(?\s?(?:of (?:the )?)?"
    r"(?:type |class |isotype |titer |titre )?$"
)
_AGAINST_CELLS = re.compile(r"anti-(Ig[GAM]|C3)[bdc]?")
_BOXED = re.compile(r"^[^()]{0,60}(?:positive|negative)\s\($")
_LISTED = re.compile(r"(?:\d|positive|negative|detected)[^;]*(?:,|\sand|\sbut)\s$")
_BOXES = re.compile(r"\((?!\s?Ig)[^()]{0,40}\)(?=\s)")
# What a class has behind it that is told for itself.
_SAID = re.compile(
    r"\s(?:was\s|were\s|is\s|non-?|weakly\s|strongly\s){0,2}(?:positive|negative|reactive|undetect|absent|[<>]?\d)"
)
_COMMA = re.compile(r"\s?(?:,\s?(?:and\s|or\s)?|/|\s?(?:and|or|&|\+)\s)(?:anti-)?")
_TOTAL = re.compile(rf"\s?\(?(?:total\b|{CLASS}\s?\+\s?{CLASS})")
_REACH, _FAR, _BESIDE, _CLOSE = 60, 30, 8, 3
_ANTIGLOBULIN = {"DAT", "IAT"}
_COMPLEMENT = re.compile(
    r"(?<![^\W_])(?:anti-)?(?:(?P<ig>Ig[GMA])|[Ii]mmunoglobulins? (?P<long>[GMA])"
    r"|(?P<c3>complement(?: component)?(?: \(?C3[bdc]*\)?)?|C3(?:[bdc]|b/C3d|d/C3b)?))(?: \(Ig[GMA]\))?(?![^\W_])"
)


def add_classes(
    mentions: list[Mention], text: str, folded: str, names: Names, words: Words, stop: int
) -> list[Mention]:
    """The mentions of one sentence that ends at ``stop``, each class told with one as a mention of its own."""
    added: list[Mention] = []
    for index, mention in enumerate(mentions):
        limit = mentions[index + 1].start if index + 1 < len(mentions) else stop
        begin = mentions[index - 1].tail if index else max(0, mention.start - _REACH)
        if mention.name in _ANTIGLOBULIN:
            added += _antiglobulin(mention, text, folded, words, begin, stop)
        elif added and added[-1].name.startswith("DAT") and (found := _AGAINST_CELLS.fullmatch(mention.name)):
            # "positive for anti-IgG": read with the test already
            if all(one.start != mention.start for one in added):
                mention.name = f"{added[-1].name.split()[0]} {found[1]}"
                added.append(mention)
        else:
            classed = _classed(mention, text, folded, names, words, begin, limit)
            if mention.rule == "antibody.against" and index and mentions[index - 1].rule == "antibody.against":
                _carry_class(added[-1], mention, text, names)
            added += classed
            if len(classed) == 1 and mention.rule == "antibody.list":
                _carry_back(added, mentions[: index + 1], text, names)
    return _uncovered(added)


def _uncovered(mentions: list[Mention]) -> list[Mention]:
    """``mentions`` without those that stand within another's words and name another antibody."""
    kept: list[Mention] = []
    last: Mention | None = None
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if last is None or mention.end > last.end:
            last = mention
        elif mention.name != last.name:
            continue
        kept.append(mention)
    return kept


def _carry_class(last: Mention, mention: Mention, text: str, names: Names) -> None:
    """ "IgM antibodies against EBV, CMV and HSV": the class of the first holds for the list."""
    _, told = names.without_class(last.name)
    if told and "ntibod" not in text[mention.start : mention.end]:
        mention.name = names.of_class(mention.name, told)


def _carry_back(added: list[Mention], mentions: list[Mention], text: str, names: Names) -> None:
    """ "Anti-GM1, GM2 and GD1b IgG antibodies": the class told last holds for the bare list before it."""
    _, told = names.without_class(mentions[-1].name)
    if not told:
        return
    for last, following in zip(mentions[-2::-1], mentions[:0:-1], strict=True):
        plain = "ntibod" not in text[last.start : last.tail] and not names.without_class(last.name)[1]
        bare = following.rule == "antibody.list" and not CLASS_WORD.search(text, last.start, last.tail)
        if not (plain and bare and last in added and _COMMA.fullmatch(text, last.tail, following.start)):
            return
        last.name = names.of_class(last.name, told)


def _letter(match: re.Match[str]) -> str:
    return str(match[1] or match[2])


def _classed(
    mention: Mention, text: str, folded: str, names: Names, words: Words, begin: int, limit: int
) -> list[Mention]:
    base, told = names.without_class(mention.name)
    found = _left(text, begin, mention.start) or (
        _JOINED.search(text, max(begin, mention.start - _REACH), mention.start) if told else None
    )
    left = list(CLASS_WORD.finditer(text, *found.span())) if found else []
    right = [] if _TOTAL.match(text, mention.tail) else _right(text, folded, mention, limit, words, told=bool(told))
    if told:
        left = [m for m in left if _letter(m) != told]
        return [
            *(_of(mention, m, names.of_class(base, _letter(m))) for m in left),
            mention,
            *_subs(mention, right, base, names),
        ]
    if left:
        *others, own = left
        mention.name = names.of_class(base, _letter(own))
        if mention.start - own.end() < _BESIDE:
            mention.start = own.start()
        return [*(_of(mention, m, names.of_class(base, _letter(m))) for m in others), mention]
    if right:
        first, *rest = right
        mention.name = names.of_class(base, _letter(first))
        mention.end = mention.tail = max(mention.tail, first.end())
        if re.match(r"\s(?:auto)?antibod(?:y|ies)", text[mention.tail : mention.tail + 16]):
            mention.tail += len(re.match(r"\s(?:auto)?antibod(?:y|ies)", text[mention.tail :])[0])  # type: ignore[index]
        return [mention, *_subs(mention, rest, base, names)]
    return [mention]


def _left(text: str, begin: int, start: int) -> "re.Match[str] | None":
    return _LEFT.search(text, max(begin, start - _REACH), start)


def _right(text: str, folded: str, mention: Mention, limit: int, words: Words, *, told: bool) -> list["re.Match[str]"]:
    """The classes behind a mention: the first beside it, each later one beside a class, its value or its result."""
    found: list[re.Match[str]] = []
    last = mention.tail
    for match in CLASS_WORD.finditer(text, mention.end, limit):
        gap = text[last : match.start()] if match.start() >= last else ""
        leads = text[match.start() : limit]
        if "," in gap and (limit - match.end() <= _CLOSE or _LEFT.match(leads) or _JOINED.match(leads)):
            # "lupus anticoagulant, IgG/IgM anticardiolipin": the class of the next
            break
        gap = _BOXES.sub("", gap)
        listed = words.only(words.words(gap.lower(), 0, len(gap)), "list", "adverb") and len(gap) < _FAR
        reach = _REACH if _SAID.match(text, match.end()) else _FAR
        listed = listed or (len(gap) <= reach and _LISTED.search(gap) is not None) or _BOXED.search(gap) is not None
        if not found and not (_ADJACENT.fullmatch(gap) or (told and listed)):
            break
        if (
            (found or told)
            and not _BOXED.search(gap)
            and (len(gap) > reach or re.search(r"[;.]\s|\b(?:with|but|while|whereas|levels|total)\b", gap))
        ):
            break
        if re.match(r"(?:,)?\s?\(?\d[\d.,]*\s?(?:m?g/d?L|mg%)", text[match.end() : match.end() + 16]):
            break
        found.append(match)
        last = match.end()
    return found


def _of(mention: Mention, match: "re.Match[str]", name: str) -> Mention:
    return Mention(match.start(), match.end(), match.end(), name, mention.rule, mention.needs, mention.reason, True)


def _subs(mention: Mention, matches: list["re.Match[str]"], base: str, names: Names) -> list[Mention]:
    return [_of(mention, m, names.of_class(base, _letter(m))) for m in matches]


def _antiglobulin(mention: Mention, text: str, folded: str, words: Words, begin: int, stop: int) -> list[Mention]:
    """What an antiglobulin test found: immunoglobulin or complement on the cells; the test itself if that isn't told."""
    if left := _left(text, begin, mention.start):
        mention.name = f"{mention.name} Ig{_letter(list(CLASS_WORD.finditer(text, *left.span()))[-1])}"
        return [mention]
    found: list[Mention] = []
    last = mention.tail
    for match in _COMPLEMENT.finditer(text, mention.tail, min(stop, mention.tail + 2 * _REACH)):
        gap = text[last : match.start()]
        if not _specifies(folded, last, match.start(), words, first=not found) or gap.count(",") > 1:
            break
        name = "C3" if match["c3"] else match["ig"] or f"Ig{match['long']}"
        found.append(
            Mention(match.start(), match.end(), match.end(), f"{mention.name} {name}", "antibody.antiglobulin")
        )
        last = match.end()
    if found:
        mention.reason = "specified"
    return [mention, *found]


def _specifies(folded: str, start: int, end: int, words: Words, *, first: bool) -> bool:
    gap = folded[start:end]
    if ";" in gap or (first and "," in gap):
        return False
    return all(word in words["specific"] or word in words["head"] for word in words.words(folded, start, end))
