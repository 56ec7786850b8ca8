"""How long activated software works while its device is off or offline, and which labs wake up without it. Pure.

A licence that is checked online now and then is lost by a lab that stands dark for a summer. The last contact that
counts is the last day of class for a device that is heard from, else the last word of the device.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from inventory.device_set import NO_DEVICES, DeviceSet
from licenses.marks import Mark
from licenses.metrics import Metric
from licenses.section import Section

ONE_DAY = timedelta(days=1)


class Renews(StrEnum):
    """What renews an activation: a person who signs in, the device by itself, or the district's licence server."""

    SIGN_IN = "sign_in"
    ONLINE = "online"
    SERVER = "server"


class Lasts(StrEnum):
    """Whether an activation reaches the first day of the next term."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OfflineRule:
    """How long a publisher's titles work offline, by how they are licensed; `titles` empty: all of the publisher.

    They surely work for `days` after the last contact, and surely no longer after `most_days`. With `days` 0 they ask
    at each start and keep nothing that a dark lab could lose; `None`: they ask never again.
    """

    id: str
    publisher: str
    metrics: frozenset[Metric]
    days: int | None
    most_days: int | None
    renews: Renews
    mark: Mark
    titles: frozenset[str] = frozenset()
    note: str = ""

    def holds(self, publisher: str, title: str) -> bool:
        """Whether it speaks of a title."""
        return self.publisher == publisher and (not self.titles or title in self.titles)

    @property
    def wears_off(self) -> bool:
        """Whether time alone ends it."""
        return bool(self.days)


@dataclass(frozen=True, slots=True)
class Recess:
    """A time without class: the last day with one, and the first again, `None` where no later section is known."""

    last: date
    first: date | None


@dataclass(frozen=True, slots=True)
class Stood:
    """A device and the day of its last word, `None` where it was never heard; `fresh` when that word is recent."""

    device: int
    heard: date | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Activation:
    """One title in one lab over a recess.

    `sure_until`: the last day on which it surely works on every device whose last contact is known. `lasting`,
    `ending` and `open`: the devices on which it works on the first day of the next term, on which it does not, and of
    which we do not know. `silent`: those counted from their last word, `never`: those never heard. `switch_on`: the
    first and the last day on which a device has to be on so that it lasts.
    """

    lab: str
    title: str
    rules: tuple[OfflineRule, ...]
    unruled: tuple[Metric, ...]
    recess: Recess
    sure_until: date | None
    lasting: DeviceSet = NO_DEVICES
    ending: DeviceSet = NO_DEVICES
    open: DeviceSet = NO_DEVICES
    silent: DeviceSet = NO_DEVICES
    never: DeviceSet = NO_DEVICES
    switch_on: tuple[date, date] | None = None

    @property
    def lasts(self) -> Lasts:
        """No when it surely ends on any device, yes when it lasts on all."""
        return Lasts.NO if self.ending else Lasts.UNKNOWN if self.open else Lasts.YES


def recesses(sections: Iterable[Section], on: date) -> tuple[Recess, ...]:
    """The times without class of some sections that end on or after a day; the last one is open."""
    spans = sorted((section.start, section.end) for section in sections)
    found: list[Recess] = []
    last: date | None = None
    for start, end in spans:
        if last is not None and start > last + ONE_DAY and start >= on:
            found.append(Recess(last, start))
        last = end if last is None else max(last, end)
    return (*found, Recess(last, None)) if last is not None else ()


def activation(
    lab: str,
    title: str,
    *,
    publisher: str,
    metrics: AbstractSet[Metric],
    rules: Iterable[OfflineRule],
    recess: Recess,
    devices: Iterable[Stood],
    today: date,
) -> Activation:
    """How long a title of a lab works over a recess, by the rules for the ways it is licensed there.

    Where several rules could hold, it surely works only as long as by the shortest, and is surely gone by the longest.
    """
    found = tuple(rule for rule in rules if rule.holds(publisher, title) and not rule.metrics.isdisjoint(metrics))
    unruled = tuple(sorted(set(metrics) - {metric for rule in found for metric in rule.metrics}))
    least, most = _bounds(found, bool(unruled))
    by: defaultdict[Lasts, list[int]] = defaultdict(list)
    silent, never, sure = [], [], []
    for one in devices:
        if one.heard is None:
            never.append(one.device)
            by[Lasts.UNKNOWN].append(one.device)
            continue
        dark = recess.last < today
        contact = recess.last if one.fresh and not dark else one.heard
        lasts = _lasts(contact, least, most, recess.first)
        if not one.fresh:
            silent.append(one.device)
            # Silent while classes run: its agent may be ill, and the device online every day.
            lasts = Lasts.UNKNOWN if lasts is Lasts.NO and not dark else lasts
        by[lasts].append(one.device)
        if least is not None and least != FOREVER:
            sure.append(contact + least)
    return Activation(
        lab=lab,
        title=title,
        rules=found,
        unruled=unruled,
        recess=recess,
        sure_until=min(sure, default=None),
        lasting=DeviceSet(by[Lasts.YES]),
        ending=DeviceSet(by[Lasts.NO]),
        open=DeviceSet(by[Lasts.UNKNOWN]),
        silent=DeviceSet(silent),
        never=DeviceSet(never),
        switch_on=_switch_on(recess.first, least, today) if by[Lasts.NO] or by[Lasts.UNKNOWN] else None,
    )


FOREVER = timedelta.max
"""A time that does not end."""


def _bounds(rules: Sequence[OfflineRule], unruled: bool) -> tuple[timedelta | None, timedelta]:
    """For how long it surely works, and after how long it surely does not; `None` and for ever where no rule says."""
    least = [timedelta(rule.days) if rule.days else FOREVER for rule in rules]
    most = [FOREVER if not rule.days else timedelta(rule.most_days or rule.days) for rule in rules]
    return (None, FOREVER) if unruled or not rules else (min(least), max(most))


def _lasts(contact: date, least: timedelta | None, most: timedelta, first: date | None) -> Lasts:
    if least == FOREVER:
        return Lasts.YES
    if first is None or least is None:
        return Lasts.UNKNOWN
    away = first - contact
    return Lasts.YES if away <= least else Lasts.NO if away > most else Lasts.UNKNOWN


def _switch_on(first: date | None, least: timedelta | None, today: date) -> tuple[date, date] | None:
    if first is None or least is None or first <= today:
        return None
    return max(today, first - least), first - ONE_DAY
