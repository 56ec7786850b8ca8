"""Situations of one station, and the state and gaps that follow."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from agents.report import Cpu, Disk, DiskKind, Display, Gpu, Platform, Volume
from fleet.gap import Code, State
from inventory.releases import VersionRange
from inventory.views import DeviceView
from licenses.metrics import Metric
from licenses.pathway import Alternative, Certification, Level, Occasion, Purpose
from tests.fleet.lab_builders import (
    AUTOCAD,
    FLOOR,
    GIB,
    HARDWARE,
    MAC,
    MARK,
    NOW,
    OLD_WINDOWS,
    REVIT,
    ROOMY,
    STRANGE,
    TODAY,
    WINDOWS,
    device,
    judged,
    lab,
    never_heard,
    pathway,
    rules,
    seats,
    section,
    software,
)

R, N, U = State.READY, State.NOT_READY, State.UNKNOWN
LONG_AGO = NOW - timedelta(days=30)


def hardware(**changes: Any) -> dict[str, Any]:
    """A device's change of hardware."""
    return {"hardware": replace(HARDWARE, **changes)}


STATIONS: Mapping[str, tuple[DeviceView | None, State, set[tuple[Code, str]]]] = {
    "fit": (device(), R, set()),
    "nothing there": (None, N, {(Code.NO_DEVICE, "")}),
    "never heard": (never_heard(), U, {(Code.NEVER_HEARD, "")}),
    "heard on the last day that counts": (device(last_heard=NOW - timedelta(days=14)), R, set()),
    "stale": (device(last_heard=LONG_AGO), U, {(Code.STALE, "")}),
    "stale without the title": (
        device(last_heard=LONG_AGO, software=software()),
        U,
        {(Code.STALE, ""), (Code.NOT_INSTALLED, "autocad")},
    ),
    "two claim to be it": (device(in_conflict=True), U, {(Code.CONFLICT, "")}),
    "two claim to be it, both without": (
        device(in_conflict=True, software=software()),
        U,
        {(Code.CONFLICT, ""), (Code.NOT_INSTALLED, "autocad")},
    ),
    "not installed": (device(software=software("revit 2026")), N, {(Code.NOT_INSTALLED, "autocad")}),
    "too old": (device(software=software("autocad 2024")), N, {(Code.WRONG_VERSION, "autocad")}),
    "too new for an upper bound": (device(software=software("autocad 2027")), N, {(Code.WRONG_VERSION, "autocad")}),
    "old beside good": (device(software=software("autocad 2024", "autocad 2025")), R, set()),
    "release not known": (device(software=software("autocad")), U, {(Code.WRONG_VERSION, "autocad")}),
    "list not read": (device(software=software(unasked=("uninstall",))), U, {(Code.LIST_UNREAD, "autocad")}),
    "old one seen, other list not read": (
        device(software=software("autocad 2024", unasked=("msix",))),
        U,
        {(Code.LIST_UNREAD, "autocad")},
    ),
    "good one seen, other list not read": (device(software=software("autocad 2026", unasked=("msix",))), R, set()),
    "no list at all": (device(software=None), U, {(Code.LIST_UNREAD, "autocad")}),
    "memory a little short of its nominal size": (device(**hardware(memory=int(15.5 * GIB))), R, set()),
    "too little memory": (device(**hardware(memory=8 * GIB)), N, {(Code.TOO_WEAK, "memory")}),
    "memory not known": (device(**hardware(memory=None)), U, {(Code.HARDWARE_UNKNOWN, "memory")}),
    "too few cores": (device(**hardware(cpu=Cpu(cores=2))), N, {(Code.TOO_WEAK, "cores")}),
    "hardware not known": (device(hardware=None), U, {(Code.HARDWARE_UNKNOWN, "hardware")}),
    "weak card": (device(**hardware(gpus=(Gpu("GT 710", 2 * GIB),))), N, {(Code.TOO_WEAK, "vram")}),
    "integrated only": (device(**hardware(gpus=(Gpu("UHD 630", None, "", True),))), N, {(Code.TOO_WEAK, "vram")}),
    "integrated beside a good card": (
        device(**hardware(gpus=(Gpu("UHD 630", None, "", True), Gpu("RTX", 8 * GIB)))),
        R,
        set(),
    ),
    "card of unknown memory": (device(**hardware(gpus=(Gpu("card"),))), U, {(Code.HARDWARE_UNKNOWN, "vram")}),
    "no adapter seen": (device(**hardware(gpus=())), U, {(Code.HARDWARE_UNKNOWN, "vram")}),
    "32-bit source at its ceiling meets 4 GB": (
        device(**hardware(gpus=(Gpu("RTX", 4_293_918_720, "AdapterRAM"),))),
        R,
        set(),
    ),
    "display too small": (
        device(**hardware(displays=(Display(width=1366, height=768),))),
        N,
        {(Code.TOO_WEAK, "display")},
    ),
    "display on its side": (device(**hardware(displays=(Display(width=1080, height=1920),))), R, set()),
    "display switched off": (device(**hardware(displays=())), U, {(Code.HARDWARE_UNKNOWN, "display")}),
    "disk full": (device(volumes=(Volume("C:", 500 * GIB, 5 * GIB, True),)), N, {(Code.TOO_WEAK, "disk")}),
    "disk full but stale": (
        device(last_heard=LONG_AGO, volumes=(Volume("C:", 500 * GIB, 5 * GIB, True),)),
        U,
        {(Code.STALE, ""), (Code.TOO_WEAK, "disk")},
    ),
    "room on another volume only": (
        device(volumes=(Volume("C:", 99 * GIB, 5 * GIB, True), Volume("D:", 999 * GIB, 500 * GIB))),
        N,
        {(Code.TOO_WEAK, "disk")},
    ),
    "free space not known": (device(volumes=()), U, {(Code.HARDWARE_UNKNOWN, "disk")}),
    "system out of support": (device(system=OLD_WINDOWS), N, {(Code.SYSTEM_UNSUPPORTED, "Windows 11 23H2 Education")}),
    "system without a known end": (
        device(system=STRANGE),
        N,
        {(Code.WRONG_PLATFORM, "system"), (Code.SYSTEM_UNSUPPORTED, "Hannah Montana Linux 1")},
    ),
    "system not known": (device(system=None), U, {(Code.SYSTEM_UNSUPPORTED, "system")}),
    "graphics share the memory": (device(system=MAC, **hardware(gpus=(Gpu("Apple M2"),))), R, set()),
    "graphics share too little": (
        device(system=MAC, **hardware(gpus=(), memory=8 * GIB)),
        N,
        {(Code.TOO_WEAK, "memory"), (Code.TOO_WEAK, "vram")},
    ),
}


