"""Positions: the laws of their sets, and that no seat is counted twice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.demand import Demand
from licenses.entitlement import Entitlement, Reach, Scope
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.position import Position
from licenses.presence import Presence
from licenses.reconcile import reconcile
from licenses.seats import Place, pools_of, serve
from licenses.suite import Member, Suite

ON = date(2026, 11, 23)
START, END = date(2026, 7, 1), date(2027, 6, 30)
DEVICES = DeviceSet(range(6))
PLACES = (
    Place("A", "A/1", frozenset({"113"}), DeviceSet({0, 1, 2})),
    Place("A", "A/2", frozenset({"152"}), DeviceSet({3, 4})),
    Place("B", "", frozenset(), DeviceSet({5})),
)
MARK = Mark("own knowledge", ON, False)


def suite(id_: str, *titles: str) -> Suite:
    return Suite(id_, id_.title(), "Adobe", tuple(Member(title) for title in titles), MARK)


ALL_APPS = suite("all-apps", "photoshop", "premiere-pro")
OTHER = suite("other", "premiere-pro", "audition")


def bought(product: str, quantity: int | None, **changes: object) -> Entitlement:
    one = Entitlement(product, "", Metric.DEVICE, 0, START, END)
    if product in {"all-apps", "other"}:
        one = replace(one, title="", suite=product)
    if quantity is None:
        one = replace(one, metric=Metric.SITE)
    return replace(one, quantity=quantity, **changes)  # type: ignore[arg-type]  # fields by name


def position(
    entitlements: Sequence[Entitlement],
    title: str = "photoshop",
    *,
    needed: Mapping[str, set[int]] | None = None,
    presence: Presence | None = None,
    suites: Sequence[Suite] = (ALL_APPS,),
    **demand: object,
) -> Position:
    found = reconcile(
        entitlements,
        demand=Demand({t: DeviceSet(d) for t, d in (needed or {}).items()}, **demand),  # type: ignore[arg-type]  # fields by name
        presence=presence or Presence(),
        places=PLACES,
        suites=suites,
        on=ON,
    )
    return next(one for one in found if one.title == title)


sets = st.frozensets(st.sampled_from(sorted(DEVICES))).map(DeviceSet)
by_title = st.dictionaries(st.sampled_from(["photoshop", "premiere-pro", "audition"]), sets)
scopes = st.sampled_from([Scope(), Scope(Reach.SITE, "A"), Scope(Reach.LAB, "A/1"), Scope(Reach.PATHWAY, "152")])
purchases = st.builds(
    bought,
    st.sampled_from(["photoshop", "premiere-pro", "audition", "all-apps", "other"]),
    st.integers(0, 3) | st.none(),
    scope=scopes,
    end=st.sampled_from([END, None, date(2026, 11, 22)]),
)
lists = st.lists(purchases, max_size=5)
presences = st.builds(Presence, by_title, by_title, sets)


def positions(
    entitlements: Sequence[Entitlement], needed: Mapping[str, DeviceSet], presence: Presence
) -> dict[str, Position]:
    demand = Demand(needed)
    found = reconcile(entitlements, demand=demand, presence=presence, places=PLACES, suites=(ALL_APPS, OTHER), on=ON)
    return {one.title: one for one in found}


@given(lists, by_title, presences)
def test_needed_is_made_up_of_three_parts(
    entitlements: list[Entitlement], needed: dict[str, DeviceSet], presence: Presence
) -> None:
    for one in positions(entitlements, needed, presence).values():
        parts = [one.missing, one.needed & one.installed, one.unheard]
        assert NO_DEVICES.union(*parts) == one.needed
        assert sum(map(len, parts)) == len(one.needed)
        assert not one.missing & presence.unheard
        assert not one.idle & one.needed
        assert one.idle <= one.installed


@given(lists, by_title, presences)
def test_numbers_are_the_sizes_of_their_sets(
    entitlements: list[Entitlement], needed: dict[str, DeviceSet], presence: Presence
) -> None:
    for one in positions(entitlements, needed, presence).values():
        assert one.short == len(one.uncovered) == len(one.needed) - len(one.covered)
        assert one.over_installed == len(one.over)
        assert one.over <= one.installed | one.last_known
        assert one.covered <= one.needed


@given(lists, by_title, presences, purchases)
def test_one_more_purchase_never_makes_anything_shorter(
    entitlements: list[Entitlement], needed: dict[str, DeviceSet], presence: Presence, more: Entitlement
) -> None:
    before = positions(entitlements, needed, presence)
    after = positions([*entitlements, more], needed, presence)
    for title, one in before.items():
        assert one.covered <= after[title].covered
        assert after[title].over <= one.over


@given(lists, by_title, presences)
def test_what_has_ended_never_counts(
    entitlements: list[Entitlement], needed: dict[str, DeviceSet], presence: Presence
) -> None:
    running = [one for one in entitlements if one.runs(ON)]
    with_all, without = positions(entitlements, needed, presence), positions(running, needed, presence)
    for title, one in without.items():
        assert (one.entitled, one.covered, one.over) == (
            with_all[title].entitled,
            with_all[title].covered,
            with_all[title].over,
        )


@given(lists, by_title)
def test_all_that_is_covered_can_be_covered_at_once(
    entitlements: list[Entitlement], needed: dict[str, DeviceSet]
) -> None:
    """Some choice of devices for each suite's seats leaves to each title no more than its own seats reach."""
    found = positions(entitlements, needed, Presence())

    def reachable(product: str) -> list[DeviceSet]:
        pools = pools_of(one for one in entitlements if one.product == product and one.runs(ON))
        every = chain.from_iterable(combinations(sorted(DEVICES), size) for size in range(len(DEVICES) + 1))
        return [DeviceSet(some) for some in every if len(serve(pools, [DeviceSet(some)], PLACES)) == len(some)]

    own = {title: set(reachable(title)) for title in needed}
    seated = {product: reachable(product) for product in ("all-apps", "other")}
    largest = [[one for one in some if not any(one < other for other in some)] for some in seated.values()]

    def possible(first: DeviceSet, second: DeviceSet) -> bool:
        return all(
            found[title].covered
            - (first if title in ALL_APPS.titles else NO_DEVICES)
            - (second if title in OTHER.titles else NO_DEVICES)
            in own[title]
            for title in needed
            if needed[title]
        )

    assert any(possible(first, second) for first in largest[0] for second in largest[1])


