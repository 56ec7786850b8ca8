"""The tables go up and down on a filled database, and are what the row classes say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from fleet import schema
from fleet.schema import METADATA, SchemaOutdated
from inventory.arrival import Arrival
from inventory.record import record
from inventory.sections import SectionShelf
from tests.check_ins import check_in, given
from tests.district import NOW


def fill(engine: Engine, shelf: SectionShelf) -> None:
    """One device with all of its sections."""
    whole = check_in(1)
    with engine.begin() as connection:
        record(connection, shelf, [Arrival(whole, given(whole), None, NOW)])


def test_the_tables_are_what_the_rows_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_down_and_up_again_on_a_filled_database(engine: Engine, shelf: SectionShelf) -> None:
    fill(engine, shelf)
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(engine)
    shelf.forget()
    fill(engine, shelf)
    assert schema.revision(engine) == schema.newest()


def test_an_old_database_is_refused_with_what_to_do(engine: Engine) -> None:
    schema.downgrade(engine, "base")
    with pytest.raises(SchemaOutdated) as refused:
        schema.require_newest(engine)
    assert "labfleet init" in " ".join(refused.value.__notes__)