@pytest.mark.parametrize("situation", STATIONS)
def test_station(situation: str) -> None:
    """Each situation leads to its state, by its gaps and no others."""
    standing, state, gaps = STATIONS[situation]
    (station,) = judged([standing]).stations
    assert (station.state, {(gap.code, gap.subject) for gap in station.gaps}) == (state, gaps)


def test_every_gap_says_what_to_do() -> None:
    """No gap without a message and a next step."""
    for standing, _, _ in STATIONS.values():
        for gap in judged([standing]).stations[0].gaps:
            assert "" not in {gap.message, gap.next_step}, gap


def test_platform_unsupported_is_certain_but_unknown_lifecycle_alone_is_not() -> None:
    """A system whose end nobody knows is unknown, neither supported nor not."""
    held = rules(pathway(platforms=frozenset(), floor=replace(FLOOR, vram=None)))
    (station,) = judged([device(system=STRANGE)], held=held).stations
    assert station.state is U
    assert [gap.code for gap in station.gaps] == [Code.SYSTEM_UNSUPPORTED]


def test_32_bit_source_at_its_ceiling_proves_no_more_than_4_gb() -> None:
    """`AdapterRAM` cannot say whether a card has 6 GB."""
    held = rules(pathway(floor=replace(FLOOR, vram=6 * GIB)))
    lying = replace(HARDWARE, gpus=(Gpu("RTX", 4_293_918_720, "AdapterRAM"),))
    assert judged([device(hardware=lying)], held=held).unknown == 1
    told = replace(HARDWARE, gpus=(Gpu("RTX", 4_293_918_720, "qwMemorySize"),))
    assert judged([device(hardware=told)], held=held).not_ready == 1


