"""Seats of persons: exact by the bell schedule, never given twice, the truth between the least and the most."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.releases import VersionRange
from licenses.amount import Amount, Between, least, most
from licenses.assigned import Assigned
from licenses.audience import Audience, slots_of
from licenses.demand import Demand, Known
from licenses.entitlement import Entitlement, Reach, Scope, Spot
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.position import Position
from licenses.presence import Presence
from licenses.reconcile import reconcile
from licenses.seats import Place
from licenses.section import Section
from licenses.suite import Member, Suite

ON = date(2026, 11, 23)
FALL = (date(2026, 8, 17), date(2026, 12, 18))
SPRING = (date(2027, 1, 11), date(2027, 6, 4))
YEAR = (date(2026, 7, 1), date(2027, 6, 30))
LABS = {1: DeviceSet(range(30)), 2: DeviceSet(range(100, 120))}
PLACES = tuple(Place("MUIR", f"MUIR/{lab}", frozenset({"152"}), devices) for lab, devices in LABS.items())
CLOUD = Suite("cloud", "Cloud", "", (Member("photo"), Member("cut")), Mark("own knowledge", ON, False))


def taught(
    people: int, period: str, lab: int | None = 1, *titles: str, web: bool = False, term: tuple[date, date] = FALL
) -> Audience:
    """One section; "" for a period that nobody knows."""
    label = f"MUIR/{lab}" if lab else ""
    section = Section("MUIR", label, lab, "152", "X", f"{period}{people}", period, *term, people)
    named = frozenset(titles or ("cad",))
    return Audience(
        Spot("MUIR", label, frozenset({"152"})),
        lab,
        section,
        people,
        slots_of([period])[period],
        frozenset() if web else named,
        named if web else frozenset(),
        LABS[lab] if lab else NO_DEVICES,
    )


def unknown(lab: int, *titles: str) -> Audience:
    """A lab no section of which is known."""
    spot = Spot("MUIR", f"MUIR/{lab}", frozenset({"152"}))
    return Audience(spot, lab, None, None, titles=frozenset(titles or ("cad",)), stations=LABS[lab])


def bought(metric: Metric, quantity: int, title: str = "cad", **changes: object) -> Entitlement:
    suite = title == "cloud"
    one = Entitlement("" if suite else title, title if suite else "", metric, quantity, *YEAR)
    return replace(one, **changes)  # type: ignore[arg-type]  # fields by name


def positions(
    audiences: Sequence[Audience], *seats: Entitlement, others: Sequence[Audience] = (), known: Known | None = None
) -> dict[str, Position]:
    titles = sorted({title for one in audiences for title in one.titles})
    needed = {title: NO_DEVICES.union(*(one.stations for one in audiences if title in one.titles)) for title in titles}
    found = reconcile(
        seats,
        demand=Demand(needed, audiences=audiences, others=others),
        presence=Presence(),
        places=PLACES,
        suites=(CLOUD,),
        known=known or Known(),
        on=ON,
    )
    return {one.title: one for one in found}


CONCURRENT: dict[str, tuple[list[Audience], int, Amount]] = {
    "two labs in one period add up": ([taught(28, "1"), taught(18, "1", 2)], 40, 6),
    "periods do not": ([taught(28, "1"), taught(26, "2"), taught(18, "2", 2)], 40, 4),
    "enough": ([taught(28, "1"), taught(18, "2", 2)], 28, 0),
    "a section without a period may meet with another": ([taught(28, "1"), taught(18, "", 2)], 40, Between(0, 6)),
    "no more in one room than it has stations": ([taught(28, ""), taught(26, "")], 28, Between(0, 2)),
    "a lab without sections uses all stations": ([unknown(1)], 20, 10),
    "and does so in every period": ([unknown(1), taught(18, "3", 2)], 40, 8),
    "in several periods": ([taught(28, "1,3"), taught(10, "3", 2)], 28, 10),
    "a room that is not known": ([taught(28, "1"), taught(18, "1", None)], 40, 6),
}


@pytest.mark.parametrize("case", CONCURRENT)
def test_concurrent(case: str) -> None:
    audiences, seats, short = CONCURRENT[case]
    one = positions(audiences, bought(Metric.CONCURRENT, seats))["cad"]
    assert one.short == short
    assert one.enough is (False if least(short) else True if most(short) == 0 else None)


NAMED: dict[str, tuple[list[Audience], int, Amount]] = {
    "one section is exact": ([taught(28, "1")], 20, 8),
    "two periods may be the same persons": ([taught(28, "1"), taught(26, "2")], 30, Between(0, 24)),
    "fewer than sit at once": ([taught(28, "1"), taught(26, "2")], 20, Between(8, 34)),
    "enough for all": ([taught(28, "1"), taught(26, "2")], 54, 0),
    "nobody knows": ([unknown(1)], 99, Between(0, None)),
    "nobody knows besides": ([taught(28, "1"), unknown(2)], 20, Between(8, None)),
}


@pytest.mark.parametrize("case", NAMED)
def test_named_user(case: str) -> None:
    audiences, seats, short = NAMED[case]
    assert positions(audiences, bought(Metric.NAMED_USER, seats))["cad"].short == short


def test_stations_with_a_seat_need_none_of_persons() -> None:
    """28 students, 10 stations with a seat: 18 at once."""
    seats = [bought(Metric.DEVICE, 10), bought(Metric.CONCURRENT, 12), bought(Metric.NAMED_USER, 4)]
    one = positions([taught(28, "1")], *seats)["cad"]
    assert one.short == 2
    assert [(each.metric, each.asked, each.served) for each in one.reckonings] == [
        (Metric.DEVICE, 30, 10),
        (Metric.CONCURRENT, 18, 12),
        (Metric.NAMED_USER, 6, 4),
    ]


def test_what_is_used_up_has_to_do_for_the_whole_term() -> None:
    fall, spring = taught(28, "1", 1, "ehr", web=True), taught(20, "1", 1, "ehr", web=True, term=SPRING)
    seats = bought(Metric.WEB_SEAT, 40, "ehr")
    one = positions([fall], seats, others=[spring])["ehr"]
    assert (one.short, one.people) == (Between(0, 8), Between(28, 48))
    assert positions([fall], replace(seats, end=FALL[1]), others=[spring])["ehr"].short == 0
    redeemed = Known(assigned={"ehr": Assigned("ehr", 30, None, ON, "roster")})
    assert positions([fall], replace(seats, end=FALL[1]), known=redeemed)["ehr"].short == Between(0, 18)


def test_nothing_bought_for_the_web_is_a_sure_shortage() -> None:
    one = positions([taught(28, "1", 1, "ehr", web=True), taught(20, "2", 1, "ehr", web=True)])["ehr"]
    assert (one.short, one.enough) == (Between(28, 48), False)


def test_one_seat_of_a_suite_serves_one_person_for_all_titles() -> None:
    audience = taught(28, "1", 1, "photo", "cut")
    found = positions([audience], bought(Metric.NAMED_USER, 28, "cloud"))
    assert [found[title].short for title in ("photo", "cut", "cloud")] == [0, 0, 0]
    found = positions([audience], bought(Metric.NAMED_USER, 20, "cloud"))
    assert [found[title].short for title in ("photo", "cut", "cloud")] == [8, 8, 8]


def test_seats_of_a_lab_serve_no_other() -> None:
    seats = bought(Metric.CONCURRENT, 99, scope=Scope(Reach.LAB, "MUIR/1"))
    one = positions([taught(28, "1"), taught(18, "1", 2)], seats)["cad"]
    assert (one.short, one.covered) == (18, LABS[1])


def test_the_margin_stands_apart() -> None:
    one = positions([taught(28, "1")], bought(Metric.CONCURRENT, 28), known=Known(margin_percent=10))["cad"]
    assert (one.short, one.reckonings[0].margin) == (0, 3)


def test_more_persons_than_seats_are_over_assigned() -> None:
    known = Known(assigned={"cad": Assigned("cad", 31, None, ON, "autodesk")})
    assert positions([taught(28, "1")], bought(Metric.NAMED_USER, 28), known=known)["cad"].over_assigned == 3


class _Only:
    """A vendor's rule: what is bought as a release allows that one only."""

    def allowed(self, entitlement: Entitlement, title: str, on: date) -> VersionRange:
        return VersionRange(entitlement.release, entitlement.release)


