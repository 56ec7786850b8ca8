"""The demonstration's district: the same each time, believable, and with every trouble that it promises."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

import pytest

from agents.report import Report, canonical, digest
from fleet.demo.district import BEFORE, CLONES, NEVER_HEARD, District, district
from fleet.demo.labs import NOW, SITES, LabPlan, labs_of_size
from fleet.demo.lists import FOLDER, image, software_list
from fleet.demo.makes import GIB, MAKES, SYSTEMS
from fleet.demo.plans import PLANS


@cache
def the_district() -> District:
    return district()


def last_reports(lab: str) -> dict[str, Report]:
    """The last report of each machine of a lab, by its name then."""
    code = lab.split("/")[1]
    names = {one.name for one in the_district().machines if one.lab == code}
    return {
        one.report.identity.hostname: one.report
        for one in the_district().deliveries
        if one.report.identity.hostname in names
    }


def all_of(name: str) -> list[Report]:
    return [one.report for one in the_district().deliveries if one.report.identity.hostname == name]


def titles(report: Report, word: str) -> list[str]:
    return [row.name for row in report.software.installs if word in row.name]


def test_two_runs_are_alike_to_the_byte() -> None:
    code = (
        "from agents.report import canonical, digest; from fleet.demo.district import district; found = district();"
        "print(digest(canonical(found.deliveries) + repr(found.labs).encode()))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(printed) == 1
    assert printed != {""}


def test_another_seed_gives_other_machines_in_the_same_labs() -> None:
    other = district("another")

    assert [lab.plan for lab in other.labs] == [lab.plan for lab in the_district().labs]
    assert not {one.identity.serial for one in other.machines} & {
        one.identity.serial for one in the_district().machines if not one.make.junk
    }


def test_it_has_three_sites_eight_labs_and_all_four_pathways() -> None:
    plans = [lab.plan for lab in the_district().labs]

    assert {plan.site for plan in plans} == set(SITES)
    assert len({plan.label for plan in plans}) == 8
    assert {plan.pathway for plan in plans} == {"113", "152", "198", "174"}
    assert 210 <= len(the_district().machines) <= 240


def test_machines_are_of_mixed_system() -> None:
    found = {one.report.system.name for one in the_district().deliveries}

    assert found == {"Windows 11", "Windows 10", "macOS", "Debian GNU/Linux"}


def test_nobody_reports_after_the_day_of_the_demonstration() -> None:
    for one in the_district().deliveries:
        assert one.report.taken_at <= one.received_at <= NOW
        assert one.report.vitals.booted_at is not None
        assert one.report.vitals.booted_at < one.report.taken_at


def test_identities_differ_unless_they_are_meant_not_to() -> None:
    machines = the_district().machines
    assert len({one.name for one in machines}) == len(machines)
    assert len({one.tag for one in machines}) == len(machines)
    assert len({interface.mac for one in machines for interface in one.interfaces}) == sum(
        len(one.interfaces) for one in machines
    )
    serials = [one.serial for one in machines if one.serial]
    assert len(set(serials)) == len(serials)
    uuids = Counter(one.identity.system_uuid for one in machines)
    assert [count for count in uuids.values() if count > 1] == [len(CLONES)]


def test_report_ids_are_all_different() -> None:
    ids = [one.report.id for one in the_district().deliveries]

    assert len(set(ids)) == len(ids)


def test_clones_share_a_board_uuid_and_a_system_and_state_junk_for_serials() -> None:
    clones = [last_reports("BLAIR/D110")[f"BLAIR-D110-{number:02}"].identity for number in CLONES]

    assert len({(one.system_uuid, one.system_id, one.disk_serials) for one in clones}) == 1
    assert {one.serial for one in clones} == {"To be filled by O.E.M."}


def test_the_stale_lab_was_not_heard_for_forty_days() -> None:
    reports = last_reports("BLAIR/D110").values()

    assert len(reports) == 24
    assert all(timedelta(days=40) <= NOW - report.taken_at < timedelta(days=41) for report in reports)


def test_half_of_the_half_imaged_lab_has_the_old_releases_and_no_revit() -> None:
    reports = last_reports("MUIR/B14")
    old = [report for report in reports.values() if not titles(report, "Revit")]

    assert len(old) == 15
    assert all(titles(report, "Autodesk AutoCAD 2023 - English") for report in old)
    assert all(titles(report, "Autodesk Revit 2026") for report in reports.values() if report not in old)


def test_one_lab_is_below_specification() -> None:
    hardware = [report.hardware for report in last_reports("PHS/M103").values()]

    assert Counter(one.memory for one in hardware) == {8 * GIB: 4, 16 * GIB: 20}
    assert Counter(gpu.vram for one in hardware for gpu in one.gpus) == {2 * GIB: 19, 4 * GIB: 5}


def test_two_macs_are_not_ready() -> None:
    reports = last_reports("PHS/M101")
    without = [name for name, report in reports.items() if not titles(report, "Premiere")]
    full = [name for name, report in reports.items() if report.vitals.volumes[0].free < 50_000_000_000]

    assert without == ["PHS-M101-09"]
    assert full == ["PHS-M101-21"]


def test_a_probe_that_failed_leaves_its_list_unread_and_says_why() -> None:
    report = last_reports("PHS/D204")["PHS-D204-12"]

    assert report.software.unasked == ("dpkg",)
    assert [failure.probe for failure in report.failures] == ["dpkg"]
    assert {row.source for row in report.software.installs} == {"snap", "flatpak"}


def test_a_machine_was_imaged_anew() -> None:
    before, after = all_of("MUIR-B12-07")

    assert before.identity.system_id != after.identity.system_id
    assert before.identity.serial == after.identity.serial


def test_a_machine_was_renamed() -> None:
    (before,), (after,) = all_of("PHS-SPARE-3"), all_of("PHS-D204-05")

    assert before.identity.serial == after.identity.serial
    assert before.taken_at < after.taken_at


def test_some_machines_have_a_history_of_software_and_system() -> None:
    early = [one.report for one in the_district().deliveries if one.received_at < BEFORE + timedelta(days=1)]
    changed = [
        report
        for report in early
        if any(report.software != other.software for other in all_of(report.identity.hostname))
    ]

    assert len(changed) >= 5
    assert len({report.system.release for report in all_of("BLAIR-M120-02")}) == 2


def test_some_machines_were_never_heard() -> None:
    heard = {one.report.identity.hostname for one in the_district().deliveries}
    silent = {one.name for one in the_district().machines} - heard

    assert silent == the_district().never_heard
    assert {f"BLAIR-H105-{number:02}" for number in NEVER_HEARD} < silent
    assert sum("-C" in name for name in silent) == 6


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_a_software_list_reads_whole(file: object) -> None:
    rows = software_list(getattr(file, "stem", ""), "2026")

    assert rows
    assert all(row.name.strip() == row.name and row.source for row in rows)
    assert all("\t" not in str(row) and not any(brace in row.name for brace in "{}") for row in rows)
    keys = [(row.source, row.identifier, row.name) for row in rows]
    assert len(set(keys)) == len(keys)


def test_the_lists_are_as_long_and_as_messy_as_real_ones() -> None:
    cad = last_reports("MUIR/B12")["MUIR-B12-05"].software.installs
    linux = last_reports("PHS/D204")["PHS-D204-01"].software.installs

    assert 250 <= len(cad) <= 350
    assert 800 <= len(linux) <= 1500
    assert sum("Revit" in row.name for row in cad) > 20  # one product, and all that it drags along
    assert any(row.hidden for row in cad)
    assert any(row.per_user for row in cad)


def test_labs_of_one_image_share_one_software_list() -> None:
    sets = Counter(digest(canonical(report.software)) for report in last_reports("MUIR/B12").values())

    assert sorted(sets.values()) == [2, 29]  # the accessible stations have a reader and a magnifier besides


def test_a_pattern_drops_rows_of_an_image() -> None:
    assert image("adobe-2026-windows", without="Premiere|Audition") == tuple(
        row for row in image("adobe-2026-windows") if "Premiere" not in row.name and "Audition" not in row.name
    )


def small_plans() -> Sequence[LabPlan]:
    return PLANS[:2]


def test_labs_can_be_built_in_any_number() -> None:
    labs = labs_of_size(5, small_plans())

    assert len({lab.plan.label for lab in labs}) == 5
    assert len({one.identity.system_uuid for lab in labs for one in lab.machines}) == sum(
        len(lab.machines) for lab in labs
    )


def test_every_plan_names_a_make_and_a_system() -> None:
    assert {plan.make for plan in PLANS} <= set(MAKES)
    assert {plan.system for plan in PLANS} <= set(SYSTEMS)