@given(st.lists(purchases.filter(lambda one: one.product == "photoshop"), max_size=5), sets)
def test_without_suites_the_shortage_is_exact(entitlements: list[Entitlement], needed: DeviceSet) -> None:
    one = positions(entitlements, {"photoshop": needed}, Presence()).get("photoshop")
    running = [entitlement for entitlement in entitlements if entitlement.runs(ON)]
    if one is not None:
        assert one.covered == serve(pools_of(running), [needed], PLACES)


def test_a_suite_seat_is_not_multiplied() -> None:
    """Two titles on two labs share three seats: five devices cannot all be covered."""
    needed = {"photoshop": {0, 1, 2}, "premiere-pro": {3, 4}}
    seats = [bought("all-apps", 3)]
    shop, cut, whole = (position(seats, title, needed=needed) for title in ("photoshop", "premiere-pro", "all-apps"))
    assert shop.short == 0
    assert cut.short == 2
    assert (whole.entitled, len(whole.needed), whole.short) == (3, 5, 2)
    assert [(share.suite, share.most) for share in cut.shares] == [("all-apps", 2)]


def test_one_suite_seat_covers_all_its_titles_on_one_device() -> None:
    needed = {"photoshop": {0, 1, 2}, "premiere-pro": {0, 1, 2}}
    assert position([bought("all-apps", 3)], "all-apps", needed=needed).short == 0
    assert position([bought("all-apps", 3)], "premiere-pro", needed=needed).short == 0


def test_single_seats_go_first_to_devices_that_need_no_suite() -> None:
    needed = {"photoshop": {0, 1, 2, 3, 4}, "premiere-pro": {0, 1}}
    seats = [bought("photoshop", 3), bought("all-apps", 2)]
    assert position(seats, "photoshop", needed=needed).short == 0
    assert position(seats, "premiere-pro", needed=needed).short == 0


def test_suite_seats_go_first_to_devices_that_need_most() -> None:
    needed = {"photoshop": {0, 1, 3, 4}, "premiere-pro": {3, 4}}
    assert position([bought("all-apps", 2)], "premiere-pro", needed=needed).short == 0
    assert position([bought("all-apps", 2)], "photoshop", needed=needed).uncovered == DeviceSet({0, 1})


def test_a_second_suite_serves_whom_the_first_left_out() -> None:
    seats = [bought("all-apps", 1), bought("other", 1)]
    assert position(seats, "premiere-pro", needed={"premiere-pro": {0, 1}}, suites=(ALL_APPS, OTHER)).short == 0


