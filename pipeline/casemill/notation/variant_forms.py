"""Variant descriptions in their shortest standard form, and a strict check of what the standard allows.

The forms are those of the HGVS nomenclature (den Dunnen et al. 2016, varnomen.hgvs.org): substitution, deletion,
duplication, insertion, inversion, deletion-insertion, frameshift. A reader of prints matches loosely; what it makes of
the match goes through :func:`is_coding` or :func:`is_protein` before a row may hold it.
"""

import re
from typing import NamedTuple

__all__ = [
    "ONE_LETTER",
    "STOPS",
    "THREE_LETTER",
    "Variant",
    "balanced",
    "base_change",
    "bases_at",
    "codon_of",
    "is_coding",
    "is_protein",
    "is_standard",
    "long_protein",
    "residue",
]

#: Three-letter codes of residues to one-letter symbols (IUPAC-IUB 1983, with selenocysteine).
ONE_LETTER = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H", "Ile": "I",
    "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Sec": "U", "Ser": "S", "Thr": "T", "Trp": "W", "Tyr": "Y",
    "Val": "V",
}  # fmt: skip
THREE_LETTER = {letter: code for code, letter in ONE_LETTER.items()} | {"*": "Ter"}
#: How prints write the end of translation in place of a residue.
STOPS = frozenset({"ter", "stop", "term", "x", "*", "stp"})

_POSITION = r"(?:[-*]?\d{1,9}(?:[+-](?:\d{1,6}|\?))?|IVS\d{1,3}[+-]\d{1,6})"
_CODING = re.compile(
    rf"[cgmnr]\.(?P<first>{_POSITION})(?:_(?P<last>{_POSITION}))?"
    r"(?P<change>[ACGTU]>[ACGTU]|[ACGTU]{2,9}>[ACGTU]{1,9}|del|dup|inv|=|ins(?:[ACGTU]{1,60}|\d{1,5})|delins[ACGTU]{1,60})"
)
_PROTEIN = re.compile(
    r"(?P<first>[ACDEFGHIKLMNPQRSTUVWY*])(?P<at>-?\d{1,5})(?:_(?P<last>[ACDEFGHIKLMNPQRSTUVWY*])(?P<to>\d{1,5}))?"
    r"(?P<change>[ACDEFGHIKLMNPQRSTUVWY*]|(?<=\d)[ACDEFGHIKLMNPQRSTUVWY]ext(?:\*\d{1,4})?|=|\?|fs|del|dup|ins[ACDEFGHIKLMNPQRSTUVWY*]{0,30}|delins[ACDEFGHIKLMNPQRSTUVWY*]{1,30})"
)
_COUNTED = re.compile(r"c\.(\d{1,7})")


class Variant(NamedTuple):
    """A variant as written at ``text[start:end]`` (half-open characters) and as a row prints it.

    ``level`` is one of ``protein coding genomic mitochondrial noncoding rna rsid star exon tandem alleles change``;
    ``change`` is a change without its place ("G>A"), which names no variant by itself. ``other`` is a second reading
    (``C677T`` as a protein's or as a gene's), blank if there is none. ``gene`` is a gene's name written in one word with
    the variant (``JAK2V617F``). ``weak`` marks a bare form that needs words of genetics around it to count.
    """

    start: int
    end: int
    level: str
    form: str
    rule: str
    other: str = ""
    gene: str = ""
    weak: bool = False


def residue(written: str) -> str | None:
    """One-letter symbol of a residue written in one or three letters, ``*`` for a stop; ``None`` if it is none."""
    if written.lower() in STOPS:
        return "*"
    if len(written) == 1:
        return written.upper() if written.upper() in THREE_LETTER else None
    return ONE_LETTER.get(written.capitalize())


def balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """``text[start:end]`` without spaces at its end, with brackets that it closes opened and those it opens closed.

    A closing bracket whose partner doesn't stand right before is left out.
    """
    while text[end - 1].isspace():
        end -= 1
    written = text[start:end]
    opened = written.count("(") + written.count("[") - written.count(")") - written.count("]")
    if opened < 0 and text[start - 1 : start] in ("(", "[") and not written.endswith((")", "]")):
        start -= 1
    elif opened < 0 and written.endswith((")", "]")):
        end -= 1
    elif opened > 0 and text[end : end + 1] in (")", "]"):
        end += 1
    return start, end


