"""The tables of devices: the machine, what it is made of, and what it was when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from inventory.columns import Digest, Key, Moment


class HardwareRow(SQLModel, table=True):
    """One exact make-up, shared by all devices that are built alike; `body` is the section as it was sent."""

    __tablename__ = "inventory_hardware"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    digest: str = Field(sa_type=Digest, unique=True)
    maker: str = Field(max_length=512)
    model: str = Field(max_length=512)
    body: dict[str, Any] = Field(sa_type=JSON)


class SystemRow(SQLModel, table=True):
    """One exact operating system, shared by all devices that run it."""

    __tablename__ = "inventory_system"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    digest: str = Field(sa_type=Digest, unique=True)
    platform: str = Field(max_length=10)
    name: str = Field(max_length=512)
    release: str = Field(max_length=512)
    body: dict[str, Any] = Field(sa_type=JSON)


class DeviceRow(SQLModel, table=True):
    """One physical machine. `evidence` is the digest of all that it last said of who it is.

    `vitals` are the numbers of its last check-in: volumes, battery, boot moment, addresses by interface.
    """

    __tablename__ = "inventory_device"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    name: str = Field(max_length=512)
    serial: str = Field(default="", max_length=512)
    asset_tag: str = Field(default="", max_length=512)
    site_id: int | None = Field(default=None, foreign_key="inventory_site.id", sa_type=Key)
    evidence: str | None = Field(default=None, sa_type=Digest, index=True)
    first_heard: datetime | None = Field(default=None, sa_type=Moment)
    last_heard: datetime | None = Field(default=None, sa_type=Moment)
    vitals: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    acquired_on: date | None = None
    cost_cents: int | None = Field(default=None, sa_type=Key)
    funding: str = Field(default="", max_length=200)


class StateRow(SQLModel, table=True):
    """What a device was from `since` to `until`; the one open interval is what it is."""

    __tablename__ = "inventory_state"
    __table_args__ = (
        Index(
            "uq_inventory_state_open",
            "device_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    device_id: int = Field(foreign_key="inventory_device.id", sa_type=Key, index=True)
    since: datetime = Field(sa_type=Moment)
    until: datetime | None = Field(default=None, sa_type=Moment)
    hardware_id: int = Field(foreign_key="inventory_hardware.id", sa_type=Key)
    system_id: int = Field(foreign_key="inventory_system.id", sa_type=Key)
    set_id: int = Field(foreign_key="inventory_software_set.id", sa_type=Key, index=True)


class PlacementRow(SQLModel, table=True):
    """Where a device stood from `since` to `until`: in a lab, at a station or a spare; one place at a time.

    A station holds one device at a time too: a second one would be a ready station counted twice.
    """

    __tablename__ = "inventory_placement"
    __table_args__ = (
        Index(
            "uq_inventory_placement_open_device",
            "device_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        Index(
            "uq_inventory_placement_open_station",
            "station_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    device_id: int = Field(foreign_key="inventory_device.id", sa_type=Key, index=True)
    lab_id: int = Field(foreign_key="inventory_lab.id", sa_type=Key)
    station_id: int | None = Field(default=None, foreign_key="inventory_station.id", sa_type=Key)
    since: datetime = Field(sa_type=Moment)
    until: datetime | None = Field(default=None, sa_type=Moment)


class InterfaceRow(SQLModel, table=True):
    """A network interface as the device last stated it; its addresses change too often to stand here."""

    __tablename__ = "inventory_interface"
    __table_args__ = {"sqlite_with_rowid": False}

    device_id: int = Field(primary_key=True, foreign_key="inventory_device.id", sa_type=Key)
    name: str = Field(primary_key=True, max_length=512)
    mac: str = Field(max_length=512)
    kind: str = Field(max_length=20)
