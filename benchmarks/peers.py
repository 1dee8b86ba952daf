"""The pipelines that the benchmarks time, each as the lines that make ``run``, a function of a list of texts.

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

_PIPED = "\ndef run(texts):\n    for _ in nlp.pipe(texts):\n        pass"

#: Setup code by name; each leaves a function ``run``.
PEERS = {
    "blank spaCy (tokenizer only)": f"import spacy\nnlp = spacy.blank('en'){_PIPED}",
    "medspacy.load() as it comes": f"import medspacy\nnlp = medspacy.load(){_PIPED}",
    "medspacy.load(), ten target rules, its logger taken away": (
        f"import medspacy\nfrom loguru import logger\nlogger.remove()\n{_RULES}"
        f"nlp = medspacy.load()\nnlp.get_pipe('medspacy_target_matcher').add(RULES){_PIPED}"
    ),
    "medspaCy target matcher and ConText on a sentencizer": (
        f"import medspacy, spacy\n{_RULES}nlp = spacy.blank('en')\nnlp.add_pipe('sentencizer')\n"
        f"nlp.add_pipe('medspacy_target_matcher').add(RULES)\nnlp.add_pipe('medspacy_context'){_PIPED}"
    ),
    "edsnlp sentences, quantities, dates, negation": (
        "import edsnlp\nnlp = edsnlp.blank('eds')\n"
        "for pipe in ('sentences', 'quantities', 'dates', 'negation'):\n    nlp.add_pipe(f'eds.{pipe}')"
        f"{_PIPED}"
    ),
    # what ``casemill extract`` does with reports, before it writes their rows
    CASEMILL: (
        "from casemill.reports import Report\nfrom casemill.run.documents import Extractor, process\n"
        "from casemill.run.settings import Limits, PipelineSettings\nExtractor(PipelineSettings(), Limits())\n"
        "def run(texts):\n"
        "    for _ in process((Report(str(n), '', text) for n, text in enumerate(texts)), PipelineSettings()):\n"
        "        pass"
    ),
}

#: Pipelines too slow for all texts; they get some of them, spread evenly.
SLOW = frozenset(name for name in PEERS if name.startswith(("medspacy", "edsnlp", "medspaCy")))