@pytest.mark.parametrize(
    ("kinds", "state"),
    [((DiskKind.NVME,), R), ((DiskKind.HDD, DiskKind.SSD), R), ((DiskKind.HDD,), N), ((DiskKind.UNKNOWN,), U), ((), U)],
)
def test_disk_kind(kinds: tuple[DiskKind, ...], state: State) -> None:
    """A floor of "SSD" is met by any disk of that kind, and failed only when all kinds are known."""
    held = rules(pathway(floor=replace(FLOOR, disk_kinds=frozenset({DiskKind.SSD, DiskKind.NVME}))))
    hard = replace(HARDWARE, disks=tuple(Disk(kind=kind) for kind in kinds))
    assert judged([device(hardware=hard)], held=held).stations[0].state is state


@pytest.mark.parametrize(("switched", "state"), [(True, R), (False, N), (None, U)])
def test_virtualization(switched: bool | None, state: State) -> None:
    """Asked only where the floor asks it."""
    held = rules(pathway(floor=replace(FLOOR, virtualization=True, mhz=3000)))
    hard = replace(HARDWARE, virtualization=switched)
    assert judged([device(hardware=hard)], held=held).stations[0].state is state
    assert judged([device(hardware=hard)]).ready == 1


def test_any_alternative_will_do() -> None:
    """The first is the one to install; on a platform, those that exist there."""
    need = replace(
        AUTOCAD,
        any_of=(
            Alternative("autocad", VersionRange("2025"), frozenset({Platform.WINDOWS})),
            Alternative("revit", VersionRange(), frozenset({Platform.WINDOWS})),
        ),
    )
    held = rules(pathway(needs=[need]))
    both = (seats(9), seats(9, "revit"))
    assert judged([device(software=software("revit 2020"))], held=held, entitlements=both).ready == 1
    (gap,) = judged([device(software=software())], held=held, entitlements=both).stations[0].gaps
    assert (gap.message, gap.next_step) == (
        "AutoCAD 2025 or later or Revit not installed",
        "install AutoCAD 2025 or later",
    )
    (gap,) = judged([device(system=MAC)], held=held, entitlements=both).stations[0].gaps
    assert (gap.code, gap.certain) == (Code.WRONG_PLATFORM, True)


def test_a_need_of_another_platform_is_not_asked() -> None:
    """What is asked on Windows only is no gap on a Mac."""
    held = rules(pathway(needs=[AUTOCAD, replace(REVIT, platforms=frozenset({Platform.WINDOWS}))]))
    assert judged([device(system=MAC)], held=held).ready == 1
    assert judged([device()], held=held, entitlements=(seats(9), seats(9, "revit"))).not_ready == 1


def test_recommended_and_exam_needs_do_not_keep_a_lab_from_teaching() -> None:
    """Only required needs of the purpose that is asked count."""
    exam = replace(REVIT, purpose=Purpose.EXAM, certifications=("acu-revit",))
    held = rules(pathway(needs=[AUTOCAD, replace(REVIT, level=Level.RECOMMENDED), exam]))
    assert judged([device()], held=held).ready == 1
    assert judged([device()], held=held, occasion=Occasion.of("acu-revit")).not_ready == 1


def test_an_exam_of_which_nothing_is_known_is_never_ready() -> None:
    """No need on file is not "asks for nothing"."""
    exam = Certification("cna", "Nurse Assistant", "State", "at its own sites", (), frozenset(), "", MARK)
    held = rules(pathway(needs=[AUTOCAD], certifications=(exam,)))
    answer = judged([device()], held=held, occasion=Occasion.of("cna"))
    assert (answer.state, answer.ready) == (U, 0)
    assert answer.sentence == "what exam cna asks of a station is not on file (at its own sites)"
    assert judged([device()], held=held, occasion=Occasion.of("")).state is U


