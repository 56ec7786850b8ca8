"""How the use of a licence is counted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    """The unit that one seat of an entitlement pays for."""

    DEVICE = "device"
    NAMED_USER = "named_user"
    CONCURRENT = "concurrent"
    SITE = "site"
    SHARED_DEVICE = "shared_device"
    WEB_SEAT = "web_seat"
    FREE = "free"

    @property
    def words(self) -> str:
        """The metric as people say it, after "by": "named user"."""
        return _WORDS.get(self, self.value.replace("_", " "))


_WORDS = {Metric.CONCURRENT: "concurrent use", Metric.WEB_SEAT: "student on the web"}


@dataclass(frozen=True, slots=True)
class Counting:
    """What a metric means: `unlimited` where no quantity is bought."""

    rule: str
    unlimited: bool = False


COUNTING: Mapping[Metric, Counting] = {
    Metric.DEVICE: Counting("one seat for each device whose station needs it, or for as many as a seat allows"),
    Metric.SHARED_DEVICE: Counting("one seat for each device that holds the shared-device licence, whoever uses it"),
    Metric.SITE: Counting("every device and student in the scope; a quantity, if bought, is the most devices", True),
    Metric.FREE: Counting("every device and student, without a purchase", True),
    Metric.CONCURRENT: Counting(
        "as many seats as run at the same time, whatever is installed: for each period of the bell schedule the "
        "students of the sections that meet in it, less the stations with a seat of their own; the largest period "
        "counts. A section without a period may meet in any; a lab without sections uses all its stations at once"
    ),
    Metric.NAMED_USER: Counting(
        "one seat for each person, whatever is installed: at least as many as sit in sections of one period, at most "
        "all students of the sections; a lab whose sections are not known has persons that nobody knows"
    ),
    Metric.WEB_SEAT: Counting(
        "one seat for each student and term, never used again: the students of every section that runs in any part of "
        "the seats' term; seats that are redeemed are gone"
    ),
}
"""In the order in which seats are handed out, each after what those before it reached; own seats before a suite's."""

AT_DEVICES = frozenset({Metric.DEVICE, Metric.SHARED_DEVICE, Metric.SITE, Metric.FREE})
"""A seat is a device's; else it is that of the person who uses it."""

OF_PERSONS = (Metric.NAMED_USER, Metric.WEB_SEAT)
"""A seat is a person's for good, or for the term."""

ALIASES: Mapping[str, Metric] = {
    "per device": Metric.DEVICE,
    "node locked": Metric.DEVICE,
    "DEV": Metric.DEVICE,
    "user": Metric.NAMED_USER,
    "NU": Metric.NAMED_USER,
    "floating": Metric.CONCURRENT,
    "network": Metric.CONCURRENT,
    "CONC": Metric.CONCURRENT,
    "SDL": Metric.SHARED_DEVICE,
    "web": Metric.WEB_SEAT,
}
"""What purchase orders and vendors call the metrics."""
