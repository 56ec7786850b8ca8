"""The spool loses nothing, doubles nothing, holds no more than it may, whenever its process is killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agents.durable import HALF, sweep
from agents.errors import SpoolError
from agents.spool import Limits, Spool
from tests.agents import recorded

ROOT = Path(__file__).parents[2]


def fill(spool: Spool, *ids: str) -> list[int]:
    return [spool.add(recorded.report(id=name)) for name in ids]


def held(spool: Spool) -> list[str]:
    return [str((spool.read(place) or {})["id"]) for place in spool.waiting()]


def test_reports_wait_in_their_order_and_leave_when_done(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, "b", "a", "c")
    assert held(spool) == ["b", "a", "c"]
    spool.done(spool.waiting()[0])
    assert held(Spool(tmp_path)) == ["a", "c"]
    assert (spool.read(spool.waiting()[0]) or {})["schema"] == 1, "written out: a newer agent may deliver it"


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    fill(spool, "a")
    assert spool.waiting()[0].stat().st_mode & 0o077 == 0
    assert spool.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("limits", [Limits(reports=2), Limits(size=5000)])
def test_when_it_is_full_the_oldest_give_way(tmp_path: Path, limits: Limits) -> None:
    spool = Spool(tmp_path, limits)
    assert fill(spool, "a", "b", "c", "d") == [0, 0, 1, 1]
    assert held(spool) == ["c", "d"]


def test_one_report_larger_than_all_of_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SpoolError, match="larger than the whole spool"):
        fill(Spool(tmp_path, Limits(size=100)), "a")


def test_refused_ones_are_kept_with_the_reason_and_bounded(tmp_path: Path) -> None:
    spool = Spool(tmp_path, Limits(refused=2))
    for name in "abc":
        fill(spool, name)
        spool.refuse(spool.waiting()[0], {"code": "wrong", "title": "not good"})
    kept = [json.loads(place.read_bytes()) for place in sorted(spool.refused_folder.glob("*.json"))]
    assert [row["report"]["id"] for row in kept] == ["b", "c"]
    assert kept[0]["problem"]["code"] == "wrong"
    assert spool.waiting() == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"id": 5}',
        b"\xff\xfe",
        b'{"id": "a", "taken_at": "yesterday"}',
        b'{"id": "a", "taken_at": "2026-11-23T10:00:00"}',
        b'{"id": "a", "taken_at": 5}',
        b'{"id": "a", "taken_at": "2026-11-23T10:00:00Z", "age": NaN}',
        b"[" * 100_000,
    ],
)
def test_a_file_damaged_on_disk_is_put_aside(tmp_path: Path, content: bytes) -> None:
    spool = Spool(tmp_path)
    (tmp_path / "0-x.json").write_bytes(content)
    assert spool.read(spool.waiting()[0]) is None
    assert spool.waiting() == ()
    assert len(list(spool.refused_folder.glob("*.json"))) == 1


def test_what_another_process_delivered_meanwhile_is_no_error(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, "a")
    place = spool.waiting()[0]
    spool.done(place)
    spool.done(place)
    spool.refuse(place, {})
    assert spool.read(place) is None


def test_a_waiting_report_that_cannot_be_read_or_removed_stops_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    odd = tmp_path / "0-folder.json"
    odd.mkdir()
    assert spool.read(odd) is None
    spool.done(odd)
    spool.refuse(odd, {})
    assert spool.waiting() == (odd,)


def test_a_refused_report_gives_way_where_it_cannot_be_put_aside(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    fill(spool, "a")
    spool.refused_folder.rmdir()
    spool.refuse(spool.waiting()[0], {"code": "wrong"})
    assert spool.waiting() == ()


def test_halves_of_the_dead_are_swept_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    old, young = tmp_path / f"{HALF}old", tmp_path / f"{HALF}young"
    for half in (old, young):
        half.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    sweep(tmp_path)
    assert not old.exists()
    assert young.exists()


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SpoolError, match="cannot keep reports here"):
        Spool(tmp_path / "file" / "spool")


WRITER = """
import os, sys
from pathlib import Path
from agents.spool import Limits, Spool
from tests.agents import recorded
spool = Spool(Path(sys.argv[1]), Limits(reports=100_000))
report = recorded.report
os.write(1, b"ready\\n")
count = 0
while True:
    name = f"{sys.argv[2]}-{count}"
    spool.add(report(id=name))
    os.write(1, name.encode() + b"\\n")  # only now it is promised
    if count % 3 == 0:
        place = spool.waiting()[0]
        taken = spool.read(place)["id"]
        os.write(1, b"-" + taken.encode() + b"\\n")  # delivered: may be forgotten from here on
        spool.done(place)
    count += 1
"""


def test_killed_at_any_instant_it_keeps_every_promise(tmp_path: Path) -> None:
    """Thirty real kills: what was promised is there once and whole, what was delivered is there at most once."""
    promised: list[str] = []
    delivered: list[str] = []
    for turn in range(30):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(turn)], stdout=subprocess.PIPE, cwd=ROOT
        ) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == b"ready\n"
            # By what it has done, not by time alone: so that a slow machine is killed at all kinds of instants too.
            lines = [writer.stdout.readline().decode().strip() for _ in range(random.randint(0, 6))]
            time.sleep(random.uniform(0, 0.01))
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.read().decode().splitlines()
        promised += [line for line in lines if not line.startswith("-")]
        delivered += [line[1:] for line in lines if line.startswith("-")]
    spool = Spool(tmp_path)
    kept = held(spool)
    assert len(promised) > 10, "the writers did write"
    assert len(kept) == len(set(kept)), "nothing doubled"
    assert set(promised) - set(delivered) <= set(kept), "nothing lost"
    assert len(set(kept) - set(promised)) <= 30, "each kill may leave one that was written but not yet promised"
    assert not list(spool.refused_folder.iterdir()), "nothing half written"
