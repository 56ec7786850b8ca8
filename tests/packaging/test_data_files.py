"""Data travels with the code that reads it: what `package-data` does not name is not installed."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
INCLUDED = SETUPTOOLS["packages"]["find"]["include"]
"""Every folder that these match is installed: one without an `__init__.py` too, because it may be a namespace."""

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
    assert any(fnmatch(".".join(path.parent.parts), pattern) for pattern in INCLUDED)
    assert any(fnmatch(path.name, pattern) for pattern in SETUPTOOLS["package-data"]["*"])


def test_there_are_the_kinds_that_the_demonstration_reads() -> None:
    """The test above would pass on an empty list."""
    assert {path.suffix for path in DATA} >= {".toml", ".txt", ".csv", ".mako"}
    assert Path("fleet/demo/software/windows-11.txt") in DATA


def test_nothing_but_the_five_packages_is_installed() -> None:
    assert {pattern.removesuffix("*") for pattern in INCLUDED} == set(PACKAGES)
    others = {path.name for path in ROOT.iterdir() if path.is_dir()} - set(PACKAGES)
    assert not [name for name in others if any(fnmatch(name, pattern) for pattern in INCLUDED)]
