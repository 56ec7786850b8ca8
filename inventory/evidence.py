"""The tables of evidence: what was reported, what identifies a device, and where two claims collide."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from inventory.columns import Digest, Key, Moment


class ReportRow(SQLModel, table=True):
    """A report that changed something, and why it was taken for this device's; unchanged ones leave no row."""

    __tablename__ = "inventory_report"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    report: str = Field(sa_type=Digest, unique=True)
    device_id: int = Field(foreign_key="inventory_device.id", sa_type=Key, index=True)
    taken_at: datetime = Field(sa_type=Moment)
    received_at: datetime = Field(sa_type=Moment)
    agent_version: str = Field(max_length=40)
    outcome: str = Field(max_length=20)
    words: str = Field(max_length=2000)
    failures: list[dict[str, Any]] = Field(sa_type=JSON)


class IdentifierRow(SQLModel, table=True):
    """A value that a device states of itself; the same value on two devices is a question."""

    __tablename__ = "inventory_identifier"
    __table_args__ = {"sqlite_with_rowid": False}

    value: str = Field(primary_key=True, max_length=512)
    kind: str = Field(primary_key=True, max_length=20)
    device_id: int = Field(primary_key=True, foreign_key="inventory_device.id", sa_type=Key, index=True)
    current: bool = True


class ConflictRow(SQLModel, table=True):
    """Two devices that claim one identity; open until a person decides. Never merged silently."""

    __tablename__ = "inventory_conflict"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    device_id: int = Field(foreign_key="inventory_device.id", sa_type=Key, index=True)
    other_id: int = Field(foreign_key="inventory_device.id", sa_type=Key, index=True)
    kind: str = Field(max_length=20)
    value: str = Field(max_length=512)
    words: str = Field(max_length=1000)
    since: datetime = Field(sa_type=Moment)
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
