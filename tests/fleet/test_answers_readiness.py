"""`labfleet lab …` and the answers behind it, on a small district in a database."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from agents.report import System
from cli import lab as commands
from cli.district import Chosen
from fleet.answers.exams import NoSuchExam
from fleet.answers.labs import NoSuchLab, NoSuchPathway, list_labs, show_lab
from fleet.answers.positions import positions
from fleet.answers.readiness import lab_readiness
from fleet.district import district_session
from fleet.gap import Code, State
from fleet.licensed import Licence, Right
from inventory.views import Heard
from tests.check_ins import WIRESHARK, WORKSTATION
from tests.fleet.query_budget import at_most
from tests.fleet.small_district import ENDED, NOW, PATHWAY, District

TODAY = NOW.date()


@pytest.fixture
def district(tmp_path: Path) -> District:
    """Three machines of MUIR/B12 in three conditions, a fourth station empty; PHS/B12 never heard."""
    made = District(tmp_path / "home")
    made.hear(1)
    made.hear(2, installs=(WIRESHARK,))
    made.hear(3, days=40)
    return made


def states(session: Session, district: District, **asked: Any) -> dict[str, list[State]]:
    """The stations' states by lab."""
    answers = lab_readiness(session, district.settings, on=asked.pop("on", TODAY), **asked)
    return {one.lab.label: [station.state for station in one.stations] for one in answers}


def test_the_district(district: District) -> None:
    """From check-ins, lists and purchases to three states, and the students of the largest class."""
    with district_session(district.settings) as session:
        answers = lab_readiness(session, district.settings, on=TODAY)
    assert [(one.lab.label, one.pathway) for one in answers] == [
        ("MUIR/B12", "152"),
        ("MUIR/C1", ""),
        ("PHS/B12", "152"),
    ]
    busy, spare, other = answers
    assert [station.state for station in busy.stations] == [
        State.READY,
        State.NOT_READY,
        State.UNKNOWN,
        State.NOT_READY,
    ]
    assert [[gap.code for gap in station.gaps] for station in busy.stations] == [
        [],
        [Code.NOT_INSTALLED],
        [Code.STALE],
        [Code.NO_DEVICE],
    ]
    assert busy.sentence == "1 of 4 stations ready (2 if all that is unknown is well), 3 students: short 1 to 2"
    assert (busy.state, spare.state, other.state) == (State.NOT_READY, State.UNKNOWN, State.UNKNOWN)
    assert (busy.rules, busy.unverified) == (2, 2)


def test_a_handful_of_statements(district: District) -> None:
    """As many for a district as for one lab."""
    with district_session(district.settings) as session:
        for lab in (None, "MUIR/B12"):
            with at_most(13, session.connection()):
                lab_readiness(session, district.settings, lab=lab, on=TODAY)


def test_which_lab(district: District) -> None:
    """By label or by a name that only one site has; else the nearest, or where it is."""
    with district_session(district.settings) as session:
        assert list(states(session, district, lab="muir/b12")) == ["MUIR/B12"]
        assert list(states(session, district, lab="Spare Room")) == ["MUIR/C1"]
        with pytest.raises(NoSuchLab, match="B12 is at MUIR and PHS") as ambiguous:
            states(session, district, lab="b12")
        assert ambiguous.value.__notes__ == ["say MUIR/B12"]
        with pytest.raises(NoSuchLab, match="no lab 'MUIR/B13'") as unknown:
            states(session, district, lab="MUIR/B13")
        assert "did you mean MUIR/B12" in unknown.value.__notes__[0]


def test_which_pathway(district: District) -> None:
    """By code or name; a lab that is named answers even for what is not taught there."""
    with district_session(district.settings) as session:
        assert list(states(session, district, pathway="engineering design")) == ["MUIR/B12", "PHS/B12"]
        assert states(session, district, pathway="152", lab="C1") == {"MUIR/C1": [State.NOT_READY]}
        with pytest.raises(NoSuchPathway, match="no pathway '155'") as unknown:
            states(session, district, pathway="155")
        assert "did you mean 152" in unknown.value.__notes__[0]


def test_on_another_day(district: District) -> None:
    """The licence ends on 30 June 2027; the machines are as they were last heard."""
    with district_session(district.settings) as session:
        (before,) = lab_readiness(session, district.settings, lab="MUIR/B12", on=date(2027, 6, 30))
        (after,) = lab_readiness(session, district.settings, lab="MUIR/B12", on=date(2027, 7, 1))
    assert before.stations[0].state is State.READY
    assert [gap.code for gap in after.stations[0].gaps] == [Code.NOT_LICENSED]
    assert (after.heard_until, after.students) == (NOW, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"system": ENDED}, Code.SYSTEM_UNSUPPORTED),
        ({"hardware": replace(WORKSTATION, memory=8_000_000_000)}, Code.TOO_WEAK),
        ({"hardware": replace(WORKSTATION, memory=None)}, Code.HARDWARE_UNKNOWN),
    ],
)
def test_what_a_machine_says_next_changes_the_answer(
    district: District, changes: dict[str, System], code: Code
) -> None:
    """The newest report counts."""
    district.hear(1, days=-0.01, **changes)
    with district_session(district.settings) as session:
        (answer,) = lab_readiness(session, district.settings, lab="MUIR/B12", on=TODAY)
    assert code in {gap.code for gap in answer.stations[0].gaps}


