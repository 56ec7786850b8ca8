"""Vendors' exports: reduced to counts and purchases, and nothing of a person left of them.

Every case is a pair of files: what a console exported, and what it comes to.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import CellError
from inventory.source import Source
from inventory.table_file import Problem, TableProblems
from inventory.titles import load_catalog
from inventory.toml_file import DataFileProblems
from licenses.exports.adobe import read_adobe
from licenses.exports.autodesk import read_autodesk
from licenses.exports.formats import SIGNATURES, ExportError, ExportFormat, detected
from licenses.exports.jetbrains import read_jetbrains
from licenses.exports.reading import AssignedFile, Persons, us_day
from licenses.exports.snipeit import read_snipeit
from licenses.exports.vendor_names import OURS, load_vendor_names
from licenses.exports.webseats import read_webseats
from licenses.purchase_file import Known
from licenses.suite_file import load_suites

CASES = Path(__file__).parent / "cases" / "exports"
TODAY = date(2026, 11, 24)
PERSONS = ("zephyrina", "quackenbush", "bartholomew", "vanterpool", "ichabod", "featherstone", "example.org", "key-")


def known_of_catalog() -> Known:
    catalog = load_catalog()
    suites = load_suites(titles=catalog.by_id)
    return Known(
        {title.id: title.name for title in catalog.titles},
        {suite.id: suite.name for suite in suites},
        frozenset(),
        frozenset(),
        frozenset(),
        metrics={title.id: title.metric for title in catalog.titles},
    )


KNOWN = known_of_catalog()


def read(kind: str, source: Source) -> Mapping[str, Any]:
    """What an export comes to, as JSON."""
    names = load_vendor_names(kind, KNOWN)
    if kind == "snipeit":
        file = read_snipeit(source, KNOWN, names)
        purchases = {
            str(row): [
                *(one.product, one.metric.value, one.quantity, one.start.isoformat(), str(one.end)),
                *(one.cost_cents, one.purchase_order, one.note),
            ]
            for row, one in file.entitlements.items()
        }
        return {"purchases": purchases, "problems": _lines(file.problems)}
    found: AssignedFile
    if kind == "webseats":
        found = read_webseats(source, "simchart", on=None, today=TODAY)
    else:
        reader = {"autodesk": read_autodesk, "adobe": read_adobe, "jetbrains": read_jetbrains}[kind]
        found = reader(source, names, on=None, today=TODAY)
    counts = {one.product: [one.assigned, one.active, one.on.isoformat(), one.days] for one in found.counts}
    return {
        "counts": counts,
        "whole": found.whole,
        "skipped": dict(found.skipped or {}),
        "problems": _lines(found.problems),
    }


def _lines(problems: tuple[Problem, ...]) -> list[str]:
    return [str(one).partition(" ")[2] for one in problems]


SLIPPED = """Product name,Day used,Email,License ID,Product Configurations,Item name,seats,purchase date,expiration date
zq@example.org,Quackenbush,a,zq@example.org,zq@example.org,zq@example.org,Ichabod,Ichabod,Ichabod
Quackenbush
"""
"""Cells that stand in the wrong columns, and a row cut short."""


def cases() -> list[Path]:
    return sorted(CASES.glob("*/*.raw"))


@pytest.mark.parametrize("raw", cases(), ids=lambda raw: f"{raw.parent.name}/{raw.stem}")
def test_an_export_comes_to_what_its_case_says(raw: Path) -> None:
    source = Source("export.csv", Source.of(raw).open)
    assert read(raw.parent.name, source) == json.loads(raw.with_suffix(".json").read_text())


@pytest.mark.parametrize("raw", cases(), ids=lambda raw: f"{raw.parent.name}/{raw.stem}")
def test_nothing_of_a_person_is_left(raw: Path) -> None:
    said = json.dumps(read(raw.parent.name, Source("export.csv", Source.of(raw).open))).casefold()
    assert any(person in raw.read_text().casefold() for person in PERSONS) or "*****" in raw.read_text()
    assert [person for person in PERSONS if person in said] == []


def test_every_format_has_a_case() -> None:
    assert {raw.parent.name for raw in cases()} == {*ExportFormat} - {ExportFormat.PURCHASES}
    assert set(SIGNATURES) == set(ExportFormat)


@pytest.mark.parametrize("raw", cases(), ids=lambda raw: f"{raw.parent.name}/{raw.stem}")
def test_what_an_export_is_shows_in_its_header(raw: Path) -> None:
    if raw.stem == "students_without_codes":  # nothing in it says whose it is
        with pytest.raises(ExportError, match="no export that is known"):
            detected(Source.of(raw))
    else:
        assert detected(Source.of(raw)) == raw.parent.name


def test_a_file_that_is_not_there_is_not_of_an_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(TableProblems, match="there is no such file"):
        detected(Source.of(tmp_path / "none.csv"))


@pytest.mark.parametrize("kind", ["autodesk", "adobe", "jetbrains", "webseats", "snipeit"])
@pytest.mark.parametrize(
    "body",
    [
        "Zephyrina,Quackenbush,zq@example.org,AutoCAD\n",  # a file without its header
        "Zephyrina,Zephyrina\nQuackenbush,zq@example.org\n",
        "Product,Product,Email,Email,Item name\nQuackenbush,a,b,c,d\n",
        SLIPPED,
        'Product name,Day used,Email\n"Quackenbush\n',
    ],
)
def test_a_problem_line_quotes_no_person(kind: str, body: str, tmp_path: Path) -> None:
    """Whatever is wrong: a header that is none, cells in the wrong columns, rows cut short."""
    file = tmp_path / "export.csv"
    file.write_text(body)
    found = read(kind, Source.of(file))
    said = "\n".join(found["problems"]).casefold()
    assert found["problems"] or found["counts"]
    assert [person for person in PERSONS if person in said] == []


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["Revit", "AutoCAD", "Maya"])), max_size=40))
def test_distinct_persons_are_counted_whatever_the_order(rows: list[tuple[int, str]]) -> None:
    body = "User ID,Product name,Day used\n" + "".join(f"u{who},{what},10/01/2026\n" for who, what in rows)
    found = read("autodesk", Source("export.csv", lambda: _bytes(body)))
    wanted = {"Revit": "revit", "AutoCAD": "autocad", "Maya": "maya"}
    counts = {id_: len({who for who, what in rows if what == said}) for said, id_ in wanted.items()}
    assert {id_: count[0] for id_, count in found["counts"].items()} == {k: v for k, v in counts.items() if v}


def _bytes(body: str) -> Any:
    import io

    return io.BytesIO(body.encode())


def test_two_readings_of_one_person_cannot_be_joined() -> None:
    first, second = Persons(), Persons()
    assert first.digest("Zq@example.org ") == first.digest("zq@example.org")
    assert first.digest("zq@example.org") != second.digest("zq@example.org")
    assert first.digest("*****") is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [("08/31/2026", date(2026, 8, 31)), ("8/1/2026", date(2026, 8, 1)), ("2026-08-31T10:00:00Z", date(2026, 8, 31))],
)
def test_days_with_the_month_first(cell: str, day: date) -> None:
    assert us_day(cell) == day


@pytest.mark.parametrize("cell", ["31/08/2026", "08/31/26", "02/30/2026", "soon"])
def test_days_that_are_none(cell: str) -> None:
    with pytest.raises(CellError):
        us_day(cell)


@pytest.mark.parametrize("path", sorted(OURS.glob("*.toml")), ids=lambda path: path.stem)
def test_our_names_all_mean_a_product(path: Path) -> None:
    assert path.stem in {*ExportFormat}
    assert load_vendor_names(path.stem, KNOWN).knows("Revit")


def test_the_districts_names_go_first(tmp_path: Path) -> None:
    (tmp_path / "autodesk.toml").write_text(
        '[marks.a]\nsource = "us"\nas_of = 2026-11-01\nverified = true\n'
        '[[names]]\nsaid = "Inventor"\nproduct = "maya"\nmark = "a"\n'
    )
    assert load_vendor_names("autodesk", KNOWN).product("Inventor") == "inventor-professional"
    assert load_vendor_names("autodesk", KNOWN, tmp_path).product("inventor") == "maya"
    (tmp_path / "autodesk.toml").write_text('[[names]]\nsaid = "Inventor"\nproduct = "mayya"\nmark = "a"\n')
    with pytest.raises(DataFileProblems, match="no title or suite 'mayya'"):
        load_vendor_names("autodesk", KNOWN, tmp_path)


@pytest.mark.parametrize(
    ("said", "product"),
    [
        ("Revit 2026", "revit"),
        ("AutoCAD - including specialized toolsets", "autocad-toolsets"),
        ("AutoCAD - including specialized toolsets AD Commercial", ""),
        ("Maya - single-user", "maya"),
        ("Docs", ""),
    ],
)
def test_names_of_autodesk(said: str, product: str) -> None:
    names = load_vendor_names("autodesk", KNOWN)
    if said.endswith("Commercial"):
        assert names.product(said) == "autocad"
    else:
        assert names.product(said) == product


def test_the_samples_headers_are_told() -> None:
    """The consoles' own headers, where the samples are present."""
    folder = Path(__file__).parents[3] / "shared" / "samples" / "imports"
    told = {path.name: detected(Source.of(path)) for path in sorted(folder.glob("adobe/*.csv"))}
    told |= {path.name: detected(Source.of(path)) for path in sorted(folder.glob("snipe-it/licenses*.csv"))}
    assert set(told.values()) <= {ExportFormat.ADOBE, ExportFormat.SNIPEIT}
