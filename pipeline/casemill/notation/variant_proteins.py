"""Changes of a protein as prints write them: ``p.Val617Phe``, ``V617F``, ``R176X``, ``ΔF508``, ``E746_A750del``.

Three-letter forms count wherever they stand; bare one-letter forms look like cell lines, drug codes and grid squares, so
they come out ``weak`` and need words of genetics near them. Every expression begins with the residue's capital, so that
the scan skips all other characters natively; the prefix ``p.`` is looked for behind a match.
"""

import re
from collections.abc import Iterator

from casemill.notation.variant_forms import Variant, balanced, is_protein, residue

__all__ = ["CODE", "find_protein_changes"]

#: Three-letter codes with a capital first: "Val", "VAL", "VaL".
CODE = (
    r"(?:A(?i:la|rg|sn|sp)|C(?i:ys)|G(?i:ln|lu|ly)|H(?i:is)|I(?i:le)|L(?i:eu|ys)|M(?i:et)|P(?i:he|ro)|S(?i:er|ec)"
    r"|T(?i:hr|rp|yr|er)|V(?i:al))"
)
# A codon in brackets behind its residue: "Arg6(CGG)/Trp(TGG)".
_CODON = r"(?:\s?[(][ACGTU]{3}[)])?"
_STOP = r"(?:[Tt]er(?:m|mination)?|TER|[Ss]top|STOP|\*|amber|ochre|opal)(?![a-z])"
_LETTER = "[ACDEFGHIKLMNPQRSTVWY]"
_TO = r"(?:\s?(?:-{0,4}\s?>|→|⇒|➔|/|-{1,4}|=>)\s?|\s?-?\s?to\s?-?\s?(?:an?\s)?|\s)?"
# What follows "fs": "fs*5", "fsX12", "fs Ter 5", "fs3769", "fs*?".
_SHIFT = (
    r"\s?-?\s?(?:fs|FS|frameshift)"
    r"(?:\s?[(]?-?[(]?\s?(?:\*|[Xx]|[Tt]er|[Ss]top)?\s?\+?\d{0,4}(?:[Xx*?](?![A-Za-z]))?(?:(?<=\d)[)])?)"
)

