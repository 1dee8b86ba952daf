"""What a cold interpreter pays before the first report: spaCy's import, and `casemill.load()` with all pattern files.

    python benchmarks/loading.py [--rounds 5]

Each round is a fresh process from a warm disk; the least CPU time of all rounds, and the wall time of that round. ``load``
holds the import of all components. ``load again`` is another pipeline in the same process: what was compiled is kept.
"""

import argparse
import json
import subprocess
import sys

TIMED = """
import json, time
def clock():
    return time.process_time(), time.perf_counter()
steps = [clock()]
import spacy
steps.append(clock())
import casemill
nlp = casemill.load()
steps.append(clock())
casemill.load()
steps.append(clock())
nlp("A 34-year-old woman was treated with prednisone 10 mg daily; CK was 120 U/L and her rash improved.")
steps.append(clock())
print(json.dumps([[end - start for start, end in zip(*pair)] for pair in zip(steps, steps[1:])]))
"""
STEPS = ("import spacy", "casemill.load()", "load again", "first report")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = []
    for _ in range(arguments.parse_args().rounds):
        done = subprocess.run([sys.executable, "-c", TIMED], capture_output=True, text=True, check=True)
        rounds.append(json.loads(done.stdout))
    print(f"{'step':<18}{'CPU s':>8}{'wall s':>8}")
    for number, name in enumerate(STEPS):
        cpu, wall = min(taken[number] for taken in rounds)
        print(f"{name:<18}{cpu:>8.2f}{wall:>8.2f}")


if __name__ == "__main__":
    main()
