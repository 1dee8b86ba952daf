"""The small words around antibodies, by what they do there, and the words that only look like antibodies."""

import re
from collections.abc import Iterable
from functools import cache

from casemill.components.antibody_names import AGENTS
from casemill.resources import Patterns

__all__ = ["Words", "words_of"]

GLUE = "antibodies/glue"
STOPS = "antibodies/not_antibodies"
BARE = "antibodies/bare"

_WORD = re.compile(r"[^\W\d_](?:[\w'-]*\w)?")


class Words:
    """Sets of words as the pattern files give them; one an application of patterns, from :func:`words_of`."""

    def __init__(self, patterns: Patterns) -> None:
        rows = patterns.rows(GLUE)
        self._sets = {key: frozenset(row["words"].split()) for key, row in rows.items()}
        self._phrases = {key: tuple(row["words"].split("|")) for key, row in rows.items() if "|" in row["words"]}
        self._exact: dict[str, set[str]] = {}
        self._begins: dict[str, tuple[str, ...]] = {}
        for row in patterns.rows(STOPS).values():
            written = [word.replace("_", " ") for word in row["words"].split()]
            self._exact[row["kind"]] = {word for word in written if not word.endswith("*")}
            self._begins[row["kind"]] = tuple(word[:-1] for word in written if word.endswith("*"))
        self.needs = {
            word: row["needs"]
            for row in patterns.rows(BARE).values()
            for word in row["words"].replace("_", " ").split("|")
        }
        for agent in patterns.rows(AGENTS).values():
            # an antimalarial is a drug
            self.needs.setdefault(f"anti-{agent.canonical}", "head")
            for word in agent["words"].split("|"):
                self.needs.setdefault(word, "antibody")

    def __getitem__(self, kind: str) -> frozenset[str]:
        """The words of one kind (``copula``, ``breaker``, ...)."""
        return self._sets[kind]

    def phrases(self, kind: str) -> tuple[str, ...]:
        """The phrases of a kind whose rows hold several words each, parted by ``|`` in the file (``stain``, ``less``)."""
        return self._phrases[kind]

    def only(self, words: Iterable[str], *kinds: str) -> bool:
        """Whether every word is of one of the kinds."""
        return all(any(word in self._sets[kind] for kind in kinds) for word in words)

    def some(self, words: Iterable[str], kind: str) -> bool:
        """Whether a word of the kind is among them."""
        known = self._sets[kind]
        return any(word in known for word in words)

    def is_stop(self, after_anti: str, *kinds: str) -> bool:
        """Whether what stands after "anti" (lower case) is one of the words of these kinds."""
        for kind in kinds:
            if after_anti.startswith(self._begins[kind]):
                return True
            first = re.split(r"[\s,.;:)(/]", after_anti, maxsplit=1)[0]
            if first in self._exact[kind] or any(after_anti.startswith(f"{w} ") for w in self._exact[kind] if " " in w):
                return True
        return False

    def stops(self, kind: str) -> tuple[tuple[str, ...], set[str]]:
        """The beginnings and the whole words of one kind, as :meth:`is_stop` takes them."""
        return self._begins[kind], self._exact[kind]

    def is_disease(self, phrase: str) -> bool:
        """Whether the last word of a phrase names a disease: "Hodgkin lymphoma" is no species."""
        last = phrase.rsplit(maxsplit=1)[-1]
        return last in self._sets["disease"] or last.endswith(("oma", "itis", "osis", "emia", "aemia", "pathy"))

    @staticmethod
    def words(folded: str, start: int, end: int) -> list[str]:
        """The words of ``folded[start:end]``; numbers and signs left out."""
        return _WORD.findall(folded, start, end)


@cache
def words_of(patterns: Patterns) -> Words:
    """The words of these patterns; the same object for the same patterns."""
    return Words(patterns)
