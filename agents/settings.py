"""The agent's settings: from the command line, the environment (`LABFLEET_AGENT_…`) and a TOML file, in this order."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from agents.errors import CredentialError, SettingsError

PREFIX = "LABFLEET_AGENT_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the agent; its help text is what the reference page shows."""

    server: str = field(
        default="", metadata={"help": "address of the LabFleet server, as in https://fleet.example.org"}
    )
    secret: str = field(
        default="", repr=False, metadata={"help": "enrolment secret of the site; better in a file of its own"}
    )
    secret_file: str = field(
        default="", metadata={"help": "file with the enrolment secret, readable by its owner only"}
    )
    state: str = field(default="", metadata={"help": "folder for the credential and for waiting reports"})
    interval: int = field(
        default=14_400, metadata={"help": "seconds between two check-ins, until the server states its own pace"}
    )
    first_delay: int = field(
        default=60, metadata={"help": "`run` waits a random time up to so many seconds first: labs boot at one bell"}
    )
    timeout: int = field(default=30, metadata={"help": "seconds that the server may take for one answer"})
    ca_file: str = field(default="", metadata={"help": "authorities that sign the server's certificate (PEM)"})

    @property
    def state_folder(self) -> Path:
        """Where the agent keeps its state: for root below /var/lib, for others where XDG wants state."""
        return Path(self.state) if self.state else default_state()

    def enrolment_secret(self) -> str:
        """The secret from the setting or its file; empty when none is set. Raises `CredentialError`."""
        return self.secret or (read_private(Path(self.secret_file)).strip() if self.secret_file else "")


def load_settings(given: Mapping[str, Any], *, environment: Mapping[str, str], file: Path | None) -> Settings:
    """The settings in force; raises `SettingsError`. A `file` that was named must exist, the usual one need not."""
    place = file or (Path(environment[PREFIX + "CONFIG"]) if environment.get(PREFIX + "CONFIG") else None)
    values: dict[str, Any] = dict(read_file(place, named=True) if place else read_file(default_file(), named=False))
    for item in fields(Settings):
        name = PREFIX + item.name.upper()
        if environment.get(name):
            values[item.name] = _typed(item.name, environment[name], where=name)
        if given.get(item.name) is not None:
            values[item.name] = _typed(item.name, given[item.name], where=f"--{item.name.replace('_', '-')}")
    settings = Settings(**values)
    if settings.server and not settings.server.startswith(("http://", "https://")):
        raise SettingsError(
            f"server: {settings.server!r} is no web address", hint="write it as https://fleet.example.org"
        )
    for name in ("interval", "timeout"):
        if getattr(settings, name) < 1:
            raise SettingsError(f"{name}: must be 1 second or more")
    return settings


def read_file(place: Path, *, named: bool) -> Mapping[str, Any]:
    """The settings of one TOML file."""
    try:
        text = place.read_bytes()
    except FileNotFoundError:
        if named:
            raise SettingsError(f"{place}: no such file") from None
        return {}
    except OSError as problem:
        if not named and isinstance(problem, PermissionError):
            return {}  # the service's own file holds its secret; others may still `show`
        raise SettingsError(f"{place}: {problem.strerror}") from None
    import tomllib

    try:
        rows = tomllib.loads(text.decode("utf-8"))
    except ValueError as problem:  # both of bad TOML and of bad UTF-8
        raise SettingsError(f"{place}: {problem}", hint='the file is TOML: name = "value", one a line') from None
    names = [item.name for item in fields(Settings)]
    for name in rows:
        if name not in names:
            raise SettingsError(f"{place}: {name}: no such setting", hint=f"there are: {', '.join(names)}")
    if rows.get("secret"):
        check_private(place)
    return {name: _typed(name, value, where=f"{place}: {name}") for name, value in rows.items()}


def read_private(place: Path) -> str:
    """The text of a file that nobody else may read; raises `CredentialError`."""
    try:
        check_private(place)
        return place.read_text("utf-8")
    except OSError as problem:
        raise CredentialError(f"{place}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise CredentialError(f"{place}: is no text") from None


def check_private(place: Path) -> None:
    """Raises `CredentialError` for a file that its group or the world may read. Windows keeps rights elsewhere."""
    if os.name == "posix" and place.stat().st_mode & 0o077:
        raise CredentialError(f"{place}: others may read this secret", hint=f"chmod 600 {place}")


def default_state() -> Path:
    """The folder for the agent's state where none is set."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "LabFleet" / "agent"
    if os.geteuid() == 0:
        return Path("/var/lib/labfleet-agent")
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "labfleet-agent"


def default_file() -> Path:
    """The usual settings file: the machine's for root, the user's for others."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "LabFleet" / "agent.toml"
    if os.geteuid() == 0:
        return Path("/etc/labfleet-agent.toml")
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "labfleet-agent.toml"


def _typed(name: str, value: Any, *, where: str) -> Any:
    """A value of the setting's type, from any of the three places."""
    wanted = type(getattr(Settings(), name))
    if wanted is int:
        if isinstance(value, bool) or not str(value).strip().isdigit():
            raise SettingsError(f"{where}: a whole number is expected")
        return int(value)
    if not isinstance(value, str):
        raise SettingsError(f"{where}: a text is expected")
    return value
