"""A district of three labs in a database: written by the same importers and intake as real data."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agents.report import CheckIn, Cpu, Platform, RawInstall, Software, System
from fleet.district import district_session, make_district
from fleet.purchases import import_purchase_file
from fleet.rosters import import_roster_file
from fleet.settings import FILE_NAME, Settings, load
from inventory.arrival import Arrival
from inventory.asset_list import import_assets
from inventory.place_list import import_places
from inventory.record import record
from inventory.sections import SectionShelf
from inventory.titles import load_catalog
from tests.check_ins import REVIT, WORKSTATION, check_in, digested, given

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)

LABS = """site,lab,lab_name,pathways,stations
MUIR,B12,Engineering,152,4
MUIR,C1,Spare room,,1
PHS,B12,Engineering too,152,1
"""
ASSETS = """site,lab,station,serial,name,acquired
MUIR,B12,1,5CG0000001,MUIR-B12-01,2025-08-01
MUIR,B12,2,5CG0000002,MUIR-B12-02,2025-08-01
MUIR,B12,3,5CG0000003,MUIR-B12-03,2018-08-01
PHS,B12,1,5CG0000009,PHS-B12-01,2025-08-01
"""
PATHWAY = """code = "152"
name = "Engineering Design"
sector = "Engineering"
platforms = ["windows"]
mark = "test"

[marks.test]
source = "a test"
as_of = 2026-11-01
verified = false

[[courses]]
code = "152A"
name = "Introduction"
level = "introductory"

[[needs]]
title = "revit"
from = "2024"
to = "2026"
level = "required"
mark = "test"

[floor]
memory = "16 GB"
mark = "test"

[preferred]
memory = "32 GB"
mark = "test"
"""
PURCHASES = """title,metric,quantity,start,end,scope,purchase_order
revit,site,,2026-07-01,2027-06-30,,PO-1
"""
SECTIONS = """site,lab,pathway,course,section,start,end,headcount
MUIR,B12,152,152A,1,2026-08-17,2027-06-04,3
"""
ENDED = System(Platform.WINDOWS, "Windows 11", "23H2", "22631.4169", "Education", "x86_64")


class District:
    """A home folder, its settings, and ways to write to it."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / FILE_NAME).write_text(f"clock = {NOW:%Y-%m-%dT%H:%M:%SZ}\n")
        (home / "pathways").mkdir()
        (home / "pathways" / "152.toml").write_text(PATHWAY)
        self.home = home
        self.settings: Settings = load(home)
        make_district(self.settings)
        self._shelf = SectionShelf(load_catalog())
        with district_session(self.settings) as session:
            import_places(session, self.file("labs.csv", LABS), pathways={"152"})
            import_assets(session, self.file("assets.csv", ASSETS), now=NOW)
        with district_session(self.settings) as session:
            import_purchase_file(session, self.settings, self.file("bought.csv", PURCHASES), replace_changed=False)
            import_roster_file(session, self.settings, self.file("sections.csv", SECTIONS))

    def file(self, name: str, body: str) -> Path:
        """A file beside the district's own."""
        path = self.home / name
        path.write_text(body)
        return path

    def hear(self, number: int, *, days: float = 0, **changes: Any) -> None:
        """One whole check-in, some days ago."""
        message = machine(number, **changes)
        with district_session(self.settings) as session:
            arrival = Arrival(message, given(message), None, NOW - timedelta(days=days))
            record(session.connection(), self._shelf, [arrival])


def machine(number: int, installs: Sequence[RawInstall] = (REVIT,), **changes: Any) -> CheckIn:
    """The check-in of a workstation that meets the pathway."""
    hardware = replace(WORKSTATION, chassis="desktop", cpu=Cpu(cores=8))
    return digested(check_in(number, **{"hardware": hardware, "software": Software(tuple(installs)), **changes}))
