"""The pipelines that the benchmarks time, each as the lines that make ``run``, a function of one text.

A peer is timed where it is installed (``pip install edsnlp``: no part of casemill's own requirements). Every pipeline is
made as its own documentation makes it, with the components that come nearest to what casemill does.
"""

__all__ = ["CASEMILL", "PEERS", "SLOW"]

CASEMILL = "casemill, all components and rows"
_RULES = (
    "from medspacy.ner import TargetRule\n"
    "RULES = [TargetRule(word, 'DRUG') for word in ('prednisone', 'methotrexate', 'rituximab', 'aspirin', 'heparin')]\n"
    "RULES += [TargetRule(word, 'TEST') for word in ('creatinine', 'hemoglobin', 'platelets', 'ferritin', 'ANA')]\n"
)

#: Setup code by name; each leaves a function ``run``.
PEERS = {
    "blank spaCy (tokenizer only)": "import spacy\nnlp = spacy.blank('en')\nrun = nlp",
    "medspacy.load() as it comes": "import medspacy\nnlp = medspacy.load()\nrun = nlp",
    "medspacy.load(), ten target rules, its logger taken away": (
        f"import medspacy\nfrom loguru import logger\nlogger.remove()\n{_RULES}"
        "nlp = medspacy.load()\nnlp.get_pipe('medspacy_target_matcher').add(RULES)\nrun = nlp"
    ),
    "medspaCy target matcher and ConText on a sentencizer": (
        f"import medspacy, spacy\n{_RULES}nlp = spacy.blank('en')\nnlp.add_pipe('sentencizer')\n"
        "nlp.add_pipe('medspacy_target_matcher').add(RULES)\nnlp.add_pipe('medspacy_context')\nrun = nlp"
    ),
    "edsnlp sentences, quantities, dates, negation": (
        "import edsnlp\nnlp = edsnlp.blank('eds')\n"
        "for pipe in ('sentences', 'quantities', 'dates', 'negation'):\n    nlp.add_pipe(f'eds.{pipe}')\nrun = nlp"
    ),
    CASEMILL: (
        "import casemill\nfrom casemill.loading import make_doc\nfrom casemill.reports import Report\nnlp = casemill.load()\n"
        "run = lambda text: casemill.rows(nlp(make_doc(nlp, Report('r', '', text))))"
    ),
}

#: Pipelines too slow for all texts; they get some of them, spread evenly.
SLOW = frozenset(name for name in PEERS if name.startswith(("medspacy", "edsnlp", "medspaCy")))
