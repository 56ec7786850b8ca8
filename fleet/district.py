"""The district's database, made, opened and backed up."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from fleet import schema
from fleet.errors import FleetError
from fleet.settings import FILE_NAME, Settings
from inventory.database import database_address, open_database
from inventory.recognise_again import apply_catalog
from inventory.sections import SectionShelf
from inventory.titles import load_catalog

_SETTINGS_FILE = """\
# LabFleet: this district's settings; docs/reference/settings.md lists all of them.
# stale_after_days = 14
# refresh_age_years = 5
"""


class NoDistrict(FleetError, FileNotFoundError):
    """A home folder without an inventory."""

    code = "no-district"


class BackupFailed(FleetError, OSError):
    """A backup that was not written."""

    code = "backup-failed"


def make_district(settings: Settings) -> None:
    """Make the home folder, its settings file and the tables, or bring tables and recognition up to date."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        file = settings.home / FILE_NAME
        if not file.exists():
            file.write_text(_SETTINGS_FILE, encoding="utf-8")
    except OSError as error:
        raise NoDistrict(
            f"{settings.home}: no inventory can be made here: {error.strerror}",
            hint="name a folder that you may write with --home or LABFLEET_HOME",
        ) from None
    engine = open_database(settings.database_url)
    try:
        schema.upgrade(engine)
        with engine.execution_options(begin="IMMEDIATE").begin() as connection:
            apply_catalog(connection, SectionShelf(load_catalog(settings.overrides("catalog"))))
    finally:
        engine.dispose()


def open_district(settings: Settings) -> Engine:
    """The engine of a district that exists and is up to date; raises NoDistrict or SchemaOutdated."""
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise NoDistrict(
            f"there is no inventory in {settings.home}",
            hint="`labfleet init` makes one; --home or LABFLEET_HOME names another folder; `labfleet demo` shows one",
        )
    engine = open_database(settings.database_url)
    schema.require_newest(engine)
    return engine


@contextmanager
def district_session(settings: Settings, *, write: bool = False) -> Iterator[Session]:
    """A session on the district; what was written is committed when the block ends well, else nothing is.

    Whoever will write says so at once and waits for its turn: in SQLite, who has read first can only fail when the
    server has written meanwhile.
    """
    engine = open_district(settings)
    if write:
        engine = engine.execution_options(begin="IMMEDIATE")
    try:
        with Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()


def sqlite_file(settings: Settings) -> Path | None:
    """The database's file, or `None` for a server."""
    url = database_address(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def back_up(settings: Settings, target: Path) -> None:
    """Copy a SQLite database, whole and consistent while the server runs; refuses to overwrite."""
    source = sqlite_file(settings)
    if source is None:
        raise BackupFailed("this district's database is a PostgreSQL server", hint="back it up with pg_dump")
    open_district(settings).dispose()
    if os.path.lexists(target):
        raise BackupFailed(f"{target} exists already", hint="name a file that does not exist")
    partial = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(partial)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        os.link(partial, target)  # not `rename`, which would replace what another backup has written meanwhile
    except FileExistsError:
        raise BackupFailed(f"{target} exists already", hint="name a file that does not exist") from None
    except (sqlite3.Error, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BackupFailed(f"{target}: {reason}", hint="name a file in a folder with room for it") from None
    finally:
        with suppress(OSError):
            partial.unlink()
