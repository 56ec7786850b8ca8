"""The connection to the district's database, SQLite or PostgreSQL, opened the one right way."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from inventory.errors import InventoryError


class DatabaseUrlError(InventoryError, ValueError):
    """A database URL that is not one, or names an engine that we do not speak."""

    code = "bad-database-url"


def open_database(url: str) -> Engine:
    """An engine on `sqlite:///FILE` or `postgresql+psycopg://…`; nothing is connected yet, the folder must exist."""
    address = database_address(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(
            address, poolclass=QueuePool, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=8
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin)
        return engine
    return create_engine(address, pool_pre_ping=True)


def database_address(url: str) -> URL:
    """The URL in its parts; raises DatabaseUrlError, which never shows it: it may hold a password."""
    hint = "write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError("the database URL cannot be read", hint=hint) from None
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise DatabaseUrlError(f"no support for a database of kind '{address.drivername}'", hint=hint)
    return address


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us: the driver's own begin too late for savepoints
    for pragma in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        "synchronous = FULL",  # an acknowledged report survives a power cut
        "busy_timeout = 30000",
        "cache_size = -65536",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    # A reader that later writes would fail at once with "locked" instead of waiting its turn.
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