_LONG = re.compile(
    rf"(?P<old>{CODE})(?<![A-Za-z].{{3}})\s?-?\s?[(]?(?P<at>\d{{1,5}})[)]?"
    rf"(?:\s?[_-]\s?(?P<last>{CODE})\s?-?(?P<to>\d{{1,5}}))?"
    rf"(?:(?P<change>\s?(?:delins|del\s?/\s?ins|ins|del|dup)(?:{CODE}|{_LETTER}\b|\*){{0,20}}|\s?=|\?)"
    rf"|{_CODON}(?P<arrow>{_TO})(?P<new>{CODE}|{_STOP}|X|{_LETTER}(?![A-Za-z0-9]))?(?P<shift>{_SHIFT})?{_CODON})(?![A-Za-z0-9]|-?[(]?\d)"
)
_SHORT = re.compile(
    rf"(?P<old>{_LETTER}|X)(?<![A-Za-z0-9].)(?P<at>-?\d{{1,4}})"
    rf"(?:\s?_\s?(?P<last>{_LETTER})(?P<to>\d{{1,4}}))?"
    rf"(?:(?P<change>\s?(?:delins|del\s?/\s?ins|ins|del|dup)(?:{_LETTER}+|\*)?|=|\[{_LETTER},\s?[{_LETTER[1:-1]}X]\])"
    rf"|(?P<arrow>\s?(?:-{{0,4}}>|→|/)\s?|-to-|\s(?=[A-Z*](?:[\s,.;)\]]|$)))?"
    rf"(?P<new>{_LETTER}(?:[a-z]{{2}}(?=fs))?|X|\*|[Ss]top|[Tt]er)?(?P<shift>{_SHIFT})?)(?![A-Za-z0-9*])"
)
# In lower case only with an arrow: "ala305-->glu", "717val----ile".
_LOWER = re.compile(
    r"(?P<old>[acghilmpstv](?<![A-Za-z].)[a-z]{2})\s?-?(?P<at>\d{1,5})\s?(?:-{1,4}>|-{2,4}|→)\s?(?P<new>[acghilmpstv][a-z]{2}|ter|stop)(?![a-z0-9])"
)
# The number first: "717Val----Ile", "365 Asp----Val", "beta23(B5)Val-->Ala" of hemoglobins.
_NUMBER_FIRST = re.compile(
    rf"(?P<at>[0-9](?:(?<![\w.]\d)\d{{0,4}}|(?:(?<=alpha.)|(?<=beta.)|(?<=gamma.)|(?<=delta.))\d{{0,2}}))\s?(?:\([A-Za-z]{{1,3}}\d{{1,2}}\)\s?)?"
    rf"(?P<old>{CODE})\s?(?:-{{0,4}}>|-{{2,4}}|→)\s?(?P<new>{CODE}|{_STOP})(?![A-Za-z0-9])"
)
# The number on both sides: "A34----E34", "Arg37->Trp37".
_TWICE = re.compile(
    rf"(?P<old>{CODE}(?<![A-Za-z0-9].{{3}})|{_LETTER}(?<![A-Za-z0-9].))[(]?(?P<at>\d{{1,4}})[)]?\s?(?:-{{0,4}}>|-{{2,4}}|→)\s?"
    rf"(?P<new>{CODE}|{_LETTER})[(]?(?P=at)(?:[)]|(?![A-Za-z0-9]))"
)
# Behind the name of a chain or receptor: "alphaD60N", "VHTyr32Ala", "epsilonA411P".
_CHAINED = re.compile(rf"(?P<old>{CODE}|{_LETTER})(?P<at>\d{{2,4}})(?P<new>{CODE}|{_LETTER})(?![A-Za-z0-9])")
_CHAINS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "VL", "VH", "α", "β", "γ", "δ", "ε", "ζ")
# The number between two residues or places in one word, which the rarer forms have: one scan for all of them.
_LETTERED = re.compile(r"[0-9](?<=[A-Za-z*/].)\d{1,4}[A-Z*]")
# What stands before the new residue of a replacement.
_ARROWED = re.compile(r"(?:--|>|→)\s?[A-Za-z*]")
_PREFIX = re.compile(r"(?<![A-Za-z0-9])[pP]\s?(?:[.:,]\s?[(\[]?|[(\[])\s?$")
# Glued to its gene: JAK2V617F. The gene's letters are checked by whoever knows genes.
_GLUED = re.compile(
    rf"(?P<gene>[A-Z](?<![A-Za-z0-9-].)[A-Z0-9]{{2,6}}?)(?P<old>{_LETTER})(?P<at>\d{{2,4}})(?P<new>{_LETTER}|X|\*)(?![A-Za-z0-9])"
)
_DELTA = re.compile(
    rf"(?P<word>[ΔδƊ∆△Dd](?:(?<![dD])|(?<![A-Za-z].)el(?:ta)?))\s?-?\s?(?P<old>{CODE}|{_LETTER})\s?-?(?P<at>\d{{2,4}})"
    rf"(?:\s?[_-]\s?(?P<last>{CODE}|{_LETTER})?(?P<to>\d{{2,4}}))?(?P<ins>\s?ins\s?{_LETTER}{{1,5}}\b)?(?![A-Za-z0-9>])"
)
_RANGE = re.compile(
    rf"(?P<old>{_LETTER})(?<![A-Za-z0-9_].)(?P<at>\d{{2,4}})\s?[-_]\s?(?P<last>{_LETTER})(?P<to>\d{{2,4}})\s?"
    rf"(?P<change>delins|deletion|del|duplication|dup|insertion|ins)\s?(?P<new>{_LETTER}{{1,12}})?(?![A-Za-z0-9])"
)
# Beyond the stop: "p.*164Lext*3", "Ter420Glnext*12".
_EXTENDED = re.compile(
    rf"[*XTtSs](?:(?<=[*X])|(?<=[Tt])er|(?<=T)ER|(?<=[Ss])top)(?P<at>\d{{2,5}})(?P<new>{CODE}|{_LETTER})(?P<ext>ext(?:\*|[Tt]er|X)?(?P<by>\d{{0,4}}))?(?![A-Za-z0-9])"
)
# Two residues with one change: "Y329/334F".
_SHARED = re.compile(
    rf"(?P<old>{_LETTER})(?<![A-Za-z0-9].)(?P<at>\d{{2,4}})/(?P<second>(?P<to>\d{{2,4}})(?P<new>{_LETTER}))(?![A-Za-z0-9/])"
)
# Residues by their letters behind the place: "426delEQE".
_REMOVED = re.compile(rf"(?P<at>[0-9](?<![\d.-]\d)\d{{0,3}})del(?P<what>{_LETTER}{{1,6}})(?![A-Za-z0-9])")
_WORDS = {"deletion": "del", "insertion": "ins", "duplication": "dup"}
_LOOK_BACK = 8
# "T790 M mutation": print damage, if the word says so.
_NAMED = re.compile(r"\s(?:mutation|mutant|variant|substitution|allele|polymorphism)", re.IGNORECASE)
# "(A4V) mutants", "an A4V SOD1 mutation"
_NAMED_NEAR = re.compile(r"[)]?\s(?:[\w-]+\s)?(?:mutation|mutant|variant|allele)", re.IGNORECASE)
_NAMED_BEFORE = re.compile(r"\b(?:mutation|mutant|variant|substitution)s?\s[(]?$", re.IGNORECASE)


