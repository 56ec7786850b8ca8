"""A changed catalog is applied to what was recorded before."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from agents.report import RawInstall, Software
from inventory.arrival import Arrival
from inventory.recognise_again import apply_catalog, recognised_with
from inventory.recognition import Recogniser
from inventory.record import record
from inventory.sections import SectionShelf
from inventory.snapshots import load_snapshot
from inventory.titles import load_catalog
from tests.check_ins import REVIT, check_in, given
from tests.district import NOW

LOCAL = RawInstall(name="Pasadena Lab Timer 3.1", version="3.1", publisher="Pasadena Unified", source="uninstall")
OWN = """\
publisher = "Pasadena Unified"
writes = ["pasadena unified"]
source = "the district"
as_of = 2026-11-01
verified = true

[[title]]
id = "lab-timer"
name = "Pasadena Lab Timer"
names = ["Pasadena Lab Timer"]
free = true
"""


def installs(engine: Engine) -> list[str]:
    """The titles of the only device."""
    with Session(engine) as session:
        (device,) = load_snapshot(session, now=NOW).devices.values()
    assert device.software is not None
    return [install.title for install in device.software.installs]


def test_a_new_title_counts_on_machines_heard_before(engine: Engine, shelf: SectionShelf, tmp_path: Path) -> None:
    whole = check_in(1, software=Software(installs=(REVIT, LOCAL)))
    with engine.begin() as connection:
        assert apply_catalog(connection, shelf) == 0
        record(connection, shelf, [Arrival(whole, given(whole), None, NOW)])
    assert installs(engine) == ["revit"]

    (tmp_path / "own.toml").write_text(OWN)
    wider = SectionShelf(load_catalog(tmp_path))
    with engine.begin() as connection:
        assert apply_catalog(connection, wider) == 1
    assert installs(engine) == ["lab-timer", "revit"]
    with Session(engine) as session:
        assert recognised_with(session) == wider.catalog.digest

    with engine.begin() as connection:
        assert apply_catalog(connection, wider) == 0
        assert apply_catalog(connection, SectionShelf(load_catalog())) == 1
    assert installs(engine) == ["revit"]


def test_a_known_set_costs_nothing(engine: Engine, shelf: SectionShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    software = Software(installs=(REVIT, LOCAL))
    first = check_in(1, software=software)
    with engine.begin() as connection:
        record(connection, shelf, [Arrival(first, given(first), None, NOW)])

    asked = []
    monkeypatch.setattr(Recogniser, "recognise", lambda _, raw, __: asked.append(raw))
    second = check_in(2, software=software)
    for fresh in (shelf, SectionShelf(load_catalog())):  # remembered, and only stored
        with engine.begin() as connection:
            record(connection, fresh, [Arrival(second, given(second), None, NOW)])
    assert asked == []
