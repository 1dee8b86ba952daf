"""A long run under fire: many documents on a few workers, one of which is killed every minute.

    python benchmarks/soak.py [TEXTS.jsonl.gz] [--documents N] [--undisturbed N] [--workers N] [--kill-seconds N]
        [--output FOLDER]

TEXTS holds one JSON object with a ``text`` a line; without it, the local evaluation data ($CASEMILL_DATA, default
../shared, not distributed) are read, or else corpus/reports. They are repeated until there are N documents, each time with
other numbers and with words that never were before, so that no document is the same twice and spaCy's store of strings would
grow. The run is made twice: on the workers, and undisturbed in one process; both must give the same bytes. With
``--undisturbed N`` the second takes the first N documents only, and the first run's CSV files must begin with its. Printed
are documents, rows, workers lost, the peak memory of the workers and of the command, and whether the bytes are equal.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from speed import texts_from

_WORKER = "casemill.run.worker"
_DIGITS = re.compile(r"\b[1-9]\d{0,2}\b")


def varied(text, number):
    """``text`` with other numbers, the same for the same ``number`` on every machine, and with a word of its own."""
    chance = random.Random(number)
    other = _DIGITS.sub(lambda found: str(chance.randint(1, 10 ** len(found[0]) - 1)), text)
    return f"{other} The report was filed as {number:x}case{chance.getrandbits(32):x}."


def documents(texts, number, file):
    for place in range(number):
        record = {"id": f"d{place}", "text": varied(texts[place % len(texts)], place)}
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def memory(pid):
    """Megabytes that a process holds; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


def workers_of(pid):
    """The worker processes that ``pid`` has started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid and _WORKER in (entry / "cmdline").read_text():
                found.append(int(entry.name))
        except (OSError, IndexError, ValueError):
            continue
    return found


class Watch(threading.Thread):
    """Looks at a command's memory and its workers' every second, and kills one of them now and then."""

    def __init__(self, pid, kill_seconds):
        super().__init__(daemon=True)
        self.pid = pid
        self.kill_seconds = kill_seconds
        self.peak = {"command": 0.0, "worker": 0.0}
        self.by_minute = []
        self.kills = 0
        self.over = threading.Event()

    def run(self):
        began = killed = time.monotonic()
        while not self.over.wait(1):
            workers = workers_of(self.pid)
            most = max(map(memory, workers), default=0.0)
            self.peak["command"] = max(self.peak["command"], memory(self.pid))
            self.peak["worker"] = max(self.peak["worker"], most)
            if time.monotonic() - began > 60 * len(self.by_minute):
                self.by_minute.append(round(most))
            if self.kill_seconds and workers and time.monotonic() - killed > self.kill_seconds:
                os.kill(random.choice(workers), signal.SIGKILL)
                self.kills += 1
                killed = time.monotonic()


def run(source, folder, workers, kill_seconds):
    """Extract ``source`` into ``folder``: seconds, and who watched."""
    began = time.monotonic()
    # reports.csv tells the source as it was given
    command = [sys.executable, "-m", "casemill", "extract", source.name, "-o", str(folder), "--workers", str(workers)]
    with subprocess.Popen([*command, "--quiet"], cwd=source.parent) as started:
        watch = Watch(started.pid, kill_seconds)
        watch.start()
        started.wait()
        watch.over.set()
        watch.join()
    if started.returncode:
        sys.exit(f"casemill ended with exit code {started.returncode}")
    return time.monotonic() - began, watch


def differing(one, other):
    names = {path.name for folder in (one, other) for path in folder.iterdir()} - {"run.json"}
    return sorted(name for name in names if (one / name).read_bytes() != (other / name).read_bytes())


def begun_otherwise(one, first):
    """CSV files of the run ``one`` that do not begin with those of ``first``, a run of its first documents."""
    different = []
    for path in sorted(first.glob("*.csv")):
        told = path.read_bytes()
        with (one / path.name).open("rb") as file:
            if file.read(len(told)) != told:
                different.append(path.name)
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("texts", nargs="?")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--undisturbed", type=int, default=0, help="only the first N documents (0: all)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill-seconds", type=float, default=60)
    parser.add_argument(
        "--output", type=Path, help="an empty folder for the inputs and both runs (default: a temporary one)"
    )
    options = parser.parse_args()
    texts = texts_from(options.texts)
    with tempfile.TemporaryDirectory(dir=options.output) as folder:
        place = Path(folder).resolve()
        source, first = place / "documents.jsonl", place / "first" / "documents.jsonl"
        first.parent.mkdir()
        undisturbed = options.undisturbed or options.documents
        for path, number in ((source, options.documents), (first, undisturbed)):
            with path.open("w", encoding="utf-8") as file:
                documents(texts, number, file)
        soaked, watch = run(source, place / "soaked", options.workers, options.kill_seconds)
        alone, calm = run(first, place / "alone", 1, 0)
        told = json.loads((place / "soaked" / "run.json").read_text(encoding="utf-8"))
        compare = differing if undisturbed == options.documents else begun_otherwise
        different = compare(place / "soaked", place / "alone")
    rate = options.documents / soaked
    print(
        f"{options.documents} documents of {len(texts)} texts, {options.workers} workers, Python {sys.version.split()[0]}"
    )
    print(f"  rows            {sum(told['counts']['rows'].values())}, rejects {told['counts']['rejects']}")
    print(
        f"  time            {soaked:.0f} s ({rate:.0f} documents/s); {undisturbed} undisturbed in one process {alone:.0f} s"
    )
    print(f"  workers killed  {watch.kills}, lost and replaced {told['this_run']['workers_lost']}")
    peak = watch.peak
    print(f"  peak memory     worker {peak['worker']:.0f} MB, command {peak['command']:.0f} MB", end=", ")
    print(f"undisturbed in one process {calm.peak['command']:.0f} MB")
    print(f"  by the minute   worker {', '.join(map(str, watch.by_minute))} MB")
    print(f"  same bytes      {'yes' if not different else 'NO: ' + ', '.join(different)}")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
