"""The reference pages say what the code says; the error codes and the commands keep their promises."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from cli.commands import app
from docs.generate import BASES, PAGES, REFERENCE, error_classes, page


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_current(name: str) -> None:
    assert (REFERENCE / f"{name}.md").read_text(encoding="utf-8") == page(name), "run `make docs`"


def test_there_is_no_page_without_a_writer() -> None:
    assert {file.stem for file in REFERENCE.iterdir()} == set(PAGES)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [each.__dict__.get("code", "") for each in error_classes()]
    assert sorted(codes) == sorted(set(codes))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in codes), codes


def test_every_error_refines_a_builtin() -> None:
    """So that `except LookupError` works for whoever does not know ours."""
    bases = {name for _, name in BASES}
    plain = [
        each.__name__
        for each in error_classes()
        if each.__name__ not in bases
        and not any(parent.__module__ == "builtins" and parent not in (Exception, BaseException, object)
                    for parent in each.__mro__)
    ]  # fmt: skip
    assert plain == []


def _verbs(command: Any, path: str) -> Iterator[tuple[str, str]]:
    subcommands = getattr(command, "commands", {})
    if not subcommands:
        yield path, command.help or ""
    for name, each in subcommands.items():
        yield from _verbs(each, f"{path} {name}")


def test_every_command_shows_itself_in_an_example() -> None:
    without = [path for path, said in _verbs(typer.main.get_command(app), "labfleet") if path not in said]
    assert without == []
