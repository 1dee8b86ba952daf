"""What a run writes to its screen and logs holds no report's text, whatever fails."""

import re

import pytest

from casemill.reading.inputs import sources
from casemill.reading.stream import ReadOptions, read_source

_WORDS = re.compile(r"\w+")
#: So many words in a row are a piece of somebody's text and no words of ours.
_RUN = 4


def runs_of_words(text):
    words = _WORDS.findall(text.lower())
    return {tuple(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)}


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_over_the_corpus_tells_nothing_of_it(root, command, tmp_path, workers):
    reports = root / "corpus" / "reports"
    started = command("extract", reports, "-o", tmp_path / "run", "--workers", workers)
    told = "\n".join(started.communicate(timeout=120))
    assert started.returncode == 0, told
    texts = [found.text for source in sources([reports]) for found in read_source(source, ReadOptions())]
    assert len(texts) > 50
    assert not runs_of_words(told) & {run for text in texts for run in runs_of_words(text)}


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_that_quotes_its_report_is_told_without_its_words(reports, harmful, command, tmp_path, workers):
    text = "This TELLS of Mrs Example of Sampleton, who had gout in both of her great toes."
    started = command(
        *("extract", reports(4, r2=text), "-o", tmp_path / "run", "--config", harmful.config, "--workers", workers)
    )
    told = "\n".join(started.communicate(timeout=120))
    assert started.returncode == 0, told
    assert "extraction failed: ValueError (its words are in rejects.csv)" in told
    assert not runs_of_words(told) & runs_of_words(text)
    assert text in (tmp_path / "run" / "rejects.csv").read_text(encoding="utf-8")


def test_a_missing_header_is_told_in_part(command, tmp_path):
    text = "Mrs Example of Sampleton was treated for gout in both of her great toes last year"
    (tmp_path / "notes.csv").write_text(f"1;{text}\n2;{text}\n", encoding="utf-8")
    told = "\n".join(command("extract", tmp_path / "notes.csv", "-o", tmp_path / "run").communicate(timeout=60))
    assert "no column for the text" in told
    assert "great toes" not in told
