"""Which releases of a title a purchase lets one run on a day, by its vendor's rules. Pure.

A purchase with an end is a subscription. One without an end is perpetual, with or without maintenance.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.releases import ANY_RELEASE, VersionRange
from inventory.title_rules import ReleaseStyle, Title
from licenses.cycle import Cycle
from licenses.entitlement import Entitlement
from licenses.marks import Mark


class Bought(StrEnum):
    """How a purchase was made, as far as it bears on releases."""

    TERM = "term"
    MAINTAINED = "maintained"
    PERPETUAL = "perpetual"

    @classmethod
    def of(cls, entitlement: Entitlement) -> "Bought":
        """A purchase with an end is a subscription, whatever else it says."""
        if entitlement.end is not None:
            return cls.TERM
        return cls.PERPETUAL if entitlement.maintenance_end is None else cls.MAINTAINED

    @property
    def words(self) -> str:
        """For a sentence."""
        return {Bought.TERM: "a subscription", Bought.MAINTAINED: "perpetual, with maintenance"}.get(self, "perpetual")


class Allows(StrEnum):
    """Which releases a rule lets in: all, the current one with some before it, or what was bought."""

    ANY = "any"
    WINDOW = "window"
    BOUGHT = "bought"


@dataclass(frozen=True, slots=True)
class VersionRule:
    """What one vendor grants for purchases of some kinds; for `products` (titles or suites), else all of `publisher`'s.

    `previous`: how many releases before the current one a window takes in. `older`: what was bought may be traded for
    any release before it. Empty `publisher` and `products`: the rule where no vendor's is on record.
    """

    id: str
    publisher: str
    products: frozenset[str]
    bought: frozenset[Bought]
    allows: Allows
    mark: Mark
    cycle: Cycle | None = None
    previous: int = 0
    older: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The releases, by which rule, and the reason in words; without a rule nothing restricts."""

    releases: VersionRange
    reason: str
    rule: VersionRule | None = None


class VersionRights:
    """The vendors' rules, asked by purchase, title and day; `titles` is the catalog."""

    def __init__(self, rules: Sequence[VersionRule], titles: Mapping[str, Title]) -> None:
        self.rules = tuple(rules)
        self._titles = titles
        # The narrowest speaks first: a rule that names products, then a publisher's, then the one for all.
        self._ordered = sorted(self.rules, key=lambda rule: (not rule.products, not rule.publisher))

    def allowed(self, entitlement: Entitlement, title: str, on: date) -> VersionRange:
        """The releases of a title that a purchase of it, or of a suite that has it, lets one run; whether it runs on
        the day is the purchase's own matter. A window has no upper end: what comes next comes with it.
        """
        return self.judged(entitlement, title, on).releases

    def why(self, entitlement: Entitlement, title: str, on: date) -> str:
        """The rule in words, with its source and date, and those of the releases' dates where it counts by them."""
        found = self.judged(entitlement, title, on)
        if found.rule is None:
            return found.reason
        dates = f"; dates: {found.rule.cycle.mark}" if found.rule.cycle else ""
        return f"{found.reason} ({found.rule.mark}{dates})"

    def judged(self, entitlement: Entitlement, title: str, on: date) -> Allowed:
        """The releases with the rule behind them."""
        known = self._titles.get(title)
        if known is not None and known.release is ReleaseStyle.NONE:
            return Allowed(ANY_RELEASE, f"{known.name} has no releases to tell apart")
        rule = self._rule(entitlement, known.publisher if known else "", title)
        if rule is None:
            return Allowed(ANY_RELEASE, "no rule about releases is on record")
        releases, reason = _RELEASES[rule.allows](rule, entitlement, on)
        note = f"; {rule.note}" if rule.note else ""
        whose = f"{rule.publisher}, " if rule.publisher else ""
        return Allowed(releases, f"{whose}{Bought.of(entitlement).words}: {reason}{note}", rule)

    def _rule(self, entitlement: Entitlement, publisher: str, title: str) -> VersionRule | None:
        asked = {title, entitlement.product}
        for rule in self._ordered:
            meant = bool(asked & rule.products) if rule.products else rule.publisher in {"", publisher}
            if meant and Bought.of(entitlement) in rule.bought:
                return rule
        return None


def _any(_rule: VersionRule, _entitlement: Entitlement, _on: date) -> tuple[VersionRange, str]:
    return ANY_RELEASE, "every release"


def _window(rule: VersionRule, _entitlement: Entitlement, on: date) -> tuple[VersionRange, str]:
    current = rule.cycle.newest(on) if rule.cycle else ""
    if rule.cycle is None or not current:
        return ANY_RELEASE, "which release was current is not known, so none is ruled out"
    first = rule.cycle.before(on, rule.previous)
    if not first:
        return ANY_RELEASE, f"{current} and {rule.previous} before it, which are not all on record: none is ruled out"
    expected = "" if rule.cycle.listed(on) else ", as expected from the years before"
    reason = f"{first} or later: current is {current}{expected}, {rule.previous} before it stay"
    return VersionRange(minimum=first), reason


def _bought(rule: VersionRule, entitlement: Entitlement, on: date) -> tuple[VersionRange, str]:
    own, until = entitlement.release, entitlement.maintenance_end
    lowest = "" if rule.older else own
    if until is None or entitlement.end is not None:
        if not own:
            return ANY_RELEASE, "no release stands in the purchase, so none is ruled out"
        return VersionRange(lowest, own), f"{own}, as bought{' and any before it' if rule.older else ''}"
    if on <= until:
        low = f"{lowest} or later" if lowest else "every release"
        return VersionRange(lowest), f"{low}: upgrades come with the maintenance until {until}"
    last = rule.cycle.newest(until) if rule.cycle else ""
    if last:
        return VersionRange(lowest, last), f"up to {last}, the newest when the maintenance ended on {until}"
    if own:
        hint = "if newer ones came, write the newest of them into the purchase"
        return VersionRange(lowest, own), f"{own}: what was newest when the maintenance ended is not on record; {hint}"
    return ANY_RELEASE, f"what was newest when the maintenance ended on {until} is not on record: none is ruled out"


_RELEASES: Mapping[Allows, Callable[[VersionRule, Entitlement, date], tuple[VersionRange, str]]] = {
    Allows.ANY: _any,
    Allows.WINDOW: _window,
    Allows.BOUGHT: _bought,
}
