"""Whose the facts are, and when: the share of facts with the right subject, and ``date`` over matched rows.

Both are told apart from finding the fact: subjects over facts that agree in their key *without* the subject, dates over
rows that agree in their whole key.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casemill.schema import FACT_TABLES, TABLES
from casemill.score.agreement import agree
from casemill.score.count import Counts, figures, interval, mean_interval
from casemill.score.match import Matching, Row, match

__all__ = ["date_counts", "date_figures", "subject_counts", "subject_figures", "subject_pairs"]

# Matchings by table and report, as an evaluation holds them.
Matchings = Mapping[str, Mapping[str, Matching]]


def subject_pairs(table: str, matching: Matching) -> list[tuple[Row, Row]]:
    """Gold and output rows of one report and table that agree in their key less ``subject``.

    The subject is then one of the attributes of which the assignment makes most agree: the same result of two patients is
    paired with its own patient's where that costs no other attribute.
    """
    known = TABLES[table]
    loose = replace(
        known, key=tuple(column for column in known.key if column != "subject"), scored=("subject", *known.scored)
    )
    gold = [*(g for g, _ in matching.pairs), *matching.missed]
    output = [*(o for _, o in matching.pairs), *matching.spurious]
    return list(match(loose, gold, output).pairs)


def subject_counts(matchings: Matchings) -> dict[str, tuple[Counts, bool]]:
    """By report, the facts with the right subject (``tp``) and with a wrong one (``fp`` and ``fn``), over the tables of facts.

    The second of each pair tells whether gold has several subjects in that report, ``patients`` included.
    """
    found = {}
    for report in _reports(matchings):
        right = wrong = 0
        subjects: set[str] = set()
        for name, by_report in matchings.items():
            matching = by_report[report]
            subjects.update(row.get("subject", "") for row in (*(g for g, _ in matching.pairs), *matching.missed))
            if name in FACT_TABLES:
                pairs = subject_pairs(name, matching)
                same = sum(agree("subject", gold["subject"], output["subject"]) for gold, output in pairs)
                right, wrong = right + same, wrong + len(pairs) - same
        found[report] = (Counts(right, wrong, wrong), len(subjects) > 1)
    return found


def subject_figures(matchings: Matchings) -> dict[str, Any]:
    """The share of facts with the right subject, over all reports and over those with several subjects."""
    counts = subject_counts(matchings)
    return {
        "all": _shares([one for one, _ in counts.values()]),
        "several": _shares([one for one, several in counts.values() if several]),
    }


def _shares(counts: Sequence[Counts]) -> dict[str, Any]:
    total = sum(counts, Counts())
    low, high = interval(counts)
    return {
        "facts": total.tp + total.fn,
        "reports": sum(not one.empty for one in counts),
        "right": total.tp,
        # a wrong subject counts on both sides, so that F1 is the plain share, and its interval that of the share
        "share": round(total.f1, 4),
        "share_low": round(low, 4),
        "share_high": round(high, 4),
    }


def date_counts(matchings: Matchings) -> dict[str, Counts]:
    """By report, the dates of the rows of fact tables whose keys agree; rows without a partner are left out."""
    return {report: sum(_dates(matchings, report), Counts()) for report in _reports(matchings)}


def _dates(matchings: Matchings, report: str) -> Iterator[Counts]:
    for name in FACT_TABLES:
        for gold, output in matchings[name][report].pairs if name in matchings else ():
            told, given = gold.get("date", ""), output.get("date", "")
            if told and given and agree("date", told, given):
                yield Counts(tp=1)
            else:
                yield Counts(fp=int(bool(given)), fn=int(bool(told)))


def date_figures(matchings: Matchings) -> dict[str, Any]:
    """``date`` over matched rows: micro F1, and macro over reports in which gold or output dates a matched row."""
    counts = list(date_counts(matchings).values())
    by_report = [one.f1 for one in counts if not one.empty]
    macro_low, macro_high = mean_interval(by_report)
    return {
        **figures(counts),
        "macro_f1": round(sum(by_report) / len(by_report), 4) if by_report else 0.0,
        "macro_f1_low": round(macro_low, 4),
        "macro_f1_high": round(macro_high, 4),
        "macro_reports": len(by_report),
    }


def _reports(matchings: Matchings) -> Iterator[str]:
    yield from next(iter(matchings.values()), {})
