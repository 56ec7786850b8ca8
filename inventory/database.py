"""The connection to the district's database, SQLite or PostgreSQL, opened the one right way."""

import sqlite3
import time
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from inventory.errors import InventoryError

PATIENCE = 30
"""Seconds that whoever wants to write waits for another process that does."""


class DatabaseUrlError(InventoryError, ValueError):
    """A database URL that is not one, or names an engine that we do not speak."""

    code = "bad-database-url"


def open_database(url: str) -> Engine:
    """An engine on `sqlite:///FILE` or `postgresql+psycopg://…`; nothing is connected yet, the folder must exist."""
    address = database_address(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(
            address, poolclass=QueuePool, connect_args={"timeout": PATIENCE, "check_same_thread": False}, pool_size=8
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
        f"busy_timeout = {PATIENCE * 1000}",
        "cache_size = -65536",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    """Begin to read; or to write, once no other process does.

    SQLite's own wait looks ten times a second only, and a busy server would be in between each time.
    """
    if connection.get_execution_options().get("begin", "DEFERRED") != "IMMEDIATE":
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    driver = connection.connection.driver_connection
    end = time.monotonic() + PATIENCE
    driver.execute("PRAGMA busy_timeout = 10")
    try:
        while time.monotonic() < end:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # which says what is wrong as every statement does
    finally:
        driver.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
