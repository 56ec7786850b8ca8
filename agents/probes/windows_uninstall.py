"""Windows: the uninstall lists of the registry: both views of the machine's and every signed-in user's."""

from collections.abc import Sequence

from agents.probe import Found, Part, Probe, RegistryKey, RegistryKeys
from agents.report import Platform, RawInstall


class UninstallKeys(Probe[Sequence[RegistryKey]]):
    """Entries with a display name; those without are leftovers that Windows does not list either."""

    name = "uninstall"
    part = Part.SOFTWARE
    platforms = frozenset({Platform.WINDOWS})
    feeds = ("uninstall",)
    question = RegistryKeys("SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall")

    def parse(self, answer: Sequence[RegistryKey]) -> Found:
        """Whose hive an entry stands in is forgotten here: only that it is a user's."""
        return Found(installs=tuple(install(key) for key in answer if text(key, "DisplayName")))


def install(key: RegistryKey) -> RawInstall:
    """One entry; a component of a larger product says so by `SystemComponent` or by the key of its parent."""
    return RawInstall(
        name=text(key, "DisplayName"),
        version=text(key, "DisplayVersion"),
        publisher=text(key, "Publisher"),
        source="uninstall",
        identifier=key.name,
        per_user=key.user,
        hidden=key.values.get("SystemComponent") == 1,
        parent=text(key, "ParentKeyName"),
    )


def text(key: RegistryKey, name: str) -> str:
    """A value as text; some installers write versions as numbers."""
    return str(key.values.get(name, "")).strip()