def test_a_need_for_a_release_takes_a_seat_that_allows_it() -> None:
    """And an install that no purchase allows is outside; one of which the release is not known is not."""
    seats = [bought(Metric.DEVICE, 30, release="2024"), bought(Metric.DEVICE, 4, release="2026")]
    (one,) = reconcile(
        seats,
        demand=Demand({"cad": LABS[1]}, releases={("cad", VersionRange("2025")): LABS[1]}),
        presence=Presence({"cad": LABS[1]}),
        places=PLACES,
        versions=_Only(),
        known=Known(releases={"cad": {"2020": DeviceSet({1}), "2024": DeviceSet({2}), "": DeviceSet({3})}}),
        on=ON,
    )
    assert (one.short, one.outside, set(one.outside_releases)) == (26, DeviceSet({1}), {"2020"})


sections = st.builds(
    taught,
    st.integers(0, 6),
    st.sampled_from(["1", "2", "1,2", ""]),
    st.sampled_from([1, 2, None]),
    st.sampled_from(["photo", "cut"]),
)
some = st.lists(sections, max_size=4)
purchases = st.lists(
    st.builds(
        bought,
        st.sampled_from([Metric.DEVICE, Metric.CONCURRENT, Metric.NAMED_USER]),
        st.integers(0, 8),
        st.sampled_from(["photo", "cut", "cloud"]),
        scope=st.sampled_from([Scope(), Scope(Reach.LAB, "MUIR/1"), Scope(Reach.SITE, "MUIR")]),
    ),
    max_size=4,
)


