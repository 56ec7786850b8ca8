"""Our pathways are whole and marked; a district's file replaces ours; a bad one is a line for each problem."""

from datetime import timedelta
from pathlib import Path

import pytest

from agents.report import DiskKind, Platform
from inventory.titles import load_catalog
from inventory.toml_file import DataFileProblems
from licenses.marks import Mark
from licenses.pathway import CourseLevel, Kind, Level, Occasion, Pathway, Purpose
from licenses.pathway_file import OURS, load_pathways

TITLES = load_catalog().by_id
PATHWAYS = {pathway.code: pathway for pathway in load_pathways(titles=TITLES)}

SMALL = """
code = "999"
name = "Trial"
sector = "None"
platforms = ["windows"]
mark = "m"
shelf_life_days = 30

[marks.m]
source = "a test"
as_of = 2026-11-23
verified = true

[[courses]]
code = "999A"
name = "First"
level = "introductory"

[[certifications]]
id = "exam"
name = "Exam"
issuer = "Somebody"
delivery = "somehow"
titles = ["revit"]
mark = "m"

[[needs]]
title = "revit"
from = "2024"
to = "2026"
level = "required"
purpose = "exam"
certifications = ["exam"]
courses = ["999A"]
mark = "m"

[floor]
memory = "16 GB"
display = "1920x1080"
mark = "m"

[preferred]
mark = "m"

[[quotas]]
id = "reader"
name = "Reader"
titles = ["nvda"]
at_least = 1
level = "required"
mark = "m"
"""


def _marks(pathway: Pathway) -> list[Mark]:
    marks = [pathway.mark, pathway.floor.mark, pathway.preferred.mark, *(need.mark for need in pathway.needs)]
    return marks + [one.mark for one in pathway.certifications] + [quota.mark for quota in pathway.quotas]


def _load(folder: Path, text: str, name: str = "999.toml") -> dict[str, Pathway]:
    (folder / name).write_text(text, encoding="utf-8")
    return {pathway.code: pathway for pathway in load_pathways(folder, titles=TITLES)}


def test_the_four_pathways_are_there() -> None:
    assert list(PATHWAYS) == ["113", "152", "174", "198"]
    assert {path.stem for path in OURS.glob("*.toml")} == set(PATHWAYS)


@pytest.mark.parametrize("code", sorted(PATHWAYS))
def test_a_pathway_of_ours_is_whole(code: str) -> None:
    pathway = PATHWAYS[code]
    assert {course.level for course in pathway.courses} == set(CourseLevel)
    assert pathway.certifications
    assert pathway.floor.memory
    assert pathway.preferred.memory
    assert (pathway.preferred.memory or 0) >= (pathway.floor.memory or 0)
    assert {quota.id for quota in pathway.quotas} >= {"accessible-station", "screen-reader", "magnifier"}
    assert any(need.level is Level.REQUIRED for need in pathway.asks(Occasion()))
    for mark in _marks(pathway):
        assert mark.source
        assert mark.as_of.year > 2000


@pytest.mark.parametrize("code", sorted(PATHWAYS))
def test_every_required_title_can_be_had_wherever_it_is_asked(code: str) -> None:
    pathway = PATHWAYS[code]
    for need in pathway.needs:
        if need.kind is Kind.STATION and need.level is Level.REQUIRED and need.purpose is Purpose.TEACH:
            for platform in pathway.platforms:
                assert not need.asked_on(platform) or need.choices(platform), (need.title, platform)


@pytest.mark.parametrize("code", sorted(PATHWAYS))
def test_what_nobody_has_checked_says_so(code: str) -> None:
    assert all(not mark.verified for mark in _marks(PATHWAYS[code]) if mark.source == "own knowledge")


@pytest.mark.parametrize("code", sorted(PATHWAYS))
def test_an_exam_that_runs_in_an_application_has_an_upper_bound(code: str) -> None:
    bounded = [need for need in PATHWAYS[code].needs if need.purpose is Purpose.EXAM and "runs in" in need.why]
    rolling = {"autodesk-fusion", "google-chrome"}
    assert all(need.any_of[0].versions.maximum for need in bounded if need.title not in rolling)


