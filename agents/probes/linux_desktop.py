"""Linux: desktop entries: the way to see tools that were unpacked into /opt, /usr/local or a home."""

import posixpath
import re
from collections.abc import Mapping

from agents.probe import Files, Found, Part, Probe, Tree
from agents.probes.linux_appimage import closed
from agents.report import RawInstall

PACKAGED = "usr/share/applications"
FOLDERS = (PACKAGED, "usr/local/share/applications", "home/*/.local/share/applications")
# Where package managers put programs: an entry that starts one of these belongs to a package that its own list names.
OWNED = ("/usr/", "/bin/", "/sbin/", "/snap/", "/var/lib/flatpak/", "/etc/alternatives/")
WRAPPERS = frozenset(
    {"env", "sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/env", "gtk-launch", "xdg-open", "flatpak", "snap"}
)


class DesktopEntries(Probe[Tree]):
    """Entries whose program no package manager owns.

    To ask dpkg or rpm for the owner of each file costs more than all other probes together, so the place of the
    program decides: packages put theirs below /usr; entries elsewhere start a program in /opt, /usr/local or a home,
    also through a link in /usr/bin. A vendor's package in /opt is so listed twice, which recognition is made for.
    """

    name = "desktop"
    part = Part.SOFTWARE
    feeds = ("desktop",)
    question = Files(read=tuple(f"{folder}/*.desktop" for folder in FOLDERS), links=("usr/bin/*", "usr/local/bin/*"))

    def parse(self, answer: Tree) -> Found:
        """A broken entry is nobody's software: menus leave it out, and so do we."""
        installs = set()
        for path in answer.files:
            entry = main_group(answer.text(path))
            if entry.get("Type", "Application") != "Application" or not entry.get("Name"):
                continue
            if entry.get("Hidden", "").lower() == "true":  # the desktop's word for "deleted"
                continue
            if not owned(path, entry, answer.links):
                installs.add(
                    RawInstall(
                        name=entry["Name"],
                        source="desktop",
                        identifier=path.rsplit("/", 1)[-1].removesuffix(".desktop"),
                        per_user=path.startswith("home/"),
                        hidden=entry.get("NoDisplay", "").lower() == "true",
                    )
                )
        order = sorted(installs, key=lambda one: (one.identifier, one.name, one.per_user, one.hidden))
        return Found(installs=tuple(order), unread=closed(answer))


def main_group(text: str) -> Mapping[str, str]:
    """The keys of `[Desktop Entry]` without their translations (`Name[de]`)."""
    body = re.split(r"^\[Desktop Entry\]\s*$", text, maxsplit=1, flags=re.MULTILINE)[-1]
    body = re.split(r"^\[", body, maxsplit=1, flags=re.MULTILINE)[0]
    return {match[1]: match[2].strip() for match in re.finditer(r"^([A-Za-z-]+)\s*=(.*)$", body, re.MULTILINE)}


def owned(path: str, entry: Mapping[str, str], links: Mapping[str, str]) -> bool:
    """Whether a package manager's list names this program already."""
    program = command(entry.get("TryExec") or entry.get("Exec", ""))
    if program in WRAPPERS or not program:
        return path.startswith(PACKAGED)
    if "/" not in program:
        program = next(
            (f"/{place}/{program}" for place in ("usr/local/bin", "usr/bin") if f"{place}/{program}" in links), program
        )
    if program.lstrip("/") in links:
        program = posixpath.normpath(posixpath.join(posixpath.dirname(program), links[program.lstrip("/")]))
    if "/" not in program:
        return path.startswith(PACKAGED)
    return program.startswith(OWNED) and not program.startswith("/usr/local/")


def command(line: str) -> str:
    """The program of an `Exec` line: its first word, which may be quoted."""
    match = re.match(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))', line)
    return (match[1] or match[2] or "") if match else ""
