"""Purchases as a CycloneDX 1.6 bill of materials: a component for each product, a licence for each purchase. Pure.

Nothing in it is chosen by chance: the same purchases at the same moment are the same document. It names no person; the
district stands in it only by its purchase orders.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock
from itertools import groupby

from licenses.entitlement import Entitlement
from licenses.metrics import Metric

SPEC = "1.6"
_SPACE = uuid.UUID("7a3cf5e6-5f0b-5e0c-9d54-2f1f6d4f0b57")
"""The name space of our serial numbers."""

_TYPES: Mapping[Metric, tuple[str, ...]] = {
    Metric.DEVICE: ("device",),
    Metric.NAMED_USER: ("named-user", "academic"),
    Metric.CONCURRENT: ("concurrent-user",),
    Metric.SITE: ("custom-metric",),
    Metric.SHARED_DEVICE: ("device", "academic"),
    Metric.WEB_SEAT: ("user",),
    Metric.FREE: ("other",),
}


@dataclass(frozen=True, slots=True)
class Product:
    """What a bill says of a title or suite."""

    id: str
    name: str
    publisher: str = ""


def license_types(one: Entitlement) -> tuple[str, ...]:
    """The words of CycloneDX for a purchase: how it is counted, and whether it ends."""
    if one.metric is Metric.FREE:
        return _TYPES[one.metric]
    lasting = ("subscription",) if one.end is not None else ("perpetual",)
    # Maintenance that is paid beside a perpetual licence is a subscription to the newer releases.
    kept = ("subscription",) if one.end is None and one.maintenance_end is not None else ()
    return (*_TYPES[one.metric], *lasting, *kept)


def bill(
    purchases: Iterable[Entitlement], products: Mapping[str, Product], *, at: datetime, version: str
) -> Mapping[str, object]:
    """The document; `version` is LabFleet's own."""
    ordered = sorted(purchases, key=lambda one: (one.product, one.start, one.purchase_order, one.metric, one.scope))
    components = [
        _component(products.get(id_, Product(id_, id_)), tuple(group))
        for id_, group in groupby(ordered, key=lambda one: one.product)
    ]
    moment = at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, f'{moment} {components!r}')}",
        "version": 1,
        "metadata": {
            "timestamp": moment,
            "tools": {"components": [{"type": "application", "name": "labfleet", "version": version}]},
        },
        "components": components,
    }


def _component(product: Product, purchases: Sequence[Entitlement]) -> Mapping[str, object]:
    component: dict[str, object] = {
        "type": "application",
        "bom-ref": f"title:{product.id}",
        "name": product.name,
    }
    if product.publisher:
        component["publisher"] = product.publisher
    component["licenses"] = [{"license": _license(product, one, number)} for number, one in enumerate(purchases, 1)]
    return component


def _license(product: Product, one: Entitlement, number: int) -> Mapping[str, object]:
    licensing: dict[str, object] = {}
    if product.publisher:
        licensing["licensor"] = {"organization": {"name": product.publisher}}
    if one.purchase_order:
        licensing["purchaseOrder"] = one.purchase_order
    licensing["licenseTypes"] = list(license_types(one))
    licensing["lastRenewal"] = _moment(one.start)
    if one.end is not None:
        licensing["expiration"] = _moment(one.end, clock(23, 59, 59))
    properties = {
        "labfleet:metric": one.metric.value,
        "labfleet:quantity": "unlimited" if one.quantity is None else str(one.quantity),
        "labfleet:scope": str(one.scope),
        "labfleet:release": one.release,
        "labfleet:maintenanceEnd": one.maintenance_end.isoformat() if one.maintenance_end else "",
        "labfleet:devicesPerSeat": str(one.devices_per_seat) if one.devices_per_seat > 1 else "",
    }
    return {
        "bom-ref": f"purchase:{product.id}:{number}",
        "name": f"{product.name} ({one.metric.words})",
        "licensing": licensing,
        "properties": [{"name": name, "value": value} for name, value in properties.items() if value],
    }


def _moment(day: date, at: clock = clock()) -> str:
    """A day as the moment that CycloneDX asks for; in UTC, for a purchase order names no time zone."""
    return datetime.combine(day, at, UTC).isoformat().replace("+00:00", "Z")
