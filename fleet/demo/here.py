"""This machine in the demonstration: a server that really runs, and the real agent that reports to it over loopback."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fleet.errors import FleetError

START_SECONDS = 60.0
STOP_SECONDS = 20.0
REPORT_SECONDS = 120.0

AGENT = (sys.executable, "-I", "-m", "agents")
"""The agent as it stands in this environment; isolated, so that no folder of the caller comes before it."""


class ServerFailed(FleetError, RuntimeError):
    """The demonstration's server did not start, or did not stop."""

    code = "demo-server-failed"


class AgentFailed(FleetError, RuntimeError):
    """The agent on this machine could not report."""

    code = "demo-agent-failed"


@contextmanager
def running_server(command: Sequence[str], home: Path) -> Iterator[str]:
    """The address of a server that runs on a free loopback port while the block does; `command` is `labfleet`."""
    argv = (*command, "--home", str(home), "serve", "--host", "127.0.0.1", "--port", "0")
    server = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,  # closed by the system when this process is killed: the server's sign to stop
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=_environment(),
    )
    assert server.stderr is not None  # noqa: S101 - a pipe was asked for
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(server.stderr, lines), daemon=True)
    reader.start()
    try:
        yield _address(lines)
    finally:
        _stop(server)
        reader.join(STOP_SECONDS)
        server.stderr.close()


def report_this_machine(url: str, secret: str) -> None:
    """Run the agent once: it enrols, asks this machine, delivers, and its report is acknowledged when this returns."""
    with tempfile.TemporaryDirectory(prefix="labfleet-agent-") as folder:
        # An agent that serves this machine for real has settings and a state of its own; neither is used.
        config, secret_file, state = (Path(folder) / name for name in ("agent.toml", "secret", "state"))
        config.touch()
        secret_file.touch(mode=0o600)
        secret_file.write_text(secret, encoding="utf-8")
        given = {"--config": config, "--server": url, "--secret-file": secret_file, "--state": state}
        argv = (*AGENT, "once", *(part for name, value in given.items() for part in (name, str(value))))
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=REPORT_SECONDS,
                env=_environment(),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise AgentFailed(f"the agent did not report within {REPORT_SECONDS:.0f} s") from None
    if done.returncode != 0:
        said = _reason((*done.stderr.splitlines(), *done.stdout.splitlines()))
        raise AgentFailed(
            f"the agent on this machine could not report: {said}",
            hint="`labfleet-agent show` prints what it would send",
        )


def _environment() -> Mapping[str, str]:
    """The caller's environment without what would lead to another district, or through a proxy."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LABFLEET_") and name.lower() not in {"http_proxy", "all_proxy"}
    }


def _read(stream: IO[str], lines: "queue.Queue[str | None]") -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _address(lines: "queue.Queue[str | None]") -> str:
    """What the server's log says it listens on."""
    said: list[str] = []
    while True:
        try:
            line = lines.get(timeout=START_SECONDS)
        except queue.Empty:
            raise ServerFailed(f"the server did not start within {START_SECONDS:.0f} s") from None
        if line is None:
            raise ServerFailed(f"the server ended as it started: {_reason(said)}")
        said.append(line)
        if (url := _url(line)) is not None:
            return url


def _url(line: str) -> str | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    url = record.get("url") if isinstance(record, dict) else None
    return url if isinstance(url, str) else None


def _reason(lines: Sequence[str]) -> str:
    """What a program says went wrong: its line of error, else the last that it said."""
    said = [line.strip() for line in lines if line.strip()]
    errors = [line.removeprefix("error: ") for line in said if line.startswith("error: ")]
    return (errors or said[-1:] or ["it said nothing"])[0]


def _stop(server: subprocess.Popen[str]) -> None:
    if server.poll() is None:
        server.terminate()
    if server.stdin is not None:
        server.stdin.close()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
