"""Identity measured: a district's year simulated with known truth, thousands of machines, every trap of the field.

`python -m benchmarks.identity` prints how many reports were given to the wrong machine, how many machines were
doubled, how many conflicts were raised rightly, and how many verdicts a second are reached.
"""

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from agents.report import Hardware, Identity, Interface, InterfaceKind
from inventory.identifiers import Identifier, identifiers
from inventory.identity import Candidate, Outcome, Verdict, carried, decide

FIRST_DAY = datetime(2026, 8, 17, 8, tzinfo=UTC)
DAYS = 60
SUMMER = 40
"""The day on which every lab is re-imaged."""

WHOLE = ("copy: whole", "copy: address")
"""Copies that keep the serial and UUID of the guest they were made of."""

TWINS = ("copy: whole", "container, cloned")
"""Machines that may differ from another one in nothing but the moment of their start."""

GUESTS = ("guest, copied", "container, cloned", *WHOLE)


@dataclass(slots=True)
class Machine:
    """One real machine, as it is; `number` is the truth that `decide` never sees."""

    number: int
    batch: str
    identity: Identity
    interfaces: tuple[Interface, ...]
    virtual: bool = False
    travelling: bool = False
    bare: bool = False
    reimaged: bool = False
    behind: timedelta = timedelta(0)


@dataclass(slots=True)
class Tally:
    """What came out, against the truth."""

    machines: int = 0
    reports: int = 0
    devices: int = 0
    seconds: float = 0.0
    mixed_silently: int = 0
    mixed_unseen: int = 0
    mixed_flagged: int = 0
    doubled_silently: int = 0
    doubled_flagged: int = 0
    reimaged: int = 0
    doubled_at_reimage: int = 0
    conflicts: int = 0
    conflicts_false: int = 0
    copies: int = 0
    copies_raised: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of reports that were not given silently to another machine's device."""
        return 1 - self.mixed_silently / self.reports

    @property
    def doubled_per_thousand(self) -> float:
        """Duplicates for each thousand machines that were re-imaged."""
        return 1000 * self.doubled_at_reimage / max(self.reimaged, 1)


