"""Delivers one report to the server: digests first, then the sections that it has never seen."""

import gzip
import http.client
import json
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from agents import VERSION
from agents.errors import EnrolmentRefused, SettingsError
from agents.report import Identity, Section, canonical, digest, plain

GZIP_FROM = 1024
ANSWER = 1024 * 1024
ROUNDS = 3
PACE = (60, 7 * 86_400)
"""Between these many seconds lies every pace that the agent believes."""
STRANGER = "is this the address of a LabFleet server?"
HINTS = {
    401: "enrol this machine: `labfleet-agent enrol`",
    404: STRANGER,
    409: "update the server before the agents",
    413: "ask the server's operator for a larger limit, or look at what makes this report so large",
}


class Fate(StrEnum):
    """What became of a report: only `delivered` and `refused` end its wait."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    WAITING = "waiting"
    UNENROLLED = "unenrolled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt; `pause` is how many seconds the server asked to be left alone, or its pace."""

    fate: Fate
    reason: str = ""
    hint: str = ""
    pause: int | None = None
    problem: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one request; `status` 0 means that nothing came back, `body` says then why."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    retry_after: int | None = None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could carry the credential to another host: it is reported, never followed."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing; the 3xx answer then arrives as an `HTTPError`."""


class Courier:
    """Speaks with one server; `ca_file` replaces the system's authorities."""

    def __init__(self, server: str, *, timeout: float = 30, ca_file: str = "") -> None:
        self.server = server.rstrip("/")
        self.timeout = timeout
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
        if self.server.startswith("https:"):
            try:
                context = ssl.create_default_context(cafile=ca_file or None)
            except OSError as problem:
                raise SettingsError(f"ca_file: {ca_file}: {problem.strerror or problem}") from None
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self.opener = urllib.request.build_opener(*handlers)

    def deliver(self, report: Mapping[str, Any], token: str, *, now: datetime) -> Outcome:
        """Send a report (as `plain` makes it) until the server has committed it, asked for a pause or refused it."""
        wanted: frozenset[str] = frozenset()
        for _ in range(ROUNDS):
            answer = self.post("/api/v1/check-in", check_in(report, wanted, now=now), token)
            if answer.status != 200:
                return outcome(answer)
            accepted, missing = answer.body.get("accepted"), answer.body.get("missing", [])
            if accepted is True:
                pace = answer.body.get("next_check_in")
                return Outcome(Fate.DELIVERED, pause=paced(pace) if isinstance(pace, int) else None)
            known = isinstance(missing, list) and all(name in tuple(Section) for name in missing)
            if accepted is not False or not known:
                break
            wanted |= frozenset(missing)
        return Outcome(Fate.WAITING, "the server's answer makes no sense", STRANGER)

    def enrol(self, secret: str, identity: Identity) -> str:
        """Trade the enrolment secret for this device's token; raises `EnrolmentRefused`."""
        answer = self.post("/api/v1/enrol", {"secret": secret, "identity": plain(identity)})
        token = answer.body.get("token")
        if answer.status == 201 and isinstance(token, str) and token.isascii() and token.isprintable() and token:
            return token
        end = outcome(answer)
        hint = "check the site's enrolment secret" if answer.status in {401, 403} else end.hint
        raise EnrolmentRefused(end.reason or "the server's answer makes no sense", hint=hint)

    def post(self, path: str, body: Mapping[str, Any], token: str = "") -> Answer:
        """One request; never raises for what the network or the server does."""
        content = canonical(body)
        headers = {"Content-Type": "application/json", "User-Agent": f"labfleet-agent/{VERSION}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if token and len(content) > GZIP_FROM:  # enrolment is small, and plain for whatever answers it
            content = gzip.compress(content, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        request = urllib.request.Request(self.server + path, content, headers, method="POST")  # noqa: S310 - http(s) only: settings
        try:
            with self.opener.open(request, timeout=self.timeout) as response:
                return Answer(response.status, _json(self._answer(response)))
        except urllib.error.HTTPError as problem:
            with problem:
                return _failed(problem)
        except (OSError, http.client.HTTPException, ValueError) as problem:
            return Answer(0, {"title": _network(self.server, problem)})

    def _answer(self, response: http.client.HTTPResponse) -> bytes:
        """The body: the time limit of the socket is for each of its pieces, a server could send them for ever."""
        content, end = b"", time.monotonic() + self.timeout
        while len(content) < ANSWER and (piece := response.read1(ANSWER - len(content))):
            content += piece
            if time.monotonic() > end:
                raise TimeoutError
        return content


def check_in(report: Mapping[str, Any], wanted: frozenset[str], *, now: datetime) -> dict[str, Any]:
    """The `CheckIn` of a report, as JSON types: digests of all sections, and the wanted ones in full."""
    sections = {section.value: report.get(section.value, {}) for section in Section}
    taken = datetime.fromisoformat(str(report["taken_at"]))
    same = {key: value for key, value in report.items() if key not in sections and key != "taken_at"}
    return {
        **same,
        "sent_at": plain(now),
        "age": max(0.0, round((now - taken).total_seconds(), 3)),  # a clock that was set back makes no young report
        "digests": {name: digest(canonical(body)) for name, body in sections.items()},
        **{name: body for name, body in sections.items() if name in wanted},
    }


def outcome(answer: Answer) -> Outcome:
    """What an answer other than "accepted" means for the report."""
    body = answer.body
    said = _said(body.get("detail") or body.get("title"), 200)
    code = _said(body.get("code"), 60)
    reason = f"{answer.status} {said}".strip() if answer.status else said
    hint = _said(body.get("hint"), 300) or HINTS.get(answer.status, "")
    # Every refusal of a LabFleet server bears a code; a gateway in front of one has none when it is in trouble.
    if not (hint or code) and (200 <= answer.status < 500 or answer.status == 501) and answer.status not in {408, 429}:
        hint = STRANGER
    if answer.status == 401:
        return Outcome(Fate.UNENROLLED, reason, hint)
    if answer.status in {413, 422} or code == "schema-too-new":
        return Outcome(Fate.REFUSED, reason, hint, problem=body or {"status": answer.status})
    if 300 <= answer.status < 400:
        return Outcome(Fate.WAITING, f"{answer.status} the server sends us elsewhere", "set `server` to that address")
    return Outcome(Fate.WAITING, reason or "the server's answer makes no sense", hint, answer.retry_after)


def paced(seconds: int) -> int:
    """A pace that a mistake on the server cannot turn into a flood or into silence."""
    return min(max(seconds, PACE[0]), PACE[1])


def _failed(problem: urllib.error.HTTPError) -> Answer:
    try:
        body = _json(problem.read(ANSWER))
    except (OSError, http.client.HTTPException):
        body = {}
    return Answer(problem.code, body, _retry_after(problem.headers.get("Retry-After", "")))


def _retry_after(text: str) -> int | None:
    """Seconds, or a date; at most a day."""
    if re.fullmatch(r"[0-9]{1,18}", text.strip()):
        return min(int(text), 86_400)
    if text:
        from email.utils import parsedate_to_datetime

        try:
            moment = parsedate_to_datetime(text[:100])
            away = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
        except (ValueError, OverflowError):
            return None
        return min(max(0, int(away.total_seconds())), 86_400)
    return None


def _said(text: Any, most: int) -> str:
    """Words of a server in one line: it could be anyone's, and they end in a terminal or a log."""
    shown = "".join(letter if letter.isprintable() else " " for letter in str(text or "")[:most])
    return " ".join(shown.split())


def _json(content: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _network(server: str, problem: Exception) -> str:
    inner = getattr(problem, "reason", problem)
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"the certificate of {server} is not trusted: {inner.verify_message}"
    if isinstance(inner, TimeoutError):
        return f"{server} did not answer in time"
    told = getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
    return f"{server} cannot be reached: {_said(told, 200)}"
