"""Settings come from three places in one order, and a mistake in one is one clear line."""

import os
from pathlib import Path

import pytest

from agents.errors import CredentialError, SettingsError
from agents.settings import Settings, default_file, default_state, load_settings


def test_the_command_line_beats_the_environment_beats_the_file(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    file.write_text('server = "https://file"\ninterval = 100\ntimeout = 7\nstate = "/file"\n')
    environment = {"LABFLEET_AGENT_INTERVAL": "200", "LABFLEET_AGENT_SERVER": "https://environment"}
    settings = load_settings({"server": "https://line", "state": None}, environment=environment, file=file)
    assert (settings.server, settings.interval, settings.timeout, settings.state) == ("https://line", 200, 7, "/file")
    assert load_settings({}, environment={"LABFLEET_AGENT_CONFIG": str(file)}, file=None).timeout == 7


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("server = ", "Invalid value"),
        ('sever = "https://x"', "sever: no such setting"),
        ('interval = "often"', "interval: a whole number is expected"),
        ("interval = true", "interval: a whole number is expected"),
        ("interval = 0", "interval: must be 1 second or more"),
        ("server = 5", "server: a text is expected"),
        ('server = "fleet.example.org"', "'fleet.example.org' is no web address"),
        ('server = "file:///etc/passwd"', "is no web address"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, environment={}, file=file)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_named_file_must_exist_and_bad_bytes_are_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load_settings({}, environment={}, file=tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"bad\.toml"):
        load_settings({}, environment={}, file=tmp_path / "bad.toml")


def test_secrets_come_from_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    place = tmp_path / "secret"
    place.write_text("site-secret\n")
    place.chmod(0o600)
    settings = Settings(secret_file=str(place))
    assert settings.enrolment_secret() == "site-secret"
    place.chmod(0o604)
    with pytest.raises(CredentialError, match="others may read"):
        settings.enrolment_secret()
    file = tmp_path / "agent.toml"
    file.write_text('secret = "site-secret"\n')
    file.chmod(0o644)
    with pytest.raises(CredentialError, match="others may read"):
        load_settings({}, environment={}, file=file)


def test_every_setting_explains_itself() -> None:
    for item in Settings.__dataclass_fields__.values():
        assert item.metadata["help"], item.name


def test_the_usual_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_state() == Path("/var/lib/labfleet-agent")
    assert default_file() == Path("/etc/labfleet-agent.toml")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_STATE_HOME", "/x/state")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/x/config")
    assert default_state() == Path("/x/state/labfleet-agent")
    assert default_file() == Path("/x/config/labfleet-agent.toml")
