"""Settings come from the environment before the file, and a wrong one is one clear line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.settings import FILE_NAME, SettingsError, default_home, load


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE_NAME).write_text("stale_after_days = 3\nport = 9000\n")
    monkeypatch.setenv("LABFLEET_PORT", "9001")
    settings = load(tmp_path)
    assert (settings.stale_after_days, settings.port, settings.refresh_age_years) == (3, 9001, 5)


@pytest.mark.parametrize(
    ("text", "named"),
    [("stale_after_days = 0", "stale_after_days"), ("colour = 1", "colour"), ("port = ", FILE_NAME)],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(SettingsError) as refused:
        load(tmp_path)
    assert named in str(refused.value)


def test_a_clock_without_a_zone_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("clock = 2026-11-23T16:00:00\n")
    with pytest.raises(SettingsError, match="time zone"):
        load(tmp_path)


def test_a_clock_stands_still(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("clock = 2026-11-23T16:00:00Z\n")
    assert load(tmp_path).now() == datetime(2026, 11, 23, 16, tzinfo=UTC)


def test_a_password_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABFLEET_DATABASE", "postgresql+psycopg://it:hunter2@db/labfleet")
    settings = load(tmp_path)
    assert "hunter2" not in repr(settings)
    assert "hunter2" in settings.database_url


def test_a_url_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("sqlite:///elsewhere.db\n")
    monkeypatch.setenv("LABFLEET_DATABASE_FILE", str(tmp_path / "url"))
    assert load(tmp_path).database_url == "sqlite:///elsewhere.db"


def test_the_current_folder_is_a_home_if_it_has_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_home() != tmp_path
    (tmp_path / FILE_NAME).write_text("")
    assert default_home() == tmp_path
    monkeypatch.setenv("LABFLEET_HOME", "/elsewhere")
    assert default_home() == Path("/elsewhere")
