"""Rosters in a whole district: what is written, what is not, and that nobody's name or id is anywhere."""

import json
from pathlib import Path

import pytest

from cli.main import main
from fleet.district import district_session
from fleet.rosters import RosterOptions, import_roster_file
from inventory.table_file import TableProblems
from licenses.section import Section
from licenses.store.sections import sections
from licenses.store.timetable import learnt
from tests.fleet.small_district import District
from tests.licenses.roster_exports import (
    CLASS,
    CLASS_HEAD,
    ENROLMENT_HEAD,
    GOOD,
    ORGS,
    enrolment,
    export,
    packed,
)

BOMB = b"\0" * 30_000_000
SECRETS = ("zq-user-7711", "zq-user-7712", "Zqfirst", "Zqlast", "zq@example.edu")
PERSONS = f"sourcedId,givenName,familyName,email\n{SECRETS[0]},{SECRETS[2]},{SECRETS[3]},{SECRETS[4]}\n"


@pytest.fixture
def district(tmp_path: Path) -> District:
    return District(tmp_path / "home")


def stored(district: District) -> tuple[Section, ...]:
    with district_session(district.settings) as session:
        return sections(session)


def roster(district: District, path: Path, options: RosterOptions | None = None) -> object:
    with district_session(district.settings, write=True) as session:
        return import_roster_file(session, district.settings, path, options)


def test_an_export_replaces_the_sections_of_its_school_and_term(district: District, tmp_path: Path) -> None:
    roster(district, export(tmp_path))
    assert [(one.lab, one.code, one.headcount) for one in stored(district)] == [("MUIR/B12", "1", 2)]


def test_nothing_is_written_unless_all_is_right_or_the_user_says_partial(district: District, tmp_path: Path) -> None:
    before = stored(district)
    classes = CLASS_HEAD + CLASS.replace("c1,1", "c1,7") + CLASS.replace("k1", "k2").replace(",c1,", ",,")
    made = export(tmp_path, classes=classes)
    with pytest.raises(TableProblems, match="courseSourcedId: is blank"):
        roster(district, made)
    assert stored(district) == before
    roster(district, made, RosterOptions(dry_run=True, partial=True))
    assert stored(district) == before
    roster(district, made, RosterOptions(partial=True))
    assert [(one.code, one.headcount) for one in stored(district)] == [("1", 3), ("7", 2)]


def test_what_mapping_files_say_is_kept_for_the_next_time(district: District, tmp_path: Path) -> None:
    made = export(
        tmp_path,
        orgs=ORGS.replace("MUIR", "X1").replace("John Muir High", "Elm"),
        classes=CLASS_HEAD + CLASS.replace("B12", "Room 7").replace("c1,", "c2,"),
    )
    files = RosterOptions(
        courses=district.file("courses.csv", "code,pathway,course\nM1,152,152A\nZ9,none,\n"),
        rooms=district.file("rooms.csv", "site,location,lab\nMUIR,Room 7,C1\n"),
        sites=district.file("sites.csv", "school,site\nx1,MUIR\n"),
    )
    roster(district, made, files)
    roster(district, made)
    assert [(one.lab, one.course) for one in stored(district)] == [("MUIR/C1", "152A")]
    with district_session(district.settings) as session:
        assert learnt(session).courses == {"m1": ("152", "152A"), "z9": ("", "")}


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("courses", "code,pathway,course\nM1,152,152Q\n", "courses.csv row 2, course: no course of pathway 152 '152Q'"),
        ("courses", "code,pathway,course\nM1,251,152A\n", "courses.csv row 2, pathway: no pathway '251'"),
        ("rooms", "site,location,lab\nMUIR,Room 7,B21\n", "rooms.csv row 2, lab: no lab of MUIR 'B21'"),
        ("sites", "school,site\nx1,MIUR\n", "sites.csv row 2, site: no site 'MIUR'; did you mean MUIR?"),
    ],
)
def test_mistakes_in_mapping_files_are_named(
    district: District, tmp_path: Path, name: str, body: str, said: str
) -> None:
    options = RosterOptions(**{name: district.file(f"{name}.csv", body)})  # type: ignore[arg-type]  # one of the three files
    with pytest.raises(TableProblems) as found:
        roster(district, export(tmp_path), options)
    assert said in str(found.value)


def test_lists_of_persons_are_never_opened(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    persons = ("users.csv", "demographics.csv", "userProfiles.csv", "roles.csv", "Student.csv", "Teacher.csv")
    path = packed(tmp_path, {**GOOD, **dict.fromkeys(persons, BOMB)})
    body = path.read_bytes()
    opened: list[str] = []
    from zipfile import ZipFile

    really = ZipFile.open

    def watched(self: ZipFile, name: object, *rest: object, **named: object) -> object:
        opened.append(str(getattr(name, "filename", name)))
        return really(self, name, *rest, **named)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(ZipFile, "open", watched)
    done = roster(district, path)
    assert set(opened) <= set(GOOD)
    assert set(getattr(done, "unread")) == set(persons)  # noqa: B009 - the object is opaque here
    assert path.read_bytes() == body


def test_nobody_is_in_the_database_the_output_or_the_log(
    district: District, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    rows = ENROLMENT_HEAD + enrolment(SECRETS[0]) + enrolment(SECRETS[1])
    bad = (
        enrolment(SECRETS[0], begin=SECRETS[2])
        + enrolment(SECRETS[1], status=SECRETS[3])
        + f"{SECRETS[0]},{SECRETS[4]}\n"
    )
    home = ["--home", str(district.home), "roster", "import"]
    caplog.set_level(0)
    assert main([*home, str(packed(tmp_path, {**GOOD, "enrollments.csv": rows, "users.csv": PERSONS}))]) == 0
    spoilt = packed(tmp_path, {**GOOD, "enrollments.csv": rows + bad, "users.csv": PERSONS}, "spoilt.zip")
    assert main([*home, str(spoilt)]) == 1
    assert main([*home, "--partial", "--json", str(spoilt)]) == 0
    printed = "".join(capfd.readouterr()) + caplog.text
    assert "left unread: users.csv" in printed
    everything = printed.encode() + b"".join(path.read_bytes() for path in district.home.rglob("*") if path.is_file())
    assert b"152A" in everything
    assert [secret for secret in SECRETS if secret.encode() in everything] == []


def test_the_commands(district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(district.home), "roster"]
    assert main([*home, "import", "--dry-run", str(export(tmp_path))]) == 0
    printed = capsys.readouterr().out
    assert "students 3 → 2" in printed
    assert "this would be: 1 replaced" in printed
    assert main([*home, "import", str(export(tmp_path))]) == 0
    assert main([*home, "overlap", "--json"]) == 0
    out = capsys.readouterr().out
    found = json.loads(out[out.index("[") :])
    assert found[0]["name"].startswith("152 ")
    assert [(time["period"], time["students"]) for time in found[0]["times"]] == [("1", 2), ("3", 2)]
    assert (found[0]["peak_low"], found[0]["peak_high"]) == (2, 2)
    assert main([*home, "overlap", "--title", "Revit"]) == 0
    assert "2 students at once" in capsys.readouterr().out
    assert main([*home, "import", "--term", "fall", str(tmp_path)]) == 2
