"""The machine that is asked: answers the questions of the probes from its files, tools, registry and psutil."""

import contextlib
import fnmatch
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from agents.errors import QuestionFailed
from agents.probe import Call, Command, Files, Question, RegistryKeys, Tree
from agents.registry import Registry, WindowsRegistry, registry_keys
from agents.report import Platform
from agents.shell import Shell

FILE_SIZE = 256 * 1024
MATCHES = 20_000
REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "autofs", "afs", "9p", "ceph", "fuse.sshfs"})
Calls = Mapping[str, Callable[[], Any]]


class Machine:
    """One machine, or a folder that looks like one: `root` is where its file system begins."""

    def __init__(
        self,
        root: Path | None = None,
        *,
        shell: Shell | None = None,
        calls: Calls | None = None,
        registry: Registry | None = None,
        platform: Platform | None = None,
    ) -> None:
        self.root = str(root or "/").rstrip("/")
        self.shell = shell or Shell()
        self.platform = platform or this_platform()
        self._calls = calls
        self._registry = registry

    def ask(self, question: Question) -> Any:
        """The answer; raises `QuestionFailed`. `Several` is for the one who can say which part of it failed."""
        if isinstance(question, Command):
            return self._run(question)
        if isinstance(question, Files):
            return self._look(question)
        if isinstance(question, Call):
            return self._call(question.name)
        if isinstance(question, RegistryKeys):
            self._registry = self._registry or WindowsRegistry()
            return registry_keys(self._registry, question.path)
        return tuple(self.ask(part) for part in question.questions)

    def _run(self, command: Command) -> str:
        self.shell.find(command.argv[0])
        if command.root and hasattr(os, "geteuid") and os.geteuid() != 0:
            raise QuestionFailed(f"{command.argv[0]}: not permitted, it answers root only")
        return self.shell.run(command.argv, seconds=command.seconds, accept=command.accept)

    def _call(self, name: str) -> Any:
        if self._calls is None:
            from agents.calls import CALLS  # psutil is a tenth of the agent's time: only when it is asked

            self._calls = CALLS
        try:
            return self._calls[name]()
        except PermissionError:
            raise QuestionFailed(f"{name}: not permitted") from None

    def _look(self, files: Files) -> Tree:
        denied: set[str] = set()
        contents: dict[str, bytes] = {}
        for pattern in files.read:
            for path in self._expand(pattern, denied):
                try:
                    content = _content(f"{self.root}/{path}")
                except PermissionError:
                    denied.add(path)
                    continue
                if content is not None:
                    contents[path] = content
        links: dict[str, str] = {}
        for pattern in files.links:
            for path in self._expand(pattern, denied):
                with contextlib.suppress(OSError):  # not a link: then it points nowhere
                    links[path] = os.readlink(f"{self.root}/{path}")  # noqa: PTH115 - a str, a thousand times
        names = frozenset(path for pattern in files.names for path in self._expand(pattern, denied))
        return Tree(contents, links, names, tuple(sorted(denied)))

    def _expand(self, pattern: str, denied: set[str]) -> Iterator[str]:
        """The existing paths that fit a pattern. Not `glob`, which hides the folders that it may not open."""
        paths = [""]
        for part in pattern.split("/"):
            if "*" in part:
                fits = re.compile(fnmatch.translate(part)).match
                paths = [path + name + "/" for path in paths for name in self._list(path, denied) if fits(name)]
            else:
                paths = [path + part + "/" for path in paths]
            if len(paths) > MATCHES:
                raise QuestionFailed(f"more than {MATCHES} files to look at")
        for path in paths:
            try:
                os.lstat(f"{self.root}/{path[:-1]}")
            except PermissionError:
                denied.add(path[:-1])
            except OSError:
                continue  # it is not there, which is an answer
            else:
                yield path[:-1]

    def _list(self, folder: str, denied: set[str]) -> list[str]:
        if folder.startswith("home/") and folder.rstrip("/") in self._remote():
            return []  # a home on a file server is not this machine's, and a dead server would hang us
        try:
            with os.scandir(f"{self.root}/{folder}") as entries:
                return sorted(entry.name for entry in entries)
        except PermissionError:
            denied.add(folder.rstrip("/"))
        except OSError:
            pass  # no such folder
        return []

    def _remote(self) -> frozenset[str]:
        mounts = (_content(f"{self.root}/proc/self/mounts") or b"").decode("utf-8", errors="replace")
        rows = [line.split(" ") for line in mounts.splitlines()]
        return frozenset(row[1].strip("/") for row in rows if len(row) > 2 and row[2] in REMOTE)


def _content(place: str) -> bytes | None:
    """The first bytes of a regular file; `None` where there is nothing to read; raises `PermissionError`.

    Never waits: a user could have put a named pipe where a list of software is expected.
    """
    try:
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except PermissionError:
        raise
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        content = b""
        while len(content) < FILE_SIZE and (chunk := os.read(handle, FILE_SIZE - len(content))):
            content += chunk
        return content
    except OSError:
        return None  # sysfs says EIO, ENODEV or EINVAL for "this device has no such value"
    finally:
        os.close(handle)


def this_platform() -> Platform:
    """The platform that this program runs on."""
    if sys.platform == "win32":
        return Platform.WINDOWS
    return Platform.MACOS if sys.platform == "darwin" else Platform.LINUX
