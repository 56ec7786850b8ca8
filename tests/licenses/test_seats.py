"""Seats within scopes: as many devices served as any assignment could, and more seats never take one away."""

from collections.abc import Sequence
from datetime import date
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from inventory.device_set import DeviceSet
from licenses.entitlement import Entitlement, Reach, Scope
from licenses.metrics import Metric
from licenses.seats import Place, Pool, Pools, pools_of, serve

EVERYWHERE = Scope()
POOLS = (
    Pool(Scope()),
    Pool(Scope(Reach.SITE, "A")),
    Pool(Scope(Reach.SITE, "B")),
    Pool(Scope(Reach.LAB, "A/1")),
    Pool(Scope(Reach.LAB, "B/1")),
    Pool(Scope(Reach.PATHWAY, "152")),
    Pool(Scope(Reach.PATHWAY, "174")),
)
SPOTS = (
    ("A", "A/1", frozenset({"152"})),
    ("A", "A/2", frozenset({"152", "174"})),
    ("B", "B/1", frozenset({"174"})),
    ("B", "", frozenset[str]()),
)

pools = st.dictionaries(st.sampled_from(POOLS), st.integers(0, 4), max_size=5)
spots = st.lists(st.sampled_from(range(4)), min_size=0, max_size=8)


def places_of(where: Sequence[int]) -> tuple[Place, ...]:
    return tuple(
        Place(*spot, DeviceSet(device for device, at in enumerate(where) if at == number))
        for number, spot in enumerate(SPOTS)
    )


def most(pools: Pools, places: Sequence[Place]) -> int:
    """The size of a largest assignment, by Hall's theorem over every subset of devices."""
    reach = {
        device: frozenset(s for s in pools if s.covers(place.spot)) for place in places for device in place.devices
    }
    subsets = chain.from_iterable(combinations(reach, size) for size in range(len(reach) + 1))
    lacking = 0
    for subset in subsets:
        near = frozenset[Pool]().union(*(reach[device] for device in subset))
        lacking = max(lacking, len(subset) - sum(pools[scope] or 0 for scope in near))
    return len(reach) - lacking


@given(pools, spots)
def test_serves_as_many_as_any_assignment_could(pools: Pools, where: list[int]) -> None:
    devices = DeviceSet(range(len(where)))
    assert len(serve(pools, [devices], places_of(where))) == most(pools, places_of(where))


@given(pools, spots, st.data())
def test_earlier_groups_lose_nothing_to_later_ones(pools: Pools, where: list[int], data: st.DataObject) -> None:
    devices = DeviceSet(range(len(where)))
    first = DeviceSet(data.draw(st.sets(st.sampled_from(sorted(devices))))) if devices else DeviceSet()
    places = places_of(where)
    both = serve(pools, [first, devices - first], places)
    assert both & first == serve(pools, [first], places)
    assert len(both) == most(pools, places)


@given(pools, spots, st.sampled_from(POOLS), st.integers(1, 3), st.data())
def test_more_seats_take_nobody_out(
    pools: Pools, where: list[int], scope: Pool, more: int, data: st.DataObject
) -> None:
    devices = DeviceSet(range(len(where)))
    first = DeviceSet(data.draw(st.sets(st.sampled_from(sorted(devices))))) if devices else DeviceSet()
    groups, places = [first, devices - first], places_of(where)
    richer = {**pools, scope: (pools.get(scope, 0) or 0) + more}
    assert serve(pools, groups, places) <= serve(richer, groups, places)


def test_district_seats_go_where_scoped_ones_cannot() -> None:
    where = [0, 0, 2]
    pools = {Pool(Scope()): 1, Pool(Scope(Reach.LAB, "A/1")): 2}
    assert serve(pools, [DeviceSet({0, 1, 2})], places_of(where)) == DeviceSet({0, 1, 2})


def test_a_chain_of_three_scopes_is_rerouted() -> None:
    places = places_of([1, 0, 2])
    scopes = (Scope(Reach.PATHWAY, "174"), Scope(Reach.SITE, "A"), Scope(Reach.LAB, "A/1"))
    pools = {Pool(scope): 1 for scope in scopes}
    assert serve(pools, [DeviceSet({0}), DeviceSet({1}), DeviceSet({2})], places) == DeviceSet({0, 1, 2})


def test_seats_of_a_site_serve_nobody_elsewhere() -> None:
    assert serve({Pool(Scope(Reach.SITE, "A")): 9}, [DeviceSet({0, 1})], places_of([2, 3])) == DeviceSet()


def test_unlimited_serves_its_scope_only() -> None:
    assert serve({Pool(Scope(Reach.SITE, "A")): None}, [DeviceSet({0, 1, 2})], places_of([0, 1, 2])) == DeviceSet(
        {0, 1}
    )


def test_pools_add_up_by_scope_and_unlimited_wins() -> None:
    def bought(metric: Metric, quantity: int | None, scope: Scope = EVERYWHERE) -> Entitlement:
        return Entitlement("revit", "", metric, quantity, date(2026, 7, 1), scope=scope)

    site = Scope(Reach.SITE, "A")
    assert pools_of(
        [
            bought(Metric.DEVICE, 3),
            bought(Metric.DEVICE, 4),
            bought(Metric.SITE, None, site),
            bought(Metric.SITE, 2, site),
        ]
    ) == {Pool(Scope()): 7, Pool(site): None}
