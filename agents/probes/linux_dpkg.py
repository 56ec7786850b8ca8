"""Linux: packages of Debian and its family."""

from agents.probe import Command, Found, Part, Probe
from agents.report import RawInstall


class DpkgPackages(Probe[str]):
    """Installed packages, held ones included; the maintainer stands for the publisher, without the e-mail address."""

    name = "dpkg"
    part = Part.SOFTWARE
    feeds = ("dpkg",)
    question = Command(
        ("dpkg-query", "--show", "--showformat=${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Maintainer}\\n")
    )

    def parse(self, answer: str) -> Found:
        """Raises `ValueError` on a line that is no row."""
        installs = []
        for line in answer.splitlines():
            state, name, version, maintainer = line.split("\t")
            if state[1] == "i":  # the second letter is what is; the first is only what is wanted
                publisher = maintainer.split("<", 1)[0].strip(' "')
                installs.append(RawInstall(name, version, publisher, "dpkg", name))
        return Found(installs=tuple(installs))
