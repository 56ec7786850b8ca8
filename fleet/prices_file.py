"""Reads the prices: our `prices.toml`, and the district's files, whose kinds of device come first and replace ours."""

from collections.abc import Mapping
from pathlib import Path

from agents.report import Platform
from fleet.prices import Price, PriceList
from inventory.table_file import Problem
from inventory.toml_file import Fields, open_toml, raise_problems, toml_files
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark

OURS = Path(__file__).with_name("prices.toml")
_MOST = 100_000_000  # a million dollars for one device is a slip of the pen


def load_prices(extra: Path | None = None) -> PriceList:
    """The prices; `extra` is a folder that may not exist. Raises `DataFileProblems`."""
    problems: list[Problem] = []
    prices: dict[str, Price] = {}
    for path in (OURS, *toml_files(extra)):
        fields = open_toml(path, problems)
        marks = read_marks(fields)
        read: dict[str, Price] = {}
        for entry in fields.tables("devices"):
            price = _price(entry, marks)
            if price.kind in read:
                entry.refuse("kind", f"{price.kind!r} stands there twice", "keep one of the two")
            read[price.kind] = price
        fields.close()
        prices = read | {kind: price for kind, price in prices.items() if kind not in read}
    raise_problems(problems)
    return PriceList(tuple(prices.values()))


def _price(entry: Fields, marks: Mapping[str, Mark]) -> Price:
    price = Price(
        kind=entry.text("kind"),
        name=entry.text("name"),
        low=entry.number("low_cents", least=1, most=_MOST),
        planning=entry.number("planning_cents", least=1, most=_MOST),
        high=entry.number("high_cents", least=1, most=_MOST),
        pathways=entry.texts("pathways"),
        platforms=entry.choices("platforms", Platform),
        peripheral=entry.flag("peripheral", default=False),
        mark=mark_of(entry, marks),
    )
    if not price.low <= price.planning <= price.high:
        entry.refuse("planning_cents", f"{price.planning} lies outside low_cents to high_cents")
    return price
