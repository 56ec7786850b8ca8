"""The whole demonstration: the district built, a server started, this machine's own report delivered to it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.demo.build import deliver, enrolment_secrets, import_tables, make_home
from fleet.demo.district import district
from fleet.demo.folder import fresh_folder
from fleet.demo.here import report_this_machine, running_server
from fleet.demo.tables import write_tables
from fleet.district import district_session
from fleet.errors import FleetError
from fleet.settings import Settings
from inventory.history import load_history
from inventory.snapshots import load_snapshot
from inventory.views import DeviceView

SITE = "MUIR"
"""The site that this machine enrols at."""


_ELSEWHERE = ("LABFLEET_DATABASE", "LABFLEET_DATABASE_FILE")


class NotOwnDatabase(FleetError, ValueError):
    """A setting in the environment that would answer from another database than the demonstration's."""

    code = "not-own-database"


@dataclass(frozen=True, slots=True)
class ThisMachine:
    """How this machine appears in the demonstration: as which device, with how much software, recognised as what."""

    device: DeviceView
    site: str
    entries: int
    titles: tuple[str, ...]


def run_demo(place: Path, *, labfleet: Sequence[str], say: Callable[[str], None]) -> ThisMachine:
    """Make the demonstration in a folder; `labfleet` is the command that serves, `say` hears what is being done.

    The folder takes its place only when everything worked.
    """
    for name in _ELSEWHERE:
        if name in os.environ:
            raise NotOwnDatabase(f"{name} is set, so that commands would ask another district", hint=f"unset {name}")
    with fresh_folder(place) as home:
        say("inventing a district")
        invented = district()
        settings = make_home(home)
        tables = write_tables(invented.labs, home)
        say("importing labs, assets, licences and sections")
        import_tables(settings, tables)
        secrets = enrolment_secrets(settings)
        total = len(invented.deliveries)
        deliver(settings, invented.deliveries, secrets, lambda done: say(f"taking in reports: {done} of {total}"))
        known = _devices(settings)
        say("starting the server")
        with running_server(labfleet, home) as url:
            say(f"this machine reports to {url}")
            report_this_machine(url, secrets[SITE])
        return _this_machine(settings, known)


def _devices(settings: Settings) -> frozenset[int]:
    with district_session(settings) as session:
        return frozenset(load_snapshot(session, now=settings.now()).devices)


def _this_machine(settings: Settings, known: frozenset[int]) -> ThisMachine:
    """The device that was not there before; the newest one if this machine passed for one that was."""
    with district_session(settings) as session:
        snapshot = load_snapshot(session, now=settings.now())
        new = snapshot.devices.keys() - known
        device = snapshot.devices[max(new or snapshot.devices)]
        site = snapshot.sites.get(device.site_id or 0)
        return ThisMachine(
            device=device,
            site=site.name if site else "",
            entries=load_history(session, device.id).states[-1].entries,
            titles=tuple(sorted({install.title for install in device.software.installs})) if device.software else (),
        )
