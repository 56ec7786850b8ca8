"""Whose report is this: one trace for each thing that happens to machines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agents.report import Hardware, Identity, Interface, InterfaceKind
from inventory.identifiers import Identifier, Kind, identifiers, ignored
from inventory.identity import Candidate, Outcome, Verdict, carried, decide

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BELL = NOW - timedelta(hours=2)
YESTERDAY = NOW - timedelta(days=1)
LAPTOP = Identity(
    "b12-07",
    "5CG1234XYZ",
    "PKEAE028JDQ0Z",
    "4c4c4544-0050-5010-8044-b7c04f593132",
    "LUSD004711",
    "5f" * 32,
    ("S4EVNX0",),
)
WHITE_BOX = Identity(
    "c03-11",
    "To be filled by O.E.M.",
    "Default string",
    "03000200-0400-0500-0006-000700080009",
    "",
    "7c" * 32,
    ("WD-88K2",),
)
BUILT_IN = (
    Interface("eth0", "a4:bb:6d:10:20:30", InterfaceKind.ETHERNET),
    Interface("wlan0", "3c:58:c2:10:20:31", InterfaceKind.WIFI),
)
GUEST = Identity("vm", "VMware-564d6049", "None", "564d6049-9d7d-6e8b-4a41-7b2db147aba7", "", "1d" * 32)
GUEST_CARD = (Interface("eth0", "00:0c:29:10:20:30", InterfaceKind.ETHERNET),)


def wired(mac: str) -> tuple[Interface, ...]:
    """One built-in wired adapter."""
    return (Interface("eth0", mac, InterfaceKind.ETHERNET),)


def known(
    identity: Identity, cards: tuple[Interface, ...] = BUILT_IN, *, device: int = 1, virtual: bool = False
) -> Candidate:
    """A device that was heard yesterday, from a start of yesterday."""
    stated = identifiers(identity, cards, Hardware(virtual=virtual))
    return Candidate(device, stated, last_heard=YESTERDAY, booted_at=YESTERDAY - timedelta(hours=2))


def verdict(
    identity: Identity,
    cards: tuple[Interface, ...] = BUILT_IN,
    *candidates: Candidate,
    virtual: bool = False,
    booted: datetime = BELL,
) -> Verdict:
    """What is said of a report of now, when `candidates` are known."""
    stated = identifiers(identity, cards, Hardware(virtual=virtual))
    shared = {one: sum(one in candidate.current for candidate in candidates) for one in stated}
    return decide(stated, candidates, shared=shared, now=NOW, booted_at=booted)


@pytest.mark.parametrize("machine", [LAPTOP, WHITE_BOX], ids=["vendor", "white box"])
@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        pytest.param({}, Outcome.SAME, id="unchanged"),
        pytest.param({"hostname": "other"}, Outcome.RENAMED, id="renamed"),
        pytest.param({"system_id": "ab" * 32}, Outcome.REIMAGED, id="re-imaged, name kept"),
        pytest.param({"system_id": "ab" * 32, "hostname": "other"}, Outcome.REIMAGED, id="re-imaged, new name"),
        pytest.param({"disk_serials": ("NEW-1",)}, Outcome.DISK_SWAPPED, id="disk copied to a new one"),
        pytest.param(
            {"disk_serials": ("NEW-1",), "system_id": "ab" * 32}, Outcome.DISK_SWAPPED, id="disk new and empty"
        ),
        pytest.param({"disk_serials": ("WD-88K2", "S4EVNX0", "D2")}, Outcome.SAME, id="disk added"),
        pytest.param({"serial": "", "board_serial": "", "system_uuid": ""}, Outcome.SAME, id="privileges lost"),
    ],
)
def test_a_machine_that_changed_stays_one_device(machine: Identity, change: dict[str, str], outcome: Outcome) -> None:
    said = verdict(replace(machine, **change), BUILT_IN, known(machine))  # type: ignore[arg-type]  # fields by name
    assert (said.outcome, said.device_id) == (outcome, 1)
    assert not any(conflict.grave for conflict in said.conflicts)


def test_a_new_board_under_the_old_serial_is_a_board_swapped_and_says_so() -> None:
    board = replace(LAPTOP, board_serial="PKNEW00001", system_uuid="11112222-3333-4444-5555-66667777aaaa")
    said = verdict(board, wired("a4:bb:6d:99:99:99"), known(LAPTOP))
    assert (said.outcome, said.device_id) == (Outcome.BOARD_SWAPPED, 1)
    assert "same serial 5CG1234XYZ" in said.words
    assert "board UUID, board serial and network address changed: board swapped" in said.words


def test_a_new_board_is_recognised_by_the_system_where_no_disk_is_readable() -> None:
    before = replace(LAPTOP, disk_serials=())
    board = replace(before, board_serial="PKNEW00001", system_uuid="11112222-3333-4444-5555-66667777aaaa")
    assert verdict(board, wired("a4:bb:6d:99:99:99"), known(before)).outcome is Outcome.BOARD_SWAPPED
    anew = replace(board, system_id="ab" * 32, hostname="other")
    assert verdict(anew, wired("a4:bb:6d:99:99:99"), known(before)).outcome is Outcome.CONFLICT


def test_a_board_cannot_be_swapped_while_the_machine_runs() -> None:
    board = replace(LAPTOP, board_serial="PKNEW00001", system_uuid="11112222-3333-4444-5555-66667777aaaa")
    running = known(LAPTOP)
    assert running.booted_at is not None
    said = verdict(board, wired("a4:bb:6d:99:99:99"), running, booted=running.booted_at)
    assert (said.outcome, said.device_id) == (Outcome.CONFLICT, None)


def test_a_board_swapped_without_its_serial_may_be_a_disk_that_moved_so_a_person_decides() -> None:
    board = replace(
        LAPTOP, serial="CND9999999", board_serial="PKNEW00001", system_uuid="11112222-3333-4444-5555-66667777aaaa"
    )
    said = verdict(board, wired("a4:bb:6d:99:99:99"), known(LAPTOP))
    assert (said.outcome, said.device_id) == (Outcome.CONFLICT, None)
    assert "disk S4EVNX0 is live on 2 devices" in said.words


OTHER_CARD = wired("a4:bb:6d:99:99:99")


@pytest.mark.parametrize(
    ("before", "after", "cards", "outcome"),
    [
        pytest.param(LAPTOP, {}, OTHER_CARD, Outcome.SAME, id="a new network adapter"),
        pytest.param(replace(LAPTOP, disk_serials=()), {}, OTHER_CARD, Outcome.CONFLICT, id="an adapter, no disk seen"),
        pytest.param(
            LAPTOP, {"disk_serials": ("D-999",)}, OTHER_CARD, Outcome.CONFLICT, id="firmware flashed from a dump"
        ),
        pytest.param(LAPTOP, {"serial": "5CG0000001"}, BUILT_IN, Outcome.SAME, id="a serial rewritten"),
        pytest.param(
            LAPTOP, {"serial": "5CG0000001", "disk_serials": ("D-999",)}, BUILT_IN, Outcome.CONFLICT, id="a board moved"
        ),
        pytest.param(
            LAPTOP,
            {"serial": "", "board_serial": "", "hostname": "other", "disk_serials": ("D-999",)},
            (),
            Outcome.CONFLICT,
            id="a UUID alone, and another disk",
        ),
    ],
)
def test_one_changed_part_is_carried_by_the_others_or_left_to_a_person(
    before: Identity, after: dict[str, str], cards: tuple[Interface, ...], outcome: Outcome
) -> None:
    said = verdict(replace(before, **after), cards, known(before))  # type: ignore[arg-type]  # fields by name
    assert (said.outcome, said.device_id) == (outcome, None if outcome is Outcome.CONFLICT else 1)


def test_docks_tunnels_and_random_addresses_never_speak() -> None:
    travelling = (
        Interface("usb0", "a0:ce:c8:00:00:01", InterfaceKind.USB),
        Interface("vpn", "00:05:9a:3c:7a:00", InterfaceKind.ETHERNET),
        Interface("random", "da:a1:19:00:00:01", InterfaceKind.WIFI),
        Interface("vmnet8", "00:50:56:c0:00:08", InterfaceKind.ETHERNET),
        Interface("vbox", "0a:00:27:00:00:00", InterfaceKind.VIRTUAL),
    )
    assert identifiers(LAPTOP, BUILT_IN + travelling) == identifiers(LAPTOP, BUILT_IN)
    one, two = (
        replace(LAPTOP, serial=s, system_uuid="", board_serial=s, disk_serials=(s,)) for s in ("AAA1111", "BBB2222")
    )
    shared_dock = wired("a0:ce:c8:00:00:01")
    two = replace(two, hostname="other", asset_tag="", system_id="ab" * 32)
    said = verdict(two, shared_dock, known(one, shared_dock))
    assert said.outcome is Outcome.NEW
    assert "a dock, an adapter" in said.conflicts[0].words


def test_clones_without_sysprep_are_devices_of_their_own() -> None:
    clone = replace(
        LAPTOP,
        serial="5CG7777777",
        board_serial="PKB",
        system_uuid="11112222-3333-4444-5555-66667777aaaa",
        asset_tag="",
        disk_serials=("S4EV999",),
    )
    said = verdict(clone, wired("a4:bb:6d:99:99:99"), known(LAPTOP))
    assert (said.outcome, said.device_id) == (Outcome.NEW, None)
    assert said.conflicts[0].words.endswith("cloned without generalising the image")


def test_one_board_uuid_on_many_machines_is_reported_and_soon_ignored() -> None:
    uuid = "9c4411ec-81af-0001-02aa-bbcc00112233"
    lab = [
        known(
            replace(WHITE_BOX, system_uuid=uuid, hostname=f"c{n}", system_id=f"{n}f" * 32, disk_serials=(f"D-10{n}",)),
            wired(f"a4:bb:6d:00:00:0{n}"),
            device=n,
        )
        for n in range(1, 9)
    ]
    ninth = replace(WHITE_BOX, system_uuid=uuid, hostname="c9", system_id="9f" * 32, disk_serials=("D-109",))
    second = verdict(ninth, wired("a4:bb:6d:00:00:09"), lab[0])
    assert (second.outcome, second.device_id) == (Outcome.CONFLICT, None)
    assert second.conflicts[0].words == f"board UUID {uuid_shown(uuid)} is live on 2 devices"
    last = verdict(ninth, wired("a4:bb:6d:00:00:09"), *lab)
    assert last.outcome is Outcome.NEW
    assert f"board UUID {uuid_shown(uuid)} is live on 9 devices" in last.conflicts[0].words
    # And each of them, re-imaged, is still itself.
    again = verdict(replace(ninth, disk_serials=("D-104",), system_id="ee" * 32), wired("a4:bb:6d:00:00:04"), *lab)
    assert (again.outcome, again.device_id) == (Outcome.REIMAGED, 4)


def uuid_shown(uuid: str) -> str:
    """A UUID in the normal byte order, as conflicts show it."""
    (found,) = identifiers(Identity("", system_uuid=uuid))
    return f"{found.value[:8]}-{found.value[8:12]}-{found.value[12:16]}-{found.value[16:20]}-{found.value[20:]}"


@pytest.mark.parametrize("way", ["same serial and UUID, new address", "all new but the system"])
def test_a_copied_guest_is_never_merged(way: str) -> None:
    if way.startswith("same"):
        said = verdict(GUEST, wired("00:0c:29:99:99:99"), known(GUEST, GUEST_CARD, virtual=True), virtual=True)
        assert (said.outcome, said.device_id) == (Outcome.CONFLICT, None)
    else:
        copy = replace(
            GUEST, serial="VMware-1234fe", system_uuid="564d0000-9d7d-6e8b-4a41-7b2db147abff", hostname="vm2"
        )
        said = verdict(copy, wired("00:0c:29:99:99:99"), known(GUEST, GUEST_CARD, virtual=True), virtual=True)
        assert (said.outcome, said.device_id) == (Outcome.NEW, None)


@pytest.mark.parametrize("minutes", [-180, 60], ids=["an older start", "a younger start"])
def test_two_starts_at_once_are_a_conflict(minutes: int) -> None:
    start = NOW - timedelta(hours=5)
    one = replace(known(LAPTOP), last_heard=NOW - timedelta(minutes=5), booted_at=start)
    said = verdict(LAPTOP, BUILT_IN, one, booted=start + timedelta(minutes=minutes))
    assert (said.outcome, said.device_id) == (Outcome.CONFLICT, 1)
    assert "two starts at once" in said.words
    assert verdict(LAPTOP, BUILT_IN, one, booted=start).outcome is Outcome.SAME
    assert verdict(LAPTOP, BUILT_IN, one, booted=NOW - timedelta(minutes=1)).outcome is Outcome.SAME
    assert verdict(LAPTOP, BUILT_IN, one, booted=datetime(1970, 1, 1, tzinfo=UTC)).outcome is Outcome.SAME
    renamed = verdict(replace(LAPTOP, hostname="x"), BUILT_IN, one, booted=start + timedelta(minutes=minutes))
    assert (renamed.outcome, renamed.device_id) == (Outcome.CONFLICT, None)


def test_split_copies_are_told_apart_by_their_start() -> None:
    copies = [
        replace(known(LAPTOP, device=n), last_heard=NOW - timedelta(minutes=n), booted_at=NOW - timedelta(hours=n))
        for n in (1, 2)
    ]
    same = verdict(LAPTOP, BUILT_IN, *copies, booted=NOW - timedelta(hours=2))
    assert (same.outcome, same.device_id) == (Outcome.SAME, 2)
    after_a_restart = verdict(LAPTOP, BUILT_IN, *copies, booted=NOW - timedelta(seconds=10))
    assert after_a_restart.outcome is Outcome.CONFLICT
    assert after_a_restart.device_id in (1, 2)
    renamed = verdict(replace(LAPTOP, hostname="other"), BUILT_IN, *copies, booted=NOW - timedelta(seconds=10))
    assert renamed.outcome is Outcome.CONFLICT
    assert renamed.device_id in (1, 2)


def test_disks_that_two_machines_exchange_move_no_identity() -> None:
    one, two = known(LAPTOP, device=1), known(WHITE_BOX, wired("d8:bb:c1:00:00:02"), device=2)
    moved = replace(
        LAPTOP, disk_serials=WHITE_BOX.disk_serials, system_id=WHITE_BOX.system_id, hostname=WHITE_BOX.hostname
    )
    said = verdict(moved, BUILT_IN, one, two)
    assert (said.outcome, said.device_id) == (Outcome.DISK_SWAPPED, 1)


@pytest.mark.parametrize(
    ("listed", "adopted"),
    [
        pytest.param({"serial": "5cg 1234xyz"}, True, id="by serial"),
        pytest.param({"asset_tag": "LUSD004711"}, True, id="by asset tag"),
        pytest.param({"serial": "5CG0000009", "asset_tag": "LUSD004711"}, False, id="the tag of another serial"),
        pytest.param({}, False, id="by name only"),
    ],
)
def test_a_device_known_from_a_list_is_expected(listed: dict[str, str], adopted: bool) -> None:
    row = Candidate(9, identifiers(Identity("b12-07", **listed)))  # type: ignore[arg-type]  # fields by name
    said = verdict(LAPTOP, BUILT_IN, row)
    assert (said.outcome, said.device_id) == ((Outcome.EXPECTED, 9) if adopted else (Outcome.NEW, None))


def test_a_frozen_machine_is_the_same_at_each_start() -> None:
    device = known(LAPTOP)
    for day in range(5):
        said = verdict(LAPTOP, BUILT_IN, device, booted=NOW + timedelta(days=day))
        assert (said.outcome, said.device_id) == (Outcome.SAME, 1)


def test_a_name_alone_is_nobody() -> None:
    nameless = Identity("b12-07")
    assert verdict(nameless, (), known(LAPTOP)).outcome is Outcome.NEW
    assert verdict(nameless, (), known(nameless, ())).outcome is Outcome.CONFLICT


def test_what_a_device_carried_before_is_remembered() -> None:
    first, second = identifiers(LAPTOP), identifiers(replace(LAPTOP, disk_serials=("NEW-1",), asset_tag=""))
    current, former = carried(Candidate(1, first), second)
    assert Identifier(Kind.ASSET_TAG, "lusd004711") in current  # not stated is not gone
    assert former == {Identifier(Kind.DISK, "s4evnx0")}


def test_every_verdict_has_words() -> None:
    assert verdict(LAPTOP).words == "a new device"
    said = verdict(replace(LAPTOP, hostname="other"), BUILT_IN, known(LAPTOP)).words
    assert said.endswith("name changed: renamed")


def test_junk_is_shown_as_ignored() -> None:
    assert [one.kind for one in ignored(WHITE_BOX)] == [Kind.BOARD_SERIAL, Kind.SERIAL, Kind.UUID]
