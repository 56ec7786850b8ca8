"""Bytes that hold a table: a file, or a member of a zip; opened as often as the reader asks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class Unreadable(Exception):
    """What ends the reading of a file, with what to do and the row where it stands (0: the whole file)."""

    def __init__(self, message: str, hint: str, row: int = 0) -> None:
        super().__init__(message)
        self.hint = hint
        self.row = row


@dataclass(frozen=True, slots=True)
class Source:
    """What a table is read from: `name` is what problems call it, `open` gives its bytes from the start each time."""

    name: str
    open: Callable[[], IO[bytes]]

    @classmethod
    def of(cls, path: Path) -> "Source":
        """A file; what cannot be opened is said when it is."""

        def opened() -> IO[bytes]:
            hint = "name a file that you may read"
            try:
                if not path.is_file():  # a pipe would block, a directory has no bytes
                    raise Unreadable("is a directory" if path.is_dir() else "there is no such file", hint)
                return path.open("rb")
            except OSError as error:
                raise Unreadable(f"cannot be read ({error.strerror})", hint) from None

        return cls(path.name, opened)
