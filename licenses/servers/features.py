"""Which feature is which product, and what a status says of each: components are not counted beside packages. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from licenses.marks import Mark
from licenses.servers.status import FeatureUse, ServerState, Status
from licenses.suite import Suite
from licenses.use import Tally, together

_AUTODESK = re.compile(r"[0-9]{5}([0-9A-Z][0-9A-Z_]*?)(?:_([0-9]{4})_[0-9]F|_T_F|_F)")


@dataclass(frozen=True, slots=True)
class Code:
    """An Autodesk feature's name taken apart; `year` is "" for a package."""

    code: str
    year: str


def autodesk_code(feature: str) -> Code | None:
    """`87545ACD_2022_0F` is a component, `64300ACD_T_F` a package; other names are neither."""
    found = _AUTODESK.fullmatch(feature.upper())
    return Code(found[1], found[2] or "") if found else None


@dataclass(frozen=True, slots=True)
class Rule:
    """That a feature's whole name, or an Autodesk code, is a product; `vendor` "" for whoever serves it."""

    product: str
    vendor: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class FeatureMap:
    """All rules, by name and by code in capitals, and the suites that tell whose component a feature may be."""

    names: Mapping[str, Rule]
    codes: Mapping[str, Rule]
    suites: Mapping[str, Suite]

    def product(self, feature: str, vendor: str = "") -> str:
        """The title or suite of a feature; "" where none is known."""
        rule = self.names.get(feature.upper())
        if rule is None and (code := autodesk_code(feature)):
            rule = self.codes.get(code.code)
        if rule is None or (vendor and rule.vendor and not _served(vendor, rule.vendor)):
            return ""
        return rule.product

    def within(self, feature: str, product: str, packages: Sequence[str]) -> str:
        """As whose seats a component is counted already: its own package's, else that of a suite with its title."""
        code = autodesk_code(feature)
        if not product or code is None or not code.year:
            return ""
        if product in packages:
            return product
        return next((one for one in packages if one in self.suites and self.suites[one].covers(product)), "")

    def packages(self, features: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """The products whose packages are among features and their vendors."""
        found = (
            self.product(feature, vendor)
            for feature, vendor in features
            if (code := autodesk_code(feature)) and not code.year
        )
        return tuple(dict.fromkeys(one for one in found if one))

    def tallies(self, status: Status) -> tuple[Tally, ...]:
        """The use of each feature at the moment of a status; nothing of a server that is down, nothing not counted.

        A feature that several servers of the text serve is added up: they are one source.
        """
        if status.state is ServerState.DOWN:
            return ()
        packages = self.packages((one.feature, one.vendor) for one in status.features)
        found: dict[tuple[str, str], Tally] = {}
        for one in status.features:
            if one.held is not None:
                tally = self._tally(one, packages)
                key = (tally.product, tally.feature)
                found[key] = together(found[key], tally) if key in found else tally
        return tuple(found.values())

    def hourly(self, status: Status) -> Mapping[datetime, tuple[Tally, ...]]:
        """What a log says, by hour of its own clock."""
        vendors = {one.feature: one.vendor for one in status.features}
        packages = self.packages(vendors.items())
        hours = {}
        for hour, uses in status.hours.items():
            tallies = []
            for use in uses:
                product = self.product(use.feature, vendors.get(use.feature, ""))
                within = self.within(use.feature, product, packages)
                denied = use.turned_away
                tallies.append(Tally(product, use.feature, use.peak, denied=denied, within=within))
            hours[hour] = tuple(tallies)
        return hours

    def _tally(self, one: FeatureUse, packages: Sequence[str]) -> Tally:
        product = self.product(one.feature, one.vendor)
        within = self.within(one.feature, product, packages)
        return Tally(product, one.feature, one.held, one.issued, one.reserved, one.queued, None, within)


def _served(vendor: str, by: str) -> bool:
    # A daemon that cannot serve all alone forks, and numbers its forks: adskflex_1.
    return vendor.casefold().partition(f"{by.casefold()}_")[2].isdigit() or vendor.casefold() == by.casefold()