def test_a_web_title_is_never_asked_of_a_station() -> None:
    web = {"simchart", "ehr-go", "nha-portal", "onshape"}
    asked = {need.title: need.kind for pathway in PATHWAYS.values() for need in pathway.needs if need.title in web}
    assert asked == dict.fromkeys(web, Kind.WEB)


def test_a_file_is_read_field_by_field(tmp_path: Path) -> None:
    pathway = _load(tmp_path, SMALL)["999"]
    (need,) = pathway.asks(Occasion.of("exam"))
    assert (need.title, str(need.any_of[0].versions), need.courses) == ("revit", "2024 to 2026", ("999A",))
    assert need.mark.shelf_life == timedelta(days=30)
    assert pathway.asks(Occasion.of("other")) == pathway.asks(Occasion()) == ()
    assert pathway.asks(Occasion.of("")) == (need,)
    assert (pathway.floor.memory, pathway.floor.display, pathway.floor.cores) == (16 * 2**30, (1920, 1080), None)
    assert pathway.platforms == {Platform.WINDOWS}
    exam = pathway.certified("exam")
    assert exam is not None
    assert exam.name == "Exam"
    assert pathway.certified("none") is None


def test_alternatives_have_releases_and_platforms_of_their_own(tmp_path: Path) -> None:
    text = SMALL.replace(
        'title = "revit"\nfrom = "2024"\nto = "2026"',
        'any_of = [{ title = "revit", from = "2025" }, { title = "logic-pro", exists_on = ["macos"] }]',
    )
    first, second = _load(tmp_path, text)["999"].needs[0].any_of
    assert (first.title, first.versions.minimum, first.platforms) == ("revit", "2025", frozenset())
    assert (second.title, second.platforms) == ("logic-pro", frozenset({Platform.MACOS}))


def test_disk_kinds_are_read(tmp_path: Path) -> None:
    text = SMALL.replace('display = "1920x1080"', 'disk_kinds = ["ssd"]')
    assert _load(tmp_path, text)["999"].floor.disk_kinds == {DiskKind.SSD}


def test_a_file_of_the_district_replaces_ours(tmp_path: Path) -> None:
    changed = _load(tmp_path, SMALL.replace('code = "999"', 'code = "152"'), "mine.toml")
    assert set(changed) == set(PATHWAYS)
    assert changed["152"].name == "Trial"
    assert changed["113"] == PATHWAYS["113"]


