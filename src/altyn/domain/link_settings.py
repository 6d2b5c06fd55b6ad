"""How many payment links a shop may send. Source: merchant-settings.md §6; bnpl.md §6."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """The largest number of messages with payment links within an hour: for one order, and for all
    orders of the shop together."""

    order_per_hour: int = 5
    shop_per_hour: int = 1000
