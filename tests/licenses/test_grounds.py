"""Places that are counted together get the seats that they would get one by one, and the same devices get them."""

from hypothesis import given
from hypothesis import strategies as st

from inventory.device_set import DeviceSet
from inventory.releases import ANY_RELEASE, VersionRange
from licenses.entitlement import Reach, Scope
from licenses.seats import Place, Pool, Pools, grounds, left, serve

OLD, NEW = VersionRange("", "2024"), VersionRange("2026", "")
SCOPES = (
    Scope(),
    Scope(Reach.SITE, "A"),
    Scope(Reach.SITE, "B"),
    Scope(Reach.LAB, "A/1"),
    Scope(Reach.PATHWAY, "152"),
    Scope(Reach.PATHWAY, "174"),
)
SPOTS = (
    ("A", "A/1", frozenset({"152"})),
    ("A", "A/2", frozenset({"152"})),
    ("B", "B/1", frozenset({"152", "174"})),
    ("B", "", frozenset[str]()),
)
DEVICES = range(8)

pools = st.dictionaries(
    st.builds(Pool, st.sampled_from(SCOPES), st.booleans(), st.sampled_from([ANY_RELEASE, OLD, NEW])),
    st.integers(0, 4) | st.none(),
    min_size=1,
    max_size=3,
)
where = st.lists(st.sampled_from(range(4)), min_size=len(DEVICES), max_size=len(DEVICES))
some = st.sets(st.sampled_from(DEVICES)).map(DeviceSet)


def places_of(where: list[int]) -> tuple[Place, ...]:
    return tuple(
        Place(*spot, DeviceSet(device for device, at in enumerate(where) if at == number))
        for number, spot in enumerate(SPOTS)
    )


@given(pools, where, some, st.lists(st.sampled_from(SCOPES), max_size=2), st.none() | some)
def test_neighbours_together_are_served_as_one_by_one(
    pools: Pools, where: list[int], first: DeviceSet, others: list[Scope], old: DeviceSet | None
) -> None:
    """Put together by all that was bought, and again by what one product has."""
    places = places_of(where)
    together = grounds(pools, grounds([*pools, *(Pool(scope) for scope in others)], places))
    groups = [first, DeviceSet(DEVICES) - first]
    asked = None if old is None else {OLD: old, NEW: DeviceSet(DEVICES[::2])}
    assert serve(pools, groups, together, asked) == serve(pools, groups, places, asked)
    assert left(pools, first, together, asked) == left(pools, first, places, asked)


def test_what_nothing_tells_apart_is_one() -> None:
    places = places_of([0, 0, 1, 2, 3, 3, 3, 3])
    (all_,) = grounds([Pool(Scope())], places)
    assert all_.devices == DeviceSet(DEVICES)
    assert all_.parts == places
    assert [one.devices for one in grounds([Pool(Scope(Reach.SITE, "A"))], places)] == [
        DeviceSet({0, 1, 2}),
        DeviceSet({3, 4, 5, 6, 7}),
    ]
    assert len(grounds([Pool(Scope(), cte_only=True)], places)) == 2
