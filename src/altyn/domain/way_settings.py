"""The settings of the ways to pay besides the card. Amounts are minor units.

Source: merchant-settings.md §6; sberpay.md §5; bnpl.md §4, §8.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SberPaySettings:
    """Payments in the bank's app: the smallest and the largest sum.

    `inactive`: the bank's app is under maintenance. Then SberPay is not offered, and a registration
    for the app answers `sbolInactive` "true".
    """

    amount_min_minor: int = 100
    amount_max_minor: int = 70_000_000
    inactive: bool = False

    def covers(self, amount_minor: int) -> bool:
        """Whether a payment may have this sum."""
        return self.amount_min_minor <= amount_minor <= self.amount_max_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class BnplSettings:
    """Payments in parts: the smallest and the largest sum. `only`: the shop takes nothing else."""

    only: bool = False
    amount_min_minor: int = 100_000
    amount_max_minor: int = 15_000_000

    def covers(self, amount_minor: int) -> bool:
        """Whether a payment may have this sum."""
        return self.amount_min_minor <= amount_minor <= self.amount_max_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditSettings:
    """Purchases on credit: the products agreed with the bank (none: any), the smallest and the
    largest sum."""

    product_ids: tuple[str, ...] = ()
    amount_min_minor: int = 300_000
    amount_max_minor: int = 30_000_000

    def covers(self, amount_minor: int) -> bool:
        """Whether a payment may have this sum."""
        return self.amount_min_minor <= amount_minor <= self.amount_max_minor
