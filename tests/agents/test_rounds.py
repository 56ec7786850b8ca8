"""The agent's rounds: it enrols by itself, keeps what it cannot deliver, follows the server's pace, stops at once."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from agents import credential
from agents.courier import Courier, Fate, Outcome
from agents.credential import Credential
from agents.errors import CredentialError, EnrolmentRefused, SettingsError
from agents.machine import Machine
from agents.report import Platform
from agents.rounds import Agent, jittered, line
from agents.settings import Settings
from agents.shell import Shell
from agents.spool import Spool
from tests.agents import recorded
from tests.agents.server import Reply, Request, Stub, accept, ask_for_all, problem, serving

ROOT = Path(__file__).parents[2]


def agent(tmp_path: Path, server: str, said: list[str] | None = None, **more: Any) -> Agent:
    values: dict[str, Any] = {
        "server": server,
        "secret": "site-secret",
        "state": str(tmp_path / "state"),
        "first_delay": 0,
    }
    there = Machine(tmp_path / "root", shell=Shell([]), calls={"hostname": lambda: "b12-07"}, platform=Platform.LINUX)
    return Agent(Settings(**{**values, **more}), there, ([] if said is None else said).append)


def waiting(tmp_path: Path) -> int:
    return len(Spool(tmp_path / "state" / "spool").waiting())


def test_the_first_round_enrols_and_delivers_and_the_second_only_delivers(tmp_path: Path) -> None:
    with serving(ask_for_all) as stub:
        assert agent(tmp_path, stub.address).once() == Outcome(Fate.DELIVERED, pause=7200)
        assert agent(tmp_path, stub.address, secret="").once().fate is Fate.DELIVERED
    assert [request.path.rsplit("/", 1)[1] for request in stub.requests] == ["enrol"] + ["check-in"] * 4
    assert waiting(tmp_path) == 0
    assert (tmp_path / "state" / "credential.json").stat().st_mode & 0o777 == 0o600


def test_without_a_secret_it_says_so_and_keeps_the_report(tmp_path: Path) -> None:
    with serving() as stub, pytest.raises(SettingsError, match="not enrolled"):
        agent(tmp_path, stub.address, secret="").once()
    assert waiting(tmp_path) == 1


def test_a_refused_secret_keeps_the_report(tmp_path: Path) -> None:
    with serving(lambda _: problem(401, "secret-unknown")) as stub, pytest.raises(EnrolmentRefused):
        agent(tmp_path, stub.address).once()
    assert waiting(tmp_path) == 1


def test_a_credential_that_the_server_forgot_is_renewed_once(tmp_path: Path) -> None:
    credential.save(tmp_path / "state" / "credential.json", Credential("x", "old"))

    def answer(request: Request) -> Reply:
        if request.path == "/api/v1/enrol":
            return Reply(201, {"token": "new"})
        return accept(request) if request.headers["Authorization"] == "Bearer new" else problem(401, "token-unknown")

    with serving(answer) as stub:
        credential.save(tmp_path / "state" / "credential.json", Credential(stub.address, "old"))
        assert agent(tmp_path, stub.address).once().fate is Fate.DELIVERED
        paths = [request.path for request in stub.requests]
    assert paths == ["/api/v1/check-in", "/api/v1/enrol", "/api/v1/check-in"]


def test_a_server_that_forgets_every_token_is_not_asked_for_one_per_report(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "state" / "spool")
    for name in "abc":
        spool.add(recorded.report(id=name))
    seen: list[str] = []

    def answer(request: Request) -> Reply:
        if request.path == "/api/v1/enrol":
            return Reply(201, {"token": f"token-{len(seen)}"})
        seen.append(request.headers["Authorization"])
        return (
            accept(request) if seen.count(seen[-1]) == 1 and seen[-1] != "Bearer old" else problem(401, "token-unknown")
        )

    with serving(answer) as stub:
        credential.save(tmp_path / "state" / "credential.json", Credential(stub.address, "old"))
        assert agent(tmp_path, stub.address).once().fate is Fate.UNENROLLED
    assert [request.path for request in stub.requests].count("/api/v1/enrol") == 1


def test_a_token_is_never_shown_to_another_server(tmp_path: Path) -> None:
    credential.save(tmp_path / "state" / "credential.json", Credential("https://other.example.org", "theirs"))
    with serving() as stub:
        agent(tmp_path, stub.address).once()
    assert "theirs" not in str([request.headers for request in stub.requests])


def test_what_waited_goes_first_and_a_refused_one_stops_nobody(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "state" / "spool")
    for name in ("good", "bad"):
        spool.add(recorded.report(id=name))

    def answer(request: Request) -> Reply:
        return problem(422, "wrong-report") if request.body.get("id") == "bad" else accept(request)

    said: list[str] = []
    with serving(answer) as stub:
        assert agent(tmp_path, stub.address, said).once().fate is Fate.DELIVERED
    assert [body["id"] for body in stub.bodies[1:3]] == ["good", "bad"]
    assert len(stub.bodies) == 4
    assert waiting(tmp_path) == 0
    assert said == ["refused: 422 it is wrong-report"]


def test_an_unreachable_server_leaves_the_report_in_the_spool(tmp_path: Path) -> None:
    credential.save(tmp_path / "state" / "credential.json", Credential("http://127.0.0.1:1", "t"))
    end = agent(tmp_path, "http://127.0.0.1:1").once()
    assert end.fate is Fate.WAITING
    assert waiting(tmp_path) == 1
    assert line(end).startswith("not delivered, kept for later: http://127.0.0.1:1 cannot be reached")


class Clock(threading.Event):
    """An event that passes all waits at once, notes them, and stops after so many."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds, self.waits = rounds, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return len(self.waits) > self.rounds


