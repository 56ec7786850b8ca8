"""How many statements an answer may take, so that thirty stations never become thirty queries."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


@contextmanager
def at_most(most: int, bind: Engine | Connection) -> Iterator[list[str]]:
    """Fails when more statements reach the database within the block; yields them as they come."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(bind, "before_cursor_execute", note)
    said = "\n".join(statements)
    assert len(statements) <= most, f"{len(statements)} statements, {most} allowed:\n{said}"
