"""Every report that a released agent ever sent is still understood: one recorded per version, kept for ever."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from agents.courier import check_in
from agents.report import Section, canonical
from fleet.message import decode
from inventory.arrival import Arrival
from inventory.record import Effect, Recorded, record
from inventory.sections import SectionShelf
from inventory.snapshots import load_snapshot

RECORDED = sorted((Path(__file__).parents[1] / "agents" / "cases" / "reports").glob("*.json"))


def test_there_is_one() -> None:
    assert RECORDED


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_report_becomes_a_device(path: Path, engine: Engine, shelf: SectionShelf) -> None:
    report = json.loads(path.read_text(encoding="utf-8"))
    now = datetime.fromisoformat(report["taken_at"]) + timedelta(minutes=1)
    message = decode(canonical(check_in(report, frozenset(Section), now=now)))
    assert message.check_in.agent_version == path.stem
    with engine.begin() as connection:
        (done,) = record(connection, shelf, [Arrival(message.check_in, message.sections, None, now)])
    assert isinstance(done, Recorded)
    assert done.effect is Effect.CHANGED
    with Session(engine) as session:
        (device,) = load_snapshot(session, now=now).devices.values()
    assert device.name == report["identity"]["hostname"]
    assert device.software is not None
    assert device.software.installs
    assert device.hardware is not None
    assert device.hardware.memory == report["hardware"]["memory"]
