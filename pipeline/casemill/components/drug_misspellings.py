"""Misspelt names of drugs: "dexamathasone", "amphotercin", one letter away from a name and from no other word we know.

One letter added, left out, changed, or two neighbours exchanged (Damerau's four errors); or vowels taken for others
("flucanozole"). Names shorter than
:data:`SHORTEST` are left out: at that length one letter makes another word.
"""

from collections.abc import Collection, Iterable, Iterator

__all__ = ["SHORTEST", "Misspellings"]

#: Letters of the shortest name that is recognised with one of them wrong.
SHORTEST = 9


_VOWELS = str.maketrans(dict.fromkeys("aeiouy", "*"))
_VOWELS_WRONG = 2
_END = 4


class Misspellings:
    """An index of names by what is left when one letter is taken away, so that a look-up costs no comparison of all."""

    def __init__(self, names: Iterable[str], known: Collection[str]) -> None:
        """``names`` are looked for; a word in ``known`` (a spelling of any lexicon) is never a misspelling."""
        self._known = known
        # a tuple takes a quarter of a set's memory, and nearly every one holds a single name
        self._index: dict[str, tuple[str, ...]] = {}
        self._skeletons: dict[str, tuple[str, ...]] = {}
        self._ends: set[str] = set()
        for name in names:
            if len(name) >= SHORTEST and name.isalpha():
                self._ends |= {name[:_END], name[0] + name[-_END:]}
                skeleton = name.translate(_VOWELS)
                self._skeletons[skeleton] = (*self._skeletons.get(skeleton, ()), name)
                for rest in {name, *_without_one(name)}:
                    self._index[rest] = (*self._index.get(rest, ()), name)

    def meant(self, word: str) -> str:
        """The one name that ``word`` (lower case) misspells, blank if there is none or more than one."""
        if len(word) < SHORTEST or word in self._known or word.removesuffix("s") in self._known:
            return ""
        meant: set[str] = set()
        # one error leaves one end as it is, and the first letter is never the wrong one: an end of no name holds the error
        front, back = word[:_END] in self._ends, word[0] + word[-_END:] in self._ends
        if front or back:
            places = range(0 if back else len(word) - _END - 2, len(word) if front else _END + 2)
            candidates = {name for rest in (word, *_without_one(word, places)) for name in self._index.get(rest, ())}
            meant = {name for name in candidates if name[0] == word[0] and _one_apart(word, name)}
        if not meant and len(word) > SHORTEST:
            alike = self._skeletons.get(word.translate(_VOWELS), ())
            meant = {name for name in alike if sum(map(str.__ne__, word, name)) <= _VOWELS_WRONG}
        return next(iter(meant)) if len(meant) == 1 else ""


def _without_one(word: str, places: range | None = None) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in places or range(len(word)))


def _one_apart(word: str, name: str) -> bool:
    """Whether one error in Damerau's sense leads from ``name`` to ``word``."""
    if len(word) > len(name):
        return name in _without_one(word)
    if len(word) < len(name):
        return word in _without_one(name)
    wrong = [place for place, (one, other) in enumerate(zip(word, name, strict=True)) if one != other]
    if len(wrong) == 1:
        return True
    return (
        len(wrong) == 2
        and wrong[1] == wrong[0] + 1
        and word[wrong[0]] == name[wrong[1]]
        and word[wrong[1]] == name[wrong[0]]
    )
