"""The connector of payment in parts: asks the service that lends for the money of an order.

Source: bnpl.md §4, §5, §7.
"""

from dataclasses import replace

from altyn.domain.action_codes import PROCESSING_TIMEOUT
from altyn.domain.instalments import APPLICATION, PLAN, plan_text
from altyn.domain.order import Kind
from altyn.operations.connector import ConnectorResponse, Outcome, Payment
from altyn.operations.paying.bnpl.ports import PartsService
from altyn.operations.paying.card.ports import CardDetails
from altyn.outbound.acquirer_outcomes import OUTCOMES
from altyn.protocol.bnpl import PartsOperation, PartsRequest, PartsResponse


class BnplConnector:
    """Implements the port `Connector`."""

    def __init__(self, service: PartsService) -> None:
        self._service = service

    async def begin(self, payment: Payment, details: object | None) -> ConnectorResponse:
        """Have the first part charged to the payer's card, and the full sum held or taken."""
        assert isinstance(details, CardDetails), "the first part is paid by card"
        return await self._ask(_first_part(payment, details))

    async def inquire(self, payment: Payment) -> ConnectorResponse:
        """What became of a payment, or of a later request about it."""
        return await self._ask(_request(payment, PartsOperation.INQUIRE))

    async def cancel(self, payment: Payment) -> ConnectorResponse:
        """As an inquiry: a payment that was sent does not wait for its payer."""
        return await self.inquire(payment)

    async def deposit(self, payment: Payment) -> ConnectorResponse:
        """Take a held sum, whole or in part; the rest shortens the plan."""
        return await self._ask(_request(payment, PartsOperation.DEPOSIT))

    async def reverse(self, payment: Payment) -> ConnectorResponse:
        """Give back a held sum, or one that was taken on the same business day."""
        return await self._ask(_request(payment, PartsOperation.REVERSE))

    async def refund(self, payment: Payment) -> ConnectorResponse:
        """Give back a taken sum, whole or in part: it shortens the plan."""
        return await self._ask(_request(payment, PartsOperation.REFUND))

    async def _ask(self, request: PartsRequest) -> ConnectorResponse:
        return connector_response(await self._service.ask(request))


def connector_response(response: PartsResponse) -> ConnectorResponse:
    """An answer of the service in the words of the port; the payment keeps its plan."""
    outcome = OUTCOMES[response.outcome]
    not_sent = PROCESSING_TIMEOUT if outcome is Outcome.NOT_SENT else 0
    approved = outcome is Outcome.APPROVED and response.plan is not None
    return ConnectorResponse(
        outcome=outcome,
        action_code=response.action_code or not_sent,
        rrn=response.rrn,
        approval_code=response.approval_code,
        details={PLAN: plan_text(response.plan)} if approved and response.plan else {},
    )


def _request(payment: Payment, operation: PartsOperation) -> PartsRequest:
    later = payment.attempt.kind is not Kind.PAY
    return PartsRequest(
        key=payment.key,
        operation=operation,
        merchant=payment.merchant.login,
        amount_minor=payment.attempt.amount_minor,
        currency=payment.order.currency,
        original_key=(payment.approved_key or "") if later else "",
    )


def _first_part(payment: Payment, details: CardDetails) -> PartsRequest:
    attempt, proof = payment.attempt, payment.attempt.authentication
    return replace(
        _request(payment, PartsOperation.PAY),
        application_id=attempt.details.get(APPLICATION, ""),
        hold=payment.order.two_phase,
        pan=details.pan,
        expiry=attempt.card.expiry if attempt.card else None,
        cvc=details.cvc,
        eci=proof.eci if proof else None,
        cavv=proof.cavv if proof else None,
        xid=proof.xid if proof else None,
    )
