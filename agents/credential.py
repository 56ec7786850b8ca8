"""The device's credential: a token of one server, in a file that only its owner reads."""

import json
from dataclasses import dataclass
from pathlib import Path

from agents import durable
from agents.errors import CredentialError
from agents.settings import read_private


@dataclass(frozen=True, slots=True)
class Credential:
    """The token that the server gave at enrolment. It is never sent to another server, and never printed."""

    server: str
    token: str

    def __repr__(self) -> str:
        return f"Credential(server={self.server!r}, token=…)"


def load(place: Path, server: str) -> Credential | None:
    """The credential for this server; `None` when there is none yet. Raises `CredentialError`."""
    if not place.exists():
        return None
    text = read_private(place)
    try:
        row = json.loads(text)
        credential = Credential(str(row["server"]), str(row["token"]))
    except (ValueError, KeyError, TypeError):
        raise CredentialError(f"{place}: is no credential", hint="remove it and run `labfleet-agent enrol`") from None
    return credential if credential.server == server else None


def save(place: Path, credential: Credential) -> None:
    """Keep a credential, readable by its owner only."""
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.write(place, json.dumps({"server": credential.server, "token": credential.token}).encode())
    except OSError as problem:
        raise CredentialError(
            f"{place}: cannot be written: {problem.strerror or problem}",
            hint="run as root, or name another folder with --state",
        ) from None
