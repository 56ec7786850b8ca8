"""Reports that wait on disk for the server, and those that it refused: bounded, and whole after a kill at any instant.

A waiting report is one file, written beside and renamed into place: it is there in full or not at all. It is removed
only after the server has said that it committed it; killed in between, it is sent again, and its id makes the second
delivery harmless.
"""

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agents import durable
from agents.errors import SpoolError
from agents.report import Report, canonical


@dataclass(frozen=True, slots=True)
class Limits:
    """What a spool may hold: the oldest report gives way, for every newer one says more of how the machine is."""

    reports: int = 100
    size: int = 32 * 1024 * 1024
    refused: int = 10


class Spool:
    """One folder; several processes may use it at once."""

    def __init__(self, folder: Path, limits: Limits = Limits()) -> None:
        self.folder = folder
        self.refused_folder = folder / "refused"
        self.limits = limits
        try:
            for place in (folder, self.refused_folder):  # apart, for `parents` makes folders that all may read
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise _cannot(folder, problem) from None
        durable.sweep(folder)
        durable.sweep(self.refused_folder)

    def add(self, report: Report) -> int:
        """Keep a report until it is delivered; returns how many older ones gave way. Raises `SpoolError`."""
        content = canonical(report)
        if len(content) > self.limits.size:
            raise SpoolError(f"a report of {len(content)} bytes is larger than the whole spool")
        try:
            gone = self._make_room(len(content))
            durable.write(self.folder / f"{time.time_ns():020d}-{report.id}.json", content)
        except OSError as problem:
            raise _cannot(self.folder, problem) from None
        return gone

    def waiting(self) -> tuple[Path, ...]:
        """The waiting reports, oldest first."""
        return tuple(sorted(self.folder.glob("*.json")))

    def read(self, place: Path) -> Mapping[str, Any] | None:
        """One waiting report; `None` when it is gone, or was damaged on disk and is now among the refused."""
        try:
            content = place.read_bytes()
        except OSError:
            return None  # delivered by another process, or unreadable: the next round sees it again
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            report = json.loads(content, parse_constant=_no_number)
            if isinstance(report, dict) and isinstance(report.get("id"), str) and _aware(report.get("taken_at")):
                return report
        self.refuse(place, {"code": "damaged", "title": "the file is no report: damaged on disk"})
        return None

    def done(self, place: Path) -> None:
        """Forget a delivered report; one that cannot be removed is sent again, which is harmless."""
        with contextlib.suppress(OSError):
            place.unlink()
            durable.settle(self.folder)

    def refuse(self, place: Path, problem: Mapping[str, Any]) -> None:
        """Put a report aside with the server's reason, where a person can read both, if the disk has room for it."""
        try:
            text = place.read_text("utf-8", errors="replace")
        except OSError:
            return
        with contextlib.suppress(ValueError, RecursionError):
            text = json.loads(text, parse_constant=_no_number)
        with contextlib.suppress(OSError):
            durable.write(self.refused_folder / place.name, canonical({"problem": dict(problem), "report": text}))
        self.done(place)  # else it would stand before all later ones for ever
        for old in sorted(self.refused_folder.glob("*.json"))[: -self.limits.refused]:
            with contextlib.suppress(FileNotFoundError):
                old.unlink()

    def _make_room(self, size: int) -> int:
        sizes = {}
        for place in self.waiting():
            with contextlib.suppress(FileNotFoundError):
                sizes[place] = place.stat().st_size
        total, gone = sum(sizes.values()), 0
        for place, old in sizes.items():
            if total + size <= self.limits.size and len(sizes) - gone < self.limits.reports:
                break
            place.unlink(missing_ok=True)
            total, gone = total - old, gone + 1
        return gone


def _aware(text: Any) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _cannot(folder: Path, problem: OSError) -> SpoolError:
    return SpoolError(
        f"{folder}: cannot keep reports here: {problem.strerror or problem}",
        hint="run as root, or name another folder with --state",
    )
