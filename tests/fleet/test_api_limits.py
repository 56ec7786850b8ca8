"""What hostile or broken senders cannot do: fill the memory, leave tracebacks, cost others their reports."""

import asyncio
import gzip
import json
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, event
from sqlmodel import Session
from uvicorn.server import ServerState

from agents.report import CheckInAnswer, canonical
from fleet import ingest as intake
from fleet.access import create_enrolment, enrol
from fleet.api import http
from fleet.api.gathering import MOST_BYTES, Gathering
from fleet.api.room import SMALL, Busy, Room
from fleet.errors import FleetError
from fleet.ingest import Delivery, Ingest, StorageFailed
from inventory.places import SiteRow
from inventory.record import record as write_all
from inventory.sections import SectionShelf
from inventory.views import SiteView
from tests.check_ins import check_in
from tests.serving import Server

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)


def connect(server: Server) -> socket.socket:
    """A bare connection to the server."""
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def complaints(server: Server) -> list[str]:
    """What the log holds of tracebacks and errors, once the server has ended."""
    server.stop()
    return [line for line in server.log() if "exception" in json.loads(line) or json.loads(line)["level"] == "error"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b" " * 300_000, {}),
        (gzip.compress(b" " * 30_000_000), {"Content-Encoding": "gzip"}),
    ],
)
def test_a_stranger_fills_no_memory(server: Server, body: bytes, headers: Mapping[str, str]) -> None:
    answer = server.request("/api/v1/check-in", body, token="stranger", headers=dict(headers))
    assert (answer.status, answer.body["code"]) == (401, "access-refused")
    known = server.request("/api/v1/check-in", body, token=server.enrol(), headers=dict(headers))
    assert (known.status, known.body["detail"]) == (422, "is not JSON")


def test_a_large_report_of_a_known_machine_is_taken(server: Server) -> None:
    whole = canonical({**json.loads(canonical(check_in(1))), "future": ["x" * 400] * 20_000})
    headers = {"Content-Encoding": "gzip"}
    assert server.request("/api/v1/check-in", gzip.compress(whole), token=server.enrol(), headers=headers).status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"secret": "' + b"x" * 64_000 + b'"}', 413, "too-large"),
        (b'{"secret": "' + b"x" * 201 + b'"}', 422, "bad-request"),
        (b'{"secret": 5}', 422, "bad-request"),
        (b'{"secret": "\\ud800"}', 422, "bad-request"),
        (b"[" * 50_000, 422, "bad-request"),
        (b"\xff", 422, "bad-request"),
        (b"", 422, "bad-request"),
    ],
)
def test_what_is_no_request_to_enrol_is_refused(server: Server, body: bytes, status: int, code: str) -> None:
    answer = server.request("/api/v1/enrol", body)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_senders_that_go_away_leave_no_traceback(server: Server) -> None:
    token = server.enrol()
    for path in ("check-in", "enrol"):
        for start in (b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"):
            with connect(server) as gone:
                head = f"POST /api/v1/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                gone.sendall(head.encode() + start)
    assert server.check_in(check_in(1), token).status == 200
    assert not complaints(server)


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nX: ", b"GET /"])
def test_an_endless_head_is_cut_off(server: Server, start: bytes) -> None:
    sent = 0
    with connect(server) as endless, suppress(ConnectionError):
        endless.sendall(start)
        while sent < 20_000_000:
            endless.sendall(b"a" * 100_000)
            sent += 100_000
    assert sent < 20_000_000
    assert server.check_in(check_in(1), server.enrol()).status == 200
    assert not complaints(server)


class Wire(asyncio.Transport):
    """A connection that only knows whether it was closed."""

    closed = False

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost:"])
def test_a_head_that_never_ends_is_given_up(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.05)

    async def half() -> bool:
        config = uvicorn.Config(FastAPI(), log_config=None)
        protocol, wire = http.HttpWithinLimits(config, ServerState(), {}), Wire()
        protocol.connection_made(wire)
        if said:
            protocol.data_received(said)
        assert not wire.closed
        await asyncio.sleep(0.2)
        return wire.closed

    assert asyncio.run(half())


def test_there_is_room_for_small_requests_always_and_for_large_ones_in_turn() -> None:
    room = Room(1000)
    with room.share() as first, room.share() as second:
        first.grow(SMALL)
        assert not second.beyond(SMALL)
        assert first.beyond(1)
        first.grow(900)
        second.grow(SMALL)
        with pytest.raises(Busy):
            second.grow(101)
        second.grow(100)
        assert room.free == 0
        with room.share() as small:
            small.grow(SMALL)
    assert room.free == 1000


def test_large_reports_are_read_a_few_at_once() -> None:
    class Counting:
        def __init__(self) -> None:
            self.sizes: list[list[int]] = []

        def deliver(self, deliveries: Sequence[Delivery]) -> list[CheckInAnswer]:
            self.sizes.append([len(one.body) for one in deliveries])
            time.sleep(0.01)
            return [CheckInAnswer(accepted=True) for _ in deliveries]

    ingest = Counting()

    async def crowd() -> None:
        gathering = Gathering(ingest)  # type: ignore[arg-type]  # counts instead of writing
        bodies = [b"x" * (MOST_BYTES // 2)] * 5 + [b"x" * (2 * MOST_BYTES)] + [b"x"] * 3
        await asyncio.gather(*(gathering.deliver(Delivery("t", body, NOW)) for body in bodies))

    asyncio.run(crowd())
    assert sum(map(len, ingest.sizes)) == 9
    assert all(len(sizes) == 1 or sum(sizes) <= MOST_BYTES for sizes in ingest.sizes)


@pytest.fixture
def token(engine: Engine) -> str:
    """A device's token on the test's database."""
    with Session(engine) as session, session.begin():
        site = SiteRow(code="MUIR", name="Muir")
        session.add(site)
        session.flush()
        secret = create_enrolment(session, SiteView(site.id or 0, "MUIR", "Muir"), "", NOW)
        return enrol(session.connection(), secret, NOW)


def test_what_one_report_trips_over_costs_no_other(
    engine: Engine, shelf: SectionShelf, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = replace(check_in(2), id="f" * 32)

    def record(connection: Any, shelf: SectionShelf, arrivals: Sequence[Any]) -> Any:
        if any(one.check_in.id == poison.id for one in arrivals):
            raise RecursionError
        return write_all(connection, shelf, arrivals)

    monkeypatch.setattr(intake, "record", record)
    sent = [Delivery(token, canonical(one), NOW) for one in (check_in(1), poison, check_in(3))]
    first, bad, last = Ingest(engine, shelf, next_check_in=60).deliver(sent)
    assert isinstance(first, CheckInAnswer)
    assert isinstance(last, CheckInAnswer)
    assert isinstance(bad, StorageFailed)


def test_a_database_that_does_not_answer_is_asked_once_for_all(shelf: SectionShelf) -> None:
    empty = create_engine("sqlite://")
    begun: list[Any] = []
    event.listen(empty, "begin", begun.append)
    sent = [Delivery("t", canonical(check_in(number)), NOW) for number in range(1, 6)]
    answers: list[CheckInAnswer | FleetError] = Ingest(empty, shelf, next_check_in=60).deliver(sent)
    assert [type(answer) for answer in answers] == [StorageFailed] * 5
    assert len(begun) == 1
