"""Placeholder, to be written."""

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.terms import overlay
from casemill.resources import Patterns

__all__ = ["make_assertion"]


@Language.factory("casemill_assertion", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_assertion(nlp: Language, name: str, patterns: str | None) -> "Assertion":
    """To be written."""
    return Assertion(name, overlay(patterns))


class Assertion:
    """To be written."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """To be written."""
        return doc
