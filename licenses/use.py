"""How many seats of a product were in use at once, as licence servers and vendors' reports counted it. Pure.

Use is what people hold: seats that are set aside by a reservation and held by nobody are not use, they are `reserved`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Tally:
    """What one source says of one feature, or of all features of a product together, at one moment or in one hour.

    `in_use` is `None` where the source says only what was refused. `within` is the product as whose seats these were
    counted already (a component of a suite that the server lists beside the suite's own feature); "" where they count
    by themselves.
    """

    product: str
    feature: str
    in_use: int | None
    issued: int | None = None
    reserved: int | None = None
    queued: int | None = None
    denied: int | None = None
    within: str = ""


@dataclass(frozen=True, slots=True)
class Peak:
    """The most seats of one product in use at once since a day, and when and where that was.

    `in_use` is `None` where nothing but refusals was counted. `at` is the start of the hour (UTC) of the peak.
    `source` names the servers that were counted in that hour, with commas where they are several: their peaks of the
    hour are added, which is at most what was in use at once. `issued`, `reserved` and `queued` are those of that hour,
    `None` where no source says. `denied` is the sum since the day, not of that hour; `None` where no source counts it.
    `polls` is how many times anybody looked since the day: a peak of few polls may have missed the true one.
    """

    product: str
    in_use: int | None
    at: datetime
    source: str
    issued: int | None
    reserved: int | None
    queued: int | None
    denied: int | None
    polls: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What one source counted of a product as a whole, in one hour."""

    source: str
    hour: datetime
    polls: int
    tally: Tally


def added(left: int | None, right: int | None) -> int | None:
    """The sum of what is known; `None` only where neither is."""
    if left is None:
        return right
    return left if right is None else left + right


def most(left: int | None, right: int | None) -> int | None:
    """The greater of what is known; `None` only where neither is."""
    return max((one for one in (left, right) if one is not None), default=None)


def peaks_of(counted: Iterable[Counted]) -> Mapping[str, Peak]:
    """The peak of each product. Where several sources serve one, the peaks that they had in the same hour are added."""
    found: dict[str, Peak] = {}
    wholes = sorted(counted, key=lambda one: (one.tally.product, one.hour, one.source))
    for product, of_product in groupby(wholes, key=lambda one: one.tally.product):
        hours = [_together(product, hour, list(of)) for hour, of in groupby(of_product, key=lambda one: one.hour)]
        best = max(hours, key=lambda one: -1 if one.in_use is None else one.in_use)
        denied: int | None = None
        for one in hours:
            denied = added(denied, one.denied)
        polls = sum(one.polls for one in hours)
        found[product] = replace(best, denied=denied, polls=polls)
    return found


def wholes(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """The tallies of one moment, with one more for each product as a whole: those that count by themselves, added."""
    whole: dict[str, Tally] = {}
    parts = tuple(tallies)
    for one in parts:
        if one.product and not one.within:
            whole[one.product] = together(whole.get(one.product, Tally(one.product, "", None)), one)
    return (*parts, *whole.values())


def together(left: Tally, right: Tally) -> Tally:
    """Two tallies of one moment added up, under the name of the first."""
    return replace(
        left,
        in_use=added(left.in_use, right.in_use),
        issued=added(left.issued, right.issued),
        reserved=added(left.reserved, right.reserved),
        queued=added(left.queued, right.queued),
        denied=added(left.denied, right.denied),
    )


def _together(product: str, hour: datetime, sources: Sequence[Counted]) -> Peak:
    whole = Tally(product, "", None)
    for one in sources:
        whole = together(whole, one.tally)
    return Peak(
        product=product,
        in_use=whole.in_use,
        at=hour,
        source=", ".join(one.source for one in sources),
        issued=whole.issued,
        reserved=whole.reserved,
        queued=whole.queued,
        denied=whole.denied,
        polls=sum(one.polls for one in sources),
    )
