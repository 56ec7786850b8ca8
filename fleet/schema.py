"""The database's schema: which revision it has, and how it gets to ours."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlmodel import SQLModel

from fleet import rows as fleet_rows
from fleet.errors import FleetError
from inventory import devices, evidence, places, software
from licenses import rows as license_rows

TABLES = (places, devices, software, evidence, license_rows, fleet_rows)
"""The modules that define tables: importing them is what makes METADATA whole."""

METADATA = SQLModel.metadata


class SchemaOutdated(FleetError, RuntimeError):
    """A database whose tables are not those that this version reads."""

    code = "schema-outdated"


def alembic_config() -> Config:
    """How Alembic finds the revisions."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """The revision that this version works with."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return head or ""


def revision(engine: Engine) -> str:
    """The revision that the database has; empty for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(engine: Engine, target: str = "head") -> None:
    """Bring the tables up to a revision, in one transaction; raises SchemaOutdated for a newer version's database."""
    _require_known(revision(engine))
    _run(engine, target, up=True)


def downgrade(engine: Engine, target: str) -> None:
    """Bring the tables back to a revision; "base" empties the database."""
    _run(engine, target, up=False)


def _run(engine: Engine, target: str, *, up: bool) -> None:
    config = alembic_config()
    with engine.execution_options(begin="IMMEDIATE").begin() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(config, target)


def _require_known(found: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if found and found not in known:
        raise SchemaOutdated(
            f"the database has revision {found}, which this version does not know",
            hint="a newer labfleet has made it: bring this one up to date",
        )


def require_newest(engine: Engine) -> None:
    """Raise SchemaOutdated unless the database has the revision that this version works with."""
    found, wanted = revision(engine), newest()
    _require_known(found)
    if found != wanted:
        raise SchemaOutdated(
            f"the database has revision {found or 'none'}, this version needs {wanted}",
            hint="`labfleet init` makes the tables or brings them up to date",
        )
