"""`labfleet title`: what it says, in words and in JSON, and how it refuses."""

import json
from pathlib import Path

import pytest

from agents.report import RawInstall
from cli.main import lines
from cli.title import app
from inventory.titles import UnknownTitle
from tests.check_ins import REVIT
from tests.fleet.small_district import District


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    app(args=list(arguments), standalone_mode=False)
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABFLEET_HOME", str(tmp_path))


def test_explain_says_what_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "explain", "Revit 2024", "--publisher", "Autodesk", "--source", "windows")
    for word in ("Autodesk Revit", "revit", "2024", "product", "by publisher", "Counts as an install  yes"):
        assert word in out


def test_explain_in_json_is_one_object_per_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    listed = tmp_path / "list.tsv"
    listed.write_text(
        "name\tpublisher\tversion\tsource\nRevit 2024\t\t\twindows\nblender\t\t4.2\tdpkg\n", encoding="utf-8"
    )
    rows = [json.loads(line) for line in said(capsys, "explain", "--from", str(listed), "--json").splitlines()]
    assert [list(row) for row in rows] == [["name", "title", "title_id", "release", "role", "edition", "rule"]] * 2
    assert [(row["title"], row["release"], row["role"]) for row in rows] == [
        ("Autodesk Revit", "2024", "product"),
        ("Blender", "4.2", "product"),
    ]


def test_a_table_of_a_list_ends_with_the_count_of_installs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    listed = tmp_path / "list.tsv"
    listed.write_text("name\tsource\nRevit 2024\twindows\nRISA-3D\twindows\n", encoding="utf-8")
    app(args=["explain", "--from", str(listed)], standalone_mode=False)
    assert "2 entries, 1 install of titles in the catalog" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["explain"], ["explain", "A", "--from", "B"], ["explain", "A", "--source", "os2"]]
)
def test_what_cannot_be_explained_is_refused(arguments: list[str]) -> None:
    with pytest.raises(Exception, match=r"name an entry|is none of") as raised:
        app(args=arguments, standalone_mode=False)
    assert next(lines(raised.value)).startswith("error: ")


def test_show_says_where_it_is_from_and_offers_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Autodesk Revit" in said(capsys, "show", "revit")
    assert json.loads(said(capsys, "show", "Blender", "--json"))["id"] == "blender"
    with pytest.raises(UnknownTitle) as raised:
        app(args=["show", "Blendr"], standalone_mode=False)
    assert list(lines(raised.value)) == [
        "error: no title 'Blendr' in the catalog",
        "hint: did you mean Blender? `labfleet title list` shows them all",
    ]


def test_list_finds_by_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "list", "blackmagic")
    assert "davinci-resolve" in out
    assert "photoshop" not in out
    assert {"id", "name", "publisher"} <= set(json.loads(said(capsys, "list", "--json"))[0])
    assert "no title has 'qqq'" in said(capsys, "list", "qqq")


OWN = """\
publisher = "Pasadena Unified"
writes = ["pasadena unified"]
source = "own knowledge"
as_of = 2026-11-01
verified = false

[[title]]
id = "lab-timer"
name = "Lab Timer"
"""
TIMER = RawInstall(name="Lab Timer 3.1", version="3.1", publisher="Pasadena Unified", source="uninstall")


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    district = District(tmp_path / "district")
    district.hear(1, installs=(REVIT, TIMER))
    monkeypatch.setenv("LABFLEET_HOME", str(district.home))
    return district


@pytest.mark.usefixtures("heard")
def test_rules_are_tried_before_they_are_taken_over(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rules = tmp_path / "own.toml"
    rules.write_text(OWN)
    out = said(capsys, "test", str(rules))
    for word in ("New titles: lab-timer", "Lab Timer 3.1", "product, of no title"):
        assert word in out
    document = json.loads(said(capsys, "test", str(rules), "--json"))
    assert [(one["name"], one["would_be"]["title"], one["devices"]) for one in document["changes"]] == [
        ("Lab Timer 3.1", "lab-timer", 1)
    ]
    said(capsys, "test", str(rules), "--check")


@pytest.mark.usefixtures("heard")
def test_an_install_that_would_be_lost_fails_the_check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rules = tmp_path / "own.toml"
    rules.write_text(OWN.replace('"lab-timer"', '"revit"'))
    assert app(args=["test", str(rules), "--check"], standalone_mode=False) == 3
    assert "1 would be lost" in capsys.readouterr().err


@pytest.mark.usefixtures("heard")
def test_unknown_entries_are_listed_with_a_rule_to_begin_with(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = said(capsys, "unknown")
    for word in ("Lab Timer", "Pasadena Unified", "product"):
        assert word in out
    assert [one["name"] for one in json.loads(said(capsys, "unknown", "--json"))] == ["Lab Timer"]
    assert "every entry of this district is known" in said(capsys, "unknown", "--platform", "macos")
    rules = tmp_path / "own.toml"
    rules.write_text(said(capsys, "unknown", "--stub", "Lab Timer"))
    assert "New titles: lab-timer" in said(capsys, "test", str(rules))
