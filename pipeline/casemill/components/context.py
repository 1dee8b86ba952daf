"""medspaCy's ConText, imported without what it doesn't need."""

import sys
import warnings
from importlib import import_module
from types import ModuleType

__all__ = ["import_context"]

# What medspaCy imports only to register a component, and what that brings with it: nltk, scikit-learn, scipy.stats.
_UNNEEDED = "quickumls"
_COMPONENT = "spacy_component"


def import_context() -> ModuleType:
    """The module ``medspacy.context``, imported at the first call.

    medspaCy imports QuickUMLS, and with it nltk and scikit-learn: a second and 160 MB in every worker, for a component
    that ConText has no use for. So an empty module stands in its place while medspaCy is imported. Who wants medspaCy's
    QuickUMLS component in the same process imports medspacy first, or ``quickumls.spacy_component`` itself.
    """
    spared = not {"medspacy", _UNNEEDED} & sys.modules.keys()
    if spared:
        placeholder = ModuleType(_UNNEEDED)
        setattr(placeholder, _COMPONENT, None)
        sys.modules[_UNNEEDED] = placeholder
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module("medspacy.context")
    finally:
        if spared:
            del sys.modules[_UNNEEDED]
