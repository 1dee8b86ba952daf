"""casemill's layer of a document: one plain dictionary in ``doc.user_data``."""

from typing import Any

from spacy.tokens import Doc

__all__ = ["LAYER", "layer"]

#: The key of casemill's layer in ``doc.user_data``.
LAYER = "casemill"


def layer(doc: Doc) -> dict[str, Any]:
    """casemill's layer of ``doc``, made if it isn't there.

    Only ``dict``, ``list``, ``str``, ``int``, ``float`` and ``None`` go in, so that ``DocBin`` and
    ``nlp.pipe(n_process)`` carry it (they may hand tuples back as lists and lists as tuples).
    """
    data: dict[str, Any] = doc.user_data.setdefault(LAYER, {})
    return data