def test_a_folder_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    assert load_pathways(tmp_path / "none", titles=TITLES) == tuple(PATHWAYS.values())


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'title = "revit"',
            'title = "revitt"',
            "999.toml, needs[1].title: there is no title 'revitt' in the catalog; did you mean revit?",
        ),
        (
            'titles = ["nvda"]',
            'titles = ["nvdaa"]',
            "999.toml, quotas[1].titles: there is no title in the catalog 'nvdaa'; did you mean nvda?",
        ),
        (
            'title = "revit"',
            'title = "revit"\nany_of = [{ title = "maya" }]',
            "999.toml, needs[1].title: a need names one title, or alternatives in any_of; write one of the two keys",
        ),
        (
            'title = "revit"\nfrom = "2024"\nto = "2026"\n',
            "",
            "999.toml, needs[1].title: a need names one title, or alternatives in any_of; write one of the two keys",
        ),
        (
            'title = "revit"\nfrom = "2024"\nto = "2026"\n',
            "any_of = []\n",
            "999.toml, needs[1].any_of: holds no alternative",
        ),
        ('to = "2026"', 'to = "2020"', "999.toml, needs[1].to: 2020 is before 2024"),
        (
            'level = "required"\npurpose',
            'level = "must"\npurpose',
            "999.toml, needs[1].level: 'must' is not one of the choices; write one of: required, recommended",
        ),
        (
            'purpose = "exam"\n',
            "",
            '999.toml, needs[1].certifications: only a need of an exam has them; write purpose = "exam"',
        ),
        (
            'certifications = ["exam"]',
            'certifications = ["exma"]',
            "999.toml, needs[1].certifications: there is no certification 'exma'; did you mean exam?",
        ),
        (
            'courses = ["999A"]',
            'courses = ["999B"]',
            "999.toml, needs[1].courses: there is no course '999B'; did you mean 999A?",
        ),
        (
            'mark = "m"\n\n[preferred]',
            'mark = "n"\n\n[preferred]',
            "999.toml, floor.mark: there is no mark 'n' in [marks]",
        ),
        ('mark = "m"\nshelf', "shelf", "999.toml, mark: is missing"),
        ('source = "a test"\n', "", "999.toml, marks.m.source: is missing"),
        (
            'display = "1920x1080"',
            'display = "big"',
            "999.toml, floor.display: 'big' is not a size in pixels; write it as \"1920x1080\"",
        ),
        (
            'memory = "16 GB"',
            'memorry = "16 GB"',
            "999.toml, floor.memorry: this key is not known; did you mean memory?",
        ),
        (
            "at_least = 1",
            "at_least = 0",
            "999.toml, quotas[1].at_least: 0 is out of range; write a number from 1 to 1000",
        ),
        (
            'titles = ["nvda"]\n',
            "",
            (
                "999.toml, quotas[1].titles: nothing could ever meet this quota; "
                "name titles, built_in or accessible_station"
            ),
        ),
        (
            'platforms = ["windows"]',
            "platforms = []",
            "999.toml, platforms: names no system that the pathway can be taught on",
        ),
        (
            "[[certifications]]",
            '[[courses]]\ncode = "999A"\nname = "Again"\nlevel = "capstone"\n\n[[certifications]]',
            "999.toml, courses: '999A' stands there twice",
        ),
    ],
)
def test_each_problem_is_one_line(tmp_path: Path, old: str, new: str, line: str) -> None:
    assert SMALL.count(old) >= 1
    with pytest.raises(DataFileProblems) as raised:
        _load(tmp_path, SMALL.replace(old, new, 1))
    assert [str(problem) for problem in raised.value.problems] == [line]


def test_all_problems_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "1.toml").write_text("code = ", encoding="utf-8")
    (tmp_path / "2.toml").write_text(SMALL.replace('title = "revit"', 'title = "x"'), encoding="utf-8")
    (tmp_path / "3.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(DataFileProblems) as raised:
        load_pathways(tmp_path, titles=TITLES)
    lines = [str(problem) for problem in raised.value.problems]
    assert len(lines) == 3
    assert lines[0].startswith("1.toml: is not TOML: ")
    assert lines[1].startswith("2.toml, needs[1].title: there is no title 'x' in the catalog")
    assert lines[2] == "3.toml, code: another file has pathway '999' too; keep one of the two"


@pytest.mark.parametrize("code", sorted(PATHWAYS))
def test_a_quota_that_is_required_can_be_met_on_every_system(code: str) -> None:
    """Else a lab on that system could never be ready, whatever anybody does."""
    windows_only = {"nvda", "jaws", "fs-fusion", "zoomtext"}
    for quota in PATHWAYS[code].quotas:
        if quota.level is Level.REQUIRED and not quota.accessible_station:
            built_in = {tool.platform for tool in quota.built_in}
            assert set(quota.titles) <= windows_only
            assert built_in >= PATHWAYS[code].platforms, quota.name


def test_an_exam_about_a_title_that_no_need_asks_for_is_refused(tmp_path: Path) -> None:
    """A lab without it would pass for ready."""
    (tmp_path / "999.toml").write_text(SMALL.replace('certifications = ["exam"]\n', ""), encoding="utf-8")
    with pytest.raises(DataFileProblems) as raised:
        load_pathways(tmp_path, titles=TITLES)
    (line,) = map(str, raised.value.problems)
    assert line.startswith("999.toml, certifications[1]: exam is about revit, and no need asks for it; add a need")


def test_an_exam_of_ours_is_asked_of_those_who_deliver_it() -> None:
    """Certiport delivers some of the exams, not all: no lab needs its Compass for the others."""
    for pathway in PATHWAYS.values():
        for exam in pathway.certifications:
            titles = {title for need in pathway.asks(Occasion.of(exam.id)) for title in need.titles}
            assert ("certiport-compass" in titles) == ("Compass" in exam.delivery), exam.id
