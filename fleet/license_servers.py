"""Asks the licence servers, and keeps the hourly peaks of use and what each poll came to; never who."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from fleet.district import district_session
from fleet.errors import FleetError
from fleet.license_tool import NotAsked, run_tool
from fleet.settings import Settings
from inventory.titles import load_catalog
from licenses.feature_file import load_features
from licenses.servers.features import FeatureMap
from licenses.servers.readers import AUTO, READERS, read_status
from licenses.servers.status import Status
from licenses.store import use
from licenses.suite_file import load_suites
from licenses.use import wholes

SECONDS = 60.0
"""How long a tool may take; lmstat waits for each machine that does not answer."""

MOST_BYTES = 256 * 1024 * 1024
"""The largest text that is read."""


class StatusFileError(FleetError, ValueError):
    """A saved text that cannot be read, or is too large."""

    code = "bad-status-file"


class NothingToCount(FleetError, ValueError):
    """A saved text that counts nothing, or not at a moment that is known."""

    code = "nothing-to-count"


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll came to; `features` counts those whose use was counted."""

    server: str
    at: datetime
    state: str
    reason: str
    features: int
    unread_lines: int


def read_file(path: Path, settings: Settings, kind: str = AUTO) -> Status:
    """What a saved text says; of a text without a date, today tells which expiries have passed."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise StatusFileError(f"{path}: {error.strerror}", hint="name a file that holds a status text") from None
    if len(data) > MOST_BYTES:
        raise StatusFileError(f"{path}: is larger than {MOST_BYTES:,} bytes", hint="cut the text into parts")
    return read_status(data, on=settings.now().date(), kind=kind)


def feature_map(settings: Settings) -> FeatureMap:
    """Which feature is which product, by our rules and the district's own."""
    titles = load_catalog(settings.overrides("catalog")).by_id
    suites = load_suites(settings.overrides("suites"), titles=titles)
    return load_features(settings.overrides("features"), titles=titles, suites=suites)


def poll(
    settings: Settings, names: Sequence[str] = (), *, seconds: float = SECONDS, tools: Path | None = None
) -> tuple[Polled, ...]:
    """Ask the servers of these names, or all: each in its turn, and one that fails keeps none from being asked.

    No transaction is open while a tool runs. A server without an answer is unknown: it counts nothing.
    """
    with district_session(settings) as session:
        servers = tuple(use.server(session, name) for name in names) or use.servers(session)
    known = feature_map(settings)
    return tuple(_poll(settings, server, known, seconds, tools or settings.license_tools) for server in servers)


def _poll(
    settings: Settings, server: use.LicenseServer, known: FeatureMap, seconds: float, tools: Path | None
) -> Polled:
    reader = READERS[server.kind]
    if reader.asks is None:
        outcome: Status | NotAsked = NotAsked(f"{reader.words} is not asked by us: import its saved text")
    else:
        printed = run_tool(reader.asks(server.address), seconds=seconds, folder=tools)
        at = settings.now()
        if isinstance(printed, NotAsked):
            outcome = printed
        else:
            outcome = read_status(printed.data, on=at.date(), kind=server.kind)
    at = settings.now()
    with district_session(settings, write=True) as session:
        if isinstance(outcome, NotAsked):
            polled = Polled(server.name, at, "unknown", outcome.reason, 0, 0)
        else:
            tallies = known.tallies(outcome)
            polled = Polled(server.name, at, outcome.state.value, outcome.reason, len(tallies), outcome.unread_lines)
            use.record(session, server.name, server.site, {at: wholes(tallies)}, polls=1)
        use.note_state(session, use.ServerState(server.name, at, polled.state, polled.reason))
    return polled


def import_status(
    settings: Settings,
    path: Path,
    name: str,
    *,
    kind: str = AUTO,
    zone: tzinfo | None = None,
    at: datetime | None = None,
) -> Polled:
    """Put a saved text or a debug log into the peaks of a server, as if it had been polled then.

    Its clock has no zone: it is read in `zone`, else in this machine's. `at` is for a text that has no date.
    """
    status = read_file(path, settings, kind)
    known = feature_map(settings)
    moment = at or (_aware(status.at, zone) if status.at else None)
    if status.hours:
        hours = {_aware(hour, zone): wholes(tallies) for hour, tallies in known.hourly(status).items()}
        polls = 0
    elif moment is None:
        raise NothingToCount(f"{path}: {status.reason or 'has no date'}", hint="say when it was made with --at")
    else:
        hours, polls = {moment: wholes(known.tallies(status))}, 1
    counted = {one.feature for tallies in hours.values() for one in tallies if one.feature}
    if not counted and status.kind in ("flexnet-file", "flexnet-options", "flexnet-log", ""):
        raise NothingToCount(f"{path}: {status.reason}", hint="import a saved status text or a debug log with dates")
    with district_session(settings, write=True) as session:
        server = use.server(session, name)
        use.record(session, name, server.site, hours, polls=polls)
        if polls and moment is not None:
            use.note_state(session, use.ServerState(name, moment, status.state.value, status.reason))
    last = max(hours, default=moment) or settings.now()
    return Polled(name, last, status.state.value, status.reason, len(counted), status.unread_lines)


def _aware(clock: datetime, zone: tzinfo | None) -> datetime:
    return clock.replace(tzinfo=zone) if zone else clock.astimezone()
