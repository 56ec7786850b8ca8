"""The only place that runs other programs: argv tuples, a time limit, a cap on the output."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from agents.errors import NotThere, QuestionFailed

# Fixed, for an agent that runs as root must not run what a caller's PATH offers; and users have no sbin in theirs.
TOOLS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/snap/bin")
OUTPUT = 16 * 1024 * 1024


class Shell:
    """Runs one tool at a time; `folders` are where tools are looked for, `output` caps what one may print, in bytes."""

    def __init__(self, folders: Sequence[str] = TOOLS, *, output: int = OUTPUT) -> None:
        self.folders = tuple(folders)
        self.output = output

    def find(self, tool: str) -> str:
        """The full path of a tool; raises `NotThere`."""
        if os.name == "nt":
            folders: Sequence[str] = (os.environ.get("SYSTEMROOT", r"C:\Windows") + r"\System32",)
        else:
            folders = self.folders
        for folder in folders:
            place = str(Path(folder) / tool)
            if os.access(place, os.X_OK):
                return place
        raise NotThere(f"{tool}: not found")

    def run(self, argv: Sequence[str], *, seconds: float, accept: Sequence[int] = (0,)) -> str:
        """What the tool printed; raises `QuestionFailed` with one line that says why there is no answer."""
        tool = argv[0]
        place = self.find(tool)
        try:
            process = subprocess.Popen(
                [place, *argv[1:]],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment(),
                start_new_session=True,
            )
        except PermissionError:
            raise QuestionFailed(f"{tool}: not permitted") from None
        except OSError as problem:
            raise QuestionFailed(f"{tool}: cannot be run: {problem.strerror}") from None
        with process:
            printed, said = _Reader(process, process.stdout, self.output), _Reader(process, process.stderr, 65_536)
            try:
                status = process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                kill(process)
                raise QuestionFailed(f"{tool}: timed out after {seconds:g} s") from None
            finally:
                # A grandchild may still hold the pipes open: nothing that was started here outlives its question.
                for reader in (printed, said):
                    reader.join(timeout=0.5)
                    if reader.is_alive():
                        kill(process)
                        reader.join(timeout=0.5)
        if printed.overflow:
            raise QuestionFailed(f"{tool}: printed more than {self.output} bytes")
        if status not in accept:
            raise QuestionFailed(f"{tool}: {_complaint(status, said.text())}")
        return printed.text()

    def _environment(self) -> Mapping[str, str]:
        """A language that the parsers read, and nothing of the caller's that could change what tools do."""
        kept = ("HOME", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "XDG_RUNTIME_DIR", "XDG_DATA_DIRS")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        return {**environment, "PATH": os.pathsep.join(self.folders), "LC_ALL": "C.UTF-8", "LANGUAGE": ""}


class _Reader(threading.Thread):
    """Drains one pipe, so that the tool never waits for us; kills the tool when it prints without end."""

    def __init__(self, process: "subprocess.Popen[bytes]", pipe: IO[bytes] | None, limit: int) -> None:
        super().__init__(daemon=True)
        self.process, self.pipe, self.limit = process, pipe, limit
        self.chunks: list[bytes] = []
        self.overflow = False
        self.start()

    def run(self) -> None:
        """Read to the end of the pipe, or to the limit."""
        size = 0
        # The pipe is closed under us when a grandchild kept it open past the time limit.
        with contextlib.suppress(OSError, ValueError):
            while self.pipe and (chunk := os.read(self.pipe.fileno(), 65_536)):
                size += len(chunk)
                if size > self.limit:
                    self.overflow = True
                    kill(self.process)
                    return
                self.chunks.append(chunk)

    def text(self) -> str:
        """What was read, undecodable bytes replaced: a list with one odd name is still a list."""
        return b"".join(self.chunks).decode("utf-8", errors="replace")


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End the tool and all that it started. On Windows only the tool itself: job objects are not in the library."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _complaint(status: int, said: str) -> str:
    lines = said.strip().splitlines()
    first = lines[0].strip() if lines else "it said nothing"
    if "permission denied" in said.lower() or "not permitted" in said.lower():
        return "not permitted"
    if status < 0:
        return f"ended by signal {-status}"
    return f"exit status {status}: {first[:200]}"
