"""What the licence servers counted: the peak of each product, by site, by hour of the day and by feature."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from fleet.settings import Settings
from inventory.titles import UnknownTitle, load_catalog
from inventory.toml_file import nearest
from licenses.store import use
from licenses.suite_file import load_suites
from licenses.use import Peak, added, most, peaks_of


@dataclass(frozen=True, slots=True)
class ProductUse:
    """The use of one product since a moment: its peak, and what is behind it.

    `hours` are the peaks by hour of the day, on this machine's clock. `features` are those that servers list for it,
    as parts of it too: a part is counted as the seats of `within`, and not again.
    """

    product: str
    name: str
    peak: Peak | None
    sites: Mapping[str, Peak]
    hours: Mapping[int, Peak]
    features: tuple["FeaturePeak", ...]


@dataclass(frozen=True, slots=True)
class FeaturePeak:
    """The peak of one feature of one source."""

    source: str
    feature: str
    within: str
    in_use: int | None
    issued: int | None
    denied: int | None


@dataclass(frozen=True, slots=True)
class UseAnswer:
    """The use of all products; `unrecognised` are features that no rule makes a product."""

    since: datetime
    products: tuple[ProductUse, ...]
    unrecognised: tuple[FeaturePeak, ...]


def license_use(session: Session, settings: Settings, *, since: datetime, title: str | None = None) -> UseAnswer:
    """What was counted since a moment, of one product or of all; raises UnknownTitle."""
    titles = load_catalog(settings.overrides("catalog")).by_id
    suites = load_suites(settings.overrides("suites"), titles=titles)
    names = {one.id: one.name for one in titles.values()} | {one.id: one.name for one in suites}
    if title is not None and title not in names:
        hint = nearest(title, names) or "`labfleet title list` shows them all"
        raise UnknownTitle(f"no title or suite {title!r} in the catalog", hint=hint)
    rows: dict[str, list[use.HourOfUse]] = defaultdict(list)
    for row in use.use(session, since, product=title):
        rows[row.tally.product].append(row)
    unrecognised = _features(rows.pop("", []))
    products = tuple(_product(product, names.get(product, product), of) for product, of in sorted(rows.items()))
    return UseAnswer(since, products, unrecognised)


def _product(product: str, name: str, rows: list[use.HourOfUse]) -> ProductUse:
    wholes = [one.counted for one in rows if not one.tally.feature]
    sites: dict[str, list[use.HourOfUse]] = defaultdict(list)
    hours: dict[int, list[use.HourOfUse]] = defaultdict(list)
    for one in rows:
        if not one.tally.feature:
            sites[one.site].append(one)
            hours[one.hour.astimezone().hour].append(one)
    return ProductUse(
        product,
        name,
        peaks_of(wholes).get(product),
        {site: peaks_of(one.counted for one in of)[product] for site, of in sorted(sites.items())},
        {hour: peaks_of(one.counted for one in of)[product] for hour, of in sorted(hours.items())},
        _features(one for one in rows if one.tally.feature),
    )


def _features(rows: Iterable[use.HourOfUse]) -> tuple[FeaturePeak, ...]:
    found: dict[tuple[str, str, str], FeaturePeak] = {}
    for row in rows:
        one = row.tally
        if not one.feature:
            continue
        key = (row.source, one.feature, one.within)
        had = found.get(key)
        in_use = most(had.in_use if had else None, one.in_use)
        denied = added(had.denied if had else None, one.denied)
        issued = one.issued if one.issued is not None else (had.issued if had else None)
        found[key] = FeaturePeak(row.source, one.feature, one.within, in_use, issued, denied)
    return tuple(sorted(found.values(), key=lambda one: (one.source, one.feature)))
