"""The connector of SberPay: an invoice in the bank's app, then the ordinary requests of its money.

The payment itself goes to the bank of the app (`protocol/bank_invoices.py`). Deposits, reversals
and refunds go to the acquirer, which knows the payment by its key.
Source: sberpay.md §1, §2, §4, §5.
"""

from typing import Final, Protocol

from altyn.domain.action_codes import PROCESSING_TIMEOUT
from altyn.domain.language import DEFAULT_LANGUAGE
from altyn.domain.order import Kind
from altyn.domain.sberpay import app_link, invoice_id_of
from altyn.domain.waiting import AnyWaiting, ConfirmOnPhone, ScanQr
from altyn.operations.connector import Connector, ConnectorResponse, Outcome, Payment
from altyn.operations.paying.sberpay import SberPayDetails, back_url_of
from altyn.protocol.bank_invoices import (
    InvoiceOperation,
    InvoiceRequest,
    InvoiceResponse,
    InvoiceState,
)

OUTCOMES: Final = {
    InvoiceState.WAITING: Outcome.PENDING,
    InvoiceState.PROCESSING: Outcome.PENDING,
    InvoiceState.APPROVED: Outcome.APPROVED,
    InvoiceState.DECLINED: Outcome.DECLINED,
    InvoiceState.NOT_SENT: Outcome.NOT_SENT,
}


class InvoicingBank(Protocol):
    """The bank of the app. Errors of the network are results: UNKNOWN is None."""

    async def ask(self, request: InvoiceRequest) -> InvoiceResponse | None: ...


class SberPayConnector:
    """Implements the port `Connector`; `money` moves what a payer has confirmed."""

    def __init__(self, bank: InvoicingBank, money: Connector) -> None:
        self.bank = bank
        self._money = money

    async def begin(self, payment: Payment, details: object | None) -> ConnectorResponse:
        """Send the invoice to the payer's phone, or make it ready for the app."""
        assert isinstance(details, SberPayDetails), "an invoice needs to know whom it is for"
        response = await self.bank.ask(_invoice(payment, details))
        link = app_link(payment.order.order_id, from_page=not details.from_app)
        return connector_response(response, _waiting(details.phone, link))

    async def inquire(self, payment: Payment) -> ConnectorResponse:
        """What became of an invoice, or of a later request about its money."""
        if payment.attempt.kind is not Kind.PAY:
            return await self._money.inquire(payment)
        return await self._ask_key(payment, InvoiceOperation.INQUIRE)

    async def cancel(self, payment: Payment) -> ConnectorResponse:
        """Withdraw an invoice that is not confirmed yet."""
        return await self._ask_key(payment, InvoiceOperation.CANCEL)

    async def deposit(self, payment: Payment) -> ConnectorResponse:
        """Take a held sum, whole or in part."""
        return await self._money.deposit(payment)

    async def reverse(self, payment: Payment) -> ConnectorResponse:
        """Give back a held sum, or one that was taken on the same business day."""
        return await self._money.reverse(payment)

    async def refund(self, payment: Payment) -> ConnectorResponse:
        """Give back a taken sum, whole or in part."""
        return await self._money.refund(payment)

    async def _ask_key(self, payment: Payment, operation: InvoiceOperation) -> ConnectorResponse:
        request = InvoiceRequest(key=payment.key, operation=operation, by_shop=payment.by_shop)
        response = await self.bank.ask(request)
        if payment.attempt.waiting is not None or response is None:
            return connector_response(response, payment.attempt.waiting)
        link = app_link(payment.order.order_id, from_page=True)
        return connector_response(response, _waiting(response.phone, link))


def connector_response(
    response: InvoiceResponse | None, waiting: AnyWaiting | None
) -> ConnectorResponse:
    """An answer of the bank in the words of the port; `waiting` goes with an open invoice."""
    if response is None:
        return ConnectorResponse(outcome=Outcome.UNKNOWN)
    outcome = OUTCOMES[response.state]
    not_sent = PROCESSING_TIMEOUT if outcome is Outcome.NOT_SENT else 0
    return ConnectorResponse(
        outcome=outcome,
        action_code=response.action_code or not_sent,
        rrn=response.rrn,
        approval_code=response.approval_code,
        approved_at=response.decided_at if outcome is Outcome.APPROVED else None,
        waiting=waiting if response.state is InvoiceState.WAITING else None,
    )


def _waiting(phone: str, link: str) -> AnyWaiting:
    return ConfirmOnPhone(phone=phone) if phone else ScanQr(payload=link)


def _invoice(payment: Payment, details: SberPayDetails) -> InvoiceRequest:
    order, merchant = payment.order, payment.merchant
    return InvoiceRequest(
        key=payment.key,
        operation=InvoiceOperation.SEND,
        invoice_id=invoice_id_of(order.order_id),
        merchant=merchant.login,
        shop_name=merchant.name_in(DEFAULT_LANGUAGE),  # the bank writes its messages in Russian
        terminal=order.request.terminal or merchant.settings.terminal,
        amount_minor=payment.attempt.amount_minor,
        currency=order.currency,
        order_id=order.order_id,
        order_number=order.order_number,
        description=order.request.description or "",
        phone=details.phone,
        hold=order.two_phase,
        expires_at=order.expires_at,
        return_url=details.return_url or back_url_of(order),
    )
