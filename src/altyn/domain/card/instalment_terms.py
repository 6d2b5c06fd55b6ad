"""Payments in instalments with a stored card: how many, and which sum in all, the shop may charge.

Source: rest-orders.md §7.
"""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InstalmentTerms:
    """What the payer has agreed to with the first payment, and what was charged of it.

    `payments_max` payments of `total_minor` in all, in minor units of `currency`; the first payment
    is one of them. `agreed_at` is the time of the agreement (UTC).
    """

    payments_max: int
    total_minor: int
    currency: str
    made: int
    made_minor: int
    agreed_at: datetime

    def broken_by(self, amount_minor: int, currency: str) -> str | None:
        """The rule that a further payment breaks; None when it keeps the terms."""
        if currency != self.currency:
            return f"the payer agreed to payments in the currency {self.currency}"
        if self.made >= self.payments_max:
            return f"all {self.payments_max} payments that the payer agreed to were charged"
        left = self.total_minor - self.made_minor
        if amount_minor > left:
            return f"{left} is left of the sum {self.total_minor} that the payer agreed to"
        return None

    def charged(self, amount_minor: int) -> "InstalmentTerms":
        """The terms after a payment of this sum."""
        return replace(self, made=self.made + 1, made_minor=self.made_minor + amount_minor)

    def without(self, amount_minor: int) -> "InstalmentTerms":
        """The terms without a payment of this sum, which was counted and not made; not below 0."""
        return replace(
            self, made=max(self.made - 1, 0), made_minor=max(self.made_minor - amount_minor, 0)
        )
