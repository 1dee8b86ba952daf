"""What the words of a sentence say of the antibodies it names.

A cue speaks of the mentions on its left ("ANA and RF were negative"), of those on its right ("negative for ANA and RF") or
of either. Each mention takes the result of the closest kind of tie: a sign of its own, a word before it, a predicate behind
its list, a list that a word opens, and last a mere verb of finding or having.
"""

import re
from collections.abc import Iterator

from casemill.components.antibody_cues import NEAR_WORDS, Cue, Statement, Ties
from casemill.components.antibody_mentions import Mention

__all__ = ["Linker"]

_SIGN = re.compile(
    r"(?:\s(?:total|titer|titre|level|test)s?)?(?:\s(?:was|were|is))?[\s:-]?\s?(?:[(\[]\s?(?P<boxed>\+/-|-/\+|±|\+{1,4}|-)(?:ve)?\s?[)\],;]"
    r"|(?P<bare>\+{1,4}|±)(?=[\s,.;:)]|$|[A-Z]{2})|(?P<minus>-)(?=[,;.)]|\s(?:and|or|,)|$))"
)
_SIGN_INSIDE = re.compile(r"[^\W_]([+-])\s?Ac$")
_SPECIMEN_NEXT = re.compile(r"\s(?:in|on)\s(?:the\s|her\s|his\s)?(?:csf|cerebrospinal|serum|blood|plasma)\b")
_GENERAL = re.compile(
    r"\s(?:in|by)\s(?:\w+\s){0,3}?(?:\d+(?:\.\d+)?\s?%|\d+\s?-\s?\d+\s?%|patients|cases|individuals|most|many|some|half)"
)
# "Are absent in type 2 disease": told of a disease, not of a sample or a person.
_OF_DISEASE = re.compile(
    r"\sin\s(?!(?:the|our|this|that|his|her|their|its|these|both|a|an|all|either|one|two|three|any|each|serum|sera|csf|blood"
    r"|plasma|cerebrospinal|pleural|synovial|high|low|moderate|significant|\d|patient)\b)"
)
_COMPLEMENT = re.compile(
    r"\s(?:(?:titers?|titres?|levels?)\s)?(?:(?P<count>(?:in|for)\s(?:only\s)?(?:(?P<none>none|no\s)|\d{1,4}\b|one|two|three|four|five|six|seven"
    r"|eight|nine|ten|all|both))|at\s(?:a\s)?(?:tit(?:er|re)\s(?:of\s)?)?[<>]?\d|by\s|\([<>]?\s?\d)"
)
_AT_FIRST = re.compile(
    r"\b(?:initial(?:ly)?|first|at onset|at diagnosis|at presentation|later|subsequently|follow-up|repeat)\b"
)
# "ANA, which had been negative in 2015, was positive"
_AFTER_CLAUSE = re.compile(r",\s(?:was|were)\s(?:[a-z]+ly\s)?$")
_OWN_PREDICATE = re.compile(r"(?:\s[\w-]{2,14}){0,2}\s(?:was|is)\s")
_GAPPED = 160
_GENERALLY = re.compile(
    r"(?:third|half|quarter|most|many|some|majority|proportion|minority|%|percent|few|often|all)\s(?:of\s)?(?:[\w-]+\s){0,3}?"
    r"(?:people|patients|individuals|cases|those|persons|subjects|adults|children|women|men)\b[^.;]{0,60}$"
    r"|\b(?:should|must|may|might|ought\sto)\s(?:\w+\s){0,2}be\s[^.;]{0,60}$"
)
_NEGATIONS = frozenset(("not", "never", "neither", "cannot", "couldn't", "wasn't", "weren't", "didn't", "nor"))
_OPPOSITE = {"positive": "negative", "negative": "positive"}


