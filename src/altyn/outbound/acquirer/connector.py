"""The connector for cards: sends payments as acquiring messages (`protocol/acquiring.py`)."""

import re
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from altyn.domain.card.stored_credential import FIRST_TRANSACTION, INITIATOR
from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.domain.merchant import Permission
from altyn.domain.order import Kind
from altyn.operations.connector import ConnectorResponse, Payment
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.ports import CardDetails
from altyn.outbound.acquirer_outcomes import OUTCOMES
from altyn.protocol.acquiring import (
    AcquirerOperation,
    AcquirerRequest,
    AcquirerResponse,
    CardCheck,
)
from altyn.protocol.payment_ways import PaymentWay

STATEMENT_CHARS: Final = 24


class Acquirer(Protocol):
    """The acquiring bank; the contract of each message is `protocol/acquiring.py`.

    Errors of the network or of the bank are results, not exceptions: a time-out is `UNKNOWN`, a
    refused connection is `NOT_SENT`.
    """

    async def check(self, card: CardCheck) -> int | None:
        """The action code when the card is not valid, else None."""
        ...

    async def ask(self, request: AcquirerRequest) -> AcquirerResponse: ...


class CardConnector:
    """Implements the `Connector` and `CardChecks` ports with an acquirer."""

    def __init__(self, acquirer: Acquirer) -> None:
        self.acquirer = acquirer

    def refusal_of(self, _pan: Pan) -> Refused | None:
        """None: an acquirer accepts every card number. In the sandbox see `test_cards.py`."""
        return None

    def expired(self, _pan: Pan, expiry: Expiry, today: date) -> bool:
        """Whether the last month of the card is over."""
        return not expiry.valid_on(today)

    async def check(self, pan: Pan, expiry: Expiry, cvc: Cvc | None) -> int | None:
        """The action code when the card is not valid, else None."""
        return await self.acquirer.check(CardCheck(pan=pan, expiry=expiry, cvc=cvc))

    async def begin(self, payment: Payment, details: object | None) -> ConnectorResponse:
        """Authorise; for a one-stage order also deposit at once. A payout is paid out."""
        assert isinstance(details, CardDetails), "a card payment needs its card"
        payout = payment.attempt.kind is Kind.PAYOUT
        return await self._ask((_payout if payout else _authorisation)(payment, details))

    async def inquire(self, payment: Payment) -> ConnectorResponse:
        """Ask the bank for the outcome of the request with this key."""
        return await self._ask(_request(payment, AcquirerOperation.INQUIRE))

    async def cancel(self, payment: Payment) -> ConnectorResponse:
        """As an inquiry: a card payment that was sent does not wait for its payer."""
        return await self.inquire(payment)

    async def deposit(self, payment: Payment) -> ConnectorResponse:
        """Deposit a held sum, whole or in part."""
        return await self._ask(_request(payment, AcquirerOperation.DEPOSIT))

    async def reverse(self, payment: Payment) -> ConnectorResponse:
        """Release a held sum, or return one that was deposited on the same business day."""
        return await self._ask(_request(payment, AcquirerOperation.REVERSE))

    async def refund(self, payment: Payment) -> ConnectorResponse:
        """Return a deposited sum, whole or in part."""
        return await self._ask(_request(payment, AcquirerOperation.REFUND))

    async def _ask(self, request: AcquirerRequest) -> ConnectorResponse:
        response = await self.acquirer.ask(request)
        return ConnectorResponse(
            outcome=OUTCOMES[response.outcome],
            action_code=response.action_code,
            rrn=response.rrn,
            approval_code=response.approval_code,
            avs_code=response.avs_code,
            network_transaction_id=response.network_transaction_id,
        )


def _request(payment: Payment, operation: AcquirerOperation) -> AcquirerRequest:
    order, settings = payment.order, payment.merchant.settings
    return AcquirerRequest(
        key=payment.key,
        operation=operation,
        merchant=payment.merchant.login,
        terminal=order.request.terminal or settings.terminal,
        amount_minor=payment.attempt.amount_minor,
        currency=order.currency,
        original_key=payment.approved_key,
    )


def _authorisation(payment: Payment, details: CardDetails) -> AcquirerRequest:
    order, attempt, merchant = payment.order, payment.attempt, payment.merchant
    proof, card = attempt.authentication, attempt.card
    checks_address = merchant.may(Permission.AVS_REQUIRED)
    billing = order.request.payer_data.get("billingPayerData", {}) if checks_address else {}
    return replace(
        _request(payment, AcquirerOperation.AUTHORISE),
        pan=details.pan,
        expiry=card.expiry if card else None,
        cvc=details.cvc,
        eci=proof.eci if proof else None,
        cavv=proof.cavv if proof else None,
        xid=proof.xid if proof else None,
        verify_only=order.checks_card_only,
        deposit_at_once=order.takes_money_at_once,
        moto=attempt.payment_way == PaymentWay.CARD_MOTO,
        order_number=order.order_number,
        description=_for_the_statement(order.request.description),
        address=billing.get("billingAddressLine1"),
        postal_code=billing.get("billingPostalCode"),
        initiator=attempt.details.get(INITIATOR),
        first_transaction_id=attempt.details.get(FIRST_TRANSACTION),
    )


def _payout(payment: Payment, details: CardDetails) -> AcquirerRequest:
    order, card = payment.order, payment.attempt.card
    return replace(
        _request(payment, AcquirerOperation.PAYOUT),
        pan=details.pan,
        expiry=card.expiry if card else None,
        cvc=details.cvc,
        order_number=order.order_number,
        description=_for_the_statement(order.request.description),
    )


def _for_the_statement(description: str | None) -> str | None:
    """The text for the payer's statement: 24 characters, without %, + and line ends (004)."""
    if not description:
        return None
    return re.sub(r"[%+\r\n]", " ", description)[:STATEMENT_CHARS]
