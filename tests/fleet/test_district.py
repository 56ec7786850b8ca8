"""A district's folder and database: made, opened and backed up whole, or not at all."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import Session

from fleet import schema
from fleet.access import LabelTooLong, NoSuchEnrolment, create_enrolment, revoke_enrolment
from fleet.answers.status import district_status
from fleet.district import BackupFailed, back_up, district_session, make_district, open_district
from fleet.schema import SchemaOutdated
from fleet.settings import SettingsError, load
from inventory.places import SiteRow
from inventory.snapshots import load_sites
from inventory.views import SiteView


def test_a_backup_is_whole_and_replaces_nothing(tmp_path: Path) -> None:
    settings = load(tmp_path / "home")
    make_district(settings)
    target = tmp_path / "copy.db"
    with ThreadPoolExecutor(4) as several:
        ends = [end.exception() for end in [several.submit(back_up, settings, target) for _ in range(4)]]
    assert [type(end) for end in ends if end is not None] == [BackupFailed] * 3
    assert [place.name for place in tmp_path.iterdir() if "partial" in place.name] == []
    with sqlite3.connect(target) as copy:
        assert copy.execute("select version_num from alembic_version").fetchone() == (schema.newest(),)
    copy.close()
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(settings, target)


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    settings = load(tmp_path / "home")
    make_district(settings)
    with pytest.raises(BackupFailed, match="unable to open"):
        back_up(settings, tmp_path / "none" / "copy.db")
    dangling = tmp_path / "link.db"
    dangling.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(settings, dangling)
    assert {place.name for place in tmp_path.iterdir()} == {"home", "link.db"}


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    settings = load(tmp_path)
    make_district(settings)
    with sqlite3.connect(tmp_path / "labfleet.db") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    for use in (open_district, make_district):
        with pytest.raises(SchemaOutdated, match="9999, which this version does not know") as refused:
            use(settings)
        assert "bring this one up to date" in refused.value.__notes__[0]


def test_a_district_made_several_times_at_once_is_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as several:
        for end in [several.submit(make_district, load(tmp_path)) for _ in range(4)]:
            end.result()
    open_district(load(tmp_path)).dispose()


def test_the_status_shows_no_password_wherever_the_url_holds_it(tmp_path: Path) -> None:
    make_district(load(tmp_path))
    settings = load(tmp_path, database=f"sqlite:///{tmp_path / 'labfleet.db'}?password=s3cret")
    with Session(open_district(load(tmp_path))) as session:
        assert "s3cret" not in district_status(session, settings).database


def test_what_the_database_cannot_hold_is_refused_by_us(tmp_path: Path) -> None:
    settings = load(tmp_path)
    make_district(settings)
    with district_session(settings) as session:
        with pytest.raises(NoSuchEnrolment):
            revoke_enrolment(session, 10**30, settings.now())
        with pytest.raises(LabelTooLong):
            create_enrolment(session, SiteView(1, "A", "A"), "x" * 101, settings.now())


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_clock_of_another_age_is_refused(tmp_path: Path, year: str) -> None:
    with pytest.raises(SettingsError, match="not in this age"):
        load(tmp_path, clock=f"{year}-06-01T00:00:00Z")


def test_settings_that_are_no_text_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "url").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is not text"):
        _ = load(tmp_path, database_file=tmp_path / "url").database_url
    with pytest.raises(SettingsError, match="No such file"):
        _ = load(tmp_path, database_file=tmp_path / "none").database_url
    (tmp_path / "labfleet.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"labfleet\.toml"):
        load(tmp_path)


def test_a_command_that_writes_waits_for_the_server_instead_of_failing(tmp_path: Path) -> None:
    """Having read first, it could never write once the server has written meanwhile."""
    settings = load(tmp_path)
    make_district(settings)
    with district_session(settings, write=True) as session:
        before = len(load_sites(session))
        other = sqlite3.connect(tmp_path / "labfleet.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("insert into inventory_site (code, name) values ('B', 'B')")
        other.close()
        session.add(SiteRow(code="A", name="A"))
    with district_session(settings) as session:
        assert len(load_sites(session)) == before + 1