def test_an_exam_is_sat_on_the_systems_that_it_names() -> None:
    """A pathway may be taught where its exam cannot be sat."""
    windows = frozenset({Platform.WINDOWS})
    exam = Certification("acu-autocad", "ACU", "Autodesk", "Compass", ("autocad",), windows, "", MARK)
    need = replace(AUTOCAD, purpose=Purpose.EXAM, certifications=("acu-autocad",))
    held = rules(pathway(needs=[need], certifications=(exam,)))
    assert judged([device()], held=held, occasion=Occasion.of("acu-autocad")).ready == 1
    (gap,) = judged([device(system=MAC)], held=held, occasion=Occasion.of("acu-autocad")).stations[0].gaps
    assert (gap.code, gap.certain, gap.message) == (Code.WRONG_PLATFORM, True, "this exam is sat on Windows")


LICENCES = {
    "whole site": ((seats(None, metric=Metric.SITE),), R, None),
    "free by purchase": ((seats(None, metric=Metric.FREE),), R, None),
    "as many as needed": ((seats(2),), R, None),
    "too few": ((seats(1),), U, (Code.LICENSE_SHORT, "1 seat of AutoCAD in the district for 2 devices that need one")),
    "none on record": ((), N, (Code.NOT_LICENSED, "no licence of AutoCAD is on record")),
    "another title's": ((seats(9, "revit"),), N, (Code.NOT_LICENSED, "no licence of AutoCAD is on record")),
    "ended": (
        (seats(9, end=date(2026, 11, 22)),),
        N,
        (Code.NOT_LICENSED, "the licence of AutoCAD ended on 2026-11-22"),
    ),
    "last day": ((seats(9, end=TODAY),), R, None),
    "to come": (
        (seats(9, start=date(2026, 12, 1)),),
        N,
        (Code.NOT_LICENSED, "the licence of AutoCAD starts on 2026-12-01 only"),
    ),
    "by persons nobody knows": (
        (seats(9, metric=Metric.NAMED_USER),),
        U,
        (
            Code.LICENSE_UNKNOWN,
            "9 seats of AutoCAD in the district by named user for at least 0 persons who need one",
        ),
    ),
    "concurrent use makes up for what is short": ((seats(1), seats(1, metric=Metric.CONCURRENT)), R, None),
    "no section: all stations at once": (
        (seats(1, metric=Metric.CONCURRENT),),
        U,
        (
            Code.LICENSE_SHORT,
            "1 seat of AutoCAD in the district by concurrent use for 2 people at the same time",
        ),
    ),
}


@pytest.mark.parametrize("situation", LICENCES)
def test_licence(situation: str) -> None:
    """Whether seats are there; who loses where they are short is nobody's to say."""
    entitlements, state, gap = LICENCES[situation]
    answer = judged([device(1), device(2)], entitlements=entitlements)
    assert [one.state for one in answer.stations] == [state, state]
    said = {(one.code, one.message) for station in answer.stations for one in station.gaps}
    assert said == ({gap} if gap else set())


def test_licence_is_certain_though_the_machine_is_silent() -> None:
    """That nothing is licensed does not rest on the machine's word."""
    (station,) = judged([never_heard()], entitlements=()).stations
    assert station.state is N
    assert [gap.code for gap in station.gaps] == [Code.NEVER_HEARD, Code.NOT_LICENSED]


def test_counts_sentence_and_students() -> None:
    """The lab's line: ready, students, short; and what could be."""
    machines = [*(device(id_) for id_ in range(1, 27)), None, None, never_heard(29), device(30, system=OLD_WINDOWS)]
    answer = judged(machines, sections=[section(28), section(12, code="2")])
    assert (answer.ready, answer.not_ready, answer.unknown) == (26, 3, 1)
    assert (answer.students, answer.short, answer.could_be, answer.state) == (28, 2, 27, State.NOT_READY)
    assert answer.sentence == "26 of 30 stations ready (27 if all that is unknown is well), 28 students: short 1 to 2"


def test_no_section_known() -> None:
    """Without a headcount nothing is short, and every station counts."""
    answer = judged([device(1), device(2)])
    assert (answer.students, answer.short, answer.state) == (None, None, State.READY)
    assert answer.sentence == "2 of 2 stations ready, no section known"
    assert judged([device(1), None]).state is State.NOT_READY
    assert judged([device(1), never_heard(2)]).state is State.UNKNOWN


def test_spare_stations_need_not_be_ready() -> None:
    """A lab is ready when each student has a station."""
    assert judged([device(1), never_heard(2), None], sections=[section(1)]).state is State.READY


