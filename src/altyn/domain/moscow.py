"""Moscow time, converted in this module only: request dates, the midnight cut-off, reports.

Everywhere else time is aware UTC. Moscow has had no daylight saving since 2014: UTC+3 all year.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

MOSCOW: Final = timezone(timedelta(hours=3), "MSK")
REQUEST_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"
COMPACT_FORMAT: Final = "%Y%m%d%H%M%S"


def from_moscow(text: str, layout: str = REQUEST_FORMAT) -> datetime:
    """Read a date of a request, Moscow time without a zone, as aware UTC. Raises ValueError."""
    return datetime.strptime(text, layout).replace(tzinfo=MOSCOW).astimezone(UTC)


def to_moscow(moment: datetime) -> datetime:
    """The same moment on a Moscow clock."""
    return moment.astimezone(MOSCOW)


def year_month(moment: datetime) -> str:
    """The month of this moment in Moscow, YYYYMM: a card is valid to the end of its last one."""
    return f"{to_moscow(moment):%Y%m}"


def end_of_business_day(moment: datetime) -> datetime:
    """The Moscow midnight that ends the business day of this moment, as UTC."""
    local = to_moscow(moment)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1)).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The Moscow midnight that begins a day, as UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=MOSCOW).astimezone(UTC)
