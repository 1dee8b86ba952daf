import importlib.util


def test_the_reference_of_commands_is_current(root):
    spec = importlib.util.spec_from_file_location("generate", root / "docs" / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert (root / "docs" / "cli.md").read_text(encoding="utf-8") == generate.reference()
