"""The tree of commands is complete: a noun that nobody registered cannot be asked."""

import ast
from pathlib import Path

from cli.commands import NOUNS, VERBS

CLI = Path(__file__).resolve().parents[2] / "cli"


def _has_app(path: Path) -> bool:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "app" for node in body)


def test_every_noun_is_registered_once() -> None:
    written = {path.stem for path in CLI.glob("*.py") if _has_app(path)} - {"commands"}
    named = [name for name, _ in NOUNS] + [name for name, _ in VERBS]
    assert {name.replace("-", "_") for name, _ in NOUNS} == {name.removesuffix("_") for name in written}
    assert len(named) == len(set(named))


def test_every_noun_says_its_question() -> None:
    assert [name for name, noun in NOUNS if not noun.info.help] == []
