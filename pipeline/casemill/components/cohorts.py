"""Facts of a group: the subject ``cohort`` with ``n`` and ``of`` (specification, section 1)."""

from casemill.components.counts import Count, choose_count, find_total
from casemill.components.frames import Frame, put
from casemill.components.narrative import Narrative, Sentence

__all__ = ["Cohorts"]

_Placed = tuple[str, Frame]


class Cohorts:
    """Gives facts to the group of a report, whose size its sections tell."""

    def __init__(self, narrative: Narrative) -> None:
        self.narrative = narrative
        self.total = ""
        self.totals: list[str] = []

    def take_total(self, sentence: Sentence) -> bool:
        """Keep the size of the group if ``sentence`` tells it; whether it does."""
        total = find_total(self.narrative.folded, sentence.start, sentence.end)
        if not total or int(total) <= 1:
            return False
        self.total = total
        self.totals.append(total)
        return True

    def give(self, one: Frame, sentence: Sentence, counts: list[Count], placed: list[_Placed]) -> None:
        """A frame of the group, with the count that it stands with."""
        chosen = choose_count(counts, self.narrative.folded, one["start"], one["end"])
        if (
            chosen is not None
            and chosen.n not in ("", "1", "all")
            and self._distributed(chosen, counts, sentence, placed)
        ):
            chosen = chosen._replace(n="1")
        self.put(one, chosen)

    def _distributed(self, count: Count, counts: list[Count], sentence: Sentence, placed: list[_Placed]) -> bool:
        """ "Three cases had A, B and C, respectively": one each."""
        until = min((c.start for c in counts if c.start > count.start), default=sentence.end)
        if "respectively" not in self.narrative.folded[count.end : until]:
            return False
        return len([one for _, one in placed if count.start <= one["start"] < until]) == int(count.n)

    def put(self, one: Frame, count: Count | None) -> None:
        """Make ``one`` a fact of the group, with the count that it is told of, if any."""
        put(one, "subject", "cohort", [[count.start, count.end]] if count else [])
        if count is None:
            return
        total = self.total or (self.totals[0] if self.totals else "")
        of = count.of or (total if count.partitive or self._within(count) else "")
        negative = "n" in one["cells"].get("result", [""])[0][:1]
        n = of if count.n == "all" or (count.n == "0" and negative) else count.n
        piece = [[count.start, count.end]]
        if n:
            put(one, "n", n, piece)
        if of:
            put(one, "of", of, piece)

    def _within(self, count: Count) -> bool:
        """Whether a bare count is a part of the group that the section is about."""
        total = self.total or (self.totals[0] if self.totals else "")
        return bool(total) and not count.single and count.n.isdigit() and int(count.n) < int(total)
