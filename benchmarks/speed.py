"""How fast casemill is beside a blank spaCy pipeline, medspaCy and edsnlp.

    python benchmarks/speed.py [TEXTS.jsonl.gz] [--documents N] [--rounds N] [--peer-documents N] [--output FOLDER]

TEXTS holds one JSON object with a ``text`` a line; without it, the local evaluation data ($CASEMILL_DATA, default
../shared, not distributed) are read, or else corpus/reports. Each pipeline runs in a fresh process and sees each text
once, without warm-up; the median of the rounds counts. medspaCy logs every token to standard error: it is timed as it
comes (the log goes to the null device) and with its logger taken away. Machines are noisy: compare ratios of one run, not
seconds of two. The table is also written to FOLDER as speed.csv, and as a figure where altair is installed.
"""

import argparse
import csv
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from peers import CASEMILL, PEERS, SLOW

TIMED = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
try:
{setup}
except ImportError as error:
    sys.exit(f"not installed: {{error.name}}")
texts = json.load(open(sys.argv[1]))
began = time.perf_counter()
run(texts)
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
    """Seconds that one fresh process takes for the texts in ``file``; None where the pipeline is not installed."""
    indented = "\n".join(f"    {line}" for line in setup.splitlines())
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(setup=indented), file], capture_output=True, text=True, check=False
    )
    if done.returncode and "\nnot installed" in f"\n{done.stderr}":
        return None
    done.check_returncode()
    return float(done.stdout.split()[-1])


def rates(texts, *, rounds, peer_documents):
    """Documents a second by pipeline; rounds go round all pipelines, so that noise falls on all."""
    taken = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, setup in PEERS.items():
                chosen = spread(texts, peer_documents) if name in SLOW else texts
                file = Path(folder) / "texts.json"
                file.write_text(json.dumps(chosen), encoding="utf-8")
                spent = seconds(setup, str(file))
                if spent is not None:
                    taken.setdefault(name, []).append(spent / len(chosen))
    return {name: 1 / statistics.median(spent) for name, spent in taken.items()}


def write(found, folder):
    """``speed.csv`` and, where altair and vl-convert are installed, ``speed.svg`` and ``speed.png``."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"pipeline": name, "documents_per_second": round(rate)} for name, rate in found.items()]
    with (folder / "speed.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    try:
        import altair
    except ImportError:
        return
    base = altair.Chart(altair.Data(values=rows)).encode(
        y=altair.Y("pipeline:N", sort="-x", title=None, axis=altair.Axis(labelLimit=400)),
        x=altair.X(
            "documents_per_second:Q",
            title="documents a second (logarithmic)",
            scale=altair.Scale(type="log", domainMin=1),
            stack=None,
        ),
    )
    own = altair.condition(f"datum.pipeline === '{CASEMILL}'", altair.value("#1b6ca8"), altair.value("#b8bec4"))
    chart = base.mark_bar().encode(color=own) + base.mark_text(align="left", dx=4).encode(text="documents_per_second:Q")
    for suffix in ("svg", "png"):
        chart.properties(width=420).save(folder / f"speed.{suffix}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", nargs="?")
    parser.add_argument("--documents", type=int, default=0, help="only N texts, spread evenly (0: all)")
    parser.add_argument(
        "--peer-documents", type=int, default=300, help="only N texts, spread evenly, for slow pipelines (0: all)"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("outputs/benchmark"))
    options = parser.parse_args()
    texts = spread(texts_from(options.texts), options.documents)
    found = rates(texts, rounds=options.rounds, peer_documents=options.peer_documents)
    words = statistics.mean(len(text.split()) for text in texts)
    print(f"{len(texts)} texts of {words:.0f} words on average, median of {options.rounds} rounds, one process")
    print(f"{'pipeline':<58}{'documents/s':>12}{'casemill is':>22}")
    for name, rate in found.items():
        ratio = found[CASEMILL] / rate
        print(f"{name:<58}{rate:>12.0f}{'' if name == CASEMILL else f'{ratio:.2f} times as fast':>22}")
    for name in PEERS.keys() - found.keys():
        print(f"{name:<58}{'not installed':>12}")
    write(found, options.output)


if __name__ == "__main__":
    main()
