"""A CSV file's bytes as numbered records: limits, encodings, quoting; knows nothing of columns."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path


class Unreadable(Exception):
    """What ends the reading of a file, with what to do and the row where it stands (0: the whole file)."""

    def __init__(self, message: str, hint: str, row: int = 0) -> None:
        super().__init__(message)
        self.hint = hint
        self.row = row


def read_text(path: Path, most: int) -> str:
    """The text of a file of at most `most` bytes."""
    hint = "name a CSV file that you may read"
    try:
        if not path.is_file():  # a pipe would block, a directory has no bytes
            raise Unreadable("is a directory" if path.is_dir() else "there is no such file", hint)
        with path.open("rb") as stream:
            body = stream.read(most + 1)
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})", hint) from None
    if len(body) > most:
        raise Unreadable(f"is larger than {most} bytes", "split it into smaller files")
    if body.startswith(b"PK\x03\x04"):
        raise Unreadable("is a workbook or zip, not CSV", "save the sheet as CSV (UTF-8)")
    content = _decoded(body)
    if (place := content.find("\0")) >= 0:
        raise Unreadable("holds NUL characters", "save it again as CSV (UTF-8)", content.count("\n", 0, place) + 1)
    return content


def _decoded(body: bytes) -> str:
    """UTF-8, UTF-16 or, where it is neither, Windows' western code page, which older spreadsheets write."""
    hint = "save it again as CSV (UTF-8)"
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif body[1:2] == b"\0" and body[:1] != b"\0":
        encoding = "utf-16-le"
    elif body[:1] == b"\0" and body[1:2] != b"\0":
        encoding = "utf-16-be"
    else:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            encoding = "cp1252"
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        row = body.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"is not text (byte {error.start} is not {encoding})", hint, row) from None


def records(body: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number as a spreadsheet shows it; blank rows count."""
    number = 0
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(f"is not CSV ({error})", "look for an unclosed quote in this row", number) from None
        yield number, record
