"""What is public, what is shipped, and what importing costs."""

import subprocess
import sys
from importlib.metadata import entry_points
from importlib.resources import files

import pytest

import casemill


def test_what_is_public_is_listed_and_there():
    assert sorted(casemill.__all__) == casemill.__dir__()
    assert all(getattr(casemill, name) is not None for name in casemill.__all__)
    with pytest.raises(AttributeError, match="casemill has no 'nothing'"):
        casemill.nothing  # noqa: B018


def test_importing_casemill_and_asking_for_help_import_nothing_heavy():
    code = (
        "import sys, casemill, casemill.cli\n"
        "from click.testing import CliRunner\n"
        "assert CliRunner().invoke(casemill.cli._casemill, ['--help']).exit_code == 0\n"
        "heavy = {'spacy', 'pandas', 'numpy', 'medspacy', 'scispacy', 'lxml'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_loading_does_not_import_medspacy():
    code = "import sys, casemill; casemill.load(); assert 'medspacy' not in sys.modules"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def test_every_pattern_folder_is_shipped(root):
    packaged = {p.name for p in files("casemill.patterns").iterdir() if p.is_dir() and not p.name.startswith("_")}
    assert packaged == {p.name for p in (root / "patterns").iterdir() if p.is_dir() and not p.name.startswith("_")}
    for family in packaged:
        assert {p.name for p in files("casemill.patterns").joinpath(family).iterdir() if p.name.endswith(".tsv")} == {
            p.name for p in (root / "patterns" / family).glob("*.tsv")
        }


def test_every_component_has_an_entry_point():
    from casemill.loading import load

    registered = {point.name for point in entry_points(group="spacy_factories") if point.value.startswith("casemill.")}
    assert registered == set(load().pipe_names)


@pytest.mark.slow
def test_the_wheel_and_the_source_archive_hold_every_pattern_file(root, tmp_path):
    import tarfile
    import zipfile

    built = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", tmp_path, root],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    assert "absent from" not in built.stdout + built.stderr
    wanted = {
        p.relative_to(root / "patterns").as_posix()
        for s in ("tsv", "jsonl")
        for p in (root / "patterns").rglob(f"*.{s}")
    }
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = {n.removeprefix("casemill/patterns/") for n in wheel.namelist() if n.startswith("casemill/patterns/")}
    assert wanted <= held
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        held = {n.split("/patterns/", 1)[1] for n in archive.getnames() if "/patterns/" in n}
    assert wanted <= held
