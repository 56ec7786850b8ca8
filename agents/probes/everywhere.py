"""Everywhere: local file systems, the name and the start of the machine, from psutil and the standard library."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from agents.errors import QuestionFailed
from agents.probe import EVERYWHERE, Call, Found, Part, Probe
from agents.report import Identity, Vitals, Volume

PERSONS = ("/home/", "/Users/", "C:\\Users\\")
"""Below these a mount's name names a person: it is reported as the folder of all."""
PASSING = ("/media/", "/run/media/", "/Volumes/", "/snap/", "/var/lib/docker/", "/var/lib/containers/", "/etc/")
"""Below these stand sticks, discs, images and, in containers, single files that a host lends: not the machine's."""


class Volumes(Probe[Sequence[Mapping[str, Any]]]):
    """Size and free space, each device once: a bind mount shows the same free space a second time."""

    name = "volumes"
    part = Part.VITALS
    feeds = ("volumes",)
    platforms = EVERYWHERE
    question = Call("volumes")

    def parse(self, answer: Sequence[Mapping[str, Any]]) -> Found:
        """The shortest mount of a device is the one that people know."""
        devices: dict[str, Volume] = {}
        refused = 0
        for row in sorted(answer, key=lambda row: (len(str(row["mount"])), str(row["mount"]))):
            mount = str(row["mount"])
            if mount.startswith(PASSING) or (row["type"] == "overlay" and mount != "/"):
                continue
            if row["size"] is None:
                refused += 1
            elif row["size"]:
                devices.setdefault(
                    str(row["device"]), Volume(public(mount), row["size"], row["free"], mount in {"/", "C:\\"})
                )
        volumes: dict[str, Volume] = {}
        for volume in devices.values():
            volumes.setdefault(volume.mount, volume)
        return Found(
            vitals=Vitals(volumes=tuple(volumes[mount] for mount in sorted(volumes))),
            unread=(f"{refused} of the file systems may not be asked for their size",) if refused else (),
        )


class BootTime(Probe[float]):
    """When the machine started, to the second: the kernel's own sum wavers below that."""

    name = "boot-time"
    part = Part.VITALS
    feeds = ("booted_at",)
    platforms = EVERYWHERE
    question = Call("boot_time")

    def parse(self, answer: float) -> Found:
        """Seconds since 1970."""
        return Found(vitals=Vitals(booted_at=datetime.fromtimestamp(int(answer), UTC)))


class Hostname(Probe[str]):
    """The name that the machine gives itself."""

    name = "hostname"
    part = Part.IDENTITY
    feeds = ("hostname",)
    platforms = EVERYWHERE
    question = Call("hostname")

    def parse(self, answer: str) -> Found:
        """Raises `QuestionFailed` for no name."""
        if not answer:
            raise QuestionFailed("the machine has no name")
        return Found(identity=Identity(hostname=answer))


def public(mount: str) -> str:
    """A mount without the name of a person."""
    return next((prefix[:-1] for prefix in PERSONS if mount.startswith(prefix)), mount)
