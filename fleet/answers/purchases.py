"""Purchases with what they come to on a day: running or not, which releases they allow, what their fund may serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from fleet.answers.rulebook import load_rulebook
from fleet.settings import Settings
from inventory.titles import title_called
from licenses.assigned import Assigned
from licenses.bill import Product
from licenses.entitlement import Entitlement
from licenses.fund import Fund
from licenses.fund_file import load_funds
from licenses.store.assigned import assigned
from licenses.store.entitlements import entitlements
from licenses.suite import covering
from licenses.version_rights import Allowed
from licenses.version_rights_file import load_version_rights


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase; `rights` is what it allows of the title that was asked for, `cte_only` by the purchase or its fund.

    `by_suite` is the name of the suite that was bought, "" where the title itself was.
    """

    entitlement: Entitlement
    state: str
    by_suite: str
    rights: Allowed | None
    funds: tuple[Fund, ...]
    cte_only: bool | None


@dataclass(frozen=True, slots=True)
class TitlePurchases:
    """All that was bought of one title or suite, suites that cover it included; `assigned` by its vendor's report."""

    id: str
    name: str
    on: date
    purchases: tuple[Purchase, ...]
    assigned: tuple[tuple[str, Assigned], ...]


def title_purchases(session: Session, settings: Settings, said: str, *, on: date) -> TitlePurchases:
    """What was bought of a title or a suite; raises UnknownTitle."""
    book = load_rulebook(settings)
    suites = {suite.id: suite for suite in book.suites}
    called = {one.casefold(): suite.id for suite in book.suites for one in (suite.name, suite.id)}
    suite = called.get(said.casefold(), "")
    title = "" if suite else title_called(book.catalog, said).id
    products = [suite] if suite else [title, *(one.id for one in covering(book.suites, title))]
    versions = load_version_rights(
        settings.overrides("version_rights"), titles=book.catalog.by_id, suites=tuple(suites)
    )
    funds = load_funds(settings.overrides("funds"))
    seats = assigned(session)
    return TitlePurchases(
        id=suite or title,
        name=book.rules.names[suite or title],
        on=on,
        purchases=tuple(
            Purchase(
                entitlement=one,
                state=state(one, on),
                by_suite=suites[one.suite].name if one.suite else "",
                rights=versions.judged(one, title, on) if title else None,
                funds=funds.named(one.funding),
                cte_only=funds.cte_only(one.funding) if one.cte_only is None else one.cte_only,
            )
            for one in entitlements(session)
            if one.product in products
        ),
        assigned=tuple((book.rules.names[id_], seats[id_]) for id_ in products if id_ in seats),
    )


def product_names(settings: Settings) -> Mapping[str, Product]:
    """Names and makers of every title and suite, by id."""
    book = load_rulebook(settings)
    titles = {one.id: Product(one.id, one.name, one.publisher) for one in book.catalog.titles}
    return titles | {one.id: Product(one.id, one.name, one.publisher) for one in book.suites}


def state(one: Entitlement, when: date) -> str:
    """Whether a purchase runs on a day, in a word."""
    if one.runs(when):
        return "runs"
    return "to come" if when < one.start else "ended"
