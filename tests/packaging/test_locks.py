"""The locks: every version with its hashes, no address, one version of a thing in both."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("demo", "test")


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_and_hashes_only(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").replace("\\\n", "")
    for line in text.splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; [^/]+?)?( +--hash=sha256:[0-9a-f]{64})+", line), line


def test_the_demo_installs_what_was_tested() -> None:
    assert _locked("demo").items() <= _locked("test").items()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    demo = [*project["project"]["dependencies"], *extras["server"], *groups["build"]]

    def names(needs: list[str]) -> set[str]:
        return {re.split(r"[<>=!~;\[ ]", need)[0] for need in needs}

    assert names(demo) <= _locked("demo").keys(), "make lock"
    assert names([*demo, *extras["postgres"], *groups["dev"]]) <= _locked("test").keys(), "make lock"


def test_the_script_names_no_index() -> None:
    assert "://" not in (ROOT / "scripts" / "lock.sh").read_text(encoding="utf-8")
