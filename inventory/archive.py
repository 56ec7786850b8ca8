"""The members of a folder or a zip as streams: nothing is unpacked, no name or header is trusted, bombs end early."""

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from inventory.cells import shown
from inventory.source import Unreadable
from inventory.table_file import Problem

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What zipfile raises for members that are cut off, changed, encrypted or packed in a way that it does not know."""

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The other methods may ask for any amount of memory before they give the first byte."""

_CHUNK = 1 << 16
_ALLOWED = "name a file that you may read"
_BROKEN = ("is damaged or packed in an unusual way", "pack the files again")


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much is read: `inflated` bytes of all members together; a line of `line` bytes.

    Beyond `unsuspicious` bytes a member may not be more than `ratio` times its packed size.
    """

    members: int = 1_000
    inflated: int = 8_000_000_000
    unsuspicious: int = 64_000_000
    ratio: int = 200
    line: int = 1_000_000


@dataclass(slots=True)
class _Budget:
    """What may still be inflated, for all members together."""

    left: int


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder or zip whose members are known by their base names, in any case; what is wrong is in `problems`.

    `names` are those of its files as they stand there, also of files that cannot be opened.
    """

    file: str
    names: tuple[str, ...]
    problems: tuple[Problem, ...]
    _path: Path
    _places: dict[str, str]
    _limits: ArchiveLimits
    _budget: _Budget = field(compare=False)

    def holds(self, name: str) -> bool:
        """Whether there is a member of this name that can be opened."""
        return name.casefold() in self._places

    def label(self, name: str) -> str:
        """The name of a member in a problem."""
        return f"{self.file}/{PurePosixPath(self._places[name.casefold()].replace(os.sep, '/')).name}"

    @contextmanager
    def open(self, name: str) -> Iterator[Iterator[bytes]]:
        """The bytes of a member in pieces; raises Unreadable when it is damaged, a bomb or has endless lines."""
        place = self._places[name.casefold()]
        with ExitStack() as stack:
            try:
                read, packed = self._opened(place, stack)
            except OSError as error:
                raise Unreadable(f"cannot be read ({error.strerror or error})", _ALLOWED) from None
            except _DAMAGED:
                raise Unreadable(*_BROKEN) from None
            yield _metered(read, self._budget, self._limits, packed)

    def _opened(self, place: str, stack: ExitStack) -> tuple[Callable[[int], bytes], int | None]:
        if self._path.is_dir():
            # O_NOFOLLOW: it was no link when the folder was listed, and must not have become one since.
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            file = stack.enter_context(os.fdopen(os.open(self._path / place, flags), "rb"))
            return file.read, None
        opened = stack.enter_context(zipfile.ZipFile(self._path))
        member = opened.getinfo(place)
        return stack.enter_context(opened.open(member)).read, min(member.compress_size, self._path.stat().st_size)


def open_archive(path: Path, limits: ArchiveLimits | None = None) -> Archive:
    """The members of a folder or a zip; raises Unreadable where it is neither.

    Only the topmost level that has files is taken: exports are often packed with their folder.
    """
    limits = limits or ArchiveLimits()
    entries = _folder(path) if path.is_dir() else _zip(path, limits)
    file = path.resolve().name or path.name
    names: list[str] = []
    problems: list[Problem] = []
    places: dict[str, str] = {}
    doubled: set[str] = set()
    top = min((entry.depth for entry in entries if not entry.wrong), default=0)
    for entry in entries:
        base = PurePosixPath(entry.place.replace("\\", "/")).name
        if entry.wrong:
            problems.append(Problem(file, 0, shown(entry.place), entry.wrong, entry.hint))
        elif entry.depth == top:
            names.append(base)
            if base.casefold() in places:
                doubled.add(base.casefold())
            places[base.casefold()] = entry.place
    for base in sorted(doubled):
        problems.append(Problem(file, 0, base, "is there twice", "keep one of the two"))
        del places[base]
    return Archive(file, tuple(sorted(names)), tuple(problems), path, places, limits, _Budget(limits.inflated))


@dataclass(frozen=True, slots=True)
class _Entry:
    place: str
    depth: int = 0
    wrong: str = ""
    hint: str = ""


def _folder(path: Path) -> list[_Entry]:
    entries = []
    try:
        with os.scandir(path) as found:
            for one in sorted(found, key=lambda entry: entry.name):
                if one.name.startswith("."):
                    continue
                if one.is_symlink():
                    entries.append(_Entry(one.name, wrong="is a link to elsewhere", hint="put the file itself here"))
                elif one.is_file(follow_symlinks=False):
                    entries.append(_Entry(one.name))
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})", "name a folder that you may read") from None
    return entries


def _zip(path: Path, limits: ArchiveLimits) -> list[_Entry]:
    try:
        with zipfile.ZipFile(path) as opened:
            members = opened.infolist()
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror or error})", _ALLOWED) from None
    except _DAMAGED:
        raise Unreadable("is no whole zip", "fetch or pack it again") from None
    if len(members) > limits.members:
        raise Unreadable(f"has {len(members)} members", f"an export has fewer than {limits.members}")
    return [entry for member in members if (entry := _entry(member))]


def _entry(member: zipfile.ZipInfo) -> _Entry | None:
    place = member.filename
    parts = member.orig_filename.replace("\\", "/").split("/")
    if member.is_dir() or "__MACOSX" in parts or parts[-1].startswith("."):
        return None
    if ".." in parts or parts[0] in {"", "~"} or ":" in parts[0] or "\0" in member.orig_filename:
        return _Entry(place, wrong="points out of the archive", hint="nothing is unpacked; remove it from the zip")
    if stat.S_ISLNK(member.external_attr >> 16):
        return _Entry(place, wrong="is a link to elsewhere", hint="pack the file itself")
    if member.flag_bits & 0x1:
        return _Entry(place, wrong="is encrypted", hint="pack it without a password")
    if member.compress_type not in _METHODS:
        return _Entry(place, wrong="is packed in an unusual way", hint="pack it as an ordinary zip (deflate)")
    return _Entry(place, depth=len(parts) - 1)


def _metered(
    read: Callable[[int], bytes], budget: _Budget, limits: ArchiveLimits, packed: int | None
) -> Iterator[bytes]:
    """The bytes of a member, counted as they come: a header may lie about them."""
    most = None if packed is None else max(limits.unsuspicious, packed * limits.ratio)
    given = line = 0
    while True:
        try:
            chunk = read(_CHUNK)
        except OSError as error:
            raise Unreadable(f"cannot be read ({error.strerror or error})", _ALLOWED) from None
        except _DAMAGED:
            raise Unreadable(*_BROKEN) from None
        if not chunk:
            return
        given += len(chunk)
        budget.left -= len(chunk)
        if budget.left < 0 or (most is not None and given > most):
            raise Unreadable("inflates beyond all measure (a zip bomb?)", "fetch the export again from its source")
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        line = line + len(chunk) if end < 0 else len(chunk) - end
        if line > limits.line:
            raise Unreadable(f"has a line of more than {limits.line} bytes", "look for an unclosed quote")
        yield chunk
