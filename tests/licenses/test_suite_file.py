"""Suites cover what they hold, in the releases they held it; one that holds itself or nothing known is refused."""

from pathlib import Path

import pytest

from inventory.titles import load_catalog
from inventory.toml_file import DataFileProblems
from licenses.suite import Suite, covering
from licenses.suite_file import load_suites

TITLES = load_catalog().by_id
OURS = {suite.id: suite for suite in load_suites(titles=TITLES)}

HEAD = """
[marks.m]
source = "a test"
as_of = 2026-11-23
verified = true
"""


def _suite(id_: str, *lines: str) -> str:
    return "\n".join(["[[suites]]", f'id = "{id_}"', 'name = "N"', 'publisher = "P"', 'mark = "m"', *lines, ""])


def _load(folder: Path, *suites: str) -> dict[str, Suite]:
    (folder / "own.toml").write_text(HEAD + "\n".join(suites), encoding="utf-8")
    return {suite.id: suite for suite in load_suites(folder, titles=TITLES)}


def test_ours_are_there_and_marked() -> None:
    assert set(OURS) >= {"creative-cloud-all-apps", "aec-collection", "pdmc", "me-collection"}
    assert all(suite.mark.source and suite.members for suite in OURS.values())


@pytest.mark.parametrize(
    ("suite", "title", "covers"),
    [
        ("creative-cloud-all-apps", "premiere-pro", True),
        ("creative-cloud-all-apps", "revit", False),
        ("aec-collection", "revit", True),
        ("aec-collection", "autocad", True),
        ("aec-collection", "inventor-professional", False),
        ("pdmc", "inventor-professional", True),
        ("pdmc", "autocad-mechanical", True),
        ("me-collection", "maya", True),
        ("creative-cloud-all-apps", "character-animator", True),
        ("creative-cloud-all-apps", "bridge", False),
        ("creative-cloud-all-apps", "acrobat", False),
        ("sketchup-pro", "layout", True),
        ("pro-apps-bundle", "motion", True),
        ("freedom-scientific-fusion", "jaws", True),
        ("microsoft-365-a5", "microsoft-365-apps", True),
        ("jetbrains-all-products", "webstorm", True),
        ("solidworks-education-edition", "solidworks-visualize", True),
        ("sketchup-studio", "sketchup", True),
        ("maxon-one", "zbrush", True),
    ],
)
def test_ours_cover_what_they_hold(suite: str, title: str, covers: bool) -> None:
    assert OURS[suite].covers(title) is covers
    assert (OURS[suite] in covering(OURS.values(), title)) is covers


def test_a_collection_holds_a_title_in_the_years_it_held_it() -> None:
    assert [OURS["pdmc"].covers("inventor-nesting", release) for release in ("2019", "2020", "2026")] == [
        False,
        True,
        True,
    ]
    assert [OURS["aec-collection"].covers("dynamo-studio", release) for release in ("2018", "2021")] == [True, False]


def test_no_suite_holds_what_is_free_for_anyone() -> None:
    held = {title for suite in OURS.values() for title in suite.titles}
    assert [title for title in sorted(held) if TITLES[title].free] == []


def test_a_member_may_be_covered_in_some_releases_only(tmp_path: Path) -> None:
    suite = _load(tmp_path, _suite("s", 'members = [{ title = "maya", from = "2024", to = "2025" }]'))["s"]
    releases = ("2023", "2024", "2025.3", "2026", "")
    assert [suite.covers("maya", release) for release in releases] == [False, True, True, False, True]


def test_suites_within_are_taken_apart_to_any_depth(tmp_path: Path) -> None:
    suites = _load(
        tmp_path,
        _suite("a", 'suites = ["b"]', 'titles = ["revit"]'),
        _suite("b", 'suites = ["c"]'),
        _suite("c", 'titles = ["maya", "revit"]'),
    )
    assert suites["a"].titles == {"revit", "maya"}
    assert len(suites["a"].members) == 2
    assert suites["b"].titles == {"maya", "revit"}


def test_a_suite_of_the_district_replaces_ours(tmp_path: Path) -> None:
    suites = _load(tmp_path, _suite("pdmc", 'titles = ["revit"]'))
    assert suites["pdmc"].titles == {"revit"}
    assert set(suites) == set(OURS)


@pytest.mark.parametrize(
    ("suites", "lines"),
    [
        (
            [_suite("s", 'titles = ["revitt"]')],
            ["own.toml, suites[1].titles: there is no title in the catalog 'revitt'; did you mean revit?"],
        ),
        (
            [_suite("s", 'members = [{ title = "revitt" }]')],
            ["own.toml, suites[1].members[1].title: there is no title 'revitt' in the catalog; did you mean revit?"],
        ),
        (
            [_suite("s", 'suites = ["pdmcc"]')],
            ["own.toml, suites[1].suites: there is no suite 'pdmcc'; did you mean pdmc?"],
        ),
        (
            [_suite("s", 'suites = ["s"]')],
            ["own.toml, suites[1].suites: 's' contains itself; take it out of one of the suites within it"],
        ),
        (
            [_suite("s", 'suites = ["t"]'), _suite("t", 'suites = ["s"]')],
            [
                "own.toml, suites[1].suites: 's' contains itself; take it out of one of the suites within it",
                "own.toml, suites[2].suites: 't' contains itself; take it out of one of the suites within it",
            ],
        ),
        ([_suite("s")], ["own.toml, suites[1].titles: a suite without titles covers nothing"]),
        (
            [_suite("maya", 'titles = ["maya"]')],
            ["own.toml, suites[1].id: 'maya' is a title in the catalog; a purchase could not tell them apart"],
        ),
        (
            [_suite("s", 'titles = ["maya"]'), _suite("s", 'titles = ["revit"]')],
            ["own.toml, suites[2].id: 's' stands there twice; keep one of the two"],
        ),
        (
            [_suite("s", 'title = ["maya"]', 'titles = ["maya"]')],
            ["own.toml, suites[1].title: this key is not known; did you mean titles?"],
        ),
    ],
)
def test_each_problem_is_one_line(tmp_path: Path, suites: list[str], lines: list[str]) -> None:
    with pytest.raises(DataFileProblems) as raised:
        _load(tmp_path, *suites)
    assert [str(problem) for problem in raised.value.problems] == lines


def test_a_free_title_takes_no_seat_of_a_suite() -> None:
    """Else every machine with Bridge would count as one that has All Apps."""
    assert not [(suite.id, title) for suite in OURS.values() for title in suite.titles if TITLES[title].free]
