"""Needs of titles: of the stations of labs that serve a pathway, and of the students of its sections."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

from agents.report import Platform, System
from inventory.device_set import DeviceSet
from inventory.releases import VersionRange
from inventory.views import DeviceView, InstallView, LabView, SiteView, Snapshot, SoftwareSetView, StationView
from licenses.entitlement import Entitlement, Scope
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.need import demand_of
from licenses.pathway import (
    Alternative,
    Certification,
    Course,
    CourseLevel,
    HardwareFloor,
    Kind,
    Level,
    Pathway,
    Purpose,
    Quota,
    TitleNeed,
)
from licenses.rights import Rights
from licenses.section import Section

ON = date(2026, 11, 23)
MARK = Mark("the vendor's page", ON, True)
MUIR = SiteView(1, "MUIR", "John Muir High School")
B12 = LabView(1, MUIR, "B12", "Design Lab", ("152",))

required = partial(TitleNeed, level=Level.REQUIRED, purpose=Purpose.TEACH, mark=MARK)
DESIGN = Pathway(
    code="152",
    name="Engineering Design",
    sector="",
    platforms=frozenset({Platform.WINDOWS}),
    courses=(Course("A", "First", CourseLevel.INTRODUCTORY), Course("B", "Second", CourseLevel.CAPSTONE)),
    certifications=(),
    needs=(
        required((Alternative("revit"),)),
        required((Alternative("inventor-professional", VersionRange("2025")), Alternative("autodesk-fusion"))),
        required((Alternative("maya"), Alternative("3ds-max", VersionRange("2025")))),
        required((Alternative("civil-3d"),), courses=("B",)),
        replace(required((Alternative("blender"),)), level=Level.RECOMMENDED),
        required((Alternative("onshape"),), kind=Kind.WEB),
        required((Alternative("onshape-b"),), kind=Kind.WEB, courses=("B",)),
        required((Alternative("logic-pro", platforms=frozenset({Platform.MACOS})),)),
    ),
    floor=HardwareFloor(MARK),
    preferred=HardwareFloor(MARK),
    quotas=(Quota("reader", "Screen reader", ("nvda", "jaws"), (), False, 1, 0, Level.REQUIRED, "", MARK),),
    mark=MARK,
)
PATHWAYS = {"152": DESIGN}


def software(id_: int, **titles: str) -> SoftwareSetView:
    return SoftwareSetView(
        id_, tuple(InstallView(title.replace("_", "-"), release, "") for title, release in titles.items()), ()
    )


def snapshot(*software: SoftwareSetView | None, lab: LabView = B12, empty: int = 0) -> Snapshot:
    """One station for each set, numbered from 1, its device with the same id; then stations without a device."""
    system = System(Platform.WINDOWS)
    devices = {
        id_: DeviceView(
            id=id_,
            name=f"PC-{id_}",
            serial="",
            asset_tag="",
            lab_id=lab.id,
            site_id=MUIR.id,
            station_id=id_,
            first_heard=None,
            last_heard=None,
            hardware=None,
            system=system if one else None,
            software=one,
            volumes=(),
            acquired_on=None,
            cost_cents=None,
            funding="",
        )
        for id_, one in enumerate(software, start=1)
    }
    total = len(software) + empty
    stations = tuple(StationView(n, lab.id, n, n if n in devices else None) for n in range(1, total + 1))
    return Snapshot(datetime(2026, 11, 23, tzinfo=UTC), {1: MUIR}, {lab.id: lab}, {lab.id: stations}, devices)


def section(course: str = "A", headcount: int = 28, pathway: str = "152", end: date = date(2026, 12, 18)) -> Section:
    start = date(2026, 8, 17)
    return Section("MUIR", "MUIR/B12", 1, pathway, course, course + "1", "2", start, end, headcount)


def needed(found: Snapshot, sections: Sequence[Section] = ()) -> dict[str, DeviceSet]:
    return dict(demand_of(found, PATHWAYS, sections, on=ON).needed)


def test_each_station_with_a_device_needs_the_titles() -> None:
    found = demand_of(snapshot(software(1), software(1), empty=3), PATHWAYS, (), on=ON)
    assert found.needed["revit"] == DeviceSet({1, 2})
    assert "stations that need it and have no device: 3, not counted" in found.notes["revit"]


def test_of_alternatives_the_installed_one_is_needed_else_the_first() -> None:
    here = snapshot(software(1), software(2, autodesk_fusion="2026"), software(3, inventor_professional="2026"))
    assert needed(here)["inventor-professional"] == DeviceSet({1, 3})
    assert needed(here)["autodesk-fusion"] == DeviceSet({2})


def test_a_good_release_goes_before_an_old_one() -> None:
    here = snapshot(
        software(1, inventor_professional="2020", autodesk_fusion="2026"), software(2, inventor_professional="2020")
    )
    assert needed(here)["autodesk-fusion"] == DeviceSet({1})
    assert needed(here)["inventor-professional"] == DeviceSet({2})


def test_an_old_release_goes_before_nothing() -> None:
    here = SoftwareSetView(1, (InstallView("3ds-max", "2020", ""),), ())
    assert needed(snapshot(here, software(2))).items() >= {"3ds-max": DeviceSet({1}), "maya": DeviceSet({2})}.items()


def test_what_no_system_of_the_station_can_run_takes_no_seat() -> None:
    assert "logic-pro" not in needed(snapshot(software(1)))


def test_a_station_never_heard_needs_everything() -> None:
    assert needed(snapshot(None))["revit"] == DeviceSet({1})


def test_recommended_titles_and_quotas_are_wanted_not_needed() -> None:
    found = demand_of(snapshot(software(1)), PATHWAYS, (), on=ON)
    assert found.wanted == dict.fromkeys(("blender", "nvda", "jaws"), DeviceSet({1}))
    assert "blender" not in found.needed


def test_courses_that_are_not_taught_ask_nothing() -> None:
    here = snapshot(software(1))
    assert "civil-3d" in needed(here)
    assert "civil-3d" not in needed(here, [section("A")])
    assert "civil-3d" in needed(here, [section("A"), section("B")])


def test_a_course_that_the_pathway_does_not_know_may_be_any() -> None:
    assert "civil-3d" in needed(snapshot(software(1)), [section("ED-9")])


def test_a_section_brings_its_pathway_into_the_lab() -> None:
    here = snapshot(software(1), lab=replace(B12, pathways=()))
    assert needed(here) == {}
    assert "revit" in needed(here, [section()])
    assert needed(here, [section(end=date(2026, 11, 22))]) == {}


def test_students_of_running_sections_need_seats_on_the_web() -> None:
    sections = [section("A", 28), section("B", 20), section("A", 99, end=date(2026, 11, 1)), section("A", 7, "999")]
    found = demand_of(snapshot(software(1)), PATHWAYS, sections, on=ON)
    heads = [(one.people, sorted(one.web)) for one in found.audiences]
    assert heads == [(28, ["onshape"]), (20, ["onshape", "onshape-b"])]
    assert [(one.people, sorted(one.web)) for one in found.others] == [(99, ["onshape"])]
    assert "onshape" not in found.needed


def test_rules_that_are_old_or_unverified_say_so() -> None:
    old = replace(DESIGN, needs=(replace(DESIGN.needs[0], mark=Mark("a page", date(2024, 1, 1), False)),))
    found = demand_of(snapshot(software(1)), {"152": old}, (), on=ON)
    assert found.notes["revit"] == ("asked for 152 by a rule that is old and unverified (a page, 2024-01-01)",)


def test_an_exam_is_needed_only_when_it_is_asked_for() -> None:
    exam = replace(DESIGN.needs[0], purpose=Purpose.EXAM)
    cswa = replace(exam, any_of=(Alternative("solidworks"),), certifications=("cswa",))
    unity = replace(exam, any_of=(Alternative("unity-editor"),), certifications=("unity",))
    web = replace(exam, any_of=(Alternative("portal"),), kind=Kind.WEB, certifications=("cswa",))
    offered = tuple(Certification(id_, id_, "", "", (), frozenset(), "", MARK) for id_ in ("cswa", "unity"))
    pathways = {"152": replace(DESIGN, needs=(*DESIGN.needs, cswa, unity, web), certifications=offered)}

    def asked(exam: str | None) -> tuple[set[str], set[str]]:
        found = demand_of(snapshot(software(1)), pathways, [section("A", 28)], on=ON, exam=exam)
        return {"solidworks", "unity-editor"} & found.needed.keys(), {"portal"} & {
            title for one in found.audiences for title in one.web
        }

    assert asked(None) == (set(), set())
    assert asked("cswa") == ({"solidworks"}, {"portal"})
    assert asked("") == ({"solidworks", "unity-editor"}, {"portal"})
    assert asked("an exam of another pathway") == (set(), set())


def test_of_two_that_are_installed_the_licensed_one_is_needed() -> None:
    """And of two that are missing: nobody is told to install what he may not run."""
    here = snapshot(software(1, inventor_professional="2026", autodesk_fusion="2026"), software(2))
    bought = Entitlement("autodesk-fusion", "", Metric.DEVICE, 9, ON)
    found = demand_of(here, PATHWAYS, (), on=ON, rights=Rights([bought], on=ON))
    assert found.needed["autodesk-fusion"] == DeviceSet({1, 2})
    elsewhere = replace(bought, scope=Scope.parse("site:PHS"))
    found = demand_of(here, PATHWAYS, (), on=ON, rights=Rights([elsewhere], on=ON))
    assert found.needed["inventor-professional"] == DeviceSet({1, 2})
