"""The server over real HTTP: who may report, what is refused, and that what is acknowledged is there."""

import gzip
import json
import signal
import threading
import zlib

import pytest

from agents.report import SCHEMA, Section, Software, canonical, plain
from fleet.access import NoCredential, revoke_device, revoke_enrolment
from fleet.district import district_session
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from inventory.views import DeviceView
from tests.check_ins import WIRESHARK, bare, check_in, packed
from tests.serving import Server

PACE = {"next_check_in": 14_400}


def devices(settings: Settings) -> dict[str, DeviceView]:
    """What the database holds, by name."""
    with district_session(settings) as session:
        return {d.name: d for d in load_snapshot(session, now=settings.now()).devices.values()}


def test_one_machine_from_enrolment_to_inventory(server: Server) -> None:
    token = server.enrol()
    asked = server.check_in(bare(check_in(1)), token)
    assert asked.status == 200
    assert asked.body == {"accepted": False, "missing": ["hardware", "system", "software"], **PACE}
    given = server.request("/api/v1/check-in", packed(check_in(1)), token=token, headers={"Content-Encoding": "gzip"})
    assert (given.status, given.body) == (200, {"accepted": True, **PACE})
    assert server.check_in(bare(check_in(1)), token).body == {"accepted": True, **PACE}
    (device,) = devices(server.settings).values()
    assert (device.name, device.hardware) == ("MUIR-B12-01", check_in(1).hardware)
    assert server.stop() == -signal.SIGTERM  # it ends as it was told to, once what ran is answered


def test_health_and_documentation(server: Server) -> None:
    assert server.request("/api/v1/health").body == {"status": "alive"}
    assert server.request("/api/v1/ready").body == {"status": "ready"}
    assert "/api/v1/check-in" in server.request("/openapi.json").body["paths"]


def test_no_secret_reaches_the_log(server: Server) -> None:
    token = server.enrol()
    server.check_in(check_in(1), token)
    server.check_in(check_in(1), "wrong-token")
    server.stop()
    log = "".join(server.log())
    assert "report recorded" in log
    for secret in (server.secret, token, "wrong-token"):
        assert secret not in log
    assert all(json.loads(line)["level"] for line in server.log())


@pytest.mark.parametrize("token", ["", "wrong", "x" * 5000, "é"])
def test_an_unknown_device_is_refused(server: Server, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")} if token else {}
    answer = server.request("/api/v1/check-in", canonical(check_in(1)), headers=headers)
    assert (answer.status, answer.body["code"]) == (401, "access-refused")
    assert answer.headers["content-type"] == "application/problem+json"
    assert not devices(server.settings)


def test_a_revoked_device_is_refused_until_it_enrols_again(server: Server) -> None:
    token = server.enrol()
    server.check_in(check_in(1), token)
    with district_session(server.settings) as session:
        (device,) = load_snapshot(session, now=server.settings.now()).devices
        assert revoke_device(session, device, server.settings.now()) == 1
    assert server.check_in(bare(check_in(1)), token).status == 401
    assert server.check_in(bare(check_in(1)), server.enrol()).status == 200
    assert len(devices(server.settings)) == 1


def test_a_revoked_enrolment_takes_its_tokens_with_it(server: Server) -> None:
    token = server.enrol()
    with district_session(server.settings) as session:
        revoke_enrolment(session, 1, server.settings.now())
    assert server.check_in(check_in(1), token).status == 401
    assert server.request("/api/v1/enrol", json.dumps({"secret": server.secret}).encode()).status == 401


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 422, "bad-report"),
        (b"", {}, 422, "bad-report"),
        (b"not gzip", {"Content-Encoding": "gzip"}, 400, "broken-body"),
        (packed(check_in(1))[:-20], {"Content-Encoding": "gzip"}, 400, "broken-body"),
        (gzip.compress(b" " * 40_000_000), {"Content-Encoding": "gzip"}, 413, "too-large"),
        (b" " * 4_000_001, {}, 413, "too-large"),
        (zlib.compress(b"{}"), {"Content-Encoding": "br"}, 400, "broken-body"),
        (canonical({**plain(check_in(1)), "schema": SCHEMA + 1}), {}, 409, "schema-too-new"),
    ],
)
def test_what_is_refused_says_why_and_the_server_goes_on(
    server: Server, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    token = server.enrol()
    answer = server.request("/api/v1/check-in", body, token=token, headers=headers)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert server.check_in(check_in(1), token).body == {"accepted": True, **PACE}


def test_one_bad_report_in_a_crowd_disturbs_no_other(server: Server) -> None:
    token = server.enrol()
    answers: dict[int, int] = {}

    def send(number: int) -> None:
        message = canonical(check_in(number)) if number % 5 else b'{"id": 1}'
        answers[number] = server.request("/api/v1/check-in", message, token=token).status

    threads = [threading.Thread(target=send, args=(number,)) for number in range(1, 41)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number for number, status in answers.items() if status == 200} == {n for n in range(1, 41) if n % 5}
    assert len(devices(server.settings)) == 32


def test_what_was_acknowledged_survives_a_kill(server: Server) -> None:
    token = server.enrol()
    for number in range(1, 6):
        assert server.check_in(check_in(number), token).body == {"accepted": True, **PACE}
    server.kill()
    assert len(devices(server.settings)) == 5
    server.start()
    for number in range(1, 6):
        assert server.check_in(bare(check_in(number)), token).body == {"accepted": True, **PACE}
    changed = check_in(1, software=Software(installs=(WIRESHARK,)))
    assert server.check_in(changed, token).body == {"accepted": True, **PACE}
    (first, *_) = devices(server.settings).values()
    assert first.software is not None
    assert [install.title for install in first.software.installs] == ["wireshark"]


def test_sections_travel_once_for_machines_that_are_alike(server: Server) -> None:
    server.check_in(check_in(1), server.enrol())
    assert server.check_in(bare(check_in(2)), server.enrol()).body == {"accepted": True, **PACE}
    different = check_in(3, software=Software(installs=(WIRESHARK,)))
    assert server.check_in(bare(different), server.enrol()).body["missing"] == [Section.SOFTWARE]


def test_the_same_on_postgresql(postgres_server: Server) -> None:
    """Enrolment, a crowd, a change and a kill, on the other engine."""
    server = postgres_server
    token = server.enrol()
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda n=number: statuses.append(server.check_in(check_in(n), token).status))
        for number in range(1, 21)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
    changed = check_in(7, software=Software(installs=(WIRESHARK,)))
    assert server.check_in(changed, token).body == {"accepted": True, **PACE}
    server.kill()
    found = devices(server.settings)
    assert len(found) == 20
    software = found["MUIR-B12-07"].software
    assert software is not None
    assert [install.title for install in software.installs] == ["wireshark"]


def test_a_device_that_cannot_be_shut_out_is_not_said_to_be(server: Server) -> None:
    """Machines of one image may share a token: it is known for whom used it last."""
    token = server.enrol()
    for number in (1, 2):
        server.check_in(check_in(number), token)
    with district_session(server.settings, write=True) as session:
        first, second = sorted(load_snapshot(session, now=server.settings.now()).devices)
        with pytest.raises(NoCredential):
            revoke_device(session, first, server.settings.now())
        assert revoke_device(session, second, server.settings.now()) == 1
    assert {server.check_in(bare(check_in(number)), token).status for number in (1, 2)} == {401}
