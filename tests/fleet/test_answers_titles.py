"""New rules tried before they are taken over, and the entries that no title knows."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from agents.report import Platform, RawInstall, System
from fleet.answers.titles import UnknownEntry, UnknownName, rule_stub, try_rules, unknown_called, unknown_entries
from fleet.district import district_session
from inventory.catalog_conflicts import rule_conflicts
from inventory.recognition import Role
from inventory.titles import NothingToTry, load_catalog
from inventory.toml_file import DataFileProblems
from tests.check_ins import REVIT
from tests.fleet.query_budget import at_most
from tests.fleet.small_district import District

TIMER = RawInstall(name="Lab Timer 3.1", version="3.1", publisher="Pasadena Unified", source="uninstall")
TIMER_OLD = RawInstall(name="Lab Timer 3.0", version="3.0", publisher="Pasadena Unified", source="uninstall")
HELPER = RawInstall(name="Quux Print Helper", publisher="Quux", source="uninstall")
LIBRARY = RawInstall(name="libsomething9", source="dpkg")
LINUX = System(Platform.LINUX, "Debian", "12", "12.1", "", "x86_64")
MARKS = 'source = "own knowledge"\nas_of = 2026-11-01\nverified = false\n'
OWN = (
    f'publisher = "Pasadena Unified"\nwrites = ["pasadena unified"]\n{MARKS}\n'
    '[[title]]\nid = "lab-timer"\nname = "Lab Timer"\n'
)
NO_REVIT = f'publisher = "Autodesk"\n{MARKS}\n[[title]]\nid = "revit"\nname = "Something Else"\n'
THIEF = f'publisher = "Autodesk"\n{MARKS}\n[[title]]\nid = "revit-2"\nname = "Revit"\n'


@pytest.fixture
def district(tmp_path: Path) -> District:
    district = District(tmp_path / "home")
    district.hear(1, installs=(REVIT, TIMER))
    district.hear(2, installs=(REVIT, TIMER, TIMER_OLD, HELPER))
    district.hear(3, installs=(LIBRARY,), system=LINUX)
    return district


def written(folder: Path, body: str, name: str = "own.toml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(body)
    return path


def test_a_new_title_shows_what_it_would_gain(district: District, tmp_path: Path) -> None:
    with district_session(district.settings) as session, at_most(4, session.get_bind()):
        trial = try_rules(session, district.settings, written(tmp_path / "new", OWN))
    assert trial.added == ("lab-timer",)
    assert trial.replaced == ()
    assert [(one.name, one.devices, one.sets) for one in trial.changes] == [
        ("Lab Timer 3.1", 2, 2),
        ("Lab Timer 3.0", 1, 1),
    ]
    first = trial.changes[0]
    assert (first.was.title, first.was.counts) == ("", False)
    assert (first.would_be.title, first.would_be.release, first.would_be.counts) == ("lab-timer", "3.1", True)
    assert (first.gained, first.lost, trial.lost) == (True, False, ())


def test_an_install_that_would_be_lost_comes_first(district: District, tmp_path: Path) -> None:
    folder = written(tmp_path / "new", OWN).parent
    written(folder, NO_REVIT, "revit.toml")
    with district_session(district.settings) as session:
        trial = try_rules(session, district.settings, folder)
    assert trial.replaced == ("revit",)
    assert [(one.name, one.devices) for one in trial.lost] == [(REVIT.name, 2)]
    assert trial.changes[0].lost


def test_nothing_is_written(district: District, tmp_path: Path) -> None:
    rules = written(tmp_path / "new", OWN)
    with district_session(district.settings) as session:
        once = try_rules(session, district.settings, rules)
    with district_session(district.settings) as session:
        assert try_rules(session, district.settings, rules) == once
    assert not (district.home / "catalog").exists()


def test_two_titles_that_claim_one_name_are_named(district: District, tmp_path: Path) -> None:
    with district_session(district.settings) as session:
        trial = try_rules(session, district.settings, written(tmp_path / "new", THIEF))
    assert {(one.kind, one.titles) for one in trial.conflicts} == {("name", ("revit", "revit-2"))}
    assert [(one.name, one.titles, one.devices) for one in trial.claims] == [(REVIT.name, ("revit", "revit-2"), 2)]


def test_our_own_catalog_has_no_conflict() -> None:
    assert rule_conflicts(load_catalog()) == frozenset()


def test_what_is_no_file_of_rules_is_refused(district: District, tmp_path: Path) -> None:
    with district_session(district.settings) as session:
        with pytest.raises(NothingToTry, match="no file of rules"):
            try_rules(session, district.settings, tmp_path)
        with pytest.raises(DataFileProblems, match=r"own\.toml"):
            try_rules(session, district.settings, written(tmp_path / "bad", "publisher = 3"))


def test_a_tried_file_stands_in_place_of_the_one_of_its_name(district: District, tmp_path: Path) -> None:
    written(district.home / "catalog", OWN)
    with district_session(district.settings) as session:
        assert try_rules(session, district.settings, written(tmp_path / "new", OWN)).changes == ()
        gone = try_rules(session, district.settings, written(tmp_path / "new", OWN.replace("Lab Timer", "Clock")))
    assert [one.name for one in gone.lost] == ["Lab Timer 3.1", "Lab Timer 3.0"]


def test_unknown_entries_come_by_how_many_have_them(district: District) -> None:
    with district_session(district.settings) as session:
        found = unknown_entries(session, district.settings)
        assert unknown_entries(session, district.settings, most=1) == found[:1]
        assert unknown_entries(session, district.settings, platform=Platform.MACOS) == ()
    assert [(one.name, one.devices, one.looks_like) for one in found] == [
        ("Lab Timer", 2, Role.PRODUCT),
        ("Quux Print Helper", 1, Role.COMPONENT),
    ]
    assert found[0].versions == ("3.1", "3.0")
    assert found[0].publisher == "Pasadena Unified"


def test_two_versions_of_one_name_on_one_device_are_one_device(district: District) -> None:
    district.hear(4, installs=(TIMER_OLD,))
    with district_session(district.settings) as session:
        assert unknown_entries(session, district.settings)[0].devices == 3


def test_a_stub_is_a_rule_that_recognises_the_entry(district: District, tmp_path: Path) -> None:
    with district_session(district.settings) as session:
        found = unknown_entries(session, district.settings)
        stub = rule_stub(unknown_called(found, "lab timer 9"), day=date(2026, 11, 23))
        assert tomllib.loads(stub)["title"][0]["id"] == "lab-timer"
        trial = try_rules(session, district.settings, written(tmp_path / "new", stub))
        assert [one.would_be.title for one in trial.changes] == ["lab-timer", "lab-timer"]
        part = tomllib.loads(rule_stub(unknown_called(found, "Quux Print Helper"), day=date(2026, 11, 23)))
        assert part["family"][0]["role"] == "component"
        with pytest.raises(UnknownName, match="Nowhere"):
            unknown_called(found, "Nowhere")


def test_a_stub_survives_any_name(tmp_path: Path) -> None:
    odd = UnknownEntry('Say "hi" \\ ü', "", Platform.WINDOWS, "", (), Role.PRODUCT, 1, ())
    assert tomllib.loads(rule_stub(odd, day=date(2026, 11, 23)))["title"][0]["name"] == odd.name
    load_catalog(trial=written(tmp_path / "new", rule_stub(odd, day=date(2026, 11, 23))))
