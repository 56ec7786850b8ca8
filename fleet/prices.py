"""What a new device costs, for planning: cents before tax, by kind of device and pathway. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.report import Platform
from licenses.marks import Mark


@dataclass(frozen=True, slots=True)
class Price:
    """A kind of device and its cost in cents; `planning` is the figure to plan with, `low` and `high` its range.

    `pathways` and `platforms` say what it is bought for (empty: any). A `peripheral` ("display") replaces no computer.
    """

    kind: str
    name: str
    low: int
    planning: int
    high: int
    mark: Mark
    pathways: tuple[str, ...] = ()
    platforms: frozenset[Platform] = frozenset()
    peripheral: bool = False

    def fits(self, pathway: str, platform: Platform | None) -> bool:
        """Whether it is the computer that a lab with this pathway and platform (`None`: not known) buys."""
        return (
            not self.peripheral
            and (not self.pathways or pathway in self.pathways)
            and (not self.platforms or platform in self.platforms)
        )


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of a district, most particular first: the first that fits is the answer."""

    prices: Sequence[Price]

    def price_of(self, kind: str) -> Price | None:
        """The price of a kind of device."""
        return next((price for price in self.prices if price.kind == kind), None)

    def price_for(self, pathway: str, platform: Platform | None = None) -> Price | None:
        """The price of a device that replaces one of this platform in a lab with this pathway ("": in none)."""
        return next((price for price in self.prices if price.fits(pathway, platform)), None)
