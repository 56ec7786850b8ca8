"""A CSV file's bytes as numbered records, as they come: limits, encodings, quoting; knows nothing of columns.

The bytes are gone through twice, for nobody says beforehand in which encoding a file is; nothing of them is kept.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator

from inventory.source import Source, Unreadable

_CHUNK = 1 << 20
_LONGEST = 1 << 22
"""Characters in one line; a file without a line end would come into memory whole."""


def encoding_of(source: Source, most: int) -> str:
    """How a file of at most `most` bytes is encoded: UTF-8, UTF-16, or the western code page of older Windows."""
    with source.open() as stream:
        start = stream.read(4)
    if start.startswith(b"PK\x03\x04"):
        raise Unreadable("is a workbook or zip, not CSV", "name it .xlsx if it is one, or save it as CSV (UTF-8)")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("is a workbook of an old Excel, not CSV", "save it as .xlsx or as CSV (UTF-8)")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        guesses = ["utf-16"]
    elif start[1:2] == b"\0" and start[:1] != b"\0":
        guesses = ["utf-16-le"]
    elif start[:1] == b"\0" and start[1:2] != b"\0":
        guesses = ["utf-16-be"]
    else:
        guesses = ["utf-8-sig", "cp1252"]
    for last, encoding in enumerate(guesses, 1 - len(guesses)):
        try:
            _decode(source, encoding, most)
        except _NotInIt as wrong:
            if not last:
                message = f"is not text (byte {wrong.place} is not {encoding})"
                raise Unreadable(message, "save it again as CSV (UTF-8)", wrong.row) from None
        else:
            break
    return encoding


class _NotInIt(Exception):
    """A byte that the encoding does not have."""

    def __init__(self, place: int, row: int) -> None:
        super().__init__(place)
        self.place = place
        self.row = row


def _decode(source: Source, encoding: str, most: int) -> None:
    """Go through all of it once; raises _NotInIt where it is encoded otherwise, and Unreadable."""
    decoder = codecs.getincrementaldecoder(encoding)()
    size, rows = 0, 1
    with source.open() as stream:
        while True:
            chunk = stream.read(_CHUNK)
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                row = rows + chunk.count(b"\n", 0, max(0, error.start - waiting))
                raise _NotInIt(size + error.start - waiting, row) from None
            size += len(chunk)
            if size > most:
                raise Unreadable(f"is larger than {most} bytes", "split it into smaller files")
            if (place := text.find("\0")) >= 0:
                row = rows + text.count("\n", 0, place)
                raise Unreadable("holds NUL characters", "save it again as CSV (UTF-8)", row)
            rows += text.count("\n")
            if not chunk:
                return


def records(source: Source, most: int, choose: Callable[[str], str]) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number as a spreadsheet shows it; blank rows count.

    `choose` says by the first line that is not blank which delimiter the file has, unless Excel's `sep=` line does.
    """
    encoding = encoding_of(source, most)
    with io.TextIOWrapper(source.open(), encoding, newline="") as text:
        lines = _lines(text)
        start = []
        for line in lines:
            start.append(line)
            if line.strip():
                break
        first = start[-1] if start else ""
        said = re.fullmatch(r"sep=([,;\t])(\r\n|\n|\r)", first) if len(start) == 1 else None
        if said:
            start = []
        delimiter = said[1] if said else choose(first)
        yield from _numbered((line for part in (start, lines) for line in part), delimiter)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_LONGEST):
        if len(line) == _LONGEST:
            raise Unreadable(f"has a line of more than {_LONGEST} characters", "save it again as CSV (UTF-8)")
        yield line


def _numbered(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(f"is not CSV ({error})", "look for an unclosed quote in this row", number) from None
        yield number, record
