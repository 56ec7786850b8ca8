"""Every module says what it owns, stays small, has a name of its own; pure ones are pure; no machine leaks."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("agents", "inventory", "licenses", "fleet", "cli")
MODULES = tuple(sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")))
OURS = tuple(path for path in MODULES if path.parent != Path("fleet/migrations/versions"))
"""Without the migrations, which Alembic writes."""

GENERAL = {
    "utils",
    "util",
    "common",
    "helpers",
    "helper",
    "core",
    "models",
    "services",
    "base",
    "misc",
    "manager",
    "types",
}
MOST_LINES = 400
CLOCKS_AND_FILES = {"now", "utcnow", "today", "open", "print", "input", "read_text", "write_text", "read_bytes"}

# The brackets are there so that this file does not hold what it looks for.
SECRETS_AND_PLACES = re.compile(
    r"/wor[k]/(main|shared)|/op[t]/(wheels|pypi)|/roo[t]/\."
    r"|pyp[i]\.org|python[h]osted|registry\.npm[j]s|deb\.debia[n]\.org"
    r"|--(extra-)?inde[x]-url[ =]\w|--find-link[s][ =]"
    r"|BEGIN [A-Z ]*PRIVAT[E] KEY"
)


def _tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _tracked() -> Iterator[Path]:
    """Every file that is or would be committed; without a git checkout, every file that could be."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
        yield from (ROOT / name for name in listed if name and (ROOT / name).is_file())
        return
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in {".ci", ".gitignore", ".gitattributes"} for part in parts)
        if path.is_file() and not hidden and "__pycache__" not in parts:
            yield path


@pytest.mark.parametrize("path", OURS, ids=_name)
def test_a_module_says_what_it_owns(path: Path) -> None:
    said = ast.get_docstring(_tree(path)) or ""
    assert said.partition("\n")[0].strip(), "the first line of a module is a docstring: what does it own?"


@pytest.mark.parametrize("path", OURS, ids=_name)
def test_a_module_is_small_and_has_a_name_of_its_own(path: Path) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert path.stem not in GENERAL
    assert len(path.parts) <= 4, "folders three deep"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_package_is_imported_whole_or_hidden_by_a_variable(path: Path) -> None:
    tree = _tree(path)
    whole = [
        a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names if a.name in PACKAGES
    ]
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    arguments = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
    assert whole == [], "write `from licenses.reconcile import reconcile`"
    assert [name for name in (*stored, *arguments) if name in PACKAGES] == []


def _contract(word: str) -> tuple[str, ...]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts: list[dict[str, Any]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return next(tuple(each["source_modules"]) for each in contracts if word in each["name"])


def _pure(path: Path) -> bool:
    return any(fnmatch(_name(path), pattern) for pattern in _contract("pure modules reach"))


def test_both_contracts_name_the_same_pure_modules() -> None:
    assert _contract("pure modules reach") == _contract("pure modules open")


@pytest.mark.parametrize("path", OURS, ids=_name)
def test_a_module_that_says_it_is_pure_is_under_contract(path: Path) -> None:
    assert "◇" not in (ast.get_docstring(_tree(path)) or "") or _pure(path), "add it to pyproject.toml"


@pytest.mark.parametrize("path", [path for path in OURS if _pure(path)], ids=_name)
def test_a_pure_module_asks_no_clock_and_opens_no_file(path: Path) -> None:
    """The contracts see imports; this sees calls such as `datetime.now()`."""
    calls = [node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    names = [call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls]
    assert sorted(CLOCKS_AND_FILES.intersection(names)) == []


def test_no_place_of_a_machine_and_no_secret_is_committed() -> None:
    found = []
    for path in _tracked():
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in SECRETS_AND_PLACES.finditer(text)]
    assert found == []


def test_every_data_file_travels_with_its_package() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        patterns = tomllib.load(file)["tool"]["setuptools"]["package-data"]["*"]
    files = [path for path in _tracked() if path.relative_to(ROOT).parts[0] in PACKAGES and path.suffix != ".py"]
    left = [str(path.relative_to(ROOT)) for path in files if not any(fnmatch(path.name, each) for each in patterns)]
    assert left == [], "name them in [tool.setuptools.package-data]"
