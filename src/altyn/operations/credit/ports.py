"""The bank's credit system, as the operations need it."""

from typing import Protocol
from uuid import UUID

from altyn.protocol.credit import CreditAnswer, CreditRequest


class CreditUnavailableError(Exception):
    """The bank did not answer; the application may have arrived."""

    expected = True


class CreditSystem(Protocol):
    """The applications of payers. The methods raise CreditUnavailableError. Source: bnpl.md §8."""

    async def application(self, order_id: UUID) -> CreditAnswer | None:
        """The application for an order; None where the payer has not applied."""
        ...

    async def apply(self, request: CreditRequest) -> CreditAnswer:
        """Send an application; the first one for an order counts."""
        ...