def test_seats_of_one_lab_do_not_help_another() -> None:
    one = position([bought("photoshop", 9, scope=Scope(Reach.LAB, "A/1"))], needed={"photoshop": {0, 3, 5}})
    assert one.entitled == 9
    assert one.uncovered == DeviceSet({3, 5})


def test_nothing_bought_is_a_sure_shortage() -> None:
    one = position([], needed={"photoshop": {0, 1}})
    assert (one.entitled, one.short, one.enough) == (0, 2, False)


def test_an_old_install_counts_against_the_seats_but_not_for_the_need() -> None:
    presence = Presence({"photoshop": DeviceSet({0})}, {"photoshop": DeviceSet({1})}, DeviceSet({1, 2}))
    one = position([bought("photoshop", 1)], needed={"photoshop": {0, 1, 2, 3}}, presence=presence)
    assert [set(some) for some in (one.installed, one.last_known, one.unheard, one.missing)] == [{0}, {1}, {1, 2}, {3}]
    assert one.over == DeviceSet({1})


def test_what_is_wanted_is_not_idle() -> None:
    presence = Presence({"photoshop": DeviceSet({0, 1})})
    one = position([], presence=presence, wanted={"photoshop": DeviceSet({0})})
    assert one.idle == DeviceSet({1})


def test_free_titles_are_covered_and_shown_only_where_needed() -> None:
    found = reconcile(
        [],
        demand=Demand({"blender": DeviceSet({0})}),
        presence=Presence({"git": DeviceSet({0}), "blender": DeviceSet({1})}),
        places=PLACES,
        free={"blender", "git"},
        on=ON,
    )
    assert [(one.title, one.entitled, one.metrics, one.short, one.over) for one in found] == [
        ("blender", None, (Metric.FREE,), 0, NO_DEVICES)
    ]


def test_what_ended_and_what_is_to_come_is_said() -> None:
    seats = [
        bought("photoshop", 30, end=date(2026, 8, 31), purchase_order="PO-1"),
        bought("photoshop", 10, start=date(2027, 1, 1)),
    ]
    assert position(seats).notes == (
        "30 seats (PO-1) until 2026-08-31: no longer counted",
        "10 seats from 2027-01-01: not yet counted",
    )


@pytest.mark.parametrize(
    ("paid", "purchases", "over", "terms"),
    [
        (None, [], {0, 1}, True),
        ({"photoshop"}, [], {0, 1}, True),
        (set(), [], set(), False),
        (set(), [bought("photoshop", 1)], {1}, True),
        (set(), [bought("photoshop", 9, end=date(2026, 8, 31))], {0, 1}, True),
    ],
)
def test_a_title_that_may_be_free_is_never_over(
    paid: set[str] | None, purchases: list[Entitlement], over: set[int], terms: bool
) -> None:
    """Nobody bought it, and we do not know that anybody must: it is installed, no more."""
    (one,) = reconcile(
        purchases,
        demand=Demand(),
        presence=Presence({"photoshop": DeviceSet({0, 1})}),
        places=PLACES,
        paid=paid,
        on=ON,
    )
    assert (set(one.over), one.terms, set(one.installed)) == (over, terms, {0, 1})


def test_seats_that_nobody_can_take_are_unused() -> None:
    """Within their scope, when all who need or have it took theirs."""
    there = Scope.parse("site:B")
    seats = [bought("photoshop", 5, scope=Scope.parse("site:A")), bought("photoshop", 3, scope=there)]
    needed, presence = {"photoshop": {0, 1}}, Presence({"photoshop": DeviceSet({1, 2})})
    assert position(seats, needed=needed, presence=presence).unused == 5
    assert position([*seats, bought("photoshop", None)], needed=needed).unused is None
    assert position([], needed=needed).unused is None
    own = [bought("photoshop", 1), bought("all-apps", 4)]
    needed = {"photoshop": {0, 1}, "premiere-pro": {1}}
    assert position(own, "all-apps", needed=needed).unused == 3


def test_a_free_edition_is_never_over() -> None:
    presence = Presence({"pycharm": DeviceSet({0, 1})}, free_editions={"pycharm": DeviceSet({1})})
    (one,) = reconcile([], demand=Demand(), presence=presence, places=PLACES, on=ON)
    assert (one.installed, one.over) == (DeviceSet({0, 1}), DeviceSet({0}))
