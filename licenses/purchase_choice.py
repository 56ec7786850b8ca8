"""Which stored purchases a person means: by the number that lists show, by order, by order and product. Pure."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from licenses.entitlement import Entitlement
from licenses.errors import LicenseError


class UnknownPurchase(LicenseError, LookupError):
    """No purchase by this number or order."""

    code = "unknown-purchase"


def purchases_meant(stored: Sequence[Entitlement], said: str, called: Callable[[str], str]) -> tuple[Entitlement, ...]:
    """The purchases that `12`, `PO-2026-0417` or `PO-2026-0417:photoshop` names; raises UnknownPurchase.

    What is digits only is a number first. `called` gives the id of a product by what people call it.
    """
    if said.isdecimal() and (numbered := [one for one in stored if one.id == int(said)]):
        return tuple(numbered)
    found = [one for one in stored if one.purchase_order and one.purchase_order.casefold() == said.casefold()]
    if not found:
        order, colon, product = said.rpartition(":")
        id_ = called(product) if colon else ""
        found = [
            one for one in stored if id_ and one.product == id_ and one.purchase_order.casefold() == order.casefold()
        ]
    if found:
        return tuple(found)
    orders = {one.purchase_order.casefold(): one.purchase_order for one in stored if one.purchase_order}
    near = get_close_matches(said.rpartition(":")[0] or said.casefold(), orders, n=3, cutoff=0.6)
    meant = f"did you mean {' or '.join(orders[one] for one in near)}? " if near else ""
    raise UnknownPurchase(
        f"no purchase {said!r}", hint=f"{meant}`labfleet license list` shows the numbers and the orders"
    )
