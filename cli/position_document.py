"""The positions as JSON: what may lie between two numbers has both, and null where nobody knows the higher."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # answers take SQLAlchemy, and `labfleet --help` must not wait for it
    from fleet.answers.positions import Positions, Span
    from licenses.amount import Amount
    from licenses.entitlement import Entitlement
    from licenses.position import Position

OPENED = ("needed", "installed", "missing", "idle", "unheard", "uncovered", "over", "outside", "last_known")
"""The sets of a position that `--devices` opens."""


def span_document(found: "Span") -> dict[str, Any]:
    """The worst day of every title as JSON."""
    return {
        "from": found.start,
        "to": found.end,
        "days": found.days,
        "positions": [
            {
                "title": one.position.title,
                "name": found.names.get(one.position.title, one.position.title),
                "worst_day": one.on,
                "entitled": _known(one.position.entitled),
                "short": bounds(one.position.short),
                "enough": one.position.enough,
                "short_days": [{"from": first, "to": last} for first, last in one.short],
            }
            for one in found.worst
        ],
    }


def _known(seats: int | None) -> int | str:
    return "unlimited" if seats is None else seats


def bounds(amount: "Amount | None") -> dict[str, int | None] | None:
    """A number as JSON: `at_least` and `at_most`, alike where it is exact; `at_most` null where nobody knows."""
    if amount is None:
        return None
    if isinstance(amount, int):
        return {"at_least": amount, "at_most": amount}
    return {"at_least": amount.low, "at_most": amount.high}


def purchase(one: "Entitlement") -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "suite": one.suite,
        "metric": one.metric,
        "quantity": one.quantity,
        "start": one.start,
        "end": one.end,
        "scope": str(one.scope),
        "cost_cents": one.cost_cents,
        "purchase_order": one.purchase_order,
        "funding": one.funding,
        "notice_days": one.notice_days,
        "note": one.note,
    }


def document(found: "Positions", *, devices: bool) -> dict[str, Any]:
    """The positions as JSON; what may lie between two numbers has both, and null where nobody knows the higher."""
    return {"on": found.on, "positions": [_position(found, one, devices=devices) for one in found.positions]}


def _position(found: "Positions", one: "Position", *, devices: bool) -> dict[str, Any]:
    from licenses.amount import least, most

    document = {
        "title": one.title,
        "name": found.names.get(one.title, one.title),
        "suite": one.suite,
        "metrics": one.metrics,
        "entitled": _known(one.entitled),
        "needed": len(one.needed),
        "people": bounds(one.people),
        "at_once": bounds(one.at_once),
        "period": one.time,
        "installed": len(one.installed),
        "last_known": len(one.last_known),
        "missing": len(one.missing),
        "idle": len(one.idle),
        "unheard": len(one.unheard),
        "short": one.short if isinstance(one.short, int) else None,
        "short_at_least": least(one.short),
        "short_at_most": most(one.short),
        "over": one.over_installed,
        "outside": len(one.outside),
        "outside_releases": {release: len(there) for release, there in sorted(one.outside_releases.items())},
        "unused": bounds(one.unused),
        "allocated": one.allocated,
        "used": one.used,
        "assigned": one.assigned,
        "over_assigned": one.over_assigned,
        "evidence": {level.value: len(there) for level, there in one.levels.items()},
        "terms_known": one.terms,
        "enough": one.enough,
        "reckonings": [
            {
                "metric": each.metric,
                "asked": bounds(each.asked),
                "seats": _known(each.seats),
                "served": bounds(each.served),
                "margin": bounds(each.margin),
            }
            for each in one.reckonings
        ],
        "audiences": [
            {
                "label": each.label,
                "lab": each.spot.lab,
                "site": each.spot.site,
                "section": None if each.section is None else each.section.code,
                "pathway": each.pathway,
                "people": each.people,
                "periods": sorted(each.periods),
                "stations": len(each.stations),
            }
            for each in one.audiences
        ],
        "shares": [{"suite": share.suite, "at_most": share.most, "persons": share.persons} for share in one.shares],
        "running": [purchase(bought) for bought in one.running],
        "rules": one.rules,
        "notes": one.notes,
    }
    if devices:
        document["devices"] = {
            name: [found.devices[id_] for id_ in sorted(getattr(one, name))] for name in (*OPENED, "covered")
        }
    return document
