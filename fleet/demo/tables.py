"""The files that a district would bring: labs, assets, licences, sections; written for the product's own importers."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.demo.labs import SITES, Lab
from inventory.asset_list import COLUMNS as ASSET_COLUMNS
from inventory.place_list import COLUMNS as PLACE_COLUMNS
from inventory.table_file import Column, write_csv

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True, slots=True)
class Tables:
    """Where the files of a district stand."""

    labs: Path
    assets: Path
    purchases: Path
    sections: Path


def write_tables(labs: Sequence[Lab], folder: Path) -> Tables:
    """The four files of the demonstration district, in a folder that exists."""
    tables = Tables(*(folder / f"{name}.csv" for name in ("labs", "assets", "licenses", "sections")))
    write_labs(labs, tables.labs)
    write_assets(labs, tables.assets)
    for file in (tables.purchases, tables.sections):
        shutil.copyfile(FILES / file.name, file)
    return tables


def write_labs(labs: Iterable[Lab], file: Path) -> None:
    """The list of labs, a row each."""
    rows = [
        {
            "site": lab.plan.site,
            "site_name": SITES.get(lab.plan.site, lab.plan.site),
            "lab": lab.plan.code,
            "lab_name": lab.plan.name,
            "pathways": lab.plan.pathway,
            "stations": lab.plan.stations,
            "accessible": ", ".join(map(str, lab.plan.accessible)),
        }
        for lab in labs
    ]
    _write(rows, PLACE_COLUMNS, file)


def write_assets(labs: Iterable[Lab], file: Path) -> None:
    """The asset list, a row for each machine; a machine without a sticker is known by its tag only."""
    rows = [
        {
            "site": machine.site,
            "lab": machine.lab,
            "station": machine.station or "",
            "serial": machine.serial,
            "asset_tag": machine.tag,
            "name": machine.name,
            "acquired": machine.acquired or lab.plan.acquired,
            "cost": f"{machine.make.cost // 100}.{machine.make.cost % 100:02}",
            "funding": lab.plan.funding,
        }
        for lab in labs
        for machine in lab.machines
    ]
    _write(rows, ASSET_COLUMNS, file)


def _write(rows: Iterable[Mapping[str, object]], columns: Sequence[Column], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        write_csv(rows, [column.name for column in columns], stream)
