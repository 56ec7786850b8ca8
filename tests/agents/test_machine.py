"""The file system is asked without being fooled: pipes, closed folders, dead servers, endless files."""

import os
from pathlib import Path

import pytest

from agents.errors import QuestionFailed
from agents.machine import FILE_SIZE, Machine
from agents.probe import Command, Files
from agents.shell import Shell
from tests.agents.machines import tool


def test_patterns_find_what_is_there_and_no_more(tmp_path: Path) -> None:
    for name in ("a/one/x", "a/two/x", "a/two/y"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "a" / "link").symlink_to("two")
    found = Machine(tmp_path).ask(Files(read=("a/*/x", "none/*/x", "a/one/none"), links=("a/*",), names=("a/t*", "b")))
    assert found.files == {"a/link/x": b"a/two/x", "a/one/x": b"a/one/x", "a/two/x": b"a/two/x"}
    assert found.links == {"a/link": "two"}
    assert found.names == {"a/two"}
    assert found.denied == ()


def test_a_pipe_never_makes_us_wait_and_a_large_file_is_cut(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "large").write_bytes(b"x" * (FILE_SIZE + 1))
    found = Machine(tmp_path).ask(Files(read=("*",)))
    assert set(found.files) == {"large"}
    assert len(found.files["large"]) == FILE_SIZE


def test_a_home_on_a_file_server_is_not_touched(tmp_path: Path) -> None:
    for name in ("proc/self", "home/here", "home/there"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("here", "there"):
        (tmp_path / "home" / name / "tool.AppImage").touch()
    (tmp_path / "proc/self/mounts").write_text("server:/home /home/there nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n")
    assert Machine(tmp_path).ask(Files(names=("home/*/*.AppImage",))).names == {"home/here/tool.AppImage"}


def test_too_many_files_are_an_error_and_no_endless_walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.machine.MATCHES", 3)
    for name in "abcd":
        (tmp_path / name).touch()
    with pytest.raises(QuestionFailed, match="more than 3"):
        Machine(tmp_path).ask(Files(names=("*",)))


def test_closed_folders_are_named_as_denied(tmp_path: Path) -> None:
    """As any user but root; root sees through closed doors, so there the system's answer is staged."""
    (tmp_path / "home" / "kim").mkdir(parents=True)
    (tmp_path / "secret").write_text("x")
    (tmp_path / "home" / "kim").chmod(0)
    (tmp_path / "secret").chmod(0)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        status = 1
        try:
            if os.geteuid() == 0:
                for folder in [tmp_path, *tmp_path.parents][:-2]:
                    folder.chmod(0o755)
                os.setuid(65534)
            denied = Machine(tmp_path).ask(Files(read=("secret",), names=("home/*/*.AppImage",))).denied
            os.write(writer, repr(denied).encode())
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    (tmp_path / "home" / "kim").chmod(0o700)
    assert os.read(reader, 1000) == b"('home/kim', 'secret')"


def test_a_tool_for_root_is_not_even_started_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path, "dmidecode", "echo started")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(QuestionFailed, match="not permitted"):
        Machine(tmp_path, shell=Shell([str(tmp_path)])).ask(Command(("dmidecode",), root=True))
