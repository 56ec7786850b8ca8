"""Every option of the server and the command line, in one table; read once and passed down."""

import os
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from fleet.errors import FleetError

FILE_NAME = "labfleet.toml"


class SettingsError(FleetError, ValueError):
    """A setting that cannot be used: names where it stands and what is wrong with it."""

    code = "bad-setting"


class Settings(BaseSettings):
    """One district's options: environment (`LABFLEET_…`) before the file `labfleet.toml` in the home folder."""

    model_config = SettingsConfigDict(env_prefix="LABFLEET_", extra="forbid", frozen=True)

    home: Path = Field(description="The district's folder: its settings file, its database and its own rules.")
    database: SecretStr = Field(
        default=SecretStr(""),
        description="Database URL, `sqlite:///FILE` or `postgresql+psycopg://…`. Empty: `labfleet.db` in the home.",
    )
    database_file: Path | None = Field(default=None, description="A file that holds the database URL instead.")
    clock: datetime | None = Field(
        default=None, description="A moment at which the clock stands still, for demonstrations; never in service."
    )
    stale_after_days: int = Field(
        default=14, ge=1, le=365, description="Days of silence after which a device is unheard."
    )
    refresh_age_years: int = Field(default=5, ge=1, le=30, description="Age at which a device is due for replacement.")
    shelf_life_days: int = Field(
        default=400, ge=1, description="Days after which a rule or a life-cycle date no longer gives a confident yes."
    )
    host: str = Field(default="127.0.0.1", description="Address that `labfleet serve` listens on.")
    port: int = Field(default=8460, ge=0, le=65535, description="Port that `labfleet serve` listens on; 0: a free one.")
    check_in_seconds: int = Field(
        default=14_400, ge=60, le=604_800, description="Pace that the server gives to the agents, in seconds."
    )
    max_body_bytes: int = Field(
        default=4_000_000, ge=1_000, description="Largest request as sent, in bytes; above it: 413."
    )
    max_report_bytes: int = Field(
        default=32_000_000, ge=1_000, description="Largest report once unpacked, in bytes; above it: 413."
    )
    concurrent_margin_percent: int = Field(
        default=0, ge=0, le=100, description="Seats for concurrent use to have in reserve, in percent; shown apart."
    )
    license_tools: Path | None = Field(
        default=None, description="Folder of the licence servers' own tools (lmutil, rlmutil); empty: on the PATH."
    )
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="Least severity that is logged."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed, then the environment, then the home's file."""
        home = init_settings().get("home")
        file = TomlConfigSettingsSource(settings_cls, toml_file=Path(home) / FILE_NAME if home else None)
        return (init_settings, env_settings, file)

    @property
    def database_url(self) -> str:
        """The URL with its password, if it has one: never print it."""
        if self.database_file is not None:
            try:
                return self.database_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "is not text"
                raise SettingsError(
                    f"database_file: {self.database_file}: {reason}",
                    hint="it must hold the database URL and be readable",
                ) from None
        return self.database.get_secret_value() or f"sqlite:///{self.home / 'labfleet.db'}"

    @property
    def stale_after(self) -> timedelta:
        """After how long a device's last word is no answer any more."""
        return timedelta(days=self.stale_after_days)

    @property
    def shelf_life(self) -> timedelta:
        """How long a rule gives a confident yes."""
        return timedelta(days=self.shelf_life_days)

    def now(self) -> datetime:
        """The moment at which questions are asked and reports received."""
        return self.clock or datetime.now(UTC)

    def overrides(self, kind: str) -> Path | None:
        """The folder of the district's own files of one kind ("catalog", "pathways", …), if it has one."""
        folder = self.home / kind
        return folder if folder.is_dir() else None


def default_home() -> Path:
    """`LABFLEET_HOME`, else the current folder if it is a home, else the user's data folder."""
    if named := os.environ.get("LABFLEET_HOME"):
        return Path(named)
    if Path(FILE_NAME).is_file():
        return Path.cwd()
    try:
        return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "labfleet"
    except RuntimeError:
        raise SettingsError(
            "there is no home folder", hint="name the district's with --home or LABFLEET_HOME"
        ) from None


def load(home: Path | None = None, **changes: Any) -> Settings:
    """The settings of a home folder; raises SettingsError with one line per setting that is wrong."""
    try:
        folder = (home or default_home()).expanduser().absolute()
    except RuntimeError:
        raise SettingsError(f"{home}: no such user", hint="name the folder without ~") from None
    if "?" in str(folder):  # it would end the path in the database's URL
        raise SettingsError(f"{folder}: a district's folder may not have a question mark", hint="choose another name")
    try:
        settings = Settings(home=folder, **changes)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{folder / FILE_NAME}: {error}", hint="correct the file, it is TOML") from None
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SettingsError(
            f"{folder / FILE_NAME} or LABFLEET_…: {problems}", hint="docs/reference/settings.md lists every setting"
        ) from None
    if settings.clock is not None and settings.clock.tzinfo is None:
        raise SettingsError("clock: has no time zone", hint="write it as 2026-11-23T16:00:00Z")
    if settings.clock is not None and not 2000 <= settings.clock.year < 2200:
        raise SettingsError("clock: is not in this age", hint="write it as 2026-11-23T16:00:00Z")
    return settings
