"""Test-value pairs of annotated case reports (MACCROBAT): a ``Lab_value`` that modifies a ``Diagnostic_procedure``.

The corpus links whatever was measured: vital signs, imaging, stages. What section 6 of the row specification takes for no
laboratory value is left out by the words of ``patterns/lab_values/out_of_scope.tsv``, found in the test's own name.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from casemill.benchmark.spans import Span, figures, read_documents
from casemill.components.frames import frames_of
from casemill.loading import load, make_doc
from casemill.reports import Report
from casemill.resources import load_patterns
from casemill.score.count import Counts

__all__ = ["Pair", "compare", "in_scope", "measure", "pairs_annotated"]

_LINK, _VALUE, _TEST = "MODIFY", "Lab_value", "Diagnostic_procedure"
_DIGIT = re.compile(r"\d")


class Pair(NamedTuple):
    """A test's name and its value, as characters of one document."""

    test: Span
    value: Span


class Comparison(NamedTuple):
    """One document: the pairs compared, those of them missed and spurious, and the tests by name with whether found."""

    counts: Counts
    missed: list[Pair]
    spurious: list[Pair]
    tests: dict[str, bool]


@cache
def _out_of_scope() -> list[tuple["re.Pattern[str]", "re.Pattern[str] | None"]]:
    rows = load_patterns().rows("lab_values/out_of_scope").values()
    return [(_any_word(entry["words"]), _any_word(entry["unless"]) if entry["unless"] else None) for entry in rows]


def _any_word(words: str) -> "re.Pattern[str]":
    spelled = "|".join(map(re.escape, sorted(words.split("|"), key=len, reverse=True)))
    return re.compile(rf"(?<![a-z0-9])(?:{spelled})(?![a-z0-9])")


def in_scope(test: str) -> bool:
    """Whether a test of this name is measured in the sense of section 6: none of the words that lead out of it."""
    name = " ".join(test.lower().split())
    return not any(words.search(name) and not (unless and unless.search(name)) for words, unless in _out_of_scope())


def pairs_annotated(document: dict[str, Any]) -> tuple[list[Pair], list[Span]]:
    """The pairs with a digit in the value and a test in scope, and the values linked to anything else."""
    text, spans = document["text"], {span["id"]: span for span in document["spans"]}
    pairs: list[Pair] = []
    others: list[Span] = []
    for link in document["relations"]:
        value, test = spans[link["head"]], spans[link["tail"]]
        if link["type"] != _LINK or value["label"] != _VALUE:
            continue
        at = (value["start"], value["end"])
        name = text[test["start"] : test["end"]]
        if test["label"] == _TEST and in_scope(name) and _DIGIT.search(text, *at):
            pairs.append(Pair((test["start"], test["end"]), at))
        else:
            others.append(at)
    return sorted(set(pairs)), others


def pairs_found(doc: Any) -> tuple[list[Pair], list[Span]]:
    """The pairs that casemill reads from a document, whoever's they are, and all names of tests that stand in its frames."""
    pairs: list[Pair] = []
    names: list[Span] = []
    for frame in frames_of(doc, "lab_values"):
        name = tuple(frame["cells"]["analyte"][1][0])
        names.append((name[0], name[1]))
        pieces = [piece for column in ("value", "value_high") for piece in frame["cells"].get(column, ("", []))[1]]
        if pieces:
            pairs.append(Pair((name[0], name[1]), (min(p[0] for p in pieces), max(p[1] for p in pieces))))
    return sorted(set(pairs)), names


def compare(document: dict[str, Any], doc: Any) -> Comparison:
    """``document``'s pairs against those read from ``doc``: a pair counts when both spans overlap, one to one.

    Values that the corpus links to something out of scope, or to no test, count neither way.
    """
    gold, others = pairs_annotated(document)
    output, names = pairs_found(doc)
    missed: list[Pair] = []
    left = list(output)
    for pair in gold:
        match = next((o for o in left if _meet(o.test, pair.test) and _meet(o.value, pair.value)), None)
        if match is None:
            missed.append(pair)
        else:
            left.remove(match)
    spurious = [o for o in left if not any(_meet(o.value, span) for span in others)]
    tests: dict[str, bool] = {}
    for pair in gold:
        name = " ".join(document["text"][slice(*pair.test)].lower().split())
        tests[name] = tests.get(name, False) or any(_meet(pair.test, span) for span in names)
    return Comparison(Counts(len(gold) - len(missed), len(spurious), len(missed)), missed, spurious, tests)


def _meet(first: Span, second: Span) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def comparisons(path: Path) -> Iterator[tuple[dict[str, Any], Comparison]]:
    """Each document of a corpus file with its comparison."""
    nlp = load()
    for document in read_documents(path):
        yield document, compare(document, nlp(make_doc(nlp, Report(str(document["id"]), "", document["text"]))))


def measure(path: Path) -> dict[str, Any]:
    """Overlap figures of the pairs in the corpus at ``path``, and the share of its distinct tests that were recognised."""
    return summary(comparison for _, comparison in comparisons(path))


def summary(found: Iterable[Comparison]) -> dict[str, Any]:
    """The figures of a corpus from those of its documents; a test counts as recognised if it was in any document."""
    by_document = list(found)
    tests: dict[str, bool] = {}
    for comparison in by_document:
        for name, recognised in comparison.tests.items():
            tests[name] = tests.get(name, False) or recognised
    share = round(sum(tests.values()) / len(tests), 4) if tests else 0.0
    unknown = sorted(name for name, recognised in tests.items() if not recognised)
    return {
        "pairs": figures([comparison.counts for comparison in by_document]),
        "tests": {"distinct": len(tests), "recognised": sum(tests.values()), "share": share, "unknown": unknown},
    }
