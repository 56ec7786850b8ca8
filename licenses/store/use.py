"""Licence servers, what the last poll of each came to, and the hourly peaks of use, in and out of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import SupportsInt

from sqlalchemy import func
from sqlalchemy import select as query
from sqlmodel import Session, col, select

from inventory.columns import table_of
from inventory.toml_file import nearest
from licenses.errors import LicenseError
from licenses.rows import LicenseServerRow, PeakRow, ServerStateRow
from licenses.use import Counted, Peak, Tally, most, peaks_of

_SHOWN_REASON = 300


class NoSuchServer(LicenseError, LookupError):
    """A licence server that nobody has added."""

    code = "no-such-license-server"


class ServerExists(LicenseError, ValueError):
    """A second licence server of one name."""

    code = "license-server-exists"


@dataclass(frozen=True, slots=True)
class LicenseServer:
    """A licence server that is polled; `address` as its tool takes it (27000@host), `site` "" for the district."""

    name: str
    kind: str
    address: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class ServerState:
    """What the last poll of a server came to."""

    source: str
    at: datetime
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class HourOfUse:
    """One row of use: what one source counted of a product (`feature` "") or of one feature of it, in one hour."""

    source: str
    site: str
    hour: datetime
    polls: int
    tally: Tally

    @property
    def counted(self) -> Counted:
        """The same, without its site."""
        return Counted(self.source, self.hour, self.polls, self.tally)


def servers(session: Session) -> tuple[LicenseServer, ...]:
    """The licence servers by name."""
    rows = session.exec(select(LicenseServerRow).order_by(LicenseServerRow.name))
    return tuple(LicenseServer(row.name, row.kind, row.address, row.site) for row in rows)


def server(session: Session, name: str) -> LicenseServer:
    """One licence server; raises NoSuchServer with the nearest name."""
    known = {one.name: one for one in servers(session)}
    if name not in known:
        hint = nearest(name, known) or "`labfleet license server list` shows them all"
        raise NoSuchServer(f"there is no licence server {name!r}", hint=hint)
    return known[name]


def add_server(session: Session, one: LicenseServer) -> None:
    """Write a server; raises ServerExists where its name is taken."""
    if session.get(LicenseServerRow, one.name) is not None:
        raise ServerExists(f"there is a licence server {one.name!r} already", hint="remove it first, or choose a name")
    session.add(LicenseServerRow(name=one.name, kind=one.kind, address=one.address, site=one.site))
    session.flush()


def remove_server(session: Session, name: str) -> None:
    """Forget a server and its state; what it counted stays, it was true."""
    session.delete(session.get_one(LicenseServerRow, server(session, name).name))
    if (state := session.get(ServerStateRow, name)) is not None:
        session.delete(state)
    session.flush()


def note_state(session: Session, state: ServerState) -> None:
    """Write what a poll came to, in place of the last one unless that is newer."""
    row = session.get(ServerStateRow, state.source)
    if row is not None and row.at > state.at:
        return
    row = row or ServerStateRow(source=state.source, at=state.at, state="")
    row.at, row.state, row.reason = state.at, state.state, state.reason[:_SHOWN_REASON]
    session.add(row)
    session.flush()


def states(session: Session) -> Mapping[str, ServerState]:
    """What the last poll of each server came to."""
    rows = session.exec(select(ServerStateRow))
    return {row.source: ServerState(row.source, row.at, row.state, row.reason) for row in rows}


def record(session: Session, source: str, site: str, hours: Mapping[datetime, Sequence[Tally]], *, polls: int) -> None:
    """Raise the hourly peaks of a source to what was counted; a lower count changes nothing but `polls`.

    `hours` are moments, each with the tallies of that moment (or the peaks of that hour, from a log): they are cut to
    their hour. Two reports of one hour's refusals are taken for the same refusals, so the greater counts.
    """
    cut = [(_hour(at), tally) for at, tallies in hours.items() for tally in tallies]
    if not cut:
        return
    first, last = min(cut, key=lambda one: one[0])[0], max(cut, key=lambda one: one[0])[0]
    stored = select(PeakRow).where(PeakRow.source == source, col(PeakRow.hour) >= first, col(PeakRow.hour) <= last)
    rows = {(row.product, row.feature, row.hour): row for row in session.exec(stored)}
    polled = set()
    for hour, tally in cut:
        key = (tally.product, tally.feature, hour)
        row = rows.get(key)
        if row is None:
            row = rows[key] = PeakRow(
                source=source, feature=tally.feature, product=tally.product, site=site, hour=hour, polls=0
            )
        if key not in polled:
            polled.add(key)
            row.polls += polls
        row.site, row.within = site, tally.within
        _raise(row, tally)
        session.add(row)
    session.flush()


def peaks(session: Session, since: datetime, until: datetime | None = None) -> Mapping[str, Peak]:
    """The peak of each product since a moment, by product; products that no source counted are not in it.

    The same as `peaks_of` all rows, without reading them: a year of one server has half a million.
    """
    rows = table_of(PeakRow).c
    within = [rows.feature == "", rows.product != "", rows.hour >= _hour(since)]
    within += [rows.hour < until] if until is not None else []
    in_use = func.coalesce(func.sum(rows.in_use), -1).label("in_use")
    denied, polls = func.sum(rows.denied).label("denied"), func.sum(rows.polls).label("polls")
    hours = query(rows.product, rows.hour, in_use, denied, polls).where(*within).group_by(rows.product, rows.hour)
    hour = hours.cte("of_hour").c
    tops = query(
        hour.product,
        func.max(hour.in_use).label("in_use"),
        func.sum(hour.denied).label("denied"),
        func.sum(hour.polls).label("polls"),
    )
    top = tops.group_by(hour.product).cte("top").c
    at_top = (top.product == hour.product) & (top.in_use == hour.in_use)
    first = query(hour.product, func.min(hour.hour).label("hour")).where(at_top).group_by(hour.product).cte("first").c
    wanted = query(PeakRow, top.denied, top.polls).where(
        rows.feature == "",
        rows.product == first.product,
        rows.hour == first.hour,
        top.product == first.product,
    )
    found = session.execute(wanted).all()
    sums = {row.product: (denied, polls) for row, denied, polls in found}
    best = peaks_of(_hour_of_use(row).counted for row, _, _ in found)
    return {product: _over_all(peak, *sums[product]) for product, peak in best.items()}


def _over_all(peak: Peak, denied: SupportsInt | None, polls: SupportsInt) -> Peak:
    """The peak with what is summed over all hours; PostgreSQL sums to decimals."""
    return replace(peak, denied=None if denied is None else int(denied), polls=int(polls))


def use(
    session: Session,
    since: datetime,
    until: datetime | None = None,
    product: str | None = None,
) -> tuple[HourOfUse, ...]:
    """All rows of use in a span of time, of one product or all, by product, feature, source and hour."""
    wanted = select(PeakRow).where(col(PeakRow.hour) >= _hour(since))
    if until is not None:
        wanted = wanted.where(col(PeakRow.hour) < until)
    if product is not None:
        wanted = wanted.where(PeakRow.product == product)
    wanted = wanted.order_by(PeakRow.product, PeakRow.feature, PeakRow.source, col(PeakRow.hour))
    return tuple(_hour_of_use(row) for row in session.exec(wanted))


def _raise(row: PeakRow, tally: Tally) -> None:
    higher = tally.in_use is not None and (row.in_use is None or tally.in_use > row.in_use)
    if higher:
        row.in_use = tally.in_use
        row.reserved = tally.reserved
    row.queued = most(row.queued, tally.queued)
    row.denied = most(row.denied, tally.denied)
    if tally.issued is not None and (higher or row.issued is None):
        row.issued = tally.issued


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hour_of_use(row: PeakRow) -> HourOfUse:
    tally = Tally(row.product, row.feature, row.in_use, row.issued, row.reserved, row.queued, row.denied, row.within)
    return HourOfUse(row.source, row.site, row.hour, row.polls, tally)
