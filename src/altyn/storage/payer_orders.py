"""Counts the orders of static links and pay buttons by their payers' network, from the orders.

So all processes share the count, and a restart loses none of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from altyn.domain.card.attempt_limits import network_of
from altyn.storage.database import Pool
from altyn.storage.statements import statement

LOOKED_THROUGH_MAX: Final = 10_000
"""So many of a shop's newest orders are looked through."""


class PayerOrderCounts:
    """Implements the port `OrderCounts` over the table of orders."""

    def __init__(self, pool: Pool, looked_through: int = LOOKED_THROUGH_MAX) -> None:
        self._pool = pool
        self._looked_through = looked_through

    async def of_network(self, merchant_id: int, ip: str, *, since: datetime) -> int:
        """How many orders of links, registered after `since` (UTC), have a payer of the network
        of this address. Orders beyond the newest LOOKED_THROUGH_MAX are not counted."""
        network = network_of(ip)
        rows = await statement("newest_payer_addresses").fetch(
            self._pool,
            merchant_id=merchant_id,
            since=since,
            address=network or ip,
            looked_through=self._looked_through,
        )
        return sum(row["orders"] for row in rows if network_of(row["payer_ip"]) == network)
