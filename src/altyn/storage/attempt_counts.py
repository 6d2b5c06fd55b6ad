"""The `AttemptCounts` port over the payment attempts of orders.

Counts are read from the attempts themselves, so all processes share them and a restart loses none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from altyn.domain.card.attempt_limits import (
    ADDRESS_WINDOW,
    CARD_WINDOW,
    MERCHANT_WINDOW,
    UnpaidAttempts,
)
from altyn.storage.coalescing import Coalescer
from altyn.storage.database import Pool
from altyn.storage.statements import key_array, statement

CLOCK_DIFFERENCE: Final = timedelta(minutes=1)
"""How far the clock of another process may be ahead of this one's."""


@dataclass(frozen=True, slots=True)
class _Counting:
    merchant_id: int
    fingerprint: str
    network: str | None
    now: datetime


class AttemptCountStore:
    """Counts attempts that are not paid. Concurrent calls share a statement (`coalescing.py`)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._counting = Coalescer(self._count_batch)

    async def unpaid(
        self, merchant_id: int, fingerprint: str, network: str | None, now: datetime
    ) -> UnpaidAttempts:
        """The merchant's attempts that count now: with this card, and from this network."""
        return await self._counting.call(_Counting(merchant_id, fingerprint, network, now))

    async def refused(self, merchant_id: int, now: datetime) -> int:
        """How many card payments and payouts were refused to the merchant in 10 minutes."""
        rows = await statement("count_refused_attempts").fetch(
            self._pool,
            merchant_id=merchant_id,
            since=now - MERCHANT_WINDOW,
            soon=now + CLOCK_DIFFERENCE,
        )
        refusals: int = rows[0]["refusals"]
        return refusals

    async def paid(self, merchant_id: int, now: datetime, *, enough: int) -> int:
        """How many card payments and payouts of the merchant were approved in the last 10 minutes.

        At most `enough`. The time is that of the attempt, as with those refused.
        """
        rows = await statement("count_paid_by_card").fetch(
            self._pool,
            merchant_id=merchant_id,
            since=now - MERCHANT_WINDOW,
            soon=now + CLOCK_DIFFERENCE,
            enough=enough,
        )
        paid: int = rows[0]["paid"]
        return paid

    async def _count_batch(self, batch: Sequence[_Counting]) -> list[UnpaidAttempts]:
        now = min(each.now for each in batch)
        rows = await statement("count_unpaid_attempts").fetch(
            self._pool,
            merchant_ids=key_array(each.merchant_id for each in batch),
            fingerprints=key_array(each.fingerprint for each in batch),
            networks=key_array(each.network or "" for each in batch),
            cards_since=now - CARD_WINDOW,
            networks_since=now - ADDRESS_WINDOW,
            soon=max(each.now for each in batch) + CLOCK_DIFFERENCE,
        )
        found = {(row["merchant_id"], row["kind"], row["key"]): row["attempts"] for row in rows}
        return [
            UnpaidAttempts(
                with_card=found.get((each.merchant_id, "card", each.fingerprint), 0),
                from_network=found.get((each.merchant_id, "address", each.network), 0),
            )
            for each in batch
        ]
