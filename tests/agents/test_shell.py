"""Tools are run without a shell, cut in time and size, and leave nothing behind."""

import os
import time
from pathlib import Path

import pytest

from agents.errors import NotThere, QuestionFailed
from agents.shell import Shell
from tests.agents.machines import tool


def shell(tmp_path: Path, script: str, **more: int) -> Shell:
    tool(tmp_path, "asked", script)
    return Shell([str(tmp_path), "/usr/bin", "/bin"], **more)


def test_output_comes_back_in_a_language_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LD_PRELOAD_MARK", "1")
    asked = shell(tmp_path, 'echo "$LC_ALL|$LD_PRELOAD_MARK|$1"')
    assert asked.run(("asked", "a b; c"), seconds=5) == "C.UTF-8||a b; c\n"


def test_undecodable_output_is_replaced(tmp_path: Path) -> None:
    assert shell(tmp_path, "printf 'caf\\351'").run(("asked",), seconds=5) == "caf\ufffd"


def test_a_missing_tool_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="nothing-like-it: not found"):
        Shell([str(tmp_path)]).run(("nothing-like-it",), seconds=1)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo first >&2; echo second >&2; exit 4", "asked: exit status 4: first"),
        ("exit 1", "asked: exit status 1: it said nothing"),
        ("echo '/dev/mem: Permission denied' >&2; exit 1", "asked: not permitted"),
        ("kill -TERM $$", "asked: ended by signal 15"),
        ("sleep 30", "asked: timed out after 0.2 s"),
        ("yes", "asked: printed more than 100000 bytes"),
    ],
)
def test_a_failure_is_one_line(tmp_path: Path, script: str, reason: str) -> None:
    with pytest.raises(QuestionFailed) as caught:
        shell(tmp_path, script, output=100_000).run(("asked",), seconds=0.2 if "sleep" in script else 10)
    assert str(caught.value) == reason


def test_an_accepted_status_is_an_answer(tmp_path: Path) -> None:
    assert shell(tmp_path, "echo none; exit 1").run(("asked",), seconds=5, accept=(0, 1)) == "none\n"


@pytest.mark.parametrize("ending", ["wait", "exit 0"])
def test_what_a_tool_started_ends_with_it(tmp_path: Path, ending: str) -> None:
    """Both when the tool hangs and when it is gone but its child still holds the pipe."""
    note = tmp_path / "child"
    asked = shell(tmp_path, f"sleep 60 & echo $! > {note}; {ending}")
    started = time.monotonic()
    if ending == "wait":
        with pytest.raises(QuestionFailed, match="timed out"):
            asked.run(("asked",), seconds=0.3)
    else:
        assert asked.run(("asked",), seconds=5) == ""
    assert time.monotonic() - started < 4
    assert gone(int(note.read_text()))


def gone(process: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # dead; in a container there may be nobody to bury it
            return True
        time.sleep(0.02)
    os.kill(process, 9)
    return False
