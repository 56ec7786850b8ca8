"""What labs ask of the allocation, and what purchases can give: releases, suites, rooms, exams."""

from dataclasses import replace
from datetime import date

from inventory.releases import VersionRange
from licenses.allocation import Holder
from licenses.lab_needs import Asks, lab_needs, offers_of, pools_of
from licenses.metrics import Metric
from licenses.pathway import Alternative, Level, Purpose, TitleNeed
from licenses.suite import Member, Suite
from tests.fleet.lab_builders import AUTOCAD, MARK, SIMCHART, device, lab, pathway, seats, section, snapshot, software

TODAY = date(2026, 11, 23)
EITHER = TitleNeed((Alternative("inventor"), Alternative("solidworks")), Level.REQUIRED, Purpose.TEACH, MARK)
AUTOCAD_ASK = "autocad 2025 to 2026"


def test_a_section_asks_for_its_students_and_no_more_than_there_are_stations() -> None:
    taken = snapshot({lab(): [device(1), device(2), None]})
    asks = Asks()
    (need,) = lab_needs(taken, {"152": pathway()}, [section(28), section(1, code="2")], asks, on=TODAY)
    assert (need.lab, need.stations, need.asks) == ("MUIR/B12", 2, frozenset({AUTOCAD_ASK}))
    assert sorted((one.id, one.students) for one in need.sittings) == [("X/1", 2), ("X/2", 1)]


def test_sections_that_meet_at_once_are_parts_of_a_lab() -> None:
    taken = snapshot({lab(): [device(n) for n in range(1, 7)]})
    both = [section(3, code="1", period="1"), section(2, code="2", period="1"), section(4, code="3", period="2")]
    first, second = lab_needs(taken, {"152": pathway()}, both, Asks(), on=TODAY)
    assert [one.id for one in first.sittings] == ["X/3", "X/1"]
    assert ([one.id for one in second.sittings], second.stations) == (["X/2"], 2)


def test_without_sections_the_stations_are_the_need() -> None:
    (need,) = lab_needs(snapshot({lab(): [device(1)]}), {"152": pathway()}, [], Asks(), on=TODAY)
    assert (need.stations, need.sittings) == (1, ())


def test_a_section_without_a_room_asks_only_what_runs_on_the_web() -> None:
    web = pathway(needs=(AUTOCAD, SIMCHART))
    loose = replace(section(20), lab="", lab_id=None)
    needs = lab_needs(snapshot({}), {"152": web}, [loose], Asks(), on=TODAY)
    assert [(one.stations, one.sittings[0].asks, one.sittings[0].students) for one in needs] == [
        (0, frozenset({"simchart"}), 20)
    ]
    assert lab_needs(snapshot({}), {"152": pathway()}, [loose], Asks(), on=TODAY) == ()


def test_where_one_of_several_is_installed_it_counts_else_any() -> None:
    asked = {"152": pathway(needs=(EITHER,))}
    bare = snapshot({lab(): [device(1, software=software())]})
    has = snapshot({lab(): [device(1, software=software("solidworks 2026"))]})
    assert lab_needs(bare, asked, [], Asks(), on=TODAY)[0].asks == frozenset({"inventor or solidworks"})
    assert lab_needs(has, asked, [], Asks(), on=TODAY)[0].asks == frozenset({"solidworks"})


def _asks() -> Asks:
    asks = Asks()
    asks.name(AUTOCAD.any_of)
    asks.name(EITHER.any_of)
    return asks


def test_a_pool_covers_what_its_releases_allow() -> None:
    def allowed(*_: object) -> VersionRange:
        return VersionRange(maximum="2024")

    (one,) = pools_of([seats(5)], [], [], _asks(), on=TODAY)
    assert (one.covers, one.holder, one.seats) == (frozenset({AUTOCAD_ASK}), Holder.STATION, 5)
    assert pools_of([seats(5)], [], [], _asks(), on=TODAY, allowed=allowed) == ()


def test_a_suite_covers_its_titles_and_only_what_runs_all_term_counts() -> None:
    suite = Suite("all", "All", "", (Member("autocad"), Member("solidworks"), Member("other")), MARK)
    bought = replace(seats(5, metric=Metric.NAMED_USER), title="", suite="all")
    (one,) = pools_of([bought], [suite], [], _asks(), on=TODAY)
    assert (one.covers, one.holder) == (frozenset({AUTOCAD_ASK, "inventor or solidworks"}), Holder.PERSON)
    assert pools_of([bought], [suite], [], _asks(), on=TODAY, until=date(2027, 7, 1)) == ()
    assert pools_of([bought], [suite], [], _asks(), on=date(2026, 6, 30)) == ()


def test_free_titles_are_unlimited() -> None:
    (one,) = pools_of([], [], ["solidworks"], _asks(), on=TODAY)
    assert (one.covers, one.seats) == (frozenset({"inventor or solidworks"}), None)


def test_offers_cost_what_the_last_purchase_did_and_say_where_none_tells() -> None:
    bought = [
        seats(10, cost_cents=9_000, start=date(2025, 7, 1), end=date(2026, 6, 30)),
        seats(10, cost_cents=12_000),
    ]
    offers = {one.product: one for one in offers_of(_asks(), bought, [], [])}
    assert offers["autocad"].cents == 1_200
    assert offers["inventor"].cents is None
