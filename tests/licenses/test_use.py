"""Use: what is added up and what is not, packages and their components, and the hourly peaks in the database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from inventory.database import open_database
from inventory.titles import load_catalog
from inventory.toml_file import DataFileProblems
from licenses.feature_file import load_features
from licenses.rows import PeakRow
from licenses.servers.features import FeatureMap, autodesk_code
from licenses.servers.readers import read_status
from licenses.store.use import (
    LicenseServer,
    NoSuchServer,
    ServerExists,
    ServerState,
    add_server,
    note_state,
    peaks,
    record,
    remove_server,
    servers,
    states,
    use,
)
from licenses.suite_file import load_suites
from licenses.use import Tally, most, peaks_of, wholes

EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
TODAY = date(2026, 11, 24)
START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def known() -> FeatureMap:
    titles = load_catalog().by_id
    return load_features(titles=titles, suites=load_suites(titles=titles))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """On SQLite and on PostgreSQL, with migrated tables."""
    with Session(engine) as one:
        yield one


def _status(*features: tuple[str, int, int], vendor: str = "adskflex") -> bytes:
    lines = ["lic: license server UP (MASTER) v11", f"  {vendor}: UP v11"]
    lines += [
        f"Users of {name}:  (Total of {issued} licenses issued;  Total of {used} licenses in use)"
        for name, issued, used in features
    ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("name", "code", "year"),
    [
        ("87545ACD_2022_0F", "ACD", "2022"),
        ("64300ACD_T_F", "ACD", ""),
        ("64300ACD_F", "ACD", ""),
        ("12345AMECH_PP_2027_0F", "AMECH_PP", "2027"),
        ("123453DSMAX_2027_0F", "3DSMAX", "2027"),
    ],
)
def test_an_autodesk_feature_is_taken_apart(name: str, code: str, year: str) -> None:
    found = autodesk_code(name)
    assert found is not None
    assert (found.code, found.year) == (code, year)


def test_what_is_no_autodesk_feature_is_not() -> None:
    assert [autodesk_code(name) for name in ("MATLAB", "ACD_2022_0F", "87545ACD_2022", "")] == [None] * 4


def test_a_package_is_counted_and_its_components_are_not_counted_again(known: FeatureMap) -> None:
    text = _status(("64300ACD_T_F", 25, 3), ("87545ACD_2026_0F", 25, 2), ("86831ACD_2025_0F", 25, 1))
    tallies = wholes(known.tallies(read_status(text, on=TODAY)))
    assert [(one.feature, one.product, one.within, one.in_use) for one in tallies] == [
        ("64300ACD_T_F", "autocad", "", 3),
        ("87545ACD_2026_0F", "autocad", "autocad", 2),
        ("86831ACD_2025_0F", "autocad", "autocad", 1),
        ("", "autocad", "", 3),
    ]


def test_a_collection_takes_in_its_titles_once(known: FeatureMap) -> None:
    text = _status(("70000PDCOLL_T_F", 30, 7), ("88000INVPROSA_2027_0F", 30, 7), ("87545ACD_2027_0F", 30, 4))
    whole = {one.product: one.in_use for one in wholes(known.tallies(read_status(text, on=TODAY))) if not one.feature}
    assert whole == {"pdmc": 7}


def test_components_without_a_package_count_by_themselves(known: FeatureMap) -> None:
    text = _status(("87545ACD_2026_0F", 25, 2), ("86831ACD_2025_0F", 10, 1))
    whole = [one for one in wholes(known.tallies(read_status(text, on=TODAY))) if not one.feature]
    assert whole == [Tally("autocad", "", 3, 35, None, None)]


def test_a_feature_of_another_vendor_is_another_feature(known: FeatureMap) -> None:
    assert known.product("MATLAB", "MLM") == "matlab"
    assert known.product("matlab") == "matlab"
    assert known.product("MATLAB", "somebody") == ""
    assert known.product("87545ACD_2026_0F", "adskflex_1") == "autocad"
    assert known.product("99999NOSUCH_2026_0F", "adskflex") == ""


def test_of_a_server_that_is_down_nothing_is_counted(known: FeatureMap) -> None:
    down = read_status(b"lic: license server DOWN\n", on=TODAY)
    assert (down.state, known.tallies(down)) == ("down", ())
    text = (
        b"Users of MATLAB:  (Uncounted, node-locked)\nUsers of X:  (Error: 2 licenses, unsupported by licensed server)"
    )
    assert known.tallies(read_status(text, on=TODAY)) == ()


def test_seats_that_are_reserved_for_nobody_present_are_not_use(known: FeatureMap) -> None:
    text = _status(("MATLAB", 10, 8), vendor="MLM") + b"\n\t5 RESERVATIONs for GROUP G (lic/27000)\n"
    (tally,) = known.tallies(read_status(text, on=TODAY))
    assert (tally.in_use, tally.reserved) == (3, 5)


def test_a_districts_own_rules_go_before_ours(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[marks.us]\nsource = "our order"\nas_of = 2026-11-24\nverified = true\n'
        '[[features]]\nmark = "us"\n[features.names]\nMATLAB = "blender"\nSketchUp_Pro = "sketchup"\n'
    )
    titles = load_catalog().by_id
    own = load_features(tmp_path, titles=titles, suites=load_suites(titles=titles))
    assert (own.product("MATLAB"), own.product("sketchup_pro")) == ("blender", "sketchup")
    (tmp_path / "own.toml").write_text(
        '[marks.us]\nsource = "x"\nas_of = 2026-11-24\nverified = true\n'
        '[[features]]\nmark = "us"\n[features.names]\nX = "Blendr"\n[[features]]\nmark = "us"\n'
    )
    with pytest.raises(DataFileProblems) as problems:
        load_features(tmp_path, titles=titles, suites=load_suites(titles=titles))
    assert "no title and no suite 'Blendr'" in str(problems.value)
    assert "neither a name nor a code" in str(problems.value)


def test_every_product_of_ours_is_in_the_catalog_with_its_mark(known: FeatureMap) -> None:
    rules = [*known.names.values(), *known.codes.values()]
    assert {rule.mark.verified for rule in rules} == {False}
    assert len(known.codes) >= 20


def test_the_peak_of_an_hour_only_rises_and_every_poll_counts(session: Session) -> None:
    for minute, used in ((0, 3), (10, 9), (20, 5)):
        record(
            session,
            "cad",
            "MUIR",
            {EIGHT + timedelta(minutes=minute): wholes([Tally("revit", "RVT", used, 20)])},
            polls=1,
        )
    (row,) = session.exec(select(PeakRow).where(PeakRow.feature == "")).all()
    assert (row.in_use, row.polls, row.hour, row.site) == (9, 3, EIGHT, "MUIR")
    found = peaks(session, START)["revit"]
    assert (found.in_use, found.issued, found.at, found.source, found.polls, found.denied) == (
        9,
        20,
        EIGHT,
        "cad",
        3,
        None,
    )


def test_a_product_is_the_most_at_one_moment_not_the_sum_of_its_features_peaks(session: Session) -> None:
    record(session, "cad", "", {EIGHT: wholes([Tally("revit", "A", 9), Tally("revit", "B", 1)])}, polls=1)
    later = EIGHT + timedelta(minutes=20)
    record(session, "cad", "", {later: wholes([Tally("revit", "A", 2), Tally("revit", "B", 7)])}, polls=1)
    assert peaks(session, START)["revit"].in_use == 10
    assert {one.tally.feature: one.tally.in_use for one in use(session, START)} == {"": 10, "A": 9, "B": 7}


def test_servers_of_one_hour_are_added_and_hours_are_not(session: Session) -> None:
    nine = EIGHT + timedelta(hours=1)
    record(
        session,
        "a",
        "",
        {EIGHT: wholes([Tally("revit", "R", 6, 10)]), nine: wholes([Tally("revit", "R", 8, 10)])},
        polls=1,
    )
    record(session, "b", "", {EIGHT: wholes([Tally("revit", "R", 5, 7)])}, polls=1)
    found = peaks(session, START)["revit"]
    assert (found.in_use, found.issued, found.source, found.at) == (11, 17, "a, b", EIGHT)
    assert peaks(session, nine)["revit"].in_use == 8
    assert peaks(session, START, until=EIGHT) == {}


def test_refusals_are_summed_over_hours_and_not_counted_twice(session: Session) -> None:
    hours = {EIGHT + timedelta(hours=hour): wholes([Tally("revit", "R", None, denied=2)]) for hour in range(3)}
    for _ in range(2):  # the same log, imported again
        record(session, "cad", "", hours, polls=0)
    found = peaks(session, START)["revit"]
    assert (found.in_use, found.denied, found.polls) == (None, 6, 0)


def test_parts_of_a_package_and_unknown_features_make_no_peak(session: Session) -> None:
    record(
        session,
        "cad",
        "",
        {EIGHT: wholes([Tally("revit", "R", 4, within="aec-collection"), Tally("", "X", 2)])},
        polls=1,
    )
    assert peaks(session, START) == {}
    assert len(use(session, START)) == 2


@given(st.lists(st.none() | st.integers(0, 9)))
def test_the_most_of_what_is_known(numbers: list[int | None]) -> None:
    found: int | None = None
    for number in numbers:
        found = most(found, number)
    assert found == max((number for number in numbers if number is not None), default=None)


def test_servers_are_added_listed_and_removed(session: Session) -> None:
    add_server(session, LicenseServer("cad", "flexnet", "27000@lic1", "MUIR"))
    with pytest.raises(ServerExists):
        add_server(session, LicenseServer("cad", "rlm", "5053@lic2"))
    note_state(session, ServerState("cad", EIGHT, "up", ""))
    note_state(session, ServerState("cad", EIGHT - timedelta(hours=1), "down", "older news"))
    assert states(session)["cad"].state == "up"
    record(session, "cad", "", {EIGHT: wholes([Tally("revit", "R", 6)])}, polls=1)
    with pytest.raises(NoSuchServer) as problem:
        remove_server(session, "cda")
    assert "did you mean cad?" in problem.value.__notes__
    remove_server(session, "cad")
    assert (servers(session), states(session)) == ((), {})
    assert peaks(session, START)["revit"].in_use == 6


COUNTS = st.none() | st.integers(0, 5)
ROWS = st.tuples(
    st.sampled_from(["revit", "autocad", ""]),
    st.sampled_from(["a", "b"]),
    st.integers(0, 4),
    st.tuples(COUNTS, COUNTS, COUNTS),
)


@given(st.lists(ROWS, max_size=12))
def test_the_database_finds_the_same_peaks_as_reading_every_row(rows: list[Any]) -> None:
    engine = open_database("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        for product, source, hour, (used, issued, denied) in rows:
            tally = Tally(product, "F", used, issued, denied=denied)
            record(session, source, "", {EIGHT + timedelta(hours=hour): wholes([tally])}, polls=1)
        wanted = peaks_of(one.counted for one in use(session, START) if one.tally.product and not one.tally.feature)
        assert peaks(session, START) == wanted
    engine.dispose()
