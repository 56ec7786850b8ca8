"""Linux: packages of Fedora, SUSE and their families."""

from agents.probe import Command, Found, Part, Probe
from agents.report import RawInstall

KEY = "gpg-pubkey"  # the keys that packages are signed with stand in the same database


class RpmPackages(Probe[str]):
    """Installed packages; the epoch is left out, for no person and no vendor counts it as part of a version."""

    name = "rpm"
    part = Part.SOFTWARE
    feeds = ("rpm",)
    question = Command(("rpm", "--query", "--all", "--queryformat", "%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{VENDOR}\\n"))

    def parse(self, answer: str) -> Found:
        """Raises `ValueError` on a line that is no row."""
        installs = []
        for line in answer.splitlines():
            name, version, vendor = line.split("\t")
            if name != KEY:
                installs.append(RawInstall(name, version, "" if vendor == "(none)" else vendor, "rpm", name))
        return Found(installs=tuple(installs))
