"""Until when a system or a title is supported: the right day for each, and never "supported" by ignorance."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.report import Platform, System
from fleet.lifecycle import Support
from fleet.lifecycle_file import load_lifecycle
from inventory.titles import load_catalog
from inventory.toml_file import DataFileProblems

LIFECYCLE = load_lifecycle()
TODAY = date(2026, 11, 23)
WINDOWS, MACOS, LINUX = Platform.WINDOWS, Platform.MACOS, Platform.LINUX

HEAD = """
[marks.m]
source = "a test"
as_of = 2026-11-23
verified = true
"""


@pytest.mark.parametrize(
    ("system", "ends_on"),
    [
        (System(WINDOWS, "Windows 11", "24H2", "26100.4061", "Education"), date(2027, 10, 12)),
        (System(WINDOWS, "Windows 11", "24H2", "26100.4061", "Enterprise"), date(2027, 10, 12)),
        (System(WINDOWS, "Windows 11", "24H2", "26100.4061", "Pro"), date(2026, 10, 13)),
        (System(WINDOWS, "Windows 11", "24H2", "26100.4061", "Pro Education"), date(2026, 10, 13)),
        (System(WINDOWS, "Windows 11", "24H2", "10.0.26100", "ProfessionalEducation"), date(2026, 10, 13)),
        (System(WINDOWS, "Windows 11", "23H2", "22631.5", "Education"), date(2026, 11, 10)),
        (System(WINDOWS, "Windows 11", "23H2", "", "Pro"), date(2025, 11, 11)),
        (System(WINDOWS, "Microsoft Windows 11 Pro", "23H2", "", "Pro"), date(2025, 11, 11)),
        (System(WINDOWS, "Windows 11", "24H2", "26100.1", "Enterprise LTSC"), date(2029, 10, 9)),
        (System(WINDOWS, "Windows 11", "24H2", "26100.1", "IoTEnterpriseS"), date(2034, 10, 10)),
        # The registry of Windows 11 still says Windows 10: the build is right.
        (System(WINDOWS, "Windows 10", "24H2", "26100.1", "Education"), date(2027, 10, 12)),
        (System(WINDOWS, "Windows 10", "22H2", "19045.5", "Education"), date(2025, 10, 14)),
        (System(WINDOWS, "Windows 10", "22H2", "19045.5", ""), date(2025, 10, 14)),
        (System(WINDOWS, "Windows 7", "", "7601", "Professional"), date(2020, 1, 14)),
        (System(MACOS, "macOS", "13.6.1"), date(2025, 9, 15)),
        (System(MACOS, "macOS", "10.15.7"), date(2026, 2, 2)),
        (System(LINUX, "Ubuntu", "24.04"), date(2029, 5, 31)),
        (System(LINUX, "Debian GNU/Linux", "12"), date(2028, 6, 30)),
        (System(LINUX, "Fedora Linux", "43"), date(2026, 12, 9)),
        (System(LINUX, "Red Hat Enterprise Linux", "9.4"), date(2032, 5, 31)),
        (System(LINUX, "Rocky Linux", "8.10"), date(2029, 5, 31)),
    ],
)
def test_a_system_ends_on_its_day(system: System, ends_on: date) -> None:
    support = LIFECYCLE.ends(system)
    assert (support.known, support.ends_on) == (True, ends_on)
    assert support.mark is not None
    assert support.ended(ends_on) is False
    assert support.ended(date.fromordinal(ends_on.toordinal() + 1)) is True


@pytest.mark.parametrize(
    "system",
    [
        System(WINDOWS, "Windows 11", "26H2", "26300.1", "Education"),
        System(WINDOWS, "Windows 10", "", "", "Pro"),
        System(WINDOWS, "Windows Server 2025", "24H2", "26100.1", "Standard"),
        System(WINDOWS),
        System(MACOS, "macOS", "27.0"),
        System(MACOS, "macOS", ""),
        System(LINUX, "Debian GNU/Linux", "trixie/sid"),
        System(LINUX, "Arch Linux", "rolling"),
        System(LINUX),
        System(Platform.CHROMEOS, "ChromeOS", "140"),
    ],
)
def test_what_is_not_known_is_not_supported(system: System) -> None:
    support = LIFECYCLE.ends(system)
    assert not support.known
    assert support.ended(TODAY) is None
    assert support.note


def test_an_edition_that_was_not_stated_leaves_it_open_between_the_earliest_and_the_latest_end() -> None:
    support = LIFECYCLE.ends(System(WINDOWS, "Windows 11", "24H2", "26100.1"))
    assert [support.ended(day) for day in (date(2026, 10, 13), TODAY, date(2034, 10, 11))] == [False, None, True]
    assert "2026-10-13" in support.note


def test_without_an_edition_the_longest_service_may_still_be_the_right_one() -> None:
    support = LIFECYCLE.ends(System(WINDOWS, "Windows 10", "1507", "10240.1"))
    assert (support.sure_until, support.ends_on) == (date(2017, 5, 9), date(2025, 10, 14))


def test_an_end_that_is_only_expected_is_not_known() -> None:
    support = LIFECYCLE.ends(System(MACOS, "macOS", "14.7"))
    assert (support.known, support.ends_on, support.ended(TODAY)) == (True, None, None)
    assert support.mark is not None
    assert not support.mark.verified
    assert LIFECYCLE.ends(System(MACOS, "macOS", "26.1")).ended(TODAY) is False


def test_paid_updates_are_told_and_are_no_support() -> None:
    support = LIFECYCLE.ends(System(WINDOWS, "Windows 10", "22H2", "19045.5", "Education"))
    assert (support.ended(TODAY), support.extended_until) == (True, date(2028, 10, 10))
    assert support.extended_by.startswith("Extended Security Updates")


@pytest.mark.parametrize(
    ("title", "release", "ended"),
    [
        ("python", "3.10.11", True),
        ("python", "3.11", False),
        ("python", "3.99", None),
        ("python", "", None),
        ("microsoft-office", "2021", True),
        ("microsoft-office", "2024", False),
        ("unity-editor", "6000.0", True),
        ("unity-editor", "6000.3.2f1", False),
        ("blender", "4.5", False),
        ("oracle-jdk", "17", True),
        ("temurin-jdk", "17", False),
        ("photoshop", "2025", None),
        ("no-such-title", "1", None),
    ],
)
def test_a_release_of_a_title_ends(title: str, release: str, ended: bool | None) -> None:
    assert LIFECYCLE.title_ends(title, release).ended(TODAY) is ended


def test_every_title_with_an_end_is_in_the_catalog() -> None:
    assert set(LIFECYCLE.titles) <= set(load_catalog().by_id)


def test_every_release_has_an_end_or_a_day_to_be_sure_until_and_a_mark() -> None:
    releases = [end for system in LIFECYCLE.systems for end in system.releases]
    releases += [end for ends in LIFECYCLE.titles.values() for end in ends]
    assert len(releases) > 250
    for end in releases:
        assert end.ends_on or end.sure_until
        assert end.mark.source
        assert end.ends_on is None or end.mark.verified


@given(
    st.sampled_from(Platform), st.text(max_size=20), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12)
)
def test_whatever_a_machine_states_has_an_answer(
    platform: Platform, name: str, release: str, build: str, edition: str
) -> None:
    support = LIFECYCLE.ends(System(platform, name, release, build, edition))
    assert support.known or support.ended(TODAY) is None


@given(st.dates(), st.dates(), st.one_of(st.none(), st.dates()), st.one_of(st.none(), st.dates()))
def test_what_has_ended_stays_ended(day: date, later: date, ends_on: date | None, sure_until: date | None) -> None:
    support = Support("any", known=True, ends_on=ends_on, sure_until=sure_until)
    rank = {False: 0, None: 1, True: 2}
    first, last = sorted((day, later))
    assert rank[support.ended(first)] <= rank[support.ended(last)]


def test_a_district_replaces_a_system_or_a_title_and_keeps_the_rest(tmp_path: Path) -> None:
    own = (
        HEAD
        + '[[systems]]\nid = "macos"\nname = "macOS"\nplatform = "macos"\nmark = "m"\n'
        + 'releases = [{ release = "27", ends = 2029-09-30 }]\n'
        + '[titles.photoshop]\nmark = "m"\n'
        + 'releases = [{ release = "2025", ends = 2026-10-01 }, { release = "2025.4", ends = 2027-10-01 }]\n'
    )
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    changed = load_lifecycle(tmp_path)
    assert changed.ends(System(MACOS, "macOS", "27.1")).ends_on == date(2029, 9, 30)
    assert not changed.ends(System(MACOS, "macOS", "15")).known
    assert changed.title_ends("photoshop", "2025").ended(TODAY) is True
    assert changed.title_ends("photoshop", "2025.4.1").ended(TODAY) is False
    assert changed.titles["python"] == LIFECYCLE.titles["python"]
    assert changed.tracks == LIFECYCLE.tracks
    assert len(changed.systems) == len(LIFECYCLE.systems)


@pytest.mark.parametrize(
    ("release", "line"),
    [
        (
            '{ release = "1" }',
            (
                "own.toml, titles.maya.releases[1].ends: a release without an end would be supported for ever; "
                "write ends or sure_until"
            ),
        ),
        (
            '{ release = "1", ends = "2026" }',
            "own.toml, titles.maya.releases[1].ends: '2026' is not a day, such as 2026-08-22 without quotation marks",
        ),
        (
            '{ release = "1", ends = 2026-01-01, mark = "x" }',
            "own.toml, titles.maya.releases[1].mark: there is no mark 'x' in [marks]",
        ),
        (
            '{ release = "1", end = 2026-01-01, sure_until = 2026-01-01 }',
            "own.toml, titles.maya.releases[1].end: this key is not known; did you mean ends?",
        ),
    ],
)
def test_each_problem_is_one_line(tmp_path: Path, release: str, line: str) -> None:
    (tmp_path / "own.toml").write_text(f'{HEAD}[titles.maya]\nmark = "m"\nreleases = [{release}]\n', encoding="utf-8")
    with pytest.raises(DataFileProblems) as raised:
        load_lifecycle(tmp_path)
    assert [str(problem) for problem in raised.value.problems] == [line]
