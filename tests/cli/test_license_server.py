"""`labfleet license server`, from the command line to the screen."""

import json
from pathlib import Path

import pytest

from cli.main import main
from fleet.district import make_district
from fleet.settings import load

CASES = Path(__file__).resolve().parents[1] / "licenses" / "cases" / "servers"


class Desk:
    """An operator's terminal on an empty district."""

    def __init__(self, home: Path, output: pytest.CaptureFixture[str]) -> None:
        self.home, self.output = home, output

    def run(self, *arguments: str) -> tuple[int, str, str]:
        self.output.readouterr()
        status = main(["--home", str(self.home), "license", "server", *arguments])
        said = self.output.readouterr()
        return status, said.out, said.err


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("COLUMNS", "100")
    make_district(load(tmp_path))
    return Desk(tmp_path, capsys)


def test_read_needs_no_district_and_writes_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = Desk(tmp_path / "none", capsys).run("read", str(CASES / "flexnet_cut_off.raw"), "--json")
    found = json.loads(out)
    assert (status, found["state"], found["server"]) == (0, "up", "lic1")
    first = found["features"][0]
    names = ("feature", "issued", "in_use", "queued", "reserved", "expires")
    assert [first[name] for name in names] == ["solidworks", 50, 1, 0, 0, None]
    assert found["features"][1]["in_use"] is None
    assert [one["line"] for one in found["unread"]] == [7, 8]
    assert "2 lines not understood (line 7, 8)" in err
    assert "bob" not in out + err


def test_read_shows_what_is_not_known_as_such(desk: Desk) -> None:
    status, out, _ = desk.run("read", str(CASES / "flexnet_autodesk_package.raw"))
    assert status == 0
    rows = {line.split("  ")[0]: line.split() for line in out.splitlines()}
    assert rows["64300ACD_T_F"][1:] == ["25", "3", "1", "0", "2026-08-31"]
    assert rows["FREE_VIEWER"][1:] == ["?", "?", "?", "?", "?", "uncounted"]
    assert desk.run("read", str(CASES / "flexnet_down.raw"))[1] == "server: down (the server gave no answer (-15))\n"
    assert "Turned away" in desk.run("read", str(CASES / "flexnet_log_midnight.raw"))[1]


def test_a_text_that_nobody_knows_is_no_failure_and_no_silence(desk: Desk) -> None:
    status, out, err = desk.run("read", str(CASES / "none_of_them.raw"))
    assert (status, out) == (0, "server: unknown (this is no text of a licence server that we know)\n")
    assert err.startswith("2 lines not understood")


def test_servers_are_added_polled_and_removed(desk: Desk) -> None:
    tools = desk.home / "tools"
    tools.mkdir()
    (tools / "lmutil").write_text(f"#!/bin/sh\ncat {CASES}/flexnet_autodesk_package.raw\n")
    (tools / "lmutil").chmod(0o755)
    assert desk.run("add", "cad", "--address", "27000@lic1")[0] == 0
    assert desk.run("add", "cad", "--address", "27000@lic1")[0] == 1
    assert desk.run("poll", "--check")[0] == 3
    assert desk.run("poll", "--check", "--tools", str(tools))[0] == 0
    assert json.loads(desk.run("list", "--json")[1])["servers"][0]["last"]["state"] == "up"
    assert "27000@lic1" in desk.run("list")[1]
    status, out, _ = desk.run("usage")
    assert status == 0
    assert out.splitlines()[1].split()[:7] == ["autocad", "district", "3", "25", "0", "?", "1"]
    assert "autocad" in desk.run("usage", "--title", "autocad")[1]
    assert json.loads(desk.run("usage", "--json")[1])["products"][0]["peak"]["in_use"] == 3
    assert desk.run("remove", "cad")[0] == 0
    assert "no licence server" in desk.run("poll")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("read", "x", "--kind", "sentinel"),
        ("add", "x", "--address", "--help-me"),
        ("add", " ", "--address", "1@h"),
        ("add", "x", "--address", "1@h", "--kind", "flexnet-log"),
        ("import", "x", "--server", "y", "--zone", "Mars/Base"),
    ],
)
def test_wrong_usage_is_told(desk: Desk, arguments: tuple[str, ...]) -> None:
    assert desk.run(*arguments)[0] == 2


def test_a_log_is_imported_into_the_peaks(desk: Desk) -> None:
    desk.run("add", "cad", "--address", "27000@lic1")
    log = str(CASES / "flexnet_log_midnight.raw")
    assert desk.run("import", log, "--server", "cad", "--zone", "America/Los_Angeles")[0] == 0
    out = desk.run("usage", "--since", "2026-12-01")[1]
    assert out.splitlines()[1].split()[:7] == ["autocad", "district", "3", "?", "?", "2", "0"]
    assert desk.run("import", log, "--server", "nobody")[0] == 1
