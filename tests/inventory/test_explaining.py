"""A machine's list in a file: its columns, and what is said of a list that is not right."""

from pathlib import Path

import pytest

from agents.report import RawInstall
from inventory.explaining import SOURCES, explain_file, read_entries
from inventory.recognition import Recogniser, Role
from inventory.table_file import TableProblems
from inventory.titles import load_catalog


def _list(folder: Path, text: str) -> Path:
    path = folder / "list.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_stand_in_any_order_and_no_row_is_lost(tmp_path: Path) -> None:
    path = _list(tmp_path, "source\tversion\tname\tpublisher\nwindows\t24.0\tRevit 2024\tAutodesk\nWINDOWS\t1\t\tX\n")
    explained = explain_file(Recogniser(load_catalog()), path)
    assert [(one.name, one.title_id, one.counts) for one in explained] == [
        ("Revit 2024", "revit", True),
        ("", "", False),
    ]


def test_marks_of_the_registry_are_read(tmp_path: Path) -> None:
    text = "name\tsource\thidden\tparent\tidentifier\nA\tuninstall\tyes\tB\t{C}\n"
    (asked,) = read_entries(_list(tmp_path, text))
    assert (asked.raw.hidden, asked.raw.parent, asked.raw.identifier) == (True, "B", "{C}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\tpublisher\nRevit\tAutodesk\n", "source: this column is missing"),
        ("name\tsource\nRevit\tbeos\n", "row 2, source: 'beos' is not a list of software"),
        ("name\tsource\nRevit\twindows\nMaya\n", "row 3: has 1 cells, the header has 2"),
        ("title\tsource\nRevit\twindows\n", "name: no row has a name"),
        ("", "is empty"),
    ],
)
def test_a_list_that_is_not_right_is_told_by_row(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TableProblems) as raised:
        read_entries(_list(tmp_path, text))
    assert said in str(raised.value)


def test_every_source_leads_somewhere() -> None:
    recogniser = Recogniser(load_catalog())
    for kind, platform in SOURCES.values():
        found = recogniser.recognise(RawInstall(name="Blender", source=kind), platform)
        assert found.role in {Role.PRODUCT, Role.UNKNOWN}
