"""Reconciling measured: 100,000 devices × 40 titles, with suites and scopes, beside the plain set algebra under it.

`python -m benchmarks.reconcile` prints seconds and the ratio to the floor: for every title, the union of the devices
of the software sets that have it, minus what is needed, and the other way round. Nothing can answer with less.
"""

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from inventory.device_set import DeviceSet
from inventory.views import DeviceView, InstallView, SoftwareSetView
from licenses.entitlement import Entitlement, Reach, Scope
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.presence import presence_of
from licenses.reconcile import Demand, reconcile
from licenses.seats import Place
from licenses.suite import Member, Suite

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
ON = NOW.date()
STALE_AFTER = timedelta(days=14)
LAB = 30


@dataclass(frozen=True, slots=True)
class District:
    """A made-up district: alike within a lab, with a few machines that differ."""

    devices: tuple[DeviceView, ...]
    places: tuple[Place, ...]
    needed: dict[str, DeviceSet]
    entitlements: tuple[Entitlement, ...]
    suites: tuple[Suite, ...]
    titles: tuple[str, ...]


def district(devices: int, titles: int, sets: int) -> District:
    """The same district every time."""
    dice = random.Random(19)
    names = tuple(f"title-{number:02}" for number in range(titles))
    images = [
        SoftwareSetView(
            number,
            tuple(InstallView(name, "2026", "2026.1") for name in dice.sample(names, titles // 3)),
            ("msix",) if number % 50 == 0 else (),
        )
        for number in range(sets)
    ]
    labs = -(-devices // LAB)
    views = []
    places = []
    needed: dict[str, list[int]] = {name: [] for name in names}
    for lab in range(labs):
        image = dice.choice(images)
        pathway = f"{lab % 4}"
        here = range(lab * LAB, min((lab + 1) * LAB, devices))
        for id_ in here:
            odd = dice.random() < 0.05
            views.append(_device(id_, lab, dice.choice(images) if odd else image, stale=dice.random() < 0.03))
        for name in names[lab % 4 :: 4] + names[:6]:
            needed[name].extend(here)
        site = f"S{lab // 25}"
        places.append(Place(site, f"{site}/{lab}", frozenset({pathway}), DeviceSet(here)))
    mark = Mark("made up", ON, False)
    suites = tuple(
        Suite(f"suite-{first}", "", "", tuple(Member(name) for name in names[first : first + 8]), mark)
        for first in (0, 6)
    )
    entitlements = tuple(_bought(dice, names, labs // 25 or 1, devices))
    return District(
        tuple(views),
        tuple(places),
        {name: DeviceSet(ids) for name, ids in needed.items()},
        entitlements,
        suites,
        names,
    )


def floor(found: District) -> int:
    """Plain unions and differences; the number that it returns keeps them from being thought away."""
    by_set: dict[int, list[int]] = {}
    sets = {}
    for device in found.devices:
        if device.software is not None:
            by_set.setdefault(device.software.id, []).append(device.id)
            sets[device.software.id] = device.software
    installed: dict[str, list[int]] = {}
    for id_, members in by_set.items():
        for install in sets[id_].installs:
            installed.setdefault(install.title, []).extend(members)
    return sum(
        len(found.needed[name] - (here := DeviceSet(installed.get(name, ())))) + len(here - found.needed[name])
        for name in found.titles
    )


def positions(found: District) -> int:
    """What the product does; returns how many positions there are."""
    return len(
        reconcile(
            found.entitlements,
            demand=Demand(found.needed),
            presence=presence_of(found.devices, now=NOW, stale_after=STALE_AFTER),
            places=found.places,
            suites=found.suites,
            on=ON,
        )
    )


def main() -> None:
    """Print the figures."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    found = district(size, titles=40, sets=max(1, size // 50))
    least = min(_seconds(floor, found) for _ in range(3))
    took = min(_seconds(positions, found) for _ in range(3))
    sys.stdout.write(
        f"reconcile {size:,} devices × {len(found.titles)} titles, {len(found.places):,} labs, 2 suites:\n"
        f"  positions {took:.2f} s; floor of plain set unions {least:.2f} s; ratio {took / least:.1f}\n"
    )


def _seconds(work: Callable[[District], int], found: District) -> float:
    start = time.perf_counter()
    work(found)
    return time.perf_counter() - start


def _device(id_: int, lab: int, software: SoftwareSetView, *, stale: bool) -> DeviceView:
    heard = NOW - timedelta(days=30 if stale else 1)
    return DeviceView(
        id=id_,
        name=f"PC-{id_}",
        serial="",
        asset_tag="",
        lab_id=lab,
        site_id=lab // 25,
        station_id=id_,
        first_heard=heard,
        last_heard=heard,
        hardware=None,
        system=None,
        software=software,
        volumes=(),
        acquired_on=None,
        cost_cents=None,
        funding="",
    )


def _bought(dice: random.Random, names: tuple[str, ...], sites: int, devices: int) -> list[Entitlement]:
    bought = []
    for number, name in enumerate((*names, "suite-0", "suite-6")):
        scopes = [Scope(), Scope(Reach.PATHWAY, f"{number % 4}")]
        scopes += [Scope(Reach.SITE, f"S{dice.randrange(sites)}") for _ in range(5)]
        for scope in scopes:
            seats = dice.randrange(devices // (8 if scope.reach is not Reach.SITE else 200) + 1)
            suite = name if name.startswith("suite") else ""
            bought.append(
                Entitlement("" if suite else name, suite, Metric.DEVICE, seats, date(2026, 7, 1), scope=scope)
            )
    return bought


if __name__ == "__main__":
    main()
