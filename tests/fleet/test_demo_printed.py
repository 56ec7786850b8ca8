"""What `labfleet demo` prints: the three answers, and commands that run as they stand there."""

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest


def labfleet(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def answers(url: str) -> bool:
    """Whether anything listens there."""
    host, port = url.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), 5).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("anywhere")
    return folder, labfleet("demo", folder=folder)


def test_it_answers_all_three_people(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = ran

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert "All in it is invented" in lines[0]
    assert any(line.startswith("MUIR/B12") and "✓ ready" in line and "30" in line for line in lines)
    assert any(line.startswith("PHS/M101") and "✗ not ready" in line and "26" in line for line in lines)
    assert any(line.startswith("BLAIR/D110") and "? unknown" in line for line in lines)
    assert any("suite Creative Cloud All Apps" in line and "102" in line and "3 short" in line for line in lines)
    assert any("PHS-M103-01" in line and "$" in line for line in lines)
    assert any(line.startswith("This machine: ") and "is device 228" in line for line in lines)


def test_every_command_that_it_prints_runs_as_it_stands(
    ran: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = ran
    printed = [line.removeprefix("$ ").strip() for line in done.stdout.splitlines()]
    commands = [shlex.split(line)[1:] for line in printed if line.startswith("labfleet --home ")]

    assert len(commands) >= 10
    for words in commands:
        if words[-1] != "serve":
            again = labfleet(*words, folder=folder)
            assert again.returncode == 0, f"{words}: {again.stderr}"
            assert again.stdout


def test_what_it_prints_is_what_the_commands_print(ran: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = ran

    for words in (("lab", "ready"), ("license", "position")):
        assert labfleet("--home", "labfleet-demo", *words, folder=folder).stdout in done.stdout


def test_a_folder_with_something_else_is_refused_in_two_lines(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    done = labfleet("demo", ".", folder=tmp_path)

    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]
    assert "Traceback" not in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_killed_demonstration_leaves_no_server_behind(tmp_path: Path) -> None:
    assert labfleet("--home", str(tmp_path / "home"), "init", folder=tmp_path).returncode == 0
    code = (
        "import sys, time; from pathlib import Path; from cli.demo import LABFLEET;"
        "from fleet.demo.here import running_server\n"
        "with running_server(LABFLEET, Path(sys.argv[1])) as url: print(url, flush=True); time.sleep(100)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "home")], stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None
        url = killed.stdout.readline().strip()
        assert answers(url)
        killed.kill()

    deadline = monotonic() + 20
    while answers(url):
        assert monotonic() < deadline, "the server still answers"
        sleep(0.05)
