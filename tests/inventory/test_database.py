"""The connection to the database: whoever wants to write waits for its turn, and what it cannot have is one error."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from inventory import database
from inventory.database import DatabaseUrlError, database_address, open_database


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite file with one table."""
    engine = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        connection.execute(text("create table t (n integer)"))
    yield engine
    engine.dispose()


def add(engine: Engine) -> None:
    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        connection.execute(text("select count(*) from t")).scalar()
        connection.execute(text("insert into t values (1)"))


def test_a_writer_finds_its_turn_beside_one_that_never_rests(opened: Engine, tmp_path: Path) -> None:
    stop = threading.Event()

    def server() -> None:
        busy = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
        while not stop.is_set():
            busy.execute("begin immediate")
            time.sleep(0.02)
            busy.execute("commit")
            time.sleep(0.001)
        busy.close()

    running = threading.Thread(target=server)
    running.start()
    begun = time.monotonic()
    for _ in range(5):
        add(opened)
    stop.set()
    running.join()
    assert time.monotonic() - begun < 10


def test_who_waits_too_long_is_told_as_by_any_statement(
    opened: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(OperationalError, match="database is locked"):
        add(opened)
    other.execute("rollback")
    other.close()
    monkeypatch.undo()
    add(opened)


@pytest.mark.parametrize(
    "url", ["", "s3cret", "postgresql://u:s3cret/d", "postgresql://u:p@h:s3cret/d", "mysql://u:s3cret@h/d"]
)
def test_a_url_that_cannot_be_read_is_not_shown(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        database_address(url)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
