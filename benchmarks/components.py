"""What each component costs beside tokenising: CPU time a document, and that time over the tokenizer's.

    python benchmarks/components.py [TEXTS.jsonl.gz] [--documents N]

Every component is timed by itself on each text in turn, each text seen once, so that noise of the machine falls on all
alike: compare the ratios. "tokenising" is a blank spaCy pipeline on the same texts in the same process, with its own cold
vocabulary. The groups are those that the bars of docs/performance.md name.
"""

import argparse
import gc
import time
from collections import defaultdict

import spacy
from speed import spread, texts_from

import casemill
from casemill.loading import make_doc
from casemill.reports import Report

GROUPS = {
    "antibodies and mutations": ("casemill_antibodies", "casemill_mutations"),
    "drug doses and lab values": ("casemill_drug_doses", "casemill_lab_values"),
    "subjects, dates and outcomes": ("casemill_subjects", "casemill_dates", "casemill_outcomes"),
}


def measured(texts):
    """CPU seconds by step over ``texts``; "tokenising" is the blank pipeline's."""
    nlp, blank, now = casemill.load(), spacy.blank("en"), time.process_time
    spent = defaultdict(float)
    # a full collection of garbage falls on whatever step is at work: it need not walk what has been loaded
    gc.collect()
    gc.freeze()
    for text in texts:
        began = now()
        blank(text)
        spent["tokenising"] += now() - began
        began = now()
        doc = make_doc(nlp, Report("r", "", text))
        spent["tokens"] += now() - began
        for name, component in nlp.pipeline:
            began = now()
            doc = component(doc)
            spent[name] += now() - began
        began = now()
        casemill.rows(doc)
        spent["rows"] += now() - began
    return spent


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", nargs="?")
    parser.add_argument("--documents", type=int, default=0, help="only N texts, spread evenly (0: all)")
    options = parser.parse_args()
    texts = spread(texts_from(options.texts), options.documents)
    spent = measured(texts)
    unit = spent.pop("tokenising")
    spent |= {name: sum(spent[part] for part in parts) for name, parts in GROUPS.items()}
    spent["all"] = sum(seconds for name, seconds in spent.items() if name not in GROUPS)
    print(f"{len(texts)} texts; tokenising takes {unit / len(texts) * 1000:.3f} ms a text")
    print(f"{'step':<32}{'ms a text':>10}{'times tokenising':>18}")
    for name, seconds in spent.items():
        print(f"{name:<32}{seconds / len(texts) * 1000:>10.3f}{seconds / unit:>18.2f}")


if __name__ == "__main__":
    main()