@given(some, st.integers(0, 10))
@settings(max_examples=60)
def test_the_truth_lies_between(audiences: list[Audience], seats: int) -> None:
    """Whichever periods the sections turn out to meet in; exact where all are known."""
    one = positions(audiences, bought(Metric.CONCURRENT, seats, "photo")).get("photo")
    here = [each for each in audiences if "photo" in each.titles]
    if one is None or not here:
        return
    free = [each for each in here if not each.periods]
    for chosen in product(["1", "2", "3"], repeat=len(free)):
        meets = {id(each): frozenset({period}) for each, period in zip(free, chosen, strict=True)}
        rooms = [
            [each for each in here if each.lab_id == lab and time in meets.get(id(each), each.periods)]
            for lab, time in product(LABS, "123")
        ]
        if any(
            sum(each.people or 0 for each in room) > len(room[0].stations) and any(not each.periods for each in room)
            for room in rooms
            if room
        ):
            continue  # no more in one room than it has stations
        true = max(
            sum(each.people or 0 for each in here if time in meets.get(id(each), each.periods)) for time in "123"
        )
        short = max(0, true - seats)
        assert least(one.short) <= short <= (most(one.short) or 0)
    if not free:
        assert isinstance(one.short, int)


@given(some, purchases, purchases.filter(bool))
@settings(max_examples=60)
def test_more_seats_make_nothing_shorter(
    audiences: list[Audience], seats: list[Entitlement], more: list[Entitlement]
) -> None:
    same = [one for one in more if one.metric in {each.metric for each in seats if each.product == one.product}]
    before, after = positions(audiences, *seats), positions(audiences, *seats, *same)
    for title, one in before.items():
        assert least(after[title].short) <= least(one.short)
        assert (most(after[title].short) or 0) <= (most(one.short) or 0)
        assert one.covered <= after[title].covered


@given(some, purchases)
@settings(max_examples=60)
def test_no_seat_is_given_twice(audiences: list[Audience], seats: list[Entitlement]) -> None:
    for one in positions(audiences, *seats).values():
        for each in one.reckonings:
            if each.metric is not Metric.DEVICE:
                assert (most(each.served) or 0) <= (each.seats or 0)
                assert (most(each.served) or 0) <= (most(each.asked) or 0)
        if one.people is not None:
            assert most(one.people) == sum(each.people or 0 for each in one.audiences)
