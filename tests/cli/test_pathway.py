"""`labfleet pathway`: every rule is shown with its source, and an old one is called old."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

import cli.commands
from cli.district import Chosen
from cli.main import main
from cli.pathway import app

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs `labfleet pathway …` for an empty district, and says its status, output and errors."""
    tree = typer.Typer()

    @tree.callback()
    def home(context: typer.Context) -> None:
        context.obj = Chosen(tmp_path)

    tree.add_typer(app, name="pathway")
    monkeypatch.setattr(cli.commands, "app", tree)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["pathway", *words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_the_list_has_a_line_for_each_pathway(said: Said) -> None:
    status, out, _ = said("list", "--on", "2026-11-23")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["Code", "113", "152", "174", "198"]


def test_one_pathway_is_shown_with_titles_hardware_quotas_and_sources(said: Said) -> None:
    status, out, _ = said("show", "152", "--on", "2026-11-23")
    assert status == 0
    for words in (
        "152 Engineering Design",
        "Taught on  Windows",
        "2024 to 2026",
        "required for exam acu-revit",
        "1920 × 1080",
        "required: at least 1 and 5 % of the lab",
        "Voice Access (Windows from build 22621)",
        "[1] own knowledge, 2026-11-23, unverified\n",
    ):
        assert words in out, words
    assert " old" not in out


def test_an_old_rule_is_called_old_wherever_it_stands(said: Said) -> None:
    _, out, _ = said("show", "engineering design", "--on", "2028-06-01")
    assert "[1] unverified old" in out
    assert "[1] own knowledge, 2026-11-23, unverified; too old to be sure of" in out


def test_json_holds_the_whole_pathway_and_which_marks_are_stale(said: Said) -> None:
    _, out, _ = said("show", "198", "--on", "2026-11-23", "--json")
    document = json.loads(out)
    assert document["code"] == "198"
    assert {need["any_of"][0]["title"] for need in document["needs"]} >= {"simchart", "lockdown-browser"}
    assert document["floor"]["memory"] == 8 * 2**30
    assert [mark["source"] for mark in document["marks"] if mark["stale"]] == ["NHA candidate handbook"]
    _, out, _ = said("list", "--json")
    assert [one["code"] for one in json.loads(out)] == ["113", "152", "174", "198"]


def test_a_pathway_that_is_not_there_is_one_line_and_a_hint(said: Said) -> None:
    status, out, err = said("show", "Patient Car")
    assert (status, out) == (1, "")
    assert err == "error: no pathway 'Patient Car'\nhint: did you mean 198? `labfleet pathway list` shows them all\n"


def test_a_bad_file_of_the_district_is_a_line_for_each_problem(said: Said, tmp_path: Path) -> None:
    (tmp_path / "pathways").mkdir()
    (tmp_path / "pathways" / "own.toml").write_text("code = ", encoding="utf-8")
    status, out, err = said("list")
    assert (status, out) == (1, "")
    assert err.startswith("error: own.toml: is not TOML: ")
    assert len(err.splitlines()) == 1


def test_an_exam_is_shown_with_the_id_to_ask_for(said: Said) -> None:
    exam = json.loads(said("show", "152", "--json")[1])["certifications"][0]
    assert any(
        line.startswith(f"{exam['id']} ") and exam["name"] in line for line in said("show", "152")[1].splitlines()
    )
