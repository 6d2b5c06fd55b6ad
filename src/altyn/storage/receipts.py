"""The store of receipts behind the `Receipts` port. They are saved together with their orders."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from altyn.domain.receipt.values import (
    FiscalData,
    Receipt,
    ReceiptContent,
    ReceiptKind,
    ReceiptState,
)
from altyn.storage.database import Pool
from altyn.storage.statements import statement

_decode_content: Final = msgspec.json.Decoder(ReceiptContent).decode
_decode_fiscal: Final = msgspec.json.Decoder(FiscalData).decode


class ReceiptStore:
    """Receipts in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_order(self, merchant_id: int, order_id: UUID) -> Sequence[Receipt]:
        """The receipts of an order, oldest first."""
        rows = await statement("receipts_of_order").fetch(
            self._pool, merchant_id=merchant_id, order_id=order_id
        )
        return [_receipt(row) for row in rows]

    async def by_id(self, merchant_id: int, receipt_id: UUID) -> Receipt | None:
        """The receipt with this id."""
        rows = await statement("find_receipt").fetch(
            self._pool, merchant_id=merchant_id, receipt_id=receipt_id
        )
        return _receipt(rows[0]) if rows else None

    async def newest(
        self, merchant_ids: Sequence[int], *, state: ReceiptState | None, limit: int
    ) -> Sequence[Receipt]:
        """The newest receipts of these merchants, newest first."""
        rows = await statement("find_receipts").fetch_each(
            self._pool,
            [{"merchant_id": each, "state": state, "limit": limit} for each in merchant_ids],
        )
        found = [_receipt(row) for row in rows]
        return sorted(found, key=lambda each: each.created_at, reverse=True)[:limit]

    async def find(self, merchant_ids: Sequence[int], receipt_id: UUID) -> Receipt | None:
        """The receipt with this id, of any of these merchants."""
        rows = await statement("find_receipt").fetch_each(
            self._pool, [{"merchant_id": each, "receipt_id": receipt_id} for each in merchant_ids]
        )
        return _receipt(rows[0]) if rows else None

    async def load(self, merchant_id: int, order_id: UUID, version: int) -> Receipt | None:
        """The receipt of one version of an order."""
        rows = await statement("load_receipt").fetch(
            self._pool, merchant_id=merchant_id, order_id=order_id, version=version
        )
        return _receipt(rows[0]) if rows else None


def fiscal_data(stored: str | None) -> FiscalData | None:
    """The fiscal data of a receipt as it is stored; None before it is registered."""
    return _decode_fiscal(stored) if stored else None


def _receipt(row: Mapping[str, Any]) -> Receipt:
    return Receipt(
        merchant_id=row["merchant_id"],
        order_id=row["order_id"],
        version=row["version"],
        kind=ReceiptKind(row["kind"]),
        content=_decode_content(row["content"]),
        created_at=row["created_at"],
        provider=row["provider"],
        state=ReceiptState(row["state"]),
        provider_id=row["provider_id"],
        fiscal=fiscal_data(row["fiscal"]),
        problem=row["problem"],
    )
