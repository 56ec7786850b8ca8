"""The right to run a title or a suite: how many, how counted, from when to when, where, for what money. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from licenses.errors import LicenseError
from licenses.metrics import COUNTING, Metric


class EntitlementError(LicenseError, ValueError):
    """An entitlement that contradicts itself."""

    code = "bad-entitlement"


MOST_GRADE = 14
"""Grade 13 and 14 are the two years of a partner college."""


class ScopeError(LicenseError, ValueError):
    """A scope that is not written as one."""

    code = "bad-scope"


class Reach(StrEnum):
    """How far an entitlement may be used."""

    DISTRICT = "district"
    SITE = "site"
    LAB = "lab"
    PATHWAY = "pathway"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a seat is asked for: a site, a lab by its label ("" for none), what pathways and grades it serves.

    `grades` (kindergarten is 0) are those of the sections taught there; empty where they are not known.
    """

    site: str
    lab: str = ""
    pathways: frozenset[str] = frozenset()
    grades: frozenset[int] = frozenset()


def grades_of(written: str) -> frozenset[int]:
    """The grades that are written as "11", "9-12" or "K-5"; raises ScopeError."""
    first, dash, last = written.partition("-")
    try:
        band = frozenset(range(_grade(first), _grade(last if dash else first) + 1))
    except ValueError:
        band = frozenset()
    if not band:
        raise ScopeError(f"{written!r} is not a grade or a band of grades", hint="write 11, 9-12 or K-5")
    return band


def _grade(written: str) -> int:
    said = written.strip().upper()
    grade = 0 if said in {"K", "KG"} else int(said)
    if not 0 <= grade <= MOST_GRADE:
        raise ValueError(said)
    return grade


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Where an entitlement may be used.

    `name` is a site's code, a lab's label ("MUIR/B12"), a pathway's code, or grades ("9-12", "11").
    """

    reach: Reach = Reach.DISTRICT
    name: str = ""

    @classmethod
    def parse(cls, written: str) -> "Scope":
        """`district`, `site:CODE`, `lab:SITE/LAB`, `pathway:CODE`, `grade:11` or `grade:9-12`; raises ScopeError."""
        hint = "write district, site:CODE, lab:SITE/LAB, pathway:CODE or grade:9-12"
        word, _, name = (part.strip() for part in written.partition(":"))
        try:
            reach = Reach(word.casefold())
        except ValueError:
            raise ScopeError(f"{written!r} is not a scope", hint=hint) from None
        parts = [part.strip() for part in name.split("/")]
        if bool(name) is (reach is Reach.DISTRICT) or len(parts) != 1 + (reach is Reach.LAB) or (name and "" in parts):
            raise ScopeError(f"{written!r} is not a scope", hint=hint)
        if reach is Reach.GRADE:
            grades_of(name)
            parts = ["-".join(part.strip().upper() for part in name.split("-"))]
        return cls(reach, "/".join(parts))

    def __str__(self) -> str:
        return f"{self.reach}:{self.name}" if self.name else str(self.reach)

    def covers(self, spot: Spot) -> bool:
        """Whether a spot is surely inside; grades that are not known are not."""
        match self.reach:
            case Reach.DISTRICT:
                return True
            case Reach.SITE:
                return self.name == spot.site
            case Reach.LAB:
                return self.name == spot.lab
            case Reach.PATHWAY:
                return self.name in spot.pathways
            case Reach.GRADE:
                return bool(spot.grades) and spot.grades <= grades_of(self.name)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One purchase, of a title or of a suite (the other is ""); `id` is 0 until it is stored.

    `quantity` is `None` where it is unlimited; `end` is the last day of use, `None` for a perpetual licence.
    `cost_cents` is for the whole quantity and term; `notice_days` before the end a renewal must be refused or asked.
    `release` is the one that was bought ("" where the right moves with the newest), `maintenance_end` the last day on
    which newer releases came with it; what older and newer ones it allows is the vendor's rule. One seat may be used on
    `devices_per_seat` devices (a second-use right). `cte_only`: the money may serve labs of CTE pathways only; `None`
    where that is the fund's rule.
    """

    title: str
    suite: str
    metric: Metric
    quantity: int | None
    start: date
    end: date | None = None
    scope: Scope = Scope()
    cost_cents: int | None = None
    purchase_order: str = ""
    funding: str = ""
    notice_days: int | None = None
    note: str = ""
    release: str = ""
    maintenance_end: date | None = None
    devices_per_seat: int = 1
    cte_only: bool | None = None
    id: int = 0

    def __post_init__(self) -> None:
        if bool(self.title) is bool(self.suite):
            raise EntitlementError("an entitlement is for a title or for a suite", hint="name one of the two")
        if self.end is not None and self.end < self.start:
            raise EntitlementError(
                f"ends on {self.end}, before it starts on {self.start}", hint="correct one of the two dates"
            )
        if self.quantity is None:
            if not COUNTING[self.metric].unlimited:
                raise EntitlementError(f"has no quantity, but metric {self.metric} counts", hint="write how many")
        elif self.quantity < 0:
            raise EntitlementError(f"quantity {self.quantity} is negative", hint="write how many were bought")
        if self.devices_per_seat < 1:
            raise EntitlementError("a seat for no device", hint="write 1 or more devices for each seat")

    @property
    def product(self) -> str:
        """The id of the title or of the suite."""
        return self.title or self.suite

    @property
    def purchase(self) -> tuple[str, str, date, Metric, Scope]:
        """What two rows of one purchase have in common; one order may split a title over scopes."""
        return (self.purchase_order.casefold(), self.product, self.start, self.metric, self.scope)

    def runs(self, on: date) -> bool:
        """Whether it may be used on a day; the last day counts."""
        return self.start <= on and (self.end is None or on <= self.end)

    def covers(self, spot: Spot) -> bool:
        """Whether its scope, and the fund that paid it, surely take a spot in."""
        return self.scope.covers(spot) and (not self.cte_only or bool(spot.pathways))
