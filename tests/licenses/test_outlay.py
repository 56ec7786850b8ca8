"""What thought-of sections take of a product, worked out by hand for every metric."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from inventory.device_set import DeviceSet
from licenses.entitlement import Entitlement, Scope, Spot
from licenses.metrics import Metric
from licenses.outlay import NewStations, Outlay, Standing, Wanted, outlay
from licenses.seats import Place
from licenses.section import Section

ON = date(2027, 2, 1)
B12 = Place("MUIR", "MUIR/B12", frozenset({"152"}), DeviceSet(range(10)))
SPOT = Spot("MUIR", "", frozenset({"152"}))
NEW = Section("MUIR", "", None, "152", "152A", "what-if 1.1", "2", ON, date(2027, 6, 11), 28)
TWIN = replace(NEW, code="what-if 1.2")
OLD = Section("MUIR", "MUIR/B12", 1, "152", "152A", "1", "2", date(2026, 8, 17), date(2027, 6, 4), 20)


def bought(metric: Metric, quantity: int | None, cents: int | None = 1_000, scope: str = "district") -> Entitlement:
    cost = None if cents is None else cents * (quantity or 1)
    return Entitlement("revit", "", metric, quantity, date(2026, 8, 1), None, Scope.parse(scope), cost)


def takes(
    *purchases: Entitlement,
    stations: int = 0,
    devices: range = range(0),
    sections: tuple[Section, ...] = (NEW, TWIN),
    standing: Standing = Standing(),  # noqa: B008 - frozen
    hint: Metric | None = None,
) -> Outlay:
    new = (NewStations(SPOT, stations),) if stations else ()
    wanted = Wanted("revit", DeviceSet(devices), new, sections)
    return outlay(wanted, standing, bought=purchases, places=(B12,), on=ON, hint=hint)


def test_stations_take_a_seat_each_and_free_ones_come_first() -> None:
    standing = Standing(DeviceSet(range(10)), (OLD,))
    one = takes(bought(Metric.DEVICE, 20), stations=28, standing=standing)
    assert (one.least, one.most, one.free, one.buy) == (28, 28, 10, 18)
    assert (one.each_cents, one.cost_cents) == (1_000, 18_000)


def test_seats_of_another_place_are_not_free() -> None:
    one = takes(bought(Metric.DEVICE, 20, scope="site:PHS"), stations=28)
    assert (one.free, one.buy, one.cost_cents) == (0, 28, 28_000)


def test_a_device_that_has_a_seat_takes_no_other() -> None:
    one = takes(bought(Metric.DEVICE, 10), devices=range(10), standing=Standing(DeviceSet(range(4))))
    assert (one.most, one.free, one.buy) == (6, 6, 0)


def test_persons_are_counted_for_named_seats() -> None:
    one = takes(bought(Metric.NAMED_USER, 40), standing=Standing(sections=(OLD,)))
    assert (one.least, one.most, one.free, one.buy) == (56, 56, 20, 36), "they meet at once, so they differ"
    apart = takes(bought(Metric.NAMED_USER, 40), sections=(NEW, replace(TWIN, period="4")))
    assert (apart.least, apart.most) == (28, 56)


def test_only_those_at_once_count_for_concurrent_use() -> None:
    pool, standing = bought(Metric.CONCURRENT, 50), Standing(sections=(OLD,))
    together = takes(pool, standing=standing)
    assert (together.most, together.free, together.buy) == (56, 30, 26)
    other = takes(pool, sections=(replace(NEW, period="5"),), standing=standing)
    assert (other.least, other.most, other.free, other.buy) == (8, 8, 8, 0), "28 in period 5, 20 before: 8 more"
    loose = takes(pool, sections=(replace(NEW, period=""),), standing=standing)
    assert (loose.least, loose.most) == (8, 28)


def test_a_web_seat_is_never_used_twice() -> None:
    one = takes(bought(Metric.WEB_SEAT, 60), standing=Standing(sections=(OLD,)))
    assert (one.most, one.free, one.buy) == (56, 40, 16)


def test_without_a_limit_nothing_is_bought() -> None:
    one = takes(bought(Metric.SITE, None, None), stations=28)
    assert (one.most, one.free, one.buy, one.cost_cents) == (28, None, 0, 0)


def test_a_price_that_is_not_on_record_is_not_known_and_not_zero() -> None:
    one = takes(bought(Metric.DEVICE, 2, None), stations=3)
    assert (one.buy, one.each_cents, one.cost_cents) == (1, None, None)


def test_what_was_never_bought_is_counted_as_the_catalog_says() -> None:
    one = takes(stations=28, hint=Metric.NAMED_USER)
    assert (one.metric, one.assumed, one.most, one.buy, one.cost_cents) == (Metric.NAMED_USER, True, 56, 56, None)
    assert takes(stations=28).metric is None


def test_an_ended_purchase_still_tells_the_price() -> None:
    ended = replace(bought(Metric.DEVICE, 20), end=date(2026, 12, 31))
    one = takes(ended, stations=5)
    assert (one.metric, one.assumed, one.free, one.cost_cents) == (Metric.DEVICE, False, 0, 5_000)


@given(
    metric=st.sampled_from([Metric.DEVICE, Metric.NAMED_USER, Metric.CONCURRENT, Metric.WEB_SEAT]),
    quantity=st.integers(0, 80),
    stations=st.integers(0, 40),
    heads=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    period=st.sampled_from(["", "1", "2"]),
)
def test_free_and_bought_make_up_all_that_is_taken(
    metric: Metric, quantity: int, stations: int, heads: list[int], period: str
) -> None:
    sections = tuple(replace(NEW, code=str(n), headcount=each, period=period) for n, each in enumerate(heads))
    one = takes(bought(metric, quantity), stations=stations, sections=sections, standing=Standing(B12.devices, (OLD,)))
    assert one.free is not None
    assert 0 <= one.least <= one.most
    assert 0 <= one.free <= min(one.most, quantity)
    assert one.free + one.buy == one.most
