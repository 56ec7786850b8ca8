"""What a seat cost by the purchases on record; a price is never made up. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from licenses.entitlement import Entitlement


@dataclass(frozen=True, slots=True)
class SeatPrice:
    """Cents for one seat and its whole term; `low` and `high` differ where purchases do."""

    low: int
    high: int

    def times(self, seats: int) -> "SeatPrice":
        """The same for so many seats."""
        return SeatPrice(self.low * seats, self.high * seats)


def seat_cents(entitlement: Entitlement) -> int | None:
    """Cents for one seat of a purchase, to the nearest; `None` without a cost, or where no seats were counted."""
    if entitlement.cost_cents is None or not entitlement.quantity:
        return None
    return (2 * entitlement.cost_cents + entitlement.quantity) // (2 * entitlement.quantity)


def price_of(entitlements: Iterable[Entitlement]) -> SeatPrice | None:
    """The least and the most that a seat of these purchases cost; `None` where no purchase says."""
    prices = [cents for one in entitlements if (cents := seat_cents(one)) is not None]
    return SeatPrice(min(prices), max(prices)) if prices else None


def last_priced(entitlements: Iterable[Entitlement]) -> Entitlement | None:
    """The newest purchase that says what it cost; `None` where none does."""
    priced = [one for one in entitlements if one.cost_cents is not None]
    return max(priced, key=lambda one: (one.start, one.id), default=None)
