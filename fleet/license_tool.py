"""Runs a licence server's own tool, which only asks: no shell, a time limit, a limit on what it may print."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 65_536
_SAID = 65_536


@dataclass(frozen=True, slots=True)
class Printed:
    """What a tool printed on either output; many end with a status other than 0 when a server does not answer."""

    data: bytes


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Why there is no answer, in one line without anything that the tool printed."""

    reason: str


def run_tool(
    argv: Sequence[str], *, seconds: float, folder: Path | None = None, most_bytes: int = MOST_BYTES
) -> Printed | NotAsked:
    """What a tool prints; `folder` is where it is, else it is looked for on the PATH."""
    place = shutil.which(argv[0], path=None if folder is None else str(folder))
    if place is None:
        where = f"in {folder}" if folder else "on the PATH"
        return NotAsked(f"{argv[0]} was not found {where}: it comes with the vendor's licence server")
    try:
        process = subprocess.Popen(
            (place, *argv[1:]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C"},
        )
    except OSError as error:
        return NotAsked(f"{argv[0]} cannot be run: {error.strerror}")
    with process:
        pipes = process.stdout, process.stderr
        out, said = (_Drain(process, pipe, most) for pipe, most in zip(pipes, (most_bytes, _SAID), strict=True) if pipe)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return NotAsked(f"{argv[0]} did not end within {seconds:g} s")
        finally:
            # A child of the tool may still hold the pipes open.
            out.join(0.5)
            _kill(process)
            out.join()
            said.join()
    if out.full:
        return NotAsked(f"{argv[0]} printed more than {most_bytes:,} bytes")
    text = b"\n".join(part for part in (out.data, said.data) if part.strip())
    if text:
        return Printed(text)
    return NotAsked(f"{argv[0]} ended with status {process.returncode} and printed nothing")


class _Drain(threading.Thread):
    """Reads one output to its end, and ends the tool that prints more than it may."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: IO[bytes], most: int) -> None:
        super().__init__(daemon=True)
        self._process, self._pipe, self._most = process, pipe, most
        self._parts: list[bytes] = []
        self.full = False
        self.start()

    @property
    def data(self) -> bytes:
        return b"".join(self._parts)

    def run(self) -> None:
        size = 0
        with suppress(OSError, ValueError):
            while chunk := self._pipe.read1(_CHUNK):  # type: ignore[attr-defined]  # a buffered pipe has it
                if size + len(chunk) > self._most:
                    self.full = True
                    _kill(self._process)
                    return
                size += len(chunk)
                self._parts.append(chunk)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a tool and what it has started; it may have ended by itself."""
    with suppress(OSError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
