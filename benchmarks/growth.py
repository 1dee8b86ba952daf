"""Whether cost grows with the text and no faster: casemill over more documents, and over longer ones.

    python benchmarks/growth.py [TEXTS.jsonl.gz] [--documents 1000 10000 100000] [--words 100 1000 50000]

Documents beyond those there are the same ones again, each with a mark of its own, so that no two are alike. A long text is
made of texts behind one another; for each length they are the same texts. Each line is a fresh process: seconds, and its
memory at the peak.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from peers import CASEMILL, PEERS
from speed import texts_from

TIMED = """
import itertools, json, resource, sys, time, warnings
warnings.simplefilter("ignore")
{setup}
began = time.process_time()
words = 0
with open(sys.argv[1], encoding="utf-8") as lines:
    while batch := [json.loads(line) for line in itertools.islice(lines, 1000)]:
        words += sum(len(text.split()) for text in batch)
        run(batch)
print(time.process_time() - began, words, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measured(texts, folder):
    """CPU seconds, words and peak memory in MB of a fresh process that reads ``texts``."""
    file = Path(folder) / "texts.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{json.dumps(text)}\n" for text in texts)
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(setup=PEERS[CASEMILL]), str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, words, kilobytes = done.stdout.split()
    return float(seconds), int(words), int(kilobytes) / 1024


def repeated(texts, number):
    """``number`` texts; from the second time round each begins with the number of its round."""
    for index in range(number):
        again, place = divmod(index, len(texts))
        yield f"Round {again}. {texts[place]}" if again else texts[place]


def joined(texts, words, most):
    """Texts of ``words`` words at least, each of texts behind one another; together of ``most`` words, the same for any size."""
    parts, length, whole = [], 0, 0
    for text in repeated(texts, len(texts) * 100):
        parts.append(text)
        length += len(text.split())
        if length >= words or whole + length >= most:
            yield "\n\n".join(parts)
            parts, length, whole = [], 0, whole + length
        if whole >= most:
            return


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", nargs="?")
    parser.add_argument("--documents", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--words", type=int, nargs="*", default=[100, 1_000, 50_000])
    options = parser.parse_args()
    texts = texts_from(options.texts)
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'input':<24}{'documents/s':>14}{'µs a word':>12}{'MB':>8}")
        for number in options.documents:
            seconds, words, memory = measured(repeated(texts, number), folder)
            label = f"{number:,} documents"
            print(f"{label:<24}{number / seconds:>14.0f}{seconds / words * 1e6:>12.1f}{memory:>8.0f}", flush=True)
        for size in options.words:
            long = list(joined(texts, size, max(options.words)))
            seconds, words, memory = measured(long, folder)
            label = f"texts of {size:,} words"
            print(f"{label:<24}{len(long) / seconds:>14.1f}{seconds / words * 1e6:>12.1f}{memory:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
