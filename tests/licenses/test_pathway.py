"""What a pathway asks, held against single numbers: floors with their tolerance, quotas, tools of the system."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.report import Platform, System
from licenses.marks import Mark
from licenses.pathway import Alternative, BuiltIn, HardwareFloor, Level, Purpose, Quota, TitleNeed

GIB = 2**30
MARK = Mark("test", date(2026, 11, 23), verified=True)
FLOOR = HardwareFloor(MARK, memory=16 * GIB, mhz=2500, vram=4 * GIB, unified_memory=16 * GIB, display=(1920, 1080))
NOTHING = HardwareFloor(MARK)


def _quota(at_least: int, percent: int) -> Quota:
    return Quota("q", "Q", (), (), True, at_least, percent, Level.REQUIRED, "", MARK)


@pytest.mark.parametrize(
    ("reported", "enough"),
    [(16 * GIB, True), (int(15.2 * GIB) + 1, True), (15_553 * 2**20, False), (int(15.6 * GIB), True), (8 * GIB, False)],
)
def test_memory_that_firmware_keeps_is_forgiven(reported: int, enough: bool) -> None:
    assert FLOOR.enough_memory(reported) is enough
    assert FLOOR.enough_unified_memory(reported) is enough


def test_graphics_memory_as_old_sources_cap_it_is_four_gigabytes() -> None:
    assert FLOOR.enough_vram(4_293_918_720)
    assert not FLOOR.enough_vram(3 * GIB)


@pytest.mark.parametrize(("mhz", "enough"), [(2500, True), (2496, True), (2400, False)])
def test_a_clock_may_be_rounded(mhz: int, enough: bool) -> None:
    assert FLOOR.enough_clock(mhz) is enough


@pytest.mark.parametrize(
    ("width", "height", "enough"),
    [(1920, 1080, True), (1920, 1200, True), (1080, 1920, True), (1366, 768, False), (2560, 1024, False)],
)
def test_a_display_needs_both_sides_either_way_up(width: int, height: int, enough: bool) -> None:
    assert FLOOR.enough_display(width, height) is enough


@given(st.integers(0), st.integers(1, 10_000))
def test_what_is_not_asked_is_always_enough(size: int, pixels: int) -> None:
    assert NOTHING.enough_memory(size)
    assert NOTHING.enough_vram(size)
    assert NOTHING.enough_unified_memory(size)
    assert NOTHING.enough_clock(size)
    assert NOTHING.enough_display(pixels, pixels)


@pytest.mark.parametrize(
    ("at_least", "percent", "of", "stations"),
    [(1, 5, 30, 2), (1, 5, 20, 1), (1, 5, 21, 2), (1, 0, 30, 1), (3, 5, 2, 2), (1, 5, 0, 0), (1, 100, 28, 28)],
)
def test_a_quota_is_a_number_of_stations(at_least: int, percent: int, of: int, stations: int) -> None:
    assert _quota(at_least, percent).stations(of) == stations


@given(st.integers(1, 10), st.integers(0, 100), st.integers(0, 500))
def test_a_quota_never_asks_for_more_than_the_lab_or_less_than_its_share(at_least: int, percent: int, of: int) -> None:
    stations = _quota(at_least, percent).stations(of)
    assert stations <= of
    assert stations == of or (stations >= at_least and stations * 100 >= of * percent)


@pytest.mark.parametrize(
    ("platform", "build", "has"),
    [
        (Platform.WINDOWS, "22621.4037", True),
        (Platform.WINDOWS, "19045.5", False),
        (Platform.WINDOWS, "", None),
        (Platform.MACOS, "24F74", False),
    ],
)
def test_a_tool_of_the_system_comes_with_a_build(platform: Platform, build: str, has: bool | None) -> None:
    tool = BuiltIn("Voice Access", Platform.WINDOWS, from_build="22621")
    assert tool.comes_with(System(platform, build=build)) is has


def test_a_tool_without_a_build_is_always_there() -> None:
    assert BuiltIn("Narrator", Platform.WINDOWS).comes_with(System(Platform.WINDOWS)) is True


def test_a_need_names_what_can_be_had_on_a_platform() -> None:
    need = TitleNeed(
        any_of=(Alternative("pro-tools"), Alternative("logic-pro", platforms=frozenset({Platform.MACOS}))),
        level=Level.REQUIRED,
        purpose=Purpose.TEACH,
        platforms=frozenset({Platform.MACOS, Platform.WINDOWS}),
        mark=MARK,
    )
    assert need.title == "pro-tools"
    assert need.titles == ("pro-tools", "logic-pro")
    assert [one.title for one in need.choices(Platform.WINDOWS)] == ["pro-tools"]
    assert [one.title for one in need.choices(Platform.MACOS)] == ["pro-tools", "logic-pro"]
    assert need.asked_on(Platform.MACOS)
    assert not need.asked_on(Platform.LINUX)
