"""Class words that a drug of the class spells out in the same sentence: "steroids (prednisone 40 mg)" names no class.

A class makes a row only where no drug is named (specification, section 5).
"""

import re

from casemill.components.drug_names import DrugNames, Mention

__all__ = ["spelled_out"]

# "antibiotic therapy with imipenem", "steroids (prednisone", "chemotherapy was initiated by BTD"
_SPELLED_AFTER = re.compile(
    r"(?:\s(?:therapy|treatment|regimens?|agents?|drugs?|medications?|administrations?|prophylaxis|pulse|cover|combination|protocol|infusions?)){0,2}"
    r"(?:\s\d{1,2}\s(?:courses|cycles)|\s(?:was|were|is|are|been|rapidly|initiated|started|given|administered|instituted|commenced|with|by|including|included|such|as|"
    r"consisting|consisted|of|comprising|comprised|using|namely|went|on|continued|in|the|form|both|at|combinations?|pulses?|doses?|specifically|high-dose|low-dose|oral|intravenous|a|an)|[,;:(\s-]){1,9}"
    r"(?:\d[\d.,]*\s?m?c?g(?:/kg)?(?:/day|/d|\sdaily)?\s(?:of\s)?)?"
)
# words that say themselves that what follows is of the class: "heart failure medications, including lisinopril"
_LISTING = re.compile(r"[,:]?\s(?:including|such\sas|consisting\sof|comprising|namely)\b")
# "ruxolitinib, a JAK inhibitor", "cephalosporin antibiotics", "prednisone and other steroids"
_GIVEN_AS = re.compile(r"[^.;,]{0,60}\bas\s(?:an?\s|the\s)?(?:[a-z-]+\s){0,3}")
_SPELLED_BEFORE = re.compile(
    r"(?:\s?\([^()]{0,40}\))?(?:,\s(?:an?|the)\s(?:[\w/-]+\s){0,4}|(?:,?\s(?:an?|and\sother|or\sother|as|the|small|molecule|selective|oral|potent|another|novel|its|based)|-based|\s|,|/){0,5})"
)


def spelled_out(names: DrugNames, folded: str, mentions: list[Mention]) -> list[Mention]:
    """The class words among a sentence's names that a drug of the class spells out: "steroids (prednisone 40 mg)"."""
    found = []
    for index, mention in enumerate(mentions):
        if mention.kind != "class" or mention.reason:
            continue
        after = mentions[index + 1] if index + 1 < len(mentions) else None
        before = mentions[index - 1] if index else None
        if (
            (
                after is not None
                and (_belongs(names, after, mention) or _is_listed(folded, after, mention))
                and _SPELLED_AFTER.fullmatch(folded[mention.end : after.start])
            )
            or (before is not None and not before.reason and _GIVEN_AS.fullmatch(folded[before.end : mention.start]))
            or (
                before is not None
                and _belongs(names, before, mention)
                and _SPELLED_BEFORE.fullmatch(folded[before.end : mention.start])
            )
        ):
            found.append(mention)
    return found


def _belongs(names: DrugNames, drug: Mention, group: Mention) -> bool:
    if drug.name == group.name or drug.reason:
        return False
    if group.name == "chemotherapy" and drug.name.upper() == drug.name:
        return True  # a regimen by its acronym
    listed = names.groups.get(group.name, frozenset())
    return any(p in listed or group.name in names.group_of(p) for p in (drug.name, *drug.name.split(" + ")))


def _is_listed(folded: str, drug: Mention, group: Mention) -> bool:
    """Whether words say that a drug is of a class which no list gives it to."""
    return drug.kind != "class" and not drug.reason and _LISTING.match(folded, group.end) is not None