def pauses(tmp_path: Path, answer: Any, rounds: int, **more: Any) -> tuple[list[float], Stub]:
    clock = Clock(rounds)
    with serving(answer) as stub:
        credential.save(tmp_path / "state" / "credential.json", Credential(stub.address, "t"))
        agent(tmp_path, stub.address, **more).run(clock)
    return clock.waits, stub


def test_the_server_sets_the_pace(tmp_path: Path) -> None:
    waits, stub = pauses(tmp_path, accept, 3, first_delay=60)
    assert 0 <= waits[0] <= 60
    assert all(6480 <= wait <= 7920 for wait in waits[1:])
    assert len({body["id"] for body in stub.bodies}) == 3


def test_failures_back_off_without_new_reports(tmp_path: Path) -> None:
    waits, stub = pauses(tmp_path, lambda _: problem(500, "broken"), 4)
    for wait, wanted in zip(waits[1:], (60, 120, 240, 480), strict=True):
        assert wanted * 0.9 <= wait <= wanted * 1.1
    assert len({body["id"] for body in stub.bodies}) == 1, "the waiting report is tried again, no new one is made"


def test_a_pause_that_the_server_asks_for_is_kept(tmp_path: Path) -> None:
    waits, _ = pauses(tmp_path, lambda _: problem(503, "busy", Retry_After="3000"), 2)
    assert all(2700 <= wait <= 3300 for wait in waits[1:])


def test_a_refused_report_is_followed_by_a_new_one_at_the_usual_pace(tmp_path: Path) -> None:
    waits, stub = pauses(tmp_path, lambda _: problem(422, "wrong-report"), 2, interval=1000)
    assert all(900 <= wait <= 1100 for wait in waits[1:])
    assert len({body["id"] for body in stub.bodies}) == 2


def test_a_round_that_breaks_does_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "spool").touch()
    clock, said = Clock(2), list[str]()
    with serving() as stub:
        agent(tmp_path, stub.address, said).run(clock)
    assert len(clock.waits) == 3
    assert "cannot keep reports here" in said[0]


def test_jitter_stays_within_a_tenth() -> None:
    seen = [jittered(100) for _ in range(1000)]
    assert 90 <= min(seen) < 95
    assert 105 < max(seen) <= 110


def test_a_credential_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    place = tmp_path / "credential.json"
    credential.save(place, Credential("http://127.0.0.1", "token"))
    place.chmod(0o640)
    with pytest.raises(CredentialError, match="others may read this secret") as caught:
        credential.load(place, "http://127.0.0.1")
    assert caught.value.__notes__ == [f"chmod 600 {place}"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"server": "x"}'])
def test_a_damaged_credential_is_said(tmp_path: Path, content: str) -> None:
    place = tmp_path / "credential.json"
    place.write_text(content)
    place.chmod(0o600)
    with pytest.raises(CredentialError, match="is no credential"):
        credential.load(place, "x")


def test_no_secret_is_in_what_objects_say_of_themselves(tmp_path: Path) -> None:
    assert "token-1" not in repr(Credential("x", "token-1"))
    assert "site-secret" not in repr(agent(tmp_path, "http://127.0.0.1").settings)


def command(tmp_path: Path, verb: str, stub: Stub, *more: str) -> "subprocess.Popen[str]":
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LABFLEET")}
    environment |= {"LABFLEET_AGENT_SECRET": "site-secret", "LABFLEET_AGENT_SERVER": stub.address, "no_proxy": "*"}
    argv = [sys.executable, "-m", "agents", verb, "--state", str(tmp_path / "state"), *more]
    return subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT)


