"""Purchases written and read back: the same, whatever stands in them; and as a bill of materials."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licenses.bill import Product, bill
from licenses.entitlement import Entitlement, Reach, Scope
from licenses.entitlement_file import bill_json, purchases_csv, purchases_xlsx, template_xlsx
from licenses.metrics import COUNTING, Metric
from licenses.purchase_file import Known, purchase_columns, read_purchases

KNOWN = Known(
    titles={"revit": "Autodesk Revit", "photoshop": "Adobe Photoshop", "blender": "Blender"},
    suites={"adobe-all-apps": "Adobe Creative Cloud All Apps"},
    sites=frozenset({"MUIR"}),
    labs=frozenset({"MUIR/B12"}),
    pathways=frozenset({"152"}),
)
PRODUCTS = {"revit": Product("revit", "Autodesk Revit", "Autodesk")}
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))

# `x005F_` is how a workbook escapes its own escapes; its reader takes it away wherever it stands.
words = (
    (
        st.text(
            st.characters(
                exclude_categories=("Cc", "Cs"), exclude_characters="\u202a\u202b\u202c\u202d\u202e\ufffe\uffff"
            )
        )
        | st.sampled_from(["=1+1", "'=1", "-5", "+1 555", "@SUM(A1)", "two\nlines", "007", "1e5", 'a "b", c', "yes"])
    )
    .map(lambda text: text.strip()[:40].strip())
    .filter(lambda text: not re.search("[\u2066-\u2069]|x005F_|_x000D_", text))
)


@st.composite
def entitlements(draw: st.DrawFn) -> Entitlement:
    """Any purchase that can be stored."""
    metric = draw(st.sampled_from(Metric))
    numbers = st.integers(0, 10**9)
    start, last = sorted((draw(DAYS), draw(DAYS)))
    product = draw(st.sampled_from([("revit", ""), ("photoshop", ""), ("", "adobe-all-apps")]))
    scopes = [Scope(), Scope(Reach.SITE, "MUIR"), Scope(Reach.LAB, "MUIR/B12"), Scope(Reach.GRADE, "9-12")]
    return Entitlement(
        title=product[0],
        suite=product[1],
        metric=metric,
        quantity=draw(st.none() | numbers if COUNTING[metric].unlimited else numbers),
        start=start,
        end=draw(st.sampled_from([None, last])),
        scope=draw(st.sampled_from(scopes)),
        cost_cents=draw(st.none() | st.integers(0, 10**13)),
        purchase_order=draw(words),
        funding=draw(words),
        notice_days=draw(st.none() | st.integers(0, 3650)),
        note=draw(words),
        release=draw(words),
        maintenance_end=draw(st.sampled_from([None, last])),
        devices_per_seat=draw(st.integers(1, 100)),
        cte_only=draw(st.sampled_from([None, True, False])),
    )


lists = st.lists(entitlements(), max_size=4, unique_by=lambda one: one.purchase)


def as_csv(found: list[Entitlement], folder: Path) -> Path:
    path = folder / "out.csv"
    path.write_text(purchases_csv(found), encoding="utf-8", newline="")
    return path


def as_xlsx(found: list[Entitlement], folder: Path) -> Path:
    path = folder / "out.xlsx"
    path.write_bytes(purchases_xlsx(found, created=AT.date()))
    return path


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
@settings(max_examples=60)
@given(lists)
def test_what_is_exported_imports_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    write: Callable[[list[Entitlement], Path], Path],
    found: list[Entitlement],
) -> None:
    file = read_purchases(write(found, tmp_path_factory.mktemp("out")), KNOWN)
    assert not file.problems
    assert list(file.entitlements.values()) == found


def test_no_text_of_an_export_is_run_by_a_spreadsheet() -> None:
    one = purchase(note="=HYPERLINK(1)", purchase_order="@x", funding="+1")
    assert "'=HYPERLINK(1)" in purchases_csv([one])
    cells = list(openpyxl.load_workbook(BytesIO(purchases_xlsx([one], created=AT.date()))).active.iter_rows())[1]
    assert "f" not in {cell.data_type for cell in cells}


def test_a_workbook_holds_numbers_and_days() -> None:
    one = purchase(quantity=30, cost_cents=125050)
    row = list(openpyxl.load_workbook(BytesIO(purchases_xlsx([one], created=AT.date()))).active.iter_rows())[1]
    assert [row[place].data_type for place in (2, 3, 6)] == ["n", "d", "n"]
    assert row[6].value == 1250.5


def test_the_template_explains_every_column_and_choice(tmp_path: Path) -> None:
    body = template_xlsx(created=AT.date())
    (tmp_path / "t.xlsx").write_bytes(body)
    file = read_purchases(tmp_path / "t.xlsx", KNOWN)
    assert not file.problems
    assert [one.product for one in file.entitlements.values()] == ["photoshop"]
    explained = openpyxl.load_workbook(BytesIO(body))["Columns"]
    said = {cell.value for row in explained.iter_rows() for cell in row}
    assert {column.name for column in purchase_columns(KNOWN)} <= said
    assert {metric.value for metric in Metric} | {reach.value for reach in Reach} <= said


def purchase(**changes: object) -> Entitlement:
    fields: dict[str, object] = {
        "title": "revit",
        "suite": "",
        "metric": Metric.NAMED_USER,
        "quantity": 30,
        "start": date(2026, 7, 1),
        "end": date(2027, 6, 30),
        "purchase_order": "PO-1",
    }
    return Entitlement(**{**fields, **changes})  # type: ignore[arg-type]  # any field may be changed


def test_a_bill_states_each_purchase_as_cyclonedx_does() -> None:
    (component,) = json.loads(bill_json([purchase()], PRODUCTS, at=AT))["components"]
    assert component["type"] == "application"
    assert component["name"] == "Autodesk Revit"
    (held,) = component["licenses"]
    assert held["license"]["licensing"] == {
        "licensor": {"organization": {"name": "Autodesk"}},
        "purchaseOrder": "PO-1",
        "licenseTypes": ["named-user", "academic", "subscription"],
        "lastRenewal": "2026-07-01T00:00:00Z",
        "expiration": "2027-06-30T23:59:59Z",
    }


@pytest.mark.parametrize(
    ("changes", "types"),
    [
        ({"metric": Metric.DEVICE}, ["device", "subscription"]),
        ({"metric": Metric.DEVICE, "end": None}, ["device", "perpetual"]),
        (
            {"metric": Metric.CONCURRENT, "end": None, "maintenance_end": date(2027, 1, 1)},
            ["concurrent-user", "perpetual", "subscription"],
        ),
        ({"metric": Metric.SHARED_DEVICE}, ["device", "academic", "subscription"]),
        ({"metric": Metric.SITE, "quantity": None}, ["custom-metric", "subscription"]),
        ({"metric": Metric.WEB_SEAT}, ["user", "subscription"]),
        ({"metric": Metric.FREE, "quantity": None}, ["other"]),
    ],
)
def test_metrics_in_the_words_of_cyclonedx(changes: dict[str, object], types: list[str]) -> None:
    document = json.loads(bill_json([purchase(**changes)], PRODUCTS, at=AT))
    assert document["components"][0]["licenses"][0]["license"]["licensing"]["licenseTypes"] == types


# Of bom-1.6.schema.json: what an object may hold, and what it must.
ROOT = {"$schema", "bomFormat", "specVersion", "serialNumber", "version", "metadata", "components"}
LICENSE = {"bom-ref", "name", "licensing", "properties"}
LICENSING = {"licensor", "purchaseOrder", "licenseTypes", "lastRenewal", "expiration"}
TYPES = {"academic", "appliance", "client-access", "concurrent-user", "core-points", "custom-metric", "device"} | {
    *("evaluation", "named-user", "node-locked", "oem", "perpetual", "processor-points", "subscription", "user"),
    "other",
}
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@given(lists)
def test_any_bill_has_the_shape_of_the_specification(found: list[Entitlement]) -> None:
    document = json.loads(bill_json(found, PRODUCTS, at=AT))
    assert set(document) == ROOT
    assert (document["bomFormat"], document["specVersion"], document["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", document["serialNumber"])
    assert MOMENT.fullmatch(document["metadata"]["timestamp"])
    refs = []
    for component in document["components"]:
        assert set(component) <= {"type", "bom-ref", "name", "publisher", "licenses"}
        assert component["name"]
        refs.append(component["bom-ref"])
        for choice in component["licenses"]:
            assert set(choice) == {"license"}
            licence = choice["license"]
            refs.append(licence["bom-ref"])
            assert set(licence) <= LICENSE
            assert licence["name"]
            assert set(licence["licensing"]) <= LICENSING
            assert set(licence["licensing"]["licenseTypes"]) <= TYPES
            assert MOMENT.fullmatch(licence["licensing"]["lastRenewal"])
            assert all(set(one) == {"name", "value"} and one["value"] for one in licence["properties"])
    assert len(set(refs)) == len(refs)
    assert sum(len(component["licenses"]) for component in document["components"]) == len(found)


@given(lists.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_same_purchases_are_the_same_bill_in_any_order(pair: tuple[list[Entitlement], list[Entitlement]]) -> None:
    one, other = (bill_json(found, PRODUCTS, at=AT) for found in pair)
    assert one == other


def test_a_bill_of_other_purchases_has_another_number() -> None:
    numbers = {bill([purchase(quantity=n)], PRODUCTS, at=AT, version="1")["serialNumber"] for n in (1, 2)}
    assert len(numbers) == 2
