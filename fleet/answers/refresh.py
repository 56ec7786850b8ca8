"""Which devices to replace, and why."""

from datetime import date

from sqlmodel import Session

from fleet.answers.rulebook import load_rulebook
from fleet.prices_file import load_prices
from fleet.refresh import RefreshList, refresh_list, school_year_after
from fleet.settings import Settings
from inventory.snapshots import load_snapshot
from licenses.store.sections import sections


def devices_due(session: Session, settings: Settings, *, before: date | None = None) -> RefreshList:
    """The devices that are due, for systems that end before a day: else before the end of the next school year."""
    now = settings.now()
    return refresh_list(
        load_snapshot(session, now=now),
        sections(session, now.date()),
        load_rulebook(settings).rules,
        load_prices(settings.overrides("prices")),
        before=before or school_year_after(now.date()),
        age_years=settings.refresh_age_years,
    )
