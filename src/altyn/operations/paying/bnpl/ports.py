"""The service that lends for payment in parts, as the operations need it besides its connector."""

from typing import Protocol
from uuid import UUID

from altyn.protocol.bnpl import Application, ApplicationRequest, PartsRequest, PartsResponse


class BnplUnavailableError(Exception):
    """The service did not answer; what it was asked for may have happened."""

    expected = True


class PartsService(Protocol):
    """The applications of payers, and the charges of later parts.

    The methods about applications raise BnplUnavailableError. Source: bnpl.md §5.
    """

    async def application(self, order_id: UUID) -> Application | None:
        """The newest application for an order; None where the payer has not applied."""
        ...

    async def apply(self, request: ApplicationRequest) -> Application:
        """Send a code to the phone, at most one in `RESEND_SECONDS`."""
        ...

    async def enter_code(self, application_id: str, code: str) -> Application | None:
        """The payer types the code. None for an application that is not the order's newest."""
        ...

    async def agree(self, application_id: str) -> Application | None:
        """The payer agrees to the plan. None as for `enter_code`."""
        ...

    async def ask(self, request: PartsRequest) -> PartsResponse:
        """A request about money. An error of the network is the outcome UNKNOWN."""
        ...
