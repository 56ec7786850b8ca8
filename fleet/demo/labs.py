"""A lab and its machines from one plan; any number of them, so that benchmarks can build districts of any size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from fleet.demo.lists import image
from fleet.demo.machines import Machine, make_machine
from fleet.demo.makes import MAKES, SYSTEMS

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
"""The moment of the demonstration; its settings stop the clock there."""

SITES: Mapping[str, str] = {
    "MUIR": "John Muir High School",
    "PHS": "Pasadena High School",
    "BLAIR": "Blair High School",
}


@dataclass(frozen=True, slots=True)
class LabPlan:
    """What a lab is to be: so many stations of one make and image, bought on one day.

    `layers` are software lists, `accessible_layers` those that its accessible stations have besides; nothing was heard
    from it for `silent_days`.
    """

    site: str
    code: str
    name: str
    pathway: str
    make: str
    system: str
    layers: tuple[str, ...]
    stations: int
    acquired: date
    funding: str
    spares: int = 0
    accessible: tuple[int, ...] = (1, 2)
    accessible_layers: tuple[str, ...] = ()
    silent_days: int = 0

    @property
    def label(self) -> str:
        """The lab's name within the district."""
        return f"{self.site}/{self.code}"


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab with its machines, spares last; `heard` says when each was last heard, by the machine's name."""

    plan: LabPlan
    machines: tuple[Machine, ...]
    heard: Mapping[str, datetime] = field(default_factory=dict)


def build_lab(plan: LabPlan, seed: str) -> Lab:
    """The lab as its plan says, without anything gone wrong; the same seed gives the same machines."""
    random = Random(f"{seed}/{plan.label}")
    make = MAKES[plan.make]
    common = image(*make.layers, *plan.layers)
    accessible = image(*make.layers, *plan.layers, *plan.accessible_layers)
    first_tag = 40_000 + random.randrange(9_000)
    machines = []
    for place in range(1, plan.stations + plan.spares + 1):
        spare = place > plan.stations
        number = f"T{place - plan.stations}" if spare else f"{place:02}"
        machines.append(
            make_machine(
                make,
                SYSTEMS[plan.system],
                accessible if place in plan.accessible else common,
                site=plan.site,
                lab=plan.code,
                station=0 if spare else place,
                name=f"{plan.site}-{plan.code}-{number}",
                tag=f"D{first_tag + place}",
                random=random,
            )
        )
    last = NOW - timedelta(days=plan.silent_days)
    heard = {machine.name: last - timedelta(minutes=random.randrange(4, 430)) for machine in machines}
    return Lab(plan, tuple(machines), heard)


def labs_of_size(count: int, plans: Sequence[LabPlan], seed: str = "size") -> tuple[Lab, ...]:
    """So many labs after the given plans in turn, each with a code and machines of its own."""
    return tuple(_numbered(plans[index % len(plans)], index, seed) for index in range(count))


def _numbered(plan: LabPlan, index: int, seed: str) -> Lab:

    return build_lab(replace(plan, code=f"{plan.code}-{index:04}"), seed)
