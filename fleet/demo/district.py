"""The demonstration district: its labs, what went wrong in them, and every report that its machines sent.

All of it is invented, and the same each time: the same seed gives the same machines, words and moments.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from agents.report import Gpu, ProbeFailure
from fleet.demo.labs import Lab, build_lab
from fleet.demo.lists import image
from fleet.demo.machines import Delivery, Machine, delivery, make_machine
from fleet.demo.makes import GIB, MAKES, SYSTEMS
from fleet.demo.plans import PLANS

SEED = "labfleet"
BEFORE = datetime(2026, 10, 26, 15, tzinfo=UTC)
"""When the machines with a history reported for the first time."""

WEAK_MEMORY = 4
WEAK_GRAPHICS = 19
CLONES = (3, 11, 12, 20)
NEVER_HEARD = (17, 29)
EMPTY_STATION = 24


@dataclass(frozen=True, slots=True)
class District:
    """All that the district has; `never_heard` are names of machines that only the asset list knows."""

    labs: tuple[Lab, ...]
    deliveries: tuple[Delivery, ...]
    never_heard: frozenset[str]

    @property
    def machines(self) -> tuple[Machine, ...]:
        """Every machine, lab by lab."""
        return tuple(machine for lab in self.labs for machine in lab.machines)


def district(seed: str = SEED) -> District:
    """The district with all of its troubles."""
    random = Random(seed)
    labs = tuple(_troubled(build_lab(plan, seed), random) for plan in PLANS)
    never_heard = frozenset(
        machine.name
        for lab in labs
        for machine in lab.machines
        if machine.make is MAKES["chromebook-2021"]
        or (lab.plan.label == "BLAIR/H105" and machine.station in NEVER_HEARD)
    )
    heard = [delivery for lab in labs for delivery in deliveries(lab, random, never_heard)]
    return District(labs, tuple(sorted(heard, key=lambda one: one.received_at)), never_heard)


def deliveries(lab: Lab, random: Random, never_heard: Iterable[str] = ()) -> tuple[Delivery, ...]:
    """The reports of a lab's machines: the last of each, and an earlier one of those that were different before."""
    silent = frozenset(never_heard)
    sent = []
    for machine in lab.machines:
        if machine.name in silent:
            continue
        if (was := _before(lab, machine)) is not None:
            sent.append(delivery(was, BEFORE + timedelta(minutes=random.randrange(300)), random))
        sent.append(delivery(machine, lab.heard[machine.name], random))
    return tuple(sent)


def _troubled(lab: Lab, random: Random) -> Lab:
    trouble = _TROUBLES.get(lab.plan.label)
    return lab if trouble is None else trouble(lab, random)


def _changed(lab: Lab, change: Callable[[Machine], Machine]) -> Lab:
    return replace(lab, machines=tuple(change(machine) for machine in lab.machines))


