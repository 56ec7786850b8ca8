"""Where one title or suite stands on a day: entitled, asked for, installed, used, and who is behind it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.amount import Amount, Seats, least, most
from licenses.assigned import Assigned
from licenses.audience import Audience
from licenses.entitlement import Entitlement
from licenses.metrics import Metric
from licenses.use import Peak


class Evidence(StrEnum):
    """What the machine itself shows of the licence of an install."""

    LICENSED = "licensed"
    EXPIRED = "expired"
    ONLINE = "needs_online_verification"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Share:
    """A suite that covers a title too: `most` of the devices its own seats do not reach, if no other title had any.

    `persons`: it has seats that are persons' besides.
    """

    suite: str
    most: int
    persons: bool = False


@dataclass(frozen=True, slots=True)
class Reckoning:
    """One metric of a title: what is asked of its seats after those before it, how many there are, how many serve.

    `margin`: the seats that the district's margin for concurrent use would add to what is asked; never in it.
    """

    metric: Metric
    asked: Amount
    seats: Seats
    served: Amount
    margin: Amount = 0


@dataclass(frozen=True, slots=True)
class Position:
    """One title, or one suite, on a day; sets hold device ids, and every number of devices is the size of one of them.

    - `entitled`: seats that run on the day, of all metrics; `None` for unlimited.
    - `needed`: devices whose station must have it for a pathway of its lab (for a suite: any of its titles).
    - `installed`: devices that surely have it, by a fresh report. `last_known`: by a report that is stale.
    - `missing`: needed and surely not installed. `unheard`: needed and not known. With needed and installed they
      make up all that is needed.
    - `idle`: installed, and neither needed nor wanted there.
    - `covered`: needed devices that surely have a seat, or all of whose users have one, own or of a suite.
    - `over`: devices that have it, by their last word, beyond what the seats could cover. Never of a title that
      nobody bought and of which we do not know whether it must be (`terms` is false), nor where seats are persons'.
    - `outside`: devices with a release that no running purchase allows; `outside_releases` by release.
    - `short`: seats that the needs go beyond what is bought; zero only when every need is surely covered.
    - `unused`: seats that nobody can take who needs it or has it; `None` where none is counted.
    - `people`: all who need it, one by one; `at_once`: who need it at one time (`time`); both `None` where seats are
      devices' only. `audiences`: the sections and labs behind them; the last `others` run on other days of the term.
    - `allocated`: seats set aside; `used`: the most in use at once; `assigned`: held by persons, by the vendor's word.
    - `levels`: the installed devices by what they show of their licence.
    """

    title: str
    suite: bool
    metrics: tuple[Metric, ...]
    entitled: Seats
    needed: DeviceSet = NO_DEVICES
    installed: DeviceSet = NO_DEVICES
    last_known: DeviceSet = NO_DEVICES
    missing: DeviceSet = NO_DEVICES
    unheard: DeviceSet = NO_DEVICES
    idle: DeviceSet = NO_DEVICES
    covered: DeviceSet = NO_DEVICES
    over: DeviceSet = NO_DEVICES
    outside: DeviceSet = NO_DEVICES
    outside_releases: Mapping[str, DeviceSet] = field(default_factory=dict)
    short: Amount = 0
    unused: Amount | None = None
    terms: bool = True
    people: Amount | None = None
    at_once: Amount | None = None
    time: str = ""
    on_web: bool = False
    audiences: tuple[Audience, ...] = ()
    others: int = 0
    reckonings: tuple[Reckoning, ...] = ()
    allocated: int | None = None
    used: Peak | None = None
    assigned: Assigned | None = None
    levels: Mapping[Evidence, DeviceSet] = field(default_factory=dict)
    running: tuple[Entitlement, ...] = ()
    shares: tuple[Share, ...] = ()
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def uncovered(self) -> DeviceSet:
        """Needed devices that have no seat for sure."""
        return self.needed - self.covered

    @property
    def enough(self) -> bool | None:
        """Whether all needs are covered; `None` where that lies within what is not known."""
        return True if most(self.short) == 0 else False if least(self.short) else None

    @property
    def over_installed(self) -> int:
        """How many devices have it beyond what is bought."""
        return len(self.over)

    @property
    def over_assigned(self) -> int | None:
        """How many persons hold a seat beyond what is bought; `None` where no report says."""
        if self.assigned is None:
            return None
        if self.entitled is None:
            return 0
        return max(0, self.assigned.assigned - self.entitled)
