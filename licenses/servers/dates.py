"""The dates that licence servers write: `30-dec-2025`, `1-jan-0`, `permanent`, `2022-01-31`, `04/05/2021`. Pure."""

import re
from datetime import date

from licenses.servers.status import PERMANENT, Expiry

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})-([a-z]{3})[a-z]{0,6}-([0-9]{1,4})\b")
_YEAR_MONTH_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})\b")
_MONTH_DAY_YEAR = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})\b")
_NEVER = ("permanent", "never", "unlimited", "perpetual", "no expir")


def expiry(text: str) -> Expiry | None:
    """What stands after "expiry:"; `None` where it is no date. The year 0 is FlexNet's "permanent"."""
    text = text.strip().strip('",;').lower()
    if text.startswith(_NEVER):
        return PERMANENT
    if found := _DAY_MONTH_YEAR.match(text):
        month = _MONTHS.get(found[2])
        year = int(found[3])
        if year == 0:
            return PERMANENT if month else None
        # Two digits are a year of this age: FlexNet wrote `31-dec-05` until it wrote four.
        year += 0 if year >= 1000 else (2000 if year < 70 else 1900) if year < 100 else 0
        return _day(year, month or 0, int(found[1]))
    if found := _YEAR_MONTH_DAY.match(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH_DAY_YEAR.match(text):
        return month_day_year(found[1], found[2], found[3])
    return None


def month_day_year(month: str, day: str, year: str) -> date | None:
    """An American date in numbers; `None` where there is no such day."""
    number = int(year)
    return _day(number + (2000 if number < 100 else 0), int(month), int(day))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
