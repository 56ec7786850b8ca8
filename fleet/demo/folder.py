"""The demonstration's folder: made beside its place, then moved there; only a demonstration is ever replaced."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psutil import pid_exists

from fleet.errors import FleetError

MARKER = "labfleet-demo.txt"
_MARKER_TEXT = """\
This folder is a demonstration of LabFleet, made by `labfleet demo`, which may remove and make it anew.
Every machine, student count, price and licence in it is invented, whatever real names the schools bear.
"""


class FolderTaken(FleetError, FileExistsError):
    """A folder that holds something else than a demonstration."""

    code = "folder-taken"


class FolderRefused(FleetError, OSError):
    """A place where no folder can be made."""

    code = "folder-refused"


@contextmanager
def fresh_folder(place: Path) -> Iterator[Path]:
    """An empty folder that takes its `place` when the block ends well, and vanishes when it does not.

    Raises FolderTaken when what stands there is not a demonstration.
    """
    place = place.absolute()
    _check(place)
    building = place.with_name(f".{place.name}.making-{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _clear_left_overs(place)
        building.mkdir()
        (building / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
    except OSError as error:
        raise FolderRefused(f"cannot make {place}: {error.strerror}", hint="name another folder") from None
    try:
        yield building
        _check(place)  # somebody may have put something there meanwhile
        _swap(building, place)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _check(place: Path) -> None:
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise FolderTaken(f"{place} is not a folder", hint="name a folder that does not exist yet")
    if place.is_dir() and any(place.iterdir()) and not (place / MARKER).is_file():
        raise FolderTaken(
            f"{place} holds something else than a demonstration", hint="name another folder: labfleet demo DIR"
        )


def _swap(building: Path, place: Path) -> None:
    if not place.exists():
        building.rename(place)
        return
    old = place.with_name(f".{place.name}.old-{os.getpid()}")
    place.rename(old)
    building.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _clear_left_overs(place: Path) -> None:
    """Remove what a killed run left; only folders that bear our marker, and whose process is gone."""
    for kind in ("making", "old"):
        for left in place.parent.glob(f".{place.name}.{kind}-*"):
            owner = left.name.rpartition("-")[2]
            if (left / MARKER).is_file() and not (owner.isdigit() and pid_exists(int(owner))):
                shutil.rmtree(left, ignore_errors=True)