def bases_at(position: str) -> str:
    """A position without the spaces, brackets and doubled signs of prints: ``( - 262 )`` is ``-262``."""
    tight = re.sub(r"[\s()\[\],]", "", position)
    return tight.removeprefix("+")


def base_change(prefix: str, first: str, last: str, change: str) -> str | None:
    """``prefix.first_lastchange`` if it is well formed, with ``1782_83`` written out; ``None`` if it isn't.

    Bases that a deletion or duplication repeats are left out (``c.35delG`` is ``c.35del``), as the standard wants.
    """
    if last and last.isdigit() and first.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    if last and last == first:
        last = ""
    old, arrow, new = change.partition(">")
    if arrow and len(old) != 1 and first.isdigit() and prefix in "cgmn":
        # the standard's arrow turns one base into one: "555_556GC>CT" is a deletion-insertion
        last = last or str(int(first) + len(old) - 1)
        change = f"delins{new}"
    form = f"{prefix}.{first}{'_' + last if last else ''}{change}"
    return form if is_coding(form) else None


def is_coding(form: str) -> bool:
    """Whether ``form`` is a well-formed description at the level of nucleotides, positions in order."""
    match = _CODING.fullmatch(form)
    if match is None:
        return False
    change = match["change"]
    if ">" in change:
        old, new = change.split(">")
        return old != new
    if change.startswith("ins") and match["last"] is None:
        # the standard wants both neighbours; prints often give one, and nothing better can be made of it
        return True
    first, last = match["first"], match["last"]
    return not (last and first.isdigit() and last.isdigit() and int(first) >= int(last))


def is_standard(form: str) -> bool:
    """Whether a row's description says all that the standard wants; ``True`` for what it doesn't rule (``ITD``, ``*3``).

    Kept as written all the same: an insertion at one base, a range from its end to its beginning.
    """
    if re.match(r"[cgmnr]\.", form):
        return is_coding(form) and not re.match(r"[cgmnr]\.[^_]*ins", form.replace("delins", "del"))
    # of a protein: what was inserted
    return not re.fullmatch(r"[A-Z*]\d+(?:_[A-Z*]\d+)?(?:del)?ins", form)


def is_protein(form: str) -> bool:
    """Whether ``form`` is a well-formed one-letter description of a protein's change (``V617F``, ``E746_A750del``)."""
    match = _PROTEIN.fullmatch(form)
    if match is None:
        return False
    change, at = match["change"], int(match["at"])
    if match["last"] is not None:
        return at < int(match["to"]) and len(change) > 1
    return at != 0 and change != match["first"] and ("ext" not in change or match["first"] == "*")


def long_protein(form: str) -> str:
    """``V617F`` as the standard writes it, ``p.Val617Phe``; blank if ``form`` is not well formed."""
    match = _PROTEIN.fullmatch(form)
    if match is None or not is_standard(form) or not is_protein(form) or match["at"].startswith("-"):
        return ""
    change, beyond, by = match["change"].partition("ext")
    if beyond:
        return f"p.Ter{match['at']}{THREE_LETTER[change]}{beyond}{by.replace('*', 'Ter')}"
    kept = re.match(r"delins|ins|del|dup|fs|=|\?", change)
    word = kept.group() if kept else ""
    written = f"p.{THREE_LETTER[match['first']]}{match['at']}"
    if match["last"]:
        written += f"_{THREE_LETTER[match['last']]}{match['to']}"
    return written + word + "".join(THREE_LETTER[letter] for letter in change[len(word) :])


def codon_of(coding: str) -> int | None:
    """The codon that holds the first base of ``c.211G>A``; ``None`` outside the coding sequence."""
    match = _COUNTED.match(coding)
    if match is None or coding[match.end() : match.end() + 1] in "+-":
        return None
    return (int(match.group(1)) + 2) // 3
