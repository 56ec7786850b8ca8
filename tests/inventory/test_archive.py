"""Folders and zips of strangers: members as streams, and nothing that a name or a header says is trusted."""

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from inventory.archive import Archive, ArchiveLimits, open_archive
from inventory.csv_stream import streamed_records
from inventory.source import Unreadable


def packed(folder: Path, *members: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w", how) as made:
        for name, body in members:
            made.writestr(name, body)
    return path


def content(archive: Archive, name: str) -> bytes:
    with archive.open(name) as chunks:
        return b"".join(chunks)


def problems(archive: Archive) -> list[str]:
    return [str(problem) for problem in archive.problems]


def test_members_by_their_base_names_in_any_case(tmp_path: Path) -> None:
    archive = open_archive(packed(tmp_path, ("out/Orgs.csv", b"a\n"), ("__MACOSX/out/._Orgs.csv", b"x"), ("out/", b"")))
    assert (archive.names, archive.holds("orgs.csv"), archive.label("orgs.csv")) == (
        ("Orgs.csv",),
        True,
        "made.zip/Orgs.csv",
    )
    assert content(archive, "ORGS.CSV") == b"a\n"
    assert problems(archive) == []


@pytest.mark.parametrize("name", ["../orgs.csv", "/etc/orgs.csv", "a/../../orgs.csv", "C:/orgs.csv", "..\\orgs.csv"])
def test_names_that_point_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    archive = open_archive(packed(tmp_path, (name, b"a\n"), ("classes.csv", b"b\n")))
    assert not archive.holds("orgs.csv")
    (said,) = problems(archive)
    assert "points out of the archive" in said
    assert content(archive, "classes.csv") == b"b\n"


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("orgs.csv")
    link.external_attr = 0o120777 << 16
    assert "is a link" in problems(open_archive(packed(tmp_path, (link, b"/etc/passwd"))))[0]


def test_links_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "orgs.csv").symlink_to(tmp_path / "secret")
    archive = open_archive(folder)
    assert not archive.holds("orgs.csv")
    assert "is a link" in problems(archive)[0]


def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "orgs.csv").write_text("a\n")
    archive = open_archive(folder)
    (folder / "orgs.csv").unlink()
    (folder / "orgs.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(Unreadable):
        content(archive, "orgs.csv")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    archive = open_archive(packed(tmp_path, ("orgs.csv", b"a"), ("ORGS.csv", b"b")))
    assert not archive.holds("orgs.csv")
    assert "is there twice" in problems(archive)[0]


def test_encrypted_and_unusually_packed_members_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, ("orgs.csv", b"a"))
    body = bytearray(path.read_bytes())
    body[body.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(body)
    assert "is encrypted" in problems(open_archive(path))[0]
    path = packed(tmp_path, ("orgs.csv", b"a"), how=zipfile.ZIP_LZMA)
    assert "unusual way" in problems(open_archive(path))[0]


def test_what_is_no_zip_or_has_too_many_members(tmp_path: Path) -> None:
    path = tmp_path / "made.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(Unreadable, match="no whole zip"):
        open_archive(path)
    with pytest.raises(Unreadable, match="3 members"):
        open_archive(packed(tmp_path, ("a", b""), ("b", b""), ("c", b"")), ArchiveLimits(members=2))


SMALL = ArchiveLimits(unsuspicious=100_000, inflated=3_000_000)


def test_a_bomb_ends_early_by_its_ratio_and_by_its_size(tmp_path: Path) -> None:
    archive = open_archive(packed(tmp_path, ("a.csv", b"a,b\n" * 1_000_000)), SMALL)
    with archive.open("a.csv") as chunks, pytest.raises(Unreadable, match="bomb"):
        assert sum(map(len, chunks)) < 4_000_000
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"a,b\n" * 500_000)
    (folder / "b.csv").write_bytes(b"a,b\n" * 500_000)
    both = open_archive(folder, SMALL)
    assert len(content(both, "a.csv")) == 2_000_000
    with pytest.raises(Unreadable, match="bomb"):
        content(both, "b.csv")


def test_a_header_that_lies_about_the_size(tmp_path: Path) -> None:
    path = packed(tmp_path, ("a.csv", b"a,b\n" * 10_000))
    body = bytearray(path.read_bytes())
    at = body.index(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<I", 7)
    path.write_bytes(body)
    with pytest.raises(Unreadable, match="damaged"):
        content(open_archive(path), "a.csv")


def test_a_damaged_member(tmp_path: Path) -> None:
    path = packed(tmp_path, ("a.csv", os.urandom(5000)))
    body = bytearray(path.read_bytes())
    body[200:220] = b"\0" * 20
    path.write_bytes(body)
    with pytest.raises(Unreadable, match="damaged"):
        content(open_archive(path), "a.csv")


def test_an_endless_line(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"a,b\n" + b"x" * 2_000_000)
    with pytest.raises(Unreadable, match="a line of more than"):
        content(open_archive(folder), "a.csv")


def records(body: bytes, most: int = 1000, size: int = 7) -> list[tuple[int, list[str]]]:
    stream = io.BytesIO(body)
    return list(streamed_records(iter(lambda: stream.read(size), b""), lambda _first: ",", most=most))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_stream_is_decoded_in_any_pieces(encoding: str) -> None:
    body = 'id,title\r\n1,"Diseño, básico"\r\n\r\n2,"a\nb"\r\n'.encode(encoding)
    expected = [(1, ["id", "title"]), (2, ["1", "Diseño, básico"]), (3, []), (4, ["2", "a\nb"])]
    assert records(body) == records(body, size=1000) == expected


@pytest.mark.parametrize(
    ("body", "row", "said"),
    [
        (b'a,b\n1,"2\n' + b"3,4\n" * 9, 2, "is not CSV"),
        (b'a\n"' + b"x\n" * 200_000, 2, "field larger"),
        (b"a,b\n1,2\n\0\n", 3, "NUL"),
        (b"\xff\xfea\x00\n\x00\x00\xd8\n\x00", 2, "not text"),
        (b"1\n" * 1001, 1001, "more than 1000 rows"),
    ],
)
def test_what_ends_the_reading_says_where(body: bytes, row: int, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as ended:
        records(body)
    assert ended.value.row <= row
    assert ended.value.row > 0