class District:
    """Machines by batches as schools buy them, and what happens to them from day to day."""

    def __init__(self, labs: int, seed: int, *, size: int = 28) -> None:
        self.dice = random.Random(seed)
        self.machines: list[Machine] = []
        self.docks = [self._mac() for _ in range(12)]
        makers = (
            self._vendor, self._vendor, self._vendor, self._vendor, self._apple, self._white_box, self._white_box,
            self._one_uuid, self._one_serial, self._one_dump, self._unprivileged, self._guest, self._container,
        )  # fmt: skip
        for lab in range(labs):
            maker = makers[lab % len(makers)]
            image = self._hex(32) if self.dice.random() < 0.5 else ""  # cloned without generalising
            for seat in range(size):
                machine = maker(lab)
                system = image or self._hex(32)
                name = "lab-image" if image and self.dice.random() < 0.3 else f"l{lab}-{seat:02d}"
                machine.identity = replace(machine.identity, hostname=name, system_id=system)
                if machine.bare and image:
                    machine.batch = "container, cloned"
                self.machines.append(machine)

    def _hex(self, digits: int) -> str:
        return f"{self.dice.getrandbits(4 * digits):0{digits}x}"

    def _mac(self, begin: str = "a4:bb:6d") -> str:
        tail = self._hex(6)
        return f"{begin}:{tail[:2]}:{tail[2:4]}:{tail[4:]}"

    def _code(self, length: int = 10) -> str:
        return "".join(self.dice.choice("0123456789BCDFGHJKLMNPQRSTVWXYZ") for _ in range(length))

    def _make(self, batch: str, identity: Identity, *macs: str) -> Machine:
        kinds = (InterfaceKind.ETHERNET, InterfaceKind.WIFI)
        cards = tuple(Interface(f"net{at}", mac, kinds[at]) for at, mac in enumerate(macs))
        return Machine(len(self.machines), batch, identity, cards)

    def _vendor(self, lab: int) -> Machine:
        identity = Identity(
            "", self._code(), self._code(14), self._hex(32), f"LUSD{self._hex(6)}", "", (self._code(14),)
        )
        machine = self._make("vendor", identity, self._mac(), self._mac("3c:58:c2"))
        machine.travelling = lab % 2 == 0
        machine.behind = timedelta(hours=self.dice.choice((0, 0, 0, 0, 0, 0, 0, 3)))
        return machine

    def _apple(self, _: int) -> Machine:
        return self._make("apple", Identity("", self._code(12), "", self._hex(32)), self._mac("f0:18:98"))

    def _white_box(self, _: int) -> Machine:
        serial = self.dice.choice(("To be filled by O.E.M.", "Default string", "System Serial Number", "", "0"))
        uuid = self.dice.choice(("03000200-0400-0500-0006-000700080009", "", self._hex(32), "f" * 32))
        identity = Identity("", serial, serial, uuid, "Default string", "", (self._code(14),))
        return self._make("white box", identity, self._mac("d8:bb:c1"))

    def _one_uuid(self, lab: int) -> Machine:
        uuid = f"{lab:08x}9c4411ec81af000102aabbcc"[:32].ljust(32, "7")
        return self._make("one UUID", Identity("", "N/A", "", uuid, "", "", (self._code(14),)), self._mac())

    def _one_serial(self, lab: int) -> Machine:
        identity = Identity("", f"MODEL{lab}X500", self._code(12), self._hex(32), "", "", (self._code(14),))
        return self._make("one serial", identity, self._mac())

    def _one_dump(self, lab: int) -> Machine:
        """Boards flashed from one dump: serial, board serial and UUID alike; disks readable in half of the labs."""
        uuid = f"{lab:08x}51b2cb1199fed1ab77c0ffee"[:32].ljust(32, "7")
        disks = (self._code(14),) if lab % 2 else ()
        return self._make("one dump", Identity("", f"PF{lab}2KQX7", f"L1HF{lab}C00T", uuid, "", "", disks), self._mac())

    def _unprivileged(self, _: int) -> Machine:
        return self._make("unprivileged", Identity(""), self._mac())

    def _guest(self, _: int) -> Machine:
        uuid = self._hex(32)
        identity = Identity("", f"VMware-{uuid}", "None", uuid)
        machine = self._make("guest", identity, self._mac("00:0c:29"))
        machine.virtual = True
        return machine

    def _container(self, _: int) -> Machine:
        machine = self._make("container", Identity(""))
        machine.bare = True
        return machine

    def events(self, day: int) -> Iterator[str]:
        """What happens before the bell of one day."""
        for machine in list(self.machines):
            identity, chance = machine.identity, self.dice.random()
            if day == SUMMER and not machine.bare:
                yield "re-imaged"
                machine.reimaged = True
                machine.identity = replace(identity, system_id=self._hex(32))
                if self.dice.random() < 0.5:
                    machine.identity = replace(machine.identity, hostname=f"new-{machine.number}")
            elif chance < 0.004 and not machine.bare:
                yield "renamed"
                machine.identity = replace(identity, hostname=f"pc-{self._hex(6)}")
            elif chance < 0.0055 and identity.disk_serials:
                yield "disk swapped"
                machine.identity = replace(identity, disk_serials=(self._code(14),))
                if self.dice.random() < 0.5:
                    machine.identity = replace(machine.identity, system_id=self._hex(32))
            elif chance < 0.0065 and not machine.virtual and not machine.bare:
                yield "board swapped"
                self._new_board(machine)
            elif chance < 0.0070 and identity.disk_serials:
                yield "disks exchanged"
                self._exchange_disks(machine)
            elif chance < 0.02 and machine.batch == "guest":
                yield "guest copied"
                machine.batch = "guest, copied"
                self._copy(machine)

    def _new_board(self, machine: Machine) -> None:
        identity = machine.identity
        stays = self.dice.random() < 0.7
        machine.identity = replace(
            identity,
            serial=identity.serial if stays or not identity.serial else self._code(),
            board_serial=self._code(14) if identity.board_serial else "",
            system_uuid=self._hex(32) if identity.system_uuid else "",
        )
        machine.interfaces = (replace(machine.interfaces[0], mac=self._mac()), *machine.interfaces[1:])

    def _exchange_disks(self, machine: Machine) -> None:
        other = self.dice.choice([one for one in self.machines if one.identity.disk_serials])
        for one, source in ((machine, other.identity), (other, machine.identity)):
            one.identity = replace(
                one.identity, disk_serials=source.disk_serials, system_id=source.system_id, hostname=source.hostname
            )

    def _copy(self, machine: Machine) -> None:
        """Copied whole, with a new address, or with everything new but the system."""
        identity, cards = machine.identity, machine.interfaces
        way = self.dice.choice(("whole", "address", "all"))
        if way != "whole":
            cards = (replace(cards[0], mac=self._mac("00:0c:29")),)
        if way == "all":
            uuid = self._hex(32)
            identity = replace(identity, serial=f"VMware-{uuid}", system_uuid=uuid)
        self.machines.append(Machine(len(self.machines), f"copy: {way}", identity, cards, virtual=True))

    def stated(self, machine: Machine) -> frozenset[Identifier]:
        """The machine's identifiers as one report states them: with docks, tunnels and lost privileges."""
        identity, cards = machine.identity, list(machine.interfaces)
        if machine.travelling and self.dice.random() < 0.5:
            # One dock in twenty is taken for a built-in adapter.
            kind = InterfaceKind.ETHERNET if self.dice.random() < 0.05 else InterfaceKind.USB
            cards.append(Interface("dock", self.dice.choice(self.docks), kind))
        if self.dice.random() < 0.2:
            cards.append(Interface("vpn", "00:05:9a:3c:7a:00", InterfaceKind.ETHERNET))
            cards.append(Interface("wlan1", self._mac("26:bb:6d"), InterfaceKind.WIFI))  # a random address
        if self.dice.random() < 0.01:
            identity = replace(identity, serial="", board_serial="", system_uuid="", disk_serials=())
        self.dice.shuffle(cards)
        return identifiers(identity, cards, Hardware(virtual=machine.virtual))


