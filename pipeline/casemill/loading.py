"""A configuration to a spaCy pipeline, and reports through it."""

import configparser
import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Config

from casemill.components.layers import layer
from casemill.components.texts import texts_of
from casemill.components.tokens import hasten, tokenize, untokenized
from casemill.errors import UsageError
from casemill.reports import Report

__all__ = ["collector_at_rest", "load", "make_doc", "needs_tokens", "pipe"]


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
            nlp = spacy.util.load_model_from_config(settings, auto_fill=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"can't build what {str(source or 'default.cfg')!r} describes: {error}") from error
    if source is None:
        hasten(nlp)
    return nlp


def make_doc(nlp: Language, report: Report, *, tokens: bool = True) -> Doc:
    """The untouched document of a report: its tokens, and its id and sections in casemill's layer.

    :param tokens: without them, casemill's own components read the same rows in less time; spaCy's need them.
    """
    doc = tokenize(nlp, report.text) if tokens else untokenized(nlp, report.text)
    texts_of(doc, report.text)
    data = layer(doc)
    data["report_id"] = report.report_id
    data["title"] = report.title
    if report.sections:
        data["sections"] = [[s.kind, s.title, s.start, s.end, s.extract] for s in report.sections]
    return doc


def needs_tokens(nlp: Language) -> bool:
    """Whether documents need tokens: for a component that is not casemill's, since those make what they need."""
    return not all(type(component).__module__.startswith("casemill.") for _, component in nlp.pipeline)


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
