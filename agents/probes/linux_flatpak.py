"""Linux: Flatpak applications and runtimes, those of the machine and of the user who runs the agent."""

from agents.probe import Command, Found, Part, Probe
from agents.report import RawInstall


class Flatpaks(Probe[str]):
    """Flatpak leaves the version empty for many; a branch such as "stable" is no version, one such as "23.08" is."""

    name = "flatpak"
    part = Part.SOFTWARE
    feeds = ("flatpak",)
    question = Command(("flatpak", "list", "--columns=application,branch,installation,name,version"))

    def parse(self, answer: str) -> Found:
        """Raises `ValueError` on a line that is no row. Of a runtime, two branches can live side by side."""
        installs = []
        for line in answer.splitlines():
            identifier, branch, installation, name, version = line.split("\t")
            installs.append(
                RawInstall(
                    name=name or identifier,
                    version=version or (branch if branch[:1].isdigit() else ""),
                    source="flatpak",
                    identifier=identifier,
                    per_user=installation == "user",
                )
            )
        return Found(installs=tuple(installs))
