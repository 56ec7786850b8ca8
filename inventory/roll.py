"""Where each device is and when it was heard, a million of them in little memory. Pure."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

NEVER = -1.0
"""A device that was never heard."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where to find one device; `lab` is the lab's label, "" for none, `station` is `None` for a spare."""

    device_id: int
    name: str
    lab: str
    station: int | None
    last_heard: datetime | None


class Roll(Mapping[int, Whereabouts]):
    """The whereabouts by device id: kept in columns, and made when they are asked for."""

    def __init__(self, labels: Mapping[int, str]) -> None:
        """`labels` are those of the labs, by id."""
        self._labels = labels
        self._ids = array("q")
        self._names: list[str] = []
        self._labs = array("q")
        self._stations = array("i")
        self._heard = array("d")

    def extend(
        self,
        ids: Iterable[int],
        names: Iterable[str],
        labs: Iterable[int],
        stations: Iterable[int],
        heard: Iterable[float],
    ) -> None:
        """More devices, in the order of their ids, after all with lower ones.

        `labs` and `stations`: 0 for none; `heard` in seconds since 1970, NEVER for never.
        """
        known = len(self._ids)
        self._ids.extend(ids)
        if any(first >= second for first, second in pairwise(self._ids[max(0, known - 1) :])):
            raise ValueError("devices out of order")
        self._names.extend(names)
        self._labs.extend(labs)
        self._stations.extend(stations)
        self._heard.extend(heard)

    def __getitem__(self, id_: int) -> Whereabouts:
        at = bisect_left(self._ids, id_)
        if at == len(self._ids) or self._ids[at] != id_:
            raise KeyError(id_)
        heard = self._heard[at]
        return Whereabouts(
            id_,
            self._names[at],
            self._labels.get(self._labs[at], ""),
            self._stations[at] or None,
            None if heard == NEVER else datetime.fromtimestamp(heard, UTC),
        )

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