def test_run_stops_promptly_and_rests_without_using_the_processor(tmp_path: Path) -> None:
    with serving() as stub, command(tmp_path, "run", stub, "--first-delay", "0") as running:
        assert running.stderr
        assert running.stderr.readline().startswith("delivered; next in ")
        before = used(running.pid)
        time.sleep(1)
        assert used(running.pid) == before, "at rest it only waits"
        assert os.getpriority(os.PRIO_PROCESS, running.pid) >= 10
        asked = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=5) == 0
        assert time.monotonic() - asked < 1


def used(process: int) -> int:
    """Ticks of processor time, of all threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_killed_while_delivering_it_neither_loses_nor_doubles(tmp_path: Path) -> None:
    """Real kills of the real command: in the end the server has each report, and once by its id."""
    spool = Spool(tmp_path / "state" / "spool")
    wanted = {f"report-{number}" for number in range(25)}
    for name in sorted(wanted):
        spool.add(recorded.report(id=name))
    accepted: list[str] = []

    def answer(request: Request) -> Reply:
        reply = ask_for_all(request)
        if reply.body.get("accepted"):
            accepted.append(request.body["id"])  # committed before it is said
        return reply

    with serving(answer) as stub:
        credential.save(tmp_path / "state" / "credential.json", Credential(stub.address, "t"))
        script = "from agents.__main__ import main; import os; os.write(2, b'go\\n'); main(['once'])"
        for _ in range(8):
            environment = {
                **os.environ,
                "LABFLEET_AGENT_SERVER": stub.address,
                "LABFLEET_AGENT_STATE": str(tmp_path / "state"),
            }
            with subprocess.Popen(
                [sys.executable, "-c", script],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                cwd=ROOT,
            ) as sender:
                assert sender.stderr
                sender.stderr.readline()
                time.sleep(random.uniform(0.15, 0.45))
                sender.send_signal(signal.SIGKILL)
        assert agent(tmp_path, stub.address).deliver(Courier(stub.address), spool).fate is Fate.DELIVERED
    assert spool.waiting() == ()
    assert wanted <= set(accepted)
    assert len(accepted) - len(set(accepted)) <= 8, (
        "a kill costs at most one second delivery, which its id makes harmless"
    )


def test_where_nothing_can_be_kept_the_report_is_sent_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "state").touch()  # neither spool nor credential can be written below a file
    said: list[str] = []
    with serving(ask_for_all) as stub:
        there = agent(tmp_path, stub.address, said)
        assert there.once().fate is Fate.DELIVERED
        assert there.once().fate is Fate.DELIVERED
    paths = [request.path.rsplit("/", 1)[1] for request in stub.requests]
    assert paths == ["enrol"] + ["check-in"] * 4  # the credential serves as long as the process lives
    assert any("sent without being kept" in text for text in said)
    assert any("credential.json: cannot be written" in text for text in said)


def test_a_credential_that_cannot_be_kept_is_renewed_when_it_is_revoked(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    given = iter(["one", "two"])
    good = {"Bearer one"}

    def answer(request: Request) -> Reply:
        if request.path == "/api/v1/enrol":
            return Reply(201, {"token": next(given)})
        return accept(request) if request.headers["Authorization"] in good else problem(401, "token-unknown")

    with serving(answer) as stub:
        there = agent(tmp_path, stub.address)
        assert there.once().fate is Fate.DELIVERED
        good.clear()
        good.add("Bearer two")
        assert there.once().fate is Fate.DELIVERED
        assert there.once().fate is Fate.DELIVERED


@pytest.mark.parametrize("content", ["", "{", "[]", '{"server": 5}'])
def test_a_damaged_credential_is_replaced_where_there_is_a_secret(tmp_path: Path, content: str) -> None:
    place = tmp_path / "state" / "credential.json"
    credential.save(place, Credential("x", "old"))
    place.write_text(content)
    with serving(accept) as stub:
        with pytest.raises(CredentialError, match="is no credential"):
            agent(tmp_path, stub.address, secret="").once()
        assert agent(tmp_path, stub.address).once().fate is Fate.DELIVERED
        held = credential.load(place, stub.address)
    assert held is not None
    assert held.token == "token-1"


def test_whatever_a_round_trips_over_does_not_end_the_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, said = threading.Event(), []

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    def say(text: str) -> None:
        said.append(text)
        stop.set()

    monkeypatch.setattr(Agent, "once", broken)
    there = agent(tmp_path, "http://127.0.0.1:1")
    there.say = say
    there.run(stop)
    assert "a defect of the agent: ZeroDivisionError: by zero" in said[0]
