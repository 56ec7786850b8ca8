"""A PostgreSQL for one run of a benchmark: in a folder of its own, on a socket of its own, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

_ROLE = "labfleet"
_DATABASE = "postgres"
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_wal_size=4GB")
"""Filling it is not what is measured."""


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database of the newest server that is installed; raises FileNotFoundError without one."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not installed and not on_path:
        raise FileNotFoundError("no PostgreSQL server programs: apt-get install postgresql")
    where = installed[-1].parent if installed else Path(str(on_path)).resolve().parent
    # Not in a home folder: the server may run as another user, and a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="labfleet-pg-", dir="/tmp") as name:
        folder, user = Path(name), _unprivileged()
        data = folder / "data"
        if user:
            shutil.chown(folder, user)
        _run(user, where / "initdb", "--pgdata", data, "--username", _ROLE, "--auth=trust", "--no-sync")
        options = " ".join(f"-c {setting}" for setting in _SETTINGS) + f" -k {folder}"
        control = (where / "pg_ctl", "--pgdata", data, "--wait", "--timeout=60")
        _run(user, *control, "--log", folder / "log", "--options", options, "start")
        try:
            yield f"postgresql+psycopg://{_ROLE}@/{_DATABASE}?host={quote(str(folder), safe='')}"
        finally:
            _run(user, *control, "--mode=immediate", "stop")


def _unprivileged() -> str | None:
    """Whom the server runs as: PostgreSQL refuses to be started by root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(user: str | None, *argv: str | Path) -> None:
    # Output is dropped: the server inherits it, and a pipe would stay open for as long as it runs.
    subprocess.run(
        [str(argument) for argument in argv],
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=() if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )
