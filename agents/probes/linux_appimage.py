"""Linux: AppImages, which no manager knows: found where people keep them."""

import re

from agents.probe import Files, Found, Part, Probe, Tree
from agents.report import RawInstall

FOLDERS = ("opt", "opt/*", "usr/local/bin", "Applications")
HOMES = ("home/*/Applications", "home/*/.local/bin", "home/*/bin", "home/*/Desktop", "home/*/Downloads")
FILE = re.compile(
    r"(?P<name>.+?)(?:[-_ .]v?(?P<version>\d+(?:\.\d+)+(?:[-_.]?(?:alpha|beta|rc)\d*)?).*"
    r"|[-_.](?:linux|x86_64|x64|amd64|aarch64|arm64).*)?\.appimage",
    re.IGNORECASE,
)


class AppImages(Probe[Tree]):
    """Name and version from the file's name (`Cura-5.6.0-linux-X64.AppImage`), as AppImages are told to carry them."""

    name = "appimage"
    part = Part.SOFTWARE
    feeds = ("appimage",)
    question = Files(
        names=tuple(f"{folder}/*.{end}" for folder in (*FOLDERS, *HOMES) for end in ("AppImage", "appimage"))
    )

    def parse(self, answer: Tree) -> Found:
        """A person's folder is never named; the same file in two homes is one entry."""
        installs = set()
        for path in answer.names:
            file = path.rsplit("/", 1)[-1]
            match = FILE.fullmatch(file)
            if match:
                installs.add(
                    RawInstall(
                        name=match["name"].replace("_", " "),
                        version=match["version"] or "",
                        source="appimage",
                        identifier=file,
                        per_user=path.startswith("home/"),
                    )
                )
        return Found(
            installs=tuple(sorted(installs, key=lambda one: (one.identifier, one.per_user))), unread=closed(answer)
        )


def closed(tree: Tree) -> tuple[str, ...]:
    """How many homes could not be looked into; not whose."""
    homes = {"/".join(path.split("/")[:2]) for path in tree.denied if path.startswith("home/")}
    return (f"{len(homes)} of the home folders may not be looked into",) if homes else ()
