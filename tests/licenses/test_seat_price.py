"""What a seat cost: worked out by hand, and never made up."""

from datetime import date

from licenses.entitlement import Entitlement
from licenses.metrics import Metric
from licenses.seat_price import SeatPrice, last_priced, price_of, seat_cents


def bought(quantity: int | None, cents: int | None, start: date = date(2026, 8, 1)) -> Entitlement:
    metric = Metric.DEVICE if quantity is not None else Metric.SITE
    return Entitlement("revit", "", metric, quantity, start, cost_cents=cents)


def test_a_seat_costs_its_share_to_the_nearest_cent() -> None:
    assert seat_cents(bought(62, 330_000)) == 5_323  # 5,322.58
    assert seat_cents(bought(3, 100)) == 33
    assert seat_cents(bought(8, 100)) == 13  # a half goes up


def test_what_no_purchase_says_is_not_known() -> None:
    assert seat_cents(bought(62, None)) is None
    assert seat_cents(bought(None, 61_800_00)) is None
    assert seat_cents(bought(0, 100)) is None
    assert price_of([bought(62, None), bought(None, 5)]) is None
    assert seat_cents(bought(62, 0)) == 0


def test_prices_span_from_the_cheapest_purchase_to_the_dearest() -> None:
    price = price_of([bought(10, 1_000), bought(10, 3_000), bought(10, None)])
    assert price == SeatPrice(100, 300)
    assert price.times(4) == SeatPrice(400, 1_200)


def test_the_last_price_is_that_of_the_newest_purchase_that_has_one() -> None:
    old, new = bought(10, 1_000), bought(10, 2_000, date(2027, 8, 1))
    assert last_priced([new, old, bought(10, None, date(2028, 8, 1))]) is new
    assert last_priced([bought(10, None)]) is None
