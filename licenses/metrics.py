"""How the use of a licence is counted, and which ways are reconciled so far. Pure."""

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
    """What a metric means: `unlimited` where no quantity is bought, `reconciled` where positions are computed."""

    rule: str
    unlimited: bool = False
    reconciled: bool = False


COUNTING: Mapping[Metric, Counting] = {
    Metric.DEVICE: Counting("one seat for each device", reconciled=True),
    Metric.NAMED_USER: Counting("one seat for each assigned person, whatever is installed"),
    Metric.CONCURRENT: Counting("as many seats as run at the same time, whatever is installed"),
    Metric.SITE: Counting("every device within the scope; a quantity, if bought, is the most", True, True),
    Metric.SHARED_DEVICE: Counting("one seat for each device that holds the shared-device licence"),
    Metric.WEB_SEAT: Counting("one seat for each student and term, not used again"),
    Metric.FREE: Counting("every device, without a purchase", True, True),
}

RECONCILED = frozenset(metric for metric, counting in COUNTING.items() if counting.reconciled)
"""A metric outside this set is read, stored and shown as "not reconciled yet", never as zero."""

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