def find_protein_changes(text: str) -> Iterator[Variant]:
    """Changes of proteins in ``text`` (dashes and spaces already in one form)."""
    for match in _LONG.finditer(text):
        yield from _read(match, "protein.long", weak=False)
    short = list(_SHORT.finditer(text))
    for match in short:
        yield from _read(match, "protein.short", weak=True)
    # a range begins with what is a short form by itself
    for match in _RANGE.finditer(text) if short else ():
        change = _WORDS.get(match["change"], match["change"])
        added = (match["new"] or "") if "ins" in change else ""
        form = f"{match['old']}{match['at']}_{match['last']}{match['to']}{change}{added}"
        if is_protein(form):
            yield Variant(_prefixed(match), match.end(), "protein", form, "protein.range")
    for match in _DELTA.finditer(text):
        yield from _read_delta(match)
    if "del" in text:
        for match in _REMOVED.finditer(text):
            what, at = match["what"], int(match["at"])
            if set(what) - set("ACGT"):
                span = f"_{what[-1]}{at + len(what) - 1}" if len(what) > 1 else ""
                yield Variant(*match.span(), "protein", f"{what[0]}{at}{span}del", "protein.removed", weak=True)
    if _ARROWED.search(text):
        yield from _replaced(text, _LOWER, "protein.lower")
        yield from _replaced(text, _NUMBER_FIRST, "protein.number_first")
        yield from _replaced(text, _TWICE, "protein.twice")
    if _LETTERED.search(text):
        yield from _lettered(text)


def _replaced(text: str, expression: re.Pattern[str], rule: str) -> Iterator[Variant]:
    """Changes of one residue into another; what stands before the old one is no part of them."""
    for match in expression.finditer(text):
        old, new = residue(match["old"]), residue(match["new"])
        form = f"{old}{match['at']}{new}"
        if old and new and old != new and is_protein(form):
            yield Variant(min(match.start("old"), match.start("at")), match.end(), "protein", form, rule)


