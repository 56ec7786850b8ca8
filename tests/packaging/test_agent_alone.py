"""The agent needs the standard library and psutil, nothing else: on a lab machine nothing else is there."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = tuple(sorted((ROOT / "agents").rglob("*.py")))
ALLOWED = sys.stdlib_module_names | {"agents", "psutil"}

LOADER = """
import sys
before = set(sys.modules)
import importlib
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_importing_all_of_it_loads_nothing_else() -> None:
    names = [_module(path) for path in FILES]
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", LOADER, str(ROOT), *names], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "agents" in loaded
    assert [name for name in loaded if name not in ALLOWED] == []


@pytest.mark.parametrize("path", FILES, ids=_module)
def test_no_import_inside_a_function_reaches_further(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported - ALLOWED == set()


def test_the_base_installation_needs_psutil_only() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [need.partition(">")[0] for need in project["dependencies"]] == ["psutil"]