class Index:
    """Devices by identifier in memory, in the place of the inventory's tables."""

    def __init__(self) -> None:
        self.devices: dict[int, Candidate] = {}
        self.live: defaultdict[Identifier, set[int]] = defaultdict(set)
        self.ever: defaultdict[Identifier, set[int]] = defaultdict(set)

    def judge(self, stated: frozenset[Identifier], now: datetime, booted_at: datetime | None) -> Verdict:
        """What `decide` says, given what the index knows."""
        near = {device for identifier in stated for device in self.ever.get(identifier, ())}
        shared = {identifier: len(self.live.get(identifier, ())) for identifier in stated}
        candidates = [self.devices[device] for device in near]
        return decide(stated, candidates, shared=shared, now=now, booted_at=booted_at)

    def accept(self, verdict: Verdict, stated: frozenset[Identifier], now: datetime, booted_at: datetime | None) -> int:
        """Do as the verdict says; the device's number."""
        device = len(self.devices) if verdict.device_id is None else verdict.device_id
        before = self.devices.get(device, Candidate(device, frozenset()))
        current, former = carried(before, stated)
        for identifier in before.current - current:
            self.live[identifier].discard(device)
        for identifier in current:
            self.live[identifier].add(device)
            self.ever[identifier].add(device)
        self.devices[device] = Candidate(device, current, former, now, booted_at)
        return device


def simulate(labs: int, seed: int = 2, *, days: int = DAYS, size: int = 28) -> Tally:
    """One year in `days` school days, each machine reporting once or twice a day, and its score."""
    district, index, tally = District(labs, seed, size=size), Index(), Tally()
    truth = _Truth()
    for day in range(days):
        tally.reimaged += sum(event == "re-imaged" for event in district.events(day))
        bell = FIRST_DAY + timedelta(days=day)
        for at, machine in enumerate(district.machines):
            if district.dice.random() < 0.1:
                continue  # off today
            start = bell - machine.behind + timedelta(minutes=district.dice.choice((0, 1, 2, 25, 60, 90)))
            stated = district.stated(machine)
            for hour in (3, 5):
                now = bell + timedelta(hours=hour, seconds=at % 900)
                began = time.perf_counter()
                verdict = index.judge(stated, now, start)
                tally.seconds += time.perf_counter() - began
                truth.score(tally, verdict, machine, index.accept(verdict, stated, now, start), day)
    tally.machines, tally.devices = len(district.machines), len(index.devices)
    copies = [one for one in district.machines if one.batch in WHOLE and truth.devices[one.number]]
    tally.copies = len(copies)
    tally.copies_raised = sum(bool(truth.devices[one.number] & truth.flagged) for one in copies)
    return tally