def _lettered(text: str) -> Iterator[Variant]:
    """The rarer forms that have a residue's letter right behind the number."""
    if any(map(text.__contains__, _CHAINS)):
        chained = _replaced(text, _CHAINED, "protein.chained")
        yield from (one for one in chained if text.endswith(_CHAINS, 0, one.start))
    for match in _GLUED.finditer(text):
        form = f"{match['old']}{match['at']}{'*' if match['new'] in 'X*' else match['new']}"
        if is_protein(form):
            yield Variant(
                match.start("old"), match.end(), "protein", form, "protein.glued", gene=match["gene"], weak=True
            )
    if "/" in text:
        for match in _SHARED.finditer(text):
            old, new = match["old"], match["new"]
            if old != new:
                first = match.start(), match.end("at")
                yield Variant(*first, "protein", f"{old}{match['at']}{new}", "protein.shared", weak=True)
                yield Variant(*match.span("second"), "protein", f"{old}{match['to']}{new}", "protein.shared", weak=True)
    if "ext" in text or "top" in text or "er" in text:
        for match in _EXTENDED.finditer(text):
            if match["ext"] or match.group()[0] in "TtSs":
                beyond = f"ext*{match['by']}" if match["by"] else "ext" if match["ext"] else ""
                form = f"*{match['at']}{residue(match['new'])}{beyond}"
                yield Variant(_prefixed(match), match.end(), "protein", form, "protein.extended")


def _prefixed(match: re.Match[str]) -> int:
    """Where the description begins, a prefix ``p.`` or ``p.(`` included."""
    start = match.start()
    before = match.string[max(0, start - _LOOK_BACK) : start]
    prefix = _PREFIX.search(before)
    return start - len(before) + prefix.start() if prefix else start


def _read(match: re.Match[str], rule: str, *, weak: bool) -> Iterator[Variant]:
    old = residue(match["old"])
    change = _change(match, old or "")
    if old is None or change is None:
        return
    start, end = _prefixed(match), match.end()
    weak = weak and start == match.start()
    if weak and not _plausible(match):
        return
    last = f"_{residue(match['last'])}{match['to']}" if match["last"] else ""
    form = f"{old}{match['at']}{last}{change}"
    if is_protein(form):
        yield Variant(*balanced(match.string, start, end), "protein", form, rule, weak=weak)


def _change(match: re.Match[str], old: str) -> str | None:
    """What the residue becomes, in the standard's signs; ``None`` where nothing readable stands."""
    if match["change"]:
        written = re.sub(r"[\s/]", "", match["change"])
        if written.startswith("["):
            # "R469[R,X]": both alleles are told, the second is the changed one
            return residue(written[-2])
        kind = next(k for k in ("delins", "ins", "del", "dup", "=", "?") if written.startswith(k))
        pieces = re.findall(r"[A-Z][a-z]{2}|[A-Z*]", written[len(kind) :])
        return kind + "".join(residue(piece) or "" for piece in pieces) if "ins" in kind else kind
    if match["shift"]:
        return "fs"
    if not match["new"]:
        return None
    new = "*" if match["new"] in ("amber", "ochre", "opal", "termination") else residue(match["new"])
    return "=" if new == old else new


def _plausible(match: re.Match[str]) -> bool:
    """Whether a bare one-letter form may be a variant at all: two digits at least, written without spaces."""
    if match["old"] == "X" and (match["new"] or "X") == "X":
        return False
    told = bool(match["shift"] or match["change"])
    split = " " in match.group().strip() and not _NAMED.match(match.string, match.end())
    if not told and (split or (match["arrow"] or "").strip() == "/"):
        return False
    if len(match["at"]) > 1 or told:
        return True
    before = match.string[max(0, match.start() - 16) : match.start()]
    named = _NAMED_NEAR.match(match.string, match.end()) or _NAMED_BEFORE.search(before)
    return bool(named) and match["new"] is not None


def _read_delta(match: re.Match[str]) -> Iterator[Variant]:
    old = residue(match["old"])
    last = residue(match["last"]) if match["last"] else None
    if old is None or (match["to"] and last is None):
        return
    span = f"_{last}{match['to']}" if last else ""
    change = "del" + (re.sub(r"\s", "", match["ins"]) if match["ins"] else "")
    form = f"{old}{match['at']}{span}{change}"
    if is_protein(form):
        weak = match["word"].lower() == "del" and match["old"] in "ACGT"
        yield Variant(*match.span(), "protein", form, "protein.delta", weak=weak)