def test_labs_and_what_stands_in_one(district: District) -> None:
    """The list counts stations, devices and those heard lately; one lab shows each station."""
    with district_session(district.settings) as session:
        lines = list_labs(session, district.settings)
        shown = show_lab(session, district.settings, "MUIR/B12")
    assert [(one.lab.label, one.stations, one.devices, one.fresh) for one in lines] == [
        ("MUIR/B12", 4, 3, 2),
        ("MUIR/C1", 1, 0, 0),
        ("PHS/B12", 1, 1, 0),
    ]
    assert [one.heard for one in shown.stations] == [Heard.FRESH, Heard.FRESH, Heard.STALE, None]


@pytest.fixture
def run(district: District) -> Callable[..., tuple[int, str]]:
    """Runs `labfleet lab …` on the district; the exit status and standard output."""

    def invoke(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(commands.app, arguments, obj=Chosen(district.home))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout

    return invoke


def test_ready_as_text(run: Callable[..., tuple[int, str]]) -> None:
    """The sentence, the causes with next steps, the stations with the ready ones in one line."""
    status, said = run("ready", "MUIR/B12")
    assert status == 0
    assert "✗ not ready: 1 of 4 stations ready (2 if all that is unknown is well), 3 students: short 1 to 2" in said
    assert "2 of 2 rules unverified" in said
    assert "install Autodesk Revit 2024 to 2026" in said
    assert "station 1 ready" in said
    assert "? unknown" in said
    assert "last heard 2026-10-14" in said
    status, said = run("ready", "--on", "2027-02-01")
    assert "machines as last heard by 2026-11-23" in said
    assert "PHS/B12" in said


def test_ready_as_json(run: Callable[..., tuple[int, str]]) -> None:
    """Every number of the text, and every gap."""
    status, said = run("ready", "MUIR/B12", "--json", "--check")
    (answer,) = json.loads(said)
    assert status == 3
    assert {
        key: answer[key] for key in ("state", "stations", "ready", "not_ready", "unknown", "short", "could_be")
    } == {
        "state": "not_ready",
        "stations": 4,
        "ready": 1,
        "not_ready": 2,
        "unknown": 1,
        "short": 2,
        "could_be": 2,
    }
    assert answer["causes"][0]["stations"] == [4]
    assert answer["station_answers"][1]["gaps"][0]["code"] == "not-installed"


def test_check_passes_only_when_all_students_have_a_station(
    district: District, run: Callable[..., tuple[int, str]]
) -> None:
    """Exit status 3 for not ready and for unknown alike."""
    assert run("ready", "PHS/B12", "--check")[0] == 3
    for number in (2, 3):
        district.hear(number, days=-0.01)
    assert run("ready", "MUIR/B12", "--check")[0] == 0
    assert run("ready", "--check")[0] == 3


def test_exam(district: District, run: Callable[..., tuple[int, str]]) -> None:
    """An exam asks what the pathway asks for exams."""
    exam = '\n[[certifications]]\nid = "acu"\nname = "User"\nissuer = "A"\ndelivery = "B"\ntitles = []\nmark = "test"\n'
    need = '\n[[needs]]\ntitle = "autocad"\nlevel = "required"\npurpose = "exam"\nmark = "test"\n'
    (district.home / "pathways" / "152.toml").write_text(PATHWAY + exam + need)
    assert "AutoCAD not installed" not in run("ready", "MUIR/B12")[1]
    assert "AutoCAD not installed" in run("ready", "MUIR/B12", "--exam", "acu")[1]
    assert "acu" in run("ready", "--exam", "any")[1]


def test_which_exam(district: District) -> None:
    """By its id; asked of the labs whose pathway leads to it."""
    exam = """
[[certifications]]
id = "acu-revit"
name = "Autodesk Certified User in Revit"
issuer = "Autodesk"
delivery = "Compass"
titles = ["revit"]
note = ""
mark = "test"

[[needs]]
title = "revit"
level = "required"
purpose = "exam"
certifications = ["acu-revit"]
mark = "test"
"""
    (district.home / "pathways" / "152.toml").write_text(PATHWAY + exam)
    with district_session(district.settings) as session:
        assert list(states(session, district, exam="acu-revit")) == ["MUIR/B12", "PHS/B12"]
        with pytest.raises(NoSuchExam, match="no exam 'acu-revti'") as unknown:
            states(session, district, exam="acu-revti")
        assert "did you mean acu-revit" in unknown.value.__notes__[0]


def test_a_pathway_that_is_not_taught_there_says_so_first(run: Callable[..., tuple[int, str]]) -> None:
    """It is answered all the same: what would it take?"""
    first = run("ready", "C1", "--pathway", "152")[1]
    assert first.startswith("MUIR/C1 does not teach 152; it teaches no pathway.")
    assert json.loads(run("ready", "C1", "--pathway", "152", "--json")[1])[0]["taught"] is False
    assert "does not teach" not in run("ready", "MUIR/B12", "--pathway", "152")[1]


def test_a_licence_that_ends_before_a_later_day_will_have_ended(run: Callable[..., tuple[int, str]]) -> None:
    said = " ".join(run("ready", "MUIR/B12", "--on", "2027-07-01")[1].split())
    assert "will have ended" in said
    assert "renew" in said


def test_where_every_student_is_served_no_station_is_in_the_way(district: District) -> None:
    """What the lab waits for comes first: seats on the web, not a machine that nobody needs."""
    with district_session(district.settings) as session:
        (one,) = lab_readiness(session, district.settings, lab="MUIR/B12", on=TODAY)
    assert commands.first_in_the_way(one) == f"{one.causes[0].message} ({len(one.causes[0].stations)})"
    web = Licence("onshape", Right.UNKNOWN, "0 to 28 persons")
    assert commands.first_in_the_way(replace(one, students=1, web=(web,))) == web.message


def test_stations_with_the_same_in_their_way_share_a_line(
    district: District, run: Callable[..., tuple[int, str]]
) -> None:
    """Labs are imaged alike."""
    district.hear(1, days=-0.01, installs=(WIRESHARK,))
    (line,) = [line for line in run("ready", "MUIR/B12")[1].splitlines() if line.startswith("1–2 ")]
    assert "2 devices" in line


def test_list_show_template_and_import(district: District, run: Callable[..., tuple[int, str]]) -> None:
    """The other verbs of the noun."""
    assert "MUIR/B12" in run("list")[1]
    assert json.loads(run("list", "--json")[1])[0]["stations"] == 4
    assert "no device" in run("show", "MUIR/B12")[1]
    template = run("template")[1]
    status, said = run("import", str(district.file("more.csv", template)))
    assert (status, said) == (0, "1 replaced\n")
    assert json.loads(run("list", "--json")[1])[0]["stations"] == 30


EXAM = """
[[certifications]]
id = "acu-autocad"
name = "Autodesk Certified User in AutoCAD"
issuer = "Autodesk"
delivery = "Compass"
titles = ["autocad"]
mark = "test"

[[needs]]
title = "autocad"
level = "required"
purpose = "exam"
certifications = ["acu-autocad"]
mark = "test"
"""


def test_positions_count_what_readiness_asks(district: District) -> None:
    """The needs of an exam are nobody's until that exam is asked for; then they are everybody's who sits it."""
    (district.home / "pathways" / "152.toml").write_text(PATHWAY + EXAM)
    with district_session(district.settings) as session:

        def needed(exam: str | None) -> dict[str, int]:
            found = positions(session, district.settings, on=TODAY, exam=exam)
            return {one.title: len(one.needed) for one in found if one.needed}

        def asked(exam: str | None) -> set[str]:
            answers = lab_readiness(session, district.settings, on=TODAY, exam=exam)
            codes = {Code.NOT_LICENSED, Code.LICENSE_SHORT}
            gaps = [gap for one in answers for station in one.stations for gap in station.gaps]
            return {gap.subject for gap in gaps if gap.code in codes}

        assert (needed(None), asked(None)) == ({"revit": 4}, set())
        assert needed("acu-autocad") == needed("") == {"autocad": 4, "revit": 4}
        assert asked("acu-autocad") == asked("") == {"autocad"}
        with pytest.raises(NoSuchExam):
            needed("acu-revit")


def test_an_exam_is_asked_with_the_needs_of_its_own_pathway(district: District) -> None:
    """Also of a lab that is named and teaches something else; and never under the name of another pathway."""
    other = (PATHWAY + EXAM).replace('code = "152"', 'code = "153"', 1).replace("152A", "153A")
    (district.home / "pathways" / "153.toml").write_text(other)
    with district_session(district.settings) as session:
        (answer,) = lab_readiness(session, district.settings, lab="MUIR/B12", on=TODAY, exam="acu-autocad")
        assert (answer.pathway, answer.exam, answer.ready) == ("153", "acu-autocad", 0)
        assert lab_readiness(session, district.settings, on=TODAY, exam="acu-autocad") == ()
        with pytest.raises(NoSuchExam, match="no exam 'acu-autocad' in pathway 152"):
            lab_readiness(session, district.settings, on=TODAY, exam="acu-autocad", pathway="152")
