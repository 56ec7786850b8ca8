"""A lab's pathway and system decide what its next computer costs; a district's prices go before ours."""

from pathlib import Path

import pytest

from agents.report import Platform
from fleet.prices_file import load_prices
from inventory.toml_file import DataFileProblems
from licenses.pathway_file import OURS

PRICES = load_prices()

OWN = """
[marks.quote]
source = "quote 4711"
as_of = 2026-10-01
verified = true

[[devices]]
kind = "cad-workstation"
name = "The workstation of our contract"
low_cents = 200000
planning_cents = 210000
high_cents = 220000
pathways = ["152"]
mark = "quote"
"""


@pytest.mark.parametrize(
    ("pathway", "platform", "kind"),
    [
        ("152", Platform.WINDOWS, "cad-workstation"),
        ("152", None, "cad-workstation"),
        ("113", Platform.MACOS, "media-mac"),
        ("113", Platform.WINDOWS, "media-workstation"),
        ("198", Platform.CHROMEOS, "chromebook"),
        ("198", Platform.WINDOWS, "laptop"),
        ("174", Platform.LINUX, "developer-desktop"),
        ("174", Platform.MACOS, "mac"),
        ("", Platform.WINDOWS, "desktop"),
        ("113", None, "media-workstation"),
        ("999", None, "desktop"),
    ],
)
def test_the_first_that_fits_is_the_price(pathway: str, platform: Platform | None, kind: str) -> None:
    price = PRICES.price_for(pathway, platform)
    assert price is not None
    assert price.kind == kind


@pytest.mark.parametrize("platform", [None, *Platform])
def test_every_pathway_has_a_price_on_every_system_and_it_is_a_computer(platform: Platform | None) -> None:
    for pathway in ("", "999", *(path.stem for path in OURS.glob("*.toml"))):
        price = PRICES.price_for(pathway, platform)
        assert price is not None
        assert not price.peripheral


def test_a_display_has_a_price_of_its_own() -> None:
    price = PRICES.price_of("display")
    assert price is not None
    assert price.peripheral
    assert PRICES.price_of("none") is None


def test_a_peripheral_that_stands_first_is_still_no_computer(tmp_path: Path) -> None:
    own = OWN.replace("cad-workstation", "plotter").replace('mark = "quote"', 'peripheral = true\nmark = "quote"')
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    price = load_prices(tmp_path).price_for("152")
    assert price is not None
    assert price.kind == "cad-workstation"


def test_every_price_is_a_range_with_a_mark() -> None:
    for price in PRICES.prices:
        assert 0 < price.low <= price.planning <= price.high
        assert price.mark.source
        assert not price.mark.verified


def test_a_price_of_the_district_replaces_ours_and_is_looked_at_first(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    own = load_prices(tmp_path)
    price = own.price_for("152")
    assert price is not None
    assert (price.planning, price.mark.source) == (210_000, "quote 4711")
    assert len(own.prices) == len(PRICES.prices)
    assert own.price_for("113") == PRICES.price_for("113")
    assert load_prices(tmp_path / "none") == PRICES


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "planning_cents = 210000",
            "planning_cents = 10",
            "own.toml, devices[1].planning_cents: 10 lies outside low_cents to high_cents",
        ),
        ("low_cents = 200000", "low_cents = 2000.50", "own.toml, devices[1].low_cents: 2000.5 is not a whole number"),
        (
            'mark = "quote"',
            'mark = "qoute"',
            "own.toml, devices[1].mark: there is no mark 'qoute' in [marks]; did you mean quote?",
        ),
        (
            'pathways = ["152"]',
            'pathway = "152"',
            "own.toml, devices[1].pathway: this key is not known; did you mean pathways?",
        ),
    ],
)
def test_each_problem_is_one_line(tmp_path: Path, old: str, new: str, line: str) -> None:
    (tmp_path / "own.toml").write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(DataFileProblems) as raised:
        load_prices(tmp_path)
    assert line in [str(problem) for problem in raised.value.problems]
