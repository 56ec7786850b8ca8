"""Check-ins per second over real HTTP into SQLite, and bytes of database per device, beside floor and peer.

The floor is the same server stack (uvicorn, FastAPI, the same reading and unpacking of the body) answering a constant
to the same requests. The peer is OCS Inventory server, measured on two cores: 4.5 first-time and 7.3 unchanged
inventories a second, 235 kB of database per device.
"""

import json
import os
import secrets
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from sqlmodel import Session

from agents.report import CheckIn, RawInstall, Software
from benchmarks.load import Load, post
from benchmarks.machines import first, full, machine, pool, software
from fleet.access import create_enrolment
from fleet.answers.places import site_called
from fleet.district import make_district, open_district
from fleet.rows import CredentialRow
from fleet.settings import Settings, load
from inventory.place_list import import_places

CONNECTIONS = 8
ROUNDS = 3
DEVICES = 1_200
PEER_FIRST, PEER_UNCHANGED, PEER_BYTES = 4.5, 7.3, 235_000
PATH = "/api/v1/check-in"
ACCEPTED = b'"accepted":true'

Jobs = Sequence[tuple[str, bytes, bool]]


def main() -> None:
    """Print the figures: medians of ROUNDS runs, each on a new database."""
    entries = pool()
    alike = [software(entries, lab) for lab in range(DEVICES // 30)]
    labs = [machine(n, alike[n // 30], batch=n // 300) for n in range(DEVICES)]
    different = [machine(n, software(entries, 1_000_000 + n), batch=n) for n in range(DEVICES)]
    for name, fleet in (("30 alike", labs), ("every device different", different)):
        runs = [_run(fleet, entries) for _ in range(ROUNDS)]
        newcomers = statistics.median(run[0].rate for run in runs)
        unchanged = statistics.median(run[1].rate for run in runs)
        size = statistics.median(run[2] for run in runs)
        lost = sum(run[0].refused + run[1].refused + run[3] for run in runs)
        floor_new = statistics.median(_floor([_full_job(one) for one in fleet]).rate for _ in range(ROUNDS))
        floor_same = statistics.median(_floor([_first_job(one) for one in fleet]).rate for _ in range(ROUNDS))
        slowest = statistics.median(run[1].percentile(99) for run in runs) * 1000
        _say(f"intake, {DEVICES:,} devices of 300 entries, {name}, {CONNECTIONS} connections, median of {ROUNDS}:")
        _line("first-time full reports", newcomers, floor_new, PEER_FIRST)
        _line("unchanged check-ins", unchanged, floor_same, PEER_UNCHANGED, f"; 99 % within {slowest:.0f} ms")
        _say(f"  {'database per device':24} {size:6,.0f} B: the peer needs {PEER_BYTES / size:,.0f} × as much")
        _say(f"  {'lost or refused':24} {lost:6}")


def _line(what: str, rate: float, floor: float, peer: float, more: str = "") -> None:
    ratios = f"{rate / floor:.2f} of the floor ({floor:,.0f}/s), {rate / peer:,.0f} × the peer"
    _say(f"  {what:24} {rate:6,.0f}/s: {ratios}{more}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _first_job(whole: CheckIn, token: str = "token") -> tuple[str, bytes, bool]:  # noqa: S107 - the floor checks none
    return token, first(whole), False


def _full_job(whole: CheckIn, token: str = "token") -> tuple[str, bytes, bool]:  # noqa: S107 - as above
    return token, full(whole), True


def _spread(jobs: Jobs) -> list[Jobs]:
    return [jobs[at::CONNECTIONS] for at in range(CONNECTIONS)]


def _run(fleet: Sequence[CheckIn], entries: Sequence[RawInstall]) -> tuple[Load, Load, float, int]:
    """First-time reports, unchanged check-ins, bytes a device, and devices lost: on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load(Path(folder) / "home")
        tokens = _district(settings, Path(folder), len(fleet))
        with _serving("cli", "--home", str(settings.home), "serve", "--port", "0") as port:
            # A district's entries are known after its first machines; what is measured is the day after.
            warm = [
                machine(9_000_000 + at, Software(installs=tuple(entries[at : at + 1000])), batch=0)
                for at in range(0, len(entries), 1000)
            ]
            post(port, PATH, [[_full_job(one, tokens[0]) for one in warm]], expect=ACCEPTED)
            before = _size(settings)
            jobs = [_full_job(one, token) for one, token in zip(fleet, tokens, strict=True)]
            newcomers = post(port, PATH, _spread(jobs), expect=ACCEPTED)
            size = (_size(settings) - before) / len(fleet)
            jobs = [_first_job(one, token) for one, token in zip(fleet, tokens, strict=True)]
            unchanged = post(port, PATH, _spread(jobs), expect=ACCEPTED)
        with sqlite3.connect(settings.home / "labfleet.db") as database:
            (devices,) = database.execute("select count(*) from inventory_device").fetchone()
    return newcomers, unchanged, size, len(fleet) + len(warm) - devices


def _district(settings: Settings, folder: Path, devices: int) -> list[str]:
    """A home with one site, and a token for each device."""
    make_district(settings)
    labs = folder / "labs.csv"
    labs.write_text("site,lab,stations\nMUIR,B12,30\n")
    tokens = [secrets.token_urlsafe(32) for _ in range(devices)]
    with Session(open_district(settings)) as session, session.begin():
        import_places(session, labs, pathways=())
        create_enrolment(session, site_called(session, "MUIR"), "benchmark", settings.now())
        session.add_all(
            CredentialRow(token=sha256(token.encode()).hexdigest(), enrolment_id=1, issued_at=settings.now())
            for token in tokens
        )
    return tokens


def _size(settings: Settings) -> int:
    with sqlite3.connect(settings.home / "labfleet.db") as database:
        database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        (used,) = database.execute("select sum(pgsize) from dbstat").fetchone()
    return int(used)


def _floor(jobs: Jobs) -> Load:
    with _serving("benchmarks.floor") as port:
        return post(port, PATH, _spread(jobs), expect=ACCEPTED)


@contextmanager
def _serving(module: str, *arguments: str) -> Iterator[int]:
    """A server process that says on standard error where it listens; that goes to a file, for nobody reads along."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("LABFLEET_")}
    command = [sys.executable, "-m", module, *arguments]
    with tempfile.NamedTemporaryFile() as log, subprocess.Popen(command, stderr=log, env=environment) as process:
        try:
            yield _port(Path(log.name), process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _port(log: Path, process: subprocess.Popen[bytes]) -> int:
    while process.poll() is None:
        for line in log.read_text().splitlines():
            if '"listening"' in line and line.endswith("}"):
                return int(json.loads(line)["url"].rsplit(":", 1)[1])
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text()}")


if __name__ == "__main__":
    main()
