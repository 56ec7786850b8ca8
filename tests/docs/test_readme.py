"""The README's session is replayed: what it shows is what a reader sees.

In a block marked `console`, a line `$ command` is run and the lines below it are its output, both streams as a terminal
mixes them. A line `...` stands for any number of lines, `…` within a line for any text. All blocks are one session in
one fresh folder; `exit status N` as the last line tells that a command does not end with 0.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"exit status (\d+)")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a session and what a page says it prints."""

    command: str
    shown: tuple[str, ...]
    status: int = 0


def steps(page: str) -> Iterator[Step]:
    """The commands of all console blocks, in order."""
    for block in _BLOCK.findall(page):
        command = ""
        shown: list[str] = []
        for line in [*block.splitlines(), "$ "]:
            if line.startswith("$ "):
                if command:
                    status = _STATUS.fullmatch(shown[-1]) if shown else None
                    yield Step(command, tuple(shown[:-1] if status else shown), int(status[1]) if status else 0)
                command, shown = line[2:], []
            elif command.endswith("\\"):
                command = command[:-1] + line.strip()
            else:
                shown.append(line)


def matches(shown: tuple[str, ...], printed: str) -> bool:
    """Whether a page's lines, with their wildcards, are the output."""
    pattern = ""
    for line in shown:
        text = ".*".join(re.escape(part) for part in line.rstrip().split("…"))
        pattern += r"(?:[^\n]*\n)*" if line.strip() == "..." else text + r"[ ]*\n"
    return re.fullmatch(pattern, printed if printed.endswith("\n") or not printed else printed + "\n") is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_session_is_as_shown(page: Path, tmp_path: Path) -> None:
    session = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    session |= {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "PYTHONWARNINGS": "default"}
    for step in steps(page.read_text(encoding="utf-8")):
        outcome = subprocess.run(
            ["/bin/sh", "-c", step.command],
            cwd=tmp_path,
            env=session,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert outcome.returncode == step.status, f"$ {step.command}\n{outcome.stdout}"
        if not matches(step.shown, outcome.stdout):
            # For a reader of the failure: both texts, to compare and to copy.
            assert outcome.stdout.splitlines() == list(step.shown), f"$ {step.command}\n{outcome.stdout}"


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_links_lead_to_something(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [link for link in _LINK.findall(text) if not (page.parent / link).exists()] == []


def test_the_replay_sees_commands_output_and_status() -> None:
    page = "x\n```console\n$ one \\\n    two\nout\n\n$ three\n...\nexit status 3\n```\n```console\n$ four\n```\n"
    assert list(steps(page)) == [Step("one two", ("out", "")), Step("three", ("...",), 3), Step("four", ())]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (("a", "b"), "a\nb\n", True),
        (("a", "b"), "a\n", False),
        (("a", "b"), "a\nb\nc\n", False),
        (("a", "...", "z"), "a\nb\nc\nz\n", True),
        (("a", "...", "z"), "a\nz\n", True),
        (("...",), "", True),
        ((), "something\n", False),
        (("took … s, 3 labs",), "took 1.2 s, 3 labs\n", True),
        (("took … s, 3 labs",), "took 1.2 s, 4 labs\n", False),
        (("a.c",), "abc\n", False),
    ],
)
def test_how_output_is_compared(shown: tuple[str, ...], printed: str, same: bool) -> None:
    assert matches(shown, printed) is same
