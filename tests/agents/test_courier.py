"""One report, delivered over real HTTP on loopback: every answer of the protocol and every way a network fails."""

import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from agents.courier import Courier, Fate, Outcome, check_in, paced
from agents.errors import EnrolmentRefused, SettingsError
from agents.report import Hardware, canonical, digest
from tests.agents import recorded
from tests.agents.server import Reply, Request, accept, ask_for_all, problem, serving

NOW = datetime(2026, 11, 23, 8, 1, tzinfo=UTC)


def deliver(reply: Reply) -> Outcome:
    with serving(lambda _: reply) as stub:
        return Courier(stub.address).deliver(recorded.body(), "secret-token", now=NOW)


def test_a_known_report_is_one_small_request() -> None:
    with serving() as stub:
        end = Courier(stub.address + "/").deliver(recorded.body(), "secret-token", now=NOW)
    assert end == Outcome(Fate.DELIVERED, pause=7200)
    (request,) = stub.requests
    assert request.path == "/api/v1/check-in"
    assert request.headers["Authorization"] == "Bearer secret-token"
    assert request.headers["User-Agent"] == "labfleet-agent/0.1.0"
    assert request.body["age"] == 60.0
    assert request.body["schema"] == 1
    assert request.body["digests"]["hardware"] == digest(canonical(recorded.report().hardware))
    assert not {"hardware", "system", "software", "taken_at"} & request.body.keys()


def test_missing_sections_follow_in_a_second_gzipped_request() -> None:
    with serving(ask_for_all) as stub:
        end = Courier(stub.address).deliver(recorded.body(), "t", now=NOW)
    assert end.fate is Fate.DELIVERED
    _, second = stub.requests
    assert second.headers["Content-Encoding"] == "gzip"
    assert second.size < len(canonical(second.body))
    for name, told in second.body["digests"].items():
        assert digest(canonical(second.body[name])) == told


@pytest.mark.parametrize("status", [404, 405, 501])
def test_what_is_no_labfleet_server_is_asked_about(status: int) -> None:
    """A gateway in trouble is not a wrong address."""
    assert deliver(Reply(status, {})).hint == "is this the address of a LabFleet server?"
    assert deliver(Reply(502, {})).hint == ""


def test_only_the_wanted_section_is_sent() -> None:
    def answer(request: Request) -> Reply:
        return accept(request) if "system" in request.body else Reply(200, {"accepted": False, "missing": ["system"]})

    with serving(answer) as stub:
        assert Courier(stub.address).deliver(recorded.body(), "t", now=NOW).fate is Fate.DELIVERED
    assert {"hardware", "software"}.isdisjoint(stub.bodies[1])


def test_an_empty_section_has_the_digest_of_an_empty_section() -> None:
    body = {key: value for key, value in recorded.body().items() if key != "hardware"}
    made = check_in(body, frozenset({"hardware"}), now=NOW)
    assert made["digests"]["hardware"] == digest(canonical(Hardware()))
    assert made["hardware"] == {}


def test_a_clock_set_back_makes_no_negative_age() -> None:
    assert check_in(recorded.body(), frozenset(), now=NOW - timedelta(days=900))["age"] == 0.0


@pytest.mark.parametrize(
    ("reply", "fate", "pause"),
    [
        (problem(401, "token-unknown"), Fate.UNENROLLED, None),
        (problem(409, "schema-too-new"), Fate.REFUSED, None),
        (problem(409, "conflict"), Fate.WAITING, None),
        (problem(413, "too-large"), Fate.REFUSED, None),
        (problem(422, "wrong-report"), Fate.REFUSED, None),
        (problem(429, "slow-down", Retry_After="90"), Fate.WAITING, 90),
        (problem(503, "busy", Retry_After="9999999999"), Fate.WAITING, 86_400),
        (problem(503, "busy", Retry_After="soon"), Fate.WAITING, None),
        (problem(500, "broken"), Fate.WAITING, None),
        (Reply(404, b"<html>nothing here"), Fate.WAITING, None),
        (Reply(200, b"<html>please sign in to the school's network"), Fate.WAITING, None),
        (Reply(200, b"[" * 100_000), Fate.WAITING, None),
        (Reply(200, {"accepted": "yes"}), Fate.WAITING, None),
        (Reply(200, {"accepted": False, "missing": ["hardware"]}), Fate.WAITING, None),
        (Reply(200, {"accepted": False, "missing": ["wallpaper"]}), Fate.WAITING, None),
        (Reply(200, {"accepted": True, "next_check_in": "soon"}), Fate.DELIVERED, None),
        (Reply(200, {"accepted": True}), Fate.DELIVERED, None),
        (Reply(200, {"accepted": True, "next_check_in": 14_400}), Fate.DELIVERED, 14_400),
    ],
)
def test_what_each_answer_means(reply: Reply, fate: Fate, pause: int | None) -> None:
    end = deliver(reply)
    assert (end.fate, end.pause) == (fate, pause)
    if isinstance(reply.body, dict) and "code" in reply.body:
        assert str(reply.status) in end.reason
        assert end.hint == reply.body["hint"]
    assert "secret-token" not in repr(end)


