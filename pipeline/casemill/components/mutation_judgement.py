"""Whether a genetic finding makes a row: its result, and why it has none.

A finding may be a microbe's, an experiment's, a stain's, one of the world at large, or told without a result.
"""

import re

from casemill.components.mutation_assays import ASSAYS
from casemill.components.mutation_genes import FINDINGS, GENES, PHRASES
from casemill.components.mutation_results import DETECTED, FOUND, NOT_DETECTED, Verdict, verdict
from casemill.components.mutation_variants import Finding
from casemill.components.narrative import Narrative, Sentence
from casemill.components.phrases import words
from casemill.resources import Patterns

__all__ = ["GENERAL", "LEVEL", "MICROBES", "judge"]

GENERAL, MICROBES = "mutations/general", "mutations/microbes"
# The words for the change are the statement: "KMT2D was mutated", "KMT2D sequencing revealed two variants".
_MUTATED = re.compile(
    rf"\b{words(PHRASES, 'panel_verb')}\s(?!no\b)(?:\w+\s){{0,6}}{words(PHRASES, 'change_noun')}\b|"
    r"\b(?:is|was|were|are|been|found)\s(?:also\s|found\s)?(?:mutated|rearranged|deleted|amplified|mutant)\b"
)
#: What a fusion's level shows: it is there.
LEVEL = "level"
# A counted share of the report's own group is no statement about the world.
_COUNTED = re.compile(
    r"\b\d+\s(?:of|/|out\sof)\s(?:the\s)?\d+\b|\bof\s(?:the\s|our\s|these\s)?\d+\s(?:patients|cases|children|infants|adults|probands)\b"
)
# The sentence behind a test's announcement: "No pathogenic mutations were identified." "All were negative."
_NONE_FOUND = re.compile(
    r"(?:however,?\s|but\s|unfortunately,?\s)?(?:there\s(?:was|were)\s)?no\s(?:[\w/-]+\s){0,4}?"
    rf"{words(PHRASES, 'change_noun')}\b(?!\s(?:in|of|other)\b)"
    rf"(?:\s(?:was|were|could\sbe|had\sbeen)\s(?:\w+\s)?{words(PHRASES, 'found')})?[^,;]{{0,40}}\.?$"
    r"|(?:the\s|these\s)?(?:results?|tests?|it|they|both|all|analys[ei]s|sequencing|this)\s"
    r"(?:(?:genetic|gene|genes|tests?|results?|analys[ei]s|of\sthem)\s){0,2}(?:was|were)\s(?:all\s|both\s|also\s)?"
    r"(?:negative|normal|unremarkable)[^,;]{0,30}\.?$"
)
_WORLDLY = frozenset({"general.cause", "general.frequency", "general.advice"})


def judge(narrative: Narrative, patterns: Patterns, finding: Finding, fused: set[str]) -> tuple[Verdict, str]:
    """The result of ``finding``, and the reason why it makes no row, blank if it makes one.

    ``fused`` are the fusions told anywhere: "a ROS1 rearrangement" tells less of the same.
    """
    sentence = finding.sentence
    start, end = finding.reach if finding.reach[1] else (finding.start, finding.end)
    found = verdict(narrative, patterns, sentence, start, end)
    if finding.kind == "gene" and found.result not in (DETECTED, NOT_DETECTED):
        found = _told_next(narrative, patterns, finding) or found
    if finding.marker == "wild" and found.result != NOT_DETECTED:
        found = Verdict(NOT_DETECTED, *finding.reach)
    signs = {patterns.rows(GENERAL)[t.id].id for t in narrative.terms_in(GENERAL, sentence.start, sentence.end)}
    if not finding.symbol and narrative.terms_in(MICROBES, sentence.start, sentence.end):
        return found, "microbe"
    if "general.experiment" in signs:
        return found, "background"
    if "general.stain" in signs and not narrative.terms_in(ASSAYS, sentence.start, sentence.end):
        return found, "immunohistochemistry"
    counted = bool(_COUNTED.search(narrative.folded, sentence.start, sentence.end))
    if finding.kind == "variant":
        told = found if found.result else Verdict(DETECTED, finding.start, finding.end)
        if "general.known" in signs and not counted:
            return told, "background"
        return told, "no_result" if told.result == "pause" else ""
    return _judge_gene(narrative, finding, found, set() if counted else signs, fused)


def _told_next(narrative: Narrative, patterns: Patterns, finding: Finding) -> Verdict | None:
    """What the next sentence says of the genes that this one announces a test of, if it names none itself."""
    sentence = finding.sentence
    if sentence.number + 1 >= len(narrative.sentences):
        return None
    behind = narrative.sentences[sentence.number + 1]
    match = _NONE_FOUND.match(narrative.folded[behind.start : behind.end].strip())
    if (
        match is None
        or not _is_test(narrative, patterns, sentence)
        or narrative.terms_in(GENES, behind.start, behind.end)
    ):
        return None
    return Verdict(NOT_DETECTED, behind.start, behind.end)


def _is_test(narrative: Narrative, patterns: Patterns, sentence: Sentence) -> bool:
    rows = patterns.rows(FINDINGS)
    return bool(narrative.terms_in(ASSAYS, sentence.start, sentence.end)) or any(
        rows[t.id]["kind"] == "test" for t in narrative.terms_in(FINDINGS, sentence.start, sentence.end)
    )


def _judge_gene(
    narrative: Narrative, finding: Finding, found: Verdict, signs: set[str], fused: set[str]
) -> tuple[Verdict, str]:
    """The same for a fusion or a gene without its variant, which count only with a result told."""
    if finding.marker == "rearrangement" and any(finding.symbol in partner.split("::") for partner in fused):
        return found, "retelling"
    behind = narrative.folded[found.end : found.end + 12]
    if found.result == NOT_DETECTED and behind.startswith((" other", " additional", " further")):
        return found, "no_result"
    if found.result not in (DETECTED, NOT_DETECTED) and (own := _MUTATED.search(narrative.folded, *finding.reach)):
        found = Verdict(DETECTED, *own.span())
    if found.result not in (DETECTED, NOT_DETECTED):
        if finding.kind == "fusion" and "%" in narrative.plain[finding.end : finding.end + 30]:
            return Verdict(DETECTED, finding.start, finding.end, LEVEL), ""
        return found, "no_result"
    worldly = _WORLDLY - {"general.cause"} if found.cue == FOUND else _WORLDLY
    return found, "background" if signs & worldly and found.result == DETECTED else ""
