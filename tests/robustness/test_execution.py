"""Nothing that is read is executed, and nothing is fetched: not reports, not pattern files, not configurations."""

import ast
import socket
import threading
from contextlib import suppress

import pytest

import casemill
from casemill.errors import CasemillError
from casemill.loading import load, make_doc
from casemill.reading.sources import Reject, Source
from casemill.reading.stream import ReadOptions, read_source
from casemill.reports import Report
from casemill.resources import load_patterns
from casemill.tabulate import rows

#: What would run what it is given; `compile` of an expression is a method, and no name of its own.
_EXECUTING = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
_UNTRUSTED = {"pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "yaml", "runpy", "code"}


def trees(root):
    for path in sorted((root / "pipeline" / "casemill").rglob("*.py")):
        yield path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_no_code_runs_or_unpickles_what_it_reads(root):
    faults = []
    for name, tree in trees(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _EXECUTING:
                faults.append(f"{name}:{node.lineno}: {node.func.id}()")
            if isinstance(node, ast.Call) and any(one.arg == "shell" for one in node.keywords):
                faults.append(f"{name}:{node.lineno}: a shell")
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                faults += [f"{name}:{node.lineno}: {one}" for one in names if one.split(".")[0] in _UNTRUSTED]
    assert faults == []


@pytest.fixture
def trap(tmp_path, monkeypatch):
    """A file that is there if any of some pieces of code was run, and the pieces."""
    sprung = tmp_path / "sprung"
    monkeypatch.chdir(tmp_path)
    yield [
        f"__import__('pathlib').Path({str(sprung)!r}).touch()",
        f"${{__import__('pathlib').Path({str(sprung)!r}).touch()}}",
        f"{{{{ __import__('pathlib').Path({str(sprung)!r}).touch() }}}}",
        f"$(touch {sprung})",
        f"`touch {sprung}`",
        f'!!python/object/apply:os.system ["touch {sprung}"]',
    ]
    assert not sprung.exists()


@pytest.mark.slow
def test_pattern_files_are_words_and_no_code(trap, tmp_path):
    """Such code in every column of the lexicons that an overlay may hold: it is looked for in texts, and that is all."""
    patterns = load_patterns()
    folder = tmp_path / "patterns"
    for name in patterns.lexicons:
        columns = sorted({column for entry in patterns.rows(name).values() for column in entry.attributes})
        free = [
            column for column in columns if column in {"example", "counterexample", "source", "note", "code", "rxcui"}
        ]
        path = folder / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ["\t".join(["id", "canonical", "terms", *free])]
        lines += [
            "\t".join([f"own.{n}", code, code.replace("|", " "), *([code] * len(free))]) for n, code in enumerate(trap)
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    nlp = load(patterns=folder)
    rows(nlp(make_doc(nlp, Report("r", "", f"A man was treated with {trap[0]} 10 mg daily. {' '.join(trap)}"))))


@pytest.mark.parametrize("place", ["patterns", "factory", "new", "code"])
def test_configurations_are_settings_and_no_code(trap, tmp_path, place):
    for number, code in enumerate(trap):
        path = tmp_path / f"{number}.cfg"
        quoted = code.replace('"', "'")
        lines = ['[nlp]\nlang = "en"\npipeline = ["one"]\n[components]\n[components.one]']
        lines.append(f'factory = "{quoted if place == "factory" else "casemill_antibodies"}"')
        if place == "patterns":
            lines.append(f'patterns = "{quoted}"')
        elif place == "new":
            lines.append(f"{place} = {code}")
        elif place == "code":
            lines.append(f'[training]\ncode = "{quoted}"\n[initialize.before_init]\n@callbacks = "{quoted}"')
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with suppress(CasemillError):
            casemill.load(config=path)


@pytest.fixture
def listening():
    """An address on this machine, and who has asked there."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)

        def listen():
            while True:
                try:
                    visitor, _ = server.accept()
                except TimeoutError:
                    continue
                except OSError:
                    return
                asked.append(visitor.recv(200))
                visitor.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
    thread.join(timeout=5)


@pytest.mark.parametrize(
    ("root", "inner"),
    [
        ("article", "<front><article-meta><abstract><p>{0}</p></abstract></article-meta></front>"),
        ("PubmedArticleSet", "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{0}</ArticleTitle>"
         "</Article></MedlineCitation></PubmedArticle>"),
        ("collection", "<document><id>1</id><passage><text>{0}</text></passage></document>"),
        ("html", "<body><h1>Gout</h1><p>A man was treated with 5 mg of it and he improved. {0}</p></body>"),
    ],
)  # fmt: skip
def test_nothing_is_fetched_from_the_network(listening, root, inner):
    url, asked = listening
    traps = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}/include"/>',
        f'<img src="{url}/picture"/><script src="{url}/script"></script><iframe src="{url}/frame"></iframe>',
        f'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{url} {url}/schema">a</a>',
        "&outside;",
    )
    for kind in ("SYSTEM", 'PUBLIC "-//X//Y"'):
        for declared in ("", f'[<!ENTITY outside SYSTEM "{url}/entity">]', f'[<!ENTITY % p SYSTEM "{url}/p"> %p;]'):
            for trap in traps:
                page = (
                    f'<?xml version="1.0"?><?xml-stylesheet href="{url}/style"?>'
                    f'<!DOCTYPE {root} {kind} "{url}/dtd" {declared}><{root}>{inner.format(trap)}</{root}>'
                )
                for found in read_source(Source("x.xml", page.encode()), ReadOptions()):
                    assert isinstance(found, Reject) or "127.0.0.1" not in found.text
    assert asked == []