class _Truth:
    """Which machine each device really is, and which devices a conflict has named."""

    def __init__(self) -> None:
        self.owner: dict[int, int] = {}
        self.devices: defaultdict[int, set[int]] = defaultdict(set)
        self.flagged: set[int] = set()

    def score(self, tally: Tally, verdict: Verdict, machine: Machine, device: int, day: int) -> None:
        """Count one verdict against the truth."""
        tally.reports += 1
        tally.outcomes[verdict.outcome.value] += 1
        known = self.devices[machine.number]
        right = self.owner.setdefault(device, machine.number) == machine.number
        graves = [conflict for conflict in verdict.conflicts if conflict.grave]
        if verdict.outcome is Outcome.CONFLICT or graves:
            self.flagged.update((device, *(other for one in graves for other in one.device_ids)))
        conflict = verdict.outcome is Outcome.CONFLICT
        tally.conflicts += conflict
        if not right:
            if device in self.flagged:
                tally.mixed_flagged += 1
            elif machine.batch in TWINS:
                tally.mixed_unseen += 1
            else:
                tally.mixed_silently += 1
                tally.mistakes.append(f"mixed [{machine.batch}] day {day}: {verdict.words}")
        own = any(self.owner[one] == machine.number for one in known)  # a copy that had none is told apart, not doubled
        if own and verdict.device_id is None:
            tally.doubled_flagged += conflict
            tally.doubled_silently += not conflict
            tally.doubled_at_reimage += machine.reimaged
            when = "re-imaged, " if machine.reimaged else ""
            tally.mistakes.append(f"doubled [{machine.batch}] {when}day {day}: {verdict.words}")
        elif own and conflict and machine.batch not in GUESTS and all(one.two_starts for one in graves):
            tally.conflicts_false += 1
            tally.mistakes.append(f"without cause [{machine.batch}] day {day}: {verdict.words}")
        known.add(device)
        machine.reimaged = False


def verdicts_per_second(rounds: int = 20_000) -> float:
    """How fast one report that changed its name is held against its one device."""
    district = District(1, 3)
    machine = district.machines[0]
    stated = identifiers(machine.identity, machine.interfaces)
    renamed = identifiers(replace(machine.identity, hostname="renamed"), machine.interfaces)
    known = [Candidate(1, stated, last_heard=FIRST_DAY, booted_at=FIRST_DAY)]
    began = time.perf_counter()
    for _ in range(rounds):
        decide(renamed, known, shared={}, now=FIRST_DAY, booted_at=FIRST_DAY)
    return rounds / (time.perf_counter() - began)


def main() -> None:
    """Print the figures."""
    tally = simulate(labs=130)
    speed = verdicts_per_second()
    mixed = f"{tally.mixed_flagged:,} after a conflict was raised, {tally.mixed_unseen} before"
    lines = (
        f"machines {tally.machines:,}, reports {tally.reports:,}, devices recorded {tally.devices:,}",
        f"given silently to another machine's device: {tally.mixed_silently} (precision {tally.precision:.6f})",
        f"of twins that differ in nothing but their start: {mixed}",
        f"copies of guests raised: {tally.copies_raised} of {tally.copies}",
        f"doubled by a re-image: {tally.doubled_at_reimage} of {tally.reimaged:,}, {tally.doubled_per_thousand:.2f} ‰",
        f"doubled in all: {tally.doubled_silently} silently, {tally.doubled_flagged} with a conflict raised",
        f"conflicts {tally.conflicts:,}, of them without cause {tally.conflicts_false}",
        f"outcomes: {dict(tally.outcomes.most_common())}",
        f"one verdict, one candidate: {1e6 / speed:.1f} µs ({speed:,.0f} a second)",
        f"one verdict, mean of the simulation, look-up included: {tally.seconds / tally.reports * 1e6:.0f} µs",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
