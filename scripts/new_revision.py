"""Draft a migration from what the tables say now; then read it.

python -m scripts.new_revision 0002 "what changes"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from fleet import schema
from inventory.database import open_database


def main(number: str, message: str) -> None:
    """Write `fleet/migrations/versions/NUMBER_message.py` from the difference to the newest revision."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'draft.db'}")
        schema.upgrade(engine)
        config = schema.alembic_config()
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
