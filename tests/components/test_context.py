"""ConText is imported light, and whoever imports medspaCy or QuickUMLS beside it gets the real ones."""

import subprocess
import sys

import pytest


def run(code):
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_context_brings_no_quickumls():
    code = (
        "import sys\nfrom casemill.components.context import import_context\ncontext = import_context()\n"
        "print(context.ConText.__name__, *sorted({'quickumls', 'nltk', 'sklearn'} & set(sys.modules)))"
    )
    assert run(code) == ["ConText"]


@pytest.mark.parametrize("first", ["import medspacy", "import quickumls", "import_context()"])
def test_the_real_quickumls_can_be_had_beside_it(first):
    code = (
        f"from casemill.components.context import import_context\n{first}\nimport_context()\nimport medspacy\n"
        "import quickumls.spacy_component\nprint(medspacy.context.ConText.__name__, quickumls.core.QuickUMLS.__name__)"
    )
    assert run(code) == ["ConText", "QuickUMLS"]
