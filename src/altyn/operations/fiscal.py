"""The ports of receipts: the fiscal provider that registers them, and the store that keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from altyn.domain.merchant import Merchant
from altyn.domain.receipt.values import FiscalData, Receipt

AGAIN_AFTER: Final = timedelta(seconds=2)


class FiscalOutcome(StrEnum):
    """What became of a receipt. REGISTERED and REJECTED are final."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"  # the provider has it; the cash register has not printed it yet
    REJECTED = "rejected"  # it will never be registered in this form
    UNKNOWN = "unknown"  # no answer, or none that can be read: ask again


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalResponse:
    """The answer of a fiscal provider.

    `provider_id` is the provider's id of the receipt, where it has given one. `fiscal` is there for
    REGISTERED, `problem` (why, and what to do) for REJECTED and UNKNOWN, `again_after` for
    ACCEPTED. `seconds` is how long the answer took; None without one. `contacted` is False when the
    provider was not called.
    """

    outcome: FiscalOutcome
    provider_id: str | None = None
    fiscal: FiscalData | None = None
    problem: str | None = None
    again_after: timedelta = AGAIN_AFTER
    seconds: float | None = None
    contacted: bool = True


class FiscalProviderPort(Protocol):
    """One fiscal provider. Nothing that the network or the other side does raises an exception."""

    @property
    def attempt_seconds(self) -> int:
        """The time limit of one call of `register`, a whole number of seconds."""
        ...

    async def register(self, receipt: Receipt, merchant: Merchant) -> FiscalResponse:
        """Have a receipt registered; ask for the result if the provider has it already.

        May be called again after a lost answer or a killed process, also at the same time by two
        processes: `receipt.receipt_id` is registered once. `receipt.provider_id` is the provider's
        id, if it is known.
        """
        ...


class Receipts(Protocol):
    """The receipts that were saved with the changes of orders."""

    async def of_order(self, merchant_id: int, order_id: UUID) -> Sequence[Receipt]:
        """The receipts of an order, oldest first."""
        ...

    async def by_id(self, merchant_id: int, receipt_id: UUID) -> Receipt | None: ...
    async def load(self, merchant_id: int, order_id: UUID, version: int) -> Receipt | None: ...
