"""The demonstration's folder: whole or not there, and never in place of anything else."""

import os
from pathlib import Path

import pytest

from fleet.demo.folder import MARKER, FolderRefused, FolderTaken, fresh_folder


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_it_takes_its_place_when_all_went_well(tmp_path: Path) -> None:
    with fresh_folder(tmp_path / "new" / "demo") as building:
        (building / "answer").write_text("42", encoding="utf-8")
        assert not (tmp_path / "new" / "demo").exists()

    assert names(tmp_path / "new" / "demo") == {"answer", MARKER}
    assert names(tmp_path / "new") == {"demo"}


def test_it_replaces_an_older_demonstration_whole(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with fresh_folder(tmp_path / "demo") as building:
            (building / text).touch()

    assert names(tmp_path / "demo") == {"new", MARKER}
    assert names(tmp_path) == {"demo"}


def test_an_older_demonstration_stays_when_it_fails(tmp_path: Path) -> None:
    with fresh_folder(tmp_path / "demo") as building:
        (building / "old").touch()

    def fail() -> None:
        with fresh_folder(tmp_path / "demo") as building:
            (building / "new").touch()
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()

    assert names(tmp_path / "demo") == {"old", MARKER}
    assert names(tmp_path) == {"demo"}


def test_anything_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious", encoding="utf-8")

    with pytest.raises(FolderTaken) as refused, fresh_folder(tmp_path):
        pytest.fail("was entered")  # pragma: no cover

    assert refused.value.__notes__ == ["name another folder: labfleet demo DIR"]
    assert names(tmp_path) == {"thesis.txt"}


def test_an_empty_folder_is_free(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    with fresh_folder(tmp_path / "demo"):
        pass

    assert names(tmp_path / "demo") == {MARKER}


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_file_or_link_is_no_place(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "demo"
    if kind == "file":
        place.touch()
    else:
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FolderTaken, match="is not a folder"), fresh_folder(place):
        pytest.fail("was entered")  # pragma: no cover


def test_a_place_below_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(FolderRefused, match="cannot make"), fresh_folder(tmp_path / "file" / "demo"):
        pytest.fail("was entered")  # pragma: no cover


def test_what_a_killed_run_left_is_removed_but_not_what_a_running_one_makes(tmp_path: Path) -> None:
    killed, running, foreign = (
        tmp_path / f".demo.making-{process}" for process in (2**22 + 1, os.getppid(), 2**22 + 2)
    )
    for left in (killed, running, foreign):
        left.mkdir()
    for left in (killed, running):
        (left / MARKER).touch()

    with fresh_folder(tmp_path / "demo"):
        pass

    assert names(tmp_path) == {"demo", running.name, foreign.name}
