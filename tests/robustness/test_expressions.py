"""No expression can backtrack without end: look-around apart, each is one that RE2 takes, whose time is linear by construction.

What RE2 does not have is rewritten before: verbose layout, look-around (each look is tried by itself, and what is left of the
expression too), and notations that Python spells otherwise. What then is still not RE2's stands in :data:`EXCEPTIONS`.
"""

import json
import re
import subprocess
import sys

import pytest

re2 = pytest.importorskip("re2", reason="google-re2 is not installed")

COLLECT = """
import json, re, sys, warnings
import regex
warnings.simplefilter("ignore")
found = {}
def watch(engine):
    compile = engine.compile
    def watched(pattern, flags=0, *more, **named):
        compiled = compile(pattern, flags, *more, **named)
        source = sys._getframe(1).f_code.co_filename
        if isinstance(pattern, str) and "casemill" in source:
            found.setdefault((pattern, bool(compiled.flags & engine.VERBOSE)), source.rpartition("casemill/")[2])
        return compiled
    engine.compile = watched
watch(re)
watch(regex)
import importlib, pathlib, pkgutil
import casemill
for module in pkgutil.walk_packages(casemill.__path__, "casemill."):
    if module.name not in ("casemill.spark", "casemill.__main__"):
        importlib.import_module(module.name)
casemill.extract([pathlib.Path(sys.argv[1])])
print(json.dumps([[source, pattern, verbose] for (pattern, verbose), source in found.items()]))
"""

#: Modules with a back-reference, which RE2 has not; what it refers to is a word or a sign, bounded in length.
EXCEPTIONS = {
    "notation/dates.py": "one and the same sign parts day, month and year",
    "notation/numbers.py": "one and the same sign parts thousands",
    "notation/variant_proteins.py": "both residues are told with one and the same number",
    "notation/variant_prose.py": "both residues are told with one and the same number",
}

_LOOK = re.compile(r"\(\?<?[=!]")
_SPELLINGS = ((r"\Z", r"\z"), ("(?>", "(?:"), ("*+", "*"), ("++", "+"), ("?+", "?"))


def plain(pattern, verbose):
    """``pattern`` in the spelling of RE2, its look-around still in it."""
    out, place, bracket = [], 0, False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            code = re.match(r"\\u([0-9a-fA-F]{4})", pattern[place:])
            out.append(f"\\x{{{code[1]}}}" if code else pattern[place : place + 2])
            place += 6 if code else 2
            continue
        if sign == "[" and not bracket:
            bracket = True
            # a bracket that comes first is one of the signs
            lead = re.match(r"\[\^?\]?", pattern[place:])[0]
            out.append(lead.replace("]", r"\]"))
            place += len(lead)
            continue
        bracket = bracket and sign != "]"
        if verbose and not bracket and sign.isspace():
            place += 1
        elif verbose and not bracket and sign == "#":
            place = (pattern.find("\n", place) + 1) or len(pattern)
        else:
            out.append(r"\[" if sign == "[" else f"\\x{{{ord(sign):x}}}" if "\ud800" <= sign <= "\udfff" else sign)
            place += 1
    spelled = "".join(out)
    for python, other in _SPELLINGS:
        spelled = spelled.replace(python, other)
    return spelled


def parts(pattern):
    """The expression without its looks, and each look by itself."""
    match = _LOOK.search(pattern)
    while match and pattern[: match.start()].endswith("\\"):
        match = _LOOK.search(pattern, match.end())
    if match is None:
        return [pattern]
    depth, bracket, place = 1, False, match.end()
    while depth:
        if pattern[place] == "\\":
            place += 1
        elif bracket:
            bracket = pattern[place] != "]"
        elif pattern[place] == "[":
            bracket = True
        else:
            depth += {"(": 1, ")": -1}.get(pattern[place], 0)
        place += 1
    inner, rest = pattern[match.end() : place - 1], f"{pattern[: match.start()]}(?:){pattern[place:]}"
    return [*parts(inner), *parts(rest)]


def refused(pattern, verbose):
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 30
    for part in parts(plain(pattern, verbose)):
        try:
            re2.compile(part, options)
        except (re2.error, UnicodeEncodeError) as error:
            return f"{part[:80]!r}: {error}"
    return ""


@pytest.fixture(scope="module")
def expressions(root):
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, str(root / "corpus" / "reports")], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_every_expression_is_one_of_re2(expressions):
    assert len(expressions) > 300
    faults = {source: fault for source, pattern, verbose in expressions if (fault := refused(pattern, verbose))}
    assert {source: fault for source, fault in faults.items() if source not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) <= set(faults), "an exception that is none any more"


@pytest.mark.parametrize(
    ("pattern", "verbose", "expected"),
    [
        (r"a(?=b[)]c)d", False, ["b[)]c", "a(?:)d"]),
        (r"(?<!\w)x(?!y(?=z))", False, [r"\w", "z", "y(?:)", "(?:)x(?:)"]),
        ("a b # c\n[# ]", True, ["ab[# ]"]),
        (r"[]a]\Z", False, [r"[\]a]\z"]),
    ],
)
def test_rewriting(pattern, verbose, expected):
    assert sorted(parts(plain(pattern, verbose))) == sorted(expected)
