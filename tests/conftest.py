"""What every test lives under: no network but loopback, no settings of this machine, repeatable laws."""

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

pytest_plugins = ("tests.postgres", "tests.district", "tests.serving")

# Shared, slow machines must not make a law fail for its time; in CI the same examples run every time.
settings.register_profile("everywhere", deadline=None, print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("everywhere"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everywhere")

_HERE = ("localhost", "::1", "0:0:0:0:0:0:0:1", "testserver", None)
_ADDRESSED = {
    "socket.bind": 1,
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}
"""Audit events of the socket module, and which of their arguments is the address."""

_refused: list[str] = []


class NetworkRefusedError(RuntimeError):
    """A test reached for another machine."""


def _leaves_this_machine(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if isinstance(host, str) and host.startswith("127."):
        return False
    return host not in _HERE


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: sees every socket of the interpreter, and stays for the life of the process."""
    position = _ADDRESSED.get(event)
    if position is None:
        return
    address = arguments[position]
    # A socket that is connected sends to None; families such as AF_UNIX have no address that leaves the machine.
    if address is None or (position == 1 and not isinstance(address, tuple)):
        return
    if _leaves_this_machine(address):
        _refused.append(f"{event} {address!r}")
        raise NetworkRefusedError(f"tests may only use loopback: {event} {address!r}")


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def closed_network() -> Iterator[list[str]]:
    """Fails a test that reached out, even where the code under test swallowed the refusal."""
    _refused.clear()
    yield _refused
    if _refused:
        pytest.fail(f"reached for another machine: {', '.join(_refused)}")


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test sees no setting of whoever runs it, and a time zone in which naive moments come out wrong."""
    for name in list(os.environ):
        if name.startswith("LABFLEET_") or name in {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
