"""The laws of identity: order is irrelevant, junk is silent, what stays the same stays the same device."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from agents.report import Identity, Interface, InterfaceKind
from inventory.identifiers import Identifier, Kind, identifiers
from inventory.identity import Candidate, Outcome, Verdict, decide

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


def verdict(
    identity: Identity,
    cards: tuple[Interface, ...],
    *candidates: Candidate,
    booted: datetime = NOW - timedelta(hours=2),
) -> Verdict:
    """What is said of a report of now, when `candidates` are known."""
    stated = identifiers(identity, cards)
    shared = {one: sum(one in candidate.current for candidate in candidates) for one in stated}
    return decide(stated, candidates, shared=shared, now=NOW, booted_at=booted)


MACHINES = st.builds(
    Identity,
    hostname=st.sampled_from(["a", "lab-1", "lab-2"]),
    serial=st.sampled_from(["", "5CG1234XYZ", "5CG7777777"]),
    board_serial=st.sampled_from(["", "PKEAE028", "PKEAE029"]),
    system_uuid=st.sampled_from(["", "4c4c4544-0050-5010-8044-b7c04f593132", "4c4c4544-0046-4810-8057-b3c04f385a31"]),
    asset_tag=st.sampled_from(["", "LUSD4711", "LUSD4712"]),
    system_id=st.sampled_from(["", "5f" * 32, "6e" * 32]),
    disk_serials=st.lists(st.sampled_from(["D-4711", "D-4712"]), max_size=2).map(tuple),
)
CARDS = st.lists(st.sampled_from(["a4:bb:6d:10:20:30", "a4:bb:6d:10:20:31"]), max_size=2).map(
    lambda macs: tuple(Interface(f"eth{at}", mac, InterfaceKind.ETHERNET) for at, mac in enumerate(macs))
)
STARTS = st.sampled_from([0, 1, 3, 20, 30, 50])


def stored(machines: list[tuple[Identity, tuple[Interface, ...], int]]) -> list[Candidate]:
    """Devices as the inventory would hold them."""
    return [
        Candidate(at, identifiers(identity, cards), last_heard=YESTERDAY, booted_at=YESTERDAY - timedelta(hours=hours))
        for at, (identity, cards, hours) in enumerate(machines)
    ]


FLEETS = st.lists(st.tuples(MACHINES, CARDS, STARTS), max_size=5).map(stored)


@given(MACHINES, CARDS, FLEETS, STARTS, st.randoms(use_true_random=False))
def test_the_order_of_the_devices_is_irrelevant(
    identity: Identity, cards: tuple[Interface, ...], fleet: list[Candidate], hours: int, dice: Random
) -> None:
    mixed = list(fleet)
    dice.shuffle(mixed)
    start = NOW - timedelta(hours=hours)
    assert verdict(identity, cards, *fleet, booted=start) == verdict(identity, cards, *mixed, booted=start)


@given(MACHINES, CARDS, FLEETS)
def test_a_report_identical_to_the_last_is_of_the_same_device(
    identity: Identity, cards: tuple[Interface, ...], fleet: list[Candidate]
) -> None:
    device = Candidate(99, identifiers(identity, cards), last_heard=YESTERDAY, booted_at=YESTERDAY)
    others = [one for one in fleet if one.current != device.current]
    said = verdict(identity, cards, *others, device)
    assert said.device_id == 99
    assert said.outcome is Outcome.SAME or {one.kind for one in device.current} <= {Kind.HOSTNAME}


@given(MACHINES, CARDS, FLEETS, STARTS)
def test_two_machines_whose_serials_and_uuids_differ_are_never_merged(
    identity: Identity, cards: tuple[Interface, ...], fleet: list[Candidate], hours: int
) -> None:
    said = verdict(identity, cards, *fleet, booted=NOW - timedelta(hours=hours))
    if said.device_id is not None:
        mine, theirs = identifiers(identity, cards), fleet[said.device_id].current
        differ = [kind for kind in (Kind.SERIAL, Kind.UUID) if contradict(mine, theirs, kind)]
        assert len(differ) < 2


def contradict(mine: frozenset[Identifier], theirs: frozenset[Identifier], kind: Kind) -> bool:
    """Whether both state an identifier of a kind, and not the same."""
    here, there = ({one for one in stated if one.kind is kind} for stated in (mine, theirs))
    return bool(here and there and not here & there)


@given(MACHINES, CARDS, FLEETS, st.sampled_from(["To be filled by O.E.M.", "Default string", "0", "None", "  "]))
def test_junk_never_changes_the_verdict(
    identity: Identity, cards: tuple[Interface, ...], fleet: list[Candidate], junk: str
) -> None:
    silent = replace(identity, serial="", board_serial="", asset_tag="", system_uuid="")
    loud = replace(
        identity,
        serial=junk,
        board_serial=junk,
        asset_tag=junk,
        system_uuid="03000200-0400-0500-0006-000700080009",
        disk_serials=(*identity.disk_serials, junk),
    )
    shared = (*cards, Interface("any", "00:05:9a:3c:7a:00", InterfaceKind.ETHERNET))
    assert verdict(loud, shared, *fleet) == verdict(silent, cards, *fleet)


@given(MACHINES, CARDS, FLEETS, STARTS)
def test_a_device_of_its_own_or_one_of_the_candidates(
    identity: Identity, cards: tuple[Interface, ...], fleet: list[Candidate], hours: int
) -> None:
    said = verdict(identity, cards, *fleet, booted=NOW - timedelta(hours=hours))
    assert (said.device_id is None) >= (said.outcome is Outcome.NEW)
    assert said.device_id is None or said.device_id in range(len(fleet))
    assert said.words
