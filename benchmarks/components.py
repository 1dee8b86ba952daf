"""What each component costs beside tokenising: CPU time a document, and that time over the tokenizer's.

    python benchmarks/components.py [TEXTS.jsonl.gz] [--documents N]

Texts go through as they do in ``casemill extract``: without tokens, and one component takes all of a shard before the next
one does, each text once. Noise of the machine falls on all alike: compare the ratios. "tokenising" is a blank spaCy pipeline
on the same texts in the same process, with its own cold vocabulary. The groups are those that the bars of
docs/performance.md name.
"""

import argparse
import time
from collections import Counter
from contextlib import contextmanager

import spacy
from speed import spread, texts_from

import casemill
from casemill.loading import collector_at_rest, make_doc
from casemill.reports import Report
from casemill.run.shards import shards_of

GROUPS = {
    "antibodies and mutations": ("casemill_antibodies", "casemill_mutations"),
    "drug doses and lab values": ("casemill_drug_doses", "casemill_lab_values"),
    "subjects, dates and outcomes": ("casemill_subjects", "casemill_dates", "casemill_outcomes"),
}


def measured(texts):
    """CPU seconds by step over ``texts``; "tokenising" is the blank pipeline's."""
    nlp, blank = casemill.load(), spacy.blank("en")
    spent = Counter()

    @contextmanager
    def timed(name):
        began = time.process_time()
        yield
        spent[name] += time.process_time() - began

    for shard in shards_of(Report(str(number), "", text) for number, text in enumerate(texts)):
        with collector_at_rest():
            with timed("tokenising"):
                docs = [blank(report.text) for report in shard.records]
            del docs
            with timed("documents"):
                docs = [make_doc(nlp, report, tokens=False) for report in shard.records]
            for name, component in nlp.pipeline:
                with timed(name):
                    docs = [component(doc) for doc in docs]
            with timed("rows"):
                for doc in docs:
                    casemill.rows(doc)
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
