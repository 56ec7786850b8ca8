"""The tables of licences: what was bought, sections with their headcounts; only `licenses.store` touches them."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from inventory.columns import Key


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


class SectionRow(SQLModel, table=True):
    """One class of a course in a term, with how many students sit in it; never who."""

    __tablename__ = "licenses_section"
    __table_args__ = (
        CheckConstraint("headcount >= 0", name="headcount"),
        CheckConstraint("end_on >= start_on", name="term"),
        Index("uq_licenses_section", "lab_id", "course", "code", "start_on", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    lab_id: int = Field(foreign_key="inventory_lab.id", sa_type=Key)
    pathway: str = Field(max_length=20)
    course: str = Field(max_length=40)
    code: str = Field(max_length=40)
    period: str = Field(default="", max_length=40)
    start_on: date
    end_on: date
    headcount: int
