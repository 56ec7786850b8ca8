"""A migrated database for each engine that we speak, and the writer's shelf over it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from fleet import schema
from inventory.database import open_database
from inventory.sections import SectionShelf
from inventory.titles import load_catalog

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with our tables and nothing in them: every test that asks for it runs on both engines."""
    url = f"sqlite:///{tmp_path / 'test.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = open_database(url)
    schema.upgrade(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def shelf() -> SectionShelf:
    """An empty memory over our catalog."""
    return SectionShelf(load_catalog())
