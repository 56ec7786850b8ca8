"""Who may report: enrolment secrets of sites, tokens of machines. Only digests are stored.

Secrets and tokens are 32 random bytes, so a fast digest is as good as a slow one: there is nothing to guess.
"""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import Session
from sqlmodel import select as select_rows

from fleet.errors import FleetError
from fleet.rows import CredentialRow, EnrolmentRow
from inventory.columns import key_of, table_of
from inventory.snapshots import load_sites
from inventory.views import SiteView

_ENROLMENTS = table_of(EnrolmentRow)
_CREDENTIALS = table_of(CredentialRow)


LONGEST_LABEL = 100
"""Characters of what an enrolment is called."""


class AccessRefused(FleetError, PermissionError):
    """A secret or token that is unknown or was revoked."""

    code = "access-refused"


class NoSuchEnrolment(FleetError, LookupError):
    """An enrolment that does not exist."""

    code = "no-such-enrolment"


class NoCredential(FleetError, LookupError):
    """A device that no token in force can be told to be of."""

    code = "no-credential"


class LabelTooLong(FleetError, ValueError):
    """A label that does not fit."""

    code = "label-too-long"


class SecretNotKept(FleetError, FileExistsError):
    """A secret that was not written, because something is there already."""

    code = "secret-not-kept"


@dataclass(frozen=True, slots=True)
class Access:
    """What a valid token allows: to report as a machine of this site."""

    credential_id: int
    site_id: int
    device_id: int | None


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """An enrolment as people see it, without its secret."""

    id: int
    site: str
    label: str
    created_at: datetime
    revoked_at: datetime | None


_BY_TOKEN = (
    select(_CREDENTIALS.c.token, _CREDENTIALS.c.id, _CREDENTIALS.c.device_id, _ENROLMENTS.c.site_id)
    .join(_ENROLMENTS, _ENROLMENTS.c.id == _CREDENTIALS.c.enrolment_id)
    .where(
        _CREDENTIALS.c.token.in_(bindparam("tokens", expanding=True)),
        _CREDENTIALS.c.revoked_at.is_(None),
        _ENROLMENTS.c.revoked_at.is_(None),
    )
)


_USED_BY = (
    update(_CREDENTIALS).where(_CREDENTIALS.c.id == bindparam("credential")).values(device_id=bindparam("device"))
)


def create_enrolment(session: Session, site: SiteView, label: str, now: datetime) -> str:
    """A new enrolment secret for a site: shown once, never again."""
    if len(label) > LONGEST_LABEL:
        raise LabelTooLong(f"a label of {len(label)} characters is too long", hint=f"write at most {LONGEST_LABEL}")
    secret = secrets.token_urlsafe(32)
    session.add(EnrolmentRow(site_id=site.id, label=label, secret=_digest(secret), created_at=now))
    session.flush()
    return secret


def keep_secret(file: Path, secret: str) -> None:
    """Write a secret to a new file that only its owner can read; refuses to overwrite."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SecretNotKept(f"{file} exists already", hint="name a file that does not exist") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(f"{secret}\n")


def list_enrolments(session: Session) -> tuple[EnrolmentView, ...]:
    """All enrolments, revoked ones included."""
    sites = load_sites(session)
    rows = session.exec(select_rows(EnrolmentRow).order_by(_ENROLMENTS.c.id))
    return tuple(
        EnrolmentView(key_of(row), sites[row.site_id].code, row.label, row.created_at, row.revoked_at) for row in rows
    )


def revoke_enrolment(session: Session, enrolment_id: int, now: datetime) -> None:
    """Refuse an enrolment's secret from now on, and every token that was given for it."""
    if not 0 < enrolment_id < 2**63:  # else the database refuses to look
        raise _no_enrolment(enrolment_id)
    changed = session.connection().execute(
        update(_ENROLMENTS)
        .where(_ENROLMENTS.c.id == enrolment_id, _ENROLMENTS.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if changed.rowcount != 1:
        raise _no_enrolment(enrolment_id)


def _no_enrolment(enrolment_id: int) -> NoSuchEnrolment:
    return NoSuchEnrolment(f"no enrolment {enrolment_id} is in force", hint="`labfleet enrolment list` shows them all")


def revoke_device(session: Session, device_id: int, now: datetime) -> int:
    """Refuse every token that this device used last; returns how many, and raises NoCredential if there is none."""
    changed = session.connection().execute(
        update(_CREDENTIALS)
        .where(_CREDENTIALS.c.device_id == device_id, _CREDENTIALS.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if not changed.rowcount:
        raise NoCredential(
            "no credential in force was used last by this device",
            hint="it may share another's: `labfleet enrolment revoke` shuts out all that were given for a secret",
        )
    return int(changed.rowcount)


def enrol(connection: Connection, secret: str, now: datetime) -> str:
    """A token for a machine that knows an enrolment secret; raises AccessRefused."""
    in_force = (_ENROLMENTS.c.secret == _digest(secret), _ENROLMENTS.c.revoked_at.is_(None))
    enrolment = connection.execute(select(_ENROLMENTS.c.id).where(*in_force)).scalar()
    if enrolment is None:
        raise AccessRefused(
            "the enrolment secret is unknown or was revoked", hint="`labfleet enrolment create SITE` makes a new one"
        )
    token = secrets.token_urlsafe(32)
    connection.execute(insert(_CREDENTIALS).values(token=_digest(token), enrolment_id=enrolment, issued_at=now))
    return token


def authorise(connection: Connection, tokens: Iterable[str]) -> dict[str, Access]:
    """What each of these tokens allows; a token that is unknown or was revoked is not in it."""
    by_digest = {_digest(token): token for token in tokens}
    rows = connection.execute(_BY_TOKEN, {"tokens": list(by_digest)})
    return {by_digest[row.token]: Access(row.id, row.site_id, row.device_id) for row in rows}


def used_by(connection: Connection, users: Iterable[tuple[Access, int]]) -> None:
    """Note which device reports with which token, so that a device can be shut out."""
    changed = [
        {"credential": access.credential_id, "device": device_id}
        for access, device_id in users
        if access.device_id != device_id
    ]
    if changed:
        connection.execute(_USED_BY, changed)


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", errors="replace")).hexdigest()
