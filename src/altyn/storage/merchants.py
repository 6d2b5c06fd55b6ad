"""The `Merchants` port over a cache.

Every request needs its merchant; it is loaded once, and again after a change.
"""

from collections.abc import Sequence
from typing import Any, Final

from altyn.domain.credentials import is_login
from altyn.domain.merchant import Merchant
from altyn.operations.ports import UnknownMerchantError
from altyn.storage.database import Listener, Pool
from altyn.storage.merchant_settings import read_settings
from altyn.storage.row_cache import RowCache
from altyn.storage.statements import statement

MERCHANTS_CHANNEL: Final = "altyn_merchants"
"""The payload is the number of the merchant that was changed."""


class MerchantDirectory:
    """Merchants with their settings in force; a change by any process is used within a second."""

    def __init__(self, pool: Pool, listener: Listener) -> None:
        self._pool = pool

        def listening() -> bool:
            return listener.listening

        self._by_id = RowCache(self._load, listening=listening)
        self._ids_by_login = RowCache(self._find, listening=listening)
        self._children = RowCache(self._load_children, listening=listening)
        listener.on(MERCHANTS_CHANNEL, self._changed, on_gap=self._drop_all)

    async def get(self, merchant_id: int) -> Merchant:
        """The merchant with this number. Raises UnknownMerchantError."""
        merchant = await self._by_id.get(merchant_id)
        if merchant is None:
            raise UnknownMerchantError(f"no merchant has the number {merchant_id}")
        return merchant

    async def by_login(self, login: str) -> Merchant | None:
        """The merchant with this login (`shop`), or with an API user of this login (`shop-api`)."""
        if not is_login(login):
            return None
        merchant_id = await self._ids_by_login.get(login)
        return None if merchant_id is None else await self._by_id.get(merchant_id)

    async def children(self, merchant_id: int) -> Sequence[Merchant]:
        """The merchants whose parent is this one, in the order of their numbers."""
        return await self._children.get(merchant_id) or ()

    async def _load(self, merchant_id: int) -> Merchant | None:
        rows = await statement("load_merchant").fetch(self._pool, merchant_id=merchant_id)
        return merchant_of(rows[0]) if rows else None

    async def _load_children(self, parent_id: int) -> tuple[Merchant, ...]:
        rows = await statement("load_children").fetch(self._pool, parent_id=parent_id)
        return tuple(merchant_of(row) for row in rows)

    async def _find(self, login: str) -> int | None:
        rows = await statement("find_merchant").fetch(self._pool, login=login)
        return int(rows[0]["merchant_id"]) if rows else None

    def _changed(self, payload: str) -> None:
        merchant_id = int(payload)
        self._by_id.drop(merchant_id)
        self._ids_by_login.drop_where(lambda found: found == merchant_id)
        # It may be a child of any merchant, or have just become one.
        self._children.drop_all()

    async def _drop_all(self) -> None:
        for cache in (self._by_id, self._ids_by_login, self._children):
            cache.drop_all()


def merchant_of(row: Any) -> Merchant:
    """The merchant of a row of `merchants_in_force`."""
    return Merchant(
        merchant_id=row["merchant_id"],
        login=row["login"],
        name=row["name"],
        settings=read_settings(row["settings"]),
        parent_id=row["parent_id"],
        blocked=row["blocked"],
    )
