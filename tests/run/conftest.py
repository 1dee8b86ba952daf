"""Reports enough for several shards, a component that does harm, and the command line as users start it."""

import subprocess
import sys
from pathlib import Path

import pytest

from casemill.run.extraction import extract_to
from casemill.run.settings import PipelineSettings

# A component for spaCy to find by its entry point, in this process and in all that it starts.
HARM = """
import os, signal, time
from spacy.language import Language

@Language.factory("test_harm")
class Harm:
    def __init__(self, nlp, name):
        pass

    def __call__(self, doc):
        if "KILLS" in doc.text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "STALLS" in doc.text:
            time.sleep(3600)
        if "HANGS" in doc.text:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            time.sleep(3600)
        if "FAILS" in doc.text:
            raise ValueError("as asked")
        if "TELLS" in doc.text:
            raise ValueError(doc.text)
        return doc
"""


def told(number):
    return f"Anti-Jo-1 was positive ({100 + number} U/L)."


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """A JSONL file with as many reports as asked for, some with other texts, and a line that is none."""

    def made(number, **others):
        path = tmp_path_factory.mktemp("reports") / "reports.jsonl"
        texts = {place: told(place) for place in range(number)} | {int(k[1:]): v for k, v in others.items()}
        lines = [f'{{"id": "r{place}", "text": "{text}"}}\n' for place, text in sorted(texts.items())]
        path.write_text("".join([*lines, "no JSON\n"]), encoding="utf-8")
        return path

    return made


def written(path, *components):
    settings = "".join(f'[components.{name}]\nfactory = "{name}"\n\n' for name in components)
    names = ", ".join(f'"{name}"' for name in components)
    path.write_text(f'[nlp]\nlang = "en"\npipeline = [{names}]\n\n[components]\n\n{settings}', encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """Settings of a pipeline that is soon loaded."""
    return PipelineSettings.of(
        config=written(tmp_path_factory.mktemp("configurations") / "quick.cfg", "casemill_antibodies")
    )


@pytest.fixture(scope="session")
def harmful(tmp_path_factory):
    """Settings of a pipeline with a component that does what a report asks for: KILLS, STALLS, HANGS, FAILS, TELLS."""
    packages = tmp_path_factory.mktemp("packages")
    described = packages / "test_harm-1.0.dist-info"
    described.mkdir()
    (packages / "test_harm.py").write_text(HARM, encoding="utf-8")
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: test-harm\nVersion: 1.0\n", encoding="utf-8")
    (described / "entry_points.txt").write_text("[spacy_factories]\ntest_harm = test_harm:Harm\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(packages))
        yield PipelineSettings.of(config=written(packages / "harmful.cfg", "test_harm", "casemill_antibodies"))


@pytest.fixture
def command():
    """Starts ``casemill`` with arguments, in a process of its own.

    It can be interrupted even if these tests run in the background of a shell, which makes their children deaf to Ctrl-C.
    """

    def started(*arguments, **more):
        code = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "from casemill.cli import main; main()"
        )
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )

    return started


@pytest.fixture(scope="session")
def undisturbed(reports, quick, tmp_path_factory):
    """A file of 1,600 reports (four shards), and the run they make if nothing happens."""
    source, run = reports(1600), tmp_path_factory.mktemp("undisturbed") / "run"
    extract_to(run, [source], settings=quick)
    return source, run


@pytest.fixture(scope="session")
def same_bytes():
    """Whether two runs hold the same files with the same bytes, but for run.json."""

    def compared(one, other):
        names = {path.name for path in Path(one).iterdir()}
        assert names == {path.name for path in Path(other).iterdir()}
        for name in sorted(names - {"run.json"}):
            assert (Path(one) / name).read_bytes() == (Path(other) / name).read_bytes(), name

    return compared
