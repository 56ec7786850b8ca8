"""What is installed where: surely, when last heard, not known."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.census import census_of
from inventory.device_set import NO_DEVICES, DeviceSet
from inventory.views import DeviceView, InstallView, Snapshot, SoftwareSetView
from licenses.presence import Presence, presence_of

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
STALE_AFTER = timedelta(days=14)


def software(id_: int, *titles: str, unasked: tuple[str, ...] = ()) -> SoftwareSetView:
    return SoftwareSetView(id_, tuple(InstallView(title, "2026", "2026.1") for title in titles), unasked)


def device(id_: int, days: float | None, software: SoftwareSetView | None) -> DeviceView:
    heard = None if days is None else NOW - timedelta(days=days)
    nothing = dict.fromkeys(("lab_id", "site_id", "station_id", "hardware", "system", "acquired_on", "cost_cents"))
    make: Callable[..., DeviceView] = DeviceView
    return make(
        id=id_,
        name=f"PC-{id_}",
        serial="",
        asset_tag="",
        first_heard=heard,
        last_heard=heard,
        software=software,
        volumes=(),
        funding="",
        **nothing,
    )


def presence(*devices: DeviceView) -> Presence:
    """What a census of the devices says."""
    snapshot = Snapshot(NOW, {}, {}, {}, {one.id: one for one in devices})
    return presence_of(census_of(snapshot, stale_after=STALE_AFTER))


def test_fresh_stale_and_never_heard() -> None:
    image = software(1, "revit")
    found = presence(device(1, 1, image), device(2, 15, image), device(3, None, None), device(4, 14, software(2)))
    assert found.installed == {"revit": DeviceSet({1})}
    assert found.last_known == {"revit": DeviceSet({2})}
    assert found.unheard == DeviceSet({2, 3})


def test_a_list_that_could_not_be_read_leaves_the_rest_unknown() -> None:
    found = presence(device(1, 1, software(1, "revit", unasked=("msix",))))
    assert found.installed == {"revit": DeviceSet({1})}
    assert found.unheard == DeviceSet({1})


def test_two_releases_are_one_device() -> None:
    two = SoftwareSetView(1, (InstallView("revit", "2025", ""), InstallView("revit", "2026", "")), ())
    assert presence(device(1, 1, two)).installed == {"revit": DeviceSet({1})}


titles = st.lists(st.sampled_from(["revit", "autocad", "maya"]), unique=True)


@given(st.lists(st.tuples(st.sampled_from([None, 1.0, 20.0]), titles, st.booleans()), max_size=8))
def test_sets_that_are_shared_give_what_sets_that_are_not_give(
    made: list[tuple[float | None, list[str], bool]],
) -> None:
    shared: dict[tuple[str, ...], SoftwareSetView] = {}
    alone, together = [], []
    for id_, (days, names, unread) in enumerate(made):
        unasked = ("snap",) if unread else ()
        key = (*sorted(names), *unasked)
        one = shared.setdefault(key, software(len(shared), *sorted(names), unasked=unasked))
        together.append(device(id_, days, one))
        alone.append(device(id_, days, software(100 + id_, *names, unasked=unasked)))
    first = presence(*together)
    assert first == presence(*alone)
    for title in ("revit", "autocad", "maya"):
        having = [(id_, days) for id_, (days, names, _) in enumerate(made) if title in names]
        sure = {id_ for id_, days in having if days == 1.0}
        assert first.installed.get(title, NO_DEVICES) == DeviceSet(sure)
        assert first.last_known.get(title, NO_DEVICES) == DeviceSet(id_ for id_, days in having if days != 1.0)
    assert first.unheard == DeviceSet(id_ for id_, (days, _, unread) in enumerate(made) if days != 1.0 or unread)


def test_a_title_in_free_editions_only_is_told_apart() -> None:
    community = InstallView("pycharm", "2024.3", "2024.3.1", "Community")
    paid = InstallView("pycharm", "2024.3", "2024.3.1", "Professional")
    sets = (SoftwareSetView(1, (community,), ()), SoftwareSetView(2, (community, paid), ()))
    snapshot = Snapshot(NOW, {}, {}, {}, {n: device(n, 1, one) for n, one in enumerate(sets, 1)})
    found = presence_of(
        census_of(snapshot, stale_after=STALE_AFTER),
        is_free=lambda title, edition: (title, edition) == ("pycharm", "Community"),
    )
    assert found.installed == {"pycharm": DeviceSet({1, 2})}
    assert found.free_editions == {"pycharm": DeviceSet({1})}
