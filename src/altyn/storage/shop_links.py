"""How many payment links each shop sent in the last hour, behind the `ShopLinks` port."""

from collections.abc import Sequence
from datetime import datetime

from altyn.storage.database import Pool
from altyn.storage.statements import statement


class ShopLinkStore:
    """One row per shop in PostgreSQL, so the limit holds for all processes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def reserve(self, merchant_id: int, at: datetime, *, since: datetime, most: int) -> bool:
        """Count one message more; False where the shop sent `most` of them after `since`."""
        rows = await statement("reserve_link").fetch(
            self._pool, merchant_id=merchant_id, at=at, since=since, most=most
        )
        return bool(rows)

    async def release(self, merchant_id: int, at: datetime) -> None:
        """A message that was counted at this time was not sent."""
        await statement("release_link").execute(self._pool, merchant_id=merchant_id, at=at)

    async def sent(self, merchant_id: int, *, since: datetime) -> Sequence[datetime]:
        """The times of the messages after `since`, oldest first."""
        rows = await statement("links_of_shop").fetch(
            self._pool, merchant_id=merchant_id, since=since
        )
        return [row["at"] for row in rows]
