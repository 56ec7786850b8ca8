"""A real `labfleet serve` on loopback over a real home, as a process that tests may kill."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.report import CheckIn, canonical
from fleet.access import create_enrolment
from fleet.answers.places import site_called
from fleet.district import district_session, make_district
from fleet.settings import FILE_NAME, Settings, load
from inventory.place_list import import_places


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: Any
    headers: dict[str, str]


class Server:
    """A server process on a home; `stop` asks it to end, `kill` does not ask."""

    def __init__(self, settings: Settings, secret: str) -> None:
        self.settings = settings
        self.secret = secret
        self._log_file = settings.home.parent / "server.log"
        self._log_file.touch()
        self._seen = 0
        self.start()

    def start(self) -> None:
        """Start, and wait until it listens."""
        environment = {name: text for name, text in os.environ.items() if not name.startswith("LABFLEET_")}
        arguments = [sys.executable, "-m", "cli", "--home", str(self.settings.home), "serve", "--port", "0"]
        with self._log_file.open("a") as log:
            self.process = subprocess.Popen(arguments, stderr=log, env=environment)
        while not (line := next((line for line in self.log()[self._seen :] if '"listening"' in line), "")):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server did not start: {''.join(self.log())}")
            time.sleep(0.05)
        self._seen = len(self.log())
        self.url = json.loads(line)["url"]

    def log(self) -> list[str]:
        """The whole lines that the server wrote."""
        return [line for line in self._log_file.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self.process.kill()
        self.process.wait(timeout=30)

    def request(
        self, path: str, body: bytes | None = None, *, token: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        """One request: GET without a body, POST with one."""
        host, port = self.url.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        try:
            connection.request("GET" if body is None else "POST", path, body, sent)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        return Answer(response.status, json.loads(text) if text else None, dict(response.getheaders()))

    def enrol(self) -> str:
        """A device token."""
        return str(self.request("/api/v1/enrol", json.dumps({"secret": self.secret}).encode()).body["token"])

    def check_in(self, message: CheckIn, token: str) -> Answer:
        """One check-in as plain JSON."""
        return self.request("/api/v1/check-in", canonical(message), token=token)


@contextmanager
def serving(folder: Path, database: str = "") -> Iterator[Server]:
    """A running server on a home of its own with one site, MUIR, and its enrolment secret."""
    home = folder / "home"
    home.mkdir()
    if database:
        (home / FILE_NAME).write_text(f'database = "{database}"\n')
    settings = load(home)
    make_district(settings)
    labs = folder / "labs.csv"
    labs.write_text("site,lab,stations,pathways\nMUIR,B12,30,152\n")
    with district_session(settings) as session:
        import_places(session, labs, pathways={"152"})
        secret = create_enrolment(session, site_called(session, "MUIR"), "tests", settings.now())
    running = Server(settings, secret)
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server on SQLite."""
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def postgres_server(tmp_path: Path, postgres_url: str) -> Iterator[Server]:
    """A running server on PostgreSQL."""
    with serving(tmp_path, postgres_url) as running:
        yield running
