"""The tables of software: titles and releases, distinct raw entries, and the sets that devices share."""

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.columns import Digest, Key


class TitleRow(SQLModel, table=True):
    """A software product that the catalog knows; `slug` is its id there."""

    __tablename__ = "inventory_title"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    slug: str = Field(max_length=80, unique=True)
    name: str = Field(max_length=200)
    publisher: str = Field(max_length=200)


class ReleaseRow(SQLModel, table=True):
    """One version of a title as people count versions; `label` is empty where a title has none."""

    __tablename__ = "inventory_release"
    __table_args__ = (UniqueConstraint("title_id", "label", "edition"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    title_id: int = Field(foreign_key="inventory_title.id", sa_type=Key)
    label: str = Field(max_length=80)
    edition: str = Field(max_length=80)


class RawEntryRow(SQLModel, table=True):
    """One distinct entry as machines state it, with what recognition made of it and by which rule."""

    __tablename__ = "inventory_raw_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    digest: str = Field(sa_type=Digest, unique=True)
    platform: str = Field(max_length=10)
    name: str = Field(max_length=512)
    version: str = Field(max_length=512)
    publisher: str = Field(max_length=512)
    source: str = Field(max_length=40)
    identifier: str = Field(max_length=512)
    per_user: bool
    hidden: bool
    parent: str = Field(max_length=512)
    role: str = Field(max_length=20)
    release_id: int | None = Field(default=None, foreign_key="inventory_release.id", sa_type=Key, index=True)
    rule: str = Field(max_length=200)


class SoftwareSetRow(SQLModel, table=True):
    """One exact list of raw entries; `entries` are their keys, packed by `inventory.packing`."""

    __tablename__ = "inventory_software_set"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    digest: str = Field(sa_type=Digest, unique=True)
    platform: str = Field(max_length=10)
    entries: bytes
    unasked: list[str] = Field(sa_type=JSON)


class InstallRow(SQLModel, table=True):
    """One raw entry of a set that is the product of a release: what counts as an install."""

    __tablename__ = "inventory_install"
    __table_args__ = {"sqlite_with_rowid": False}

    set_id: int = Field(primary_key=True, foreign_key="inventory_software_set.id", sa_type=Key)
    entry_id: int = Field(primary_key=True, foreign_key="inventory_raw_entry.id", sa_type=Key)


class CatalogRow(SQLModel, table=True):
    """Which catalog the raw entries were last recognised with; one row."""

    __tablename__ = "inventory_catalog"

    id: int = Field(default=1, primary_key=True)
    digest: str = Field(sa_type=Digest)
