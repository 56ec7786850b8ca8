"""One round of the agent (ask, keep, deliver), and the life of many: pace, jitter, back-off."""

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents import credential
from agents.collect import collect
from agents.courier import Courier, Fate, Outcome
from agents.credential import Credential
from agents.errors import AgentError, CredentialError, EnrolmentRefused, SettingsError, SpoolError
from agents.machine import Machine
from agents.report import Report, plain
from agents.settings import Settings
from agents.spool import Spool

BACK_OFF = 60
JITTER = 0.1
Say = Callable[[str], None]


@dataclass(slots=True)
class Agent:
    """One machine's agent with its folder and its server."""

    settings: Settings
    machine: Machine
    say: Say
    unkept: Credential | None = None
    """A credential that could not be kept on disk."""
    enrolled: bool = False
    """Whether it had to enrol since it was started."""

    @property
    def place(self) -> Path:
        """Where the credential is kept."""
        return self.settings.state_folder / "credential.json"

    def courier(self) -> Courier:
        """A courier to the server that is set; raises `SettingsError`."""
        if not self.settings.server:
            raise SettingsError("no server is set", hint="use --server, LABFLEET_AGENT_SERVER or the settings file")
        return Courier(self.settings.server, timeout=self.settings.timeout, ca_file=self.settings.ca_file)

    def report(self) -> Report:
        """The machine as it is now."""
        return collect(self.machine, now=datetime.now(UTC))

    def enrol(self, courier: Courier, report: Report) -> Credential:
        """Trade the secret for a credential and keep it; raises `EnrolmentRefused`, `SettingsError` or
        `CredentialError`."""
        made = self._trade(courier, report)
        credential.save(self.place, made)
        self.unkept = None
        return made

    def once(self) -> Outcome:
        """Ask the machine, keep the report, deliver all that wait; the outcome is that of the newest one tried.

        Where nothing can be kept (a full disk, a frozen one) the report is sent all the same.
        """
        courier = self.courier()
        report = self.report()
        try:
            spool = Spool(self.settings.state_folder / "spool")
            gone = spool.add(report)
        except SpoolError as problem:
            self.say(f"{problem}; the report is sent without being kept")
            return self._send(courier, plain(report), self._credential(courier, report), report)[0]
        if gone:
            self.say(f"the spool is full: {gone} older report(s) gave way")
        return self.deliver(courier, spool, report)

    def deliver(self, courier: Courier, spool: Spool, report: Report | None = None) -> Outcome:
        """Deliver what waits, oldest first, until the server wants a pause. Enrols by itself where it may."""
        held = self._credential(courier, report)
        end = Outcome(Fate.DELIVERED)
        for place in spool.waiting():
            body = spool.read(place)
            if body is None:
                continue
            end, held = self._send(courier, body, held, report)
            if end.fate is Fate.DELIVERED:
                spool.done(place)
            elif end.fate is Fate.REFUSED:
                spool.refuse(place, end.problem)
                self.say(f"refused: {end.reason}")
            else:
                break
        return end

    def _send(
        self, courier: Courier, body: Mapping[str, Any], held: "_Held", report: Report | None
    ) -> tuple[Outcome, "_Held"]:
        """Deliver one report; a credential that the server does not know is replaced, once in a round."""
        end = courier.deliver(body, held.credential.token, now=datetime.now(UTC))
        if end.fate is Fate.UNENROLLED and not held.new and self.settings.enrolment_secret():
            held = self._enrolled(courier, report)
            end = courier.deliver(body, held.credential.token, now=datetime.now(UTC))
        return end, held

    def _credential(self, courier: Courier, report: Report | None) -> "_Held":
        """The credential that is kept, else a new one; a damaged file is replaced where there is a secret."""
        try:
            kept = self.unkept or credential.load(self.place, courier.server)
        except CredentialError:
            if not self.settings.enrolment_secret():
                raise
            kept = None
        return _Held(kept) if kept else self._enrolled(courier, report)

    def _enrolled(self, courier: Courier, report: Report | None) -> "_Held":
        """Enrol; a credential that cannot be kept serves as long as this process lives."""
        made = self._trade(courier, report or self.report())
        self.enrolled = True
        try:
            credential.save(self.place, made)
            self.unkept = None
        except CredentialError as problem:
            self.say(str(problem))
            self.unkept = made
        return _Held(made, new=True)

    def _trade(self, courier: Courier, report: Report) -> Credential:
        secret = self.settings.enrolment_secret()
        if not secret:
            raise SettingsError(
                "this machine is not enrolled and no enrolment secret is set",
                hint="set secret_file, then `labfleet-agent enrol`",
            )
        return Credential(courier.server, courier.enrol(secret, report.identity))

    def run(self, stop: threading.Event) -> None:
        """Stay until `stop`: a report per interval, the spool again after each back-off. At rest it only waits."""
        courier = self.courier()
        pace, failures, due = self.settings.interval, 0, 0.0
        pause = random.uniform(0, self.settings.first_delay)
        while not stop.wait(pause):
            due -= pause
            end = self._round(courier, fresh=due <= 0)
            if end.fate in {Fate.DELIVERED, Fate.REFUSED}:
                pace, failures = end.pause or pace, 0
                pause = due = jittered(pace)
            else:
                due = due if due > 0 else jittered(pace)
                asked = end.pause or min(BACK_OFF * 2 ** min(failures, 10), pace)
                # A pause that the server asked for is kept whole; our own back-off gives way to the next report.
                pause = jittered(asked) if end.pause else min(jittered(asked), due)
                failures += 1
            self.say(line(end) + f"; next in {pause:.0f} s")

    def _round(self, courier: Courier, *, fresh: bool) -> Outcome:
        try:
            return self.once() if fresh else self.deliver(courier, Spool(self.settings.state_folder / "spool"))
        except EnrolmentRefused as problem:
            return Outcome(Fate.UNENROLLED, str(problem), " ".join(getattr(problem, "__notes__", ())))
        except AgentError as problem:
            return Outcome(Fate.WAITING, str(problem), " ".join(getattr(problem, "__notes__", ())))
        except Exception as problem:  # noqa: BLE001 - whatever one round trips over must not end the agent
            return Outcome(Fate.WAITING, f"a defect of the agent: {type(problem).__name__}: {problem}")


@dataclass(frozen=True, slots=True)
class _Held:
    """The credential of one round, and whether it was given in this round."""

    credential: Credential
    new: bool = False


def jittered(seconds: float) -> float:
    """Within ten per cent: thirty machines that boot at one bell must not call at one moment for ever."""
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)


def line(end: Outcome) -> str:
    """An outcome in one line."""
    words = {
        Fate.DELIVERED: "delivered",
        Fate.REFUSED: "refused by the server",
        Fate.WAITING: "not delivered, kept for later",
        Fate.UNENROLLED: "not enrolled, kept for later",
    }
    reason = f": {end.reason}" if end.reason else ""
    return words[end.fate] + reason + (f" (hint: {end.hint})" if end.hint else "")
