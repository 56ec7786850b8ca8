"""A check-in becomes state and history: on SQLite and on PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session

from agents.report import CheckIn, Identity, Section, Software, Vitals, Volume
from inventory.arrival import Arrival
from inventory.claims import MOST_STATED
from inventory.columns import table_of
from inventory.conflicts import load_conflicts
from inventory.devices import DeviceRow, StateRow
from inventory.evidence import IdentifierRow, ReportRow
from inventory.history import load_history
from inventory.identity import Outcome
from inventory.record import Effect, Recorded, record
from inventory.sections import SectionShelf
from inventory.snapshots import load_snapshot
from tests.check_ins import REVIT, WIRESHARK, bare, check_in, digested, given
from tests.district import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def send(engine: Engine, shelf: SectionShelf) -> "Send":
    """Records one check-in in a transaction of its own."""
    return Send(engine, shelf)


class Send:
    def __init__(self, engine: Engine, shelf: SectionShelf) -> None:
        self.engine = engine
        self.shelf = shelf

    def __call__(self, message: CheckIn, *, hours: float = 0) -> Recorded:
        with self.engine.begin() as connection:
            (done,) = record(connection, self.shelf, [Arrival(message, given(message), None, NOW + hours * HOUR)])

        if isinstance(done, ValueError):
            raise done
        return done

    def together(self, *messages: CheckIn) -> tuple[Recorded | ValueError, ...]:
        with self.engine.begin() as connection:
            return record(connection, self.shelf, [Arrival(one, given(one), None, NOW) for one in messages])

    def count(self, row: type) -> int:
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(table_of(row))).scalar_one()


def test_sections_are_asked_for_once(send: Send) -> None:
    first, second = check_in(1), check_in(2)
    asked = send(bare(first))
    assert asked.effect is Effect.MISSING
    assert set(asked.missing) == set(Section)
    assert send.count(DeviceRow) == 0
    assert send(first).effect is Effect.CHANGED
    assert send(bare(second)).effect is Effect.CHANGED
    assert send.count(DeviceRow) == 2


def test_unchanged_writes_only_when_it_was_heard(send: Send) -> None:
    send(check_in(1))
    again = replace(bare(check_in(1)), id="a" * 32, vitals=Vitals(volumes=(Volume("C:", 100, 7),)))
    assert send(again, hours=5).effect is Effect.UNCHANGED
    assert (send.count(StateRow), send.count(ReportRow)) == (1, 1)
    with Session(send.engine) as session:
        (device,) = load_snapshot(session, now=NOW).devices.values()
    assert device.last_heard == NOW + 5 * HOUR
    assert device.volumes == (Volume("C:", 100, 7),)


def test_new_software_closes_an_interval_and_opens_one(send: Send) -> None:
    first = send(check_in(1))
    send(check_in(1, software=Software(installs=(WIRESHARK,))), hours=24)
    assert first.device_id is not None
    with Session(send.engine) as session:
        past = load_history(session, first.device_id)
        (device,) = load_snapshot(session, now=NOW).devices.values()
    before, after = past.states
    assert (before.until, after.since, after.until) == (NOW + 24 * HOUR, NOW + 24 * HOUR, None)
    assert after.change.added == ("Wireshark 4.4.1 x64 4.4.1",)
    assert after.change.removed == ("Autodesk Revit 2024 24.0.4.427", "Revit 2024 Language Pack - English 24.0")
    assert device.software is not None
    assert [install.title for install in device.software.installs] == ["wireshark"]


def test_only_the_product_is_an_install(send: Send) -> None:
    send(check_in(1))
    with Session(send.engine) as session:
        (device,) = load_snapshot(session, now=NOW).devices.values()
    assert device.software is not None
    assert [(i.title, i.release, i.version) for i in device.software.installs] == [("revit", "2024", REVIT.version)]


def test_the_same_report_twice_is_one_report(send: Send) -> None:
    message = check_in(1)
    send(message)
    renamed = check_in(1, identity=replace(message.identity, hostname="NEW-NAME"))
    send(renamed, hours=1)
    again = send(message, hours=2)  # redelivered from a spool, after a newer one
    assert again.effect is Effect.LATE
    assert send.count(ReportRow) == 2
    with Session(send.engine) as session:
        (device,) = load_snapshot(session, now=NOW).devices.values()
    assert device.name == "NEW-NAME"


def test_a_report_that_waited_is_dated_when_it_was_taken(send: Send) -> None:
    send(check_in(1))
    waited = check_in(1, software=Software(installs=(WIRESHARK,)), age=3 * 3600.0)
    send(waited, hours=10)
    with Session(send.engine) as session:
        (device,) = load_snapshot(session, now=NOW).devices.values()
    assert device.last_heard == NOW + 7 * HOUR


@pytest.mark.parametrize("age", [-5e9, 9e12])
def test_a_clock_years_off_dates_nothing_wildly(send: Send, age: float) -> None:
    send(check_in(1, age=age))
    with Session(send.engine) as session:
        (device,) = load_snapshot(session, now=NOW).devices.values()
    assert device.last_heard is not None
    assert NOW - timedelta(days=90) <= device.last_heard <= NOW


def test_late_word_changes_nothing(send: Send) -> None:
    send(check_in(1), hours=10)
    assert send(check_in(1, software=Software()), hours=2).effect is Effect.LATE
    assert send.count(StateRow) == 1


def test_a_renamed_and_reimaged_machine_is_one_device(send: Send) -> None:
    whole = check_in(1)
    assert send(whole).outcome is Outcome.NEW
    renamed = digested(replace(whole, id="1" * 32, identity=replace(whole.identity, hostname="B12-RENAMED")))
    assert send(renamed, hours=1).outcome is Outcome.RENAMED
    reimaged = replace(renamed.identity, hostname="DESKTOP-1", system_id="f" * 32)
    assert send(digested(replace(renamed, id="2" * 32, identity=reimaged)), hours=2).outcome is Outcome.REIMAGED
    assert send.count(DeviceRow) == 1


def test_a_clone_is_a_conflict_and_never_a_merge(send: Send) -> None:
    send(check_in(1))
    original = check_in(1).identity
    copy = check_in(
        2,
        identity=Identity(
            hostname="COPY",
            serial=original.serial,
            system_uuid=original.system_uuid,
            system_id=original.system_id,
            disk_serials=("OTHERDISK001",),
        ),
    )
    found = send(copy, hours=0.1)
    assert found.outcome is Outcome.CONFLICT
    assert send.count(DeviceRow) == 2
    with Session(send.engine) as session:
        conflicts = load_conflicts(session)
        devices = load_snapshot(session, now=NOW).devices.values()
    assert conflicts
    assert {key for conflict in conflicts for key in conflict.device_ids} == {device.id for device in devices}
    assert all(device.in_conflict for device in devices)


def test_two_machines_without_a_serial_stay_two(send: Send) -> None:
    junk = "To be filled by O.E.M."
    for number in (1, 2):
        send(check_in(number, identity=Identity(hostname=f"PC{number}", serial=junk, board_serial=junk)))
    assert send.count(DeviceRow) == 2
    with Session(send.engine) as session:
        assert not load_conflicts(session)


def test_a_list_that_was_not_read_is_part_of_the_set(send: Send) -> None:
    send(check_in(1, software=Software(installs=(REVIT,), unasked=("msix",))))
    with Session(send.engine) as session:
        (device,) = load_snapshot(session, now=NOW).devices.values()
    assert device.software is not None
    assert device.software.unasked == ("msix",)


def test_a_rolled_back_transaction_is_forgotten(send: Send) -> None:
    message = check_in(1)
    with send.engine.connect() as connection:
        transaction = connection.begin()
        record(connection, send.shelf, [Arrival(message, given(message), None, NOW)])
        transaction.rollback()
    send.shelf.forget()
    assert send(bare(message)).effect is Effect.MISSING
    assert send(message).effect is Effect.CHANGED


def test_two_machines_that_state_all_the_same_are_a_conflict(send: Send) -> None:
    """A whole copy, network address included: only that both are up at once gives it away."""
    up_since = Vitals(booted_at=NOW - 48 * HOUR)
    other = Vitals(booted_at=NOW - 20 * HOUR)
    send(check_in(1, vitals=up_since, sent_at=NOW))
    found = send(replace(bare(check_in(1, vitals=other, sent_at=NOW + HOUR)), id="c" * 32), hours=1)
    assert found.outcome is Outcome.CONFLICT
    with Session(send.engine) as session:
        (conflict,) = load_conflicts(session)
    assert "two starts" in conflict.words
    for hour in range(2, 8):  # both go on reporting: the conflict stays one, and nothing grows
        boot = (up_since, other)[hour % 2]
        again = replace(bare(check_in(1, vitals=boot, sent_at=NOW + hour * HOUR)), id=f"{hour:032x}")
        send(again, hours=hour)
    with Session(send.engine) as session:
        assert len(load_conflicts(session)) == 1
    assert send.count(ReportRow) == 2


def test_a_clock_years_off_is_no_second_machine(send: Send) -> None:
    wrong = NOW.replace(year=1996)
    send(check_in(1, vitals=Vitals(booted_at=wrong - HOUR), sent_at=wrong))
    right = check_in(1, vitals=Vitals(booted_at=NOW - HOUR), sent_at=NOW + 2 * HOUR)
    assert send(replace(right, id="d" * 32), hours=2).outcome is Outcome.SAME
    with Session(send.engine) as session:
        assert not load_conflicts(session)


def test_what_a_report_could_not_ask_is_not_forgotten(send: Send) -> None:
    whole = check_in(1)
    send(whole)
    blind = replace(whole.identity, serial="", disk_serials=(), hostname="MUIR-B12-01B")
    assert send(check_in(1, identity=blind), hours=1).device_id == send(whole, hours=2).device_id
    changed_board = replace(whole.identity, system_uuid="4c4c4544-0099-3010-8051-000000000099")
    assert send(check_in(1, identity=changed_board, interfaces=()), hours=3).outcome is Outcome.BOARD_SWAPPED
    assert send.count(DeviceRow) == 1


def test_check_ins_of_one_transaction_see_each_other(send: Send) -> None:
    """What comes together ends as if it had come one after the other."""
    whole = check_in(1)
    renamed = replace(whole, id="e" * 32, identity=replace(whole.identity, hostname="B12-NEW"))
    copy = check_in(2, identity=replace(check_in(2).identity, serial=whole.identity.serial))
    bad = replace(check_in(3), digests={**check_in(3).digests, "software": "0" * 64})
    done = send.together(whole, renamed, copy, bad, check_in(4))
    assert [one.outcome if isinstance(one, Recorded) else "refused" for one in done] == [
        Outcome.NEW,
        Outcome.RENAMED,
        Outcome.CONFLICT,
        "refused",
        Outcome.NEW,
    ]
    assert send.count(DeviceRow) == 3
    with Session(send.engine) as session:
        assert load_conflicts(session)
    again = send.together(bare(renamed), bare(copy), bare(check_in(4)))
    assert {one.effect for one in again if isinstance(one, Recorded)} == {Effect.UNCHANGED}


def test_shared_firmware_values_are_listed_though_nobody_must_decide(send: Send) -> None:
    board = "4c4c4544-00aa-3010-8051-0000000000aa"
    for number in range(1, 6):
        send(check_in(number, identity=replace(check_in(number).identity, system_uuid=board)), hours=number)
    with Session(send.engine) as session:
        (conflict, *others) = load_conflicts(session)
    assert (conflict.kind, len(conflict.device_ids), others) == ("uuid", 5, [])
    assert "is live on 5 devices" in conflict.words


def test_a_machine_that_names_itself_anew_each_time_does_not_fill_the_database(send: Send) -> None:
    for turn in range(12):
        serials = tuple(f"S4EV{turn:03}X0M{at:06}" for at in range(250))
        send(check_in(1, identity=replace(check_in(1).identity, disk_serials=serials)), hours=turn)
    assert send.count(DeviceRow) == 1
    assert send.count(IdentifierRow) < MOST_STATED + 500


def test_a_machine_without_a_name_can_still_be_spoken_of(send: Send) -> None:
    send(check_in(1, identity=replace(check_in(1).identity, hostname="")))
    with Session(send.engine) as session:
        assert [device.name for device in load_snapshot(session, now=NOW).devices.values()] == ["5CG0000001"]
