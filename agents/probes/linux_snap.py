"""Linux: snaps."""

from agents.probe import Command, Found, Part, Probe
from agents.report import RawInstall

COLUMNS = ["Name", "Version", "Rev", "Tracking", "Publisher", "Notes"]
PLUMBING = frozenset({"base", "snapd", "core", "kernel", "gadget", "os"})


class Snaps(Probe[str]):
    """Snaps that are on; bases and snapd itself are marked hidden, for no person starts them."""

    name = "snap"
    part = Part.SOFTWARE
    feeds = ("snap",)
    question = Command(("snap", "list", "--color=never", "--unicode=never"))

    def parse(self, answer: str) -> Found:
        """Raises `ValueError` on another table. No snap at all is told on stderr: an empty answer."""
        lines = answer.splitlines()
        if not lines:
            return Found()
        if lines[0].split() != COLUMNS:
            raise ValueError("snap list printed another table than expected")
        installs = []
        for line in lines[1:]:
            name, version, _, _, publisher, notes = line.split()
            marks = set(notes.split(","))
            if "disabled" not in marks:
                installs.append(
                    RawInstall(name, version, publisher.strip("*✓✪-"), "snap", name, hidden=bool(PLUMBING & marks))
                )
        return Found(installs=tuple(installs))
