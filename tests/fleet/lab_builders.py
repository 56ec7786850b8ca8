"""Builders of small labs for the tests of readiness and refresh: fit in everything but what a test says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from agents.report import Cpu, Disk, DiskKind, Display, Gpu, Hardware, Platform, System, Volume
from fleet.judge import Judge
from fleet.licensed import Ledger
from fleet.lifecycle import Lifecycle, ReleaseEnd, SystemProduct
from fleet.question import Rules
from fleet.readiness import LabReadiness
from inventory.device_set import DeviceSet
from inventory.releases import VersionRange
from inventory.views import DeviceView, InstallView, LabView, SiteView, Snapshot, SoftwareSetView, StationView
from licenses.asking import TEACHING
from licenses.entitlement import Entitlement, Scope
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.need import demand_of
from licenses.pathway import Alternative, HardwareFloor, Kind, Level, Pathway, Purpose, Quota, TitleNeed
from licenses.rights import Rights
from licenses.seats import Place
from licenses.section import Section
from licenses.suite import Suite

GIB = 1024**3
NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
TODAY = NOW.date()
MARK = Mark("a test", date(2026, 11, 1), verified=True)

WINDOWS = System(Platform.WINDOWS, "Windows 11", "25H2", "26200.1000", "Education", "x86_64")
OLD_WINDOWS = replace(WINDOWS, release="23H2", build="22631.1000")
MAC = System(Platform.MACOS, "macOS", "15.5", architecture="arm64")
STRANGE = System(Platform.LINUX, "Hannah Montana Linux", "1")

HARDWARE = Hardware(
    chassis="desktop",
    virtual=False,
    cpu=Cpu(cores=8, mhz=3200),
    memory=32 * GIB,
    gpus=(Gpu("RTX A2000", 6 * GIB, integrated=False),),
    disks=(Disk(size=500_000_000_000, kind=DiskKind.NVME),),
    displays=(Display(width=1920, height=1080),),
    virtualization=True,
)
ROOMY = (Volume("C:", 500 * GIB, 200 * GIB, system=True),)
FLOOR = HardwareFloor(
    MARK, memory=16 * GIB, cores=4, vram=4 * GIB, unified_memory=16 * GIB, free_disk=100 * GIB, display=(1920, 1080)
)
LIFECYCLE = Lifecycle(
    (
        SystemProduct(
            "windows",
            "Windows",
            Platform.WINDOWS,
            ("windows",),
            (
                ReleaseEnd("11 25H2", MARK, date(2028, 10, 10), track="E", build="26200"),
                ReleaseEnd("11 23H2", MARK, date(2026, 11, 10), track="E", build="22631"),
            ),
        ),
        SystemProduct("macos", "macOS", Platform.MACOS, (), (ReleaseEnd("15", MARK, date(2027, 9, 15)),)),
    ),
    {},
    {"education": "E"},
)
NAMES = {"autocad": "AutoCAD", "nvda": "NVDA", "revit": "Revit", "simchart": "SimChart"}

AUTOCAD = TitleNeed((Alternative("autocad", VersionRange("2025", "2026")),), Level.REQUIRED, Purpose.TEACH, MARK)
REVIT = TitleNeed((Alternative("revit"),), Level.REQUIRED, Purpose.TEACH, MARK)
SIMCHART = TitleNeed((Alternative("simchart"),), Level.REQUIRED, Purpose.TEACH, MARK, Kind.WEB)
SCREEN_READER = Quota("screen-reader", "screen reader", ("nvda",), (), False, 1, 0, Level.REQUIRED, "", MARK)

SITE = SiteView(1, "MUIR", "Muir High School")


def pathway(code: str = "152", needs: Sequence[TitleNeed] = (AUTOCAD,), **changes: Any) -> Pathway:
    """A pathway that asks AutoCAD of a machine of middling strength."""
    made = Pathway(
        code=code,
        name="Engineering Design",
        sector="Engineering",
        platforms=frozenset({Platform.WINDOWS, Platform.MACOS}),
        courses=(),
        certifications=(),
        needs=tuple(needs),
        floor=FLOOR,
        preferred=FLOOR,
        quotas=(),
        mark=MARK,
    )
    return replace(made, **changes)


def lab(id_: int = 1, code: str = "B12", pathways: tuple[str, ...] = ("152",), site: SiteView = SITE) -> LabView:
    """One lab."""
    return LabView(id_, site, code, f"Lab {code}", pathways)


def software(*releases: str, unasked: tuple[str, ...] = (), id_: int = 1) -> SoftwareSetView:
    """A software set: "autocad 2026", "nvda"."""
    installs = []
    for text in releases:
        title, _, release = text.partition(" ")
        installs.append(InstallView(title, release, release))
    return SoftwareSetView(id_, tuple(installs), unasked)


GOOD = software("autocad 2026", "nvda 2026.1")


def device(id_: int = 1, **changes: Any) -> DeviceView:
    """A machine that is fit for everything that `pathway()` asks."""
    made = DeviceView(
        id=id_,
        name=f"pc-{id_:02}",
        serial=f"S{id_}",
        asset_tag="",
        lab_id=1,
        site_id=1,
        station_id=id_,
        first_heard=NOW - timedelta(days=300),
        last_heard=NOW - timedelta(hours=2),
        hardware=HARDWARE,
        system=WINDOWS,
        software=GOOD,
        volumes=ROOMY,
        acquired_on=date(2025, 8, 1),
        cost_cents=150_000,
        funding="",
    )
    return replace(made, **changes)


def never_heard(id_: int = 1) -> DeviceView:
    """A machine from the asset list that never said a word."""
    return device(id_, first_heard=None, last_heard=None, hardware=None, system=None, software=None, volumes=())


def seats(quantity: int | None, title: str = "autocad", metric: Metric = Metric.DEVICE, **changes: Any) -> Entitlement:
    """Seats that run all school year."""
    made = Entitlement(title, "", metric, quantity, date(2026, 7, 1), date(2027, 6, 30))
    return replace(made, **changes)


def section(headcount: int, lab_id: int = 1, code: str = "1", pathway_code: str = "152", period: str = "") -> Section:
    """One class of this school year."""
    return Section(
        "MUIR", "MUIR/B12", lab_id, pathway_code, "X", code, period, date(2026, 8, 1), date(2027, 6, 5), headcount
    )


def snapshot(labs: Mapping[LabView, Sequence[DeviceView | None]]) -> Snapshot:
    """Labs with a device, or none, at each station."""
    stations: dict[int, tuple[StationView, ...]] = {}
    devices: dict[int, DeviceView] = {}
    for room, standing in labs.items():
        views = []
        for number, one in enumerate(standing, 1):
            id_ = room.id * 1000 + number
            views.append(StationView(id_, room.id, number, one.id if one else None))
            if one is not None:
                devices[one.id] = replace(one, lab_id=room.id, site_id=room.site.id, station_id=id_)
        stations[room.id] = tuple(views)
    sites = {room.site.id: room.site for room in labs}
    return Snapshot(NOW, sites, {room.id: room for room in labs}, stations, devices)


def rules(*pathways: Pathway, lifecycle: Lifecycle = LIFECYCLE) -> Rules:
    """What a district holds its stations against."""
    return Rules(
        {one.code: one for one in pathways or (pathway(),)},
        NAMES,
        lifecycle,
        stale_after=timedelta(days=14),
        shelf_life=timedelta(days=400),
    )


def places(taken: Snapshot) -> tuple[Place, ...]:
    """Where the devices of each lab are."""
    return tuple(
        Place(
            room.site.code,
            room.label,
            frozenset(room.pathways),
            DeviceSet(one.id for one in taken.devices.values() if one.lab_id == room.id),
        )
        for room in taken.labs.values()
    )


def judge(
    taken: Snapshot,
    *,
    held: Rules | None = None,
    sections: Sequence[Section] = (),
    entitlements: Sequence[Entitlement] = (seats(None, metric=Metric.SITE),),
    suites: Sequence[Suite] = (),
    free: frozenset[str] = frozenset({"nvda"}),
    on: date = TODAY,
    **more: Any,
) -> Judge:
    """A judge over a snapshot; without a word about licences, AutoCAD is licensed for the whole district."""
    held = held or rules()
    rights = Rights(entitlements, suites, free, on=on)
    occasion = more.get("occasion", TEACHING)
    exam = occasion.certification if occasion.purpose is Purpose.EXAM else None
    demand = demand_of(taken, held.pathways, sections, on=on, exam=exam, rights=rights)
    ledger = Ledger(entitlements, on, suites, free, NAMES, demand, places(taken), sections=sections)
    return Judge(taken, sections, held, ledger, on, **more)


def judged(standing: Sequence[DeviceView | None], **options: Any) -> LabReadiness:
    """The one answer of one lab."""
    room = options.pop("room", lab())
    (answer,) = judge(snapshot({room: standing}), **options).lab(room)
    return answer


def district_seats(quantity: int, scope: str) -> Entitlement:
    """AutoCAD seats within a scope."""
    return seats(quantity, scope=Scope.parse(scope))
