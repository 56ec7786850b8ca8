"""How many named-user seats of a product a vendor's own report says are held, and how many of them were used. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Assigned:
    """The seats of one title or suite (`product`, its id) that persons hold by a vendor's report; never who.

    `active` are the persons who used it in the `days` up to `on`; both are `None` where the report does not say.
    `source` names the kind of report ("autodesk", "adobe", …); several, by " + ", where it is a sum.
    """

    product: str
    assigned: int
    active: int | None
    on: date
    source: str
    days: int | None = None
