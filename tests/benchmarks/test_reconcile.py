"""The benchmark of positions asks what it says it asks, in a process of its own."""

from pathlib import Path

from benchmarks.big_district import Size, build
from benchmarks.reconcile import measure
from inventory.database import open_database


def test_small_district(tmp_path: Path) -> None:
    """Every title has a position, and the floor reads what the answer read."""
    url = f"sqlite:///{tmp_path / 'district.db'}"
    engine = open_database(url)
    build(engine, Size(600, 12))
    engine.dispose()
    (run,) = measure(url, rounds=1)
    assert run.positions > 50
    assert run.installed > 10 * 600
    assert run.seconds > run.floor > 0
    assert run.peak > 10_000_000