class Linker(Ties):
    """Ties the cues of one sentence to its mentions."""

    def link(self) -> list[Statement]:
        """The best statement on each mention, and later ones on the same mention, in text order."""
        for mention in self.mentions:
            self._read_sign(mention)
        for index, cue in enumerate(self.cues):
            self._read_cue(index, cue)
        best: dict[int, Statement] = {}
        changes = [one for one in self.statements if one.rule.endswith(".turned")]
        for one in [one for one in self.statements if one not in changes] + changes:
            known = best.get(one.mention.start)
            if known is None or (
                one not in changes and (one.rank, self._distance(one)) < (known.rank, self._distance(known))
            ):
                best[one.mention.start] = one
        later = [
            one
            for one in changes
            if best[one.mention.start] is not one and best[one.mention.start].result != one.result
        ]
        for start in self._excepted(best):
            del best[start]
        for one in self._gapped(best):
            best[one.mention.start] = one
        return [best[start] for start in sorted(best)] + later + self._told_again(list(best.values()))

    def _excepted(self, best: dict[int, Statement]) -> list[int]:
        """Starts of listed tests told again as the exception: "a screen (ANA, RF) was negative except for ANA"."""
        starts: list[int] = []
        for cue in (c for c in self.cues if c.side == "except"):
            named = {one.mention.name: one.result for start, one in best.items() if start >= cue.end}
            starts += [
                start
                for start, one in best.items()
                if one.mention.tail <= cue.start and named.get(one.mention.name, one.result) != one.result
            ]
        return list(dict.fromkeys(starts))

    def _distance(self, one: Statement) -> int:
        start, end = one.pieces[0]
        return min(abs(one.mention.start - end), abs(start - one.mention.tail))

    # -- told with their complement alone ----------------------------------------------------------------------------

    def _gapped(self, best: dict[int, Statement]) -> Iterator[Statement]:
        """Tests told with a count, a value or an assay of their own behind another's predicate.

        "ANA was positive in 3 of 9, ANCA in 2 of 8"; "ANA was positive at 1:640, anti-Sm and anti-Ro by line blot".
        """
        last: Statement | None = None
        group: list[Mention] = []
        for index, mention in enumerate(self.mentions):
            if mention.start in best:
                last, group = best[mention.start], []
                continue
            group.append(mention)
            following = self.mentions[index + 1].start if index + 1 < len(self.mentions) else self.sentence.end
            own = _COMPLEMENT.match(self.folded, mention.tail, following)
            if last is None or last.rank > 4 or last.cue_end > group[0].start or own is None:
                continue
            if self._parts(last.cue_end, group[0].start) or (last.result != "positive" and not own["count"]):
                last = None
                continue
            result = "negative" if own["none"] else last.result
            for one in group:
                yield Statement(
                    one, result, 4, f"{last.rule}.gapped", last.pieces, one.tail, mention.tail, len(group) == 1
                )
            group = []

    def _parts(self, start: int, end: int) -> bool:
        """Whether a clause ends between: a semicolon outside brackets, or a word that opens another clause."""
        gap = self._gap(start, end)
        return self._blocks(gap, self.words.words(gap, 0, len(gap))) or end - start > _GAPPED

    # -- signs -------------------------------------------------------------------------------------------------------

    def _read_sign(self, mention: Mention) -> None:
        if inside := _SIGN_INSIDE.search(self.text, mention.start, mention.end):
            result = "positive" if inside[1] == "+" else "negative"
            self.statements.append(Statement(mention, result, 0, "result.sign", [list(inside.span(1))], inside.end(1)))
            return
        for offset in dict.fromkeys((mention.end, mention.tail)):
            match = _SIGN.match(self.text, offset, min(self.sentence.end, offset + 18))
            if match and not any(m.start == match.end() for m in self.mentions):
                group = "boxed" if match["boxed"] else "bare" if match["bare"] else "minus"
                sign = match[group]
                result = "borderline" if "/" in sign or sign == "±" else "negative" if sign == "-" else "positive"
                pieces = [list(match.span(group))]
                self.statements.append(Statement(mention, result, 0, "result.sign", pieces, match.end(group)))
                return

    # -- cues --------------------------------------------------------------------------------------------------------

    def _read_cue(self, index: int, cue: Cue) -> None:
        if cue.side in {"except", "same"}:
            self._read_exception(cue)
            return
        left = "" if cue.side in {"has", "negator"} else self._left_tie(cue)
        right = self._right_tie(cue)
        if cue.side == "verb":
            self._read_verb(index, cue, left, right)
        elif cue.side == "has" and right == "beside":
            self._take_right(cue, first=6, rest=6)
        elif cue.side == "negator" and right == "beside":
            self._take_right(cue, first=1, rest=3)
        elif cue.side == "right":
            self._read_opening(cue, left, right)
        elif cue.side in {"adjective", "level", "increased", "left"}:
            self._read_adjective(cue, left, right)

    def _read_verb(self, index: int, cue: Cue, left: str, right: str) -> None:
        """ "Anti-X was detected", "revealed anti-X"."""
        if left and self._is_passive(index, cue):
            self._take_left(cue, rank=2)
        elif right and not self._is_told_of(cue):
            self._take_right(cue, first=7, rest=7)

    def _read_opening(self, cue: Cue, left: str, right: str) -> None:
        """ "Positive for anti-X", and "the test was positive for autoantibodies", which says it of the test."""
        both = self.folded.endswith(" with", cue.start, cue.end)
        if left == "beside" and (right != "beside" or both):
            self._take_left(cue, rank=2)
        if right and (both or left != "beside" or right == "beside"):
            self._take_right(cue, first=1 if right == "beside" else 5, rest=3 if right == "beside" else 5)

    def _read_adjective(self, cue: Cue, left: str, right: str) -> None:
        """ "ANA was negative", "a negative ANA", "negative blood cultures, ANA"."""
        beside = right == "beside"
        if right == "list" and cue.side == "adjective" and self.text.startswith(" (", cue.end):
            # "serology was negative (HBsAg, anti-HCV)"
            self._take_right(cue, first=5, rest=5)
        if cue.side == "left" and beside and self.folded.startswith((" for ", " to "), cue.end):
            self._take_right(cue, first=1, rest=3)
        elif left and beside and self.text[cue.end : cue.end + 2].strip() == "(":
            self._take_left(cue, rank=2)
            self._take_right(cue, first=3, rest=3)
        elif left and (not beside or (left == "beside" and not self._reaches(cue))):
            self._take_left(cue, rank=2)
        elif beside and cue.side != "left":
            self._take_right(cue, first=1, rest=3)
        elif right and cue.side == "adjective":
            self._take_right(cue, first=5, rest=5)

    # -- lists -------------------------------------------------------------------------------------------------------

    def _take_left(self, cue: Cue, *, rank: int) -> None:
        before = [m for m in self.mentions if m.start < cue.start]
        gap = self._gap_before(before[-1], cue)
        words = self.words.words(gap, 0, len(gap))
        chain = [before[-1]]
        ands = 0
        bare = cue.side != "left" and not self.words.some(words, "plural") and not self.words.some(words, "copula")
        for mention in reversed(before[:-1]):
            if self._opens(chain[-1]) or not self._joins(mention, chain[-1]):
                break
            if bare and re.search(r"(?<![^\W\d_])\d", self.text[mention.tail : chain[-1].start]):
                # "ANA 1:640, anti-Sm negative": a test with a value of its own
                break
            joined = self._gap(mention.tail, chain[-1].start)
            ands += " and " in joined
            if ands > 1 and "," in joined and " and " in joined:
                break
            chain.append(mention)
        result = self._turned(cue, words, negated=self._opens(chain[-1], negator=True))
        singular = bool({"was", "is", "has"} & set(words)) and not {"all", "both"} & set(words)
        general = {"are", "is", "be"} & set(words) and (
            _GENERAL.match(self.folded, cue.end) or _OF_DISEASE.match(self.folded, cue.end)
        )
        reason = "background" if general or (self.words.some(words, "modal") and not _NEGATIONS & set(words)) else ""
        for index, mention in enumerate(chain):
            far = 4 if index and singular else rank
            self._say(mention, cue, result, far, chain, reason=reason)

    def _take_right(self, cue: Cue, *, first: int, rest: int) -> None:
        following = [m for m in self.mentions if m.start >= cue.end]
        opening = self._gap(max(self.sentence.start, cue.start - 25), cue.start)
        before = self.words.words(opening, 0, len(opening))[-3:]
        result = self._turned(cue, before, negated=bool({"no", "without"} & set(before)) and cue.side != "has")
        # "were negative (HBsAg, anti-HCV) and ANA ...": the list ends with its bracket
        boxed = self.text.startswith(" (", cue.end)
        chain = [following[0]]
        for mention in following[1:]:
            between = self.text[chain[-1].tail : mention.start]
            if " and " in between and _OWN_PREDICATE.match(self.folded, mention.tail, self.sentence.end):
                # "showed ANA, and RF was 45 IU/mL"
                break
            if not self._joins(chain[-1], mention) or (boxed and between.count(")") > between.count("(")):
                break
            chain.append(mention)
        general = cue.side == "has" and not self.folded.endswith(("had", "ed"), 0, cue.end)
        if self.words.some(before, "modal") or (
            general and _GENERALLY.search(self.folded, self.sentence.start, cue.start)
        ):
            reason = "background"
        else:
            reason = ""
        for index, mention in enumerate(chain):
            self._say(mention, cue, result, rest if index else first, chain, reason=reason)

    def _turned(self, cue: Cue, words: list[str], *, negated: bool) -> str:
        """The cue's result, after a negation before it; blank where a negative is negated."""
        if cue.side == "negator" or not (
            negated or words[-1:] == ["no"] or _NEGATIONS & set(words) or {"no", "longer"} <= set(words)
        ):
            return cue.result
        return "negative" if cue.result == "positive" else ""

    def _say(self, mention: Mention, cue: Cue, result: str, rank: int, chain: list[Mention], *, reason: str) -> None:
        if result:
            pieces, end = [[cue.start, cue.end]], max(m.tail for m in chain)
            self.statements.append(
                Statement(mention, result, rank, cue.id, pieces, cue.end, end, len(chain) == 1, reason)
            )

    def _read_exception(self, cue: Cue) -> None:
        following = next((m for m in self.mentions if m.start >= cue.end), None)
        if following is None or self._right_tie(cue) != "beside":
            return
        told = [c for c in self.cues if c.result in _OPPOSITE and c.side not in {"has", "verb", "negator"}]
        told = told or [c for c in self.cues if c.result in _OPPOSITE and c.end <= cue.start]
        rule = next((c for c in reversed(told) if c.end <= cue.start), None) or next(
            (c for c in told if c.start > cue.end), None
        )
        own = [c for c in told if c.start >= following.tail and c.start - following.tail < 20]
        if rule is None or (own and rule.start < cue.start):
            return
        chain = [following]
        for mention in [m for m in self.mentions if m.start > following.start]:
            if not self._joins(chain[-1], mention):
                break
            chain.append(mention)
        for mention in chain:
            result = rule.result if cue.side == "same" else _OPPOSITE[rule.result]
            self._say(mention, cue, result, 1, chain, reason="")

    # -- told again --------------------------------------------------------------------------------------------------

    def _told_again(self, best: list[Statement]) -> list[Statement]:
        """A later result of tests that have one: "was positive at first, but turned negative"."""
        used = {tuple(one.pieces[0]) for one in self.statements}
        again: list[Statement] = []
        for cue in self.cues:
            if (cue.start, cue.end) in used or cue.side not in {"adjective", "level", "left"}:
                continue
            near = [one for one in best if max(one.cue_end, one.mention.tail) <= cue.start and one.rank <= 3]
            last = max((one.cue_end for one in near), default=-1)
            if last < 0 or not self._is_change(cue, last):
                continue
            pieces = [[cue.start, cue.end]]
            again += [
                Statement(one.mention, cue.result, 2, f"{cue.id}.later", pieces, cue.end, cue.end, one.alone)
                for one in near
                if one.cue_end == last and one.result != cue.result
            ]
        return again

    def _is_change(self, cue: Cue, last: int) -> bool:
        """Whether a cue tells another result of what a cue that ends at ``last`` spoke of: later, or elsewhere."""
        if any(m.start >= last and m.tail <= cue.start for m in self.mentions) or ";" in self.text[last : cue.start]:
            return False
        between = self.words.words(self.folded, last, cue.start)
        if self.words.some(between, "blocker") or len(between) > NEAR_WORDS:
            return False
        return (
            cue.id.endswith((".turned", ".after", ".tested"))
            or self.words.some(between, "change")
            or (
                "but" in between
                and _AT_FIRST.search(self.folded, last, min(self.sentence.end, cue.end + 40)) is not None
            )
            or _AFTER_CLAUSE.search(self.folded, last, cue.start) is not None
            or _SPECIMEN_NEXT.match(self.folded, cue.end) is not None
        )
