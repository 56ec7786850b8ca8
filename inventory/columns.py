"""The column types of every table: one way to store a moment, a digest and a JSON value."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, Table
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

# Set before the first table is made, so that every constraint has a name by which a migration can reach it.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

Key = BigInteger().with_variant(Integer(), "sqlite")
"""A primary key; SQLite numbers rows by itself only for its own INTEGER."""


def table_of(row: type[SQLModel]) -> Table:
    """The table of a row class, for Core statements on the hot paths."""
    return row.__table__  # type: ignore[attr-defined, no-any-return]  # SQLModel does not declare it


def key_of(row: SQLModel) -> int:
    """The primary key of a row that was read or flushed."""
    key = getattr(row, "id", None)
    if key is None:
        raise RuntimeError(f"{type(row).__name__} was not flushed")
    return int(key)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC: `timestamptz` in PostgreSQL, whole milliseconds since 1970 in SQLite.

    Six bytes and sortable; SQLite has no type of its own for moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Integers in SQLite, which has no type of its own for moments."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """A naive moment is a programming error: it would be read as UTC by chance."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"moment without a time zone: {value!r}")
        return round(value.timestamp() * 1000) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always aware and UTC, whatever the session's time zone."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromtimestamp(value / 1000, UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]  # the driver's datetime


class Digest(TypeDecorator[str]):
    """A digest, hexadecimal in Python, plain bytes in the database: half the size."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Raises ValueError on what is not hexadecimal."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Lower-case hexadecimal."""
        return None if value is None else bytes(value).hex()
