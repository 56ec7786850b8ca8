"""The tables of places: sites, labs and stations."""

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.columns import Key


class SiteRow(SQLModel, table=True):
    """A school campus; `code` is how people and files name it."""

    __tablename__ = "inventory_site"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=200)


class LabRow(SQLModel, table=True):
    """One teaching room of a site; `pathways` are the codes taught there."""

    __tablename__ = "inventory_lab"
    __table_args__ = (UniqueConstraint("site_id", "code"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    site_id: int = Field(foreign_key="inventory_site.id", sa_type=Key)
    code: str = Field(max_length=40)
    name: str = Field(max_length=200)
    pathways: list[str] = Field(sa_type=JSON)


class StationRow(SQLModel, table=True):
    """A numbered place in a lab; it stays when the device is swapped, and in history when the lab shrinks."""

    __tablename__ = "inventory_station"
    __table_args__ = (UniqueConstraint("lab_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    lab_id: int = Field(foreign_key="inventory_lab.id", sa_type=Key)
    number: int
    accessible: bool = False
    closed: bool = False
