"""Recurring payments of a stored card: how often and how long the shop may charge it.

Source: 004 (recurring payments); rest-orders.md §7.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from altyn.domain.moscow import to_moscow


@dataclass(frozen=True, slots=True)
class RecurringTerms:
    """What the payer has agreed to with the first payment.

    `days` is the least number of days (1 to 28) between two charges, `until` the last day of
    charges, YYYYMMDD in Moscow. `charged_at` is the time of the last charge (UTC).
    """

    days: int
    until: str
    charged_at: datetime

    def broken_by(self, now: datetime) -> str | None:
        """The rule that a charge at `now` breaks; None when it keeps the terms. Days are days of
        the calendar in Moscow."""
        today = to_moscow(now).date()
        if f"{today:%Y%m%d}" > self.until:
            return f"the last day of recurring payments was {self.until}"
        passed = (today - to_moscow(self.charged_at).date()).days
        if passed < self.days:
            return f"{passed} days after the last charge; the payer agreed to one in {self.days}"
        return None

    def charged(self, now: datetime) -> "RecurringTerms":
        """The terms after a charge at `now`."""
        return replace(self, charged_at=now)