def _half_imaged(lab: Lab, _random: Random) -> Lab:
    """The image was changed in half of the room: the other half still has the releases of 2023, and no Revit."""
    old_layers = [layer.replace("@2026", "@2023") for layer in lab.plan.layers]
    old = image(*MAKES[lab.plan.make].layers, *old_layers, without=r"Revit|Dynamo")
    return _changed(lab, lambda one: replace(one, installs=old) if one.station > lab.plan.stations // 2 else one)


def _too_weak(lab: Lab, _random: Random) -> Lab:
    """Old machines on an old system: four with too little memory, all but five with too little graphics memory."""
    new_card = Gpu("NVIDIA GeForce GTX 1650", 4 * GIB, "registry", integrated=False)

    def change(one: Machine) -> Machine:
        hardware = one.make.hardware
        if one.station > WEAK_MEMORY:
            hardware = replace(hardware, memory=16 * GIB)
        if one.station > WEAK_GRAPHICS:
            hardware = replace(hardware, gpus=(new_card,))
        return replace(one, make=replace(one.make, hardware=hardware))

    return _changed(lab, change)


def _short_by_two(lab: Lab, _random: Random) -> Lab:
    """One Mac lost its editing title, another has no room left."""

    def change(one: Machine) -> Machine:
        if one.station == 9:
            return replace(one, installs=tuple(row for row in one.installs if "Premiere" not in row.name))
        return replace(one, free=0.03) if one.station == 21 else one

    return _changed(lab, change)


def _failing_probe(lab: Lab, _random: Random) -> Lab:
    """One machine cannot list its packages: what it has is not known, and must not read as nothing."""
    failure = ProbeFailure("dpkg", "software", "dpkg-query: gave no answer within 10 s")

    def change(one: Machine) -> Machine:
        return replace(one, unasked=("dpkg",), failures=(failure,)) if one.station == 12 else one

    return _changed(lab, change)


def _clones(lab: Lab, _random: Random) -> Lab:
    """Boards of one batch with one UUID, their system copied from disk to disk: only network and tags differ."""
    first = next(machine for machine in lab.machines if machine.station == CLONES[0])

    def change(one: Machine) -> Machine:
        if one.station not in CLONES:
            return one
        shared = replace(
            one.identity, system_uuid=first.identity.system_uuid, system_id=first.identity.system_id, disk_serials=()
        )
        return replace(one, identity=shared)

    return _changed(lab, change)


def _cart(lab: Lab, random: Random) -> Lab:
    """The cart lent out two laptops, and beside it lie old ones and Chromebooks that no agent runs on."""
    plan = lab.plan
    old = [
        replace(
            make_machine(
                MAKES[make],
                SYSTEMS["windows-10-22h2"],
                image("windows-system", "windows-10", "windows-classroom", *MAKES[make].layers),
                site=plan.site,
                lab=plan.code,
                station=0,
                name=f"{plan.site}-{plan.code}-{letter}{number}",
                tag=f"D{tag + number}",
                random=random,
            ),
            acquired=acquired,
        )
        for make, letter, count, tag, acquired in (
            ("laptop-2019", "L", 3, 21_300, date(2019, 8, 12)),
            ("chromebook-2021", "C", 6, 33_700, date(2021, 9, 20)),
        )
        for number in range(1, count + 1)
    ]
    heard = {one.name: BEFORE + timedelta(days=27, minutes=random.randrange(300)) for one in old}
    return replace(lab, machines=(*lab.machines, *old), heard={**lab.heard, **heard})


def _old_systems(lab: Lab, _random: Random) -> Lab:
    """Two machines missed the last upgrade, and one station stands empty."""
    late = SYSTEMS["windows-11-23h2"]
    lab = _changed(lab, lambda one: replace(one, system=late) if one.station in (5, 6) else one)
    return replace(lab, machines=tuple(one for one in lab.machines if one.station != EMPTY_STATION))


_TROUBLES: Mapping[str, Callable[[Lab, Random], Lab]] = {
    "MUIR/B14": _half_imaged,
    "PHS/M101": _short_by_two,
    "PHS/M103": _too_weak,
    "PHS/D204": _failing_probe,
    "BLAIR/D110": _clones,
    "BLAIR/H105": _cart,
    "BLAIR/M120": _old_systems,
}


def _before(lab: Lab, machine: Machine) -> Machine | None:
    """What a machine was at its first report, if it was anything else."""
    identity = machine.identity
    match lab.plan.label, machine.station:
        case "MUIR/B12", 7:  # imaged anew: only the system's own id differs
            return replace(machine, identity=replace(identity, system_id=identity.system_id[::-1]))
        case "MUIR/B12", 8 | 9 | 10 | 11:  # a release behind, until the summer's image came late
            layers = [layer.replace("@2026", "@2025") for layer in lab.plan.layers]
            return replace(machine, installs=image(*machine.make.layers, *layers))
        case "PHS/D204", 5:  # it was a spare, and stood elsewhere
            return replace(machine, identity=replace(identity, hostname="PHS-SPARE-3"))
        case "PHS/M101", 9:  # when it still had its editing title
            return replace(machine, installs=lab.machines[0].installs)
        case "BLAIR/M120", 2:
            return replace(machine, system=SYSTEMS["windows-11-23h2"])
    return None
