"""Linux: the distribution, the kernel, the language and the installation's own id."""

import hashlib
import re
from collections.abc import Mapping

from agents.errors import QuestionFailed
from agents.probe import Call, Files, Found, Part, Probe, Several, Tree
from agents.report import Identity, Platform, System

RELEASE = ("etc/os-release", "usr/lib/os-release")
LOCALES = ("etc/locale.conf", "etc/default/locale")
IDS = ("etc/machine-id", "var/lib/dbus/machine-id")
SALT = b"labfleet system id\0"
ASSIGNMENT = re.compile(r"^([A-Z_]+)=(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\n]*))$", re.MULTILINE)


class OsRelease(Probe[tuple[Tree, Mapping[str, str] | None, str | None]]):
    """Name and release as the distribution states them. The machine's language before that of who runs the agent."""

    name = "os-release"
    part = Part.SYSTEM
    feeds = ("name", "release", "build", "architecture", "language")
    question = Several((Files(read=(*RELEASE, *LOCALES)), Call("kernel"), Call("language")))

    def parse(self, answer: tuple[Tree, Mapping[str, str] | None, str | None]) -> Found:
        """Raises `QuestionFailed` when there is no os-release file with a name in it."""
        tree, kernel, environment = answer
        release = assignments(tree, RELEASE)
        if not release.get("NAME"):
            raise QuestionFailed("no os-release file with a name in it")
        kernel = kernel or {}
        locale = assignments(tree, LOCALES)
        return Found(
            system=System(
                platform=Platform.CHROMEOS if release.get("ID") in {"chromeos", "chromiumos"} else Platform.LINUX,
                name=release["NAME"],
                release=release.get("VERSION_ID", ""),
                build=kernel.get("release", ""),
                edition=release.get("VARIANT", ""),
                architecture=kernel.get("architecture", ""),
                language=tag(locale.get("LC_ALL") or locale.get("LANG") or environment or ""),
            )
        )


class MachineId(Probe[Tree]):
    """The installation's id, through one-way salted SHA-256: systemd asks that it never leaves the machine as it is."""

    name = "machine-id"
    part = Part.IDENTITY
    feeds = ("system_id",)
    question = Files(read=IDS)

    def parse(self, answer: Tree) -> Found:
        """Raises `QuestionFailed` when there is none yet, as in an image before its first boot."""
        for path in IDS:
            text = answer.text(path)
            if re.fullmatch(r"[0-9a-f]{32}", text):
                return Found(identity=Identity(hostname="", system_id=hashlib.sha256(SALT + text.encode()).hexdigest()))
        raise QuestionFailed("the installation has no id")


def assignments(tree: Tree, paths: tuple[str, ...]) -> Mapping[str, str]:
    """The assignments of the first of these files that exists."""
    text = next((tree.text(path) for path in paths if path in tree.files), "")
    return {match[1]: match[2] or match[3] or match[4] or "" for match in ASSIGNMENT.finditer(text)}


def tag(locale: str) -> str:
    """`en-US` for `en_US.UTF-8`; nothing for the computer's own tongue."""
    language = locale.split(".", 1)[0].split("@", 1)[0].replace("_", "-")
    return "" if language in {"C", "POSIX"} else language
