"""Which releases a purchase lets one run: by vendor, by the day, and what is not known stays not known."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.releases import ANY_RELEASE, VersionRange
from inventory.title_rules import ReleaseStyle
from inventory.titles import load_catalog
from inventory.toml_file import DataFileProblems
from licenses.cycle import Beyond, Cycle, Release
from licenses.entitlement import Entitlement
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.suite_file import load_suites
from licenses.version_rights import Allows, VersionRights
from licenses.version_rights_file import load_version_rights

TITLES = load_catalog().by_id
SUITES = {suite.id for suite in load_suites(titles=TITLES)}
OURS = load_version_rights(titles=TITLES, suites=SUITES)
START = date(2020, 7, 1)
MARK = Mark("a test", date(2026, 11, 1), verified=True)

HEAD = """
[marks.m]
source = "a test"
as_of = 2026-11-24
verified = true
"""
CYCLE = '[[cycles]]\nid = "c"\nbeyond = "unknown"\nmark = "m"\nreleases = [{ release = "1", at = 2020-01-01 }]\n'
RULE = '[[rules]]\nid = "r"\nbought = ["term"]\nallows = "any"\nmark = "m"\n'


def term(product: str, release: str = "") -> Entitlement:
    """A subscription that runs for a long time."""
    suite = product if product in SUITES else ""
    title = "" if suite else product
    return Entitlement(title, suite, Metric.NAMED_USER, 30, START, date(2035, 6, 30), release=release)


def perpetual(title: str, release: str = "", maintenance_end: date | None = None) -> Entitlement:
    """A licence for good."""
    return Entitlement(title, "", Metric.DEVICE, 30, START, release=release, maintenance_end=maintenance_end)


@pytest.mark.parametrize(
    ("on", "first"),
    [
        (date(2026, 3, 24), "2023"),
        (date(2026, 3, 25), "2024"),
        (date(2026, 11, 24), "2024"),
        (date(2027, 3, 25), "2025"),
        (date(2031, 1, 1), "2028"),
    ],
)
def test_an_autodesk_subscription_reaches_three_releases_back(on: date, first: str) -> None:
    allowed = OURS.allowed(term("revit", "2020"), "revit", on)
    assert allowed == VersionRange(minimum=first)
    assert allowed.holds(str(int(first) - 1)) is False
    assert allowed.holds(first) is True
    assert allowed.holds("") is None


@pytest.mark.parametrize(
    ("on", "title", "first"),
    [
        (date(2026, 10, 27), "photoshop", "2024"),
        (date(2026, 10, 28), "photoshop", "2025"),
        (date(2025, 1, 1), "photoshop", "2023"),
        (date(2025, 1, 1), "lightroom-classic", "12"),
    ],
)
def test_adobe_gives_the_latest_and_two_before(on: date, title: str, first: str) -> None:
    for bought in (term(title), term("creative-cloud-all-apps")):
        allowed = OURS.allowed(bought, title, on)
        assert allowed == VersionRange(minimum=first)
        assert allowed.holds("CS6") is False


def test_what_is_expected_only_says_so() -> None:
    assert "as expected" in OURS.why(term("photoshop"), "photoshop", date(2026, 11, 24))
    assert "as expected" not in OURS.why(term("photoshop"), "photoshop", date(2026, 1, 1))
    assert "as expected" not in OURS.why(term("revit"), "revit", date(2026, 11, 24))


ON = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("bought", "good", "bad"),
    [
        (perpetual("microsoft-office", "2021"), ("2021", "2016", "2010"), ("2024",)),
        (perpetual("microsoft-office", "2016", date(2022, 1, 1)), ("2021", "2013"), ("2024",)),
        (perpetual("pycharm", "2024.3"), ("2024.3", "2024.3.5"), ("2025.1", "2024.2")),
        (perpetual("matlab", "R2021a", date(2024, 6, 1)), ("R2024a", "R2021a", "R2019b"), ("R2024b",)),
        (perpetual("matlab", "R2021a", date(2027, 6, 1)), ("R2026b", "R2019b"), ()),
        (perpetual("solidworks", "2022", date(2024, 11, 1)), ("2024", "2020"), ("2025",)),
        (perpetual("revit", "2019"), ("2019", "2019.2"), ("2018", "2020")),
        (perpetual("jaws", "2024"), ("2024.2409",), ("2023", "2025")),
        (perpetual("jaws", "2023", date(2027, 1, 1)), ("2023", "2026"), ("2022",)),
        (perpetual("jaws", "2023", date(2025, 1, 1)), ("2023",), ("2024",)),
        (perpetual("final-cut-pro", "18"), ("17", "20"), ()),
        (term("jaws", "2024"), ("2024",), ("2023", "2025")),
        (term("pycharm"), ("2019.1", "2026.3"), ()),
    ],
    ids=lambda value: "" if isinstance(value, tuple) else f"{value.title}-{value.release}",
)
def test_what_was_bought_for_good(bought: Entitlement, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    allowed = OURS.allowed(bought, bought.title, ON)
    assert {allowed.holds(release) for release in good} == {True}
    assert {allowed.holds(release) for release in bad} <= {False}


@pytest.mark.parametrize(
    ("bought", "title"),
    [
        (term("autodesk-fusion"), "autodesk-fusion"),
        (term("pdmc"), "autodesk-fusion"),
        (term("microsoft-365-apps"), "microsoft-365-apps"),
        (term("dreamweaver"), "dreamweaver"),
        (term("eagle"), "eagle"),
        (perpetual("jaws"), "jaws"),
        (perpetual("jaws", "", date(2021, 1, 1)), "jaws"),
        (term("a title that is gone"), "a title that is gone"),
    ],
)
def test_nothing_is_ruled_out_without_a_release_to_go_by(bought: Entitlement, title: str) -> None:
    assert OURS.allowed(bought, title, ON) == ANY_RELEASE


def test_before_the_first_release_on_record_nothing_is_ruled_out() -> None:
    assert OURS.allowed(term("revit"), "revit", date(2010, 1, 1)) == ANY_RELEASE
    assert OURS.allowed(term("revit"), "revit", date(2017, 1, 1)) == ANY_RELEASE


def test_the_reason_names_rule_source_and_date() -> None:
    why = OURS.why(term("revit"), "revit", ON)
    assert "Autodesk, a subscription: 2024 or later: current is 2027" in why
    for said in ("synergis.com", "2026-11-23, unverified", "dates: own knowledge"):
        assert said in why


def test_a_window_counts_only_where_the_labels_can_be_compared() -> None:
    """A release "11.0" of a title that is numbered its own way would lie before every year."""
    for title in TITLES.values():
        judged = OURS.judged(term(title.id), title.id, ON)
        if judged.rule is not None and judged.rule.allows is Allows.WINDOW:
            assert title.release is ReleaseStyle.YEAR or title.id == "lightroom-classic", title.id


def test_every_kind_of_purchase_of_every_title_has_a_rule() -> None:
    for title in TITLES:
        for bought in (term(title, "2"), perpetual(title, "2"), perpetual(title, "2", ON)):
            assert "no rule" not in OURS.why(bought, title, ON)


days = st.dates(date(2010, 1, 1), date(2045, 1, 1))


@given(on=days, later=days)
def test_a_day_later_the_current_release_is_no_older(on: date, later: date) -> None:
    for rule in OURS.rules:
        if rule.cycle and on <= later and (before := rule.cycle.newest(on)):
            assert VersionRange(minimum=before).holds(rule.cycle.newest(later))


@given(on=days, release=st.sampled_from(["2016", "2019", "2021", "2024"]), until=days)
def test_maintenance_never_takes_away_what_was_bought(on: date, release: str, until: date) -> None:
    """Nor does its end, as long as it did not end before the release came out."""
    bought = perpetual("microsoft-office", release, max(until, date(2024, 9, 16)))
    assert OURS.allowed(bought, "microsoft-office", on).holds(release)


def test_a_cycle_goes_on_yearly_or_not_at_all() -> None:
    releases = (Release("R2026a", date(2026, 3, 1)), Release("R2026b", date(2026, 9, 1)))
    yearly, unknown = (Cycle("c", releases, beyond, MARK) for beyond in (Beyond.YEARLY, Beyond.UNKNOWN))
    back = [yearly.before(date(2028, 4, 1), steps) for steps in range(6)]
    assert back == ["R2028a", "R2027b", "R2027a", "R2026b", "R2026a", ""]
    assert unknown.newest(date(2028, 4, 1)) == "R2026b"
    assert yearly.listed(date(2026, 12, 1))
    assert not yearly.listed(date(2027, 3, 1))


def _load(folder: Path, *parts: str) -> VersionRights:
    (folder / "own.toml").write_text("\n".join((HEAD, *parts)), encoding="utf-8")
    return load_version_rights(folder, titles=TITLES, suites=SUITES)


def test_a_district_replaces_a_rule_and_a_cycle(tmp_path: Path) -> None:
    cycle = '[[cycles]]\nid = "autodesk"\nbeyond = "unknown"\nmark = "m"\nreleases = ['
    cycle += ", ".join(f'{{ release = "20{n}", at = 20{n}-01-01 }}' for n in range(20, 30)) + "]\n"
    assert _load(tmp_path, cycle).allowed(term("revit"), "revit", ON) == VersionRange(minimum="2023")
    rule = RULE.replace('"r"', '"autodesk-subscription"') + 'publisher = "Autodesk"\n'
    assert _load(tmp_path, rule).allowed(term("revit"), "revit", ON) == ANY_RELEASE


def test_a_districts_rule_for_one_suite_speaks_before_the_publishers(tmp_path: Path) -> None:
    rights = _load(tmp_path, RULE + 'titles = ["pdmc"]\n')
    assert rights.allowed(term("pdmc"), "autocad", ON) == ANY_RELEASE
    assert rights.allowed(term("aec-collection"), "autocad", ON) == VersionRange(minimum="2024")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (RULE + RULE, "rules[2].id: 'r' stands there twice"),
        (RULE + 'publisher = "Autodsek"\n', "did you mean Autodesk?"),
        (RULE + 'titles = ["revti"]\n', "there is no title or suite 'revti'"),
        (RULE.replace('"any"', '"window"'), "a window is counted from the current release"),
        (RULE + 'cycle = "autodsk"\n', "did you mean autodesk?"),
        (RULE.replace('["term"]', "[]"), "the rule is for no purchase"),
        (RULE.replace('mark = "m"', 'mark = "n"'), "there is no mark 'n'"),
        (RULE + "previous = -1\n", "-1 is out of range"),
        (RULE + "prevous = 1\n", "this key is not known"),
        (CYCLE + CYCLE, "cycles[2].id: 'c' stands there twice"),
        (CYCLE.replace('[{ release = "1", at = 2020-01-01 }]', "[]"), "a cycle without releases says nothing"),
        (CYCLE.replace("}]", '}, { release = "2", at = 2020-01-01 }]'), "2 does not come after 1"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, parts: str, said: str) -> None:
    with pytest.raises(DataFileProblems) as caught:
        _load(tmp_path, parts)
    assert said in str(caught.value)
