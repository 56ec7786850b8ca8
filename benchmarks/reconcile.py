"""Positions measured, the whole answer from a database: 1,000,000 devices in 20,000 software sets × 60 titles.

`python -m benchmarks.reconcile [--devices N] [--sets N] [--engine sqlite|postgres|both] [--rounds N]` prints seconds,
the peak of memory of the process that answers (not that of a PostgreSQL server), and the ratio to the floor: the same
statements sent by the bare driver in the same process, the rows read and dropped. Nothing can answer with less reading.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session

from benchmarks.big_district import NOW, Size, build
from benchmarks.postgres import postgres
from fleet.answers.positions import answer
from fleet.settings import load
from inventory.database import open_database

DEVICES = 1_000_000
DEVICES_PER_SET = 50
ROUNDS = 3
ENGINES = ("sqlite", "postgres")
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Run:
    """One answer in a process of its own; `peak` is that process's memory at most, in bytes."""

    seconds: float
    floor: float
    peak: int
    positions: int
    installed: int
    statements: int


def main(argv: list[str] | None = None) -> None:
    """Print the figures: medians of some processes that each answer once."""
    asked = _arguments(argv)
    if asked.answer:
        sys.stdout.write(json.dumps(asdict(_answer(asked.answer))) + "\n")
        return
    size = Size(asked.devices, asked.sets or max(1, asked.devices // DEVICES_PER_SET))
    for name in ENGINES if asked.engine == "both" else (asked.engine,):
        with _filled(name, size) as url:
            runs = measure(url, rounds=asked.rounds)
        seconds, floor = (statistics.median(getattr(run, what) for run in runs) for what in ("seconds", "floor"))
        peak = max(run.peak for run in runs) / MEGABYTE
        sys.stdout.write(
            f"positions of {size.devices:,} devices in {size.sets:,} software sets and {size.labs:,} labs, {name}, "
            f"median of {len(runs)}:\n"
            f"  {runs[0].positions} positions, {runs[0].installed:,} installs, {runs[0].statements} statements: "
            f"{seconds:.2f} s; bare driver {floor:.2f} s; ratio {seconds / floor:.1f}; peak {peak:,.0f} MB\n"
        )
        sys.stdout.flush()


def measure(url: str, *, rounds: int) -> list[Run]:
    """Ask a database, each time in a new process: memory once taken is seldom given back."""
    command = (sys.executable, "-m", "benchmarks.reconcile", "--answer", url)
    return [
        Run(**json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout))
        for _ in range(rounds)
    ]


@contextmanager
def _filled(name: str, size: Size) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        if name == "postgres":
            with postgres() as url:
                _build(url, size)
                yield url
        else:
            url = f"sqlite:///{Path(folder) / 'district.db'}"
            _build(url, size)
            yield url


def _build(url: str, size: Size) -> None:
    engine = open_database(url)
    try:
        build(engine, size)
    finally:
        engine.dispose()


def _answer(url: str) -> Run:
    with tempfile.TemporaryDirectory() as home:
        os.environ["LABFLEET_DATABASE"] = url
        os.environ["LABFLEET_CLOCK"] = NOW.isoformat()
        settings = load(Path(home))
        engine = open_database(url)
        said = _statements(engine)
        start = time.perf_counter()
        with Session(engine) as session, session.begin():
            found = answer(session, settings, on=NOW.date())
        seconds = time.perf_counter() - start
        peak = _peak()
        installed = sum(len(one.installed) for one in found.positions if not one.suite)
        positions = len(found.positions)
        del found
        start = time.perf_counter()
        _floor(engine, said)
        floor = time.perf_counter() - start
        engine.dispose()
        return Run(seconds, floor, peak, positions, installed, len(said))


def _statements(engine: Engine) -> list[tuple[str, Any]]:
    """What reaches the database from now on, with its parameters."""
    said: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        said.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    return said


def _floor(engine: Engine, said: list[tuple[str, Any]]) -> None:
    with closing(engine.raw_connection()) as connection:
        for statement, parameters in said:
            # As it was asked for: PostgreSQL's driver would otherwise hold a million rows at once.
            named = {} if engine.dialect.name == "sqlite" or "inventory_device" not in statement else {"name": "floor"}
            with closing(connection.cursor(**named)) as cursor:
                cursor.execute(statement, parameters)
                while cursor.fetchmany(10_000):
                    pass


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reconcile", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--devices", type=int, default=DEVICES)
    parser.add_argument("--sets", type=int, default=0, help=f"software sets; 0: one for {DEVICES_PER_SET} devices")
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--answer", metavar="URL", default="", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
