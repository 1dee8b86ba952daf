"""Every notation parser on texts that nobody wrote: it ends, tells only errors of notation, and its places are the text's.

The parsers are taken from the package: each public ``find_*`` and ``read_*`` of :mod:`casemill.notation`. How one is called
is told by the names of its parameters, so a parser that takes something new fails here until it is told how.
"""

import inspect
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

import casemill.notation
from casemill.components.texts import fold, plain
from casemill.errors import NotationError
from casemill.notation.numbers import plain_digits
from casemill.notation.variant_prose import find_anchors

PARSERS = {
    f"{module.name}.{name}": getattr(import_module(f"casemill.notation.{module.name}"), name)
    for module in iter_modules(casemill.notation.__path__)
    for name in import_module(f"casemill.notation.{module.name}").__all__
    if name.startswith(("find_", "read_")) and name != "find_anchors"  # places to look at, no mentions
}
#: What a parser is given for a parameter of that name, from a text and a stretch of it.
ARGUMENTS = {
    "text": lambda text, start, end: text,
    "folded": lambda text, start, end: fold(text),
    "start": lambda text, start, end: start,
    "position": lambda text, start, end: start,
    "end": lambda text, start, end: end,
    "attached": lambda text, start, end: start % 2 == 1,
    "anchors": lambda text, start, end: find_anchors(text, fold(text)),
}


# Cells as rows print them, in which a digit of another script would be no number.
PRINTED = frozenset({"value", "value_high", "out_of", "dose", "dose_high", "iso", "code", "frequency"})


def called(parser, text, start, end):
    """What ``parser`` makes of ``text[start:end]`` (of all of ``text``, if it takes no stretch), as a list.

    Only a parser whose docstring says so may refuse a text; those that look for mentions pass it over.
    """
    named = {name: ARGUMENTS[name](text, start, end) for name in inspect.signature(parser).parameters}
    try:
        found = parser(**named)
    except NotationError:
        assert ":raises NotationError" in inspect.getdoc(parser)
        return []
    return [found] if isinstance(found, str | tuple) else list(found or ())


def places(found):
    """Every place that a mention tells, by its name: its own, and those of its cells."""
    yield "itself", (found.start, found.end)
    for name, value in found._asdict().items():
        if isinstance(value, tuple):
            yield name, value


def holds(parser, text, start, end):
    """Whatever ``parser`` finds in ``text[start:end]`` lies there, holds characters, and is printed in ASCII digits."""
    first, last = (start, end) if "end" in inspect.signature(parser).parameters else (0, len(text))
    for one in called(parser, text, start, end):
        if isinstance(one, str):
            assert one.isascii()
            continue
        for name, (begin, stop) in places(one):
            assert first <= begin < stop <= last, (name, one)
            assert text[begin:stop].strip(), (name, one)
        if plain_digits(text) == text:
            printed = {name: value for name, value in one._asdict().items() if name in PRINTED}
            assert not any(character.isdigit() and not character.isascii() for character in "".join(printed.values()))


def test_there_are_parsers_in_every_module_that_has_mentions():
    assert len(PARSERS) >= 18
    assert {name.split(".")[0] for name in PARSERS} >= {"dates", "dosages", "titres", "units", "variants"}


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
def test_every_parameter_is_known(parser):
    unknown = set(inspect.signature(parser).parameters) - set(ARGUMENTS)
    assert not unknown, f"tell ARGUMENTS what {parser.__module__}.{parser.__name__} is to be given for {unknown}"


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@given(st.data())
def test_any_text(any_text, any_report, ends_within, parser, data):
    text = data.draw(st.one_of(any_report(20), any_report(2), any_text(60, surrogates=True)))
    text = data.draw(st.sampled_from([plain, fold, str]))(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.one_of(st.just(len(text)), st.integers(start, len(text))))
    with ends_within(5):
        holds(parser, text, 0, len(text))
        holds(parser, text, start, end)


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
def test_any_length(ends_within, parser, adversarial):
    """Time by the square of these characters would be a minute; :mod:`test_pipeline` measures how it grows."""
    text = (adversarial * (20_000 // len(adversarial) + 1))[:20_000]
    with ends_within(10):
        holds(parser, text, 0, len(text))
