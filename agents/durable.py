"""Writes files so that a power cut leaves the old one or the new one, never half of one."""

import contextlib
import os
import secrets
import time
from pathlib import Path

HALF = ".half-"
STALE = 3600


def write(place: Path, content: bytes) -> None:
    """Put `content` at `place` for its owner only: in full once this returns, before that not at all."""
    half = place.with_name(f"{HALF}{secrets.token_hex(8)}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            half.unlink()
        raise
    settle(place.parent)


def settle(folder: Path) -> None:
    """Wait until the folder's names are on the disk. Windows opens no folders, and keeps their order itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(folder: Path) -> None:
    """Remove the halves of writers that were killed; young ones may belong to a writer at work."""
    for half in folder.glob(f"{HALF}*"):
        with contextlib.suppress(OSError):
            if time.time() - half.stat().st_mtime > STALE:
                half.unlink()
