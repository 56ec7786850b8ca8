"""Data travels with the code that reads it: what `package-data` does not name is not installed."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from setuptools import find_namespace_packages

ROOT = Path(__file__).resolve().parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
FOUND = frozenset(find_namespace_packages(str(ROOT), include=SETUPTOOLS["packages"]["find"]["include"]))
PACKAGES = ("agents", "inventory", "licenses", "fleet", "cli")
DATA = tuple(
    sorted(
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    )
)


@pytest.mark.parametrize("path", DATA, ids=str)
def test_a_data_file_is_installed(path: Path) -> None:
    assert ".".join(path.parent.parts) in FOUND
    assert any(fnmatch(path.name, pattern) for pattern in SETUPTOOLS["package-data"]["*"])


def test_there_are_the_kinds_that_the_demonstration_reads() -> None:
    """The test above would pass on an empty list."""
    assert {path.suffix for path in DATA} >= {".toml", ".txt", ".csv", ".mako"}
    assert Path("fleet/demo/software/windows-11.txt") in DATA


def test_nothing_but_the_five_packages_is_installed() -> None:
    assert {name.partition(".")[0] for name in FOUND} == set(PACKAGES)