def test_a_section_of_another_term_is_not_taught_on_the_day() -> None:
    """Headcounts are those of the day that is asked."""
    assert (
        judged(
            [device()],
            sections=[section(28)],
            on=date(2027, 7, 15),
            entitlements=(seats(None, metric=Metric.SITE, end=None),),
        ).students
        is None
    )


def test_labs_without_an_answer() -> None:
    """A reason instead of a number, and never "ready"."""
    assert judged([], room=lab()).sentence == "no station in this lab yet"
    assert judged([], room=lab()).state is State.NOT_READY
    lost = judged([device()], room=lab(pathways=()))
    assert (lost.sentence, lost.state) == ("no pathway is taught in this lab", State.UNKNOWN)
    strange = judged([device()], room=lab(pathways=("999",)))
    assert (strange.sentence, strange.state, strange.pathway) == ("no pathway 999 is known", State.UNKNOWN, "999")


def test_rules_and_those_that_nobody_checked() -> None:
    """Unverified rules are counted, and block nothing."""
    held = rules(pathway(floor=replace(FLOOR, mark=replace(MARK, verified=False))))
    answer = judged([device()], held=held)
    assert (answer.ready, answer.rules, answer.unverified) == (1, 2, 1)


def test_a_rule_past_its_shelf_life_gives_no_confident_green() -> None:
    """Neither for the title nor for the life cycle; what surely fails still does."""
    old = replace(MARK, as_of=TODAY - timedelta(days=401))
    held = rules(pathway(needs=[replace(AUTOCAD, mark=old)]))
    answer = judged([device(1), device(2, software=software())], held=held)
    assert [one.state for one in answer.stations] == [U, N]
    assert answer.stations[0].gaps[0].code is Code.STALE_RULE
    assert judged([device()], held=rules(pathway(mark=old))).ready == 1  # nothing rests on it


def test_a_past_day_does_not_make_an_old_rule_fresh() -> None:
    """Trust is a matter of today, too."""
    old = replace(MARK, as_of=TODAY - timedelta(days=401))
    held = rules(pathway(needs=[replace(AUTOCAD, mark=old)]))
    assert judged([device()], held=held, on=date(2026, 8, 1)).unknown == 1


def test_a_file_s_own_shelf_life_is_for_today() -> None:
    """What is to be checked every 100 days serves for a day that lies 200 days ahead, but not 500."""
    short = replace(MARK, shelf_life=timedelta(days=100))
    held = rules(pathway(needs=[replace(AUTOCAD, mark=short)]))
    forever = (seats(None, metric=Metric.SITE, end=None),)
    for days, state in ((0, R), (200, R), (500, U)):
        answer = judged([device()], held=held, entitlements=forever, on=TODAY + timedelta(days=days))
        assert answer.stations[0].state is state
    checked = replace(short, as_of=TODAY - timedelta(days=101))
    held = rules(pathway(needs=[replace(AUTOCAD, mark=checked)]))
    assert judged([device()], held=held).unknown == 1


def test_on_a_later_day() -> None:
    """Systems and licences are judged for the day, machines as they were last heard."""
    forever = (seats(None, metric=Metric.SITE, end=None),)
    later = date(2028, 10, 11)
    answer = judged([device()], entitlements=forever, on=later)
    assert Code.SYSTEM_UNSUPPORTED in {gap.code for gap in answer.stations[0].gaps}
    assert answer.heard_until == NOW
    assert WINDOWS.release in answer.stations[0].gaps[0].message


def test_volumes_of_one_machine_are_not_another_s() -> None:
    """Machines alike in all else are judged apart by their free space."""
    full = device(2, volumes=(replace(ROOMY[0], free=0),))
    assert [one.state for one in judged([device(1), full, device(3)]).stations] == [R, N, R]


def test_machines_that_differ_in_one_part_are_judged_apart() -> None:
    """What is remembered of one machine is used only for those that are the same in every part."""
    machines = [
        device(1),
        device(2, hardware=replace(HARDWARE, memory=8 * GIB)),
        device(3, system=OLD_WINDOWS),
        device(4, software=software("revit 2026")),
        device(5),
    ]
    assert [one.state for one in judged(machines).stations] == [R, N, N, N, R]
