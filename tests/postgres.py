"""A real PostgreSQL for the tests: one throw-away cluster per run, one fresh database per test."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest

_ROLE = "labfleet"
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=40")
"""Nothing survives the run, so nothing needs to reach the disk; and it listens on a socket in its own folder only."""


def programs() -> Path:
    """The folder of the newest server's programs; fails the test when there is none, since a skip would hide it."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if installed:
        return installed[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    pytest.fail("no PostgreSQL server programs on this machine: run `make test`, or apt-get install postgresql")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server, reached through a socket in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        """As SQLAlchemy takes it."""
        return f"postgresql+psycopg://{_ROLE}@/{database}?host={quote(str(self.folder), safe='')}"

    def execute(self, statement: str) -> None:
        """Run one statement beside the tests' own databases."""
        with psycopg.connect(host=str(self.folder), user=_ROLE, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


def _unprivileged() -> str | None:
    """Whom the server runs as: PostgreSQL refuses to be started by root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(user: str | None, *argv: str | Path) -> None:
    group = pwd.getpwnam(user).pw_gid if user else None
    # Output goes to a file: the server inherits it, and a pipe would stay open for as long as it runs.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        outcome = subprocess.run(
            [str(argument) for argument in argv],
            user=user,
            group=group,
            extra_groups=() if user else None,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        said.seek(0)
        if outcome.returncode != 0:
            pytest.fail(f"{Path(argv[0]).name} failed:\n{said.read()}")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A server that lives for this run of the tests."""
    where, user = programs(), _unprivileged()
    # Not pytest's tmp_path: that is closed to other users, and its name is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="labfleet-pg-", dir="/tmp") as name:
        folder = Path(name)
        data = folder / "data"
        if user:
            shutil.chown(folder, user)
        _run(
            user, where / "initdb", "--pgdata", data, "--username", _ROLE, "--auth=trust",
            "--encoding=UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        options = " ".join(f"-c {setting}" for setting in _SETTINGS) + f" -k {folder}"
        control = (where / "pg_ctl", "--pgdata", data, "--wait", "--timeout=60")
        _run(user, *control, "--log", folder / "log", "--options", options, "start")
        try:
            yield Cluster(folder)
        finally:
            _run(user, *control, "--mode=immediate", "stop")


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The URL of an empty database that only this test has."""
    database = f"test_{uuid4().hex}"
    postgres_cluster.execute(f"CREATE DATABASE {database} TEMPLATE template0")
    yield postgres_cluster.url(database)
    postgres_cluster.execute(f"DROP DATABASE {database} WITH (FORCE)")
