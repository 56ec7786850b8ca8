"""◇ What a probe is: one question to the machine and a pure reading of the answer."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from agents.report import Hardware, Identity, Interface, Platform, RawInstall, System, Vitals

LINUX = frozenset({Platform.LINUX, Platform.CHROMEOS})
EVERYWHERE = frozenset(Platform)


class Part(StrEnum):
    """The part of a report that a probe feeds; the first three are sections."""

    HARDWARE = "hardware"
    SYSTEM = "system"
    SOFTWARE = "software"
    IDENTITY = "identity"
    INTERFACES = "interfaces"
    VITALS = "vitals"


@dataclass(frozen=True, slots=True)
class Command:
    """Ask a tool; answered by its output, or by `None` where the machine does not have the tool."""

    argv: tuple[str, ...]
    seconds: float = 15.0
    accept: tuple[int, ...] = (0,)
    root: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    """Ask the file system, by patterns relative to the machine's root; answered by a `Tree`.

    `read` wants contents, `links` where symbolic links point to, `names` only what exists.
    """

    read: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryKeys:
    """Ask the Windows registry for the direct sub-keys of one path, in every hive and view that may hold it."""

    path: str


@dataclass(frozen=True, slots=True)
class Call:
    """Ask one function of `agents.calls`, by its name; answered by plain values (text, numbers, tuples, mappings)."""

    name: str


@dataclass(frozen=True, slots=True)
class Several:
    """Ask more than one question; answered by a tuple, with `None` for a part that could not be asked."""

    questions: tuple[Command | Files | RegistryKeys | Call, ...]


Question = Command | Files | RegistryKeys | Call | Several


@dataclass(frozen=True, slots=True)
class Tree:
    """What the file system answered: paths are relative to the root, with `/`; `denied` could not be opened."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    denied: tuple[str, ...] = ()

    def text(self, path: str) -> str:
        """The content as stripped text; empty where there is none."""
        return self.files.get(path, b"").decode("utf-8", errors="replace").strip(" \t\r\n\0")

    def number(self, path: str) -> int | None:
        """The content as a whole number; `None` where there is no file or it is empty."""
        text = self.text(path)
        return int(text, 0) if text else None

    def below(self, folder: str) -> tuple[str, ...]:
        """The sorted names of what was found directly or deeper in a folder: its first path component there."""
        prefix = folder + "/"
        found = self.names | self.files.keys() | self.links.keys() | set(self.denied)
        return tuple(sorted({path[len(prefix) :].split("/", 1)[0] for path in found if path.startswith(prefix)}))


@dataclass(frozen=True, slots=True)
class RegistryKey:
    """One registry key: `name` is its last component, `user` says that it stands in a user's hive."""

    name: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    user: bool = False


NOBODY, NOTHING, SILENCE = Identity(hostname=""), Hardware(), Vitals()  # immutable, so they may be shared


@dataclass(frozen=True, slots=True)
class Found:
    """What one probe learned: only what it knows differs from the defaults.

    `unread` holds reasons why a part of the question stays open, each of which becomes a `ProbeFailure`.
    """

    identity: Identity = NOBODY
    hardware: Hardware = NOTHING
    system: System | None = None
    installs: tuple[RawInstall, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    vitals: Vitals = SILENCE
    unread: tuple[str, ...] = ()


Answer = TypeVar("Answer")


class Probe(ABC, Generic[Answer]):
    """One question of one platform; stateless.

    `feeds` are the fields of the report that stay unknown when the question cannot be asked (their names are
    distinct over all parts), or for software the list's name, the same as in `RawInstall.source`.
    """

    name: ClassVar[str]
    part: ClassVar[Part]
    platforms: ClassVar[frozenset[Platform]] = LINUX
    feeds: ClassVar[tuple[str, ...]]
    question: ClassVar[Question]

    @abstractmethod
    def parse(self, answer: Answer) -> Found:
        """Read the answer; raises `QuestionFailed` where the machine does not tell, `ValueError` (or what a wrong
        shape raises) on what makes no sense."""


Piece = TypeVar("Piece", Hardware, System, Identity, Vitals)


def merged(first: Piece, second: Piece) -> Piece:
    """`first`, with `second` filling in the fields that `first` does not know."""
    changes: dict[str, Any] = {
        item.name: getattr(second, item.name)
        for item in fields(first)
        if not known(getattr(first, item.name), item.default)
    }
    return replace(first, **changes)


def known(value: Any, default: Any) -> bool:
    """Whether a field says anything: `None`, emptiness and the default say nothing; `False` does."""
    return value not in (None, "", ()) and value != default
