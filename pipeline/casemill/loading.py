"""A configuration to a spaCy pipeline, and reports through it."""

import configparser
import gc
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Config

from casemill.components.layers import layer
from casemill.components.texts import texts_of
from casemill.errors import UsageError
from casemill.reports import Report

__all__ = ["collector_at_rest", "load", "make_doc", "pipe"]

# Longer than any word or notation, in characters; and what is longer.
_RUN = 300
_SPACE = re.compile(r"\s")
_LONG_RUN = re.compile(rf"(?:\A|\s)(\S{{{_RUN},}})")


def load(
    *,
    patterns: Path | str | None = None,
    config: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Language:
    """A spaCy pipeline with all of casemill's components.

    :param patterns: a folder laid over the packaged pattern files, for every component.
    :param config: a file in spaCy's config format that takes the place of the packaged ``default.cfg``.
    :param overrides: dotted settings, as in ``{"nlp.batch_size": 16}``.
    :raises UsageError: the configuration can't be read, or names what does not exist.
    """
    source = Path(config) if config else None
    try:
        text = (
            source.read_text(encoding="utf-8")
            if source
            else files("casemill").joinpath("default.cfg").read_text("utf-8")
        )
        settings = Config().from_str(text, overrides=dict(overrides or {}))
    except (OSError, ValueError, configparser.Error) as error:
        raise UsageError(f"can't read the configuration {str(source or 'default.cfg')!r}: {error}") from error
    if patterns is not None:
        for component in settings.get("components", {}).values():
            if "patterns" in component:
                component["patterns"] = str(patterns)
    try:
        with collector_at_rest():
            return spacy.util.load_model_from_config(settings, auto_fill=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"can't build what {str(source or 'default.cfg')!r} describes: {error}") from error


def make_doc(nlp: Language, report: Report) -> Doc:
    """The untouched document of a report: its tokens, and its id and sections in casemill's layer."""
    doc = _tokens(nlp, report.text)
    texts_of(doc, report.text)
    data = layer(doc)
    data["report_id"] = report.report_id
    data["title"] = report.title
    if report.sections:
        data["sections"] = [[s.kind, s.title, s.start, s.end, s.extract] for s in report.sections]
    return doc


def _tokens(nlp: Language, text: str) -> Doc:
    """The tokens of ``text``; runs without a space are cut, since the tokenizer takes the square of their length."""
    # a long run fills one of the blocks of half its length: one look a block, not one a word
    half = _RUN // 2
    if all(_SPACE.search(text, start, start + half) for start in range(0, len(text) - half, half)):
        return nlp.make_doc(text)
    cuts = [0, *(cut for run in _LONG_RUN.finditer(text) for cut in range(run.start(1), run.end(), _RUN)), len(text)]
    parts = [nlp.make_doc(text[start:end]) for start, end in pairwise(sorted(set(cuts)))]
    return Doc.from_docs(parts, ensure_whitespace=False)


def pipe(nlp: Language, reports: Iterable[Report]) -> Iterator[Doc]:
    """The documents of ``reports``, in order, after all components."""
    yield from nlp.pipe(make_doc(nlp, report) for report in reports)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for garbage meanwhile: what a pipeline is made of stays, and documents are in no circles.

    Each search would pass all of them, a quarter of a million objects for a pipeline and some thousands for a document.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
