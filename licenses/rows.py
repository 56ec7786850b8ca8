"""The tables of licences: what was bought, taught, used and set aside; only `licenses.store` touches them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from inventory.columns import Key, Moment


class EntitlementRow(SQLModel, table=True):
    """One purchase; `scope` as it is written ("lab:MUIR/B12"), `quantity` empty where it is unlimited."""

    __tablename__ = "licenses_entitlement"
    __table_args__ = (
        CheckConstraint("(title = '') <> (suite = '')", name="product"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("end_on >= start_on", name="term"),
        CheckConstraint("cost_cents >= 0", name="cost"),
        # One order may split a title over scopes; the same part of it twice would be seats that nobody bought.
        Index(
            "uq_licenses_entitlement_purchase",
            "purchase_order",
            "title",
            "suite",
            "start_on",
            "metric",
            "scope",
            unique=True,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    title: str = Field(default="", max_length=100)
    suite: str = Field(default="", max_length=100)
    metric: str = Field(max_length=20)
    quantity: int | None = Field(default=None, sa_type=Key)
    start_on: date
    end_on: date | None = None
    scope: str = Field(max_length=120)
    cost_cents: int | None = Field(default=None, sa_type=Key)
    purchase_order: str = Field(default="", max_length=100)
    funding: str = Field(default="", max_length=200)
    notice_days: int | None = None
    note: str = Field(default="", max_length=1000)
    release: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    maintenance_end: date | None = None
    devices_per_seat: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    cte_only: bool | None = None


class SectionRow(SQLModel, table=True):
    """One class of a course in a term, with how many students sit in it; never who. `lab_id`: none where unknown."""

    __tablename__ = "licenses_section"
    __table_args__ = (
        CheckConstraint("headcount >= 0", name="headcount"),
        CheckConstraint("end_on >= start_on", name="term"),
        Index("uq_licenses_section", "site", "course", "code", "start_on", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    site: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    lab_id: int | None = Field(default=None, foreign_key="inventory_lab.id", sa_type=Key)
    pathway: str = Field(max_length=20)
    course: str = Field(max_length=40)
    code: str = Field(max_length=40)
    period: str = Field(default="", max_length=40)
    start_on: date
    end_on: date
    headcount: int
    grades: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})


class LocationRow(SQLModel, table=True):
    """What a timetable calls a place, and the lab that it is: learnt once, used at each reading of a roster."""

    __tablename__ = "licenses_location"
    __table_args__ = (Index("uq_licenses_location", "site", "location", unique=True),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    site: str = Field(max_length=40)
    location: str = Field(max_length=200)
    lab_id: int = Field(foreign_key="inventory_lab.id", sa_type=Key)


class CourseRow(SQLModel, table=True):
    """What a school's timetable calls a course, and the course of a pathway that it is ("": none of ours)."""

    __tablename__ = "licenses_course"

    code: str = Field(primary_key=True, max_length=80)
    pathway: str = Field(default="", max_length=20)
    course: str = Field(default="", max_length=40)


class SchoolRow(SQLModel, table=True):
    """What an export calls a school, and the site that it is ("": none of ours)."""

    __tablename__ = "licenses_school"

    school: str = Field(primary_key=True, max_length=200)
    site: str = Field(default="", max_length=40)


class LicenseServerRow(SQLModel, table=True):
    """A licence server that is polled: how, and for which site ("" for the district)."""

    __tablename__ = "licenses_server"

    name: str = Field(primary_key=True, max_length=80)
    kind: str = Field(max_length=20)
    address: str = Field(max_length=200)
    site: str = Field(default="", max_length=40)


class PeakRow(SQLModel, table=True):
    """The most seats of one product in use at once, in one hour, as one source counted them; never who.

    `product` is a title or a suite ("" where the feature is not recognised), `source` a server or a vendor's report.
    The row whose `feature` is "" is the product as a whole: the most at one moment, which is less than the sum of its
    features' own peaks. A row with `within` is a part of that product, and not in any whole. `in_use` is what people
    hold, without idle reservations. What is `None`, the source does not say.
    """

    __tablename__ = "licenses_peak"
    __table_args__ = (
        CheckConstraint("in_use >= 0", name="in_use"),
        Index("uq_licenses_peak", "source", "product", "feature", "hour", unique=True),
        Index("ix_licenses_peak_product", "product", "hour"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    source: str = Field(max_length=120)
    feature: str = Field(max_length=120)
    product: str = Field(default="", max_length=100)
    site: str = Field(default="", max_length=40)
    within: str = Field(default="", max_length=100)
    hour: datetime = Field(sa_type=Moment)
    in_use: int | None = None
    issued: int | None = None
    reserved: int | None = None
    queued: int | None = None
    denied: int | None = None
    polls: int = Field(default=1)


class ServerStateRow(SQLModel, table=True):
    """What the last poll of a licence server came to; a server that is down says nothing about its seats."""

    __tablename__ = "licenses_server_state"

    source: str = Field(primary_key=True, max_length=120)
    at: datetime = Field(sa_type=Moment)
    state: str = Field(max_length=20)
    reason: str = Field(default="", max_length=300)


class AssignedRow(SQLModel, table=True):
    """How many persons hold a named-user seat of a product by a vendor's report of one day; never who.

    `active` are those who used it within the report's time, `None` where it does not say.
    """

    __tablename__ = "licenses_assigned"
    __table_args__ = (
        CheckConstraint("assigned >= 0", name="assigned"),
        Index("uq_licenses_assigned", "source", "product", "on_day", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    source: str = Field(max_length=80)
    product: str = Field(max_length=100)
    on_day: date
    assigned: int
    active: int | None = None
    days: int | None = None


class AllocationRow(SQLModel, table=True):
    """Seats of an entitlement that are set aside for one lab or section, by the last allocation that was kept.

    `lab_id`: none for a section whose room is not known.
    """

    __tablename__ = "licenses_allocation"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        Index("uq_licenses_allocation", "entitlement_id", "lab_id", "section", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    entitlement_id: int = Field(foreign_key="licenses_entitlement.id", sa_type=Key, ondelete="CASCADE")
    lab_id: int | None = Field(default=None, foreign_key="inventory_lab.id", sa_type=Key)
    section: str = Field(default="", max_length=100)
    seats: int
    made_at: datetime = Field(sa_type=Moment)