def test_a_date_in_retry_after_is_understood() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    pause = deliver(problem(503, "busy", Retry_After=later)).pause
    assert pause is not None
    assert 100 <= pause <= 120


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    with serving() as other:
        end = deliver(Reply(status, {}, {"Location": other.address + "/api/v1/check-in"}))
        assert other.requests == [], "the credential went to another host"
    assert end.fate is Fate.WAITING
    assert "elsewhere" in end.reason


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        end = Courier(f"http://127.0.0.1:{taken.getsockname()[1]}").deliver(recorded.body(), "t", now=NOW)
    assert end.fate is Fate.WAITING
    assert "cannot be reached: Connection refused" in end.reason


def test_a_server_that_says_nothing_is_left_after_the_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        end = Courier(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.2).deliver(recorded.body(), "t", now=NOW)
    assert end.fate is Fate.WAITING
    assert "did not answer in time" in end.reason


def test_an_answer_cut_short_is_no_delivery() -> None:
    end = deliver(Reply(200, b'{"accepted": true', {"Content-Length": "500"}))
    assert end.fate is Fate.WAITING


def test_a_ca_file_that_is_none_is_said(tmp_path: object) -> None:
    with pytest.raises(SettingsError, match="ca_file"):
        Courier("https://fleet.example.org", ca_file=f"{tmp_path}/none.pem")


def test_enrolment_trades_the_secret_for_a_token() -> None:
    with serving() as stub:
        assert (
            Courier(stub.address).enrol("site-secret", replace(recorded.report().identity, asset_tag="x" * 2000))
            == "token-1"
        )
    assert stub.bodies[0]["secret"] == "site-secret"
    assert stub.bodies[0]["identity"]["hostname"] == "b12-07"
    assert not {"Authorization", "Content-Encoding"} & stub.requests[0].headers.keys()


@pytest.mark.parametrize(
    "reply",
    [
        problem(401, "secret-unknown"),
        Reply(201, {"token": ""}),
        Reply(201, {"token": "a\nb"}),
        Reply(200, {"token": "x"}),
    ],
)
def test_enrolment_without_a_token_is_refused(reply: Reply) -> None:
    with serving(lambda _: reply) as stub, pytest.raises(EnrolmentRefused) as caught:
        Courier(stub.address).enrol("site-secret", recorded.report().identity)
    assert "site-secret" not in str(caught.value)


def test_a_pace_is_kept_within_reason() -> None:
    assert [paced(seconds) for seconds in (-5, 0, 3600, 10**9)] == [60, 60, 3600, 604_800]


@pytest.mark.parametrize("missing", [[[1]], [{}], [None], ["gpus"], "software", {"a": 1}])
def test_sections_that_nobody_knows_are_an_answer_without_sense(missing: Any) -> None:
    end = deliver(Reply(200, {"accepted": False, "missing": missing}))
    assert (end.fate, end.reason) == (Fate.WAITING, "the server's answer makes no sense")


@pytest.mark.parametrize(
    "text", ["9" * 5000, "\xb2", "-5", "soon", "Mon, 99 Jan 99999999 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359"]
)
def test_a_pause_without_sense_is_bounded_or_none(text: str) -> None:
    end = deliver(Reply(503, {}, {"Retry-After": text}))
    assert end.fate is Fate.WAITING
    assert end.pause in {None, 86_400}


def test_a_pause_until_a_date_without_a_zone_is_taken_as_utc() -> None:
    assert deliver(Reply(503, {}, {"Retry-After": "Thu, 01 Jan 2099 00:00:00 -0000"})).pause == 86_400


def test_what_a_server_says_cannot_command_a_terminal() -> None:
    said = "\x1b[2Jgone\nerror: none\u202e"
    end = deliver(Reply(422, {"detail": said, "code": said, "hint": said}))
    assert (end.reason, end.hint) == ("422 [2Jgone error: none", "[2Jgone error: none")


def test_an_answer_that_never_ends_is_given_up() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def dribble() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                connection.sendall(b" ")
                time.sleep(0.02)

    sender = threading.Thread(target=dribble)
    sender.start()
    end = Courier(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=1).deliver(recorded.body(), "t", now=NOW)
    listener.close()
    sender.join(timeout=10)
    assert (end.fate, "did not answer in time" in end.reason) == (Fate.WAITING, True)
