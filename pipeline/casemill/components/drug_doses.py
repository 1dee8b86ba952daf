"""Placeholder, to be written."""

from spacy.language import Language
from spacy.tokens import Doc

from casemill.components.terms import overlay
from casemill.resources import Patterns

__all__ = ["make_drug_doses"]


@Language.factory("casemill_drug_doses", default_config={"patterns": None}, assigns=["doc.user_data"])
def make_drug_doses(nlp: Language, name: str, patterns: str | None) -> "DrugDoses":
    """To be written."""
    return DrugDoses(name, overlay(patterns))


class DrugDoses:
    """To be written."""

    def __init__(self, name: str, patterns: Patterns) -> None:
        self.name = name
        self.patterns = patterns

    def __call__(self, doc: Doc) -> Doc:
        """To be written."""
        return doc
