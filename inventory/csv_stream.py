"""A CSV of any length as numbered records, decoded as it comes: for files that are too long to hold."""

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Iterator

from inventory.source import Unreadable

_SAVE = "save it again as CSV (UTF-8)"
_HEADER = 1_000_000
_WESTERN = "labfleet-western"


def _western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8 are read as Windows' western code page, which older exports write."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_WESTERN, _western)


def streamed_records(
    chunks: Iterator[bytes], delimiter_of: Callable[[str], str], *, most: int
) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number as a spreadsheet shows it (blank ones count); at most `most` of them.

    `delimiter_of` chooses the delimiter by the first line. Raises Unreadable with the row where reading ended.
    """
    number = 0
    try:
        text = _decoded(chunks)
        first = text.readline(_HEADER)
        reader = csv.reader(itertools.chain((first,), text), delimiter=delimiter_of(first), strict=True)
        for pair in enumerate(itertools.islice(reader, most), 1):
            number = pair[0]
            yield pair
        beyond = next(reader, None)
    except csv.Error as error:
        raise Unreadable(f"is not CSV ({error})", "look for an unclosed quote in this row", number + 1) from None
    except UnicodeDecodeError:
        raise Unreadable("is not text", _SAVE, number + 1) from None
    except Unreadable as error:
        if error.row:
            raise
        raise Unreadable(str(error), error.hint, number + 1) from None
    if beyond is not None:
        raise Unreadable(f"has more than {most} rows", "split it by school", number + 1)


def _decoded(chunks: Iterator[bytes]) -> io.TextIOWrapper:
    first = next(chunks, b"")
    whole = itertools.chain((first,), chunks)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif first[1:2] == b"\0" and first[:1] != b"\0":
        encoding = "utf-16-le"
    elif first[:1] == b"\0" and first[1:2] not in {b"\0", b""}:
        encoding = "utf-16-be"
    else:
        return io.TextIOWrapper(_Pieces(_without_nul(whole)), encoding="utf-8-sig", errors=_WESTERN, newline="")
    return io.TextIOWrapper(_Pieces(whole), encoding=encoding, newline="")


def _without_nul(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """NUL is no text, and the csv module would take it; what stands before it is given, for the row's number."""
    for chunk in chunks:
        if (at := chunk.find(b"\0")) >= 0:
            if at:  # no bytes at all would mean the end
                yield chunk[:at]
            raise Unreadable("holds NUL characters", _SAVE)
        yield chunk


class _Pieces(io.BufferedIOBase):
    """What `TextIOWrapper` asks of a stream, over pieces of any length."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces

    @property
    def name(self) -> str:
        return "a member"

    def readable(self) -> bool:
        return True

    def read1(self, _size: int = -1, /) -> bytes:
        return next(self._pieces, b"")
