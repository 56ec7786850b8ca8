"""A data file is read whole or not at all, and each thing wrong with it is one line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from agents.report import DiskKind, Platform
from inventory.table_file import Problem
from inventory.toml_file import MOST_BYTES, DataFileProblems, Fields, open_toml, raise_problems, toml_files


def _problems(tmp_path: Path, text: str | bytes, read: Callable[[Fields], object]) -> list[str]:
    path = tmp_path / "some.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    problems: list[Problem] = []
    fields = open_toml(path, problems)
    if not problems:
        read(fields)
        fields.close()
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "read", "line"),
    [
        ("", lambda fields: fields.text("name"), "some.toml, name: is missing"),
        ("name = ' '", lambda fields: fields.text("name"), "some.toml, name: is blank"),
        ("name = 5", lambda fields: fields.text("name"), "some.toml, name: 5 is not a text"),
        (
            'name = "a\\nb"',
            lambda fields: fields.text("name"),
            "some.toml, name: holds control characters; write it on one line",
        ),
        ("names = 'a'", lambda fields: fields.texts("names"), "some.toml, names: 'a' is not a list of texts"),
        ("names = ['a', 1]", lambda fields: fields.texts("names"), "some.toml, names: ['a', 1] is not a list of texts"),
        ("names = ['a', 'a']", lambda fields: fields.texts("names"), "some.toml, names: names one thing twice"),
        (
            "names = ['revitt']",
            lambda fields: fields.texts("names", known={"revit", "maya"}, noun="title in the catalog"),
            "some.toml, names: there is no title in the catalog 'revitt'; did you mean revit?",
        ),
        ("n = 'x'", lambda fields: fields.number("n"), "some.toml, n: 'x' is not a whole number"),
        ("n = true", lambda fields: fields.number("n"), "some.toml, n: True is not a whole number"),
        (
            "n = 7",
            lambda fields: fields.number("n", most=5),
            "some.toml, n: 7 is out of range; write a number from 0 to 5",
        ),
        ("size = 16", lambda fields: fields.size("size"), 'some.toml, size: 16 is not a size such as "16 GB"'),
        (
            "size = '16 gib'",
            lambda fields: fields.size("size"),
            "some.toml, size: '16 gib' is not a size such as \"16 GB\"",
        ),
        ("on = 1", lambda fields: fields.flag("on"), "some.toml, on: 1 is not true or false"),
        (
            "day = '2026-08-22'",
            lambda fields: fields.day("day"),
            "some.toml, day: '2026-08-22' is not a day, such as 2026-08-22 without quotation marks",
        ),
        (
            "day = 2026-08-22T10:00:00Z",
            lambda fields: fields.day_or_none("day"),
            "some.toml, day: 2026-08-22 10:00:00+00:00 is not a day, such as 2026-08-22 without quotation marks",
        ),
        (
            "system = 'window'",
            lambda fields: fields.choice("system", Platform),
            "some.toml, system: 'window' is not one of the choices; write one of: linux, macos, windows, chromeos",
        ),
        (
            "disks = ['ssd', 'sdd']",
            lambda fields: fields.choices("disks", DiskKind),
            "some.toml, disks: there is no choice 'sdd'; did you mean ssd?",
        ),
        ("part = 1", lambda fields: fields.table("part"), "some.toml, part: 1 is not a table"),
        ("", lambda fields: fields.table("part"), "some.toml, part: is missing"),
        ("parts = 1", lambda fields: fields.tables("parts"), "some.toml, parts: 1 is not a list of tables"),
        ("parts = [1]", lambda fields: fields.tables("parts"), "some.toml, parts: [1] is not a list of tables"),
        (
            "[[parts]]\na = 1\n[[parts]]\nb = 2",
            lambda fields: [part.number("a") for part in fields.tables("parts")][:1] and None,
            "some.toml, parts[2].a: is missing",
        ),
        (
            "nmae = 'x'",
            lambda fields: fields.text("name", ""),
            "some.toml, nmae: this key is not known; did you mean name?",
        ),
    ],
)
def test_each_thing_wrong_is_one_line(tmp_path: Path, text: str, read: Callable[[Fields], object], line: str) -> None:
    assert line in _problems(tmp_path, text, read)


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (b"code = ", "some.toml: is not TOML: "),
        (b"a = 1\na = 2", "some.toml: is not TOML: Cannot overwrite a value (at "),
        (b"name = '\xff'", "some.toml: is not UTF-8 text; save it as UTF-8"),
        (b"#" * (MOST_BYTES + 1), "some.toml: is larger than "),
    ],
)
def test_what_is_no_data_file_is_one_line(tmp_path: Path, content: bytes, begins: str) -> None:
    (line,) = _problems(tmp_path, content, lambda fields: fields.text("name"))
    assert line.startswith(begins)
    assert "\n" not in line


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    problems: list[Problem] = []
    open_toml(tmp_path / "none.toml", problems)
    assert [str(problem) for problem in problems] == ["none.toml: cannot be read: No such file or directory"]
    with pytest.raises(DataFileProblems, match=r"none\.toml: cannot be read"):
        raise_problems(problems)


def test_what_is_right_is_read(tmp_path: Path) -> None:
    text = 'size = "1.5 GB"\nday = 2026-08-22\nnames = ["a", "b"]\ndisks = ["nvme"]\non = true\n[part]\nn = 5\n'
    read: dict[str, object] = {}

    def all_of_it(fields: Fields) -> None:
        read["size"] = fields.size("size")
        read["no size"] = fields.size("other")
        read["day"] = fields.day_or_none("day")
        read["no day"] = fields.day_or_none("other")
        read["names"] = fields.texts("names")
        read["disks"] = fields.choices("disks", DiskKind)
        read["on"] = fields.flag("on")
        read["n"] = fields.table("part").number("n")
        read["absent"] = fields.table("absent", required=False).names()

    assert _problems(tmp_path, text, all_of_it) == []
    assert read == {
        "size": 3 * 2**29,
        "no size": None,
        "day": date(2026, 8, 22),
        "no day": None,
        "names": ("a", "b"),
        "disks": frozenset({DiskKind.NVME}),
        "on": True,
        "n": 5,
        "absent": (),
    }


def test_a_folder_that_is_not_there_holds_no_files(tmp_path: Path) -> None:
    (tmp_path / "b.toml").touch()
    (tmp_path / "a.toml").touch()
    (tmp_path / "a.txt").touch()
    assert [path.name for path in toml_files(tmp_path)] == ["a.toml", "b.toml"]
    assert toml_files(tmp_path / "none") == ()
    assert toml_files(None) == ()
