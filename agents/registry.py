"""The Windows registry behind a small protocol, so that its probes are tested everywhere."""

import contextlib
import importlib
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from agents.errors import QuestionFailed
from agents.probe import RegistryKey

MACHINE = "HKEY_LOCAL_MACHINE"
USERS = "HKEY_USERS"
VIEWS = (64, 32)


class Registry(Protocol):
    """What the probes need of a registry; `view` is 64 or 32, the half that a program of that width would see."""

    def keys(self, hive: str, path: str, view: int) -> tuple[str, ...]:
        """The names of the direct sub-keys; raises `FileNotFoundError` or `PermissionError`."""

    def values(self, hive: str, path: str, view: int) -> Mapping[str, str | int]:
        """The text and number values of one key; raises the same."""


class WindowsRegistry:
    """The registry of this machine."""

    def __init__(self) -> None:
        # By name, for type checkers on other systems know no `winreg`.
        self.winreg: Any = importlib.import_module("winreg")

    def keys(self, hive: str, path: str, view: int) -> tuple[str, ...]:
        """See `Registry.keys`."""
        with self._open(hive, path, view) as key:
            return tuple(self.winreg.EnumKey(key, index) for index in range(self.winreg.QueryInfoKey(key)[0]))

    def values(self, hive: str, path: str, view: int) -> Mapping[str, str | int]:
        """See `Registry.values`."""
        with self._open(hive, path, view) as key:
            rows = (self.winreg.EnumValue(key, index) for index in range(self.winreg.QueryInfoKey(key)[1]))
            return {name: value for name, value, _ in rows if isinstance(value, str | int)}

    def _open(self, hive: str, path: str, view: int) -> Any:
        width = self.winreg.KEY_WOW64_64KEY if view == 64 else self.winreg.KEY_WOW64_32KEY
        return self.winreg.OpenKey(getattr(self.winreg, hive), path, 0, self.winreg.KEY_READ | width)


def registry_keys(registry: Registry, path: str) -> tuple[RegistryKey, ...]:
    """The direct sub-keys of a path below both views of the machine's hive and below every loaded user hive.

    The hives of users who are not signed in are files that nobody loaded: their entries are not seen.
    """
    found: list[RegistryKey] = []
    for view in VIEWS:
        found += _read(registry, MACHINE, path, view, user=False)
    for user in registry.keys(USERS, "", 64):
        if not user.upper().endswith("_CLASSES"):  # the second hive of the same user, without software in it
            found += _read(registry, USERS, f"{user}\\{path}", 64, user=True)
    if not found:
        raise QuestionFailed("the registry has no such keys in any hive")
    return tuple(found)


def _read(registry: Registry, hive: str, path: str, view: int, *, user: bool) -> Iterator[RegistryKey]:
    with contextlib.suppress(FileNotFoundError):  # no 32-bit half on a 32-bit system; many users have no such key
        for name in registry.keys(hive, path, view):
            with contextlib.suppress(FileNotFoundError):  # uninstalled while we looked
                yield RegistryKey(name, registry.values(hive, f"{path}\\{name}", view), user)
