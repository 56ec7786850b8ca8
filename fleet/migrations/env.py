"""How Alembic reaches the database: with the connection that `fleet.schema` passes in, never with a URL of its own."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import BigInteger
from sqlmodel import AutoString

from fleet.schema import METADATA
from inventory.columns import Digest, Moment


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Our column types as a drafted revision should spell them."""
    if kind != "type":
        return False
    if isinstance(item, Digest | Moment):
        return f"{type(item).__name__}()"
    if isinstance(item, BigInteger):
        return "Key"
    if isinstance(item, AutoString):
        return f"sa.String({item.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite changes a table by making it anew
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
