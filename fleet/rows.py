"""The tables of access: which sites may enrol machines, and which credentials were given out."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from inventory.columns import Digest, Key, Moment


class EnrolmentRow(SQLModel, table=True):
    """A secret with which machines of one site enrol; only its digest is stored."""

    __tablename__ = "fleet_enrolment"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    site_id: int = Field(foreign_key="inventory_site.id", sa_type=Key)
    label: str = Field(max_length=100)
    secret: str = Field(sa_type=Digest, unique=True)
    created_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class CredentialRow(SQLModel, table=True):
    """A token with which one machine checks in; only its digest is stored. `device_id` is who used it last."""

    __tablename__ = "fleet_credential"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    token: str = Field(sa_type=Digest, unique=True)
    enrolment_id: int = Field(foreign_key="fleet_enrolment.id", sa_type=Key)
    device_id: int | None = Field(default=None, foreign_key="inventory_device.id", sa_type=Key, index=True)
    issued_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
