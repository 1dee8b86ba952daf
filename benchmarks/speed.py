"""How fast casemill is beside a blank spaCy pipeline and medspaCy's default one.

    python benchmarks/speed.py [TEXTS.jsonl.gz] [--documents N] [--rounds N] [--peer-documents N]

TEXTS holds one JSON object with a ``text`` a line; without it, the local evaluation data ($CASEMILL_DATA, default
../shared, not distributed) are read, or else corpus/reports. Each pipeline runs in a fresh process and sees each text
once, without warm-up; the median of the rounds counts. medspaCy logs every token to standard error: it is timed as it
comes (the log goes to the null device) and with its logger taken away. Machines are noisy: compare ratios of one run, not
seconds of two.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PIPELINES = {
    "blank spaCy": "import spacy\nnlp = spacy.blank('en')\nrun = nlp",
    "medspacy.load()": "import medspacy\nnlp = medspacy.load()\nrun = nlp",
    "medspacy.load(), quiet": "import medspacy\nfrom loguru import logger\nlogger.remove()\nnlp = medspacy.load()\nrun = nlp",
    "casemill": (
        "import casemill\nfrom casemill.loading import make_doc\nfrom casemill.reports import Report\nnlp = casemill.load()\n"
        "run = lambda text: casemill.rows(nlp(make_doc(nlp, Report('r', '', text))))"
    ),
}
TIMED = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
{setup}
texts = json.load(open(sys.argv[1]))
began = time.perf_counter()
for text in texts:
    run(text)
print(time.perf_counter() - began)
"""


def texts_from(path):
    if path is None:
        data = Path(os.environ.get("CASEMILL_DATA", "../shared")) / "corpora" / "raw" / "e3c-layer3.jsonl.gz"
        if not data.is_file():
            return [p.read_text(encoding="utf-8") for p in sorted(Path("corpus/reports").glob("*.txt"))]
        path = data
    opened = gzip.open if str(path).endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def spread(texts, number):
    """``number`` texts at even distances, so that they are as long as all are; 0 takes all."""
    return texts[:: max(1, len(texts) // number)][:number] if number else texts


def seconds(setup, file):
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(setup=setup), file],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", nargs="?")
    parser.add_argument("--documents", type=int, default=0, help="only the first N texts (0: all)")
    parser.add_argument(
        "--peer-documents",
        type=int,
        default=300,
        help="only N texts, spread evenly, for medspaCy, which is slow (0: all)",
    )
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts = texts_from(options.texts)
    texts = texts[: options.documents] if options.documents else texts
    rates = {}
    for name, setup in PIPELINES.items():
        chosen = spread(texts, options.peer_documents) if name.startswith("medspacy") else texts
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(chosen, file)
            file.flush()
            rates[name] = len(chosen) / statistics.median(seconds(setup, file.name) for _ in range(options.rounds))
    words = statistics.mean(len(text.split()) for text in texts)
    print(f"{len(texts)} texts of {words:.0f} words on average, median of {options.rounds} rounds, one process")
    print(f"{'pipeline':<24}{'documents/s':>12}{'casemill is':>22}")
    for name, rate in rates.items():
        ratio = rates["casemill"] / rate
        print(f"{name:<24}{rate:>12.0f}{'' if name == 'casemill' else f'{ratio:.2f} times as fast':>22}")


if __name__ == "__main__":
    main()
